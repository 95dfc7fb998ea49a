"""Finding a value in a row or column, for all lanes at once.

Keys are numbers: a text stands as its rank among all texts at hand, NaN where an element is of another type than the
value sought. A vector of keys has shape (elements, lanes) or (elements, 1); targets (lanes,) or (1,). Positions are
0-based, -1 where nothing was found.

Source: Microsoft's pages for MATCH, XMATCH and LOOKUP; what an approximate search finds in unsorted data was seen in
workbooks that Excel computed (idioms such as ``LOOKUP(2,1/(condition),x)`` depend on it).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from compute.values import Floats

Positions = npt.NDArray[np.intp]
Search = Callable[[Floats, Floats], Positions]

FEW_TARGETS = 8
COMPARED_AT_ONCE = 4_000_000


def backwards(search: Search, keys: Floats, targets: Floats) -> Positions:
    """The same search from the last element to the first."""
    found = search(keys[::-1], targets)
    return np.where(found < 0, found, keys.shape[0] - 1 - found)


def equal_first(keys: Floats, targets: Floats) -> Positions:
    """The first element equal to the target."""
    if keys.shape[0] == 0:
        return _nowhere(keys, targets)
    if keys.shape[1] > 1 or targets.shape[0] <= FEW_TARGETS:
        equal = keys == targets
        return np.where(equal.any(axis=0), equal.argmax(axis=0), -1)
    ordered, first = _distinct(keys[:, 0])
    if len(ordered) == 0:
        return _nowhere(keys, targets)
    at = np.minimum(np.searchsorted(ordered, targets), len(ordered) - 1)
    return np.where(ordered[at] == targets, first[at], -1)


def largest_at_most(keys: Floats, targets: Floats) -> Positions:
    """The first of the largest elements that are not above the target, in any order of elements."""
    if keys.shape[0] == 0:
        return _nowhere(keys, targets)
    if keys.shape[1] == 1:
        ordered, first = _distinct(keys[:, 0])
        at = np.searchsorted(ordered, targets, side="right") - 1
        return np.where((at >= 0) & ~np.isnan(targets), _taken(first, at), -1)
    allowed = keys <= targets
    kept = np.where(allowed, keys, -np.inf)
    return np.where(allowed.any(axis=0), (allowed & (kept == kept.max(axis=0))).argmax(axis=0), -1)


def smallest_at_least(keys: Floats, targets: Floats) -> Positions:
    """The first of the smallest elements that are not below the target, in any order of elements."""
    return largest_at_most(-keys, -targets)


def last_at_most(keys: Floats, targets: Floats) -> Positions:
    """What Excel's binary search for the last element not above the target finds; right when the elements ascend.

    An element of another type is stepped over to the right; a run of equal elements is followed to its end.
    """
    if keys.shape[0] == 0:
        return _nowhere(keys, targets)
    if keys.shape[1] == 1:
        valid = np.flatnonzero(~np.isnan(keys[:, 0]))
        if len(valid) == 0:
            return _nowhere(keys, targets)
        own = keys[valid, 0]
        together = valid[-1] - valid[0] + 1 == len(valid)
        if together and bool((own[1:] >= own[:-1]).all()):
            at = np.searchsorted(own, targets, side="right") - 1
            return np.where((at >= 0) & ~np.isnan(targets), _taken(valid, at), -1)
        return _bisect(keys, targets)
    if bool((keys[1:] >= keys[:-1]).all()) and not np.isnan(keys[0]).any():
        return np.asarray((keys <= targets).sum(axis=0) - 1, np.intp)
    return _bisect(keys, targets)


def last_at_least(keys: Floats, targets: Floats) -> Positions:
    """The binary search in elements that descend: the last one not below the target."""
    return last_at_most(-keys, -targets)


def scan_descending(keys: Floats, targets: Floats) -> Positions:
    """MATCH with type -1: the first element equal to the target, or else the last one before any below it."""
    if keys.shape[0] == 0:
        return _nowhere(keys, targets)
    lanes = max(keys.shape[1], targets.shape[0])
    out = np.empty(lanes, np.intp)
    step = max(1, COMPARED_AT_ONCE // keys.shape[0])
    for start in range(0, lanes, step):
        here = slice(start, start + step)
        part = keys if keys.shape[1] == 1 else keys[:, here]
        out[here] = _scan(part, targets if targets.shape[0] == 1 else targets[here])
    return out


def _scan(keys: Floats, targets: Floats) -> Positions:
    count = keys.shape[0]
    rows = np.arange(count)[:, None]
    below = keys < targets
    stop = np.where(below.any(axis=0), below.argmax(axis=0), count)
    before = rows < stop
    equal = before & (keys == targets)
    above = before & (keys > targets)
    last = np.where(above.any(axis=0), count - 1 - above[::-1].argmax(axis=0), -1)
    return np.where(equal.any(axis=0), equal.argmax(axis=0), last)


def _bisect(keys: Floats, targets: Floats) -> Positions:
    count = keys.shape[0]
    lanes = max(keys.shape[1], targets.shape[0])
    following, run_end = _next_valid(keys), _run_ends(keys)
    low, high = np.full(lanes, -1, np.intp), np.full(lanes, count, np.intp)
    found = np.full(lanes, -1, np.intp)
    targets = np.broadcast_to(targets, (lanes,))
    active = ~np.isnan(targets)
    while (active := active & (high - low > 1)).any():
        middle = np.where(active, low + (high - low) // 2, 0)
        place = _at(following, middle)
        passed = place >= high
        place = np.where(passed, 0, place)
        value = _at(keys, place)
        equal = active & ~passed & (value == targets)
        found = np.where(equal, np.minimum(_at(run_end, place), high - 1), found)
        less = active & ~passed & (value < targets)
        low = np.where(less, place, low)
        high = np.where(active & ~less & ~equal, middle, high)
        active = active & ~equal
    return np.where(found >= 0, found, low)


def _at(values: npt.NDArray[Any], places: Positions) -> npt.NDArray[Any]:
    if values.shape[1] == 1:
        return np.asarray(values[places, 0])
    return np.asarray(np.take_along_axis(values, places[None, :], axis=0)[0])


def _next_valid(keys: Floats) -> Positions:
    """For each element the first one at or after it that has a key; the number of elements where there is none."""
    count = keys.shape[0]
    places = np.where(np.isnan(keys), count, np.arange(count)[:, None])
    return np.asarray(np.minimum.accumulate(places[::-1], axis=0)[::-1], np.intp)


def _run_ends(keys: Floats) -> Positions:
    """For each element the last one of the run of equal elements it stands in."""
    count = keys.shape[0]
    ends = np.ones(keys.shape, np.bool_)
    ends[:-1] = keys[1:] != keys[:-1]
    places = np.where(ends, np.arange(count)[:, None], count)
    return np.asarray(np.minimum.accumulate(places[::-1], axis=0)[::-1], np.intp)


def _distinct(keys: Floats) -> tuple[Floats, Positions]:
    """The distinct keys in rising order and the first place of each."""
    valid = np.flatnonzero(~np.isnan(keys))
    ordered, first = np.unique(keys[valid], return_index=True)
    return ordered, valid[first]


def _taken(values: Positions, at: Positions) -> Positions:
    return values[np.maximum(at, 0)] if len(values) else np.full(at.shape, -1, np.intp)


def _nowhere(keys: Floats, targets: Floats) -> Positions:
    return np.full(max(keys.shape[1], targets.shape[0]), -1, np.intp)


def text_ranks(*groups: npt.NDArray[np.object_]) -> list[Floats]:
    """Texts as numbers in the order of Excel's comparison, which ignores case; equal texts get equal numbers."""
    listed = [g.ravel().tolist() for g in groups]
    folded = {t: str(t).casefold() for t in set().union(*listed)}
    order = {t: float(i) for i, t in enumerate(sorted(set(folded.values())))}
    ranks = {t: order[f] for t, f in folded.items()}
    return [
        np.array([ranks[t] for t in words], np.float64).reshape(g.shape)
        for words, g in zip(listed, groups, strict=True)
    ]

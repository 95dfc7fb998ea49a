"""Values of any type against a vector of cells: what equals what, and which types are compared at all."""

from __future__ import annotations

import numpy as np

from compute.functions.criteria import wildcard_pattern
from compute.functions.lookup_search import Positions, Search, backwards, equal_first, text_ranks
from compute.functions.reductions import flat
from compute.values import Array, Codes, Floats, Kind, Texts
from compute.values import text as as_text


def locate(vector: Array, target: Array, search: Search, *, blank_is_zero: bool = True) -> Positions:
    """Where in ``vector`` (its elements in row order) ``search`` finds ``target``, a 1 × 1 array; -1 where it does not.

    Only elements of the target's own type count. A blank target is 0, or a blank element where ``blank_is_zero`` is
    off. Shape (lanes of both,).
    """
    numbers = flat(vector.numbers)
    kinds = None if vector.kinds is None else vector.kinds.reshape(numbers.shape)
    sought = _sought_kinds(target, blank_is_zero)
    targets = target.numbers[0, 0]
    if sought is None:
        return search(_keys(numbers, kinds, Kind.NUMBER), targets)
    lanes = max(vector.lanes, target.lanes)
    found = np.full(lanes, -1, np.intp)
    spread = np.broadcast_to(sought, (lanes,))
    for kind in np.unique(sought).tolist():
        if kind == Kind.TEXT:
            keys, own = _text_keys(vector, target)
        else:
            keys, own = _keys(numbers, kinds, kind), targets
        found = np.where(spread == kind, search(keys, own), found) if kind != Kind.ERROR else found
    return found


def _sought_kinds(target: Array, blank_is_zero: bool) -> Codes | None:
    """The type sought in each lane; None when it is a number in all."""
    if target.kinds is None:
        return None
    sought: Codes = target.kinds[0, 0]
    if blank_is_zero:
        sought = np.where(sought == Kind.BLANK, np.uint8(Kind.NUMBER), sought)
    return sought if sought.any() else None


def _keys(numbers: Floats, kinds: Codes | None, kind: int) -> Floats:
    if kinds is None:
        return numbers if kind == Kind.NUMBER else np.full(numbers.shape, np.nan)
    return np.where(kinds == kind, numbers, np.nan)


def keys_of_kind(vector: Array, kind: Kind) -> Floats:
    """The keys of a vector's elements of one type alone, texts ranked among themselves; shape (elements, lanes)."""
    numbers = flat(vector.numbers)
    if kind == Kind.TEXT:
        return _text_keys(vector, as_text(""))[0]
    return _keys(numbers, None if vector.kinds is None else vector.kinds.reshape(numbers.shape), kind)


def _text_keys(vector: Array, target: Array) -> tuple[Floats, Floats]:
    words: Texts = target.text_array()[0, 0]
    shape = (vector.rows * vector.columns, vector.lanes)
    if vector.texts is None:
        return np.full(shape, np.nan), np.zeros(words.shape)
    ranks, targets = text_ranks(vector.texts.reshape(shape), words)
    return np.where(vector.kind_array().reshape(shape) == Kind.TEXT, ranks, np.nan), targets


def locate_matching(vector: Array, target: Array, *, last: bool = False, blank_is_zero: bool = True) -> Positions:
    """The first (or last) element equal to the target, texts with ``*``, ``?`` and ``~`` taken as patterns."""
    search: Search = (lambda keys, targets: backwards(equal_first, keys, targets)) if last else equal_first
    found = locate(vector, target, search, blank_is_zero=blank_is_zero)
    if target.texts is None or vector.texts is None:
        return found
    shape = (vector.rows * vector.columns, vector.lanes)
    words = target.texts[0, 0]
    for pattern in {w for w in words.tolist() if any(mark in w for mark in "*?~")}:
        met = _met(vector, pattern, shape)
        place = search(np.where(met, 1.0, 0.0), np.ones(1))
        found = np.where(words == pattern, place, found)
    return found


def _met(vector: Array, pattern: str, shape: tuple[int, int]) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    compiled = wildcard_pattern(pattern)
    words = vector.text_array().ravel().tolist()
    known = {w: compiled.fullmatch(w) is not None for w in set(words)}
    met = np.array([known[w] for w in words], np.bool_).reshape(shape)
    return np.asarray(met & (vector.kind_array().reshape(shape) == Kind.TEXT))

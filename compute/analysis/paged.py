"""Sensitivity and correlations of columns too long to be held together: one or two of them in memory at a time.

What is needed of the others lies in files of a folder that the caller provides and removes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy

from compute import special
from compute.analysis.leaves import FloatArray
from compute.analysis.realised_correlations import RealisedCorrelations
from compute.analysis.tornado import Ranked, TornadoBar, _bar, _correlation, _Ranks, change_in_mean

Load = Callable[[str], FloatArray]
_NO_ORDER: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)


class PagedRanked(Ranked):
    """As ``Ranked``, to the last bit, with inputs that are loaded by name and ranks that lie in files.

    ``load`` gives an input's samples, NaN where an iteration ended in an error; at most 2³¹ − 1 of them. About six
    columns' worth of memory is in use at a time, and one of disk for each input.
    """

    def __init__(self, names: Sequence[str], load: Load, folder: Path) -> None:
        self._names, self._load, self._folder = tuple(names), load, folder
        self._spreads: dict[str, float | None] = {}

    def prepare(self) -> None:
        """Ranks every input, with nothing else in memory; ``bars`` does it otherwise when an input is first needed."""
        for name in self._names:
            self._ranks_of(name)

    def bars(self, output: FloatArray) -> list[TornadoBar]:
        """One bar for each input, in their order."""
        valid = ~np.isnan(output)
        whole = bool(valid.all()) and output.size > 0
        ranks = _without_order(_Ranks.of(output)) if whole else None
        return [self._whole(name, output, ranks) or self._partial(name, output, valid) for name in self._names]

    def _whole(self, name: str, output: FloatArray, ranks: _Ranks | None) -> TornadoBar | None:
        """The bar of all iterations, None where there are errors. The input's ranks go when it is done."""
        own = None if ranks is None else self._ranks_of(name)
        return None if ranks is None or own is None else _bar(name, own, ranks, output)

    def _partial(self, name: str, output: FloatArray, valid: npt.NDArray[np.bool_]) -> TornadoBar:
        """The bar of those iterations in which neither the input nor the output is an error."""
        samples = self._load(name)
        both = valid & ~np.isnan(samples)
        kept, moved = samples[both], output[both]
        del samples
        low, high = change_in_mean(kept, moved)
        if not kept.size:
            return TornadoBar(name, None, low, high)
        first = _without_order(_Ranks.of(kept))
        del kept
        return TornadoBar(name, _correlation(first, _without_order(_Ranks.of(moved))), low, high)

    def _ranks_of(self, name: str) -> _Ranks | None:  # type: ignore[override]
        """An input's ranks, None for one with errors; computed once."""
        place = self._names.index(name)
        order_file, ranks_file = (self._folder / f"{kind}-{place}.npy" for kind in ("order", "ranks"))
        if name not in self._spreads:
            samples = self._load(name)
            if np.isnan(samples).any():
                self._spreads[name] = None
                return None
            ranks = _Ranks.of(samples)
            # Twice the ranks of less than 2³¹ samples, counted from their mean, are whole numbers of 32 bits.
            np.save(order_file, ranks.order.astype(np.int32))
            np.save(ranks_file, ranks.centred.astype(np.int32))
            self._spreads[name] = ranks.spread
            return ranks
        spread = self._spreads[name]
        if spread is None:
            return None
        order = np.load(order_file, allow_pickle=False).astype(np.int64)
        return _Ranks(order, np.load(ranks_file, allow_pickle=False).astype(np.float64), spread)


def _without_order(ranks: _Ranks) -> _Ranks:
    return _Ranks(_NO_ORDER, ranks.centred, ranks.spread)


def paged_correlations(names: Sequence[str], load: Load, folder: Path) -> RealisedCorrelations:
    """As ``realised_correlations`` but for the last bits, two of the variables in memory at a time."""
    kept: npt.NDArray[np.bool_] | None = None
    for name in names:
        valid = ~np.isnan(load(name))
        kept = valid if kept is None else kept & valid
    count = 0 if kept is None else int(np.count_nonzero(kept))
    kinds = ("score", "spearman", "pearson")
    for place, name in enumerate(names if count else ()):
        values = load(name)[kept]
        _save_scaled(folder, "pearson", place, values)
        ranks = scipy.stats.rankdata(values)
        del values
        _save_scaled(folder, "spearman", place, ranks)
        _save_scaled(folder, "score", place, special.ndtri(ranks / (count + 1.0)))
    score, spearman, pearson = (_products(folder, kind, len(names), count) for kind in kinds)
    return RealisedCorrelations(score, spearman, pearson, (1.0 - score**2) / np.sqrt(max(count, 1)))


def _save_scaled(folder: Path, kind: str, place: int, values: FloatArray) -> None:
    """Keeps the distances from the mean, divided by their length; NaN for a constant."""
    centred = values - values.mean()
    with np.errstate(invalid="ignore", divide="ignore"):
        centred /= np.sqrt((centred * centred).sum())
    np.save(folder / f"{kind}-{place}.npy", centred)


def _products(folder: Path, kind: str, size: int, count: int) -> FloatArray:
    if count < 2:
        return np.full((size, size), np.nan)
    found = np.ones((size, size))
    for row in range(size):
        first = np.load(folder / f"{kind}-{row}.npy", allow_pickle=False)
        found[row, row] = np.nan if np.isnan(first[0]) else 1.0
        for column in range(row):
            second = np.load(folder / f"{kind}-{column}.npy", allow_pickle=False)
            found[row, column] = found[column, row] = float((first * second).sum())
    return np.clip(found, -1.0, 1.0)

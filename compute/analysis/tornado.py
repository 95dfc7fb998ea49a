"""Which inputs move an output: by rank correlation, and by the change of the output's mean."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt

from compute.analysis.leaves import FloatArray
from compute.analysis.ordering import Ordered, ranks, stable_order
from compute.records import dataclass

_BINS = 10
_MOST_BYTES = 256 * 2**20
Order = Literal["change_in_mean", "rank_correlation"]


@dataclass(frozen=True, slots=True)
class TornadoBar:
    """One input's bar.

    ``rank_correlation`` is Spearman's (None where input or output is constant). ``low_mean`` and ``high_mean`` are the
    lowest and highest mean of the output over ten bins of equal count, iterations sorted by the input, as @RISK takes
    them; None without samples.
    """

    name: str
    rank_correlation: float | None
    low_mean: float | None
    high_mean: float | None

    @property
    def swing(self) -> float:
        """The change in the output's mean, 0 or more."""
        return 0.0 if self.low_mean is None or self.high_mean is None else self.high_mean - self.low_mean


def tornado(
    inputs: Mapping[str, FloatArray] | Ranked, output: FloatArray, by: Order = "change_in_mean"
) -> tuple[TornadoBar, ...]:
    """One bar for each input, the most important first, equals in the order of ``inputs``.

    Iterations in which the input or the output is NaN are left out of that bar. Give ``Ranked`` inputs to share their
    sorting between outputs.
    """
    ranked = inputs if isinstance(inputs, Ranked) else Ranked(inputs)
    bars = ranked.bars(np.asarray(output, dtype=np.float64))
    if by == "rank_correlation":
        return tuple(sorted(bars, key=lambda bar: -abs(bar.rank_correlation or 0.0)))
    return tuple(sorted(bars, key=lambda bar: -bar.swing))


@dataclass(frozen=True, slots=True)
class _Ranks:
    """A variable's order and its centred ranks, doubled so that they are whole numbers, with their sum of squares."""

    order: npt.NDArray[np.int64]
    centred: FloatArray
    spread: float

    @classmethod
    def of(cls, samples: FloatArray) -> _Ranks:
        """The ranks of samples without NaN; ties share their average rank."""
        return cls._by(samples, stable_order(samples))

    @classmethod
    def _by(cls, samples: FloatArray, ordered: Ordered) -> _Ranks:
        centred = ranks(samples, ordered).centred.astype(np.float64)
        return cls(ordered.order, centred, float((centred * centred).sum()))

    def among(self, samples: FloatArray, kept: npt.NDArray[np.bool_]) -> _Ranks:
        """The ranks of the samples that are kept, by the order of all of them."""
        places = np.cumsum(kept) - 1
        order = places[self.order[kept[self.order]]]
        ascending = samples[kept][order]
        return self._by(ascending, Ordered(order, np.flatnonzero(ascending[1:] == ascending[:-1])))


class Ranked:
    """Inputs whose sorting is done once and serves every output; sorted anew where iterations must be left out."""

    def __init__(self, inputs: Mapping[str, FloatArray]) -> None:
        self._inputs = {name: np.asarray(samples, dtype=np.float64) for name, samples in inputs.items()}
        size = sum(16 * samples.size for samples in self._inputs.values())
        self._ranks: dict[str, _Ranks] | None = {} if size <= _MOST_BYTES else None

    def bars(self, output: FloatArray) -> list[TornadoBar]:
        """One bar for each input, in their order."""
        valid = ~np.isnan(output)
        is_whole, shown = bool(valid.all()), output[valid]
        ranks = _Ranks.of(shown) if shown.size else None
        found = []
        for name, samples in self._inputs.items():
            if ranks is not None and not np.isnan(samples).any():
                own = self._ranks_of(name)
                found.append(_bar(name, own if is_whole else own.among(samples, valid), ranks, shown))
                continue
            both = valid & ~np.isnan(samples)
            kept, moved = samples[both], output[both]
            low, high = change_in_mean(kept, moved)
            found.append(TornadoBar(name, rank_correlation(kept, moved), low, high))
        return found

    def _ranks_of(self, name: str) -> _Ranks:
        if self._ranks is None:
            return _Ranks.of(self._inputs[name])
        if name not in self._ranks:
            self._ranks[name] = _Ranks.of(self._inputs[name])
        return self._ranks[name]


def _bar(name: str, ranks: _Ranks, output_ranks: _Ranks, output: FloatArray) -> TornadoBar:
    low, high = _bin_means(ranks, output)
    return TornadoBar(name, _correlation(ranks, output_ranks), low, high)


def rank_correlation(x: FloatArray, y: FloatArray) -> float | None:
    """Spearman's correlation, ties sharing their average rank; None where either is constant or absent."""
    return _correlation(_Ranks.of(x), _Ranks.of(y)) if x.size else None


def _correlation(first: _Ranks, second: _Ranks) -> float | None:
    # The ranks are whole numbers, so that the products are exact.
    spread = first.spread * second.spread
    return float((first.centred * second.centred).sum()) / math.sqrt(spread) if spread > 0 else None


def change_in_mean(x: FloatArray, output: FloatArray) -> tuple[float | None, float | None]:
    """The lowest and the highest mean of the output over ten bins of equal count, sorted by x (stable for ties).

    A constant x moves nothing: both are the mean of the whole output.
    """
    return _bin_means(_Ranks.of(x), output) if x.size else (None, None)


def _bin_means(ranks: _Ranks, output: FloatArray) -> tuple[float, float]:
    size = output.size
    bins = min(_BINS, size) if ranks.spread > 0 else 1
    edges = [place * size // bins for place in range(bins + 1)]
    ordered = output[ranks.order]
    means = [float(ordered[start:stop].mean()) for start, stop in itertools.pairwise(edges)]
    return min(means), max(means)

"""The exact inverse of a law of counts: the smallest k with P(X ≤ k) ≥ p, found by search on the law's own kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from compute import special
from compute.distributions.parameters import BoolArray, FloatArray

if TYPE_CHECKING:
    from compute.distributions.counts import CountLaw

# In the last millionth doubles near 1 are too coarse for p, so the complement decides there.
_UPPER_TAIL = 2.0**-20
# A table pays off when many quantiles of one law are wanted and its counts are few.
_TABLE_AT_LEAST = 64
_TABLE_AT_MOST = 16_384


def smallest_count(law: type[CountLaw], p: FloatArray, q: FloatArray, parameters: tuple[FloatArray, ...]) -> FloatArray:
    """The smallest k with P(X ≤ k) ≥ p (in the last millionth: P(X > k) ≤ q), elementwise with broadcasting."""
    shape = np.broadcast_shapes(p.shape, q.shape, *(value.shape for value in parameters))
    low, q = np.broadcast_to(p, shape).reshape(-1), np.broadcast_to(q, shape).reshape(-1)
    if all(value.size == 1 for value in parameters) and low.size >= _TABLE_AT_LEAST:
        found = _from_table(law, low, q, parameters)
        if found is not None:
            return found.reshape(shape)
    columns = tuple(np.broadcast_to(value, shape).reshape(-1) for value in parameters)
    return _Search(law, low, q, columns).run().reshape(shape)


def _from_table(
    law: type[CountLaw], p: FloatArray, q: FloatArray, parameters: tuple[FloatArray, ...]
) -> FloatArray | None:
    inside = (p > 0) & (q > 0)
    if not inside.any():
        return None
    ends = np.array([p[inside].min(), p[inside].max()]), np.array([q[inside].max(), q[inside].min()])
    first, last = _Search(law, *ends, tuple(np.repeat(value.reshape(-1), 2) for value in parameters)).run()
    if not last - first < _TABLE_AT_MOST:
        return None
    counts = np.arange(first, last + 1)
    reached, exceeded = law.probability_kernel(counts, *parameters), law.excess_kernel(counts, *parameters)
    if np.any(np.diff(reached) < 0) or np.any(np.diff(exceeded) > 0):
        return None
    by_p = np.searchsorted(reached, p, side="left")
    by_q = np.searchsorted(-exceeded, -q, side="left")
    index = np.minimum(np.where(q >= _UPPER_TAIL, by_p, by_q), counts.size - 1)
    smallest, largest, *_ = law.outline(*parameters)
    return np.where(p <= 0, smallest, np.where(q <= 0, largest, counts[index]))


class _Search:
    """Gallops from a first guess to a bracket (low not enough, high enough), then halves it, for each element alone."""

    def __init__(self, law: type[CountLaw], p: FloatArray, q: FloatArray, parameters: tuple[FloatArray, ...]) -> None:
        self.law, self.p, self.q, self.parameters = law, p, q, parameters
        smallest, largest, mean, sd, skewness = law.outline(*parameters)
        self.smallest, self.largest = smallest, largest
        score = special.ndtri(np.clip(p, 1e-300, 1.0 - 2.0**-53))
        # Cornish and Fisher's first correction of the normal approximation.
        guess = np.floor(mean + sd * (score + skewness * (score * score - 1.0) / 6.0))
        self.guess = np.clip(np.where(np.isfinite(guess), guess, np.rint(mean)), smallest, largest)

    def enough(self, k: FloatArray, at: npt.NDArray[np.intp]) -> BoolArray:
        parameters = tuple(value[at] for value in self.parameters)
        by_p = self.law.probability_kernel(k, *parameters) >= self.p[at]
        upper = self.q[at] < _UPPER_TAIL
        if upper.any():
            by_q = self.law.excess_kernel(k, *parameters) <= self.q[at]
            return np.where(upper, by_q, by_p)
        return by_p

    def run(self) -> FloatArray:
        low, high = self.smallest - 1.0, self.largest.copy()
        wanted = np.flatnonzero((self.p > 0) & (self.q > 0) & (self.smallest < self.largest) & np.isfinite(self.guess))
        answer = np.where(self.p <= 0, self.smallest, self.largest)
        self._bracket(low, high, wanted)
        active = wanted
        while active.size:
            active = active[high[active] - low[active] > 1]
            middle = np.floor(low[active] + (high[active] - low[active]) / 2)
            good = self.enough(middle, active)
            high[active[good]] = middle[good]
            low[active[~good]] = middle[~good]
        answer[wanted] = high[wanted]
        return answer

    def _bracket(self, low: FloatArray, high: FloatArray, active: npt.NDArray[np.intp]) -> None:
        k, step = self.guess.copy(), np.ones_like(self.guess)
        good = self.enough(k[active], active)
        high[active[good]], low[active[~good]] = k[active[good]], k[active[~good]]
        down, up = active[good], active[~good]
        while down.size:
            k[down] = np.maximum(k[down] - step[down], self.smallest[down] - 1.0)
            step[down] *= 2.0
            good = (k[down] >= self.smallest[down]) & self.enough(k[down], down)
            high[down[good]], low[down[~good]] = k[down[good]], k[down[~good]]
            down = down[good]
        while up.size:
            k[up] = np.minimum(k[up] + step[up], self.largest[up])
            step[up] *= 2.0
            good = (k[up] >= self.largest[up]) | self.enough(k[up], up)
            high[up[good]], low[up[~good]] = k[up[good]], k[up[~good]]
            up = up[~good]

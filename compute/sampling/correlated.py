"""Draws that belong together: a sampler around another, with groups of draws tied by copulas.

Monte Carlo and Sobol uniforms go through the copula iteration by iteration. A Latin hypercube keeps its promise, one
draw in each stratum: the copula's values only decide, by their ranks over the whole run, which stratum an iteration
gets. The same holds for Iman and Conover's method, which reorders the draws of any way of sampling. Such an order
needs all iterations of the group at once; it is a pure function of seed, streams and iterations, so every worker finds
the same. A run of unknown length is ordered batch by batch instead.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from compute import special
from compute.records import dataclass
from compute.sampling.batches import Batch, batches
from compute.sampling.copulas import Copula
from compute.sampling.correlation_matrix import (
    CorrelationMatrix,
    combined,
    nearest_correlation_matrix,
    triangular_root,
)
from compute.sampling.latin_hypercube import LatinHypercube, within_strata
from compute.sampling.sampler import Sampler
from compute.sampling.streams import FloatArray, stream_key, uniforms

Method = Literal["copula", "iman_conover"]
MOST_ORDERED = 200_000_000
"""Iterations × draws of a group up to which an order over the whole run is kept (4 bytes each); beyond, draws of a
Latin hypercube lose their strata and Iman–Conover is the copula itself."""
KEPT_ORDERS = 32
"""Batches whose orders are kept at a time; those of chunks in flight are asked for again and again."""


@dataclass(frozen=True, slots=True)
class CorrelatedGroup:
    """Draws tied together: ``members`` are draw indices in the order of the copula's rows, ``key`` names the group.

    With ``iman_conover`` the ``target`` (k, k) is the matrix of score correlations that the finished sample shows.
    """

    key: str
    members: tuple[int, ...]
    copula: Copula
    method: Method = "copula"
    target: FloatArray | None = None


class CorrelatedSampler:
    """The uniforms of ``base``, those of each group's members tied by its copula.

    ``batch`` is how many iterations are brought into an order together, those of a Latin hypercube's own batches; the
    whole run if not given.
    """

    def __init__(
        self, base: Sampler, iterations: int, groups: Sequence[CorrelatedGroup], batch: int | None = None
    ) -> None:
        self._base, self._iterations, self._groups, self._batch = base, iterations, tuple(groups), batch
        self._places = {m: (g, i) for g, group in enumerate(groups) for i, m in enumerate(group.members)}
        self._lock = threading.Lock()
        self._orders: dict[tuple[int, int], npt.NDArray[np.uint32]] = {}
        self._sorted: dict[tuple[int, int], FloatArray] = {}
        self._recent: dict[tuple[int, int, int], FloatArray] = {}

    def __reduce__(self) -> tuple[object, ...]:
        return CorrelatedSampler, (self._base, self._iterations, self._groups, self._batch)

    @property
    def seed(self) -> int:
        return self._base.seed

    @property
    def base(self) -> Sampler:
        """The sampler whose uniforms are tied."""
        return self._base

    def numbers_of(self, draws: Sequence[int]) -> dict[int, tuple[int, ...]]:
        """The members of the groups that some draws belong to, by the number of the group."""
        numbers = {self._places[d][0] for d in draws if d in self._places}
        return {number: self._groups[number].members for number in sorted(numbers)}

    def is_ordered(self, number: int) -> bool:
        """Whether a group's draws are in an order over many iterations: they cannot be tied one by one."""
        return self._is_ordered(self._groups[number])

    def uniforms(self, draw_index: int, start: int, stop: int) -> FloatArray:
        """The uniforms in (0, 1) of one draw for the iterations [start, stop): a pure function of its arguments."""
        place = self._places.get(draw_index)
        if place is None:
            return self._base.uniforms(draw_index, start, stop)
        group = self._groups[place[0]]
        if self._is_ordered(group):
            span = self._batch or self._iterations
            pieces = [
                self._by_order(*place, piece, first, last)
                for piece, first, last in batches(start, stop, span, self._iterations)
            ]
            return pieces[0] if len(pieces) == 1 else np.concatenate((np.empty(0), *pieces))
        values: FloatArray = self._tied(place[0], start, stop)[place[1]]
        return values

    def _is_ordered(self, group: CorrelatedGroup) -> bool:
        if (self._batch or self._iterations) * len(group.members) > MOST_ORDERED:
            return False
        return group.method == "iman_conover" or isinstance(self._base, LatinHypercube)

    def _tied(self, number: int, start: int, stop: int) -> FloatArray:
        """The copula's values of all members, kept for the next members of the same block."""
        with self._lock:
            known = self._recent.get((number, start, stop))
        if known is None:
            known = self._computed(number, start, stop)
            with self._lock:
                while len(self._recent) >= 4 * len(self._groups) + 16:
                    self._recent.pop(next(iter(self._recent)), None)
                self._recent[number, start, stop] = known
        return known

    def _computed(self, number: int, start: int, stop: int) -> FloatArray:
        plain = np.stack([self._base.uniforms(m, start, stop) for m in self._groups[number].members])
        return self.tied(number, plain, start, stop)

    def tied(self, number: int, plain: FloatArray, start: int, stop: int) -> FloatArray:
        """What a group's copula makes of its members' uniforms in ``base`` for [start, stop), (members, iterations)."""
        group = self._groups[number]
        streams = [stream_key("copula", group.key, n) for n in range(group.copula.extra)]
        extra = np.empty((len(streams), stop - start))
        for i, stream in enumerate(streams):
            extra[i] = uniforms(self.seed, stream, start, stop)
        return group.copula.transform(plain, extra)

    def _by_order(self, number: int, row: int, batch: Batch, start: int, stop: int) -> FloatArray:
        ranks = self._order(number, batch)[row, start - batch.start : stop - batch.start]
        member = self._groups[number].members[row]
        if isinstance(self._base, LatinHypercube):
            stream = self._base.streams[member]
            return within_strata(self.seed, stream, batch.size, ranks.astype(np.float64), start)
        values: FloatArray = self._ascending(member, batch)[ranks]
        return values

    def _order(self, number: int, batch: Batch) -> npt.NDArray[np.uint32]:
        """The rank (from 0) of each member in each iteration of the batch, (members, iterations)."""
        with self._lock:
            if (number, batch.number) not in self._orders:
                group, start, stop = self._groups[number], batch.start, batch.start + batch.size
                if group.method == "iman_conover" and group.target is not None:
                    plain = np.stack([self._base.uniforms(m, start, stop) for m in group.members])
                    scores = iman_conover_scores(plain, group.target)
                else:
                    scores = self._computed(number, start, stop)
                while len(self._orders) >= KEPT_ORDERS * len(self._groups):
                    self._orders.pop(next(iter(self._orders)))
                self._orders[number, batch.number] = np.stack([_ranks(row) for row in scores])
            return self._orders[number, batch.number]

    def _ascending(self, member: int, batch: Batch) -> FloatArray:
        with self._lock:
            if (member, batch.number) not in self._sorted:
                while len(self._sorted) >= KEPT_ORDERS * len(self._places):
                    self._sorted.pop(next(iter(self._sorted)))
                uniforms_of_batch = self._base.uniforms(member, batch.start, batch.start + batch.size)
                self._sorted[member, batch.number] = np.sort(uniforms_of_batch)
            return self._sorted[member, batch.number]


def _ranks(values: FloatArray) -> npt.NDArray[np.uint32]:
    ranks = np.empty(values.size, dtype=np.uint32)
    ranks[np.argsort(values, kind="stable")] = np.arange(values.size, dtype=np.uint32)
    return ranks


@functools.lru_cache(maxsize=4)
def _normal_scores(count: int) -> FloatArray:
    scores: FloatArray = special.ndtri(np.arange(1, count + 1) / (count + 1.0))
    scores /= scores.std() if count > 1 else 1.0
    return scores


def iman_conover_scores(sample: FloatArray, target: FloatArray) -> FloatArray:
    """Scores whose ranks give the sample the target correlations: (k, n) from a sample (k, n) of any values.

    The sample's own accidental correlations are taken out before the target's are put in; a second round takes out what
    the ranking of the first brought back. Source: Iman, Conover, Commun. Stat. B11 (1982) 311. A sample too small to
    have all directions (n ≤ k) is left as its ranks are.
    """
    scores = _ranked_scores(sample)
    if scores.shape[1] <= scores.shape[0]:
        return scores
    own = triangular_root(_correlations(scores)) + _zero_pivots(scores)
    unmixing = np.linalg.inv(own).astype(np.float64)
    unmixed, wanted, mixed = combined(unmixing, scores), target, scores
    for _ in range(2):
        valid = nearest_correlation_matrix(CorrelationMatrix(np.clip(wanted, -1.0, 1.0)))
        mixed = combined(triangular_root(valid.values), unmixed)
        # What the ranks lost is asked for once more on top.
        wanted = wanted + (target - _correlations(_ranked_scores(mixed)))
        np.fill_diagonal(wanted, 1.0)
    return mixed


def _ranked_scores(values: FloatArray) -> FloatArray:
    return np.stack([_normal_scores(row.size)[_ranks(row)] for row in values])


def _correlations(scores: FloatArray) -> FloatArray:
    """Pearson's correlations of the rows, each sum taken in one fixed order: no thread count changes a bit."""
    centred = scores - scores.mean(axis=1, keepdims=True)
    size = centred.shape[0]
    result = np.eye(size)
    lengths = [float(np.sqrt((row * row).sum())) for row in centred]
    for i in range(size):
        for j in range(i):
            result[i, j] = result[j, i] = float((centred[i] * centred[j]).sum()) / (lengths[i] * lengths[j])
    return result


def _zero_pivots(scores: FloatArray) -> FloatArray:
    """Ones on the diagonal where the scores' own correlations are singular, so that they can be taken out."""
    root = triangular_root(_correlations(scores))
    return np.diag((np.diag(root) == 0.0).astype(np.float64))

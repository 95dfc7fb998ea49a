"""How much of an output's variance each input explains: Sobol indices from designed runs, or from data at hand.

A designed run needs independent inputs (or groups that are independent of each other): ``design`` says which uniforms
each run takes, ``indices`` reads the outputs. Nothing here runs a model.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from compute import special
from compute.analysis.intervals import Interval
from compute.analysis.leaf_sums import leaf_sum
from compute.analysis.leaves import FloatArray, central_moments
from compute.analysis.ordering import stable_order
from compute.records import dataclass

_MOST_PARTS = 48


@dataclass(frozen=True, slots=True)
class Block:
    """One run of the design: the uniforms of A, with the ``replaced`` columns taken from B."""

    name: str
    replaced: tuple[int, ...]

    def uniforms(self, a: FloatArray, b: FloatArray) -> FloatArray:
        """The block's uniforms, shape (iterations, inputs), from those of A and B."""
        mixed = a.copy()
        mixed[:, list(self.replaced)] = b[:, list(self.replaced)]
        return mixed


@dataclass(frozen=True, slots=True)
class SaltelliDesign:
    """Runs A, B and one for each group, of ``iterations`` each.

    A and B are independent uniforms of shape (iterations, inputs); from one sequence, A takes its first ``inputs``
    columns and B the next ones, as low-discrepancy points need.
    """

    iterations: int
    inputs: int
    groups: tuple[tuple[int, ...], ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The runs in order: A, B, then AB of each group."""
        mixed = tuple(Block(f"AB{place}", group) for place, group in enumerate(self.groups))
        return (Block("A", ()), Block("B", tuple(range(self.inputs))), *mixed)

    @property
    def evaluations(self) -> int:
        """Iterations of all runs together, n·(k + 2) for k groups."""
        return self.iterations * (len(self.groups) + 2)

    def matrices(self, uniforms: FloatArray) -> Iterator[tuple[Block, FloatArray]]:
        """Each block with its uniforms, from ``uniforms`` of shape (iterations, 2·inputs). Raises ValueError."""
        if uniforms.shape != (self.iterations, 2 * self.inputs):
            raise ValueError(f"uniforms are {uniforms.shape}; the design takes {(self.iterations, 2 * self.inputs)}.")
        a, b = uniforms[:, : self.inputs], uniforms[:, self.inputs :]
        for block in self.blocks:
            yield block, block.uniforms(a, b)


@dataclass(frozen=True, slots=True)
class SobolIndex:
    """The share of the variance that one input (or group) explains alone, and with all its interactions.

    The intervals are asymptotically normal, for independent draws; low-discrepancy points do better. ``count``
    iterations ended without an error in the three runs concerned.
    """

    first: float
    first_interval: Interval
    total: float
    total_interval: Interval
    count: int


def design(n: int, d: int, groups: Sequence[Sequence[int]] | None = None) -> SaltelliDesign:
    """The runs that Sobol indices of ``d`` inputs need, ``n`` iterations each.

    ``groups`` puts inputs together (those correlated with each other must be); each alone if not given. Source: A.
    Saltelli et al., Comput. Phys. Commun. 181 (2010) 259. Raises ValueError for n or d below 1, empty groups, and
    inputs that are in two groups or do not exist.
    """
    if n < 1 or d < 1:
        raise ValueError(f"n is {n} and d is {d}; both must be 1 or more.")
    chosen = tuple((place,) for place in range(d)) if groups is None else tuple(tuple(group) for group in groups)
    members = [place for group in chosen for place in group]
    if not all(chosen) or len(set(members)) < len(members) or not set(members) <= set(range(d)):
        raise ValueError(f"groups are {chosen}; each input from 0 to {d - 1} may be in one group, and none is empty.")
    return SaltelliDesign(n, d, chosen)


def indices(
    f_a: FloatArray, f_b: FloatArray, f_ab: FloatArray, confidence: float = 0.95
) -> tuple[SobolIndex | None, ...]:
    """First and total Sobol indices from the outputs of the designed runs, one for each group.

    ``f_a`` and ``f_b`` have shape (n,), ``f_ab`` (n, groups). First: mean of f_B·(f_AB − f_A) (Saltelli 2010); total:
    half the mean of (f_A − f_AB)² (M. J. W. Jansen, Comput. Phys. Commun. 117 (1999) 35); both over the variance of
    f_A and f_B together. Iterations with an error (NaN) in one of the three runs are left out. None for a constant
    output or fewer than two iterations. Raises ValueError for shapes that do not fit.
    """
    if f_a.ndim != 1 or f_b.shape != f_a.shape or f_ab.ndim != 2 or f_ab.shape[0] != f_a.size:
        raise ValueError(
            f"f_a, f_b and f_ab have shapes {f_a.shape}, {f_b.shape}, {f_ab.shape}; want (n,), (n,), (n, k)."
        )
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence is {confidence}; it must lie between 0 and 1, neither included.")
    return tuple(_index(f_a, f_b, np.ascontiguousarray(f_ab[:, place]), confidence) for place in range(f_ab.shape[1]))


def _index(a: FloatArray, b: FloatArray, ab: FloatArray, confidence: float) -> SobolIndex | None:
    failed = np.isnan(a) | np.isnan(b) | np.isnan(ab)
    count = a.size - int(failed.sum())
    both = central_moments(np.concatenate((np.where(failed, np.nan, a), np.where(failed, np.nan, b))))
    if count < 2 or not 0.0 < both.m2 < math.inf:
        return None
    scale = math.sqrt(both.m2 / both.count)
    # Centred first: a large mean would otherwise drown the products.
    a, b, ab = ((np.where(failed, np.nan, f) - both.origin - both.offset) / scale for f in (a, b, ab))
    energy = (a * a + b * b) / 2.0
    first, first_interval = _ratio(b * (ab - a), energy, count, confidence)
    total, total_interval = _ratio((a - ab) ** 2 / 2.0, energy, count, confidence)
    return SobolIndex(first, first_interval, total, total_interval, count)


def _ratio(terms: FloatArray, energy: FloatArray, count: int, confidence: float) -> tuple[float, Interval]:
    """A ratio of means and its interval by the delta method; the mean energy is 1."""
    value = leaf_sum(terms) / count
    spread = central_moments(terms - value * energy)
    half = float(special.ndtri(0.5 + confidence / 2.0)) * math.sqrt(spread.m2 / (count - 1) / count)
    return value, Interval(value - half, value + half, confidence, "delta")


def given_data_first_order(
    inputs: Mapping[str, FloatArray], output: FloatArray, parts: int | None = None
) -> dict[str, float | None]:
    """First-order Sobol indices from an ordinary run: the variance of the output's mean over bins of each input.

    Iterations are sorted by the input and cut into ``parts`` of equal count (about n^(1/3), at most 48, if not given);
    what that many bins would explain by chance is taken off, so that an input without effect is near 0 and may fall
    below. Inputs may be correlated: the index then includes what the input tells of the others. Iterations with an
    error are left out. None for a constant output or input or too few iterations. Source: E. Plischke, E. Borgonovo,
    C. L. Smith, Eur. J. Oper. Res. 226 (2013) 536. Raises ValueError for parts below 2.
    """
    if parts is not None and parts < 2:
        raise ValueError(f"parts is {parts}; it must be 2 or more.")
    usable = ~np.isnan(output)
    found: dict[str, float | None] = {}
    for name, samples in inputs.items():
        both = usable & ~np.isnan(samples)
        whole = bool(both.all())
        x, y = (samples, output) if whole else (samples[both], output[both])
        count = min(_MOST_PARTS, round(float(np.cbrt(y.size)))) if parts is None else parts
        found[name] = _explained(np.asarray(x, dtype=np.float64), y, max(2, count))
    return found


def _explained(x: FloatArray, y: FloatArray, parts: int) -> float | None:
    moments = central_moments(y)
    if y.size < 4 * parts or not 0.0 < moments.m2 < math.inf:
        return None
    ordered = stable_order(x)
    if ordered.tied.size == x.size - 1:
        return None
    # A value that many iterations share is not torn apart.
    starts = np.arange(1, parts, dtype=np.int64) * y.size // parts
    free = np.setdiff1d(np.arange(1, y.size), ordered.tied + 1, assume_unique=True)
    edges = np.unique(free[np.minimum(np.searchsorted(free, starts), free.size - 1)])
    bounds = np.concatenate(([0], edges, [y.size]))
    centred = (y - moments.origin - moments.offset)[ordered.order]
    sums, sizes = np.add.reduceat(centred, bounds[:-1]), np.diff(bounds)
    share = math.fsum(sums * sums / sizes) / moments.m2
    return 1.0 - (1.0 - share) * (y.size - 1) / (y.size - sizes.size)

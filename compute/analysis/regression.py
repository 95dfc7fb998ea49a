"""Standardised regression of an output on the inputs, whole or stepwise."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from compute import special
from compute.analysis.leaves import LEAF, CentralMoments, FloatArray, central_moments
from compute.records import dataclass

# An input of whose variance less than this share is its own counts as a combination of others.
_OWN_SHARE = 1e-9


@dataclass(frozen=True, slots=True)
class RegressionTerm:
    """One input's coefficient: per unit of the input, in standard deviations of both, and per one of the input's.

    ``mapped`` is the change of the output, in its units, for one standard deviation of the input. ``p_value`` is that
    of the coefficient being zero, by Student's t; 0 for a perfect fit.
    """

    name: str
    coefficient: float
    standardised: float
    mapped: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Regression:
    """The least-squares fit of an output; terms in descending size of their standardised coefficients.

    ``constant`` inputs never vary, ``collinear`` ones are combinations of inputs given before them, and
    ``not_significant`` ones did not enter a stepwise fit; none of them has a term. ``intercept`` and the R² are None
    for an output that is constant or has too few iterations. ``left_out`` iterations had an error.
    """

    terms: tuple[RegressionTerm, ...]
    intercept: float | None
    r_squared: float | None
    adjusted_r_squared: float | None
    count: int
    left_out: int
    constant: tuple[str, ...]
    collinear: tuple[str, ...]
    not_significant: tuple[str, ...]


def regression(
    inputs: Mapping[str, FloatArray],
    output: FloatArray,
    *,
    stepwise: bool = True,
    enter: float = 0.05,
    remove: float = 0.10,
) -> Regression:
    """The linear regression of the output on its inputs, with standardised coefficients and R².

    Stepwise, as @RISK's regression tornado: the input with the largest partial F enters while its p-value is below
    ``enter``; after each, those whose p-value rose above ``remove`` leave (M. A. Efroymson, in Mathematical Methods
    for Digital Computers (1960) 191; @RISK's own thresholds are not published). Otherwise all inputs enter.
    Iterations with an error in any input or the output are left out. Sums are taken leaf by leaf. Raises ValueError
    for thresholds out of order or of (0, 1).
    """
    if not 0.0 < enter <= remove < 1.0:
        raise ValueError(f"enter is {enter} and remove is {remove}; they must rise between 0 and 1.")
    names = list(inputs)
    columns = [*inputs.values(), output]
    failed = np.zeros(output.size, dtype=bool)
    for column in columns:
        failed |= np.isnan(column)
    if failed.any():
        columns = [np.where(failed, np.nan, column) for column in columns]
    moments = [central_moments(column) for column in columns]
    left_out = int(failed.sum())
    count = output.size - left_out
    varies = [place for place in range(len(names)) if 0.0 < moments[place].m2 < math.inf]
    constant = tuple(name for place, name in enumerate(names) if place not in varies)
    target = moments[-1]
    if count < 3 or not 0.0 < target.m2 < math.inf:
        return Regression((), None, None, None, count, left_out, constant, (), ())
    used = [*varies, len(names)]
    table = _correlation_matrix([columns[place] for place in used], [moments[place] for place in used])
    own = _independent(table)
    kept = _chosen(table, own, count, (enter, remove)) if stepwise else own
    terms, rest = _terms([names[place] for place in varies], [moments[place] for place in used], table, kept)
    freedom = count - len(kept) - 1
    return Regression(
        terms=tuple(sorted(terms, key=lambda term: -abs(term.standardised))),
        intercept=target.mean - math.fsum(term.coefficient * moments[names.index(term.name)].mean for term in terms),
        r_squared=1.0 - rest,
        adjusted_r_squared=1.0 - rest * (count - 1) / freedom if freedom > 0 else None,
        count=count,
        left_out=left_out,
        constant=constant,
        collinear=tuple(names[place] for at, place in enumerate(varies) if at not in own),
        not_significant=tuple(names[varies[at]] for at in own if at not in kept),
    )


def _terms(
    names: Sequence[str], moments: Sequence[CentralMoments], table: FloatArray, kept: Sequence[int]
) -> tuple[list[RegressionTerm], float]:
    """The terms of the inputs kept, and the share of the variance that they leave unexplained."""
    standardised, inverse, rest = _solved(table, kept)
    freedom = moments[-1].count - len(kept) - 1
    terms = [
        _term(names[place], moments[place], moments[-1], float(beta), float(share), rest, freedom)
        for place, beta, share in zip(kept, standardised, inverse, strict=True)
    ]
    return terms, rest


def _term(
    name: str, x: CentralMoments, y: CentralMoments, beta: float, inverse: float, rest: float, freedom: int
) -> RegressionTerm:
    scale = math.sqrt(y.m2 / (y.count - 1))
    return RegressionTerm(
        name=name,
        coefficient=beta * math.sqrt(y.m2 / x.m2),
        standardised=beta,
        mapped=beta * scale,
        p_value=_p_value(beta * beta / inverse, rest, freedom),
    )


def _p_value(gain: float, rest: float, freedom: int) -> float:
    """Of a partial F with one degree of freedom: the share of variance gained, against what remains unexplained."""
    if freedom < 1:
        return 1.0
    if rest <= 0.0:
        return 0.0 if gain > 0.0 else 1.0
    return float(special.fdtrc(1, freedom, gain / rest * freedom))


def _correlation_matrix(columns: Sequence[FloatArray], moments: Sequence[CentralMoments]) -> FloatArray:
    """Correlations of all columns, the products summed over the leaves in their order."""
    scales = np.array([[math.sqrt(found.m2 / found.count)] for found in moments])
    origins = np.array([[found.origin] for found in moments])
    offsets = np.array([[found.offset] for found in moments])
    total = np.zeros((len(columns), len(columns)))
    for start in range(0, columns[0].size, LEAF):
        leaf = np.array([column[start : start + LEAF] for column in columns])
        scaled = np.nan_to_num((leaf - origins - offsets) / scales, copy=False, nan=0.0)
        total += scaled @ scaled.T
    total /= moments[0].count
    np.fill_diagonal(total, 1.0)
    return total


def _independent(table: FloatArray) -> list[int]:
    """The inputs, in their order, that are not combinations of those before them."""
    swept, found = table.copy(), list[int]()
    for place in range(len(table) - 1):
        if swept[place, place] > _OWN_SHARE:
            _sweep(swept, place)
            found.append(place)
    return found


def _chosen(table: FloatArray, candidates: Sequence[int], count: int, thresholds: tuple[float, float]) -> list[int]:
    enter, remove = thresholds
    swept, kept, last = table.copy(), list[int](), len(table) - 1
    # Every input may enter and leave some times; more would be a circle.
    for _ in range(4 * len(candidates)):
        freedom = count - len(kept) - 2
        free = [place for place in candidates if place not in kept and swept[place, place] > _OWN_SHARE]
        if not free or freedom < 1:
            break
        gains = [float(swept[place, last] ** 2 / swept[place, place]) for place in free]
        best = int(np.argmax(gains))
        rest = float(swept[last, last])
        if rest <= 1e-14 or _p_value(gains[best], max(rest - gains[best], 0.0), freedom) >= enter:
            break
        _sweep(swept, free[best])
        kept.append(free[best])
        while len(kept) > 1:
            losses = [float(swept[place, last] ** 2 / swept[place, place]) for place in kept]
            least = int(np.argmin(losses))
            if _p_value(losses[least], max(float(swept[last, last]), 0.0), count - len(kept) - 1) <= remove:
                break
            _sweep(swept, kept.pop(least))
    return sorted(kept)


def _solved(table: FloatArray, kept: Sequence[int]) -> tuple[FloatArray, FloatArray, float]:
    """Standardised coefficients, the diagonal of the inverse correlations, and the unexplained share."""
    if not kept:
        return np.empty(0), np.empty(0), 1.0
    among, with_output = table[np.ix_(kept, kept)], table[list(kept), -1]
    inverse = np.asarray(np.linalg.inv(among), dtype=np.float64)
    beta = np.asarray(np.linalg.solve(among, with_output), dtype=np.float64)
    return beta, np.diag(inverse).copy(), min(1.0, max(0.0, 1.0 - float(beta @ with_output)))


def _sweep(table: FloatArray, place: int) -> None:
    """Exchange one variable between explained and explaining; twice is nothing (Gauss–Jordan)."""
    pivot = table[place, place]
    row, column = table[place] / pivot, table[:, place].copy()
    table -= np.outer(column, row)
    table[place] = row
    table[:, place] = -column / pivot
    table[place, place] = 1.0 / pivot

"""From what the workbook says of correlations to the sampler of a run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from compute.analysis.realised_correlations import RealisedCorrelations, realised_correlations
from compute.backends.reference.memberships import Membership
from compute.errors import ComputeError, InvalidCorrelation
from compute.program import Program
from compute.protocol import CorrelationDescription, CorrelationOptions, CorrelationReport
from compute.records import dataclass
from compute.runners.statics import Statics
from compute.sampling import Sampler, Sampling, sampler
from compute.sampling.copulas import (
    ClaytonCopula,
    Copula,
    FrankCopula,
    GaussianCopula,
    GumbelCopula,
    Reflected,
    StudentCopula,
)
from compute.sampling.correlated import CorrelatedGroup, CorrelatedSampler
from compute.sampling.correlation_matrix import (
    CorrelationMatrix,
    correlation_matrix,
    nearest_correlation_matrix,
    score_correlations,
)
from compute.sampling.own_seeds import OwnSeeds
from compute.sampling.sobol import DIMENSIONS
from compute.sampling.streams import FloatArray

PAIRED_FROM, ITERATIONS_PER_DRAW = 50, 20
"""Sobol points of more draws than the first, in fewer iterations for each than the second, get a note."""
_ARCHIMEDEAN: dict[str, Callable[[float, int], Copula]] = {
    "clayton": ClaytonCopula,
    "gumbel": GumbelCopula,
    "frank": FrankCopula,
}


@dataclass(frozen=True, slots=True)
class Tie:
    """One group of correlated draws as a run uses it.

    ``members`` are draw indices; ``requested`` (k, k) the correlations as the workbook gives them, None for copulas
    without a matrix; ``used`` those of the normal scores that the copula was given.
    """

    group: CorrelatedGroup
    family: str
    requested: FloatArray | None
    used: FloatArray | None
    notes: tuple[str, ...] = ()


def ties(program: Program, found: Sequence[Membership], options: CorrelationOptions) -> tuple[Tie, ...]:
    """The groups of a run. Raises InvalidCorrelation, naming the group and its cells, for one that cannot be."""
    made = ((group, _tie(program, group, options)) for group in _groups(found))
    # What is to be said of correlated series is the same for every period.
    return tuple(tie if _is_first(program, group[0].site) else replace(tie, notes=()) for group, tie in made)


def _is_first(program: Program, site: int) -> bool:
    """Whether a draw is no further period of a time series."""
    return program.draws[site].period == 0


def _groups(found: Sequence[Membership]) -> list[list[Membership]]:
    """The memberships by group; a draw alone in its group is correlated with nothing."""
    families: dict[str, list[Membership]] = defaultdict(list)
    for membership in found:
        kind = "pairs" if membership.family in ("source", "dependent") else membership.family
        families[f"{kind} {membership.group.casefold()}"].append(membership)
    return [group for group in families.values() if len(group) > 1 or group[0].matrix]


def _tie(program: Program, group: list[Membership], options: CorrelationOptions) -> Tie:
    name = group[0].group
    try:
        if group[0].family in ("gaussian", "student"):
            return _by_matrix(program, group, options)
        if group[0].family in ("source", "dependent"):
            return _pairs(program, group, options)
        return _archimedean(program, group)
    except InvalidCorrelation:
        raise
    except ComputeError as problem:
        raise InvalidCorrelation(f"correlation {name}: {problem.message}", cells=_cells(program, group)) from None


def _cells(program: Program, group: Sequence[Membership]) -> tuple[str, ...]:
    return tuple(program.draws[m.site].address for m in group)


def _ordered(program: Program, group: list[Membership]) -> list[Membership]:
    """The members by position. Raises InvalidCorrelation where two take the same."""
    ordered = sorted(group, key=lambda m: m.position)
    for first, second in pairwise(ordered):
        if first.position == second.position:
            one, other = _cells(program, (first, second))
            raise InvalidCorrelation(
                f"{one} and {other} both take position {first.position} of {first.group}; give one of them another "
                "position, or another instance",
                cells=(one, other),
            )
    return ordered


def _by_matrix(program: Program, group: list[Membership], options: CorrelationOptions) -> Tie:
    ordered = _ordered(program, group)
    whole = correlation_matrix(ordered[0].matrix, ordered[0].group)
    places = [m.position - 1 for m in ordered]
    requested = CorrelationMatrix(whole.values[np.ix_(places, places)])
    notes = [
        f"correlation {ordered[0].group}: rows {i + 1} and {j + 1} have no correlation given; it counts as 0"
        for i, j in whole.missing
        if i in places and j in places
    ]
    used = _valid(program, ordered, score_correlations(requested, options.measure), options, notes)
    degrees = ordered[0].parameter
    copula: Copula = GaussianCopula(used) if degrees is None else StudentCopula(used, degrees)
    return _made(ordered, copula, options, requested.values, used, notes)


def _valid(
    program: Program, members: list[Membership], asked: CorrelationMatrix, options: CorrelationOptions, notes: list[str]
) -> FloatArray:
    """The matrix, or with leave the nearest valid one. Raises InvalidCorrelation that shows the nearest."""
    if asked.is_valid:
        return asked.values
    nearest = nearest_correlation_matrix(asked).values
    change = np.abs(nearest - asked.values)
    row, column = (int(i) for i in np.unravel_index(int(change.argmax()), change.shape))
    found = (
        f"correlation {members[0].group}: no random variables have these correlations "
        f"(smallest eigenvalue {asked.smallest_eigenvalue:.3g}); the nearest matrix that is possible changes them by "
        f"at most {change.max():.3g} (rows {members[row].position} and {members[column].position}: "
        f"{asked.values[row, column]:g} becomes {nearest[row, column]:.4g})"
    )
    if not options.adjust:
        raise InvalidCorrelation(
            f"{found}; correct the matrix, or allow the nearest one (adjust correlations)",
            cells=_cells(program, members),
        )
    notes.append(f"{found}; it was used")
    return nearest


def _pairs(program: Program, group: list[Membership], options: CorrelationOptions) -> Tie:
    """One independent input and those that hang on it, which are otherwise independent of each other."""
    sources = [m for m in group if m.family == "source"]
    if len(sources) != 1:
        raise InvalidCorrelation(
            f"correlation {group[0].group!r} has {len(sources)} independent inputs; it must have one",
            cells=_cells(program, group),
        )
    ordered = [*sources, *(m for m in group if m.family == "dependent")]
    weights = np.array([1.0, *(m.parameter or 0.0 for m in ordered[1:])])
    for member, weight in zip(ordered, weights, strict=True):
        if not -1.0 <= weight <= 1.0:
            cell = program.draws[member.site].address
            found = f"{cell}: its correlation with {group[0].group!r} is {weight:g}; it must lie between -1 and 1"
            raise InvalidCorrelation(found, cells=(cell,))
    requested = np.outer(weights, weights)
    np.fill_diagonal(requested, 1.0)
    used = score_correlations(CorrelationMatrix(requested), options.measure).values
    return _made(ordered, GaussianCopula(used), options, requested, used, [])


def _placed(group: list[Membership]) -> list[Membership]:
    """Members that have no positions by the order of their cells, which these copulas do not depend on."""
    return [replace(m, position=place) for place, m in enumerate(group, start=1)]


def _archimedean(program: Program, group: list[Membership]) -> Tie:
    unplaced = all(m.position == 0 for m in group)
    ordered = _ordered(program, _placed(group) if unplaced else group)
    thetas = {m.parameter for m in ordered}
    if len(thetas) > 1:
        raise InvalidCorrelation(
            f"copula {ordered[0].group!r}: its draws name different parameters "
            f"({', '.join(f'{t:g}' for t in sorted(t or 0.0 for t in thetas))})",
            cells=_cells(program, ordered),
        )
    copula: Copula = _ARCHIMEDEAN[ordered[0].family](ordered[0].parameter or 0.0, len(ordered))
    turned = tuple(bool(m.reflection - 1) for m in ordered)
    if unplaced and any(turned) and len(ordered) != 2:
        raise InvalidCorrelation(
            f"copula {ordered[0].group!r} is reflected and ties {len(ordered)} draws; only a pair can be reflected",
            cells=_cells(program, ordered),
        )
    if any(turned):
        copula = Reflected(copula, turned)
    return _made(ordered, copula, CorrelationOptions(), None, None, [])


def _made(
    ordered: list[Membership],
    copula: Copula,
    options: CorrelationOptions,
    requested: FloatArray | None,
    used: FloatArray | None,
    notes: list[str],
) -> Tie:
    first = ordered[0]
    reorder = options.method == "iman_conover" and isinstance(copula, GaussianCopula)
    group = CorrelatedGroup(
        first.group, tuple(m.site for m in ordered), copula, "iman_conover" if reorder else "copula", used
    )
    family = "gaussian" if first.family in ("source", "dependent") else first.family
    return Tie(group, family, requested, used, tuple(notes))


def reports(tied: Sequence[Tie], program: Program, inputs: FloatArray) -> tuple[CorrelationReport, ...]:
    """Requested against realised correlations; ``inputs`` are the samples, (draws, iterations)."""
    return reports_of(tied, program, lambda members: realised_correlations(inputs[list(members)]))


def reports_of(
    tied: Sequence[Tie], program: Program, realise: Callable[[Sequence[int]], RealisedCorrelations]
) -> tuple[CorrelationReport, ...]:
    """As ``reports``, by a function that gives the correlations which a group's draws realised.

    Of time series the first period: later values mix the noise of several periods, and only noise is correlated.
    """
    found = []
    for tie in tied:
        if not _is_first(program, tie.group.members[0]):
            continue
        realised = realise(tie.group.members)
        found.append(
            CorrelationReport(
                group=tie.group.key,
                family=tie.family,
                members=tuple(program.draws[m].key for m in tie.group.members),
                requested=None if tie.requested is None else _rows(tie.requested),
                used=None if tie.used is None else _rows(tie.used),
                score=_open_rows(realised.score),
                spearman=_open_rows(realised.spearman),
                pearson=_open_rows(realised.pearson),
                standard_errors=_open_rows(realised.standard_errors),
            )
        )
    return tuple(found)


def described_correlations(program: Program, statics: Statics) -> tuple[CorrelationDescription, ...]:
    """What ``inspect`` tells of the correlated inputs, the impossible ones included."""
    try:
        found = statics.memberships
    except InvalidCorrelation as problem:
        keys = tuple(d.key for d in program.draws if d.draw.correlation is not None)
        return (CorrelationDescription(group="", family="", members=keys, problem=problem.message),)
    described = []
    for group in _groups(found):
        if not _is_first(program, group[0].site):
            continue
        keys = tuple(program.draws[m.site].key for m in sorted(group, key=lambda m: m.position))
        try:
            tie = _tie(program, group, CorrelationOptions())
        except InvalidCorrelation as problem:
            name, family = group[0].group, group[0].family
            described.append(CorrelationDescription(group=name, family=family, members=keys, problem=problem.message))
            continue
        matrix = None if tie.requested is None else _rows(tie.requested)
        described.append(CorrelationDescription(group=tie.group.key, family=tie.family, members=keys, matrix=matrix))
    return tuple(described)


def _rows(matrix: FloatArray) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(v) for v in row) for row in matrix)


def _open_rows(matrix: FloatArray) -> tuple[tuple[float | None, ...], ...]:
    return tuple(tuple(float(v) if np.isfinite(v) else None for v in row) for row in matrix)


def draws_source(
    program: Program,
    sampling: Sampling,
    seed: int,
    iterations: int,
    tied: Sequence[Tie],
    seeds: dict[int, int],
    batch: int | None = None,
) -> Sampler:
    """The sampler of a run: a pure function of its arguments, so that every worker makes the same."""
    streams = [d.stream for d in program.draws]
    source = sampler(sampling, seed, iterations, streams, batch)
    if tied:
        source = CorrelatedSampler(source, iterations, [t.group for t in tied], batch)
    # A draw that is correlated follows its group: a seed of its own would tear it out.
    alone = seeds.keys() - {m for t in tied for m in t.group.members}
    if not alone:
        return source
    return OwnSeeds(source, {index: sampler(sampling, seeds[index], iterations, streams, batch) for index in alone})


def seed_notes(program: Program, tied: Sequence[Tie], seeds: dict[int, int]) -> tuple[str, ...]:
    """Which own seeds are not followed."""
    both = sorted(seeds.keys() & {m for t in tied for m in t.group.members})
    return tuple(f"{program.draws[i].address}: its own seed is not used, since it is correlated" for i in both)


def sampling_notes(program: Program, sampling: Sampling, iterations: int) -> tuple[str, ...]:
    """What Sobol points do not give so many draws in so few iterations: a dimension each, pairs without correlation.

    docs/validation.md shows the correlations of pairs of dimensions that the limit is taken from.
    """
    draws = len(program.draws)
    if sampling != "sobol":
        return ()
    notes = []
    if draws > DIMENSIONS:
        first, beyond = program.draws[DIMENSIONS].address, draws - DIMENSIONS
        notes.append(
            f"Sobol points have {DIMENSIONS:,} dimensions: the {beyond:,} draws from {first} on are plain Monte Carlo"
        )
    if draws > PAIRED_FROM and iterations < draws * ITERATIONS_PER_DRAW:
        notes.append(
            f"Sobol points of {draws:,} draws in {iterations:,} iterations: single pairs of draws may show a "
            f"correlation that is not in the model; run {draws * ITERATIONS_PER_DRAW:,} iterations or more, or "
            "a Latin hypercube"
        )
    return tuple(notes)

"""Shares of an output's variance: Sobol indices and Shapley effects, from designed runs of a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from compute.analysis.shapley import shapley_effects as effects_of
from compute.analysis.variance_based import SobolIndex, indices
from compute.dialects.law_nodes import FORMULA
from compute.engines import choose, work_of
from compute.errors import InvalidCorrelation, SpecificationError
from compute.program import DrawSite
from compute.protocol import DEFAULT_SEED, MAX_ITERATIONS, CorrelationOptions, Progress, SamplingMethod
from compute.records import dataclass
from compute.runners.checks import structure_notes
from compute.runners.convergence import outputs_of
from compute.runners.correlations import Tie
from compute.runners.designs import saltelli, shapley
from compute.runners.run import Request, Run, unwatched
from compute.runners.variation import Design, Variation
from compute.values import Floats

if TYPE_CHECKING:
    from compute.runners.model import Model

MOST_INPUTS_OF_ALL_SUBSETS = 8
PERMUTATIONS = 1_000
_ROWS_OF_SUBSETS = 33_000
_AS_GIVEN = CorrelationOptions()
_NAMED = 10


@dataclass(frozen=True, slots=True)
class ShapleyShare:
    """An input's share of the variance, and the standard error that sampling leaves on it."""

    effect: float
    standard_error: float


@dataclass(frozen=True, eq=False)
class SobolReport:
    """``indices[output][input]``, None for an output without variance; ``evaluations`` iterations were run."""

    indices: Mapping[str, Mapping[str, SobolIndex | None]]
    evaluations: int
    seed: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class ShapleyReport:
    """``effects[output][input]``, None for an output without variance; ``evaluations`` iterations were run."""

    effects: Mapping[str, Mapping[str, ShapleyShare | None]]
    evaluations: int
    seed: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DesignedRun:
    """How a designed run is carried out: the options of ``Model.simulate`` that mean something to it."""

    seed: int = DEFAULT_SEED
    engine: str = "auto"
    runner: str = "local"
    threads: int | None = None
    on_progress: Callable[[Progress], None] | None = None
    cancelled: Callable[[], bool] | None = None
    correlations: CorrelationOptions = _AS_GIVEN

    def outputs(self, model: Model, plan: Design, evaluations: int) -> Mapping[str, Floats]:
        """Every output's samples, by its key."""
        if evaluations > MAX_ITERATIONS:
            raise SpecificationError(
                f"the design of {len(plan.inputs)} inputs takes {evaluations:,} iterations, and a run has at most "
                f"{MAX_ITERATIONS:,}; take a smaller base, or fewer rows",
                code="design.size",
            )
        engine: Any = self.engine
        runner: Any = self.runner
        request = Request(
            evaluations,
            self.seed,
            "monte_carlo",
            choose(engine, work_of(model.program, evaluations), on_this_machine=runner == "local"),
            runner,
            self.threads,
            None,
            self.correlations,
        )
        varied = model.varied(Variation(design=plan))
        samples, _ = Run(varied, request).sampled(self.on_progress or unwatched, self.cancelled or _never)
        return {o.key: samples.outputs[i] for i, o in enumerate(model.program.outputs)}


def _never() -> bool:
    return False


def sobol_plan(
    model: Model, outputs: Sequence[str], base: int, confidence: float, sampling: Any, correlations: CorrelationOptions
) -> tuple[tuple[str, ...], Design]:
    """The outputs' keys and the design of a run for Sobol indices. Raises what that run would."""
    keys, sites, tied = _asked(model, outputs, correlations)
    if not isinstance(base, int) or isinstance(base, bool) or base < 2:
        raise SpecificationError(f"base is {base}; it must be a whole number from 2", code="design.sobol")
    if not 0.0 < confidence < 1.0:
        problem = f"confidence is {confidence}; it must lie between 0 and 1, neither included"
        raise SpecificationError(problem, code="design.sobol")
    if sampling not in get_args(SamplingMethod):
        known = ", ".join(get_args(SamplingMethod))
        raise SpecificationError(f"sampling is {sampling!r}; it must be one of {known}", code="simulation.sampling")
    if tied:
        cells = tuple(model.program.draws[m].address for t in tied for m in t.group.members)
        raise InvalidCorrelation(
            f"Sobol indices need independent inputs, and {', '.join(cells[:_NAMED])} are correlated "
            f"({', '.join(t.group.key for t in tied[:_NAMED])}); Shapley effects take correlated inputs",
            code="design.correlated",
            cells=cells,
        )
    return keys, Design(method="sobol", inputs=tuple(s.key for s in sites), base=base, sampling=sampling)


def sobol_indices(
    model: Model, outputs: Sequence[str], base: int, confidence: float, sampling: Any, how: DesignedRun
) -> SobolReport:
    """See ``Model.sobol_indices``."""
    keys, plan = sobol_plan(model, outputs, base, confidence, sampling, how.correlations)
    blocks = saltelli(plan)
    samples = how.outputs(model, plan, blocks.evaluations)
    found: dict[str, Mapping[str, SobolIndex | None]] = {}
    for key in keys:
        runs = samples[key].reshape(len(blocks.blocks), base)
        of_output = indices(runs[0], runs[1], np.ascontiguousarray(runs[2:].T), confidence)
        found[key] = MappingProxyType(dict(zip(plan.inputs, of_output, strict=True)))
    notes = _notes(model, {key: samples[key] for key in keys})
    return SobolReport(MappingProxyType(found), blocks.evaluations, how.seed, notes)


def shapley_plan(
    model: Model,
    outputs: Sequence[str],
    base: int,
    outer: int | None,
    permutations: int | None,
    correlations: CorrelationOptions,
) -> tuple[tuple[str, ...], Design]:
    """The outputs' keys and the design of a run for Shapley effects. Raises what that run would, but for its size."""
    keys, sites, tied = _asked(model, outputs, correlations)
    if len(sites) < 2:
        raise SpecificationError(
            f"Shapley effects share a variance among inputs, and {sites[0].key} is the only one", code="design.shapley"
        )
    if permutations is None and len(sites) > MOST_INPUTS_OF_ALL_SUBSETS:
        permutations = PERMUTATIONS
    if outer is None and permutations is None:
        outer = min(1_000, max(100, _ROWS_OF_SUBSETS // (2 ** len(sites) - 2)))
    plan = Design(
        method="shapley",
        inputs=tuple(s.key for s in sites),
        base=base,
        matrix=_matrix(sites, tied),
        outer=outer,
        permutations=permutations,
    )
    return keys, plan


def evaluations(plan: Design) -> int:
    """How many iterations a design takes, without making it."""
    inputs = len(plan.inputs)
    if plan.method == "sobol":
        return plan.base * (inputs + 2)
    subsets = 2**inputs - 2 if plan.permutations is None else plan.permutations * (inputs - 1)
    outer = plan.outer if plan.outer is not None else 1_000 if plan.permutations is None else 1
    return plan.base + subsets * outer * plan.inner


def shapley_effects(
    model: Model, outputs: Sequence[str], base: int, outer: int | None, permutations: int | None, how: DesignedRun
) -> ShapleyReport:
    """See ``Model.shapley_effects``."""
    keys, plan = shapley_plan(model, outputs, base, outer, permutations, how.correlations)
    design = shapley(plan, how.seed)
    samples = how.outputs(model, plan, design.uniforms.shape[0])
    effects: dict[str, Mapping[str, ShapleyShare | None]] = {}
    for key in keys:
        values = samples[key]
        if failed := int(np.isnan(values).sum()):
            raise SpecificationError(
                f"{key} ended in an error in {failed:,} of {values.size:,} iterations; Shapley effects need a value in "
                "every one",
                code="design.errors",
            )
        effects[key] = MappingProxyType(_shares(design, values, plan.inputs))
    return ShapleyReport(MappingProxyType(effects), design.uniforms.shape[0], how.seed, _notes(model, {}))


def _shares(design: Any, values: Floats, inputs: Sequence[str]) -> dict[str, ShapleyShare | None]:
    rows = values[: design.variance_rows]
    if float(rows.min()) == float(rows.max()):
        return dict.fromkeys(inputs)
    found = effects_of(design, values)
    pairs = zip(inputs, found.effects.tolist(), found.standard_errors.tolist(), strict=True)
    return {key: ShapleyShare(effect, error) for key, effect, error in pairs}


def _asked(
    model: Model, outputs: Sequence[str], correlations: CorrelationOptions
) -> tuple[tuple[str, ...], tuple[DrawSite, ...], tuple[Tie, ...]]:
    """The outputs' keys, the inputs that a design moves, and the groups in which some of them are correlated."""
    model.check(correlations)
    idle = set(model.program.unused_draws)
    sites = tuple(s for s in model.program.draws if s.index not in idle and not s.draw.locked and s.draw.law != FORMULA)
    if not sites:
        raise SpecificationError(
            "no uncertain cell feeds an output: there is no variance to share", code="design.no_inputs"
        )
    moved = {s.index for s in sites}
    tied = tuple(t for t in model.ties(correlations) if len(moved & set(t.group.members)) > 1)
    return outputs_of(model.program, tuple(outputs)), sites, tied


def _matrix(sites: Sequence[DrawSite], tied: Sequence[Tie]) -> tuple[tuple[float, ...], ...]:
    """The correlations of the normal scores of all inputs. Raises InvalidCorrelation for copulas that have none."""
    places = {s.index: i for i, s in enumerate(sites)}
    matrix = np.eye(len(sites))
    for tie in tied:
        if tie.family != "gaussian" or tie.used is None:
            raise InvalidCorrelation(
                f"Shapley effects are computed for Gaussian copulas; {tie.group.key} is tied by a {tie.family} copula",
                code="design.copula",
                cells=tuple(s.address for s in sites if s.index in tie.group.members),
            )
        for i, one in enumerate(tie.group.members):
            for j, other in enumerate(tie.group.members):
                if one in places and other in places:
                    matrix[places[one], places[other]] = tie.used[i, j]
    return tuple(tuple(float(v) for v in row) for row in matrix)


def _notes(model: Model, samples: Mapping[str, Floats]) -> tuple[str, ...]:
    notes = list(structure_notes(model.program))
    notes += [f"{s.address}: its own seed is not used in a designed run" for s in model.program.draws if s.draw.seed]
    notes += [
        f"{s.key} is a formula that counts as an input; the inputs that feed it are ranked in its place"
        for s in model.program.draws
        if s.draw.law == FORMULA
    ]
    for key, values in samples.items():
        if failed := int(np.isnan(values).sum()):
            notes.append(f"the output {key} ended in an error in {failed:,} of {values.size:,} iterations")
    return tuple(notes)

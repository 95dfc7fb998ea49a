"""``Model``: a workbook opened for simulation."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from compute.collecting import much_is_made
from compute.distributions import Distribution
from compute.engines import Choice, Prepared, choose, work_of
from compute.errors import ComputeError, Scalar, SpecificationError, UnknownCell
from compute.formulas import parse_cell_key
from compute.graph import CellId
from compute.program import Program, assemble, find_cell
from compute.program.law_cells import law_of
from compute.protocol import (
    CorrelationOptions,
    EngineName,
    FilledCell,
    ModelDescription,
    Progress,
    RunnerName,
    SamplingMethod,
    UnsupportedDescription,
)
from compute.records import dataclass
from compute.runners.cell_statistics import filled_cells, shown
from compute.runners.checks import check, describe, unsupported_of
from compute.runners.correlations import Tie, draws_source, ties
from compute.runners.foundations import steps_of_draws
from compute.runners.own_settings import chosen
from compute.runners.result import Result
from compute.runners.run import EXPECTED_LENGTH, Request, engine_of, keep_of, run_of, unwatched
from compute.runners.sips import SipBinding, refuse_design, sip_sampler, sips_of
from compute.runners.statics import Statics
from compute.runners.stressed_draws import stressed_draws
from compute.runners.variation import UNVARIED, Variation, check_constant, with_constants
from compute.sampling import Sampler
from compute.sampling.counted import CountedSampler
from compute.sampling.stressed import StressedSampler
from compute.stopping import ConvergenceOptions
from compute.workbook import Workbook, read_workbook

if TYPE_CHECKING:
    from compute.analysis import Measure
    from compute.runners.goal_seek import GoalSeekReport
    from compute.runners.stress import Ranges, StressReport
    from compute.runners.variance import ShapleyReport, SobolReport

MOST_SIMULATIONS = 1_000


@dataclass(frozen=True, slots=True)
class Input:
    """An uncertain draw. ``law`` is None while its parameters depend on other uncertain cells."""

    key: str
    name: str | None
    cell: str
    law_name: str
    law: Distribution | None
    static_value: float | None


@dataclass(frozen=True, slots=True)
class Output:
    """A watched cell and what the workbook shows in it now."""

    key: str
    name: str | None
    cell: str
    value: Scalar


@dataclass(eq=False)
class Model:
    """A workbook with its uncertain inputs and its outputs, ready to be simulated."""

    workbook: Workbook
    program: Program
    source: bytes
    external_inputs: Mapping[CellId, Distribution]
    external_outputs: tuple[tuple[CellId, str | None], ...]
    open_seconds: float = 0.0
    variation: Variation = UNVARIED
    _statics: Statics | None = field(default=None, repr=False)
    _foundations: Statics | None = field(default=None, repr=False)
    _prepared: dict[str, Prepared] = field(default_factory=dict, repr=False)

    @classmethod
    @much_is_made()
    def open(
        cls,
        path: str | Path | bytes,
        inputs: Mapping[str, Distribution] | None = None,
        outputs: Sequence[str] | Mapping[str, str | None] | None = None,
        sips: SipBinding | None = None,
    ) -> Model:
        """Reads a workbook and assembles its program.

        ``inputs`` maps cells (``"Inputs!B2"``, ``"'My sheet'!B2"``) to laws that take the place of what the cells hold;
        ``outputs`` lists cells to watch besides those the workbook marks, or maps them to names; ``sips`` cells that
        take their trials from a SIPmath library. Raises WorkbookError for a file that cannot be used, UnknownCell for a
        cell that does not exist and LibraryError; whether the model can be simulated is told by ``simulate`` and
        ``unsupported``.
        """
        started = time.perf_counter()
        source = path if isinstance(path, bytes) else Path(path).read_bytes()
        workbook = read_workbook(path)
        laws = {cell_of(workbook, key): law for key, law in (inputs or {}).items()}
        named = outputs.items() if isinstance(outputs, Mapping) else [(key, None) for key in outputs or ()]
        watched = tuple((cell_of(workbook, key), name) for key, name in named)
        bound = {key: cell_of(workbook, key) for key in (sips.cells if sips else ())}
        laws |= {bound[key]: law for key, law in (sips.laws() if sips else {}).items()}
        program = assemble(workbook, laws, watched)
        variation = Variation(sips=sips_of(program, sips, bound)) if sips else UNVARIED
        return cls(workbook, program, source, laws, watched, time.perf_counter() - started, variation)

    @property
    def statics(self) -> Statics:
        """What the model shows when nothing is simulated."""
        if self._statics is None:
            self._statics = Statics(self.program)
        return self._statics

    @property
    def foundations(self) -> Statics:
        """As ``statics``, of what draws hang on alone; the rest is computed when somebody asks for it."""
        if self._statics is not None:
            return self._statics
        if self._foundations is None:
            self._foundations = Statics(self.program, steps_of_draws(self.program))
        return self._foundations

    @property
    def inputs(self) -> Mapping[str, Input]:
        """The uncertain draws by key."""
        found = {}
        for site in self.program.draws:
            law, value = self.statics.laws.get(site.index), self.statics.static_values.get(site.index)
            found[site.key] = Input(site.key, site.name, site.address, law_of(self.program, site), law, value)
        return MappingProxyType(found)

    @property
    def outputs(self) -> Mapping[str, Output]:
        """The watched cells by key."""
        return MappingProxyType(
            {o.key: Output(o.key, o.name, o.address, self.statics.value(o.cell)) for o in self.program.outputs}
        )

    @property
    def unsupported(self) -> tuple[UnsupportedDescription, ...]:
        """Functions and features that cannot be evaluated faithfully, anywhere in the workbook, with their cells."""
        return unsupported_of(self.program)

    def describe(self) -> ModelDescription:
        """What ``inspect`` tells of the workbook."""
        return describe(self.program, self.statics)

    def check(self, correlations: CorrelationOptions | None = None, *, before_run: bool = False) -> None:
        """Raises the ModelError that keeps this model from being simulated, if there is one.

        ``before_run`` leaves to a run that follows what it finds by itself.
        """
        check(self.program, lambda: self.statics, (lambda: self.foundations) if before_run else None)
        self.ties(CorrelationOptions() if correlations is None else correlations)

    def simulate(
        self,
        iterations: int | Literal["auto"] | None = None,
        seed: int | None = None,
        sampling: SamplingMethod | None = None,
        engine: EngineName = "auto",
        runner: RunnerName = "local",
        threads: int | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        *,
        cancelled: Callable[[], bool] | None = None,
        checkpoint: Path | None = None,
        chunk_leaves: int | None = None,
        correlations: CorrelationOptions | None = None,
        convergence: ConvergenceOptions | None = None,
        batch: int | None = None,
        keep: str | Path | None = None,
        keep_inputs: Sequence[str] | None = None,
    ) -> Result:
        """Runs the simulation.

        Iterations, seed and sampling that are not given are those of the workbook's own settings (@RISK's, XLRisk's),
        which the result notes, else 10,000, 42 and a Latin hypercube.

        The same workbook, seed, sampling and iterations give the same samples bit for bit within one engine class,
        whatever threads, runner or ``chunk_leaves`` (chunks are runs of 4,096 iterations). ``checkpoint`` names a
        folder where finished chunks are kept, from which a second call goes on. ``correlations`` says how the
        workbook's correlations are followed. With ``convergence`` (or ``iterations="auto"``: every mean to ± 3 % at
        95 % confidence) the run ends by itself, and is the run of that many iterations; ``iterations`` then counts for
        nothing. ``batch`` is how many iterations a Latin hypercube stratifies together, 4,096 in a run that ends by
        itself, else the whole run. ``keep`` names a Parquet file for every trial of the outputs and ``keep_inputs``
        (all unless given), by engine="arrow". Raises ModelError when the model cannot be simulated, SpecificationError
        for arguments outside their limits, EngineUnavailable, OSError, and Cancelled after ``cancelled()``.
        """
        options = ConvergenceOptions() if iterations == "auto" and convergence is None else convergence
        own = chosen(self.workbook, iterations, seed, sampling, ends_itself=options is not None)
        length = 1 if own.iterations == "auto" else own.iterations
        choice = _chosen(engine_of(engine, keep), self.program, length if options is None else EXPECTED_LENGTH, runner)
        request = Request(
            length, own.seed, own.sampling, choice, runner, threads, chunk_leaves,
            correlations or CorrelationOptions(), options, batch, keep_of(keep, keep_inputs),
        )  # fmt: skip
        result = run_of(self, request).execute(on_progress or unwatched, cancelled or _never, checkpoint)
        if own.note:
            result.notes = (*result.notes, own.note)
            result.forget_summary()
        result.shown = functools.cache(lambda: self._trial_values(own.seed))
        result.ranges = self.program.output_ranges
        self._fill([result])
        return result

    def simulate_each(self, simulations: int, **options: Any) -> tuple[Result, ...]:
        """Several simulations with the same draws, one for each value of RiskSimtable, PsiSimParam or MC.SIMTABLE.

        ``options`` are those of ``simulate``; the files of ``keep`` are numbered. Statistics in cells may ask for any
        of the simulations by its number.
        """
        if not 1 <= simulations <= MOST_SIMULATIONS:
            raise SpecificationError(
                f"simulations is {simulations}; it must be from 1 to {MOST_SIMULATIONS:,}", code="simulation.number"
            )
        checkpoint = options.pop("checkpoint", None)
        keep = None if options.get("keep") is None else Path(options["keep"])
        results = []
        for number in range(1, simulations + 1):
            folder = None if checkpoint is None else Path(checkpoint) / f"simulation-{number}"
            if keep is not None:
                options["keep"] = keep if simulations == 1 else keep.with_stem(f"{keep.stem}-{number}")
            results.append(self.numbered(number).simulate(**options, checkpoint=folder))
        self._fill(results)
        return tuple(results)

    def numbered(self, simulation: int) -> Model:
        """The same model for the simulation of that number (from 1) among several."""
        return self._like(program=replace(self.program, simulation=simulation))

    def varied(self, variation: Variation) -> Model:
        """The same model with constants of other values, stressed inputs or a design, beside what it varies already.

        Raises SpecificationError for a cell without a number, and for inputs that are not there or cannot be stressed.
        """
        constants = {cell_of(self.workbook, c.cell): c.value for c in variation.constants}
        for cell in constants:
            check_constant(self.workbook, cell, self.external_inputs)
        stressed_draws(self.program, variation.stresses)
        both = Variation(
            constants=(*self.variation.constants, *variation.constants),
            stresses=(*self.variation.stresses, *variation.stresses),
            design=variation.design or self.variation.design,
            sips=variation.sips or self.variation.sips,
        )
        if not constants:
            kept = {"_statics": self._statics, "_foundations": self._foundations, "_prepared": self._prepared}
            return self._like(variation=both, **kept)
        workbook = with_constants(self.workbook, constants)
        program = assemble(workbook, self.external_inputs, self.external_outputs)
        return self._like(
            workbook=workbook, program=replace(program, simulation=self.program.simulation), variation=both
        )

    def _trial_values(self, seed: int) -> Mapping[str, Scalar]:
        from compute.runners.trial_values import trial_values

        return trial_values(self, seed)

    def _like(self, **changes: Any) -> Model:
        return replace(self, **{"_statics": None, "_foundations": None, "_prepared": {}, **changes})

    def _fill(self, results: Sequence[Result]) -> None:
        cells = tuple(FilledCell(cell=c, value=shown(v)) for c, v in filled_cells(self, results).items())
        for result in results if cells else ():
            result.filled = cells
            result.forget_summary()

    def stress(self, ranges: Ranges, together: bool = True, **options: Any) -> StressReport:
        """One run without stress, one for each input drawn only between two percentiles of its law, and one with all.

        ``ranges`` maps inputs (key, name or cell) to percentiles from 0 to 1: ``{"Price": (0, 0.05)}``. ``options`` are
        those of ``simulate``, which every run has, its seed included. Raises as ``simulate``, and SpecificationError
        for an input that is not there or cannot be stressed, before anything runs.
        """
        from compute.runners.stress import stress

        return stress(self, ranges, together, options)

    def goal_seek(
        self,
        cell: str,
        output: str,
        measure: Measure,
        target: float,
        low: float,
        high: float,
        *,
        tolerance: float | None = None,
        most_steps: int = 50,
        **options: Any,
    ) -> GoalSeekReport:
        """The value of a constant cell, between ``low`` and ``high``, that brings a statistic of an output on target.

        Each step is one run with ``options`` (those of ``simulate``) and the same seed, so that the statistic is a
        function of the cell alone. ``tolerance`` is a thousandth of the statistic's change between both ends if not
        given. Whether the target was reached is told by the report. Raises as ``simulate``, and SpecificationError for
        a cell that holds no number, an output that is not there and numbers that make no sense.
        """
        from compute.runners.goal_seek import goal_seek, search_of

        search = search_of(target, low, high, tolerance, most_steps)
        return goal_seek(self, cell, output, measure, search, tolerance, options)

    def sobol_indices(
        self,
        outputs: Sequence[str] = (),
        base: int = 1_024,
        *,
        confidence: float = 0.95,
        sampling: SamplingMethod = "sobol",
        **options: Any,
    ) -> SobolReport:
        """How much of each output's variance every input explains, alone (first) and with interactions (total).

        A designed run of base · (inputs + 2) iterations; powers of two suit Sobol points. ``options``: seed, engine,
        runner, threads, on_progress, cancelled. Raises as ``simulate``, and InvalidCorrelation for correlated inputs,
        which ``shapley_effects`` takes.
        """
        from compute.runners.variance import DesignedRun, sobol_indices

        return sobol_indices(self, outputs, base, confidence, sampling, DesignedRun(**options))

    def shapley_effects(
        self,
        outputs: Sequence[str] = (),
        base: int = 10_000,
        *,
        outer: int | None = None,
        permutations: int | None = None,
        **options: Any,
    ) -> ShapleyReport:
        """A fair share of each output's variance for every input, correlated or not; the shares add up to 1.

        ``base`` rows give the variance. All subsets of up to 8 inputs are visited with ``outer`` rows each, else
        ``permutations`` (1,000) of them. ``options``: those of ``sobol_indices``, and correlations. Raises as
        ``simulate``, InvalidCorrelation for copulas other than Gaussian, and SpecificationError for an output that
        ended in errors.
        """
        from compute.runners.variance import DesignedRun, shapley_effects

        return shapley_effects(self, outputs, base, outer, permutations, DesignedRun(**options))

    def ties(self, options: CorrelationOptions) -> tuple[Tie, ...]:
        """The groups of correlated inputs. Raises InvalidCorrelation."""
        if not any(site.draw.correlation for site in self.program.draws):
            return ()
        return ties(self.program, self.statics.memberships, options)

    def draws_source(
        self, sampling: SamplingMethod, seed: int, iterations: int, tied: tuple[Tie, ...], batch: int | None = None
    ) -> Sampler:
        """The sampler of a run of this model."""
        sips = self.variation.sips
        if self.variation.design is not None:
            if sips is not None:
                refuse_design()
            from compute.runners.designs import designed_sampler

            return designed_sampler(self.program, self.variation.design, seed, iterations)
        has_seeds = any(site.draw.seed for site in self.program.draws)
        seeds = self.statics.own_seeds if has_seeds else {}
        source = draws_source(self.program, sampling, seed, iterations, tied, seeds, batch)
        if sips is not None:
            source = sip_sampler(self.program, sips, source)
        lengths = {site.index: site.draw.counts for site in self.program.draws if site.draw.counts}
        source = CountedSampler(source, lengths) if lengths else source
        ranges = stressed_draws(self.program, self.variation.stresses)
        return StressedSampler(source, ranges) if ranges else source

    def prepared(self, choice: Choice) -> Prepared:
        """The program made ready for an engine; done once."""
        if choice.engine.name not in self._prepared:
            self._prepared[choice.engine.name] = choice.engine.prepare(self.program)
        return self._prepared[choice.engine.name]


def _chosen(engine: EngineName, program: Program, iterations: object, runner: RunnerName) -> Choice:
    """The engine, by the size of the run; a length that will be refused has none."""
    has_size = engine == "auto" and isinstance(iterations, int) and iterations > 0
    work = work_of(program, iterations) if has_size else None  # type: ignore[arg-type]
    return choose(engine, work, on_this_machine=runner == "local")


def _never() -> bool:
    return False


def cell_of(workbook: Workbook, key: str) -> CellId:
    """The cell that a key names: ``Sheet!A1``, or a defined name of one cell. Raises UnknownCell."""
    try:
        sheet, row, column = parse_cell_key(key)
    except ComputeError:
        for name in workbook.names:
            if name.name.casefold() == key.casefold():
                return cell_of(workbook, name.text.replace("$", ""))
        raise
    if not sheet:
        raise UnknownCell(f"{key}: name the sheet too, for example {workbook.sheets[0].name}!{key}", cells=(key,))
    return find_cell(workbook, sheet, row, column, key)


__all__ = ["Input", "Model", "Output", "cell_of"]

"""``Model``: a workbook opened for simulation."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from compute.backends.reference import BlockResult
from compute.distributions import Distribution
from compute.engines import Choice, Prepared, choose
from compute.errors import ComputeError, Scalar, SpecificationError, UnknownCell
from compute.formulas import parse_cell_key
from compute.graph import CellId
from compute.program import Program, assemble, find_cell
from compute.protocol import (
    DEFAULT_ITERATIONS,
    DEFAULT_SEED,
    MAX_ITERATIONS,
    MONTECELL_VERSION,
    Certificate,
    CorrelationOptions,
    EngineName,
    FilledCell,
    ModelDescription,
    Progress,
    RunnerName,
    SamplingMethod,
    Stage,
    Timings,
    UnsupportedDescription,
)
from compute.runners.cell_statistics import filled_cells, shown
from compute.runners.checkpoint import Checkpoint
from compute.runners.checks import check, describe, notes_of, unsupported_of
from compute.runners.correlations import Tie, draws_source, reports, sampling_notes, seed_notes, ties
from compute.runners.local import core_count, run_local
from compute.runners.result import Result, Variable, digest_of
from compute.runners.state import RunState, Samples, chunk_grid, suitable_chunk
from compute.runners.statics import Statics
from compute.sampling import Sampler
from compute.workbook import Workbook, read_workbook

MOST_SIMULATIONS = 1_000
MOST_SAMPLE_BYTES = 4 * 2**30


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
    _statics: Statics | None = field(default=None, repr=False)
    _prepared: dict[str, Prepared] = field(default_factory=dict, repr=False)

    @classmethod
    def open(
        cls,
        path: str | Path | bytes,
        inputs: Mapping[str, Distribution] | None = None,
        outputs: Sequence[str] | Mapping[str, str | None] | None = None,
    ) -> Model:
        """Reads a workbook and assembles its program.

        ``inputs`` maps cells (``"Inputs!B2"``, ``"'My sheet'!B2"``) to laws that take the place of what the cells hold;
        ``outputs`` lists cells to watch besides those the workbook marks, or maps them to names. Raises WorkbookError
        for a file that cannot be used and UnknownCell for a cell that does not exist; whether the model can be
        simulated is told by ``simulate`` and ``unsupported``.
        """
        started = time.perf_counter()
        source = path if isinstance(path, bytes) else Path(path).read_bytes()
        workbook = read_workbook(path)
        laws = {cell_of(workbook, key): law for key, law in (inputs or {}).items()}
        named = outputs.items() if isinstance(outputs, Mapping) else [(key, None) for key in outputs or ()]
        watched = tuple((cell_of(workbook, key), name) for key, name in named)
        program = assemble(workbook, laws, watched)
        return cls(workbook, program, source, laws, watched, time.perf_counter() - started)

    @property
    def statics(self) -> Statics:
        """What the model shows when nothing is simulated."""
        if self._statics is None:
            self._statics = Statics(self.program)
        return self._statics

    @property
    def inputs(self) -> Mapping[str, Input]:
        """The uncertain draws by key."""
        found = {}
        for site in self.program.draws:
            law, value = self.statics.laws.get(site.index), self.statics.static_values.get(site.index)
            found[site.key] = Input(site.key, site.name, site.address, site.draw.law, law, value)
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

    def check(self, correlations: CorrelationOptions | None = None) -> None:
        """Raises the ModelError that keeps this model from being simulated, if there is one."""
        check(self.program, lambda: self.statics)
        self.ties(CorrelationOptions() if correlations is None else correlations)

    def simulate(
        self,
        iterations: int = DEFAULT_ITERATIONS,
        seed: int = DEFAULT_SEED,
        sampling: SamplingMethod = "latin_hypercube",
        engine: EngineName = "auto",
        runner: RunnerName = "local",
        threads: int | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        *,
        cancelled: Callable[[], bool] | None = None,
        checkpoint: Path | None = None,
        chunk_leaves: int | None = None,
        correlations: CorrelationOptions | None = None,
    ) -> Result:
        """Runs the simulation.

        The same workbook, seed, sampling and iterations give the same samples bit for bit within one engine class,
        whatever threads, runner or ``chunk_leaves`` (chunks are runs of 4,096 iterations). ``checkpoint`` names a
        folder where finished chunks are kept, from which a second call goes on. ``correlations`` says how the
        workbook's correlations are followed. Raises ModelError when the model cannot
        be simulated, SpecificationError for arguments outside their limits, EngineUnavailable, and Cancelled after
        ``cancelled()``.
        """
        options = correlations or CorrelationOptions()
        run = _Run(self, iterations, seed, sampling, choose(engine), runner, threads, chunk_leaves, options)
        result = run.execute(on_progress or _ignore, cancelled or _never, checkpoint)
        self._fill([result])
        return result

    def simulate_each(self, simulations: int, **options: Any) -> tuple[Result, ...]:
        """Several simulations with the same draws, one for each value of RiskSimtable, PsiSimParam or MC.SIMTABLE.

        ``options`` are those of ``simulate``. Statistics in cells may ask for any of them by its number.
        """
        if not 1 <= simulations <= MOST_SIMULATIONS:
            raise SpecificationError(
                f"simulations is {simulations}; it must be from 1 to {MOST_SIMULATIONS:,}", code="simulation.number"
            )
        checkpoint = options.pop("checkpoint", None)
        results = []
        for number in range(1, simulations + 1):
            folder = None if checkpoint is None else Path(checkpoint) / f"simulation-{number}"
            results.append(self.numbered(number).simulate(**options, checkpoint=folder))
        self._fill(results)
        return tuple(results)

    def numbered(self, simulation: int) -> Model:
        """The same model for the simulation of that number (from 1) among several."""
        program = replace(self.program, simulation=simulation)
        return Model(self.workbook, program, self.source, self.external_inputs, self.external_outputs)

    def _fill(self, results: Sequence[Result]) -> None:
        cells = tuple(FilledCell(cell=c, value=shown(v)) for c, v in filled_cells(self, results).items())
        for result in results if cells else ():
            result.filled = cells
            result.forget_summary()

    def ties(self, options: CorrelationOptions) -> tuple[Tie, ...]:
        """The groups of correlated inputs. Raises InvalidCorrelation."""
        if not any(site.draw.correlation for site in self.program.draws):
            return ()
        return ties(self.program, self.statics.memberships, options)

    def draws_source(self, sampling: SamplingMethod, seed: int, iterations: int, tied: tuple[Tie, ...]) -> Sampler:
        """The sampler of a run of this model."""
        has_seeds = any(site.draw.seed for site in self.program.draws)
        seeds = self.statics.own_seeds if has_seeds else {}
        return draws_source(self.program, sampling, seed, iterations, tied, seeds)

    def prepared(self, choice: Choice) -> Prepared:
        """The program made ready for an engine; done once."""
        if choice.engine.name not in self._prepared:
            self._prepared[choice.engine.name] = choice.engine.prepare(self.program)
        return self._prepared[choice.engine.name]


def _ignore(progress: Progress) -> None:
    return None


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


class _Run:
    """One simulation from its checks to its result."""

    def __init__(
        self,
        model: Model,
        iterations: int,
        seed: int,
        sampling: SamplingMethod,
        choice: Choice,
        runner: RunnerName,
        threads: int | None,
        chunk_leaves: int | None,
        correlations: CorrelationOptions,
    ) -> None:
        _check_numbers(iterations, seed, threads, chunk_leaves)
        self._model, self._program = model, model.program
        self._iterations, self._seed, self._sampling = iterations, seed, sampling
        self._choice, self._runner, self._correlations = choice, runner, correlations
        self._threads = threads or core_count()
        self._chunk_leaves = chunk_leaves or suitable_chunk(iterations, self._threads)
        if runner not in ("local", "ray"):
            raise SpecificationError(f"runner is {runner!r}; it must be local or ray", code="simulation.runner")

    def execute(
        self, on_progress: Callable[[Progress], None], cancelled: Callable[[], bool], checkpoint: Path | None
    ) -> Result:
        started, clock = datetime.now(UTC), time.perf_counter()
        self._started, self._clock, self._report = started, clock, on_progress
        self._tell("compiling", 0)
        self._model.check(self._correlations)
        _check_memory(self._program, self._iterations)
        self._ties = self._model.ties(self._correlations)
        source = self._model.draws_source(self._sampling, self._seed, self._iterations, self._ties)
        prepared = self._model.prepared(self._choice)
        compiled = time.perf_counter()
        state = self._state()
        kept = None if checkpoint is None else Checkpoint(checkpoint, self._key())
        for part in kept.load() if kept else ():
            state.accept(part)
        self._tell("simulating", state.done)

        def on_chunk(part: BlockResult) -> None:
            if kept:
                kept.save(part)
            self._tell("simulating", state.done)

        if self._runner == "ray":
            from compute.runners.ray import run_ray

            run_ray(
                state, self._model, self._sampling, self._seed, self._iterations,
                self._choice.engine.name, self._correlations, cancelled, on_chunk,
            )  # fmt: skip
        else:
            run_local(state, prepared, source, self._threads, cancelled, on_chunk)
        simulated = time.perf_counter()
        self._tell("analysing", self._iterations)
        result = self._result(state.samples, (compiled - clock, simulated - compiled))
        self._tell("done", self._iterations)
        return result

    def _sampling_notes(self) -> tuple[str, ...]:
        has_seeds = any(site.draw.seed for site in self._program.draws)
        seeds = self._model.statics.own_seeds if has_seeds else {}
        return (
            *sampling_notes(self._program, self._sampling),
            *(n for t in self._ties for n in t.notes),
            *seed_notes(self._program, self._ties, seeds),
        )

    def _tell(self, stage: Stage, done: int) -> None:
        seconds = time.perf_counter() - self._clock
        self._report(Progress(stage=stage, done=done, total=self._iterations, seconds=seconds))

    def _state(self) -> RunState:
        samples = Samples.empty(len(self._program.outputs), len(self._program.draws), self._iterations)
        return RunState(chunk_grid(self._iterations, self._chunk_leaves), samples)

    def _key(self) -> str:
        engine = self._choice.engine
        given = sorted((cell, repr(law)) for cell, law in self._model.external_inputs.items())
        parts = (
            self._model.workbook.sha256, given, self._model.external_outputs, self._iterations, self._seed,
            self._sampling, engine.engine_class, self._chunk_leaves, self._correlations,
            self._program.simulation,
        )  # fmt: skip
        return repr(parts)

    def _result(self, samples: Samples, seconds: tuple[float, float]) -> Result:
        begun = time.perf_counter()
        outputs = {
            o.key: Variable(o.key, o.name, o.address, samples.outputs[i], samples.output_codes[i])
            for i, o in enumerate(self._program.outputs)
        }
        inputs = {
            d.key: Variable(d.key, d.name, d.address, samples.inputs[i], samples.input_codes[i])
            for i, d in enumerate(self._program.draws)
        }
        certificate = Certificate(
            workbook_sha256=self._model.workbook.sha256,
            workbook_name=self._model.workbook.file_name,
            montecell_version=MONTECELL_VERSION,
            engine=self._choice.engine.name,
            engine_class=self._choice.engine.engine_class,
            engine_reason=self._choice.reason,
            sampling=self._sampling,
            seed=self._seed,
            iterations=self._iterations,
            simulation=self._program.simulation,
            digest=digest_of(samples),
        )
        result = Result(
            MappingProxyType(outputs),
            MappingProxyType(inputs),
            certificate,
            Timings(open=self._model.open_seconds, compile=seconds[0], simulate=seconds[1]),
            (*notes_of(self._program, samples), *self._sampling_notes()),
            self._started.isoformat(timespec="seconds"),
            datetime.now(UTC).isoformat(timespec="seconds"),
            correlations=reports(self._ties, self._program, samples.inputs),
            unused_inputs=tuple(self._program.draws[i].key for i in self._program.unused_draws),
        )
        result.summary()
        result.timings = result.timings.model_copy(update={"analyse": time.perf_counter() - begun})
        return result


def _check_numbers(iterations: int, seed: int, threads: int | None, chunk_leaves: int | None) -> None:
    def whole(value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool)

    if not whole(iterations) or not 1 <= iterations <= MAX_ITERATIONS:
        raise SpecificationError(
            f"iterations is {iterations}; it must be a whole number from 1 to {MAX_ITERATIONS:,}",
            code="simulation.iterations",
        )
    if not whole(seed) or not 0 <= seed < 2**63:
        raise SpecificationError(
            f"seed is {seed}; it must be a whole number from 0 to 2^63 - 1", code="simulation.seed"
        )
    if threads is not None and (not whole(threads) or not 1 <= threads <= 1024):
        raise SpecificationError(f"threads is {threads}; it must be from 1 to 1,024", code="simulation.threads")
    if chunk_leaves is not None and (not whole(chunk_leaves) or chunk_leaves < 1):
        raise SpecificationError(f"chunk_leaves is {chunk_leaves}; it must be 1 or more", code="simulation.chunk")


def _check_memory(program: Program, iterations: int) -> None:
    variables = len(program.outputs) + len(program.draws)
    needed = 9 * variables * iterations
    if needed > MOST_SAMPLE_BYTES:
        most = MOST_SAMPLE_BYTES // (9 * variables)
        raise SpecificationError(
            f"{iterations:,} iterations of {variables} inputs and outputs would take {needed / 2**30:.1f} GiB; "
            f"this model can run up to {most:,} iterations",
            code="simulation.memory",
        )


__all__ = ["Input", "Model", "Output", "cell_of"]

"""One run from its checks to its result."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from compute.analysis import LEAF
from compute.backends.reference import BlockResult
from compute.collecting import much_is_made
from compute.engines import Choice, made_ready
from compute.errors import SpecificationError
from compute.program import Program
from compute.protocol import (
    MAX_ITERATIONS,
    MONTECELL_VERSION,
    Certificate,
    CorrelationOptions,
    EngineName,
    Progress,
    RunnerName,
    SamplingMethod,
    Stage,
    Timings,
)
from compute.records import dataclass
from compute.runners.checkpoint import Checkpoint
from compute.runners.checks import notes_of
from compute.runners.convergence import DEFAULT_AT_LEAST, DEFAULT_AT_MOST, ConvergenceWatch, rules_of
from compute.runners.correlations import Tie, reports, sampling_notes, seed_notes
from compute.runners.local import core_count, run_local
from compute.runners.result import Result, Variable, digest_of
from compute.runners.sips import sip_notes
from compute.runners.state import RunState, Samples, chunk_grid, suitable_chunk
from compute.stopping import ConvergenceOptions

if TYPE_CHECKING:
    from compute.runners.model import Model

MOST_SAMPLE_BYTES = 4 * 2**30
EXPECTED_LENGTH = 20_000
"""Iterations after which runs that end by themselves usually do; the engine is chosen by it."""


@dataclass(frozen=True, slots=True)
class Keep:
    """The Parquet file that every trial goes to: all outputs, and the inputs with these names (None: all of them)."""

    path: Path
    inputs: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked of a run. ``iterations`` is the most where ``convergence`` ends it."""

    iterations: int
    seed: int
    sampling: SamplingMethod
    choice: Choice
    runner: RunnerName
    threads: int | None
    chunk_leaves: int | None
    correlations: CorrelationOptions
    convergence: ConvergenceOptions | None = None
    batch: int | None = None
    keep: Keep | None = None


class Run:
    """One simulation from its checks to its result."""

    def __init__(self, model: Model, request: Request) -> None:
        """Raises SpecificationError for a request that is outside its limits."""
        self._model, self._program = model, model.program
        self._request = _with_length(model.program, request)
        _check_numbers(self._request)
        _check_keeping(self._request)
        self._iterations = self._request.iterations
        self._threads = request.threads or core_count()
        whole = 1 if request.convergence else suitable_chunk(self._iterations, self._threads)
        self._chunk_leaves = request.chunk_leaves or whole
        self._ties: tuple[Tie, ...] = ()
        self._watch: ConvergenceWatch | None = None
        self._block_seconds = self._sampling_seconds = 0.0
        self._started, self._clock = datetime.now(UTC), time.perf_counter()

    def execute(
        self, on_progress: Callable[[Progress], None], cancelled: Callable[[], bool], checkpoint: Path | None
    ) -> Result:
        """The run's result. Raises ModelError, SpecificationError, EngineUnavailable and Cancelled.

        Statistics wait until they are asked for, but where somebody watches the progress they are a stage of it.
        """
        samples, timings = self.sampled(on_progress, cancelled, checkpoint)
        self._tell("analysing", self._iterations)
        result = self._result(samples, timings)
        if on_progress is not unwatched:
            result.summary()
        self._tell("done", self._iterations)
        return result

    def sampled(
        self, on_progress: Callable[[Progress], None], cancelled: Callable[[], bool], checkpoint: Path | None = None
    ) -> tuple[Samples, Timings]:
        """The run's samples alone, and how many seconds its preparation and its iterations took."""
        state, timings = self._iterate(on_progress, cancelled, checkpoint)
        assert isinstance(state.samples, Samples)
        return state.samples.until(state.iterations), timings

    def _iterate(
        self, on_progress: Callable[[Progress], None], cancelled: Callable[[], bool], checkpoint: Path | None
    ) -> tuple[RunState, Timings]:
        """Computes every iteration; the state with their samples, and how many seconds preparing and computing took."""
        self._report = on_progress
        self._tell("compiling", 0)
        self._prepare()
        compiled = time.perf_counter()
        state = self._state()
        self._watch = self._watching(state)
        kept = None if checkpoint is None else Checkpoint(checkpoint, self._key())
        for part in kept.load() if kept else ():
            if state.accept(part):
                self._taken(state, part)
        self._tell("simulating", state.done)

        def on_chunk(part: BlockResult) -> None:
            if kept:
                kept.save(part)
            self._taken(state, part)
            self._tell("simulating", state.done)

        self._compute(state, cancelled, on_chunk)
        self._iterations = state.iterations
        return state, self._timings(compiled - self._clock, time.perf_counter() - compiled)

    def _timings(self, preparing: float, simulating: float) -> Timings:
        """``simulate`` falls to ``sample`` and ``evaluate`` as the seconds of all blocks, on whatever thread, do."""
        share = min(1.0, self._sampling_seconds / self._block_seconds) if self._block_seconds else 0.0
        return Timings(
            open=self._model.open_seconds,
            compile=preparing,
            simulate=simulating,
            sample=share * simulating,
            evaluate=(1.0 - share) * simulating,
        )

    def _state(self) -> RunState:
        samples = Samples.empty(len(self._program.outputs), len(self._program.draws), self._iterations)
        return RunState(chunk_grid(self._iterations, self._chunk_leaves), samples)

    def _taken(self, state: RunState, part: BlockResult) -> None:
        """What is to be done about a part that ``state`` has just accepted."""
        self._block_seconds += part.seconds
        self._sampling_seconds += part.sampling_seconds
        if self._watch:
            self._watch.accept(part)

    @much_is_made()
    def _prepare(self) -> None:
        request = self._request
        self._model.check(request.correlations, before_run=True)
        self._check_room()
        self._ties = self._model.ties(request.correlations)
        ordered = any(t.group.method == "iman_conover" for t in self._ties)
        if request.sampling != "latin_hypercube" and not ordered:
            self._request = replace(request, batch=None)
        elif request.convergence:
            self._request = replace(request, batch=request.batch or LEAF)
        choice, self._prepared = made_ready(request.choice, self._model.prepared)
        self._request = replace(self._request, choice=choice)

    def _compute(self, state: RunState, cancelled: Callable[[], bool], on_chunk: Callable[[BlockResult], None]) -> None:
        asked = self._request
        if asked.runner == "ray":
            from compute.runners.ray import run_ray

            run_ray(
                state, self._model, asked.sampling, asked.seed, self._iterations, asked.choice.engine.name,
                asked.correlations, cancelled, on_chunk, batch=asked.batch,
            )  # fmt: skip
        else:
            source = self._model.draws_source(asked.sampling, asked.seed, self._iterations, self._ties, asked.batch)
            run_local(state, self._prepared, source, self._threads, cancelled, on_chunk)

    def _sampling_notes(self) -> tuple[str, ...]:
        has_seeds = any(site.draw.seed for site in self._program.draws)
        seeds = self._model.statics.own_seeds if has_seeds else {}
        batch = self._request.batch
        return (
            *self._model.variation.texts(),
            *sip_notes(self._model.variation.sips, self._iterations),
            *(self._watch.notes(self._iterations) if self._watch else ()),
            *([f"stratified, and correlated draws ordered, in batches of {batch:,} iterations"] if batch else []),
            *sampling_notes(self._program, self._request.sampling, self._iterations),
            *(n for t in self._ties for n in t.notes),
            *seed_notes(self._program, self._ties, seeds),
        )

    def _tell(self, stage: Stage, done: int) -> None:
        seconds = time.perf_counter() - self._clock
        needed = self._watch.still_needed if self._watch else None
        total = self._iterations if needed is None else min(self._iterations, done + needed)
        self._report(Progress(stage=stage, done=done, total=total, seconds=seconds, still_needed=needed))

    def _check_room(self) -> None:
        """Raises SpecificationError for more samples than may be held."""
        _check_memory(self._program, self._iterations)

    def _watching(self, state: RunState) -> ConvergenceWatch | None:
        options = self._request.convergence
        if options is None:
            return None
        rows = {o.key: i for i, o in enumerate(self._program.outputs)}
        rules = rules_of(self._program, options)
        return ConvergenceWatch(state, rules, rows, options.at_least or DEFAULT_AT_LEAST)

    def _key(self) -> str:
        asked, engine = self._request, self._request.choice.engine
        given = sorted((cell, repr(law)) for cell, law in self._model.external_inputs.items())
        parts = (
            self._model.workbook.sha256, given, self._model.external_outputs, self._iterations, asked.seed,
            asked.sampling, engine.engine_class, self._chunk_leaves, asked.correlations, asked.batch,
            self._program.simulation, self._model.variation,
        )  # fmt: skip
        return repr(parts)

    def _result(self, samples: Samples, timings: Timings) -> Result:
        samples.freeze()
        outputs = {
            o.key: Variable(o.key, o.name, o.address, samples.outputs[i], samples.output_codes[i])
            for i, o in enumerate(self._program.outputs)
        }
        inputs = {
            d.key: Variable(d.key, d.name, d.address, samples.inputs[i], samples.input_codes[i])
            for i, d in enumerate(self._program.draws)
        }
        result = self._assembled(outputs, inputs, lambda: self._certificate(digest_of(samples)), timings)
        result.correlations = reports(self._ties, self._program, samples.inputs)
        return result

    def _assembled(
        self,
        outputs: Mapping[str, Variable],
        inputs: Mapping[str, Variable],
        certified: Callable[[], Certificate],
        timings: Timings,
    ) -> Result:
        """The result of these samples, all but what is computed from them."""
        errors = {key: variable.errors for key, variable in outputs.items()}
        return Result(
            MappingProxyType(outputs),
            MappingProxyType(inputs),
            certified,
            self._iterations,
            timings,
            (*notes_of(self._program, self._iterations, errors), *self._sampling_notes()),
            self._started.isoformat(timespec="seconds"),
            datetime.now(UTC).isoformat(timespec="seconds"),
            convergence=self._watch.statuses() if self._watch else (),
            unused_inputs=tuple(self._program.draws[i].key for i in self._program.unused_draws),
            folded_inputs=tuple(self._program.draws[i].key for i in self._program.folded_draws),
        )

    def _certificate(self, digest: str) -> Certificate:
        asked = self._request
        return Certificate(
            workbook_sha256=self._model.workbook.sha256,
            workbook_name=self._model.workbook.file_name,
            montecell_version=MONTECELL_VERSION,
            engine=asked.choice.engine.name,
            engine_class=asked.choice.engine.engine_class,
            engine_reason="; ".join(filter(None, (asked.choice.reason, self._prepared.description))),
            sampling=asked.sampling,
            seed=asked.seed,
            iterations=self._iterations,
            batch=asked.batch,
            variation=self._model.variation.texts(),
            simulation=self._program.simulation,
            digest=digest,
        )


def unwatched(progress: Progress) -> None:
    """Takes progress that nobody asked for."""


def run_of(model: Model, request: Request) -> Run:
    """The run of a request: one that keeps its samples in a file, where it names one. Raises SpecificationError."""
    if request.keep is None:
        return Run(model, request)
    _check_keeping(request)
    from compute.runners.kept import KeptRun

    return KeptRun(model, request)


def engine_of(asked: EngineName, keep: str | Path | None) -> EngineName:
    """The engine to ask for: ``auto`` is the one that keeps trials, where they are to be kept."""
    return "arrow" if asked == "auto" and keep is not None else asked


def keep_of(path: str | Path | None, inputs: Sequence[str] | None) -> Keep | None:
    """What is to be kept, None without a file. Raises SpecificationError for inputs without one."""
    if path is None and inputs is not None:
        raise SpecificationError(
            "inputs to keep are named, but no file for them; name one (keep='trials.parquet', --keep trials.parquet)",
            code="simulation.keep",
        )
    return None if path is None else Keep(Path(path), None if inputs is None else tuple(inputs))


def _with_length(program: Program, request: Request) -> Request:
    """The request with the most iterations that its rules of convergence allow it. Raises SpecificationError."""
    options = request.convergence
    if options is None:
        return request
    rules_of(program, options)
    fitting = MOST_SAMPLE_BYTES // (9 * max(1, len(program.outputs) + len(program.draws))) // LEAF * LEAF
    most = options.at_most or max(LEAF, min(DEFAULT_AT_MOST, fitting))
    if options.at_least is not None and options.at_least > most:
        raise SpecificationError(
            f"convergence: at_least is {options.at_least:,}, above the {most:,} iterations that are allowed at most",
            code="convergence.at_least",
        )
    if request.batch is not None and (request.batch < 1 or LEAF % request.batch):
        raise SpecificationError(
            f"batch is {request.batch}; in a run that ends by itself it must divide {LEAF:,}", code="simulation.batch"
        )
    return replace(request, iterations=most)


def _check_keeping(request: Request) -> None:
    is_arrow = request.choice.engine.name == "arrow"
    if is_arrow and request.keep is None:
        raise SpecificationError(
            "the arrow engine keeps every trial in a file; name it (keep='trials.parquet', --keep trials.parquet), "
            "or use engine='power'",
            code="simulation.keep",
        )
    if request.keep is not None and not is_arrow:
        raise SpecificationError(
            f"trials are kept by the arrow engine; use engine='arrow' in place of {request.choice.engine.name!r}",
            code="simulation.keep",
        )


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check_numbers(request: Request) -> None:
    iterations, seed, threads = request.iterations, request.seed, request.threads
    if not _whole(iterations) or not 1 <= iterations <= MAX_ITERATIONS:
        raise SpecificationError(
            f"iterations is {iterations}; it must be a whole number from 1 to {MAX_ITERATIONS:,}",
            code="simulation.iterations",
        )
    if not _whole(seed) or not 0 <= seed < 2**63:
        raise SpecificationError(
            f"seed is {seed}; it must be a whole number from 0 to 2^63 - 1", code="simulation.seed"
        )
    if threads is not None and (not _whole(threads) or not 1 <= threads <= 1024):
        raise SpecificationError(f"threads is {threads}; it must be from 1 to 1,024", code="simulation.threads")
    if request.chunk_leaves is not None and (not _whole(request.chunk_leaves) or request.chunk_leaves < 1):
        found = f"chunk_leaves is {request.chunk_leaves}; it must be 1 or more"
        raise SpecificationError(found, code="simulation.chunk")
    if request.batch is not None and (not _whole(request.batch) or request.batch < 1):
        raise SpecificationError(f"batch is {request.batch}; it must be 1 or more", code="simulation.batch")
    if request.runner not in ("local", "ray"):
        raise SpecificationError(f"runner is {request.runner!r}; it must be local or ray", code="simulation.runner")


def _check_memory(program: Program, iterations: int) -> None:
    variables = len(program.outputs) + len(program.draws)
    needed = 9 * variables * iterations
    if needed > MOST_SAMPLE_BYTES:
        most = MOST_SAMPLE_BYTES // (9 * variables)
        raise SpecificationError(
            f"{iterations:,} iterations of {variables} inputs and outputs would take {needed / 2**30:.1f} GiB; "
            f"this model can run up to {most:,} iterations, or more if every trial is kept in a file (engine 'arrow')",
            code="simulation.memory",
        )

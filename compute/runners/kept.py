"""Runs that keep every trial in a Parquet file, in memory that does not grow with the iterations."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from compute.analysis import LEAF
from compute.backends.reference import BlockResult
from compute.engines.trials import TrialsFile, TrialsWriter, group_rows
from compute.errors import Cancelled, SpecificationError
from compute.protocol import Progress, Timings
from compute.records import dataclass
from compute.runners.kept_columns import kept_columns, program_digest
from compute.runners.kept_result import KeptSamples, analysed, variables
from compute.runners.result import Result, add_leaves
from compute.runners.run import Request, Run
from compute.runners.state import Chunk, RunState, chunk_grid
from compute.values import Codes, Floats

if TYPE_CHECKING:
    from compute.runners.model import Model

CHUNK_BYTES = 4 * 2**20
# Chunks per worker that may be finished before the one that is written next.
AHEAD = 4


@dataclass(slots=True)
class _Part:
    """The rows of the samples that go into one file."""

    writer: TrialsWriter
    rows: list[int]


@dataclass(slots=True)
class TrialStore:
    """Puts parts in the order of iterations and writes them, row group by row group."""

    parts: Sequence[_Part]
    outputs: int
    inputs: int
    received: int = 0
    error_counts: np.ndarray = field(init=False)
    _digest: hashlib._Hash = field(default_factory=hashlib.sha256, init=False)
    _waiting: dict[int, BlockResult] = field(default_factory=dict, init=False)
    _ready: list[BlockResult] = field(default_factory=list, init=False)
    _values: Floats = field(init=False)
    _codes: Codes = field(init=False)
    _start: int = field(default=0, init=False)
    _filled: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        size = self.outputs + self.inputs
        rows = group_rows(size)
        self._values, self._codes = np.empty((size, rows)), np.zeros((size, rows), np.uint8)
        self.error_counts = np.zeros((size, 256), np.int64)

    def put(self, part: BlockResult) -> None:
        """Takes a part, in any order."""
        self._waiting[part.start] = part
        while (ready := self._waiting.pop(self.received, None)) is not None:
            self._ready.append(ready)
            self.received = ready.stop

    def room(self, chunk: Chunk) -> None:
        """None: what waits for its turn is held apart."""

    def write(self, limit: int) -> None:
        """Writes what has come of the first ``limit`` iterations, which lies on the leaf grid or ends the run."""
        while self._ready and self._ready[0].start < limit:
            part = self._ready.pop(0)
            if part.stop > limit:
                self._ready.insert(0, _cut(part, limit, part.stop))
                part = _cut(part, part.start, limit)
            add_leaves(self._digest, part)
            self._append(part)

    def finish(self) -> str:
        """Writes the last row group; the digest of all samples."""
        self._flush()
        # The analysis that follows needs the room.
        self._values, self._codes = np.empty((0, 0)), np.empty((0, 0), np.uint8)
        return self._digest.hexdigest()

    def _append(self, part: BlockResult) -> None:
        values = np.concatenate((part.outputs, part.inputs))
        codes = np.concatenate((part.output_codes, part.input_codes))
        for row in np.flatnonzero(codes.any(axis=1)):
            self.error_counts[row] += np.bincount(codes[row], minlength=256)
        room = self._values.shape[1]
        for start in range(0, part.stop - part.start, LEAF):
            size = min(LEAF, part.stop - part.start - start)
            where, own = slice(self._filled, self._filled + size), slice(start, start + size)
            self._values[:, where], self._codes[:, where] = values[:, own], codes[:, own]
            self._filled += size
            if self._filled == room:
                self._flush()

    def _flush(self) -> None:
        if not self._filled:
            return
        for part in self.parts:
            if part.rows:
                # A view where the rows are neighbours: nothing is copied when all inputs are kept.
                is_run = part.rows[-1] - part.rows[0] == len(part.rows) - 1
                rows = slice(part.rows[0], part.rows[-1] + 1) if is_run else part.rows
                part.writer.write(self._start, self._values[rows, : self._filled], self._codes[rows, : self._filled])
        self._start += self._filled
        self._filled = 0


def _cut(part: BlockResult, start: int, stop: int) -> BlockResult:
    own = slice(start - part.start, stop - part.start)
    return BlockResult(
        start, stop, part.outputs[:, own], part.output_codes[:, own], part.inputs[:, own], part.input_codes[:, own]
    )


@dataclass(slots=True)
class _OrderedState(RunState):
    """Hands out no chunk that lies far beyond the one that is to be written next: what waits is held in memory."""

    ahead: int = 0

    def take(self) -> Chunk | None:
        """The next chunk to compute, None when all are handed out or the first of them is late."""
        store = self.samples
        assert isinstance(store, TrialStore)
        if self._waiting and self._waiting[0].start - store.received >= self.ahead:
            return None
        return RunState.take(self)


class KeptRun(Run):
    """One simulation whose samples are in a file; the file is there, complete, when the result is."""

    def __init__(self, model: Model, request: Request) -> None:
        """Raises SpecificationError for a request that is outside its limits."""
        super().__init__(model, request)
        assert request.keep is not None
        self._keep = request.keep
        self._size = len(self._program.outputs) + len(self._program.draws)
        if request.chunk_leaves is None:
            self._chunk_leaves = min(self._chunk_leaves, max(1, CHUNK_BYTES // (9 * self._size * LEAF)))
        self._columns = kept_columns(model, request.keep.inputs)
        _check_place(request.keep.path)
        if self._program.statistics and not all(entry.is_kept for entry in self._columns):
            raise SpecificationError(
                "cells of the workbook show statistics of the run, which may be those of any input; keep all inputs",
                code="simulation.keep",
            )

    def execute(
        self, on_progress: Callable[[Progress], None], cancelled: Callable[[], bool], checkpoint: Path | None
    ) -> Result:
        """The run's result; nothing new is left beside the file. Raises as ``Run.execute``, and OSError."""
        target = self._keep.path.absolute()
        self._folder = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        self._parts = self._opened()
        try:
            state, timings = self._iterate(on_progress, cancelled, checkpoint)
            self._tell("analysing", self._iterations)
            result = self._kept_result(state, timings, target, cancelled)
            self._tell("done", self._iterations)
            return result
        except OSError as problem:
            raise _explained(problem, target) from problem
        finally:
            for part in self._parts:
                part.writer.abandon()
            shutil.rmtree(self._folder, ignore_errors=True)

    def _opened(self) -> tuple[_Part, _Part]:
        """The file that is kept, and one of the other inputs that lasts as long as the run."""
        kept = [i for i, c in enumerate(self._columns) if c.is_kept]
        others = [i for i, c in enumerate(self._columns) if not c.is_kept]
        number = self._program.simulation
        files = (("trials.parquet", kept), ("others.parquet", others))
        found = [
            _Part(TrialsWriter(self._folder / name, [self._columns[i].column for i in rows], number), rows)
            for name, rows in files
        ]
        return found[0], found[1]

    def _check_room(self) -> None:
        """Raises SpecificationError where the file would not fit on the disk."""
        # The file, and beside it the inputs' ranks while the result is analysed.
        needed = 8 * self._iterations * (self._size + len(self._program.draws))
        free = shutil.disk_usage(self._folder).free
        if needed > free and self._request.convergence is None:
            raise SpecificationError(
                f"{self._keep.path.name}: {self._iterations:,} iterations of {self._size} inputs and outputs take up "
                f"to {needed / 2**30:.1f} GiB of disk, and {free / 2**30:.1f} GiB are free; run fewer, or keep them "
                "elsewhere",
                code="simulation.disk",
            )

    def _state(self) -> RunState:
        store = TrialStore(self._parts, len(self._program.outputs), len(self._program.draws))
        chunks = chunk_grid(self._iterations, self._chunk_leaves)
        return _OrderedState(chunks, store, AHEAD * self._threads * self._chunk_leaves * LEAF)

    def _taken(self, state: RunState, part: BlockResult) -> None:
        super()._taken(state, part)
        assert isinstance(state.samples, TrialStore)
        state.samples.write(self._watch.judged if self._watch else state.iterations)

    def _kept_result(self, state: RunState, timings: Timings, target: Path, cancelled: Callable[[], bool]) -> Result:
        assert isinstance(state.samples, TrialStore)
        begun = time.perf_counter()
        certificate = self._certificate(state.samples.finish())
        told = {
            "montecell.certificate": certificate.model_dump_json(),
            "montecell.program": program_digest(self._model),
        }
        for part in self._parts:
            if part.rows:
                part.writer.finish(told)
        files = [TrialsFile(part.writer.path) for part in self._parts]
        samples = KeptSamples(files[0], files[1], self._columns, state.samples.error_counts, self._iterations)
        outputs, inputs = variables(samples)
        result = self._assembled(outputs, inputs, lambda: certificate, timings)

        def check() -> None:
            if cancelled():
                raise Cancelled("the simulation was cancelled")

        analysed(result, samples, self._program, self._ties, self._folder, check)
        files[0].path.replace(target)
        samples.settle(target)
        result.trials = target
        result.timings = result.timings.model_copy(update={"analyse": time.perf_counter() - begun})
        return result


def _check_place(path: Path) -> None:
    """Raises SpecificationError for a file that cannot be there, or that may be something else than trials."""
    problem = None
    if path.suffix.lower() != ".parquet":
        problem = "the name of a file of trials must end in .parquet"
    elif path.is_dir():
        problem = "there is a folder of that name; name a file"
    elif not path.absolute().parent.is_dir():
        problem = f"there is no folder {path.absolute().parent}; make it first"
    if problem is not None:
        raise SpecificationError(f"{path}: {problem}", code="simulation.keep")


def _explained(problem: OSError, target: Path) -> OSError:
    """The problem with the file's name: Arrow's errors do not name one."""
    if problem.filename is not None:
        return problem
    return OSError(problem.errno or 0, f"{problem}; nothing was left there", str(target))

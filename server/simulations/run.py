"""One attempt at one job: the engine in its thread, beside it the loop that keeps the lease and tells of progress."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from concurrent.futures import Executor
from datetime import timedelta
from pathlib import Path

from compute.errors import Cancelled, ComputeError
from compute.protocol import Progress, SimulationSpec
from server.gateway.contract import RunControl
from server.kit import clock
from server.kit.bulletin import Watch
from server.kit.data_folder import make_durable, write_atomically
from server.kit.dependencies import Context
from server.kit.problems import Problem, of_compute_error, problem
from server.simulations import topics
from server.simulations.job_repository import Job, JobRepository
from server.simulations.schemas import ANALYSIS
from server.simulations.storage import SUMMARY, TRIALS, SimulationFolder
from server.workbooks.repository import WorkbookRepository
from server.workbooks.storage import WorkbookStorage

log = logging.getLogger("montecell.server.worker")


class Run:
    """Runs ``job`` for the lease's ``owner``. Everything but the engine happens in the event loop."""

    def __init__(self, context: Context, owner: str, job: Job, threads: Executor) -> None:
        self._context = context
        self._owner = owner
        self._job = job
        self._threads = threads
        self._loop = asyncio.get_running_loop()
        self._folder = SimulationFolder.of(context.settings, job.simulation_id)
        self._stop = threading.Event()
        self._latest: Progress | None = None
        self._cancel_requested = job.cancel_requested
        self._put_back = False
        self._lost = False
        self._lease_until = clock.now() + timedelta(seconds=context.settings.lease_seconds)

    def put_back(self) -> None:
        """Stop the engine and leave the job to another process."""
        self._put_back = True
        self._stop.set()

    async def perform(self) -> None:
        """Run to an end, or until the job is put back or the lease is lost."""
        if self._cancel_requested:
            await self._end("cancelled")
        elif self._job.attempt > self._context.settings.max_attempts:
            await self._end("failed", _gave_up(self._job.attempt - 1))
        else:
            await self._run_engine()

    async def _run_engine(self) -> None:
        async with self._context.database.transaction() as transaction:
            workbook = await WorkbookRepository(transaction).get(self._job.workbook_id)
        path = WorkbookStorage(self._context.settings).path(workbook)
        engine = self._loop.run_in_executor(self._threads, self._simulate, path)
        with self._context.bulletin.watch(topics.control(self._job.simulation_id)) as news:
            engine.add_done_callback(lambda _: self._wake())
            await self._attend(engine, news)
        try:
            folder = await engine
        except Exception as error:
            await self._conclude_error(error)
        else:
            await self._end("succeeded", result_folder=folder.name)

    def _simulate(self, workbook: Path) -> Path:
        """In the engine's thread. Saves what a later request needs; the database hears of it afterwards."""
        self._folder.checkpoint.mkdir(parents=True, exist_ok=True)
        target = self._folder.result(self._job.attempt)
        target.mkdir(exist_ok=True)
        control = RunControl(
            on_progress=self._on_progress,
            cancelled=self._stop.is_set,
            checkpoint=self._folder.checkpoint,
            threads=self._context.settings.threads,
            notes=tuple(json.loads(self._job.notes or "[]")),
            trials=target / TRIALS,
        )
        spec = SimulationSpec.model_validate_json(self._job.spec)
        if self._job.analysis is not None:
            analysis = ANALYSIS.validate_json(self._job.analysis)
            summary = self._context.gateway.analyse(workbook, spec, analysis, control).model_dump_json()
        else:
            result = self._context.gateway.simulate(workbook, spec, control)
            result.save(target)
            summary = result.summary().model_dump_json()
        write_atomically(target / SUMMARY, summary.encode())
        make_durable(target)
        return target

    def _on_progress(self, progress: Progress) -> None:
        self._latest = progress
        self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._context.bulletin.post(topics.control(self._job.simulation_id))

    async def _attend(self, engine: asyncio.Future[Path], news: Watch) -> None:
        settings = self._context.settings
        heartbeat = min(settings.lease_seconds / 3, settings.poll_seconds)
        while not engine.done():
            news.clear()
            await self._keep_lease()
            await asyncio.wait([engine], timeout=settings.progress_seconds)
            if not engine.done():
                await news.wait(heartbeat)

    async def _keep_lease(self) -> None:
        """Write what is new, renew the lease, hear of cancels. A database that is away is asked till the lease ends."""
        try:
            await self._exchange()
        except Exception:
            log.exception("simulation %s: the lease could not be renewed", self._job.simulation_id)
            self._lost = clock.now() >= self._lease_until
        if self._lost or self._cancel_requested:
            self._stop.set()

    async def _exchange(self) -> None:
        until = clock.now() + timedelta(seconds=self._context.settings.lease_seconds)
        progress, self._latest = self._latest, None
        async with self._context.database.transaction() as transaction:
            jobs = JobRepository(transaction, self._owner)
            cancel = await jobs.renew(self._job.simulation_id, until)
            if cancel is not None and progress is not None:
                await jobs.report(self._job.simulation_id, progress)
        if cancel is None:
            self._lost = True
            return
        self._lease_until = until
        self._cancel_requested = cancel
        if progress is not None:
            self._context.bulletin.post(topics.events(self._job.simulation_id))

    async def _conclude_error(self, error: Exception) -> None:
        if self._lost:
            log.warning("simulation %s: lost its lease and stopped", self._job.simulation_id)
        elif isinstance(error, Cancelled) and self._put_back and not self._cancel_requested:
            async with self._context.database.transaction() as transaction:
                await JobRepository(transaction, self._owner).put_back(self._job.simulation_id)
        elif isinstance(error, Cancelled):
            await self._end("cancelled")
        elif isinstance(error, ComputeError):
            await self._end("failed", of_compute_error(error))
        else:
            log.error("simulation %s failed", self._job.simulation_id, exc_info=error)
            await self._end("failed", _crashed(error))

    async def _end(self, status: str, found: Problem | None = None, result_folder: str | None = None) -> None:
        values = {"result_folder": result_folder, "problem": found and found.model_dump_json()}
        async with self._context.database.transaction() as transaction:
            jobs = JobRepository(transaction, self._owner)
            if self._latest is not None:
                await jobs.report(self._job.simulation_id, self._latest)
            ended = await jobs.finish(self._job.simulation_id, status, **values)
        if ended and status == "succeeded":
            self._folder.remove_checkpoint()
            self._folder.remove_other_results(self._folder.result(self._job.attempt))
        elif ended:
            self._folder.remove()
        self._context.bulletin.post(topics.events(self._job.simulation_id))


def _gave_up(attempts: int) -> Problem:
    detail = (
        f"The server ended {attempts} times while it ran this simulation, perhaps for want of memory. "
        "Run fewer iterations, or give the server more memory."
    )
    return problem(500, detail, "simulation.crashed")


def _crashed(error: Exception) -> Problem:
    if isinstance(error, MemoryError):
        return problem(
            500,
            "The simulation needs more memory than the server has. Run fewer iterations.",
            "simulation.out_of_memory",
        )
    return problem(500, "The simulation failed inside the server. Its log tells why.", "simulation.crashed")

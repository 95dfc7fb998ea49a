"""The worker: leases jobs, runs them in threads, writes their story down. See docs/adr/0007-job-durability.md."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from server.kit import clock
from server.kit.dependencies import Context
from server.kit.ids import new_id
from server.simulations import topics
from server.simulations.job_repository import Job, JobRepository
from server.simulations.run import Run

log = logging.getLogger("montecell.server.worker")


class Worker:
    """Runs up to ``settings.concurrency`` simulations at a time in this process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._owner = new_id("own")
        self._stopping = asyncio.Event()
        self._slots: list[asyncio.Task[None]] = []
        self._running: dict[str, Run] = {}
        self._threads = ThreadPoolExecutor(context.settings.concurrency, thread_name_prefix="simulation")

    async def start(self) -> None:
        """Begin to take jobs. A process that is alone on its database takes over at once what its predecessor ran."""
        if self._context.settings.embedded:
            async with self._context.database.transaction() as transaction:
                await JobRepository(transaction, self._owner).expire_all()
        for number in range(self._context.settings.concurrency):
            self._slots.append(asyncio.create_task(self._take_jobs(), name=f"simulation-slot-{number}"))

    async def stop(self) -> None:
        """Stop taking jobs and put back those that run; whoever takes them next resumes from their checkpoints."""
        self._stopping.set()
        self._context.bulletin.post(topics.QUEUE)
        for run in self._running.values():
            run.put_back()
        if self._slots:
            _, late = await asyncio.wait(self._slots, timeout=self._context.settings.stop_seconds)
            for slot in late:
                slot.cancel()
            await asyncio.gather(*self._slots, return_exceptions=True)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _take_jobs(self) -> None:
        with self._context.bulletin.watch(topics.QUEUE) as news:
            while not self._stopping.is_set():
                news.clear()
                try:
                    took_one = await self._take_one()
                except Exception:
                    # The database may be away for a while; the job stays leased and comes back when the lease ends.
                    log.exception("the worker could not take or finish a job; it goes on")
                    took_one = False
                if not took_one and not self._stopping.is_set():
                    await news.wait(self._context.settings.poll_seconds)

    async def _take_one(self) -> bool:
        until = clock.now() + timedelta(seconds=self._context.settings.lease_seconds)
        async with self._context.database.transaction() as transaction:
            job = await JobRepository(transaction, self._owner).lease_next(until)
        if job is None:
            return False
        await self._perform(job)
        return True

    async def _perform(self, job: Job) -> None:
        if job.recovered:
            log.warning("simulation %s: its worker died; attempt %d", job.simulation_id, job.attempt)
        run = Run(self._context, self._owner, job, self._threads)
        self._running[job.simulation_id] = run
        if self._stopping.is_set():
            run.put_back()
        try:
            await run.perform()
        finally:
            del self._running[job.simulation_id]

"""Running chunks on the threads of this process."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

from compute.backends.reference import BlockResult
from compute.engines import Prepared
from compute.errors import Cancelled
from compute.runners.chunks import run_chunk
from compute.runners.state import Chunk, RunState
from compute.sampling import Sampler

POLL_SECONDS = 0.1


def core_count() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_local(
    state: RunState,
    prepared: Prepared,
    sampler: Sampler,
    threads: int,
    cancelled: Callable[[], bool],
    on_chunk: Callable[[BlockResult], None],
) -> None:
    """Computes every open chunk of ``state``; raises Cancelled soon after ``cancelled()`` turns true."""
    if threads == 1:
        _run_here(state, prepared, sampler, cancelled, on_chunk)
        return
    # A run in one thread, as first results are, need not load what starts others.
    from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

    stop = threading.Event()

    def is_stopped() -> bool:
        return stop.is_set()

    pool = ThreadPoolExecutor(threads, thread_name_prefix="montecell")
    running: dict[Future[BlockResult], Chunk] = {}
    try:
        while not state.is_complete:
            while len(running) < 2 * threads and (chunk := state.take()) is not None:
                room = state.samples.room(chunk)
                running[pool.submit(run_chunk, prepared, sampler, chunk, is_stopped, room)] = chunk
            done, _ = wait(running, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
            if cancelled():
                raise Cancelled("the simulation was cancelled")
            for future in done:
                del running[future]
                result = future.result()
                if state.accept(result):
                    on_chunk(result)
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)


def _run_here(
    state: RunState,
    prepared: Prepared,
    sampler: Sampler,
    cancelled: Callable[[], bool],
    on_chunk: Callable[[BlockResult], None],
) -> None:
    """As ``run_local`` in this thread: another one would wait for this one, and this one for it."""
    asked = time.monotonic()

    def is_stopped() -> bool:
        # Asking may be a question to a database; blocks can be as short as a millisecond.
        nonlocal asked
        if time.monotonic() - asked < POLL_SECONDS:
            return False
        asked = time.monotonic()
        return cancelled()

    while not state.is_complete and (chunk := state.take()) is not None:
        result = run_chunk(prepared, sampler, chunk, is_stopped, state.samples.room(chunk))
        if state.accept(result):
            on_chunk(result)
        if cancelled():
            raise Cancelled("the simulation was cancelled")

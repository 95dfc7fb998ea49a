"""Whether the GPUs of this machine give the power engine's bits, and how fast: tried on a model, kept for ``auto``."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from compute.backends.gpu import Driver, open_driver
from compute.backends.reference import BlockResult
from compute.engines.agreement import difference
from compute.engines.engine import Prepared
from compute.engines.enhanced import EnhancedEngine, Instead
from compute.engines.gpu_record import GpuRecord, forget_record, keep_record
from compute.engines.power import PowerEngine
from compute.errors import SpecificationError
from compute.program import Program
from compute.records import dataclass
from compute.sampling import Sampler, sampler

BLOCKS = 4
"""How many blocks are timed after the first."""
TRANSFER_BYTES = 2**24
"""So many are timed on their way back, fewer where less is free."""
SEED = 1


@dataclass(frozen=True, slots=True)
class GpuTrial:
    """How a trial ended: ``record`` if all agreed, else ``difference`` says where not; seconds for ``iterations``."""

    devices: tuple[str, ...]
    iterations: int
    gpu_seconds: float
    power_seconds: float
    record: GpuRecord | None
    difference: str = ""


def try_gpu(program: Program, model: str, driver: Driver | None = None) -> GpuTrial:
    """Runs a program by plain Monte Carlo on GPUs and in native code, and keeps the record if they agree.

    A record of before goes as soon as kernels are to run, so that GPUs that fail or no longer agree are no longer
    taken. Raises EngineUnavailable without a GPU, SpecificationError for a program that does not run on one as a whole.
    """
    begun = time.perf_counter()
    driver = open_driver() if driver is None else driver
    engine = EnhancedEngine(driver)
    enhanced = engine.prepare(program)
    if isinstance(enhanced, Instead):
        raise SpecificationError(f"{model} does not run on a GPU: {enhanced.reason}; try another model")
    ready = time.perf_counter() - begun
    forget_record()
    lanes = enhanced.block_lanes
    iterations = (BLOCKS + 1) * lanes
    source = sampler("monte_carlo", SEED, iterations, [d.stream for d in program.draws])
    begun = time.perf_counter()
    enhanced.run(source, 0, lanes)
    first = time.perf_counter() - begun
    gpu, gpu_seconds = _timed(enhanced, source, lanes, iterations)
    power, power_seconds = _timed(PowerEngine().prepare(program), source, lanes, iterations)
    found = difference(program, gpu, power)
    record = None
    if not found:
        per_block = gpu_seconds / BLOCKS
        start = ready + max(0.0, first - per_block)
        record = _record(program, engine, model, driver, (start, per_block / lanes, BLOCKS * lanes))
        keep_record(record)
    return GpuTrial(engine.device_names, BLOCKS * lanes, gpu_seconds, power_seconds, record, found)


def _timed(prepared: Prepared, source: Sampler, start: int, stop: int) -> tuple[list[BlockResult], float]:
    begun = time.perf_counter()
    step = prepared.block_lanes
    parts = [prepared.run(source, at, min(at + step, stop)) for at in range(start, stop, step)]
    return parts, time.perf_counter() - begun


def _record(
    program: Program, engine: EnhancedEngine, model: str, driver: Driver, measured: tuple[float, float, int]
) -> GpuRecord:
    """What is not the transfer of samples is put to the formulas' account."""
    start, per_iteration, iterations = measured
    samples = len(program.outputs) + len(program.draws)
    per_sample = 8 * _transfer_seconds(driver)
    formulas = sum(len(s.formulas) for s in program.varying)
    return GpuRecord(
        engine_class=engine.engine_class,
        devices=engine.device_names,
        model=model,
        iterations=iterations,
        date=datetime.now(UTC).date().isoformat(),
        start_seconds=start,
        value_seconds=max(0.0, per_iteration - samples * per_sample) / max(1, formulas),
        sample_seconds=per_sample,
    )


def _transfer_seconds(driver: Driver) -> float:
    """Seconds to bring a byte from the first device: the better of two, since the first also wakes it."""
    device = driver.devices[0]
    size = max(1, min(TRANSFER_BYTES, device.free_bytes() // 2))
    stream, buffer, target = device.stream(), device.allocate(size), device.pinned(size)
    found = []
    for _ in range(2):
        begun = time.perf_counter()
        stream.download(buffer, target)
        stream.wait()
        found.append(time.perf_counter() - begun)
    return min(found) / size


__all__ = ["GpuTrial", "try_gpu"]

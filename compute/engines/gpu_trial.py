"""Whether the GPUs of this machine give the power engine's bits, and how fast: tried on a model, kept for ``auto``."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from compute.backends.gpu import Driver, open_driver
from compute.backends.reference import BlockResult
from compute.engines.engine import Prepared
from compute.engines.enhanced import EnhancedEngine, Instead
from compute.engines.gpu_record import GpuRecord, forget_record, keep_record
from compute.engines.power import PowerEngine
from compute.errors import SpecificationError
from compute.program import Program
from compute.sampling import Sampler, sampler

BLOCKS = 4
"""How many blocks are timed after the first."""
TRANSFER_BYTES = 2**24
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
    difference = _difference(program, gpu, power)
    record = None
    if not difference:
        per_block = gpu_seconds / BLOCKS
        start = ready + max(0.0, first - per_block)
        record = _record(program, engine, model, driver, (start, per_block / lanes, BLOCKS * lanes))
        keep_record(record)
    return GpuTrial(engine.device_names, BLOCKS * lanes, gpu_seconds, power_seconds, record, difference)


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
    stream, buffer, target = device.stream(), device.allocate(TRANSFER_BYTES), device.pinned(TRANSFER_BYTES)
    found = []
    for _ in range(2):
        begun = time.perf_counter()
        stream.download(buffer, target)
        stream.wait()
        found.append(time.perf_counter() - begun)
    return min(found) / TRANSFER_BYTES


def _difference(program: Program, gpu: list[BlockResult], power: list[BlockResult]) -> str:
    """The first sample whose bits or error differ; "" where there is none."""
    first = gpu[0].start
    keys = {"outputs": [o.key for o in program.outputs], "inputs": [d.key for d in program.draws]}
    for kind, names in keys.items():
        ours, theirs = _joined(gpu, kind), _joined(power, kind)
        codes, expected = _joined(gpu, f"{kind[:-1]}_codes"), _joined(power, f"{kind[:-1]}_codes")
        same = (codes == expected) & ((ours.view(np.uint64) == theirs.view(np.uint64)) | (codes != 0))
        if not same.all():
            row, column = np.argwhere(~same)[0].tolist()
            return (
                f"{names[row]} in iteration {first + column:,}: {float(ours[row, column])!r} on the GPU, "
                f"{float(theirs[row, column])!r} in native code ({np.count_nonzero(~same):,} of {same.size:,} differ)"
            )
    return ""


def _joined(parts: list[BlockResult], name: str) -> npt.NDArray[np.float64]:
    return np.ascontiguousarray(np.concatenate([getattr(p, name) for p in parts], axis=1))


__all__ = ["GpuTrial", "try_gpu"]

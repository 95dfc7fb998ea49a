"""Everything that the recording driver is tried with, on real GPUs: against the reference, and bit for bit as power."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import compute
from compute.backends.gpu import Driver, GpuMachine
from compute.backends.native import NativeMachine
from compute.program import Program
from compute.sampling import Sampler, sampler
from tests.compute.backends.gpu import programs
from tests.compute.backends.gpu.test_machine import assert_same_bits
from tests.compute.backends.native.test_same_as_reference import CHAINS, assert_same

pytestmark = pytest.mark.gpu
LANES = 4096
BOOKS: dict[str, Callable[[Path], Program]] = {
    "basic formulas": programs.basic_formulas,
    "functions": programs.all_functions,
    **{name: partial(programs.chain, name=name) for name in CHAINS},
}


def sampled(program: Program, way: str = "monte_carlo") -> Sampler:
    return sampler(way, 7, 1_000_000, [d.stream for d in program.draws])  # type: ignore[arg-type]


@pytest.mark.parametrize("name", BOOKS)
def test_the_same_as_the_reference(driver: Driver, tmp_path: Path, name: str) -> None:
    gpu = GpuMachine(BOOKS[name](tmp_path / "model.xlsx"), driver)
    source, lanes = sampled(gpu.program), min(512, gpu.block_lanes)
    assert_same(gpu.run(source, 0, lanes), gpu.reference.run(source, 0, lanes))


@pytest.mark.parametrize("way", ["monte_carlo", "latin_hypercube", "sobol"])
@pytest.mark.parametrize("name", BOOKS)
def test_the_same_bits_as_power(driver: Driver, tmp_path: Path, name: str, way: str) -> None:
    program = BOOKS[name](tmp_path / "model.xlsx")
    gpu, native = GpuMachine(program, driver), NativeMachine(program)
    source = sampled(program, way)
    for start, stop in ((0, min(LANES, gpu.block_lanes)), (4097, 4197)):
        assert_same_bits(gpu.run(source, start, stop), native.run(source, start, stop))


@pytest.mark.parametrize("name", programs.BENCHMARKS)
def test_a_benchmark_model(driver: Driver, shared_folder: Path, name: str) -> None:
    program = programs.benchmark(shared_folder, name)
    gpu, native = GpuMachine(program, driver), NativeMachine(program)
    source, lanes = sampled(program), min(LANES, gpu.block_lanes)
    assert_same_bits(gpu.run(source, 0, lanes), native.run(source, 0, lanes))


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_a_whole_run_has_the_samples_of_power(
    driver: Driver, book: Callable[..., Path], tmp_path: Path, threads: int
) -> None:
    """Blocks of several threads on all streams of all GPUs, the last one cut."""
    cells = {
        "A1": "=_xldudf_MC_NORMAL(100,10)", "A2": "=_xldudf_MC_LOGNORMAL(50,20)", "A3": "=_xldudf_MC_BERNOULLI(0.2)",
        **{f"B{i}": f"=A1*{i}+A2" for i in range(1, 200)}, "C1": "=SUM(B1:B199)/A3",
    }  # fmt: skip
    model = compute.Model.open(book({"S": cells}), outputs=["S!C1", "S!B7"])
    enhanced = model.simulate(300_001, seed=5, engine="enhanced", threads=threads, chunk_leaves=4)
    power = model.simulate(300_001, seed=5, engine="power")
    for key, output in power.outputs.items():
        np.testing.assert_array_equal(enhanced.outputs[key].samples, output.samples)
        np.testing.assert_array_equal(enhanced.outputs[key].codes, output.codes)

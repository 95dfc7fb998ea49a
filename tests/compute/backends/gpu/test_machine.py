"""The kernels of GPUs run on this processor, through the same launches: the bits of native code on eight iterations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from compute.backends.gpu import GpuMachine
from compute.backends.gpu.driver import Buffer, NoDeviceMemory
from compute.backends.native import NativeMachine, NotNative
from compute.backends.reference import BlockResult
from compute.program import Program
from compute.sampling import Sampler, sampler
from tests.compute.backends.gpu import programs
from tests.compute.backends.gpu.recording import HostDevice, HostDriver
from tests.compute.backends.native.test_same_as_reference import CHAINS, DRAWS, FIXED, NotAsked

LANES = 512
SMALL = 2**21
"""So little memory that a thread computes several iterations."""


def sampled(program: Program, way: str = "monte_carlo") -> Sampler:
    return sampler(way, 7, 4096, [d.stream for d in program.draws])  # type: ignore[arg-type]


def assert_same_bits(found: BlockResult, expected: BlockResult) -> None:
    np.testing.assert_array_equal(found.output_codes, expected.output_codes)
    np.testing.assert_array_equal(found.input_codes, expected.input_codes)
    for own, other in ((found.outputs, expected.outputs), (found.inputs, expected.inputs)):
        numbers = ~np.isnan(other)
        np.testing.assert_array_equal(np.isnan(own), ~numbers)
        np.testing.assert_array_equal(own[numbers].view(np.uint64), other[numbers].view(np.uint64))


@pytest.fixture(scope="module", params=[programs.basic_formulas, programs.all_functions], ids=["basic", "functions"])
def program(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Program:
    build: Callable[[Path], Program] = request.param
    return build(tmp_path_factory.mktemp("book") / "model.xlsx")


@pytest.fixture(scope="module")
def machines(program: Program) -> tuple[GpuMachine, NativeMachine]:
    return GpuMachine(program, HostDriver([HostDevice(memory=2**27)])), NativeMachine(program)


@pytest.mark.parametrize("way", ["monte_carlo", "latin_hypercube", "sobol"])
def test_the_same_bits_as_native_code(machines: tuple[GpuMachine, NativeMachine], way: str) -> None:
    gpu, native = machines
    source = sampled(native.program, way)
    for start, stop in ((0, LANES), (LANES + 1, LANES + 78), (4095, 4096)):
        assert_same_bits(gpu.run(source, start, stop), native.run(source, start, stop))


def test_doubts_and_errors_are_those_of_native_code(machines: tuple[GpuMachine, NativeMachine]) -> None:
    """The reference backend is asked for the same iterations."""
    gpu, native = machines
    asked: list[list[tuple[int, int]]] = []
    for machine in (gpu, native):
        recorder = Recorder(machine.reference)
        kept, machine.reference = machine.reference, recorder  # type: ignore[assignment]
        machine.run(sampled(native.program), 0, LANES)
        machine.reference = kept
        asked.append(recorder.asked)
    assert asked[0] == asked[1]


class Recorder:
    """Hands what the reference backend is asked on to it."""

    def __init__(self, reference: object) -> None:
        self._reference = reference
        self.asked: list[tuple[int, int]] = []

    def run(self, source: Sampler, start: int, stop: int) -> BlockResult:
        self.asked.append((start, stop))
        found: BlockResult = self._reference.run(source, start, stop)  # type: ignore[attr-defined]
        return found


@pytest.mark.parametrize("name", CHAINS)
def test_lines_of_formulas(tmp_path: Path, name: str) -> None:
    program = programs.chain(tmp_path / "model.xlsx", name)
    gpu, native = GpuMachine(program, HostDriver([HostDevice(memory=SMALL)])), NativeMachine(program)
    lanes = min(LANES, gpu.block_lanes)
    assert_same_bits(gpu.run(sampled(program), 0, lanes), native.run(sampled(program), 0, lanes))


@pytest.mark.parametrize("name", ["A", "B", pytest.param("C", marks=pytest.mark.sweep)])
def test_a_benchmark_model(shared_folder: Path, name: str) -> None:
    program = programs.benchmark(shared_folder, name)
    gpu, native = GpuMachine(program, HostDriver()), NativeMachine(program)
    assert_same_bits(gpu.run(sampled(program), 100, 300), native.run(sampled(program), 100, 300))


ERRORS = {"B1": "=1/A3", "B2": "=SQRT(A2)", "B3": "=B1+B2", "B4": "=A1+A2"}


def test_exact_code_runs_when_an_error_comes_back_and_from_then_on(tmp_path: Path) -> None:
    program = programs.program_of(tmp_path / "model.xlsx", {**DRAWS, **FIXED, **ERRORS}, list(ERRORS))
    device = HostDevice(memory=SMALL)
    gpu, native = GpuMachine(program, HostDriver([device])), NativeMachine(program)
    assert device.done == ["prepare", "stage"] * 2, "both streams are tried over no iteration"
    device.done.clear()
    gpu.reference = native.reference = NotAsked()  # type: ignore[assignment]
    expected = native.run(sampled(program), 0, LANES)
    assert len(set(expected.output_codes.ravel().tolist())) == 3
    assert_same_bits(gpu.run(sampled(program), 0, LANES), expected)
    downloads = ["download"] * 3
    assert device.done == ["stage", *downloads, "exact stage", *downloads]
    device.done.clear()
    assert_same_bits(gpu.run(sampled(program), 0, LANES), expected)
    assert device.done == ["stage", "exact stage", *downloads]


def test_numbers_on_the_edge_of_the_fifteenth_digit_are_the_reference_s(tmp_path: Path) -> None:
    program = programs.formulas(tmp_path / "model.xlsx", ["=IF(A3*0.1+A3*0.2=A3*0.3,1,2)"], DRAWS)
    gpu, native = GpuMachine(program, HostDriver()), NativeMachine(program)
    assert_same_bits(gpu.run(sampled(program), 0, LANES), native.run(sampled(program), 0, LANES))


def test_with_little_memory_a_thread_computes_several_iterations(tmp_path: Path) -> None:
    cells = {"A1": DRAWS["A1"], **{f"B{i}": f"=A1*{i}" for i in range(1, 301)}, "C1": "=SUM(B1:B300)"}
    program = programs.program_of(tmp_path / "model.xlsx", cells, ["C1"])
    gpu = GpuMachine(program, HostDriver([HostDevice(memory=SMALL)]))
    native = NativeMachine(program)
    lanes = gpu.block_lanes
    assert lanes * gpu.plan.layout.size * 8 > SMALL
    source = sampled(program)
    assert_same_bits(gpu.run(source, 1000, 1000 + lanes - 5), native.run(source, 1000, 1000 + lanes - 5))


def test_every_thread_has_a_workspace_of_its_own(tmp_path: Path) -> None:
    """Threads run one after the other here and side by side on a GPU: what each has made must still be there."""
    program = programs.program_of(tmp_path / "model.xlsx", {**DRAWS, "B1": "=A1+A2", "B2": "=B1*3"}, ["B1", "B2"])
    device = HostDevice(memory=SMALL)
    gpu = GpuMachine(program, HostDriver([device]))
    lanes = gpu.block_lanes
    found = gpu.run(sampled(program), 0, lanes)
    workspace = device.allocated[0].view(np.float64).reshape(gpu.plan.layout.size, -1)
    assert workspace.shape[1] == lanes
    for output in found.outputs:
        assert any(np.array_equal(place, output) for place in workspace)


def test_two_devices_take_turns(tmp_path: Path) -> None:
    program = programs.program_of(tmp_path / "model.xlsx", {**DRAWS, "B1": "=A1+A2"}, ["B1"])
    devices = [HostDevice("first", memory=SMALL), HostDevice("second", memory=2 * SMALL)]
    gpu, native = GpuMachine(program, HostDriver(devices)), NativeMachine(program)
    assert [d.done for d in devices] == [["prepare", "stage"] * 2] * 2
    for device in devices:
        device.done.clear()
    for start in range(0, 400, 100):
        assert_same_bits(
            gpu.run(sampled(program), start, start + 100), native.run(sampled(program), start, start + 100)
        )
    assert [d.done.count("stage") for d in devices] == [2, 2]
    assert "first, second" in gpu.description


def test_a_program_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    program = programs.program_of(tmp_path / "model.xlsx", {**DRAWS, "B1": "=A1+A2"}, ["B1"])
    with pytest.raises(NotNative, match="do not fit the memory of a GPU in name only"):
        GpuMachine(program, HostDriver([HostDevice(memory=10_000)]))


@pytest.mark.parametrize("way", ["monte_carlo", "latin_hypercube"])
def test_memory_is_taken_when_the_program_is_made_ready(tmp_path: Path, way: str) -> None:
    """No block asks for more, whether its uniforms are made on the device or given; and it goes with the machine."""
    program = programs.program_of(tmp_path / "model.xlsx", {**DRAWS, "B1": "=A1+A2"}, ["B1"])
    device = HostDevice(memory=SMALL)
    gpu = GpuMachine(program, HostDriver([device]))
    taken = device.in_use
    assert taken > SMALL / 4
    device.taken = SMALL
    for start in (0, 100):
        gpu.run(sampled(program, way), start, start + 100)
    assert device.in_use == taken
    del gpu
    assert device.in_use == 0


def test_memory_in_use_by_others(tmp_path: Path) -> None:
    program = programs.program_of(tmp_path / "model.xlsx", {**DRAWS, "B1": "=A1+A2"}, ["B1"])
    with pytest.raises(NoDeviceMemory, match=r"needs \d\.\d MB on a GPU .*, and 0\.0 MB of its 2\.0 MB are free\. End"):
        GpuMachine(program, HostDriver([HostDevice(memory=SMALL, taken=SMALL)]))


def test_memory_that_goes_while_it_is_taken(tmp_path: Path) -> None:
    """Free when it was looked at: nothing is left behind."""
    program = programs.program_of(tmp_path / "model.xlsx", {**DRAWS, "B1": "=A1+A2"}, ["B1"])
    device = Vanishing(memory=SMALL)
    with pytest.raises(NoDeviceMemory, match=r"needs \d\.\d MB more on a GPU"):
        GpuMachine(program, HostDriver([device]))
    assert device.allocated
    assert device.in_use == 0


class Vanishing(HostDevice):
    """Others take all of its memory after the first four pieces."""

    def allocate(self, size: int) -> Buffer:
        if len(self.allocated) == 4:
            self.taken = self.memory
        return super().allocate(size)


def test_a_device_in_use_by_others_is_left_out(tmp_path: Path) -> None:
    program = programs.program_of(tmp_path / "model.xlsx", {**DRAWS, "B1": "=A1+A2"}, ["B1"])
    full, other = HostDevice("full", memory=SMALL, taken=SMALL), HostDevice("other", memory=SMALL)
    gpu, native = GpuMachine(program, HostDriver([full, other])), NativeMachine(program)
    assert_same_bits(gpu.run(sampled(program), 0, 100), native.run(sampled(program), 0, 100))
    assert not full.allocated
    assert "formulas on other" in gpu.description
    assert "without full: this model needs" in gpu.description


@pytest.mark.parametrize(("formula", "reason"), [("=A1&A2", "a number that varies"), ("=OFFSET(A1,A3,0)", "OFFSET")])
def test_what_is_not_compiled_throughout_is_refused(tmp_path: Path, formula: str, reason: str) -> None:
    cells = {**DRAWS, "B1": formula, "B2": "=A1+A2"}
    program = programs.program_of(tmp_path / "model.xlsx", cells, ["B1", "B2"])
    with pytest.raises(NotNative, match=reason):
        GpuMachine(program, HostDriver())


@pytest.mark.parametrize("lanes", [0, 65_537])
def test_a_block_has_its_limits(tmp_path: Path, lanes: int) -> None:
    program = programs.program_of(tmp_path / "model.xlsx", {**DRAWS, "B1": "=A1+A2"}, ["B1"])
    with pytest.raises(ValueError, match="from 1 to 65,536"):
        GpuMachine(program, HostDriver()).run(sampled(program), 0, lanes)

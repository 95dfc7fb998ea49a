"""Kernels of GPUs, run on this processor, over formulas made at random and the workbooks of the corpus.

The bits and the doubts of native code, iterations that are handed to the reference backend left out.
"""

from __future__ import annotations

import random
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from compute.backends.gpu import GpuMachine
from compute.backends.native import NativeMachine, NotNative
from compute.backends.native.machine import planned
from compute.backends.reference import BlockResult, machine
from compute.errors import ComputeError
from compute.program import Program
from compute.sampling import Sampler, sampler
from compute.workbook import read_workbook
from tests.compute.backends.gpu import programs
from tests.compute.backends.gpu.recording import HostDevice, HostDriver
from tests.compute.backends.native.test_corpus import CORPUS, FILES, simulated
from tests.compute.backends.native.test_random_formulas import CELLS, DEPTH, formula

FORMULAS, LANES, OUTPUTS = 40, 128, 200
SEEDS = [pytest.param(s, marks=() if s < 102 else pytest.mark.sweep) for s in range(100, 130)]


class Unsettled(GpuMachine):
    """Leaves the doubted iterations as the kernel made them, and tells which they are."""

    doubted: npt.NDArray[np.bool_] | None = None

    def _settle(self, result: BlockResult, doubted: npt.NDArray[np.bool_], sampler: Sampler) -> None:
        self.doubted = doubted.copy()


class UnsettledNative(NativeMachine):
    """The same of native code."""

    doubted: npt.NDArray[np.bool_] | None = None

    def _settle(self, result: BlockResult, doubted: npt.NDArray[np.bool_], sampler: Sampler) -> None:
        self.doubted = doubted.copy()


def compare(program: Program, lanes: int) -> None:
    """Raises NotNative for what GPUs leave to the power engine."""
    gpu = Unsettled(program, HostDriver([HostDevice(memory=2**30)]))
    native = UnsettledNative(program)
    source = sampler("monte_carlo", 3, 4096, [d.stream for d in program.draws])
    found, expected = gpu.run(source, 0, lanes), native.run(source, 0, lanes)
    none = np.zeros(lanes, np.bool_)
    doubted = none if native.doubted is None else native.doubted
    np.testing.assert_array_equal(none if gpu.doubted is None else gpu.doubted, doubted)
    np.testing.assert_array_equal(found.output_codes[:, ~doubted], expected.output_codes[:, ~doubted])
    for own, other in ((found.outputs, expected.outputs), (found.inputs, expected.inputs)):
        numbers = ~np.isnan(other) & ~doubted
        np.testing.assert_array_equal(own[numbers].view(np.uint64), other[numbers].view(np.uint64))


@pytest.fixture(autouse=True)
def _one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """NOW is when a machine is made: both are made at once."""
    monkeypatch.setattr(machine, "serial_now", lambda date_1904: 46_000.5)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_formulas(tmp_path: Path, seed: int) -> None:
    source = random.Random(seed)
    texts = [f"={formula(source, DEPTH)}" for _ in range(FORMULAS)]
    compiled = compiled_of(tmp_path / "all.xlsx", texts)
    assert len(compiled) > FORMULAS // 2
    compare(programs.formulas(tmp_path / "model.xlsx", compiled, CELLS), LANES)


def compiled_of(path: Path, texts: list[str]) -> list[str]:
    """The formulas that are compiled."""
    program = programs.formulas(path, texts, CELLS)
    plan = planned(program)
    left = {f.number for number in plan.reasons for f in plan.lines[number].formulas}
    cells = {(program.formulas[n].row, program.formulas[n].column) for n in left}
    return [text for row, text in enumerate(texts, 1) if (row, 2) not in cells]


def case(path: Path) -> object:
    """Every fortieth file by its name in the default run, all in the sweep."""
    marks = () if zlib.crc32(path.name.encode()) % 40 == 0 else pytest.mark.sweep
    return pytest.param(path, id=str(path.relative_to(CORPUS)), marks=marks)


@pytest.mark.skipif(not FILES, reason="the folder ../shared with the corpora is not on this machine")
@pytest.mark.parametrize("path", [case(p) for p in FILES])
def test_a_workbook(path: Path) -> None:
    try:
        program = simulated(read_workbook(path), OUTPUTS)
        if program is not None:
            compare(program, 24)
    except (NotNative, ComputeError):
        return

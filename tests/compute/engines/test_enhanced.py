"""The enhanced engine from outside, on this processor in place of a GPU: whole runs, and what it leaves to power."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import compute
from compute.engines import Choice, Work, choose
from compute.engines.enhanced import EnhancedEngine
from compute.errors import EngineUnavailable
from compute.protocol import EngineName
from compute.runners import model as runner_model
from tests.compute.backends.gpu.recording import HostDevice, HostDriver

Build = Callable[..., Path]
CELLS = {
    "A1": "=_xldudf_MC_NORMAL(100,10)",
    "A2": "=_xldudf_MC_TRIANGULAR(0,3,12)",
    "A3": "=_xldudf_MC_BERNOULLI(0.2)",
    "B1": "=A1*(1+A2/100)",
    **{f"B{i}": f"=B{i - 1}*(1+$A$2/100)-A$1/50" for i in range(2, 20)},
    "D1": "=SUM(B1:B19)/A3",
}


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> HostDriver:
    """Stands where CuPy's driver would; every run with engine="enhanced" uses it."""
    driver = HostDriver([HostDevice("first", memory=2**24), HostDevice("second", memory=2**24)])

    def chosen(name: EngineName, work: Work | None = None, *, on_this_machine: bool = True) -> Choice:
        assert on_this_machine
        return Choice(EnhancedEngine(driver), "asked for") if name == "enhanced" else choose(name, work)

    monkeypatch.setattr(runner_model, "choose", chosen)
    return driver


@pytest.fixture
def model(book: Build) -> compute.Model:
    return compute.Model.open(book({"S": CELLS}), outputs=["S!B19", "S!D1"])


@pytest.mark.parametrize("sampling", ["monte_carlo", "latin_hypercube", "sobol"])
def test_the_same_samples_as_power_for_any_threads_and_chunks(
    model: compute.Model, driver: HostDriver, sampling: str
) -> None:
    power = model.simulate(20_001, seed=5, engine="power", sampling=sampling)  # type: ignore[arg-type]
    digests = set()
    for threads, leaves in ((1, 1), (2, 1), (3, 3)):
        result = model.simulate(
            20_001, seed=5, engine="enhanced", sampling=sampling, threads=threads, chunk_leaves=leaves  # type: ignore[arg-type]
        )  # fmt: skip
        digests.add(result.certificate.digest)
        for key, output in power.outputs.items():
            np.testing.assert_array_equal(result.outputs[key].samples, output.samples)
            np.testing.assert_array_equal(result.outputs[key].codes, output.codes)
        for key, drawn in power.inputs.items():
            np.testing.assert_array_equal(result.inputs[key].samples, drawn.samples)
    assert len(digests) == 1
    assert all("stage" in d.done for d in driver.devices)


def test_a_result_says_where_it_was_computed(model: compute.Model, driver: HostDriver) -> None:
    told = model.simulate(100, engine="enhanced").certificate
    assert told.engine == "enhanced"
    assert "varying formulas on first, second" in told.engine_reason
    assert "compute capability 9.0" in told.engine_class


LEFT = {
    "=IF(RIGHT(INT(A1)&IF(A1>100,\" high\",\"\"),4)=\"high\",1,2)": "joins a number that varies",
    "=OFFSET(A1,A3,0)": "OFFSET",
}  # fmt: skip


@pytest.mark.parametrize("formula", LEFT)
def test_what_a_gpu_cannot_run_runs_in_power_and_says_so(book: Build, driver: HostDriver, formula: str) -> None:
    model = compute.Model.open(book({"S": {**CELLS, "E1": formula}}), outputs=["S!E1", "S!B19"])
    enhanced, power = (model.simulate(300, engine=engine) for engine in ("enhanced", "power"))  # type: ignore[arg-type]
    for key, output in power.outputs.items():
        np.testing.assert_array_equal(enhanced.outputs[key].samples, output.samples)
    assert "not on the GPU" in enhanced.certificate.engine_reason
    assert LEFT[formula] in enhanced.certificate.engine_reason
    assert not any(d.done for d in driver.devices)


def test_without_cupy_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", None)
    monkeypatch.delitem(sys.modules, "compute.backends.gpu.cupy_driver", raising=False)
    with pytest.raises(EngineUnavailable, match=r'needs CuPy.*pip install "montecell\[gpu\]".*engine=\'power\''):
        choose("enhanced")


def test_without_a_gpu_the_error_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """CuPy where CUDA finds no driver: its ``getDeviceCount`` raises as CuPy 14.2 was seen to do."""
    monkeypatch.setitem(sys.modules, "cupy", _cupy_without_a_driver())
    monkeypatch.delitem(sys.modules, "compute.backends.gpu.cupy_driver", raising=False)
    with pytest.raises(EngineUnavailable, match=r"needs an NVIDIA GPU and its driver.*cudaErrorInsufficientDriver"):
        choose("enhanced")
    monkeypatch.delitem(sys.modules, "compute.backends.gpu.cupy_driver")


def _cupy_without_a_driver() -> types.ModuleType:
    class CUDARuntimeError(RuntimeError):
        pass

    def count() -> int:
        raise CUDARuntimeError("cudaErrorInsufficientDriver: CUDA driver version is insufficient")

    module = types.ModuleType("cupy")
    runtime = types.SimpleNamespace(getDeviceCount=count, CUDARuntimeError=CUDARuntimeError)
    module.cuda = types.SimpleNamespace(runtime=runtime)  # type: ignore[attr-defined]
    return module

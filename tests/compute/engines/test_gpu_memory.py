"""Memory of GPUs that others take, before a run and during one: by ``auto`` the power engine goes on, else an error."""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

import compute
from compute.backends.gpu.driver import Buffer, HostArray, Kernel, NoDeviceMemory
from compute.backends.gpu.writing import STAGE
from compute.engines.enhanced import EnhancedEngine
from compute.engines.gpu_record import GpuRecord, keep_record, kept_record
from compute.errors import EngineUnavailable
from tests.compute.backends.gpu.recording import HostDevice, HostDriver, HostStream

Build = Callable[..., Path]
Use = Callable[..., None]
CHOOSING = importlib.import_module("compute.engines.choose")
CELLS = {
    "A1": "=_xldudf_MC_NORMAL(100,10)",
    "A2": "=_xldudf_MC_TRIANGULAR(0,3,12)",
    "A3": "=_xldudf_MC_BERNOULLI(0.2)",
    **{f"B{i}": f"=B{i - 1}*(1+$A$2/100)-A$1/50" for i in range(2, 20)},
    "D1": "=SUM(B1:B19)/A3",
}
ITERATIONS = 400_000
MEMORY = 2**23
"""So little that blocks are short: some before memory goes, some after."""


@dataclass
class Failing(HostDevice):
    """Refuses a kernel after so many launches over iterations, as CUDA does when a stack finds no room."""

    launches: int = 10**9
    counted: itertools.count[int] = field(default_factory=itertools.count)

    def stream(self) -> HostStream:
        return FailingStream(self)


class FailingStream(HostStream):
    def launch(self, kernel: Kernel, blocks: int, threads: int, arguments: Sequence[int]) -> None:
        device = self._device
        assert isinstance(device, Failing)
        if kernel.name == STAGE and arguments[7] and next(device.counted) >= device.launches:
            raise NoDeviceMemory(device, "the enhanced engine needs more memory for its code and stacks")
        super().launch(kernel, blocks, threads, arguments)


class WrongStream(FailingStream):
    """Brings back samples of which the last bit of one is wrong."""

    def download(self, source: Buffer, target: HostArray) -> None:
        super().download(source, target)

        def turn() -> None:
            if target.dtype == np.float64:
                target.reshape(-1).view(np.uint64)[5] ^= 1

        self._give("turn a bit", turn)


class WrongAndFailing(Failing):
    def stream(self) -> HostStream:
        return WrongStream(self)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONTECELL_CODE_CACHE", str(tmp_path / "cache" / "code"))


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Makes a device this machine's GPU, of which a trial has found how long it takes for a formula in an iteration."""

    def used(device: HostDevice, value_seconds: float = 1e-12) -> None:
        engine = EnhancedEngine(HostDriver([device]))
        monkeypatch.setattr(CHOOSING, "_enhanced", lambda: engine)
        keep_record(
            GpuRecord(
                engine_class=engine.engine_class,
                devices=engine.device_names,
                model="m.xlsx",
                iterations=1_000,
                date="2026-11-23",
                start_seconds=0.0,
                value_seconds=value_seconds,
                sample_seconds=1e-12,
            )
        )

    return used


@pytest.fixture
def model(book: Build) -> compute.Model:
    return compute.Model.open(book({"S": CELLS}), outputs=["S!B19", "S!D1"])


def assert_same_samples(found: compute.Result, expected: compute.Result) -> None:
    assert found.digest == expected.digest
    for key, output in expected.outputs.items():
        np.testing.assert_array_equal(found.outputs[key].samples, output.samples)
        np.testing.assert_array_equal(found.outputs[key].codes, output.codes)
    for key, drawn in expected.inputs.items():
        np.testing.assert_array_equal(found.inputs[key].samples, drawn.samples)


def test_with_free_memory_auto_takes_the_gpu(model: compute.Model, use: Use) -> None:
    use(HostDevice(memory=MEMORY))
    told = model.simulate(ITERATIONS).certificate
    assert told.engine == "enhanced"
    assert "the power engine computed" not in told.engine_reason


def test_memory_in_use_before_a_run_sends_auto_to_power(model: compute.Model, use: Use) -> None:
    device = HostDevice("busy", memory=MEMORY, taken=MEMORY)
    use(device)
    result = model.simulate(ITERATIONS, engine="auto")
    told = result.certificate
    assert told.engine == "power"
    assert told.engine_class == model.simulate(10, engine="power").certificate.engine_class
    assert "by the trial of 2026-11-23" in told.engine_reason
    assert "this model needs 0.1 MB on busy, and 0.0" in told.engine_reason
    assert "MB of its 8.0 MB are free: the power engine runs it" in told.engine_reason
    assert_same_samples(result, model.simulate(ITERATIONS, engine="power"))
    assert not device.done


def test_memory_for_a_few_threads_is_too_little_for_auto(model: compute.Model, use: Use) -> None:
    """They would take many times as long as the trial said, and longer than native code."""
    use(HostDevice("busy", memory=MEMORY, taken=MEMORY - 150_000), value_seconds=3e-8)
    told = model.simulate(ITERATIONS).certificate
    assert told.engine == "power"
    assert "MB to gain by a GPU on busy, and 0.1 MB of its 8.0 MB are free: the power engine" in told.engine_reason
    assert model.simulate(300, engine="enhanced").certificate.engine == "enhanced"


def test_memory_in_use_before_a_run_is_an_error_if_the_gpu_was_asked_for(model: compute.Model, use: Use) -> None:
    use(HostDevice("busy", memory=MEMORY, taken=MEMORY))
    with pytest.raises(EngineUnavailable) as caught:
        model.simulate(300, engine="enhanced")
    assert caught.value.code == "engine.device_memory"
    assert "this model needs 0.1 MB on busy, and 0.0 MB of its 8.0 MB are free" in caught.value.message
    assert "End what else uses the GPU" in caught.value.message
    assert "engine='power'" in caught.value.message


@pytest.mark.parametrize(
    ("launches", "threads", "sampling"),
    [(0, 1, "monte_carlo"), (1, 3, "monte_carlo"), (5, 1, "monte_carlo"), (6, 3, "monte_carlo"), (5, 2, "sobol")],
)
def test_memory_lost_during_a_run_by_auto_leaves_the_rest_to_power(
    model: compute.Model, use: Use, launches: int, threads: int, sampling: str
) -> None:
    use(Failing("losing", memory=MEMORY, launches=launches))
    found = model.simulate(ITERATIONS, seed=3, threads=threads, sampling=sampling)  # type: ignore[arg-type]
    assert_same_samples(found, model.simulate(ITERATIONS, seed=3, engine="power", sampling=sampling))  # type: ignore[arg-type]
    told = found.certificate
    assert told.engine == "enhanced"
    assert "more memory for its code and stacks on losing" in told.engine_reason
    assert "the power engine computed the other" in told.engine_reason
    # The second launch is that of exact code for the first block.
    is_at_once = launches < 2
    assert ("for 0 iterations; then" in told.engine_reason) == is_at_once
    assert (f"computed the other {ITERATIONS:,}" in told.engine_reason) == is_at_once
    assert kept_record() is not None


def test_the_next_run_asks_the_gpu_again(model: compute.Model, use: Use) -> None:
    device = Failing("losing", memory=MEMORY, launches=3)
    use(device)
    lost = model.simulate(ITERATIONS)
    device.launches = 10**9
    whole = model.simulate(ITERATIONS)
    assert "the power engine computed the other" in lost.certificate.engine_reason
    assert "the power engine computed the other" not in whole.certificate.engine_reason
    assert lost.digest == whole.digest


def test_memory_lost_during_a_run_is_an_error_if_the_gpu_was_asked_for(model: compute.Model, use: Use) -> None:
    use(Failing("losing", memory=MEMORY, launches=1))
    with pytest.raises(NoDeviceMemory, match=r"on losing, and \d\.\d MB of its 8\.0 MB are free\. End what else"):
        model.simulate(ITERATIONS, engine="enhanced")


def test_a_gpu_that_disagrees_is_not_gone_on_from(model: compute.Model, use: Use) -> None:
    use(WrongAndFailing("wrong", memory=MEMORY, launches=2))
    with pytest.raises(
        EngineUnavailable, match=r"disagree: S!.* in iteration .*Run it again with engine='power'"
    ) as caught:
        model.simulate(ITERATIONS, threads=1)
    assert caught.value.code == "engine.disagreement"
    assert kept_record() is None


def test_now_is_one_moment_for_both_halves(book: Build, use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time goes on while native code is compiled."""
    machines = importlib.import_module("compute.backends.reference.machine")
    moments = itertools.count(46_000)
    monkeypatch.setattr(machines, "serial_now", lambda date_1904: float(next(moments)))
    use(Failing("losing", memory=MEMORY, launches=2))
    model = compute.Model.open(book({"S": {**CELLS, "E1": "=E2+A1*0", "E2": "=NOW()"}}), outputs=["S!E1", "S!B19"])
    result = model.simulate(ITERATIONS, threads=1)
    assert "the power engine computed the other" in result.certificate.engine_reason
    assert "for 0 iterations" not in result.certificate.engine_reason
    assert len(np.unique(result.outputs["S!E1"].samples)) == 1

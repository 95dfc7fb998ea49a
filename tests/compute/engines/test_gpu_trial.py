"""Trying GPUs: only those that gave the bits of native code are taken by auto, where their figures promise a gain."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import compute
from compute.backends.gpu.driver import Buffer, HostArray
from compute.backends.gpu.writing import STAGE
from compute.cli.main import main
from compute.engines import Work, choose
from compute.engines.enhanced import EnhancedEngine
from compute.engines.gpu_record import GpuRecord, forget_record, keep_record, kept_record
from compute.engines.gpu_trial import try_gpu
from compute.errors import EngineUnavailable, SpecificationError
from tests.compute.backends.gpu.recording import HostDevice, HostDriver, HostStream

Build = Callable[..., Path]
CHOOSING, TRIAL = (importlib.import_module(f"compute.engines.{name}") for name in ("choose", "gpu_trial"))
CELLS = {
    "A1": "=_xldudf_MC_NORMAL(100,10)",
    "A2": "=_xldudf_MC_TRIANGULAR(0,3,12)",
    **{f"B{i}": f"=B{i - 1}*(1+$A$2/100)-A$1/50" for i in range(2, 20)},
}
LONG = Work(formulas=1_000, batches=60, distinct=40, draws=10, iterations=100_000_000)
"""Native code would take about 150 s."""


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MONTECELL_CODE_CACHE", str(tmp_path / "cache" / "code"))
    return tmp_path / "cache"


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> HostDriver:
    """What every search for GPUs finds; little memory makes short blocks."""
    driver = HostDriver([HostDevice("first", memory=2**22)])
    monkeypatch.setattr(TRIAL, "open_driver", lambda: driver)
    monkeypatch.setattr(CHOOSING, "_enhanced", lambda: EnhancedEngine(driver))
    return driver


@pytest.fixture
def model(book: Build) -> compute.Model:
    return compute.Model.open(book({"S": CELLS}), outputs=["S!B19"])


def record(**changes: object) -> GpuRecord:
    driver = HostDriver([HostDevice("first")])
    engine = EnhancedEngine(driver)
    given = {
        "engine_class": engine.engine_class, "devices": engine.device_names, "model": "m.xlsx", "iterations": 1_000,
        "date": "2026-11-23", "start_seconds": 1.0, "value_seconds": 1e-11, "sample_seconds": 1e-9, **changes,
    }  # fmt: skip
    return GpuRecord.model_validate(given)


def test_a_trial_that_agrees_is_kept(model: compute.Model, driver: HostDriver) -> None:
    trial = try_gpu(model.program, "m.xlsx")
    assert trial.difference == ""
    assert trial.record is not None
    assert kept_record() == trial.record
    assert trial.record.devices == ("first",)
    assert trial.record.sample_seconds > 0
    assert trial.record.value_seconds >= 0
    assert STAGE in driver.devices[0].done


class WrongStream(HostStream):
    """Brings back samples of which the last bit of one is wrong."""

    def download(self, source: Buffer, target: HostArray) -> None:
        super().download(source, target)

        def turn() -> None:
            if target.dtype == np.float64:
                target.reshape(-1).view(np.uint64)[5] ^= 1

        self._give("turn a bit", turn)


class WrongDevice(HostDevice):
    def stream(self) -> HostStream:
        return WrongStream(self)


def test_one_wrong_bit_is_named_and_ends_what_was_known(model: compute.Model, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_record(record())
    trial = try_gpu(model.program, "m.xlsx", HostDriver([WrongDevice("wrong", memory=2**22)]))
    assert trial.record is None
    assert "in iteration" in trial.difference
    assert "S!" in trial.difference
    assert kept_record() is None


def test_a_model_that_no_gpu_runs_is_refused(book: Build, driver: HostDriver) -> None:
    partly = compute.Model.open(book({"S": {**CELLS, "C1": "=OFFSET(B19,A2*0,0)"}}), outputs=["S!C1"])
    keep_record(record())
    with pytest.raises(SpecificationError, match=r"m\.xlsx does not run on a GPU: .*OFFSET"):
        try_gpu(partly.program, "m.xlsx")
    assert kept_record() == record(), "a model that is refused says nothing of the GPU"


@pytest.mark.parametrize(
    ("changes", "iterations", "engine"),
    [
        ({}, 100_000_000, "enhanced"),
        ({}, 100, "reference"),
        ({"start_seconds": 1_000.0}, 100_000_000, "power"),
        ({"sample_seconds": 1e-6}, 100_000_000, "power"),
        ({"value_seconds": 1e-8}, 100_000_000, "power"),
        ({"devices": ("another",)}, 100_000_000, "power"),
        ({"engine_class": "of another build"}, 100_000_000, "power"),
    ],
)
def test_auto_goes_by_the_record(driver: HostDriver, changes: dict[str, object], iterations: int, engine: str) -> None:
    keep_record(record(**changes))
    work = Work(LONG.formulas, LONG.batches, LONG.distinct, LONG.draws, iterations)
    choice = choose("auto", work)
    assert choice.engine.name == engine
    if engine == "enhanced":
        assert "by the trial of 2026-11-23, transfers included" in choice.reason


def test_no_gpu_for_work_that_goes_elsewhere_or_without_a_record(driver: HostDriver) -> None:
    assert choose("auto", LONG).engine.name == "power"
    keep_record(record())
    assert choose("auto", LONG, on_this_machine=False).engine.name == "power"
    forget_record()
    assert choose("auto", LONG).engine.name == "power"


@pytest.mark.parametrize("text", ["", "{", '{"version": 2}', "null", '{"version": 1, "start_seconds": "soon"}'])
def test_a_damaged_record_is_no_record(driver: HostDriver, own_folder: Path, text: str) -> None:
    keep_record(record())
    (path,) = own_folder.glob("*.json")
    path.write_text(text)
    assert kept_record() is None
    assert choose("auto", LONG).engine.name == "power"


def test_a_gpu_that_is_gone_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> EnhancedEngine:
        raise EngineUnavailable("no GPU")

    keep_record(record())
    monkeypatch.setattr(CHOOSING, "_enhanced", gone)
    assert choose("auto", LONG).engine.name == "power"


def test_the_command_tells_what_was_found(
    book: Build, driver: HostDriver, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(book({"S": CELLS}))
    assert main(["try-gpu", path, "--output", "S!B19"]) == 0
    told = capsys.readouterr().out
    kept = kept_record()
    assert kept is not None
    assert f"first gives the bits of native code in all {kept.iterations:,} iterations" in told
    assert f"{kept.iterations:,} iterations, samples brought back" in told, "those that were compared and timed"
    monkeypatch.setattr(TRIAL, "open_driver", lambda: HostDriver([WrongDevice("wrong", memory=2**22)]))
    assert main(["try-gpu", path, "--output", "S!B19", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert not found["agrees"]
    assert found["record"] is None


def test_the_command_without_a_gpu(
    book: Build, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> HostDriver:
        raise EngineUnavailable("the enhanced engine (GPU) needs CuPy")

    monkeypatch.setattr(TRIAL, "open_driver", missing)
    assert main(["try-gpu", str(book({"S": CELLS})), "--output", "S!B19"]) == 4
    assert "needs CuPy" in capsys.readouterr().err

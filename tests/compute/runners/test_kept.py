"""Runs that keep every trial in a file: the same results as in memory, whole files or none."""

from __future__ import annotations

import json
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import compute
from compute.analysis import LEAF
from compute.engines.trials import TrialsFile
from compute.errors import Cancelled, ModelError, SpecificationError
from compute.protocol import Certificate, Progress
from compute.runners import Result
from compute.runners import kept as kept_module
from compute.runners import kept_result as kept_result_module
from compute.runners.checkpoint import Checkpoint
from compute.stopping import ConvergenceOptions, ConvergenceRule

Build = Callable[..., Path]
MODEL: dict[str, Any] = {
    "B1": "=_xldudf_MC_NORMAL(100,10)",
    "B2": '=_xldudf_MC_PERT(50,60,90,"Cost")',
    "B3": '=_xldudf_MC_OUTPUT("Profit")+(B1-B2)*1000',
    "B4": '=_xldudf_MC_OUTPUT("Ratio")+1/MAX(0,B1-100)',
    "B5": '=_xldudf_MC_OUTPUT("Flag")+IF(B2>70,1,0)',
    "B6": '=_xldudf_MC_OUTPUT("Rare")+IF(B1>135,NA(),B1)',
    "B7": '=_xll.RiskNormal(5,1,_xll.RiskName("Profit"))',
}
TIED: dict[str, Any] = {
    "A1": 1, "B1": 0.7, "A2": 0.7, "B2": 1,
    "D1": "=_xll.RiskNormal(0,1,_xll.RiskCorrmat($A$1:$B$2,1))",
    "D2": "=_xll.RiskNormal(0,1,_xll.RiskCorrmat($A$1:$B$2,2))",
    "D3": '=_xll.RiskOutput("Sum")+D1+D2',
}  # fmt: skip
TABLE: dict[str, Any] = {
    "B1": "=_xll.RiskNormal(0,1)", "B2": "=_xll.RiskSimtable({10,20,30})", "B3": '=_xll.RiskOutput("Both")+B1+B2',
}  # fmt: skip


@pytest.fixture
def model(book: Build) -> compute.Model:
    return compute.Model.open(book({"Model": MODEL}))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "kept").mkdir()
    return tmp_path / "kept" / "trials.parquet"


def same(kept: Result, held: Result) -> None:
    """All but who computed it and how long it took is the same, to the last bit."""
    assert kept.digest == held.digest
    one, other = kept.summary(), held.summary()
    for part in ("outputs", "inputs", "correlations", "convergence", "filled", "notes"):
        assert getattr(one, part) == getattr(other, part), part
    for mine, theirs in ((kept.outputs, held.outputs), (kept.inputs, held.inputs)):
        assert list(mine) == list(theirs)
        for key in mine:
            np.testing.assert_array_equal(mine[key].samples, theirs[key].samples)
            np.testing.assert_array_equal(mine[key].codes, theirs[key].codes)
            assert mine[key].errors == theirs[key].errors
            assert mine[key].error_codes == theirs[key].error_codes


@pytest.mark.parametrize("iterations", [1, 3, 1_000, 3 * LEAF, 20_001])
def test_the_results_are_those_of_a_run_in_memory(model: compute.Model, target: Path, iterations: int) -> None:
    same(model.simulate(iterations, engine="arrow", keep=target), model.simulate(iterations, engine="power"))


def test_correlated_inputs_are_reported_alike(book: Build, target: Path) -> None:
    model = compute.Model.open(book({"Model": TIED}))
    kept = model.simulate(5_000, keep=target)
    assert kept.summary().correlations
    same(kept, model.simulate(5_000, engine="power"))


def test_correlations_of_long_runs_differ_in_the_last_digits_at_most(
    book: Build, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_result_module, "HELD_BYTES", 0)
    model = compute.Model.open(book({"Model": TIED}))
    kept, held = model.simulate(5_000, keep=target), model.simulate(5_000, engine="power")
    for one, other in zip(kept.correlations, held.correlations, strict=True):
        for part in ("score", "spearman", "pearson", "standard_errors"):
            np.testing.assert_allclose(getattr(one, part), getattr(other, part), rtol=1e-12, atol=1e-15)


def test_details_are_those_of_a_run_in_memory(model: compute.Model, target: Path) -> None:
    kept, held = model.simulate(4_000, keep=target), model.simulate(4_000, engine="power")
    assert kept.details(["all"]).model_dump() == held.details(["all"]).model_dump()
    assert kept.outputs["Profit"].percentile(0.95) == held.outputs["Profit"].percentile(0.95)


def test_the_same_bytes_for_any_chunks_and_threads(model: compute.Model, target: Path) -> None:
    files = []
    for threads, chunk_leaves in ((1, 1), (2, 3), (3, None)):
        model.simulate(30_000, keep=target, threads=threads, chunk_leaves=chunk_leaves)
        files.append(target.read_bytes())
    assert files[0] == files[1] == files[2]
    assert list(target.parent.iterdir()) == [target]


def test_row_groups_and_parts_that_come_out_of_order(model: compute.Model, target: Path) -> None:
    store = kept_module.TrialStore((), 1, 0)
    held = model.simulate(3 * LEAF + 10, engine="power")
    row = held.outputs["Profit"].samples[None, :]
    nothing, codes = np.empty((0, row.shape[1])), np.zeros(row.shape, np.uint8)
    cuts = [(2 * LEAF, 3 * LEAF + 10), (LEAF, 2 * LEAF), (0, LEAF)]
    for start, stop in cuts:
        part = slice(start, stop)
        none = nothing[:, part].astype(np.uint8)
        store.put(kept_module.BlockResult(start, stop, row[:, part], codes[:, part], nothing[:, part], none))
        assert store.received == (row.shape[1] if start == 0 else 0)
    assert not store.error_counts.any()


def test_the_columns_and_what_is_told_of_the_run(model: compute.Model, target: Path) -> None:
    result = model.simulate(2_000, seed=7, keep=target)
    frame = pd.read_parquet(target)
    assert list(frame) == [
        "simulation", "iteration", "Profit", "Ratio", "Ratio error", "Flag", "Rare", "Rare error",
        "Model!B1", "Cost", "Profit (2)",
    ]  # fmt: skip
    assert len(frame) == 2_000
    assert set(frame["Ratio error"].dropna()) == {"#DIV/0!"}
    assert frame["Ratio"].isna().sum() == result.outputs["Ratio"].errors == 1_000
    told = TrialsFile(target).metadata()
    assert Certificate.model_validate_json(told["montecell.certificate"]) == result.certificate
    assert result.certificate.engine == "arrow"
    assert len(told["montecell.program"]) == 64
    law = {entry["title"]: entry.get("law") for entry in json.loads(told["montecell.columns"])["columns"]}
    assert (law["Cost"], law["Profit"], law["Profit (2)"]) == ("PERT", None, "NORMAL")
    assert pq.read_schema(target).field("Cost").metadata[b"cell"] == b"Model!B2"


def test_the_number_format_of_a_cell_is_told(book: Build, target: Path) -> None:
    import openpyxl

    path = book({"Model": MODEL})
    workbook = openpyxl.load_workbook(path)
    workbook["Model"]["B3"].number_format = '#,##0 "EUR"'
    workbook.save(path)
    compute.Model.open(path).simulate(100, keep=target)
    assert pq.read_schema(target).field("Profit").metadata[b"number_format"] == b'#,##0 "EUR"'


@pytest.mark.parametrize(("names", "expected"), [((), []), (("cost",), ["Cost"]), (("Model!B1",), ["Model!B1"])])
def test_inputs_are_chosen(model: compute.Model, target: Path, names: tuple[str, ...], expected: list[str]) -> None:
    result = model.simulate(5_000, keep=target, keep_inputs=names)
    kept = [name for name in pd.read_parquet(target) if name in ("Model!B1", "Cost", "Profit (2)")]
    assert kept == expected
    held = model.simulate(5_000, engine="power").summary()
    assert result.summary().inputs == held.inputs
    assert result.summary().outputs == held.outputs
    left_out = next(key for key in result.inputs if key not in expected)
    assert result.inputs[left_out].mean == pytest.approx(held.inputs[list(result.inputs).index(left_out)].mean)
    with pytest.raises(SpecificationError, match="were not kept"):
        _ = result.inputs[left_out].samples


@pytest.mark.parametrize("options", [{"chunk_leaves": 1}, {"chunk_leaves": 3, "threads": 3}, {}])
def test_a_run_that_ends_by_itself_keeps_what_it_counts(
    model: compute.Model, target: Path, options: dict[str, int]
) -> None:
    rule = ConvergenceRule(statistic="mean", tolerance=0.005, outputs=("Profit",))
    until = ConvergenceOptions(rules=(rule,), at_most=400_000)
    kept = model.simulate(convergence=until, sampling="monte_carlo", keep=target, **options)
    held = model.simulate(convergence=until, sampling="monte_carlo", engine="power", **options)
    assert kept.iterations == held.iterations == len(pd.read_parquet(target, columns=["iteration"]))
    assert 2 * LEAF < kept.iterations < 400_000
    same(kept, held)


def test_several_simulations_are_files_that_can_be_put_together(book: Build, target: Path) -> None:
    model = compute.Model.open(book({"Model": TABLE}))
    results = model.simulate_each(3, iterations=1_000, keep=target)
    files = sorted(target.parent.iterdir())
    assert [file.name for file in files] == ["trials-1.parquet", "trials-2.parquet", "trials-3.parquet"]
    frame = pd.concat(pd.read_parquet(file) for file in files)
    means = frame.groupby("simulation")["Both"].mean()
    assert means.tolist() == pytest.approx([10, 20, 30], abs=0.01)
    assert [r.outputs["Both"].mean for r in results] == pytest.approx(means.tolist())


def test_a_run_goes_on_from_its_checkpoint(model: compute.Model, target: Path, tmp_path: Path) -> None:
    def stop_half_way(progress: Progress) -> None:
        seen.append(progress.done)

    seen: list[int] = []
    options: dict[str, Any] = {"checkpoint": tmp_path / "parts", "chunk_leaves": 1, "threads": 2, "keep": target}
    with pytest.raises(Cancelled):
        model.simulate(
            12 * LEAF, on_progress=stop_half_way, cancelled=lambda: max(seen, default=0) >= 4 * LEAF, **options
        )
    assert list(target.parent.iterdir()) == []
    first: list[int] = []
    result = model.simulate(12 * LEAF, on_progress=lambda p: first.append(p.done), **options)
    assert next(done for done in first if done) >= 4 * LEAF
    same(result, model.simulate(12 * LEAF, engine="power"))


@pytest.mark.parametrize("stage", ["simulating", "analysing"])
def test_nothing_is_left_of_a_cancelled_run(model: compute.Model, target: Path, stage: str) -> None:
    target.write_text("what was there before")
    stages: list[str] = []
    with pytest.raises(Cancelled):
        model.simulate(
            20_000, keep=target, on_progress=lambda p: stages.append(p.stage), cancelled=lambda: stage in stages
        )
    assert stages[-1] == stage
    assert list(target.parent.iterdir()) == [target]
    assert target.read_text() == "what was there before"


FULL_DISK = """
import resource, signal, sys
sys.path.insert(0, sys.argv[3])
import compute
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
model = compute.Model.open(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    model.simulate(50_000, keep=sys.argv[2])
except OSError as problem:
    print(problem)
"""


def test_nothing_is_left_when_the_disk_is_full(book: Build, target: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows has no limit on the size of a process's files")
    path, root = book({"Model": MODEL}), Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, path, target, root], capture_output=True, text=True, check=True
    )
    assert "trials.parquet" in done.stdout
    assert list(target.parent.iterdir()) == []


def test_what_does_not_fit_on_the_disk_is_refused_before_it_runs(
    model: compute.Model, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 1_000_000})
    monkeypatch.setattr(kept_module.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(SpecificationError, match=r"0\.0 GiB are free"):
        model.simulate(1_000_000, keep=target)
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"engine": "arrow"}, "name it"),
        ({"engine": "power", "keep": "x.parquet"}, "in place of 'power'"),
        ({"keep_inputs": ["Cost"]}, "no file for them"),
        ({"keep": "no/such/folder/x.parquet"}, "there is no folder"),
        ({"keep": "x.parquet", "keep_inputs": ["Costs"]}, "there is no input 'Costs'"),
        ({"keep": "book.xlsx"}, "must end in .parquet"),
    ],
)
def test_what_cannot_be_kept_is_refused(model: compute.Model, options: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecificationError, match=message):
        model.simulate(100, **options)


def test_a_folder_of_that_name_is_told_before_anything_runs(model: compute.Model, target: Path) -> None:
    target.mkdir()
    with pytest.raises(SpecificationError, match="there is a folder of that name"):
        model.simulate(100, keep=target)


def test_statistics_in_cells_are_those_of_a_run_in_memory(book: Build, target: Path) -> None:
    cells = MODEL | {"D1": "=_xll.RiskMean(B3)", "D2": '=_xll.RiskPercentile("Cost",0.9)', "D3": "=D1*2"}
    model = compute.Model.open(book({"Model": cells}))
    same(model.simulate(3_000, keep=target), model.simulate(3_000, engine="power"))
    with pytest.raises(SpecificationError, match="keep all inputs"):
        model.simulate(3_000, keep=target, keep_inputs=["Cost"])


def test_details_go_through_inputs_one_at_a_time(
    model: compute.Model, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    references: list[weakref.ref[np.ndarray]] = []
    together: list[int] = []
    load = kept_result_module.KeptSamples.fresh

    def counted(self: kept_result_module.KeptSamples, place: int) -> np.ndarray:
        found = load(self, place)
        references.append(weakref.ref(found))
        together.append(sum(reference() is not None for reference in references))
        return found

    result = model.simulate(3_000, keep=target)
    monkeypatch.setattr(kept_result_module.KeptSamples, "fresh", counted)
    result.details(["spider", "scenarios", "statistics"])
    # The output, the input before, which the loop still holds, and the new one.
    assert len(together) > 20
    assert max(together) <= 3


def test_designed_runs_have_no_use_for_the_arrow_engine(model: compute.Model) -> None:
    with pytest.raises(SpecificationError, match="keeps every trial in a file"):
        model.sobol_indices(["Profit"], base=64, engine="arrow")


def test_a_model_that_cannot_be_simulated_leaves_nothing(book: Build, target: Path) -> None:
    model = compute.Model.open(book({"Model": {"B1": 1, "B2": '=_xldudf_MC_OUTPUT("x")+B1'}}))
    with pytest.raises(ModelError):
        model.simulate(100, keep=target)
    assert list(target.parent.iterdir()) == []


def test_chunks_wait_for_the_one_that_is_written_next(model: compute.Model) -> None:
    from compute.runners.state import Chunk, chunk_grid

    store = kept_module.TrialStore((), 1, 0)
    state = kept_module._OrderedState(chunk_grid(6 * LEAF, 1), store, 2 * LEAF)
    assert [state.take(), state.take()] == [Chunk(0, LEAF), Chunk(LEAF, 2 * LEAF)]
    assert state.take() is None

    def part(start: int) -> kept_module.BlockResult:
        values, codes = np.zeros((1, LEAF)), np.zeros((1, LEAF), np.uint8)
        return kept_module.BlockResult(start, start + LEAF, values, codes, values[:0], codes[:0])

    assert state.accept(part(LEAF))
    assert state.take() is None
    assert state.accept(part(0))
    assert state.take() == Chunk(2 * LEAF, 3 * LEAF)


@pytest.mark.parametrize("names", [None, ("Cost",)])
def test_a_result_beside_its_file_is_loaded_from_it(
    model: compute.Model, target: Path, names: tuple[str, ...] | None
) -> None:
    result = model.simulate(5_000, keep=target, keep_inputs=names)
    result.save(target.parent)
    assert sorted(file.name for file in target.parent.iterdir()) == ["result.json", "trials.parquet"]
    loaded = Result.load(target.parent)
    assert loaded.summary() == result.summary()
    assert loaded.trials == target
    for key, variable in [*result.outputs.items(), ("Cost", result.inputs["Cost"])]:
        mine = loaded.outputs.get(key) or loaded.inputs[key]
        np.testing.assert_array_equal(mine.samples, variable.samples)
        np.testing.assert_array_equal(mine.codes, variable.codes)
        assert mine.error_codes == variable.error_codes
    if names is None:
        assert loaded.details(["all"]) == result.details(["all"])
    else:
        with pytest.raises(SpecificationError, match="Model!B1 were not kept"):
            _ = loaded.inputs["Model!B1"].samples


def test_a_result_saved_elsewhere_has_samples_of_its_own(model: compute.Model, target: Path, tmp_path: Path) -> None:
    result = model.simulate(2_000, keep=target)
    samples = result.outputs["Ratio"].samples
    result.save(tmp_path / "elsewhere")
    target.unlink()
    np.testing.assert_array_equal(Result.load(tmp_path / "elsewhere").outputs["Ratio"].samples, samples)


def test_a_checkpoint_gives_its_parts_in_the_order_in_which_they_are_written(tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path, "run")
    for leaf in (2, 0, 10, 1):
        values, codes = np.full((1, LEAF), float(leaf)), np.zeros((1, LEAF), np.uint8)
        start = leaf * LEAF
        checkpoint.save(kept_module.BlockResult(start, start + LEAF, values, codes, values[:0], codes[:0]))
    assert [part.start // LEAF for part in checkpoint.load()] == [0, 1, 2, 10]

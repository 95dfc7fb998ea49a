"""Details of a run: every section against the library's values, kept with the result, and refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import compute
from compute import analysis
from compute.analysis import Convention, OutputRange, risk
from compute.details import DETAIL_SECTIONS, ResultDetails
from compute.errors import SpecificationError
from compute.runners import Result

Build = Callable[..., Path]
MODEL: dict[str, Any] = {
    "A1": '=_xldudf_MC_NORMAL(100,10,"Price")', "A2": '=_xldudf_MC_UNIFORM(10,20,"Units")',
    "A3": '=_xldudf_MC_NORMAL(0,1,"Idle")', "A4": '=_xldudf_MC_DISCRETE({5},{1},"Fixed")',
    "B1": '=_xldudf_MC_OUTPUT("Year 1")+A1*A2-1000+A4', "C1": '=_xldudf_MC_OUTPUT("Year 2")+B1*1.1',
    "D1": '=_xldudf_MC_OUTPUT("Year 3")+C1*1.1', "B2": '=_xldudf_MC_OUTPUT("Ratio")+1/MAX(0,A1-100)',
}  # fmt: skip


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Model"
    for cell, value in MODEL.items():
        book.active[cell] = value
    path = tmp_path_factory.mktemp("details") / "book.xlsx"
    book.save(path)
    return compute.Model.open(path).simulate(iterations=5_000, seed=3)


def inputs_of(result: Result) -> dict[str, Any]:
    return {key: variable.samples for key, variable in result.inputs.items()}


@pytest.mark.parametrize("convention", ["atrisk", "excel"])
def test_statistics_are_those_of_the_library(result: Result, convention: Any) -> None:
    rows = result.details(["statistics"], convention).statistics or ()
    assert {row.key for row in rows if row.kind == "output"} == set(result.outputs)
    assert {row.key for row in rows if row.kind == "input"} == set(result.inputs)
    for row in rows:
        samples = (result.outputs.get(row.key) or result.inputs[row.key]).samples
        expected = analysis.describe(samples, Convention(convention))
        for name in (
            "count", "errors", "mean", "standard_error", "median", "mode", "standard_deviation", "variance",
            "coefficient_of_variation", "semi_deviation", "mean_absolute_deviation", "skewness", "kurtosis", "minimum",
            "maximum", "range",
        ):  # fmt: skip
            assert getattr(row, name) == getattr(expected, name), (row.key, name)
        assert row.percentiles == {f"{p:g}": v for p, v in expected.percentiles.items()}
        assert row.value_at_risk == risk.value_at_risk(samples, 0.05, convention=Convention(convention))
        tail = risk.conditional_value_at_risk(samples, 0.05, convention=Convention(convention))
        assert row.conditional_value_at_risk == tail
        drawn = analysis.box(samples, Convention(convention))
        assert row.box is not None
        assert drawn is not None
        assert (row.box.low_whisker, row.box.outliers) == (drawn.low_whisker, drawn.outliers)


def test_the_conventions_differ_where_excel_interpolates(result: Result) -> None:
    samples = result.outputs["Year 1"].samples
    ours, excels = (
        next(row for row in (result.details(["statistics"], c).statistics or ()) if row.key == "Year 1")
        for c in ("atrisk", "excel")
    )
    assert ours.value_at_risk == np.quantile(samples, 0.05, method="inverted_cdf")
    assert excels.value_at_risk == pytest.approx(np.quantile(samples, 0.05, method="linear"), rel=1e-12)
    assert ours.kurtosis == pytest.approx((excels.kurtosis or 0) + 3)


def test_intervals_are_those_of_the_library(result: Result) -> None:
    rows = {row.key: row for row in result.details(["intervals"]).intervals or ()}
    row, samples = rows["Year 1"], result.outputs["Year 1"].samples
    low, high = stats.t.interval(0.95, samples.size - 1, samples.mean(), stats.sem(samples))
    assert row.mean is not None
    assert row.mean.low == pytest.approx(low)
    assert row.mean.high == pytest.approx(high)
    for name, expected in (
        ("standard_deviation", analysis.standard_deviation_interval(samples)),
        ("percentile_5", analysis.percentile_interval(samples, 0.05)),
        ("median", analysis.percentile_interval(samples, 0.5)),
        ("percentile_95", analysis.percentile_interval(samples, 0.95)),
    ):
        found = getattr(row, name)
        assert expected is not None
        assert (found.low, found.high, found.method) == (expected.low, expected.high, expected.method), name


def test_an_end_without_bound_is_null(book: Build) -> None:
    short = compute.Model.open(book({"Model": MODEL})).simulate(iterations=20)
    row = (short.details(["intervals"]).intervals or ())[0]
    assert row.percentile_5 is not None
    assert row.percentile_5.low is None
    assert row.percentile_5.high is not None


def test_density_is_that_of_the_library_and_empty_for_constants(result: Result) -> None:
    rows = {row.key: row for row in result.details(["density"]).density or ()}
    expected = analysis.density(result.outputs["Year 1"].samples)
    assert expected is not None
    assert rows["Year 1"].x == tuple(expected.values)
    assert rows["Year 1"].height == tuple(expected.heights)
    assert rows["Fixed"].x == ()


def test_tornado_and_contribution_follow_the_rank_correlations(result: Result) -> None:
    found = result.details(["tornado", "contribution"])
    table = analysis.spearman(inputs_of(result), {"Year 1": result.outputs["Year 1"].samples}).of_output("Year 1")
    tornado = next(t for t in found.tornado or () if t.output == "Year 1")
    assert [bar.input for bar in tornado.bars][:2] == ["Units", "Price"]
    for bar in tornado.bars:
        expected = table[bar.input]
        assert bar.rank_correlation == (None if expected is None else pytest.approx(expected, rel=1e-12))
    changes = {c.name: c for c in analysis.change_in_statistic(inputs_of(result), result.outputs["Year 1"].samples)}
    for bar in tornado.bars:
        assert (bar.low_mean, bar.high_mean) == (changes[bar.input].low, changes[bar.input].high)
    shares = next(c for c in found.contribution or () if c.output == "Year 1").bars
    signed = analysis.contribution_to_variance(table)
    assert [bar.share for bar in shares[:2]] == pytest.approx([signed["Units"], signed["Price"]])
    assert sum(abs(bar.share or 0) for bar in shares) == pytest.approx(1)


def test_regression_is_that_of_the_library(result: Result) -> None:
    row = next(r for r in result.details(["regression"]).regression or () if r.output == "Year 2")
    expected = analysis.regression(inputs_of(result), result.outputs["Year 2"].samples)
    assert [(t.input, t.standardised, t.coefficient, t.p_value) for t in row.terms] == [
        (t.name, t.standardised, t.coefficient, t.p_value) for t in expected.terms
    ]
    assert row.r_squared == expected.r_squared
    assert row.r_squared is not None
    assert row.r_squared > 0.98
    assert row.constant == ("Fixed",)
    assert "Idle" in row.not_significant


def test_spider_lines_are_those_of_the_library(result: Result) -> None:
    row = next(s for s in result.details(["spider"]).spider or () if s.output == "Ratio")
    expected = analysis.change_in_statistic(inputs_of(result), result.outputs["Ratio"].samples)
    assert [(line.input, line.percents, line.values) for line in row.lines] == [
        (line.name, line.percents, line.values) for line in expected
    ]


def test_fan_follows_the_cells_of_the_range(result: Result) -> None:
    (fan,) = result.details(["fan"], "excel", fan=["model!$B$1:D1"]).fan or ()
    assert fan.outputs == ("Year 1", "Year 2", "Year 3")
    samples = [result.outputs[key].samples for key in fan.outputs]
    assert fan.bands == tuple(map(tuple, analysis.fan_chart(samples, convention=Convention.EXCEL).bands))
    assert fan.means == pytest.approx([s.mean() for s in samples])


def test_outputs_that_form_a_range_have_a_fan_without_being_asked_for(
    book: Callable[..., Path], tmp_path: Path
) -> None:
    cells = {
        "A1": "=_xll.RiskNormal(10,1)", "B3": '=_xll.RiskOutput("c","Cash",3)+A1*3',
        "B4": '=_xll.RiskOutput("a","Cash",1)+A1', "B5": '=_xll.RiskOutput("b","Cash",2)+A1*2',
        "B6": '=_xll.RiskOutput("alone","Other",1)+A1', "B7": '=_xll.RiskOutput("none")+A1',
    }  # fmt: skip
    found = compute.Model.open(book({"S": cells})).simulate(iterations=200, seed=1)
    found.save(tmp_path / "kept")
    for each in (found, Result.load(tmp_path / "kept")):
        (fan,) = each.details(["fan"]).fan or ()
        assert (fan.name, fan.outputs) == ("Cash", ("a", "b", "c"))
        assert fan.bands[2] == tuple(found.outputs[key].median for key in "abc")


RANGES: list[tuple[str, dict[str, str], dict[str, tuple[str, ...]]]] = [
    (
        "Montecell's marks with a range",
        {"B3": '=_xldudf_MC_OUTPUT("y","Cash",2)+A1', "B4": '=_xldudf_MC_OUTPUT("x","Cash",1)+A1*2'},
        {"Cash": ("x", "y")},
    ),
    (
        "Montecell's marks without names",
        {"B3": '=_xldudf_MC_OUTPUT(,"Cash",2)+A1', "C3": '=_xldudf_MC_OUTPUT(,"Cash",1)+A1'},
        {"Cash": ("S!C3", "S!B3")},
    ),
    (
        "Analytic Solver's cell that marks others",
        {"B3": "=A1+1", "C3": "=A1+2", "D3": "=A1+3", "F9": "=_xll.PsiOutput(B3:D3)"},
        {"S!B3:D3": ("S!B3", "S!C3", "S!D3")},
    ),
    ("a cell that marks one other", {"B3": "=A1+1", "F9": "=_xll.PsiOutput(B3)"}, {}),
    (
        "ModelRisk's",
        {"B3": '=_xll.VoseOutput("y",,"Cash",2)+A1', "B4": '=_xll.VoseOutput("x",,"Cash",1)+A1*2'},
        {"Cash": ("x", "y")},
    ),
]


@pytest.mark.parametrize(("_of", "cells", "expected"), RANGES, ids=[name for name, _, _ in RANGES])
def test_every_products_ranges_of_outputs(book: Build, _of: str, cells: dict[str, str], expected: Any) -> None:
    prefix = next((p for p in ("Psi", "Vose") if any(p in f for f in cells.values())), None)
    draw = f"=_xll.{prefix}Normal(10,1)" if prefix else "=_xldudf_MC_NORMAL(10,1)"
    found = compute.Model.open(book({"S": {"A1": draw, **cells}}))
    assert found.program.output_ranges == expected


def test_convergence_series_are_those_of_the_library(result: Result) -> None:
    rows = {row.output: row for row in result.details(["convergence_series"]).convergence_series or ()}
    assert set(rows) == set(result.outputs)
    row, output = rows["Year 1"], result.outputs["Year 1"]
    expected = analysis.running_mean(output.samples)
    assert (row.iterations, row.means, row.half_widths, row.confidence) == (
        expected.iterations, expected.means, expected.half_widths, 0.95,
    )  # fmt: skip
    assert (row.iterations[-1], row.means[-1]) == (5_000, output.mean)


def test_without_a_range_the_fan_says_what_it_needs(result: Result) -> None:
    found = result.details(["fan"])
    assert found.fan == ()
    assert any("fan chart" in note and "Model!B5:F5" in note for note in found.notes)


def test_scenarios_are_at_risks_three_unless_given(result: Result) -> None:
    rows = [row for row in result.details(["scenarios"]).scenarios or () if row.output == "Year 1"]
    assert [(row.low, row.high) for row in rows] == [(0.75, None), (None, 0.25), (0.9, None)]
    outputs = {"Year 1": result.outputs["Year 1"].samples}
    for row in rows:
        wanted = OutputRange(row.low, row.high, row.percentiles)
        expected = analysis.scenario(inputs_of(result), outputs, {"Year 1": wanted})
        assert (row.count, row.total) == (expected.count, expected.total)
        assert [(i.input, i.median, i.significance, i.significant) for i in row.inputs] == [
            (i.name, i.median, i.significance, i.significant) for i in expected.inputs
        ]
    (own,) = [
        row
        for row in result.details(["scenarios"], scenarios=[OutputRange(500)]).scenarios or ()
        if row.output == "Year 1"
    ]
    assert own.count == int((outputs["Year 1"] >= 500).sum())


def test_correlations_of_inputs_with_outputs(result: Result) -> None:
    found = result.details(["correlations"]).correlations
    assert found is not None
    row, column = found.inputs.index("Units"), found.outputs.index("Year 1")
    units, year = result.inputs["Units"].samples, result.outputs["Year 1"].samples
    assert found.spearman[row][column] == pytest.approx(stats.spearmanr(units, year).statistic)
    assert found.pearson[row][column] == pytest.approx(np.corrcoef(units, year)[0, 1])
    assert found.spearman[found.inputs.index("Fixed")][column] is None


def test_inputs_without_effect_are_told_and_survive_on_disk(result: Result, tmp_path: Path) -> None:
    assert result.details([]).without_effect == ("Idle",)
    assert any("Fixed" in note for note in result.details(["tornado"]).notes)
    result.save(tmp_path)
    assert Result.load(tmp_path).details([]).without_effect == ("Idle",)


def test_a_loaded_result_gives_the_same_details(result: Result, tmp_path: Path) -> None:
    result.save(tmp_path)
    asked: Any = {"include": ["all"], "fan": ["Model!B1:D1"]}
    assert Result.load(tmp_path).details(**asked) == result.details(**asked)


def test_a_result_saved_before_details_were_kept_still_loads(result: Result, tmp_path: Path) -> None:
    result.save(tmp_path)
    file = tmp_path / "result.json"
    record = json.loads(file.read_text())
    del record["unused_inputs"]
    file.write_text(json.dumps(record))
    found = Result.load(tmp_path).details(["regression"])
    assert found.without_effect is None
    assert found.regression == result.details(["regression"]).regression


def test_only_what_was_asked_for_is_there_and_json_keeps_it(result: Result) -> None:
    found = result.details(["all"], fan=["Model!B1:D1"])
    assert all(getattr(found, section) is not None for section in DETAIL_SECTIONS)
    assert ResultDetails.model_validate_json(found.model_dump_json()) == found
    alone = result.details(["tornado"])
    assert [section for section in DETAIL_SECTIONS if getattr(alone, section) is not None] == ["tornado"]


def test_more_than_a_hundred_inputs_are_named(book: Build) -> None:
    cells = {f"A{row}": f'=_xldudf_MC_NORMAL(0,1,"x{row}")' for row in range(1, 104)}
    path = book({"Model": {**cells, "B1": '=_xldudf_MC_OUTPUT("Sum")+SUM(A1:A103)'}})
    found = compute.Model.open(path).simulate(iterations=200).details(["tornado", "correlations"])
    assert found.left_out == ("x101", "x102", "x103")
    assert any("x101, x102, x103" in note for note in found.notes)
    assert found.correlations is not None
    assert len(found.correlations.inputs) == 100
    assert len((found.tornado or ())[0].bars) == 100


REFUSALS: list[tuple[dict[str, Any], str, str]] = [
    ({"include": ["tornados"]}, "results.section", "contribution"),
    ({"include": ["tornado"], "convention": "sas"}, "results.convention", "excel"),
    ({"include": ["fan"], "fan": ["B1:D1"]}, "results.range", "Model!B5:F5"),
    ({"include": ["fan"], "fan": ["Model!A1:A9"]}, "results.range", "two or more"),
]


@pytest.mark.parametrize(("asked", "code", "words"), REFUSALS)
def test_what_there_is_not_is_refused(result: Result, asked: dict[str, Any], code: str, words: str) -> None:
    with pytest.raises(SpecificationError, match=words) as refusal:
        result.details(**asked)
    assert refusal.value.code == code

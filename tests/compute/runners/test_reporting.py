"""The report of a result holds what its details say."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

import compute
from compute.runners.reporting import report_of

Build = Callable[..., Path]
MATRIX = {"H1": 1, "I1": 0.6, "H2": 0.6, "I2": 1}
MODEL = MATRIX | {
    "A1": '=_xldudf_MC_NORMAL(100,10,"Price",_xldudf_MC_CORRELATE(Model!$H$1:$I$2,1))',
    "A2": '=_xldudf_MC_NORMAL(50,5,"Units",_xldudf_MC_CORRELATE(Model!$H$1:$I$2,2))',
    "A3": '=_xldudf_MC_DISCRETE({5},{1},"Fixed")',
    "B1": '=_xldudf_MC_OUTPUT("Profit")+A1*A2-4000+A3',
    "B2": '=_xldudf_MC_OUTPUT("Broken")+A1/0',
}


@pytest.fixture
def path(book: Build) -> Path:
    return book({"Model": MODEL})


def test_drivers_statistics_and_correlations_are_those_of_the_details(path: Path) -> None:
    result = compute.Model.open(path).simulate(iterations=2_000)
    report, details = report_of(result), result.details(["all"])
    profit = next(output for output in report.outputs if output.summary.name == "Profit")
    tornado = next(t for t in details.tornado or () if t.output == "Profit")
    regression = next(r for r in details.regression or () if r.output == "Profit")
    shares = {b.input: b.share for c in details.contribution or () if c.output == "Profit" for b in c.bars}
    assert [d.input for d in profit.drivers] == ["Price", "Units"]
    for driver, bar in zip(profit.drivers, tornado.bars, strict=False):
        assert (driver.rank_correlation, driver.low_mean, driver.high_mean) == (
            bar.rank_correlation, bar.low_mean, bar.high_mean,
        )  # fmt: skip
        assert driver.contribution == shares[driver.input]
    assert profit.r_squared == regression.r_squared
    assert {d.input: d.coefficient for d in profit.drivers} == {t.input: t.standardised for t in regression.terms}
    row, expected = next(
        (row, each) for row, each in zip(report.details, details.statistics or (), strict=True) if row.name == "Units"
    )
    assert row.conditional_value_at_risk == expected.conditional_value_at_risk
    assert (row.kind, row.count) == ("Input", 2_000)
    (pair,) = report.correlations
    (group,) = result.correlations
    assert (pair.first, pair.second, pair.requested) == ("Price", "Units", 0.6)
    assert pair.realised == group.score[1][0]


def test_an_output_of_errors_has_no_drivers_and_blank_statistics(path: Path) -> None:
    report = report_of(compute.Model.open(path).simulate(iterations=500))
    broken = next(output for output in report.outputs if output.summary.name == "Broken")
    assert broken.drivers == ()
    row = next(row for row in report.details if row.name == "Broken")
    assert row.count == 0
    assert math.isnan(row.variance)
    assert all(math.isnan(end) for interval in row.intervals for end in interval)


def test_the_written_workbook_has_a_tornado_for_each_output_with_numbers(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.xlsx"
    compute.Model.open(path).simulate(iterations=500).write_workbook(path, target)
    sheet = openpyxl.load_workbook(target)["Montecell Results"]
    titles = [chart.title.tx.rich.p[0].r[0].t for chart in sheet._charts]
    assert titles == [
        "Histogram: Profit", "Cumulative distribution: Profit", "Rank correlation: Profit", "Change in mean: Profit",
        "Convergence of the mean: Profit",
    ]  # fmt: skip
    assert {"Montecell_Statistics", "Montecell_Intervals", "Montecell_Correlations", "Montecell_Drivers_1"} <= set(
        sheet.tables
    )


def test_a_range_of_outputs_has_its_fan_and_each_output_its_running_mean(book: Build, tmp_path: Path) -> None:
    months = {f"B{n}": f'=_xldudf_MC_OUTPUT("Month {n}","Cash",{n})+{n}*A1' for n in (3, 1, 2)}
    path = book({"Model": {"A1": '=_xldudf_MC_NORMAL(100,10,"Price")', **months}})
    result = compute.Model.open(path).simulate(iterations=1_000, seed=5)
    report, details = report_of(result), result.details(["fan", "convergence_series"])
    (fan,), (expected,) = report.fans, details.fan or ()
    assert [(point.name, point.cell) for point in fan.points] == [(f"Month {n}", f"Model!B{n}") for n in (1, 2, 3)]
    assert [point.mean for point in fan.points] == list(expected.means)
    assert [point.bands[1] for point in fan.points] == list(expected.bands[1])
    assert [(c.name, c.means) for c in report.convergence] == [
        (row.output, row.means) for row in details.convergence_series or ()
    ]
    target = tmp_path / "out.xlsx"
    result.write_workbook(path, target)
    sheet = openpyxl.load_workbook(target)["Montecell Results"]
    rows = [[cell.value for cell in row] for row in sheet[sheet.tables["Montecell_Fan_1"].ref]]
    assert [row[:2] for row in rows[1:]] == [[f"Month {n}", f"Model!B{n}"] for n in (1, 2, 3)]
    assert rows[1][4] == pytest.approx(result.outputs["Month 1"].median, rel=1e-6)
    assert {"Montecell_Convergence_1", "Montecell_Convergence_3"} <= set(sheet.tables)

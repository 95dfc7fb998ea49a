"""What a report refuses, and what its sheet shows."""

from __future__ import annotations

import math
import re
import zipfile
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from compute.workbook import Fan, FanPoint, HistogramTable, OutputResult, Report, write_results
from compute.workbook.report_cells import cell_text, number_text, safe_text
from compute.workbook.report_charts import axis_bounds, axis_format
from tests.compute.workbook.results_builder import (
    CERTIFICATE,
    PAIR,
    audit,
    contents,
    detail,
    driven,
    failed,
    fan,
    output,
    report,
    settling,
    variable,
)


def plain_workbook(**formats: str) -> bytes:
    book = Workbook()
    book.active.title = "Model"
    for row, code in enumerate(formats.values(), start=1):
        book.active.cell(row, 1, 1.5).number_format = code
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def written(*args: OutputResult, original: bytes | None = None, **kwargs: object):
    result = write_results(original or plain_workbook(), report(*args, **kwargs))  # type: ignore[arg-type]
    return load_workbook(BytesIO(result.content), rich_text=True)[result.sheet_name]


def column_a(sheet) -> dict[str, int]:
    return {str(row[0].value): row[0].row for row in sheet.iter_rows(max_col=1) if row[0].value is not None}


def test_histogram_needs_one_edge_more_than_bins() -> None:
    with pytest.raises(ValueError, match="2 bins need 3 edges"):
        HistogramTable((0.0, 1.0), (1, 2))


@pytest.mark.parametrize("edges", [(1.0, 0.0), (0.0, math.nan)])
def test_histogram_edges_never_fall(edges: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="never fall"):
        HistogramTable(edges, (1,))


def test_output_has_one_percentile_per_level() -> None:
    with pytest.raises(ValueError, match="'Profit' has 1 percentiles for 21 levels"):
        Report(CERTIFICATE, (OutputResult(variable(), (1.0,)),))


def test_summary_lists_outputs_then_inputs() -> None:
    sheet = written(output("Profit"), output("Cost"), inputs=(variable("Price"), variable("Volume")))
    area = sheet.tables["Montecell_Summary"].ref
    rows = [[cell.value for cell in row] for row in sheet[area]]
    assert [str(value) for value in rows[0]][:4] == ["Name", "Cell", "Kind", "Mean"]
    assert [(row[0], row[2]) for row in rows[1:]] == [
        ("Profit", "Output"),
        ("Cost", "Output"),
        ("Price", "Input"),
        ("Volume", "Input"),
    ]
    assert rows[1][3:] == [500.0, 200.0, 0.0, 100.0, 500.0, 900.0, 1000.0, 0.25, 3.125, 0]


def test_every_digit_of_a_number_is_kept() -> None:
    value = 0.1 + 0.2
    sheet = written(OutputResult(variable(scale=value), output().percentiles, output().histogram))
    rows = list(sheet[sheet.tables["Montecell_Summary"].ref])
    assert rows[1][9].value == value
    assert rows[1][9].value != float(f"{value:.16g}")


def test_histogram_and_percentiles_of_each_output() -> None:
    sheet = written(output(bins=4))
    bins = [[cell.value for cell in row] for row in sheet[sheet.tables["Montecell_Histogram_1"].ref]]
    assert bins[0] == ["From", "To", "Midpoint", "Count", "Relative frequency", "Cumulative"]
    assert bins[1] == [0, 250, 125, 1, 0.1, 0.1]
    assert bins[4] == [750, 1000, 875, 4, 0.4, 1]
    points = [[cell.value for cell in row] for row in sheet[sheet.tables["Montecell_Percentiles_1"].ref]]
    assert points[0] == ["Probability", "Value"]
    assert points[1] == [0, 0]
    assert points[3] == [0.05, 50]
    assert points[-1] == [1, 1000]
    assert len(points) == 1 + 23


def test_all_outputs_are_tabulated_and_twenty_charted() -> None:
    sheet = written(*(output(f"Output {number}") for number in range(23)))
    assert len(sheet._charts) == 40
    assert sum(name.startswith("Montecell_Histogram") for name in sheet.tables) == 23
    row = column_a(sheet)["Charts"]
    assert str(sheet.cell(row, 2).value) == "20 of 23 outputs are charted; 3 more are tabulated below."


def test_an_output_without_numbers_has_blank_statistics() -> None:
    sheet = written(failed(), output())
    row = list(sheet[sheet.tables["Montecell_Summary"].ref])[1]
    assert [cell.value for cell in row[3:12]] == [None] * 9
    assert row[12].value == 10_000
    assert len(sheet._charts) == 2


def test_a_report_of_nothing_but_failures_has_no_charts() -> None:
    sheet = written(failed())
    assert not sheet._charts
    assert "Charts" not in column_a(sheet)
    assert list(sheet.tables) == ["Montecell_Summary"]


def test_a_report_without_variables_still_has_a_valid_table() -> None:
    result = write_results(plain_workbook(), Report(CERTIFICATE, ()))
    sheet = load_workbook(BytesIO(result.content))[result.sheet_name]
    assert re.fullmatch(r"A(\d+):M(\d+)", sheet.tables["Montecell_Summary"].ref)


def test_certificate_and_notes() -> None:
    sheet = written(output(), notes=("3 iterations gave an error.",))
    rows = column_a(sheet)
    assert "• 3 iterations gave an error." in rows
    shown = {label: sheet.cell(row, 2).value for label, row in rows.items()}
    assert shown["Seed"] == "12345678901234567890"
    assert shown["Iterations"] == "10,000"
    assert shown["SHA-256 of the workbook"] == "9f" * 32
    assert shown["Started (UTC)"] == "2025-01-01T00:00:00Z"


def test_links_lead_to_their_headings() -> None:
    sheet = written()
    targets = {str(cell.value): cell.hyperlink.location for cell in sheet[2] if cell.hyperlink}
    assert set(targets) == {"Summary", "Charts", "Distributions", "Run certificate"}
    for title, location in targets.items():
        row = int(location.rpartition("A")[2])
        assert str(sheet.cell(row, 1).value) == title


HOSTILE = [
    '=HYPERLINK("http://x")',
    "+1+1",
    "@SUM(A1)",
    "#N/A",
    "<b>&\"'",
    "😀" * 40,
    "a\x00b\x1f",
    "\ud800",
    "_x0041_",
    "",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_never_formulas_nor_broken_xml(name: str) -> None:
    result = write_results(plain_workbook(), report(output(name, cell=name), inputs=(variable(name),), notes=(name,)))
    parts = contents(result.content)
    added = [part for part in parts if part not in contents(plain_workbook())]
    sheet_part = next(part for part in added if "worksheets/sheet" in part and not part.endswith(".rels"))
    assert b"<f>" not in parts[sheet_part]
    assert b't="e"' not in parts[sheet_part]
    assert len(load_workbook(BytesIO(result.content))[result.sheet_name]._charts) == 2


@given(st.text(st.characters()))
def test_cell_text_is_what_a_part_can_hold(text: str) -> None:
    safe = safe_text(text)
    safe.encode()
    assert not re.search("[\x00-\x08\x0b-\x1f\ufffe\uffff]", safe)
    assert not re.search("_x[0-9A-Fa-f]{4}_", cell_text(text).replace("_x005F_", "|"))


def test_long_text_is_cut_between_characters() -> None:
    cut = safe_text("😀" * 20_000)
    assert len(cut.encode("utf-16-le")) // 2 <= 32_767
    assert cut.endswith("😀…")


@pytest.mark.parametrize(("value", "shown"), [(math.nan, None), (math.inf, "∞"), (-math.inf, "-∞"), (1.5, 1.5)])
def test_numbers_that_a_cell_cannot_hold(value: float, shown: object) -> None:
    assert number_text(value) == shown


AXES = [
    (0, 1, "#,##0.0"),
    (0, 80, "#,##0"),
    (-500_000, 2_500_000, '#,##0,"k";-#,##0,"k";0'),
    (0, 8e7, '#,##0,,"m";-#,##0,,"m";0'),
    (0, 8e12, '#,##0,,,"bn";-#,##0,,,"bn";0'),
    (1_000_000, 1_000_008, "#,##0"),
    (0, 1e-9, "0.00E+00"),
]


@pytest.mark.parametrize(("low", "high", "code"), AXES)
def test_axis_formats_suit_the_range(low: float, high: float, code: str) -> None:
    assert axis_format(low, high) == code


@settings(max_examples=300)
@example(0.0, 5e-324)
@example(7.0, 7.0)
@given(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300))
def test_axis_bounds_enclose_the_data(first: float, second: float) -> None:
    low, high = min(first, second), max(first, second)
    minimum, maximum, unit = axis_bounds(low, high)
    slack = 1e-6 * max(abs(low), abs(high), unit)
    assert minimum <= low + slack
    assert maximum >= high - slack
    assert 0 < (maximum - minimum) / unit <= 12
    assert axis_format(minimum, maximum)


def test_numbers_borrow_the_formats_of_the_workbook() -> None:
    original = plain_workbook(percent="0.00%", decimal="#,##0.00", integer="#,##0")
    sheet = written(output(), original=original)
    rows = list(sheet[sheet.tables["Montecell_Histogram_1"].ref])
    assert [cell.number_format for cell in rows[1]] == ["#,##0.00"] * 3 + ["#,##0", "0.00%", "0.00%"]
    assert {cell.number_format for row in sheet[sheet.tables["Montecell_Summary"].ref] for cell in row[:3]} == {
        "General"
    }


def test_numbers_are_general_where_nothing_can_be_borrowed() -> None:
    sheet = written(output())
    assert {cell.number_format for row in sheet.iter_rows() for cell in row} == {"General"}


def test_decimals_are_not_borrowed_where_they_would_hide_the_values() -> None:
    sheet = written(output(scale=0.01), original=plain_workbook(decimal="#,##0.00"))
    row = list(sheet[sheet.tables["Montecell_Summary"].ref])[1]
    assert row[3].number_format == "General"


def rows_of(sheet: Any, table: str) -> list[list[object]]:
    return [[cell.value for cell in row] for row in sheet[sheet.tables[table].ref]]


def detailed(*outputs: OutputResult, pairs: int = 1) -> Report:
    details = (detail(), detail("Price", "Input"))
    return Report(CERTIFICATE, outputs or (driven(),), (variable("Price"),), (), "Results", details=details,
                  correlations=(PAIR,) * pairs)  # fmt: skip


def sheet_of(shown: Report, original: bytes | None = None) -> Any:
    before = original or plain_workbook()
    result = write_results(before, shown)
    audit(before, result.content)
    return load_workbook(BytesIO(result.content), rich_text=True)[result.sheet_name]


def test_statistics_and_intervals_complete_the_summary() -> None:
    sheet = sheet_of(detailed())
    head, profit, price = rows_of(sheet, "Montecell_Statistics")
    numbers = dict(zip(head[3:], profit[3:], strict=True))
    assert numbers == {
        "Mode": 0.25, "Semi-deviation": 0.5, "Mean abs. dev.": 0.75, "Variance": 4, "Range": 8, "CV": 0.125,
        "Std. error": 0.0625, "VaR 5%": -2, "CVaR 5%": -3, "Iterations": 10_000,
    }  # fmt: skip
    assert (profit[2], price[2]) == ("Output", "Input")
    head, profit, _ = rows_of(sheet, "Montecell_Intervals")
    assert dict(zip(head[3:], profit[3:], strict=True)) == {
        "Mean from": 1, "Mean to": 2, "Deviation from": 3, "Deviation to": 4, "5% from": "-∞", "5% to": 5,
        "Median from": 6, "Median to": 7, "95% from": 8, "95% to": 9,
    }  # fmt: skip


def test_correlations_are_listed_pair_by_pair() -> None:
    sheet = sheet_of(detailed())
    assert rows_of(sheet, "Montecell_Correlations") == [
        ["Input", "With", "Group", "Requested", "Realised", "Standard error", "Spearman", "Pearson"],
        ["Price", "Volume", "Model!H1:I2", 0.6, 0.5987, 0.0117, 0.5752, 0.5989],
    ]
    many = sheet_of(detailed(pairs=501))
    assert len(rows_of(many, "Montecell_Correlations")) == 501
    assert str(many.cell(column_a(many)["Correlations"], 2).value) == "500 of 501 pairs are listed."


def test_drivers_are_listed_and_drawn_in_both_orders() -> None:
    sheet = sheet_of(detailed())
    drivers, changes = rows_of(sheet, "Montecell_Drivers_1"), rows_of(sheet, "Montecell_Changes_1")
    assert [row[0] for row in drivers[1:]] == [f"x{n}" for n in range(12)]
    assert drivers[1] == ["x0", 1, 1, 0.5]
    assert drivers[2][1:] == [-0.95, 0.5, None]
    assert [row[0] for row in changes[1:]] == [f"x{n}" for n in range(13, 1, -1)]
    assert changes[1] == ["x13", 477, 523, -23, 23]
    tornado, change = sheet._charts[2:]
    assert (tornado.type, tornado.x_axis.scaling.orientation) == ("bar", "maxMin")
    (bars,) = tornado.series
    area = sheet.tables["Montecell_Drivers_1"].ref
    first = int(re.findall(r"\d+", area)[0]) + 1
    assert bars.val.numRef.f == f"'{sheet.title}'!$B${first}:$B${first + 9}"
    assert bars.cat.strRef.f == f"'{sheet.title}'!$A${first}:$A${first + 9}"
    assert [point.v for point in bars.cat.strRef.strCache.pt] == [f"x{n}" for n in range(10)]
    assert [len(series.val.numRef.numCache.pt) for series in change.series] == [10, 10]
    assert change.overlap == 100
    assert change.legend is not None


def test_a_fan_is_stacked_from_its_lowest_band_with_the_mean_as_a_line() -> None:
    sheet = sheet_of(replace(detailed(), fans=(fan(),)))
    rows = rows_of(sheet, "Montecell_Fan_1")
    assert rows[0] == [
        "Output", "Cell", "5%", "25%", "75%", "95%", "Mean", "5% to 25%", "25% to 75%", "75% to 95%",
    ]  # fmt: skip
    assert rows[2] == ["Month 1", "Model!B1", -8, -3, 2, 9, 1.5, 5, 5, 7]
    chart = sheet._charts[0]
    assert chart.grouping == "stacked"
    assert [series.tx.v for series in chart.series] == ["5%", "5% to 95%", "25% to 75%", "75% to 95%"]
    (line,) = chart._charts[1].series
    first = int(re.findall(r"\d+", sheet.tables["Montecell_Fan_1"].ref)[0]) + 1
    columns = [series.val.numRef.f.rpartition("!")[2] for series in (*chart.series, line)]
    assert columns == [f"${c}${first}:${c}${first + 2}" for c in "CHIJG"]
    assert [point.v for point in line.cat.strRef.strCache.pt] == ["Month 0", "Month 1", "Month 2"]
    assert [entry.idx for entry in chart.legend.legendEntry] == [0, 3]


def test_a_fan_has_one_pair_of_axes_around_all_its_bands() -> None:
    content = write_results(plain_workbook(), replace(detailed(), fans=(fan(),))).content
    with zipfile.ZipFile(BytesIO(content)) as archive:
        drawn = archive.read("xl/charts/chart1.xml").decode()
    assert re.findall(r"<(catAx|valAx|dateAx)>", drawn) == ["catAx", "valAx"]
    assert re.findall(r'<(?:min|max) val="([^"]*)"', drawn) == ["10", "-10"]
    assert re.findall(r'crossBetween val="([^"]*)"', drawn) == ["midCat"]


def test_a_fan_without_numbers_and_more_fans_than_are_shown() -> None:
    broken = Fan("Broken", (5.0, 95.0), (FanPoint("x", "Model!B1", (math.nan, math.nan), math.nan),) * 2)
    assert rows_of(sheet_of(replace(detailed(), fans=(broken,))), "Montecell_Fan_1")[1][2:] == [None] * 4
    many = sheet_of(replace(detailed(), fans=(fan(),) * 21))
    assert "Montecell_Fan_20" in many.tables
    assert "Montecell_Fan_21" not in many.tables
    assert str(many.cell(column_a(many)["Fan charts"], 2).value) == "20 of 21 ranges of outputs are shown."


def test_a_point_of_a_fan_has_one_value_per_percent() -> None:
    with pytest.raises(ValueError, match="'Month 1' has 1 percentiles for 2 percents"):
        Fan("Cash", (5.0, 95.0), (FanPoint("Month 1", "Model!B1", (1.0,), 1.0),))


@pytest.mark.parametrize(("points", "first", "rows"), [(1, 16, 1), (25, 16, 25), (26, 32, 13), (40, 32, 20)])
def test_a_running_mean_is_thinned_so_that_its_end_is_shown(points: int, first: int, rows: int) -> None:
    shown = rows_of(sheet_of(replace(detailed(), convergence=(settling(points=points),))), "Montecell_Convergence_1")
    assert shown[0] == ["Iterations", "Mean", "Mean from", "Mean to", "Half-width"]
    assert (len(shown) - 1, shown[1][0], shown[-1][0]) == (rows, first, 16 * points)


def test_a_running_mean_is_drawn_with_its_band() -> None:
    sheet = sheet_of(replace(detailed(), convergence=(settling(points=3),)))
    assert rows_of(sheet, "Montecell_Convergence_1")[1:] == [
        [16, 500, None, None, None], [32, 500, 400, 600, 100], [48, 500, 450, 550, 50],
    ]  # fmt: skip
    chart = sheet._charts[-1]
    assert [series.tx.v for series in chart.series] == ["Mean", "95% interval", "95% interval"]
    points = [[point.v for point in series.yVal.numRef.numCache.pt] for series in chart.series]
    assert points == [[500, 500, 500], [400, 450], [600, 550]]
    assert [entry.idx for entry in chart.legend.legendEntry] == [2]


def test_sections_are_linked_in_their_order() -> None:
    sheet = sheet_of(replace(detailed(), fans=(fan(),), convergence=(settling(),)))
    links = {str(cell.value): cell.hyperlink.location for cell in sheet[2] if cell.hyperlink}
    assert list(links) == [
        "Summary", "Statistics", "Confidence intervals", "Correlations", "Fan charts", "Charts", "Distributions",
        "Sensitivity", "Convergence", "Run certificate",
    ]  # fmt: skip
    assert max(cell.column for cell in sheet[2] if cell.hyperlink) <= 13
    for title, location in links.items():
        assert str(sheet.cell(int(location.rpartition("A")[2]), 1).value) == title


def test_only_outputs_with_drivers_have_tornadoes() -> None:
    sheet = sheet_of(detailed(output("Cost"), driven(), failed()))
    assert len(sheet._charts) == 2 + 4
    assert "Montecell_Drivers_2" not in sheet.tables
    assert "Profit" in str(sheet._charts[-1].title.tx.rich.p[0].r[0].t)


def test_estimates_are_shortened_where_no_format_can_be_borrowed() -> None:
    row = replace(detail(), mode=1234567.891)
    bare, own = (
        sheet_of(replace(detailed(), details=(row,)), plain_workbook(**formats))
        for formats in ({}, {"decimal": "#,##0.00"})
    )
    assert rows_of(bare, "Montecell_Statistics")[1][3] == 1234568
    assert rows_of(own, "Montecell_Statistics")[1][3] == 1234567.891


def test_charts_are_native_and_titled() -> None:
    result = write_results(plain_workbook(), report(output()))
    with zipfile.ZipFile(BytesIO(result.content)) as archive:
        histogram = archive.read("xl/charts/chart1.xml").decode()
        cumulative = archive.read("xl/charts/chart2.xml").decode()
    assert 'gapWidth val="0"' in histogram
    assert "scatterChart" in cumulative
    for chart, titles in (
        (histogram, ("Histogram: Profit", "Profit", "Relative frequency")),
        (cumulative, ("Cumulative distribution: Profit", "Profit", "Cumulative probability")),
    ):
        assert re.findall(r"<(?:a:)?t>([^<]*)</", chart) == list(titles)
        assert 'delete val="0"' in chart
        assert "legend" not in chart
        assert "Montecell Results" in chart


@pytest.mark.parametrize("histogram", [HistogramTable((5.0, 5.0), (10,)), HistogramTable((0.0, 1.0), (0,))])
def test_constant_and_empty_histograms_are_drawn(histogram: HistogramTable) -> None:
    flat = OutputResult(variable(), (5.0,) * 21, histogram)
    assert len(written(flat)._charts) == 2

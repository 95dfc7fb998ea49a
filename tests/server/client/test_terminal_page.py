"""The page of results: it fits the terminal, keeps to plain characters where it must, and tells the truth."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.protocol import (
    Certificate,
    HistogramData,
    ModelDescription,
    Progress,
    ResultSummary,
    SheetDescription,
    Timings,
    TornadoBar,
    VariableSummary,
)
from server.client import charts, figures, presenter
from server.client.progress_bar import ProgressBar, bar
from server.client.table import Column, display_width, draw
from server.client.terminal import Terminal, look

COUNTS = (1, 3, 9, 20, 40, 20, 9, 3, 1)


def variable(name: str = "Total cost", **changes) -> VariableSummary:
    values = {
        "key": name,
        "name": name,
        "cell": "Summary!B16",
        "count": 106,
        "errors": 0,
        "mean": 2_845_000.5,
        "standard_deviation": 104_000.0,
        "minimum": 2_500_000.0,
        "maximum": 3_300_000.0,
        "median": 2_840_000.0,
        "mode": None,
        "skewness": 0.1,
        "kurtosis": 3.0,
        "percentiles": {"5": 2_680_000.0, "50": 2_840_000.0, "95": 3_020_000.0},
        "histogram": HistogramData(edges=tuple(2.5e6 + 0.1e6 * i for i in range(10)), counts=COUNTS),
        "tornado": (
            TornadoBar(input="Price escalation", rank_correlation=0.61, low_mean=1.0, high_mean=2.0),
            TornadoBar(input="Discount", rank_correlation=-0.82, low_mean=2.0, high_mean=1.0),
            TornadoBar(input="Constant", rank_correlation=None, low_mean=None, high_mean=None),
        ),
    }
    return VariableSummary(**{**values, **changes})


def summary(*outputs: VariableSummary, **changes) -> ResultSummary:
    certificate = Certificate(
        workbook_sha256="00",
        workbook_name="book.xlsx",
        montecell_version="0.1.0",
        engine="reference",
        engine_class="x",
        sampling="latin_hypercube",
        seed=42,
        iterations=106,
        digest="0123456789abcdef0123",
    )
    return ResultSummary(outputs=outputs, inputs=(), certificate=certificate, timings=Timings(simulate=0.25), **changes)


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("unicode", [True, False])
def test_the_page_fits(width, unicode):
    outputs = (variable(), variable("An output with a name that is much longer than the others " * 2))
    page = presenter.results_page(summary(*outputs), Terminal(width, unicode=unicode))
    assert max(display_width(line) for line in page.splitlines()) <= width
    assert unicode or page.isascii()


def test_the_page_says_what_matters():
    page = presenter.results_page(summary(variable(), notes=("a note",)), Terminal(120))
    for expected in (
        "2,845,000",
        "104,000",
        "2,680,000",
        "3,020,000",
        "seed 42",
        "latin hypercube",
        "0123456789abcdef",
        "a note",
    ):
        assert expected in page
    assert "\033" not in page


def test_percentiles_are_found_as_percents_and_as_shares():
    assert presenter.percentile(variable(percentiles={"5": 1.0}), 0.05) == 1.0
    assert presenter.percentile(variable(percentiles={"0.05": 2.0}), 0.05) == 2.0
    assert presenter.percentile(variable(percentiles={"50": 2.0}), 0.05) is None


def test_errors_are_shown_only_when_there_are_some():
    assert "Errors" not in presenter.results_page(summary(variable()), Terminal(120))
    assert "1,234" in presenter.results_page(summary(variable(errors=1234)), Terminal(60))


def test_an_output_without_numbers_has_dashes_and_no_chart():
    empty = dict.fromkeys(("mean", "standard_deviation", "minimum", "maximum", "median"))
    page = presenter.results_page(summary(variable(**empty, percentiles={}, histogram=None, errors=106)), Terminal(80))
    assert figures.ABSENT in page
    assert "█" not in page


def test_many_outputs_are_counted():
    page = presenter.results_page(summary(*(variable(f"Output {i}") for i in range(100))), Terminal(80))
    assert "and 60 more outputs" in page


def test_a_histogram_is_highest_where_most_iterations_are():
    lines = charts.histogram(variable().histogram, Terminal(80))
    bars = [line[charts.GUTTER :].ljust(36) for line in lines[: charts.HEIGHT]]
    assert bars[0].strip() == "█" * 4
    assert bars[0].index("█") == 4 * COUNTS.index(max(COUNTS))
    assert all(bars[-1][4 * place] != " " for place in range(len(COUNTS)))
    assert lines[0].startswith(" 37.7 %")


def test_one_bin_makes_a_histogram():
    assert charts.histogram(HistogramData(edges=(1.0, 1.0), counts=(5,)), Terminal(80), [("mean", 1.0)])
    assert charts.histogram(HistogramData(edges=(0.0, 1.0), counts=(0,)), Terminal(80)) == []


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=300), st.integers(1, 120))
def test_merging_bins_loses_no_iteration(counts, most):
    merged = charts.merged(counts, most)
    assert sum(merged) == sum(counts)
    assert len(merged) <= most


def test_the_tornado_is_sorted_and_signed():
    lines = charts.tornado(variable().tornado, Terminal(80, unicode=False))
    assert [line.split()[0] for line in lines] == ["Discount", "Price"]
    assert lines[0].index("#") < lines[0].index("|")
    assert lines[1].index("#") > lines[1].index("|")


NUMBERS = [
    (None, 2, figures.ABSENT),
    (1234567.891, 0, "1,234,568"),
    (-0.001, 2, "0.00"),
    (-12.5, 1, "-12.5"),
    (1.5e16, 0, "1.5e+16"),
    (3e-9, 11, "3e-09"),
    (0.0, 3, "0.000"),
]


@pytest.mark.parametrize(("value", "decimals", "text"), NUMBERS)
def test_number(value, decimals, text):
    assert figures.number(value, decimals) == text


SPREADS = [(104_000.0, 2e6, 0), (10.0, 100.0, 1), (0.5, 1.0, 3), (0.0, 12.0, 1), (0.0, 0.0, 0), (float("inf"), 0.0, 0)]


@pytest.mark.parametrize(("spread", "magnitude", "decimals"), SPREADS)
def test_decimals_show_three_digits_of_the_spread(spread, magnitude, decimals):
    assert figures.decimals_for(spread, magnitude) == decimals


@pytest.mark.parametrize(("seconds", "text"), [(0.0853, "85 ms"), (1.24, "1.2 s"), (200, "3 min 20 s")])
def test_duration(seconds, text):
    assert figures.duration(seconds) == text


def test_wide_characters_take_two_columns():
    lines = draw([Column("A", ("超過", "ab"), left=True), Column("B", ("1", "2"))], Terminal(80))
    assert lines[2:] == ["超過  1", "ab    2"]


class Screen(io.StringIO):
    """A stream that says whether it is a terminal, and in which encoding."""

    def __init__(self, *, terminal: bool, encoding: str) -> None:
        super().__init__()
        self._terminal, self._encoding = terminal, encoding

    def isatty(self) -> bool:
        return self._terminal

    @property
    def encoding(self) -> str:
        return self._encoding


LOOKS = [
    (True, "utf-8", {"COLUMNS": "100"}, Terminal(100, unicode=True, colour=True, live=True)),
    (True, "utf-8", {"COLUMNS": "100", "NO_COLOR": "1"}, Terminal(100, unicode=True, colour=False, live=True)),
    (True, "ascii", {"COLUMNS": "20"}, Terminal(40, unicode=False, colour=True, live=True)),
    (True, "cp1252", {"COLUMNS": "500", "TERM": "dumb"}, Terminal(120, unicode=False)),
    (False, "utf-8", {"COLUMNS": "80"}, Terminal(80, unicode=True)),
]


@pytest.mark.parametrize(("terminal", "encoding", "environ", "expected"), LOOKS)
def test_look(terminal, encoding, environ, expected):
    assert look(Screen(terminal=terminal, encoding=encoding), environ) == expected


@given(st.floats(-1, 2), st.integers(1, 60))
def test_a_bar_has_its_width(share, width):
    assert len(bar(share, width, unicode=True)) == width
    assert len(bar(share, width, unicode=False)) == width


def progress(done: int, stage: str = "simulating") -> Progress:
    return Progress(stage=stage, done=done, total=1000, seconds=1.0)


def test_progress_is_drawn_over_itself_on_a_terminal():
    stream = io.StringIO()
    shown = ProgressBar(stream, Terminal(80, live=True))
    for done in (0, 500, 1000):
        shown.show(progress(done))
    shown.close()
    assert stream.getvalue().count("\r") == 3
    assert stream.getvalue().count("\n") == 1


def test_progress_in_a_log_is_a_few_lines():
    stream = io.StringIO()
    shown = ProgressBar(stream, Terminal(80))
    for done in range(0, 1001, 10):
        shown.show(progress(done))
    shown.show(progress(1000, "done"))
    shown.close()
    assert len(stream.getvalue().splitlines()) == 6
    assert "\r" not in stream.getvalue()


def test_the_model_in_one_line():
    sheet = SheetDescription(name="A", state="visible", rows=1, columns=1, formulas=5001)
    model = ModelDescription(file_name="b.xlsx", sha256="0", product="Excel", sheets=(sheet,), inputs=(), outputs=())
    assert presenter.model_line(model) == "b.xlsx: 1 sheet, 5,001 formulas, 0 uncertain inputs, 0 outputs"

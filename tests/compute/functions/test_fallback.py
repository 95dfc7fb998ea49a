"""Forecasts through the package formulas: facts of Microsoft's pages, and series whose future is beyond doubt."""

from __future__ import annotations

import math
import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import pytest

from compute.errors import ErrorCode, UnsupportedFormula
from compute.functions import REGISTRY
from compute.functions.fallback import FALLBACK, library
from compute.program import assemble
from compute.runners import Model
from compute.workbook import read_workbook

installed = pytest.mark.skipif(
    bool(library.missing_packages()), reason=f"not installed: {', '.join(library.missing_packages())}"
)

MONTHS = [44197, 44228, 44256, 44287, 44317, 44348, 44378, 44409, 44440, 44470, 44501, 44531]
"""The firsts of the months of 2021."""
LINE = [2 * i + 1 for i in range(12)]
SEASONS = [10, 20, 30, 40] * 6


def history(values: list[Any], timeline: list[Any]) -> dict[str, Any]:
    return {f"A{i}": v for i, v in enumerate(timeline, 1)} | {f"B{i}": v for i, v in enumerate(values, 1)}


CASES: list[tuple[str, list[Any], list[Any], str, Any]] = [
    ("a line goes on", LINE, list(range(1, 13)), "FORECAST.ETS(13,B1:B12,A1:A12)", 25),
    ("without seasons", LINE, list(range(1, 13)), "FORECAST.ETS(20,B1:B12,A1:A12,0)", 39),
    ("an empty argument is the default", SEASONS, list(range(24)), "FORECAST.ETS(24,B1:B24,A1:A24,,1)", 10),
    ("seasons come again", SEASONS, list(range(24)), "FORECAST.ETS(25,B1:B24,A1:A24,4)", 20),
    ("seasons are found", SEASONS, list(range(24)), "FORECAST.ETS(26,B1:B24,A1:A24)", 30),
    ("the length of a season", SEASONS, list(range(24)), "FORECAST.ETS.SEASONALITY(B1:B24,A1:A24)", 4),
    ("months are even", LINE, MONTHS, "FORECAST.ETS(44562,B1:B12,A1:A12,0)", 25),
    ("any order", LINE[::-1], list(range(12, 0, -1)), "FORECAST.ETS(13,B1:B12,A1:A12,0)", 25),
    ("one moment twice, mean", [*LINE, 25], [*range(1, 13), 12], "FORECAST.ETS.STAT(B1:B13,A1:A13,8)", 1),
    ("the step", LINE, list(range(0, 36, 3)), "FORECAST.ETS.STAT(B1:B12,A1:A12,8)", 3),
    ("a point missing", [*LINE[:5], *LINE[6:]], [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12],
     "FORECAST.ETS(13,B1:B11,A1:A11,0)", 25),
    ("a line has no error", LINE, list(range(1, 13)), "FORECAST.ETS.CONFINT(13,B1:B12,A1:A12,0.95,0)", 0),
    ("before the end", LINE, list(range(1, 13)), "FORECAST.ETS(11,B1:B12,A1:A12)", "#NUM!"),
    ("sizes differ", LINE, list(range(1, 13)), "FORECAST.ETS(13,B1:B11,A1:A12)", "#N/A"),
    ("no even step", LINE, [i * i for i in range(12)], "FORECAST.ETS(200,B1:B12,A1:A12)", "#NUM!"),
    ("too much missing", LINE, [*range(1, 12), 30], "FORECAST.ETS(31,B1:B12,A1:A12)", "#NUM!"),
    ("negative season", LINE, list(range(1, 13)), "FORECAST.ETS(13,B1:B12,A1:A12,-1)", "#NUM!"),
    ("part of a season", LINE, list(range(1, 13)), "FORECAST.ETS(13,B1:B12,A1:A12,1.5)", "#NUM!"),
    ("longer than a year of hours", LINE, list(range(1, 13)), "FORECAST.ETS(13,B1:B12,A1:A12,8761)", "#NUM!"),
    ("certainty", LINE, list(range(1, 13)), "FORECAST.ETS.CONFINT(13,B1:B12,A1:A12,1)", "#NUM!"),
    ("no confidence", LINE, list(range(1, 13)), "FORECAST.ETS.CONFINT(13,B1:B12,A1:A12,0)", "#NUM!"),
    ("unknown statistic", LINE, list(range(1, 13)), "FORECAST.ETS.STAT(B1:B12,A1:A12,9)", "#NUM!"),
    ("unknown aggregation", LINE, list(range(1, 13)), "FORECAST.ETS(13,B1:B12,A1:A12,1,1,8)", "#NUM!"),
    ("text", [*LINE[:11], "x"], list(range(1, 13)), "FORECAST.ETS(13,B1:B12,A1:A12)", "#VALUE!"),
    ("nothing", [*LINE[:11], None], list(range(1, 13)), "FORECAST.ETS(13,B1:B12,A1:A12)", "#VALUE!"),
]  # fmt: skip


@installed
@pytest.mark.parametrize(
    ("values", "timeline", "formula", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_forecasts(excel, values, timeline, formula, expected):
    found = excel(formula, history(values, timeline))
    if isinstance(expected, str):
        assert excel.same(found, expected)
    else:
        assert found == pytest.approx(expected, rel=1e-6, abs=1e-6)


@installed
@pytest.mark.parametrize(
    ("kind", "joined"), [(1, 20.0), (2, 2.0), (3, 2.0), (4, 25.0), (5, 20.0), (6, 15.0), (7, 40.0)]
)
def test_points_of_one_moment_are_put_together(kind, joined):
    from compute.functions.fallback.series import series_of

    series = series_of([np.array([1.0, 15.0, 25.0]), np.array([1.0, 2.0, 2.0])], kind)
    assert series.values[-1] == joined


@installed
def test_each_lane_has_its_own_history(excel):
    last = np.array([23.0, 35.0, 23.0])
    cells = history([*LINE[:11], last], list(range(1, 13)))
    found = excel.array("FORECAST.ETS(13,B1:B12,A1:A12,0)", cells).numbers[0, 0]
    assert found[0] == found[2] == pytest.approx(25.0)
    assert found[1] != found[0]


@installed
def test_what_fails_inside_is_an_error_value_and_warns_nobody(recwarn):
    warnings.simplefilter("always")
    assert library.evaluate("FORECAST.ETS", 3.0) is ErrorCode.VALUE
    assert library.evaluate("NO.SUCH.FUNCTION", 1.0) is ErrorCode.VALUE
    assert not list(recwarn)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (np.float64(2.5), 2.5),
        (np.array([[3]], object), 3.0),
        (np.array([np.bool_(True)], object), True),
        (np.array(["abc"], object), "abc"),
        (math.nan, ErrorCode.NUM),
        (math.inf, ErrorCode.NUM),
        ("#N/A", ErrorCode.NA),
        (np.empty(0), ErrorCode.VALUE),
        (None, ErrorCode.VALUE),
        (object(), ErrorCode.VALUE),
    ],
)
def test_results_become_our_values(result, expected):
    assert library.translated(result) == expected


@installed
def test_equal_arguments_are_computed_once():
    library.evaluate.cache_clear()
    arguments = (3.0, (1.0, 2.0, 3.0), (0.0, 1.0, 2.0), 0.0, 1.0)
    first = library.evaluate("FORECAST.ETS", *arguments)
    assert library.evaluate("FORECAST.ETS", *arguments) == first
    assert library.evaluate.cache_info().hits == 1


def test_the_library_is_not_loaded_before_it_is_needed():
    code = "import sys, compute; sys.exit(any(m in sys.modules for m in ('formulas', 'pandas', 'statsmodels')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.fixture
def forecasts(book):
    """Six points whose last one is uncertain: a forecast over them, and one over those before."""
    cells = {f"A{i}": i for i in range(1, 7)} | {f"B{i}": 2 * i for i in range(1, 6)}
    cells |= {"B6": "=MC.UNIFORM(11,13)", "D1": '=MC.OUTPUT("next")+FORECAST.ETS(7,B1:B6,A1:A6,0)'}
    return book({"Sheet1": cells | {"D2": "=FORECAST.ETS(6,B1:B5,A1:A5,0)"}})


def test_without_the_package_a_call_is_refused_by_name(forecasts, monkeypatch):
    monkeypatch.setattr(library, "PACKAGES", ("no_such_package",))
    program = assemble(read_workbook(forecasts), everything=True)
    (problem,) = program.unsupported
    assert problem.feature == "FORECAST.ETS"
    assert problem.cells == ("Sheet1!D1", "Sheet1!D2")
    assert "no_such_package is not installed: pip install 'montecell[fallback]'" in problem.reason
    with pytest.raises(UnsupportedFormula, match="Sheet1!D1"):
        Model.open(forecasts).simulate(10)


@installed
def test_a_simulation_forecasts_in_every_iteration(forecasts):
    result = Model.open(forecasts).simulate(40, seed=1)
    output = result.outputs["next"].samples
    assert len(set(output.tolist())) == 40
    assert output.min() > 12
    assert output.max() < 16
    assert "FORECAST.ETS at Sheet1!D1: evaluated by the formulas package, one iteration at a time: slow" in result.notes


def test_own_versions_are_never_replaced():
    assert {"FORECAST.ETS", "FORECAST.ETS.CONFINT", "FORECAST.ETS.SEASONALITY", "FORECAST.ETS.STAT"} == FALLBACK
    assert set(REGISTRY) > FALLBACK

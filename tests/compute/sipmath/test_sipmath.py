"""SIPmath libraries: published generator values and trials, round trips, and what is refused."""

from __future__ import annotations

import datetime
import json
from typing import Any

import numpy as np
import pytest

from compute.distributions import LAWS
from compute.sipmath import (
    LibraryError,
    MetalogSip,
    draw,
    hdr_uniforms,
    metalog_library,
    read_library,
    trials_library,
)

DAY = datetime.date(2026, 1, 2)
ACCOUNTS = [9.872717622, 1.678242357, 2.54967822, 3.535388319, -13.40905029]
PRODUCTS = [10.28359942, 1.433048092, 1.737463084, 3.927285373, -13.45782811]
ORDERS = [8.526657058, 4.390832871, 7.645594813, -11.34424622, -27.90451926]
FULFILLMENT = [8.93145879, 3.863446641, 6.494528709, -8.804090192, -25.50440804]
NAMES = ["Accounts", "Products", "Orders", "Fulfillment"]


def stream(number: int, **others: Any) -> dict[str, Any]:
    seeds = {"counter": "PM_Index", "entity": 9039920, "varId": number, "seed3": 0, "seed4": 0}
    return {"name": f"HDR{number}", "function": "HDR_2_0", "arguments": seeds | others}


def published() -> dict[str, Any]:
    """The variables of the example in ProbabilityManagement.org's JSON schema (2021-08-19) whose trials it states."""
    cells = [{"row": name, "col": name, "value": 1.0} for name in NAMES]
    cells.append({"row": "Products", "col": "Fulfillment", "value": 0.75})
    matrix = {"columns": NAMES, "rows": NAMES, "matrix": cells}
    copula = {
        "name": "Gaussian",
        "function": "GaussianCopula",
        "arguments": {
            "correlationMatrix": {"type": "globalVariables", "value": "correlationMatrixValue"},
            "rng": ["HDR4", "HDR5", "HDR6", "HDR7"],
        },
        "copulaLayer": ["cl1", "cl2", "cl3", "cl4"],
    }
    coefficients = [ACCOUNTS, PRODUCTS, ORDERS, FULFILLMENT]
    sips = [
        {
            "name": name,
            "ref": {"source": "copula", "name": "Gaussian", "copulaLayer": f"cl{i}"},
            "function": "Metalog_1_0",
            "arguments": {"aCoefficients": row},
        }
        for i, (name, row) in enumerate(zip(NAMES, coefficients, strict=True), 1)
    ]
    sips.append(
        {
            "name": "Marketing",
            "ref": {"source": "rng", "name": "HDR8"},
            "function": "Metalog_1_0",
            "arguments": {"aCoefficients": ACCOUNTS},
        }
    )
    return {
        "name": "Gaussian Copula Development Time Library",
        "dateCreated": "2021-07-03",
        "provenance": "SLS 4-23-21",
        "globalVariables": [{"name": "correlationMatrixValue", "value": matrix}],
        "U01": {"rng": [stream(number) for number in (4, 5, 6, 7, 8)], "copula": [copula]},
        "sips": sips,
    }


# The metadata Trial1, Trial2, Trial3 of that example.
TRIALS = {
    "Accounts": [5.91064824323855, 3.99951401423695, 3.61593085127843],
    "Products": [4.81850430027545, 16.264999616127, 9.21182344011462],
    "Orders": [8.84993813887317, 5.73877017205265, 7.90854997496018],
    "Fulfillment": [6.7522436646553, 11.4933053690752, 5.97047076730257],
    "Marketing": [4.97377773402723, 5.26303264347232, 11.3668582781926],
}


def read(raw: Any) -> Any:
    return read_library(json.dumps(raw))


def test_hdr_numbers_are_the_published_ones() -> None:
    """Printed by the package hdr-random (its documentation) for entity 10, varId 2, seed3 3, seed4 4, trials 1 to 9."""
    expected = [
        0.18532938009593636,
        0.9937039703363553,
        0.09836426738183945,
        0.7941507144132629,
        0.7279702170053497,
        0.03101965703535825,
        0.41562155552674085,
        0.06352685287129134,
        0.8691775795305148,
    ]
    assert hdr_uniforms(np.arange(1, 10), 10, 2, 3, 4).tolist() == expected


def test_hdr_at_its_largest_seeds_does_not_overflow() -> None:
    most = 100_000_000
    exact = _by_whole_numbers(most, most, most, most, most)
    assert hdr_uniforms(np.array([most]), most, most, most, most)[0] == exact


def _by_whole_numbers(counter: int, entity: int, variable: int, seed3: int, seed4: int) -> float:
    top = 999999999999989
    first = counter * 2499997 + variable * 1800451 + entity * 2000371 + seed3 * 1796777 + seed4 * 2299603
    second = counter * 2246527 + variable * 2399993 + entity * 2100869 + seed3 * 1918303 + seed4 * 1624729
    one = top % (first % 7450589 * 4658 + 7450581) * 383 % 99991
    two = top % (second % 7450987 * 7580 + 7560584) * 17669 % 7440893
    return ((one * 7440893 + two) * 1343 % 4294967296 + 0.5) / 4294967296


@pytest.mark.parametrize("name", TRIALS)
def test_trials_are_the_published_ones(name: str) -> None:
    np.testing.assert_allclose(draw(read(published()), name, 1, 3), TRIALS[name], rtol=1e-13)


def test_any_slice_is_that_of_the_whole() -> None:
    library = read(published())
    for name in TRIALS:
        np.testing.assert_array_equal(draw(library, name, 1, 900)[400:437], draw(library, name, 401, 437))


def test_a_variable_as_a_law() -> None:
    sip = read(published()).sips["Accounts"]
    assert isinstance(sip, MetalogSip)
    uniform = hdr_uniforms(np.array([1]), 9039920, 4)
    assert sip.law.ppf(float(uniform[0])) == pytest.approx(TRIALS["Accounts"][0], rel=1e-13)


def test_bounds_parameters_rounding_and_arrays() -> None:
    raw = published()
    asked = {"type": "parameter", "name": "Part number"}
    raw["U01"]["rng"] += [stream(9, seed3=asked), {"name": "index", "function": "Index", "arguments": {}}]
    bounded = {"lowerBound": 1239, "aCoefficients": [5.0, 1.0]}
    ref = {"source": "rng", "name": "HDR9"}
    raw["sips"] += [
        {"name": "Part", "ref": ref, "function": "Metalog_1_0", "rounding": "nearest", "arguments": bounded},
        {
            "name": "Listed",
            "ref": {"source": "rng", "name": "index"},
            "function": "SIP_Array",
            "arguments": {"type": "array", "value": [3, 1, 2]},
        },
    ]
    library = read(raw)
    p = hdr_uniforms(np.arange(1, 4), 9039920, 9, 77)
    expected = np.floor(1239 + np.exp(5 + np.log(p / (1 - p))) + 0.5)
    np.testing.assert_array_equal(draw(library, "Part", 1, 3, {"Part number": 77}), expected)
    assert draw(library, "Listed", 2, 5).tolist() == [1, 2, 3, 1]
    with pytest.raises(LibraryError, match="needs the parameter 'Part number'"):
        draw(library, "Part", 1, 3)
    with pytest.raises(LibraryError, match="no variable 'Sales'"):
        draw(library, "Sales", 1, 3)


def test_entries_of_one_product_are_left_out() -> None:
    raw = published()
    other = dict(raw["sips"][0]) | {"environment": "ExcelPalisade", "function": "RiskNormal"}
    raw["sips"].append(other)
    assert list(read(raw).sips) == list(TRIALS)


def _with(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    raw: Any = published()
    place = raw
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return raw  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ([], "no list of sips"),
        (_with(("sips", 0, "function"), "Normal"), "'Accounts' uses 'Normal'"),
        (_with(("sips", 4, "ref", "name"), "HDR99"), "'Marketing' refers to 'rng' 'HDR99'"),
        (_with(("sips", 0, "arguments", "aCoefficients"), [1, "x"]), "no number"),
        (_with(("U01", "rng", 0, "function"), "MersenneTwister"), "'HDR4' uses 'MersenneTwister'"),
        (_with(("U01", "rng", 0, "arguments", "entity"), 1.5), "entity of the generator 'HDR4' is 1.5"),
        (_with(("U01", "copula", 0, "arguments", "rng"), ["HDR4"]), "not as many generators"),
        (_with(("globalVariables",), []), "'correlationMatrixValue', which is not there"),
        (_with(("globalVariables", 0, "value", "matrix", 4, "value"), 1.5), "not a positive definite"),
    ],
)
def test_what_is_wrong_is_named(raw: Any, words: str) -> None:
    with pytest.raises(LibraryError, match=words):
        read(raw)


def test_text_that_is_no_json_and_arrays_elsewhere_are_refused() -> None:
    with pytest.raises(LibraryError, match="not JSON"):
        read_library("<dist/>")
    raw = _with(("sips", 4, "function"), "SIP_Array")
    raw["sips"][4]["arguments"] = {"type": "csv", "url": "https://example.org/x.csv", "value": "Demand"}
    with pytest.raises(LibraryError, match="keeps its array as 'csv'"):
        read(raw)


def results() -> dict[str, Any]:
    generator = np.random.default_rng(4)
    first = np.asarray(LAWS["LOGNORMAL"](10, 3).ppf(generator.random(5000)))
    return {"Cost": first, "Time": 0.5 * first + np.asarray(LAWS["NORMAL"](20, 2).ppf(generator.random(5000)))}


def test_every_trial_comes_back() -> None:
    samples = results()
    text = trials_library("Results", samples, date=DAY)
    library = read_library(text)
    for name, values in samples.items():
        np.testing.assert_array_equal(draw(library, name, 1, 5000), values)
    raw = json.loads(text)
    assert (raw["objectType"], raw["dateCreated"]) == ("sipModel", "2026-01-02")
    assert set(raw) >= {"name", "version", "provenance", "globalVariables", "U01", "sips"}
    assert sum(raw["sips"][0]["metadata"]["density"]) == pytest.approx(1)


def test_metalogs_come_back_alike() -> None:
    samples = results()
    library = read_library(metalog_library("Results", samples, date=DAY, bounds={"Cost": (0.0, None)}))
    drawn = {name: draw(library, name, 1, 20_000) for name in samples}
    for name, values in samples.items():
        at = np.linspace(0.02, 0.98, 25)
        gaps = np.abs(np.quantile(drawn[name], at) - np.quantile(values, at))
        assert gaps.max() < 0.12 * values.std(), name
    wanted = np.corrcoef(samples["Cost"], samples["Time"])[0, 1]
    assert np.corrcoef(drawn["Cost"], drawn["Time"])[0, 1] == pytest.approx(wanted, abs=0.03)
    assert drawn["Cost"].min() > 0


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        ({}, "as many trials"),
        ({"A": np.ones(3), "B": np.ones(4)}, "as many trials"),
        ({"A": np.array([1.0, np.nan])}, "trial 2 of 'A' is nan"),
    ],
)
def test_results_that_no_library_can_hold(samples: Any, words: str) -> None:
    with pytest.raises(LibraryError, match=words):
        trials_library("Results", samples, date=DAY)


def test_a_constant_has_no_metalog() -> None:
    with pytest.raises(LibraryError, match="'A' has 1 different values"):
        metalog_library("Results", {"A": np.ones(10)}, date=DAY)

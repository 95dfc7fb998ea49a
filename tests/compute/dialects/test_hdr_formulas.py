"""Hubbard's HDR generator written as plain Excel formulas: what Excel computes from whole numbers, trial by trial.

The formula is that of Hubbard, "A Multi-Dimensional, Counter-Based Pseudo Random Number Generator as a Standard for
Monte Carlo Simulations", Winter Simulation Conference 2019, 3064, as SIPmath workbooks hold it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import compute

Book = Callable[..., Path]
TRIALS = 500
FIRST = "MOD(MOD(999999999999989,MOD({index}*2499997+({variable})*1800451+({entity})*2000371+({time})*1796777+({agent})*2299603,7450589)*4658+7450581)*383,99991)"  # noqa: E501
SECOND = "MOD(MOD(999999999999989,MOD({index}*2246527+({variable})*2399993+({entity})*2100869+({time})*1918303+({agent})*1624729,7450987)*7580+7560584)*17669,7440893)"  # noqa: E501
HDR = f"(MOD(({FIRST}*7440893+{SECOND})*1343,4294967296)+0.5)/4294967296"


def written(variable: str, entity: str = "1", time: str = "0", agent: str = "0") -> str:
    return "=" + HDR.format(index="PM_Index", variable=variable, entity=entity, time=time, agent=agent)


def expected(trial: int, variable: int, entity: int = 1, time: int = 0, agent: int = 0) -> float:
    """The same in Python's whole numbers, which know no rounding."""
    seeds = (trial, variable, entity, time, agent)

    def term(primes: tuple[int, ...], a: int, b: int, c: int, d: int, e: int) -> int:
        inner = sum(seed * prime for seed, prime in zip(seeds, primes, strict=True)) % a
        return 999_999_999_999_989 % (inner * b + c) * d % e

    first = term((2499997, 1800451, 2000371, 1796777, 2299603), 7450589, 4658, 7450581, 383, 99991)
    second = term((2246527, 2399993, 2100869, 1918303, 1624729), 7450987, 7580, 7560584, 17669, 7440893)
    return ((first * 7440893 + second) * 1343 % 2**32 + 0.5) / 2**32


NAMES = {"PM_Index": "Model!$A$1", "PM_Trials": f"{TRIALS}"}
CELLS: dict[str, Any] = {
    "A1": 1,
    "B1": 7,
    "B2": 100_000_000,
    "C1": written("B1"),
    "C2": written("B1+1"),
    "C3": written("B1", "B2", "3", "99999"),
    "D1": "=NORM.INV(C1,100,10)",
    "D2": "=IF(C2<0.3,1,0)",
    "D3": '=MC.OUTPUT("Sum")+D1+100*D2',
}
TRIAL_NUMBERS = range(1, TRIALS + 1)


@pytest.mark.parametrize("engine", ["reference", "auto"])
@pytest.mark.parametrize("sampling", ["monte_carlo", "latin_hypercube"])
def test_each_trial_draws_what_the_formula_draws_in_excel(engine: Any, sampling: Any, book: Book) -> None:
    """Bit for bit: every intermediate is a whole number below 2^53."""
    path = book({"Model": CELLS}, names=NAMES)
    model = compute.Model.open(path, outputs=["Model!C1", "Model!C2", "Model!C3", "Model!D1"])
    assert not model.unsupported
    result = model.simulate(seed=9, engine=engine, sampling=sampling)
    assert result.iterations == TRIALS
    drawn = {
        "Model!C1": [expected(t, 7) for t in TRIAL_NUMBERS],
        "Model!C2": [expected(t, 8) for t in TRIAL_NUMBERS],
        "Model!C3": [expected(t, 7, 100_000_000, 3, 99_999) for t in TRIAL_NUMBERS],
    }
    for key, values in drawn.items():
        np.testing.assert_array_equal(result.outputs[key].samples, values)
    normal = stats.norm(100, 10).ppf(drawn["Model!C1"])
    np.testing.assert_allclose(result.outputs["Model!D1"].samples, normal, rtol=1e-12)
    total = normal + 100 * (np.array(drawn["Model!C2"]) < 0.3)
    np.testing.assert_allclose(result.outputs["Sum"].samples, total, rtol=1e-12)


def test_the_workbook_shows_the_trial_of_its_index(book: Book) -> None:
    shown = compute.recalculate(book({"Model": {**CELLS, "A1": 42}}, names=NAMES))["Model"]
    assert (shown["C1"], shown["C3"]) == (expected(42, 7), expected(42, 7, 100_000_000, 3, 99_999))


def test_variables_are_uniform_and_independent(book: Book) -> None:
    """As the generator promises; a run of the first 500 trials, whose figures are the same on every machine."""
    result = compute.Model.open(book({"Model": CELLS}, names=NAMES), outputs=["Model!C1", "Model!C2"]).simulate(seed=1)
    one, other = (result.outputs[key].samples for key in ("Model!C1", "Model!C2"))
    assert stats.kstest(one, "uniform").pvalue > 1e-3
    assert stats.kstest(other, "uniform").pvalue > 1e-3
    assert abs(float(stats.spearmanr(one, other).statistic)) < 4 / math.sqrt(TRIALS)
    assert [i.key for i in compute.Model.open(book({"Model": CELLS}, names=NAMES)).describe().inputs] == ["PM_Index"]

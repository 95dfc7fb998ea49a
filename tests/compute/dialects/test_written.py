"""Laws written as formulas mean the same laws when a workbook is read that holds them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from compute.dialects.written import atrisk_formula, montecell_formula
from compute.distributions import LAWS
from compute.fitting import CONTINUOUS, DISCRETE, CannotFit, fit_law
from compute.fitting.samples import sample
from compute.runners import Model

FITTED = sorted({law.name for law in (*CONTINUOUS, *DISCRETE)})
DATA = {
    "unit": [0.05, 0.2, 0.31, 0.4, 0.44, 0.5, 0.62, 0.7, 0.85],
    "counts": [1, 2, 2, 3, 3, 4, 4, 5, 7, 9, 12],
    "bits": [0, 1, 1, 0, 1],
}


def _parameters(name: str) -> tuple[float, ...]:
    for values in DATA.values():
        try:
            return tuple(fit_law(LAWS[name], sample(values)).parameters.values())
        except CannotFit:
            continue
    raise AssertionError(name)


@pytest.mark.parametrize("shift", [0.0, -1.5])
@pytest.mark.parametrize("name", FITTED)
def test_a_written_law_is_read_as_the_same_law(name: str, shift: float, book: Callable[..., Path]) -> None:
    parameters = _parameters(name)
    own, theirs = montecell_formula(LAWS[name], parameters, shift), atrisk_formula(LAWS[name], parameters, shift)
    cells = {"A1": own.replace("MC.", "_xldudf_MC_")}
    if theirs is not None:
        cells["A2"] = theirs.replace("Risk", "_xll.Risk")
    cells["A3"] = '=_xldudf_MC_OUTPUT("x")+A1'
    found = Model.open(book({"M": cells})).inputs
    expected = LAWS[name](*parameters).shift(shift) if shift else LAWS[name](*parameters)
    assert len(found) == len(cells) - 1
    for each in found.values():
        assert each.law is not None
        for p in (0.01, 0.3, 0.99):
            assert each.law.ppf(p) == expected.ppf(p)


@pytest.mark.parametrize(
    ("name", "parameters", "shift", "own", "theirs"),
    [
        ("GAMMA", (2.0, 0.5), 0.0, "=MC.GAMMA(2,0.5)", "=RiskGamma(2,0.5)"),
        ("GAMMA", (2.0, 1e-7), 3.0, "=MC.GAMMA(2,1E-07,MC.SHIFT(3))", "=RiskGamma(2,1E-07,RiskShift(3))"),
        ("METALOG", ((1.0, 2.5), -1e300, 1e300), 0.0, "=MC.METALOG({1,2.5})", None),
        ("METALOG", ((1.0, 2.5), 0.0, 1e300), 0.0, "=MC.METALOG({1,2.5},0)", None),
        ("DUNIFORM", ((1.0, 2.0),), 0.0, "=MC.DUNIFORM({1,2})", "=RiskDUniform({1,2})"),
        # RiskTrigen counts its probabilities from 0 to 100, and is not written.
        ("TRIGEN", (1.0, 2.0, 3.0, 0.1, 0.9), 0.0, "=MC.TRIGEN(1,2,3,0.1,0.9)", None),
    ],
)
def test_spelling(
    name: str, parameters: tuple[float | tuple[float, ...], ...], shift: float, own: str, theirs: str | None
) -> None:
    assert montecell_formula(LAWS[name], parameters, shift) == own
    assert atrisk_formula(LAWS[name], parameters, shift) == theirs

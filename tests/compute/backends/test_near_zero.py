"""Differences close to 0: what Excel shows of them, as published by Microsoft and by people who measured it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import compute

LARGEST = "2^1023+(2^1023-2^971)"
MODEL: dict[str, Any] = {
    "A1": "=" + LARGEST, "B1": "=2^1023+(2^1023-5*2^971)", "C1": "=2^1023+(2^1023-9*2^971)",
    "A2": 0.5, "B2": 0.4, "C2": 0.1, "A3": 0.1, "B3": 0.2, "C3": 0.3,
    "A4": "=0.014669354886482475", "B4": "=0.014669354886482503",
    "A5": "=0.023988118438107622", "B5": "=0.023988118438107643",
    "A6": 818562.54, "B6": 40026.44, "C6": 778536.1, "D1": "x",
}  # fmt: skip

TABLE: list[tuple[str, Any]] = [
    # Microsoft, KB 78113 (floating-point arithmetic may give inaccurate results)
    ("=1.333+1.225-1.333-1.225", 0.0),
    ("=(1.333+1.225-1.333-1.225)", -2.220446049250313e-16),
    ("=(43.1-43.2)+1", 0.8999999999999986),
    ("=1*(0.5-0.4-0.1)", -2.7755575615628914e-17),
    # Stack Overflow 53337274
    ("=0.5-0.4-0.1", 0.0),
    ("=(0.5-0.4-0.1)", -2.7755575615628914e-17),
    # W. Kahan, How futile are mindless assessments of roundoff (2006)
    ("=(4/3-1)*3-1", 0.0),
    ("=((4/3-1)*3-1)", -2.220446049250313e-16),
    # J. W. Lewis, microsoft.public.excel
    ("=52.8-8.8*6", 0.0),
    ("=(52.8-8.8*6)", -7.105427357601002e-15),
    ("=70.4-8.8-61.6", 0.0),
    ("=(70.4-8.8-61.6)", 7.105427357601002e-15),
    # joeu2004, microsoft.public.excel: four units of the last bit vanish, eight do not
    ("=A1-B1", 0.0),
    ("=(A1-B1)", 4 * 2.0**971),
    ("=A1-C1", 8 * 2.0**971),
    # shown by Excel in published questions
    ("=115-113.2-1.8", -2.886579864025407e-15),
    ("=A6-C6-B6", 5.820766091346741e-11),
    ("=A6-B6-C6", 0.0),
    ("=100-99.99-0.01", 5.115699530655604e-15),
    # stored by Excel in a published workbook (USD_YC1YBootstrapping.xlsm, Monitor!T47 and T52)
    ("=A4-B4", -2.7755575615628914e-17),
    ("=A5-B5", 0.0),
    # only the operation that ends the formula counts
    ("=1-0.9-0.1", 0.0),
    ("=0.1+0.2-0.3", 0.0),
    ("=-0.3+0.1+0.2", 0.0),
    ("=A3+B3-C3", 0.0),
    ("=-C3+A3+B3", 0.0),
    ("=(A3+B3-C3)*1", 5.551115123125783e-17),
    ("=-(A3+B3-C3)", -5.551115123125783e-17),
    ("=SUM(A3:B3)-C3", 0.0),
    ("=SUM(A3,B3,-C3)", 5.551115123125783e-17),
    ("=ABS(A3+B3-C3)", 5.551115123125783e-17),
    ("=IF(TRUE,A3+B3-C3)", 5.551115123125783e-17),
    ("=(A3+B3-C3)=0", False),
    ("=A3+B3-C3=0", False),
    ("=A3+B3=C3", True),
    ("=A3+B3>C3", False),
    ("=A3+B3>=C3", True),
    ("=C3<A3+B3", False),
    ("=A3+B3<>C3", False),
    ("=A3+B3=C3+0.00000000000001", False),
    # J. Lewis and ONLYOFFICE 3769: totals that agree to 15 digits compare as equal, in every comparison
    ("=6.4583333333333348>6.4583333333333339", False),
    ("=D1-0", "#VALUE!"),
    ("=0-0.1-D9", -0.1),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "expected"), TABLE)
def test_a_difference_close_to_zero(book: Callable[..., Path], formula: str, expected: Any) -> None:
    value = compute.recalculate(book({"S": {**MODEL, "Z99": formula}}))["S"]["Z99"]
    assert getattr(value, "code", value) == expected


def test_each_element_of_an_array_formula_has_its_own_rule(book: Callable[..., Path]) -> None:
    cells = {"A1": 0.3, "A2": 0.7, "A3": "x", "B1:B3": "=A1:A3-(0.1+0.2)", "C1:C3": "=(A1:A3-(0.1+0.2))"}
    values = compute.recalculate(book({"S": cells}))["S"]
    assert [values["B1"], values["B2"], values["B3"].code] == [0.0, 0.7 - (0.1 + 0.2), "#VALUE!"]
    assert values["C1"] == -5.551115123125783e-17


def test_an_error_in_one_iteration_leaves_the_rule_to_the_others(book: Callable[..., Path]) -> None:
    cells = {
        "A1": "=_xldudf_MC_UNIFORM(0,1)", "A2": "=IF(A1<0.5,0.1+0.2,NA())", "A3": "=A2-0.3",
        "A4": '=_xldudf_MC_OUTPUT("x")+IFERROR(A3,7)',
    }  # fmt: skip
    result = compute.Model.open(book({"S": cells})).simulate(iterations=200, seed=1)
    draws = result.inputs["S!A1"].samples
    np.testing.assert_array_equal(result.outputs["x"].samples, np.where(draws < 0.5, 0.0, 7.0))

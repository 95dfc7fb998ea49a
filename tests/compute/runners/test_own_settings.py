"""A run takes length, seed and sampling from its workbook where its caller says nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import compute

NAMES = {"RiskNumIterations": "300", "RiskFixedSeed": "7", "RiskUseFixedSeed": "TRUE", "RiskSamplingType": "3"}
CELLS = {"A1": "=_xll.RiskUniform(0,2)", "A2": '=_xll.RiskOutput("Profit")+A1*2'}


@pytest.mark.parametrize(
    ("given", "figures", "note"),
    [
        ({}, (300, 7, "latin_hypercube"), "@RISK: iterations 300, seed 7, sampling latin_hypercube"),
        ({"iterations": 50}, (50, 7, "latin_hypercube"), "@RISK: seed 7, sampling latin_hypercube"),
        ({"seed": 9, "sampling": "monte_carlo"}, (300, 9, "monte_carlo"), "@RISK: iterations 300"),
        ({"iterations": 50, "seed": 9, "sampling": "sobol"}, (50, 9, "sobol"), None),
    ],
)
def test_the_callers_figures_come_first(
    given: dict[str, Any], figures: tuple[int, int, str], note: str | None, book: Callable[..., Path]
) -> None:
    result = compute.Model.open(book({"M": CELLS}, names=NAMES)).simulate(**given)
    certificate = result.certificate
    assert (certificate.iterations, certificate.seed, certificate.sampling) == figures
    told = [n for n in result.summary().notes if n.startswith("taken from")]
    assert told == ([] if note is None else [f"taken from the workbook's settings of {note}"])


def test_a_workbook_without_settings_runs_by_the_defaults(book: Callable[..., Path]) -> None:
    result = compute.Model.open(book({"M": CELLS})).simulate()
    certificate = result.certificate
    assert (certificate.iterations, certificate.seed, certificate.sampling) == (10_000, 42, "latin_hypercube")
    assert not [n for n in result.notes if n.startswith("taken from")]


def test_a_run_that_ends_itself_has_the_workbooks_seed_and_not_its_length(book: Callable[..., Path]) -> None:
    result = compute.Model.open(book({"M": CELLS}, names=NAMES)).simulate("auto")
    assert result.certificate.seed == 7
    (told,) = [n for n in result.notes if n.startswith("taken from")]
    assert "iterations" not in told

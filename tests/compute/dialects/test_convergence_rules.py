"""Rules of convergence that a workbook states: RiskConvergence, and @RISK's saved settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import compute
from compute.cli import main
from compute.dialects.convergence import rules_of, rules_of_settings
from compute.errors import Scalar
from compute.formulas import parse
from compute.formulas.ast import Call
from compute.runners.own_settings import workbook_rules
from compute.stopping import ConvergenceRule

Build = Callable[..., Path]
MEAN = ConvergenceRule(tolerance=0.03)
DEVIATION = ConvergenceRule(statistic="standard_deviation", tolerance=0.03)
PERCENTILE = ConvergenceRule(statistic="percentile", level=0.9, tolerance=0.03)

CALLS: dict[str, tuple[ConvergenceRule, ...] | None] = {
    # Palisade's own example: ± 3 % of the mean at 95 %.
    "RiskConvergence(3%,2,95%,TRUE)": (MEAN,),
    "RiskConvergence(0.03,2,0.95,TRUE,TRUE,TRUE,0.9)": (MEAN, DEVIATION, PERCENTILE),
    "RiskConvergence(500,1,99%,FALSE,TRUE)": (
        ConvergenceRule(statistic="standard_deviation", tolerance=500, relative=False, confidence=0.99),
    ),
    "RiskConvergence(3%,2)": (MEAN,),
    "RiskConvergence(3%,2,,TRUE,,TRUE,90%)": (MEAN, PERCENTILE),
    "RiskConvergence(3%,3,95%,TRUE)": None,
    "RiskConvergence(A1,2,95%,TRUE)": None,
    "RiskConvergence(0,2,95%,TRUE)": None,
    "RiskConvergence(3%,2,150%,TRUE)": None,
    "RiskConvergence(3%,2,95%,FALSE,FALSE,TRUE)": None,
}


@pytest.mark.parametrize("text", CALLS)
def test_a_rule_of_an_output(text: str) -> None:
    call = parse(text, 1, 1)
    assert isinstance(call, Call)
    assert rules_of(call) == CALLS[text]


SAVED: Mapping[str, Scalar] = {
    "RiskMonitorConvergence": True,
    "_AtRisk_SimSetting_ConvergenceConfidenceLevel": 0.95,
    "_AtRisk_SimSetting_ConvergencePercentileToTest": 0.9,
    "_AtRisk_SimSetting_ConvergencePerformMeanTest": True,
    "_AtRisk_SimSetting_ConvergencePerformPercentileTest": False,
    "_AtRisk_SimSetting_ConvergencePerformStdDeviationTest": False,
    "_AtRisk_SimSetting_ConvergenceTestAllOutputs": True,
    "_AtRisk_SimSetting_ConvergenceTestingPeriod": 100.0,
    "_AtRisk_SimSetting_ConvergenceTolerance": 0.03,
}
"""The names and values of a workbook that @RISK 8.2 saved, but that it monitors."""


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, (MEAN,)),
        ({"PerformPercentileTest": True, "PerformMeanTest": False}, (PERCENTILE,)),
        ({"PerformStdDeviationTest": True}, (MEAN, DEVIATION)),
        ({"TestAllOutputs": False}, ()),
        ({"ToleranceKind": 1.0}, None),
        ({"Tolerance": "much"}, None),
    ],
)
def test_rules_of_saved_settings(changed: Mapping[str, Scalar], expected: tuple[ConvergenceRule, ...] | None) -> None:
    names = {**SAVED, **{f"_AtRisk_SimSetting_Convergence{n}": v for n, v in changed.items()}}
    assert rules_of_settings(names) == expected
    assert rules_of_settings({**names, "RiskMonitorConvergence": False}) == ()


def shown(value: Scalar) -> str:
    return str(value).upper() if isinstance(value, bool) else str(value)


NAMES = {n: shown(v) for n, v in SAVED.items()} | {"RiskNumIterations": "300"}
CELLS = {
    "A1": '=RiskOutput("Own",,,RiskConvergence(2%,2,95%,FALSE,TRUE))+RiskNormal(100,10)',
    "A2": '=RiskOutput("Other")+RiskNormal(100,10)',
    "A3": '=RiskOutput("Odd",,,RiskConvergence(B9,2,95%,TRUE))+RiskNormal(100,10)',
}


def test_inspect_tells_what_a_workbook_asks_for(book: Build) -> None:
    told = compute.Model.open(book({"M": CELLS}, names=NAMES)).describe()
    assert told.settings["convergence"] == "mean ± 3% (95% confidence)"
    assert "RiskMonitorConvergence" not in told.settings
    own, odd = (n for n in told.notes if "RiskConvergence" in n)
    assert own.startswith("M!A1: its RiskConvergence asks for standard deviation ± 2% (95% confidence); a run ends by")
    assert odd.startswith("M!A3: its RiskConvergence is not understood: its numbers must be written out")


def test_settings_with_a_name_that_is_not_known_are_told_and_not_followed(book: Build) -> None:
    names = {**NAMES, "_AtRisk_SimSetting_ConvergenceKind": "2"}
    told = compute.Model.open(book({"M": CELLS}, names=names)).describe()
    assert told.settings["RiskMonitorConvergence"] == "True"
    assert "convergence" not in told.settings


def test_an_outputs_rule_comes_before_those_for_all(book: Build) -> None:
    rules = workbook_rules(compute.Model.open(book({"M": CELLS}, names=NAMES)).program)
    assert [(r.statistic, r.tolerance, r.outputs) for r in rules] == [
        ("standard_deviation", 0.02, ("Own",)),
        ("mean", 0.03, ("Other", "Odd")),
    ]


def test_a_run_ends_by_the_workbooks_rules(book: Build, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(book({"M": CELLS}, names=NAMES))
    assert main(["simulate", path, "--until-converged", "workbook", "--json", "--quiet"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["certificate"]["iterations"] == 8_192
    rules = [(c["output"], c["statistic"], c["converged"]) for c in found["convergence"]]
    assert rules == [("Own", "standard_deviation", True), ("Other", "mean", True), ("Odd", "mean", True)]
    # Without being told so the run has the length that the workbook asks for.
    assert main(["simulate", path, "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["certificate"]["iterations"] == 300


def test_a_workbook_without_rules_is_an_error(book: Build, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(book({"M": {"A1": "=RiskNormal(1,1)+RiskOutput()"}}))
    assert main(["simulate", path, "--until-converged", "workbook", "--quiet"]) == 2
    assert "states no rule of convergence" in capsys.readouterr().err

"""Time series as each product writes them: the process they mean, what reshapes it, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compute.dialects import Canonicaliser, Draw, NotUnderstood, SeriesDraw, atrisk, modelrisk_series, montecell, psi
from compute.formulas import parse
from compute.formulas.ast import ArrayConstant, Call, Node, Number, Text, Unary
from compute.sampling.time_series import PROCESSES
from compute.workbook import read_workbook
from tests.compute.conftest import Build

PAGE = Path(__file__).resolve().parents[3] / "docs" / "time_series.md"


@pytest.fixture
def canonical(book: Build) -> Canonicaliser:
    return Canonicaliser(read_workbook(book({"S": {"A1": 1}})))


def numbers(nodes: tuple[Node, ...]) -> tuple[float, ...]:
    def value(node: Node) -> float:
        return -value(node.operand) if isinstance(node, Unary) else node.value if isinstance(node, Number) else -99.0

    return tuple(map(value, nodes))


# The calls of the help pages of @RISK and Analytic Solver, and of the risk wiki's signature.
SPELLINGS: list[tuple[str, str, tuple[float, ...]]] = [
    ("_xll.RiskAR1(100,40,0.8,490)", "AR1", (100, 40, 0.8, 490)),
    ("RiskAR1(100,40,0.8,490)", "AR1", (100, 40, 0.8, 490)),
    ("[1]!RiskAR2(1,2,0.3,0.4,5,6)", "AR2", (1, 2, 0.3, 0.4, 5, 6)),
    ("_xll.RiskMA1(1,2,0.3,4)", "MA1", (1, 2, 0.3, 4)),
    ("_xll.RiskMA2(1,2,0.3,0.4,5,6)", "MA2", (1, 2, 0.3, 0.4, 5, 6)),
    ("_xll.RiskARMA11(100,40,0.8,-0.2,490,10)", "ARMA11", (100, 40, 0.8, -0.2, 490, 10)),
    ("_xll.RiskARCH1(50,10,0.5,49)", "ARCH1", (50, 10, 0.5, 49)),
    ("_xll.RiskGARCH11(50,10,0.2,0.6,49,8)", "GARCH11", (50, 10, 0.2, 0.6, 49, 8)),
    ("_xll.RiskGBM(0.01,0.05)", "GBM", (0.01, 0.05)),
    ("_xll.RiskGBMJD(0.01,0.05,0.1,0.015,0.025)", "GBMJD", (0.01, 0.05, 0.1, 0.015, 0.025)),
    ("_xll.RiskBMMR(0.01,0.05,0.2,0.015)", "BMMR", (0.01, 0.05, 0.2, 0.015)),
    ("_xll.RiskBMMRJD(1,2,0.3,0.4,5,6,7)", "BMMRJD", (1, 2, 0.3, 0.4, 5, 6, 7)),
    ("_xldudf_MC_AR1(100,40,0.8,490)", "AR1", (100, 40, 0.8, 490)),
    ("MC.ARMA11(100,40,0.8,-0.2,490,10)", "ARMA11", (100, 40, 0.8, -0.2, 490, 10)),
    ("_xll.MC.BMMRJD(1,2,0.3,0.4,5,6,7)", "BMMRJD", (1, 2, 0.3, 0.4, 5, 6, 7)),
    ("PsiAR1(1,1,0,1)", "AR1", (1, 1, 0, 1)),
    ("_xll.PsiMA1(1,2,0.3,4)", "MA1", (1, 2, 0.3, 4)),
    ("PsiARCH1(50,10,0.5,49)", "ARCH1", (50, 10, 0.5, 49)),
    ("VoseTimeAR1(0.01,0.02,0.3,0.04,TRUE)", "AR1", (0.01, 0.02, 0.3, 0.04)),
    ("VoseTimeAR2(0.01,0.02,0.3,0.1,0.04,0.05,1)", "AR2", (0.01, 0.02, 0.3, 0.1, 0.04, 0.05)),
]


@pytest.mark.parametrize(("text", "process", "parameters"), SPELLINGS, ids=[text for text, _, _ in SPELLINGS])
def test_a_call_is_a_path_of_its_process(
    canonical: Canonicaliser, text: str, process: str, parameters: tuple[float, ...]
) -> None:
    drawn = canonical(parse(text, 1, 1))
    assert isinstance(drawn, SeriesDraw)
    assert (drawn.law, numbers(drawn.parameters), drawn.periods, drawn.ordinal) == (process, parameters, None, 1)
    assert len(parameters) == len(PROCESSES[process].parameters())


def test_every_process_has_its_function_in_montecell_and_atrisk() -> None:
    for functions in (montecell.SERIES, atrisk.SERIES):
        assert {f.process: len(f.parameters) for f in functions.values()} == {
            name: len(process.parameters()) for name, process in PROCESSES.items()
        }


@pytest.mark.parametrize("prefix", ["_xll.Risk", "_xll.Psi", "MC."])
def test_properties_reshape_a_path(canonical: Canonicaliser, prefix: str) -> None:
    properties = ("TSTransform(1,0)", "TSIntegrate(2,10,15)", "TSSeasonality(3,4,{0.1,0.3,0.5,0.2},2)", 'Name("P")')
    drawn = canonical(parse(f"{prefix}AR1(1,2,0.5,3,{','.join(prefix + p for p in properties)})", 1, 1))
    assert isinstance(drawn, SeriesDraw)
    assert (numbers(drawn.transform), numbers(drawn.integrate)) == ((1, 0), (2, 10, 15))
    assert numbers(drawn.season[:2] + drawn.season[3:]) == (3, 4, 2)
    assert isinstance(drawn.season[2], ArrayConstant)
    assert drawn.name == Text("P")


def test_periods_and_a_name_follow_montecells_parameters(canonical: Canonicaliser) -> None:
    both = canonical(parse('MC.GBM(0.01,0.05,12,"Oil")', 1, 1))
    assert isinstance(both, SeriesDraw)
    assert (both.periods, both.name) == (Number(12.0), Text("Oil"))
    name = canonical(parse('MC.GBM(0.01,0.05,"Oil")', 1, 1))
    assert isinstance(name, SeriesDraw)
    assert (name.periods, name.name) == (None, Text("Oil"))


def test_modelrisks_values_go_on_from_the_initial_one(canonical: Canonicaliser) -> None:
    drawn = canonical(parse("VoseTimeAR1(0.01,0.02,0.3,0.04,,80)", 1, 1))
    assert isinstance(drawn, SeriesDraw)
    assert drawn.transform == (Number(1.0),)
    assert drawn.integrate == (Number(1.0), Call("LN", (Number(80.0),)))


REFUSED: list[tuple[str, str, str]] = [
    ("_xll.RiskEGARCH11(1,2,3,4,5,6,7,8)", "RiskEGARCH11", "not available"),
    ("RiskAPARCH11(1,2,3,4,5,6,7,8)", "RiskAPARCH11", "not available"),
    ("_xll.RiskAR1(1,2,0.5)", "RiskAR1", r"takes \(μ, σ, a1, Y0\), but 3 arguments"),
    ("_xll.RiskAR1(1,2,0.5,0,12)", "RiskAR1", "but 5 arguments"),
    ("_xll.RiskAR1(1,,0.5,0)", "RiskAR1", "σ is left out"),
    ("MC.GBM(1,2,3,4)", "MC.GBM", r"\[periods\]\), but 4 arguments"),
    ("_xll.RiskGBMJD(1,2,3,4,5,_xll.RiskCorrmat(A1:B2,1))", "RiskGBMJD", "noise and its jumps"),
    ('_xll.RiskGBM(1,2,_xll.RiskDepC("oil",0.5))', "RiskGBM", "by a matrix"),
    ("_xll.RiskGBM(1,2,_xll.RiskTruncate(0,))", "RiskGBM", "truncated"),
    ("_xll.RiskGBM(1,2,_xll.RiskShift(1))", "RiskGBM", "shifted"),
    ("_xll.RiskAR1(1,2,0.5,0,_xll.RiskTSSync(2,B1:B72))", "RiskAR1", "TSSync"),
    ("_xll.RiskAR1(1,2,0.5,0,_xll.RiskTSTransform(1,2,3))", "RiskAR1", "TSTRANSFORM takes 1 to 2"),
    ("_xll.RiskNormal(1,2,_xll.RiskTSTransform(1,0))", "RiskNormal", "belongs to a time series"),
    ("_xll.RiskCompound(3,_xll.RiskGBM(1,2))", "RiskCompound", "severity is a time series"),
    ("PsiAR2(1,2,0.3,0.4,5,6)", "PsiAR2", "start values"),
    ("PsiGARCH11(1,2,3,4,5,6)", "PsiGARCH11", "order of its arguments"),
    ("PsiAR1(1,1,0,1,PsiTSTransform(2,2))", "PsiAR1", "adds its shift"),
    ("VoseTimeGBM(0.1,0.2,80)", "VoseTimegbm", "time series"),
    ("VoseTimeAR1(0.01,0.02,0.3,0.04)", "VoseTimeAR1", "initial value is left out"),
    ("VoseTimeAR1(0.01,0.02,0.3,0.04,A1,80)", "VoseTimeAR1", "TRUE or FALSE"),
    ("VoseTimeAR1(0.01,0.02,0.3,0.04,FALSE,80,12)", "VoseTimeAR1", "at most 6 arguments"),
]


@pytest.mark.parametrize(("text", "name", "reason"), REFUSED, ids=[text for text, _, _ in REFUSED])
def test_what_has_no_meaning_is_refused_by_name(canonical: Canonicaliser, text: str, name: str, reason: str) -> None:
    refused = canonical(parse(text, 1, 1))
    assert isinstance(refused, NotUnderstood)
    assert refused.call == name
    assert re.search(reason, refused.reason)


def test_a_synchronisation_that_is_off_changes_nothing(canonical: Canonicaliser) -> None:
    assert isinstance(canonical(parse("_xll.RiskAR1(1,2,0.5,0,_xll.RiskTSSync(0))", 1, 1)), SeriesDraw)


def test_a_law_stays_a_law(canonical: Canonicaliser) -> None:
    drawn = canonical(parse("_xll.RiskNormal(1,2)", 1, 1))
    assert isinstance(drawn, Draw)
    assert not isinstance(drawn, SeriesDraw)


def rows_of(heading: str) -> list[str]:
    section = PAGE.read_text(encoding="utf-8").partition(heading)[2]
    lines = section[section.index("|---") :].splitlines()[1:]
    return lines[: next(i for i, line in enumerate(lines) if not line.startswith("|"))]


def test_the_page_lists_what_the_code_has() -> None:
    theirs = [{f.process: f"`{f.signature}`" for f in m.SERIES.values()} for m in (atrisk, psi)]
    expected = [
        f"| `{f.signature}` | {' | '.join(t.get(f.process, '') for t in theirs)} |" for f in montecell.SERIES.values()
    ]
    assert rows_of("| Montecell | @RISK") == expected
    vose = [f"| `{f.signature}` | `{f.process}` |" for f in modelrisk_series.SERIES.values()]
    assert rows_of("| ModelRisk | process") == vose

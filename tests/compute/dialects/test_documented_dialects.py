"""docs/dialects.md says what the code understands: each of its tables is compared with the code's, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from compute.dialects import atrisk, campagna, crystal_ball, modelrisk, properties, psi, xlrisk
from compute.dialects.combined import COMBINED
from compute.dialects.modelrisk_copulas import COPULAS
from compute.dialects.modelrisk_figures import FIGURES, PROBABILITIES
from compute.dialects.signature import LawFunction
from compute.dialects.statistics import StatisticFunction
from compute.distributions import COMBINATIONS, LAWS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "dialects.md"


def signature_of(name: str) -> str:
    parts = [p.name if p.default is None else f"[{p.name}={p.default:g}]" for p in LAWS[name].parameters]
    return f"`MC.{name}({', '.join(parts)})`"


def function_rows(functions: Mapping[str, LawFunction]) -> Iterable[str]:
    return (f"| `{f.signature}` | `MC.{f.law}` |" for f in functions.values())


def refused_rows(prefix: str, unavailable: Mapping[str, str]) -> Iterable[str]:
    reasons: dict[str, list[str]] = {}
    for name, reason in unavailable.items():
        reasons.setdefault(reason, []).append(f"`{prefix}{name}`")
    return (f"| {', '.join(names)} | {reason} |" for reason, names in reasons.items())


def statistic_rows(functions: Mapping[str, StatisticFunction]) -> Iterable[str]:
    return (f"| `VOSE{n}` | {f.kind.replace('_', ' ')} |" for n, f in functions.items())


def combined_rows() -> Iterable[str]:
    theirs = {law: f"`{name}`" for name, law in atrisk.COMBINED.items()}
    return (
        f"| `MC.{law}({c.signature})` | {theirs.get(law, '')} | {COMBINATIONS[law].summary} |"
        for law, c in COMBINED.items()
    )


def kind_of(copula: str) -> str:
    kind = copula.removeprefix("BI").removeprefix("MULTI")
    return {"NORMAL": "Gaussian", "T": "t"}.get(kind, kind.capitalize())


TABLES: dict[str, Iterable[str]] = {
    "Laws made of laws": combined_rows(),
    "Montecell's laws": (f"| {signature_of(n)} | {law.summary} |" for n, law in LAWS.items()),
    "@RISK's laws": function_rows(atrisk.FUNCTIONS),
    "@RISK's functions without a meaning here": refused_rows("Risk", atrisk.UNAVAILABLE),
    "XLRisk's laws": function_rows(xlrisk.FUNCTIONS),
    "Analytic Solver's laws": function_rows(psi.FUNCTIONS),
    "Analytic Solver's functions without a meaning here": refused_rows("Psi", psi.UNAVAILABLE),
    "ModelRisk's laws": function_rows(modelrisk.FUNCTIONS),
    "ModelRisk's figures of a law": (f"| `{n}` | {f} |" for n, f in (*FIGURES.values(), *PROBABILITIES.values())),
    "ModelRisk's copulas": (f"| `{signature}` | {kind_of(n)} |" for n, signature in COPULAS.items()),
    "ModelRisk's statistics of a run": statistic_rows(modelrisk.STATISTICS),
    "Crystal Ball's laws": function_rows(crystal_ball.FUNCTIONS),
    "Campagna's laws": function_rows(campagna.FUNCTIONS),
    "Crystal Ball's functions without a meaning here": refused_rows("CB.", crystal_ball.UNAVAILABLE),
}


def table(heading: str) -> list[str]:
    """The rows of the table under a heading, without its header."""
    section = PAGE.read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("|")][2:]


@pytest.mark.parametrize("heading", TABLES)
def test_tables_list_what_the_code_has(heading: str) -> None:
    assert table(heading) == list(TABLES[heading])


def test_every_property_is_named() -> None:
    told = {cell.lower() for row in table("Properties") for cell in row.replace("`", "").split("|")[1].split(", ")}
    known = {*properties.READERS, *properties.SILENT, *properties.REFUSED}
    assert {name.strip().upper() for name in told} == known

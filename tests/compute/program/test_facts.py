"""The references of a tree, found alone or with its other facts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from compute.program import Program, assemble
from compute.program.facts import FactBook
from compute.workbook import read_workbook

Build = Callable[..., Path]
CELLS = {
    "A1": 1.0,
    "B1": "=SUM(A1:A3)+C1*ROW(D1)",
    "B2": "=MC.NORMAL(A1,A2)+1",
    "B3": "=Doubled(A1)+OFFSET(A1,1,0)",
    "B4": "=LET(x,A2,x+A3)",
    "B5": '=SUMIF(A1:A3,">0",C1)',
    "B6": "=2+3",
}


@pytest.mark.parametrize("names", [{}, {"Doubled": "LAMBDA(x,x*2+S!$C$9)"}], ids=["no lambdas", "a lambda"])
@pytest.mark.parametrize("asked_before", [False, True])
def test_references_are_those_of_the_facts(book: Build, names: dict[str, str], asked_before: bool) -> None:
    """Asked first or last, and twice; a LAMBDA's own references are its caller's too."""
    program: Program = assemble(read_workbook(book({"S": CELLS}, names=names)), everything=True)
    for formula in program.formulas:
        facts = FactBook(program.lambdas)
        if asked_before:
            facts(formula.tree)
        expected = FactBook(program.lambdas)(formula.tree).references
        assert [facts.references(formula.tree) for _ in range(2)] == [expected, expected]
        assert facts(formula.tree).references == expected

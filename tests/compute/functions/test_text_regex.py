"""REGEXTEST, REGEXEXTRACT and REGEXREPLACE by Microsoft's examples."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import compute

CELLS = {
    "A1": "alfalfa",
    "A2": "DylanWilliams",
    "A3": "Sonia Rees (378) 555-4195",
    "A4": "SoniaBrown SoniaRees",
    "A5": 12,
}

TABLE: list[tuple[str, Any]] = [
    ('REGEXTEST(A1,"a")', True),
    ('REGEXTEST(A1,"[a-z]")', True),
    ('REGEXTEST(A1,"[A-Z]")', False),
    ('REGEXTEST(A1,"[A-Z]",1)', True),
    ('REGEXTEST(A1,"[aeiou]{2}")', False),
    ('REGEXTEST(A1,"(")', "#VALUE!"),
    ('REGEXTEST(A5,"^\\d+$")', True),
    ('REGEXEXTRACT(A2,"[A-Z][a-z]+")', "Dylan"),
    ('TEXTJOIN(" ",TRUE,REGEXEXTRACT(A2,"[A-Z][a-z]+",1))', "Dylan Williams"),
    ('REGEXEXTRACT(A3,"[0-9()]+ [0-9-]+")', "(378) 555-4195"),
    ('CONCAT(REGEXEXTRACT(A3,"(\\w+) (\\w+)",2))', "SoniaRees"),
    ('REGEXEXTRACT(A1,"x")', "#N/A"),
    ('REGEXREPLACE(A3,"[0-9]+-","***-")', "Sonia Rees (378) ***-4195"),
    ('REGEXREPLACE(A2,"([A-Z][a-z]+)([A-Z][a-z]+)","$2, $1")', "Williams, Dylan"),
    ('REGEXREPLACE(A4,"Sonia","X",2)', "SoniaBrown XRees"),
    ('REGEXREPLACE(A4,"Sonia","X",-1)', "SoniaBrown XRees"),
    ('REGEXREPLACE(A4,"sonia","",0,1)', "Brown Rees"),
    ('REGEXREPLACE(A1,"f","$3")', "#VALUE!"),
]


@pytest.mark.parametrize(("formula", "expected"), TABLE)
def test_regular_expressions(book: Callable[..., Path], formula: str, expected: Any) -> None:
    stored = (
        formula.replace("REGEX", "_xlfn.REGEX").replace("TEXTJOIN", "_xlfn.TEXTJOIN").replace("CONCAT", "_xlfn.CONCAT")
    )
    value = compute.recalculate(book({"S": {**CELLS, "Z9": f"={stored}"}}))["S"]["Z9"]
    assert getattr(value, "code", value) == expected


@pytest.mark.parametrize("call", ['_xlfn.REGEXTEST(A1,"^(a|a)*$")', '_xlfn.REGEXREPLACE(A1,"(a|aa)+$","x")'])
def test_a_pattern_that_explodes_is_given_up(book: Callable[..., Path], call: str) -> None:
    cells = {"A1": "a" * 5_000 + "b", "B1": f"={call}"}
    value = compute.recalculate(book({"S": cells}))["S"]["B1"]
    assert getattr(value, "code", value) in ("#VALUE!", False, "a" * 5_000 + "b")

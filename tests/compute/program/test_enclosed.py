"""Which formulas stand in parentheses as a whole."""

from __future__ import annotations

import pytest

from compute.program.enclosed import is_enclosed


@pytest.mark.parametrize(
    ("text", "enclosed"),
    [
        ("(A1-B1)", True), ("=(A1-B1)", True), (" ( A1-B1 ) ", True), ("((A1)-(B1))", True), ("(A1)-(B1)", False),
        ("A1-B1", False), ("SUM(A1)", False), ('(A1-LEN(")"))', True), ('(A1)-LEN("(")', False), ("('(a'!A1-B1)", True),
        ("(A1)+('b)'!A1)", False), ("(A1-B1", False),
    ],
)  # fmt: skip
def test_whether_parentheses_hold_the_whole_formula(text: str, enclosed: bool) -> None:
    assert is_enclosed(text) is enclosed

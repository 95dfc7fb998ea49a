"""What each formula reads: looked up for all its copies at once, as one by one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from compute.graph import ProducerIndex
from compute.program import FormulaCell, Program, assemble, dependencies
from compute.program.copies import Copies
from compute.program.dependencies import Dependencies
from compute.program.facts import FactBook
from compute.values import Area
from compute.workbook import read_workbook

Build = Callable[..., Path]
ROWS = range(1, 31)
COLUMNS = {
    "A": lambda r: "=ROW()",
    "B": lambda r: f"=A{r}*2",
    "C": lambda r: f"=B{r}+$A$1+Other!A{r}",
    "D": lambda r: f"=SUM(A{r}:C{r})+SUM(A$1:A{r})",
    "E": lambda r: f"=SUM($A$1:$C$30)+SUM(Other:Third!B{r})",
    "F": lambda r: f"=Nowhere!A{r}+Z{r}+XFD{r}",
    "G": lambda r: f"=SUM(D{r}:A{31 - r})+SUM(C:C)+SUM(2:2)",
    "H": lambda r: f"=SUM(A{r}:A{r},B{r})+Third!$B$2",
}


def cells(letters: str) -> dict[str, object]:
    return {f"{letter}{row}": COLUMNS[letter](row) for letter in letters for row in ROWS}


@pytest.fixture
def program(book: Build) -> Program:
    path = book({"Main": cells("ABCDEFGH"), "Other": cells("AB"), "Third": {"B2": "=Main!A1", "B4": 7.0}})
    return assemble(read_workbook(path), everything=True)


def read_by_each(program: Program) -> list[list[object]]:
    """For each formula what it reads in order; an area as its members."""
    copies = Copies(program.formulas, FactBook())
    found = Dependencies(program.formulas, copies, program.producers, program.producer_index, program.sheets)
    count = len(program.formulas)
    return [[n if n < count else tuple(found(n)) for n in found(number)] for number in range(count)]


def test_copies_are_looked_up_together_as_one_by_one(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    together = read_by_each(program)
    monkeypatch.setattr(dependencies, "FEWEST", 1_000_000)
    assert together == read_by_each(program)


def test_what_copies_read(program: Program) -> None:
    at, read = program.producers, read_by_each(program)
    row = 9
    assert read[at[0, row, 3]] == [at[0, row, 2], at[0, 1, 1], at[1, row, 1]]
    assert read[at[0, row, 4]] == [
        tuple(at[0, row, c] for c in (1, 2, 3)),
        tuple(at[0, r, 1] for r in range(1, row + 1)),
    ]
    assert read[at[0, row, 6]] == []
    assert read[at[0, row, 8]] == [at[0, row, 1], at[0, row, 2], at[2, 2, 2]]


def test_a_reference_wraps_at_the_edge_of_the_sheet(book: Build) -> None:
    path = book({"S": {f"B{row}": f"=XFD{row}" for row in ROWS} | {f"XFD{row}": "=1" for row in ROWS}})
    program = assemble(read_workbook(path), everything=True)
    assert all(read_by_each(program)[program.producers[0, r, 2]] == [program.producers[0, r, 16_384]] for r in ROWS)


def test_an_index_of_nothing_finds_nothing() -> None:
    assert ProducerIndex({}).inside(Area(0, 1, 1, 5, 5)) == []


@pytest.mark.parametrize(
    ("area", "found"),
    [
        (Area(0, 1, 1, 1, 1), [0]),
        (Area(0, 1, 1, 1_048_576, 1), [0, 1]),
        (Area(0, 2, 1, 3, 16_384), [1, 2]),
        (Area(0, 1, 16_384, 1_048_576, 16_384), [3]),
        (Area(1, 1, 1, 1_048_576, 16_384), [4]),
        (Area(2, 1, 1, 9, 9), []),
    ],
)
def test_formulas_inside_an_area(area: Area, found: list[int]) -> None:
    """By column and row, each once, the corners of the sheet included."""
    filled = {(0, 1, 1): 0, (0, 2, 1): 1, (0, 3, 2): 2, (0, 2, 2): 2, (0, 1_048_576, 16_384): 3, (1, 1, 1): 4}
    assert ProducerIndex(filled).inside(area) == found


def test_copies_by_their_tree(program: Program) -> None:
    copies = Copies(program.formulas, FactBook())
    numbers = sorted(n for _, group in copies.groups for n in group)
    assert numbers == [f.number for f in program.formulas]
    for facts, group in copies.groups:
        assert all(copies.facts(program.formulas[n].tree) is facts for n in group)
    drawing: list[FormulaCell] = [program.formulas[n] for n in copies.where(lambda facts: facts.draws)]
    assert drawing == []

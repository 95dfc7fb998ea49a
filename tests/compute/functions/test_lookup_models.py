"""Lookups whose place differs between iterations, inside a workbook that is simulated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from compute import Model

SQUARES = np.arange(1, 11) ** 2.0
Expected = Callable[[int], float]

# D1 is a whole number from 1 to 10 that the iteration draws, A1:A10 the squares, B1:B10 the squares times D1.
CASES: list[tuple[str, Expected]] = [
    ("INDEX(B1:B10,D1)", lambda k: SQUARES[k - 1] * k),
    ("SUM(A1:INDEX(A1:A10,D1))", lambda k: SQUARES[:k].sum()),
    ("ROWS(A1:INDEX(A1:A10,D1))", lambda k: k),
    ("ROW(INDEX(A1:A10,D1))", lambda k: k),
    ("SUM(INDEX(A1:B10,D1,0))", lambda k: SQUARES[k - 1] * (1 + k)),
    ("SUM(OFFSET(A1,0,0,D1,1))", lambda k: SQUARES[:k].sum()),
    ("SUM(OFFSET(B1,D1-1,0))", lambda k: SQUARES[k - 1] * k),
    ("OFFSET(A1,D1-1,0)", lambda k: SQUARES[k - 1]),
    ("VLOOKUP(D1*D1,A1:B10,2,FALSE)", lambda k: SQUARES[k - 1] * k),
    ("_xlfn.XLOOKUP(D1*D1,A1:A10,B1:B10)", lambda k: SQUARES[k - 1] * k),
    ("SUM(A1:_xlfn.XLOOKUP(D1*D1,A1:A10,A1:A10))", lambda k: SQUARES[:k].sum()),
    ('INDIRECT("A"&D1)', lambda k: SQUARES[k - 1]),
    ("SUM(_xlfn._xlws.FILTER(A1:A10,A1:A10<=D1*D1))", lambda k: SQUARES[:k].sum()),
    ("INDEX(_xlfn._xlws.SORT(B1:B10,1,-1),D1)", lambda k: SQUARES[10 - k] * k),
    ("SUM(_xlfn.TAKE(A1:A10,D1))", lambda k: SQUARES[:k].sum()),
    ("COUNT(_xlfn.UNIQUE(B1:B10))", lambda k: 10),
]


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["D1"] = "=ROUNDUP(MC.UNIFORM(0,10),0)"
    for row, square in enumerate(SQUARES, start=1):
        sheet[f"A{row}"], sheet[f"B{row}"] = square, f"=A{row}*$D$1"
    for row, (formula, _) in enumerate(CASES, start=1):
        sheet[f"F{row}"], sheet[f"G{row}"] = f"={formula}", f'=MC.OUTPUT("case {row}")+F{row}'
    sheet["G99"] = '=MC.OUTPUT("drawn")+D1'
    path: Path = tmp_path_factory.mktemp("lookups") / "model.xlsx"
    book.save(path)
    names, columns = Model.open(path).simulate(300, threads=1).samples_table()
    return dict(zip(names, columns, strict=True))


@pytest.mark.parametrize(("row", "formula"), [(i, f) for i, (f, _) in enumerate(CASES, start=1)])
def test_every_iteration_takes_its_own_place(samples: dict[str, Any], row: int, formula: str) -> None:
    drawn = samples["drawn"].astype(int)
    assert set(drawn) == set(range(1, 11))
    expected = [CASES[row - 1][1](k) for k in drawn.tolist()]
    np.testing.assert_array_equal(samples[f"case {row}"], expected)

"""Text that reads as a date counts in the workbook's own date system, wherever it is turned into a number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

import compute

SERIAL_2020 = 43832.0
"""2 January 2020 in the 1900 date system; 1,462 days less in the 1904 one (Microsoft, "Date systems in Excel")."""
LATER = 1462.0

TABLE: list[tuple[str, Any, Any]] = [
    ('="1/2/2020"+0', SERIAL_2020, SERIAL_2020 - LATER),
    ('=--"2020-01-02"', SERIAL_2020, SERIAL_2020 - LATER),
    ('=-"2020-01-02"', -SERIAL_2020, LATER - SERIAL_2020),
    ('="1/2/2020"%', SERIAL_2020 / 100, (SERIAL_2020 - LATER) / 100),
    ('=A1*1', SERIAL_2020, SERIAL_2020 - LATER),
    ('="1/2/2020"-"1/1/2020"', 1.0, 1.0),
    ('="1/2/2020"+0=DATE(2020,1,2)', True, True),
    ('=DATE(2020,1,2)>=A1+0', True, True),
    ('="1/2/2020"=DATE(2020,1,2)', False, False),
    ('=SUMPRODUCT({"1/2/2020","1/1/2020"}*1)', 2 * SERIAL_2020 - 1, 2 * (SERIAL_2020 - LATER) - 1),
    ('=SUM("1/2/2020")', SERIAL_2020, SERIAL_2020 - LATER),
    ('=ABS("1/2/2020")', SERIAL_2020, SERIAL_2020 - LATER),
    ('=ROUND(A1,0)', SERIAL_2020, SERIAL_2020 - LATER),
    ('="1/1/1903"+0', 1097.0, "#VALUE!"),
    ('="6:00"*24', 6.0, 6.0),
    # A1 holds the text, A2 the date itself, A3 the day after it.
    ('=COUNTIF(A2:A3,"1/2/2020")', 1.0, 1.0),
    ('=COUNTIF(A1:A3,">=1/2/2020")', 2.0, 2.0),
    ('=COUNTIF(A1:A3,A2)', 2.0, 2.0),
    ('=COUNTIFS(A1:A3,">1/2/2020",A1:A3,"<>1/4/2020")', 1.0, 1.0),
    ('=SUMIF(A2:A3,"<1/3/2020")', SERIAL_2020, SERIAL_2020 - LATER),
    ('=SUMIFS(A2:A3,A2:A3,">1/2/2020")', SERIAL_2020 + 1, SERIAL_2020 + 1 - LATER),
    ('=AVERAGEIF(A2:A3,"2020-01-02")', SERIAL_2020, SERIAL_2020 - LATER),
    ('=MAXIFS(A2:A3,A2:A3,"<=1/2/2020")', SERIAL_2020, SERIAL_2020 - LATER),
    ('=COUNTIF(A:A,"<>1/2/2020")', 2.0**20 - 1, 2.0**20 - 1),
    ('=SUM(COUNTIF(A2:A3,{"1/2/2020","1/3/2020"}))', 2.0, 2.0),
    ('=DCOUNT(B1:B3,"day",C1:C2)', 1.0, 1.0),
    ('=DSUM(B1:B3,1,C1:C2)', SERIAL_2020 + 1, SERIAL_2020 + 1 - LATER),
    ('=VALUE(A1)', SERIAL_2020, SERIAL_2020 - LATER),
    ('=NETWORKDAYS(A1,A2)', 1.0, 1.0),
]  # fmt: skip


CELLS: dict[str, Any] = {
    "A1": "1/2/2020", "A2": "=DATE(2020,1,2)", "A3": "=A2+1",
    "B1": "day", "B2": "=A2", "B3": "=A3", "C1": "day", "C2": ">1/2/2020",
}  # fmt: skip


@pytest.mark.parametrize(("formula", "in_1900", "in_1904"), TABLE)
@pytest.mark.parametrize("mac", [False, True])
def test_a_date_in_text_counts_in_the_workbooks_date_system(
    book: Callable[..., Path], formula: str, in_1900: Any, in_1904: Any, mac: bool
) -> None:
    path = book({"S": {**CELLS, "Z99": formula}})
    if mac:
        workbook = openpyxl.load_workbook(path)
        workbook.epoch = CALENDAR_MAC_1904
        workbook.save(path)
    value = compute.recalculate(path)["S"]["Z99"]
    assert getattr(value, "code", value) == (in_1904 if mac else in_1900)


def test_criteria_of_each_iteration_count_in_the_workbooks_date_system(book: Callable[..., Path]) -> None:
    cells = {**CELLS, "D1": "=_xldudf_MC_UNIFORM(0,4)", "D2": '=">=1/"&INT(D1+1)&"/2020"', "D3": "=COUNTIF(A1:A3,D2)"}
    path = book({"S": cells})
    workbook = openpyxl.load_workbook(path)
    workbook.epoch = CALENDAR_MAC_1904
    workbook.save(path)
    result = compute.Model.open(path, outputs=["S!D3"]).simulate(iterations=50, seed=1)
    days = np.floor(result.inputs["S!D1"].samples).astype(int)
    np.testing.assert_array_equal(result.outputs["S!D3"].samples, np.array([2.0, 2.0, 1.0, 0.0])[days])

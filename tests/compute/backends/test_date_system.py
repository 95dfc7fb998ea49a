"""Text that reads as a date counts in the workbook's own date system, wherever it is turned into a number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

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
]  # fmt: skip


@pytest.mark.parametrize(("formula", "in_1900", "in_1904"), TABLE)
@pytest.mark.parametrize("mac", [False, True])
def test_a_date_in_text_counts_in_the_workbooks_date_system(
    book: Callable[..., Path], formula: str, in_1900: Any, in_1904: Any, mac: bool
) -> None:
    path = book({"S": {"A1": "1/2/2020", "Z99": formula}})
    if mac:
        workbook = openpyxl.load_workbook(path)
        workbook.epoch = CALENDAR_MAC_1904
        workbook.save(path)
    value = compute.recalculate(path)["S"]["Z99"]
    assert getattr(value, "code", value) == (in_1904 if mac else in_1900)

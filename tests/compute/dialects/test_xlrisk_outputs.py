"""The outputs that XLRisk lists on its own sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from compute.dialects import xlrisk
from compute.workbook import read_workbook

Build = Callable[..., Path]
MODEL = {"A1": "=[1]!RiskNormal(1,2)", "B5": "=A1*2", "B6": "=A1*3", "B7": "=A1*4"}
HEADER = {"G1": "Simulation Outputs", "G3": "Range", "H3": "Name"}
CELLS = [
    ({"G4": "=[1]!AddressWithSheet(Model!$B$5)", "H4": "Profit"}, [((0, 5, 2), "Profit")]),
    ({"G4": "=AddressWithSheet(Model!B5)", "H4": "Profit"}, [((0, 5, 2), "Profit")]),
    ({"G4": "Model!$B$5", "H4": "Profit"}, [((0, 5, 2), "Profit")]),
    (
        {"G4": "=AddressWithSheet('model'!B5:B6)", "H4": "A", "G5": "Model!B7", "G7": "Model!B5"},
        [((0, 5, 2), "A"), ((0, 6, 2), "A"), ((0, 7, 2), None)],
    ),
    ({"G4": "Gone!$B$5", "H4": "x", "G5": "not an address", "G6": "=AddressWithSheet(", "G8": "Model!B7"}, []),
    ({}, []),
]


def listed(book: Build, cells: Mapping[str, Any], names: Mapping[str, str] | None) -> list[Any]:
    path = book({"Model": MODEL, "XLRisk": {**HEADER, **cells}}, names=names)
    return list(xlrisk.listed_outputs(read_workbook(path)))


@pytest.mark.parametrize(("cells", "wanted"), CELLS)
def test_outputs_stand_below_the_named_header(book: Build, cells: Mapping[str, Any], wanted: list[Any]) -> None:
    assert listed(book, cells, {"RiskOutputs": "XLRisk!$G$3"}) == wanted


def test_without_the_name_or_the_sheet_nothing_is_listed(book: Build) -> None:
    assert listed(book, {"G4": "Model!B5"}, None) == []
    path = book({"Model": MODEL, "Other": {"G4": "Model!B5"}}, names={"RiskOutputs": "Other!$G$3"})
    assert xlrisk.listed_outputs(read_workbook(path)) == ()

"""#SPILL! by its causes, and spills whose size hangs on uncertain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from openpyxl.utils.cell import coordinate_from_string
from openpyxl.worksheet.table import Table

import compute
from compute.backends.reference.spilling import is_blocked
from compute.errors import UnsupportedFormula
from compute.program import assemble
from compute.workbook import read_workbook
from tests.compute.workbook.package_builder import METADATA, PackageBuilder, zip_of


def saved(tmp_path: Path, cells: Mapping[str, Any], merged: str = "") -> Path:
    """A workbook whose cells may spill: ``"C1:C3": "=A1:A3"`` is a dynamic array that filled C1:C3 when saved.

    ``merged`` is a range of merged cells.
    """
    rows: dict[int, list[tuple[str, str]]] = {}
    for place, value in cells.items():
        first = place.split(":")[0]
        column, row = coordinate_from_string(first)
        if isinstance(value, str) and value.startswith("="):
            text = value[1:].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            kind = f' t="array" ref="{place}"' if ":" in place else ""
            meta = ' cm="1"' if ":" in place else ""
            xml = f'<c r="{first}"{meta}><f{kind}>{text}</f><v>0</v></c>'
        elif isinstance(value, str):
            xml = f'<c r="{first}" t="inlineStr"><is><t>{value}</t></is></c>'
        else:
            xml = f'<c r="{first}"><v>{value}</v></c>'
        rows.setdefault(row, []).append((f"{len(column)}{column}", xml))
    body = "".join(
        f'<row r="{row}">{"".join(x for _, x in sorted(found))}</row>' for row, found in sorted(rows.items())
    )
    after = f'<mergeCells count="1"><mergeCell ref="{merged}"/></mergeCells>' if merged else ""
    path = tmp_path / "spills.xlsx"
    path.write_bytes(zip_of(PackageBuilder(rows=body, metadata=METADATA, after=after).members()))
    return path


CAUSES: list[tuple[dict[str, Any], str]] = [
    ({"C1:C1": "=A1:A3", "C2": 7}, "an occupied cell"),
    ({"C1:C1": "=A1:A3", "C3": "=1+1"}, "an occupied cell with a formula"),
    ({"C1:C1": "=_xlfn.SEQUENCE(1,3)", "E1": "x"}, "an occupied cell on the right"),
    ({"C1048576:C1048576": "=A1:A3"}, "the end of the sheet"),
    ({"XFD1:XFD1": "=_xlfn.SEQUENCE(1,2)"}, "the right end of the sheet"),
]


@pytest.mark.parametrize(("cells", "cause"), CAUSES, ids=[c for _, c in CAUSES])
def test_a_spill_that_is_blocked_is_an_error_for_all_that_reads_it(
    tmp_path: Path, cells: dict[str, Any], cause: str
) -> None:
    spill = next(k for k in cells if ":" in k).split(":")[0]
    more = {
        "G1": f"={spill}",
        "G2": f"=SUM(_xlfn.ANCHORARRAY({spill}))",
        "G3": f"=IFERROR({spill},ERROR.TYPE({spill}))",
    }
    values = compute.recalculate(saved(tmp_path, {"A1": 1, "A2": 2, "A3": 3, **cells, **more}))["Model"]
    assert [values[a].code for a in (spill, "G1", "G2")] == ["#SPILL!"] * 3  # type: ignore[union-attr]
    assert values["G3"] == 9.0


@pytest.mark.parametrize(
    ("cell", "rows", "columns", "blocked"),
    [("D2", 1, 1, False), ("D2", 2, 1, True), ("B1", 3, 2, False), ("B1", 3, 3, True), ("D5", 9, 9, False)],
)
def test_a_table_is_in_the_way_of_a_spill(
    book: Callable[..., Path], cell: str, rows: int, columns: int, blocked: bool
) -> None:
    path = book({"S": {"D1": "h", "D3": 1, cell: "=1"}})
    workbook = openpyxl.load_workbook(path)
    workbook["S"].add_table(Table(displayName="T", ref="D1:D4"))
    workbook.save(path)
    program = assemble(read_workbook(path), everything=True)
    assert is_blocked(program, program.formulas[0], rows, columns) is blocked


@pytest.mark.parametrize(
    ("merged", "expected"),  # beside the spill C1:D2 and across each of its edges
    [("C3:D3", 1.0), ("A1:B2", 1.0), ("E1:E2", 1.0), ("B2:C4", 9.0), ("D1:F1", 9.0), ("D2:D3", 9.0), ("C1:D1", 9.0)],
)
def test_merged_cells_are_in_the_way_of_a_spill(tmp_path: Path, merged: str, expected: float) -> None:
    cells = {"C1:C1": "=_xlfn.SEQUENCE(2,2)", "G1": "=IFERROR(C1,ERROR.TYPE(C1))"}
    assert compute.recalculate(saved(tmp_path, cells, merged))["Model"]["G1"] == expected


def test_a_single_value_fills_a_merged_cell(tmp_path: Path) -> None:
    values = compute.recalculate(saved(tmp_path, {"C1:C1": "=_xlfn.SEQUENCE(1,1,7)"}, "C1:D4"))["Model"]
    assert values["C1"] == 7.0


def test_merged_cells_block_the_iterations_that_reach_them(tmp_path: Path) -> None:
    cells = {**FILTERED, "E2": '=_xldudf_MC_OUTPUT("x")+IFERROR(C1,-9)'}
    cells["C1:C2"] = cells.pop("C1:C3")
    result = compute.Model.open(saved(tmp_path, cells, "B3:C3")).simulate(iterations=120, seed=2)
    taken = np.floor(result.inputs["Model!A4"].samples).astype(int)
    np.testing.assert_array_equal(result.outputs["x"].samples, np.array((-9.0, 20, 30, -1))[taken])


def test_a_spill_takes_blank_cells_and_its_own(tmp_path: Path) -> None:
    cells = {"A1": 1, "A2": 2, "A3": 3, "C1:C2": "=A1:A3*10", "E1": "=SUM(_xlfn.ANCHORARRAY(C1))", "D1:D4": "=A1:A2"}
    values = compute.recalculate(saved(tmp_path, cells))["Model"]
    assert [values[a] for a in ("C1", "C2", "C3", "E1", "D1", "D2")] == [10.0, 20.0, 30.0, 60.0, 1.0, 2.0]
    assert "D3" not in values


FILTERED = {
    "A1": 10, "A2": 20, "A3": 30, "A4": "=_xldudf_MC_UNIFORM(0,4)",
    "C1:C3": "=_xlfn._xlws.FILTER(A1:A3,A1:A3>10*INT(A4),-1)",
}  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "expected"),  # for INT(A4) 0, 1, 2, 3: FILTER gives {10;20;30}, {20;30}, {30}, -1
    [
        ("=SUM(_xlfn.ANCHORARRAY(C1))", (60, 50, 30, -1)),
        ("=ROWS(_xlfn.ANCHORARRAY(C1))", (3, 2, 1, 1)),
        ("=COUNTA(C1:C3)", (3, 2, 1, 1)),
        ("=COUNTBLANK(C1:C3)", (0, 1, 2, 2)),
        ("=SUM(C1:C3)", (60, 50, 30, -1)),
        ("=C3+1", (31, 1, 1, 1)),
        ("=IF(ISBLANK(C2),7,C2)", (20, 30, 7, 7)),
        ("=AVERAGE(C1:C3)", (20, 25, 30, -1)),
        ("=INDEX(_xlfn.ANCHORARRAY(C1),ROWS(_xlfn.ANCHORARRAY(C1)))", (30, 30, 30, -1)),
    ],
)
def test_each_iteration_has_a_spill_of_its_own_size(tmp_path: Path, formula: str, expected: tuple[float, ...]) -> None:
    path = saved(tmp_path, {**FILTERED, "E1": formula, "E2": '=_xldudf_MC_OUTPUT("x")+E1'})
    result = compute.Model.open(path).simulate(iterations=120, seed=2)
    taken = np.floor(result.inputs["Model!A4"].samples).astype(int)
    assert set(taken) == {0, 1, 2, 3}
    np.testing.assert_array_equal(result.outputs["x"].samples, np.array(expected, float)[taken])


def test_a_blocked_iteration_is_spill_in_that_iteration(tmp_path: Path) -> None:
    cells = {**FILTERED, "C3": 99, "E2": '=_xldudf_MC_OUTPUT("x")+IFERROR(C1,-9)'}
    cells["C1:C2"] = cells.pop("C1:C3")
    result = compute.Model.open(saved(tmp_path, cells)).simulate(iterations=120, seed=2)
    taken = np.floor(result.inputs["Model!A4"].samples).astype(int)
    np.testing.assert_array_equal(result.outputs["x"].samples, np.array((-9.0, 20, 30, -1))[taken])


def test_a_spill_that_outgrows_the_file_refuses_the_simulation(tmp_path: Path) -> None:
    cells = {**FILTERED, "E2": '=_xldudf_MC_OUTPUT("x")+C1'}
    cells["C1:C2"] = cells.pop("C1:C3")
    with pytest.raises(UnsupportedFormula, match=r"Model!C1: in some iterations the result fills 3 × 1 cells"):
        compute.Model.open(saved(tmp_path, cells)).simulate(iterations=120, seed=2)

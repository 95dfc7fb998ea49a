"""Every form a formula takes in a worksheet part."""

from __future__ import annotations

import pytest

from compute.errors import CellError, DamagedWorkbook, UnsafeWorkbook
from compute.workbook import DataTable, Formula, Sheet, read_workbook
from tests.compute.workbook.package_builder import METADATA, PackageBuilder


def read(rows: str) -> Sheet:
    return read_workbook(PackageBuilder(rows=rows, metadata=METADATA).build()).sheets[0]


@pytest.mark.parametrize(
    ("cell", "formula"),
    [
        ('<c r="A1"><f>B1*2</f><v>4</v></c>', Formula("B1*2")),
        ('<c r="A1"><f ca="1">RAND()</f><v>4</v></c>', Formula("RAND()")),
        ("<c><f>B1*2</f></c>", Formula("B1*2")),
        ('<c r="A1"><f>=B1</f></c>', Formula("B1")),
        ('<c r="A1"><f xml:space="preserve"> B1 + 1 </f></c>', Formula(" B1 + 1 ")),
        ('<c r="A1"><f>"a"&amp;B1&lt;2</f></c>', Formula('"a"&B1<2')),
        ('<c r="A1"><f>"_x005F_x0041_"</f></c>', Formula('"_x0041_"')),
        ('<c r="A1"><f>_xldudf_MC_NORMAL(1,2)</f></c>', Formula("_xldudf_MC_NORMAL(1,2)")),
        ('<c r="A1"><f>_xll.RiskNormal(1,2)</f></c>', Formula("_xll.RiskNormal(1,2)")),
        ('<c r="A1"><f t="array" ref="A1">SUM(B1:B3*2)</f></c>', Formula("SUM(B1:B3*2)", "array", (1, 1, 1, 1))),
        ('<c r="A1"><f t="array">SUM(B1:B3)</f></c>', Formula("SUM(B1:B3)", "array", (1, 1, 1, 1))),
        ('<c r="A1" cm="1"><f t="array" ref="A1:A3">B1:B3</f></c>', Formula("B1:B3", "dynamic", (1, 1, 3, 1))),
        ('<c r="A1" cm="2"><f t="array" ref="A1:A3">B1:B3</f></c>', Formula("B1:B3", "array", (1, 1, 3, 1))),
        ('<c r="A1" cm="3"><f t="array" ref="A1:A3">B1:B3</f></c>', Formula("B1:B3", "array", (1, 1, 3, 1))),
        ('<c r="A1" cm="9"><f t="array" ref="A1:A3">B1:B3</f></c>', Formula("B1:B3", "array", (1, 1, 3, 1))),
    ],
)
def test_formula(cell: str, formula: Formula) -> None:
    assert read(f'<row r="1">{cell}</row>').formulas == {(1, 1): formula}


@pytest.mark.parametrize(
    ("attributes", "table"),
    [
        ('dt2D="1" dtr="1" r1="B9" r2="C9"', DataTable("B9", "C9")),
        ('dt2D="0" dtr="1" r1="B9"', DataTable("B9", None)),
        ('r1="B9"', DataTable(None, "B9")),
        ('dtr="0" r1="B9" del1="1"', DataTable(None, "#REF!")),
    ],
)
def test_data_table(attributes: str, table: DataTable) -> None:
    rows = (
        f'<row r="2"><c r="B2"><f t="dataTable" ref="B2:C3" {attributes}/><v>1</v></c><c r="C2"><v>2</v></c></row>'
        '<row r="3"><c r="B3"><v>3</v></c><c r="C3"><v>4</v></c><c r="D3"><v>5</v></c></row>'
    )
    sheet = read(rows)
    assert sheet.formulas == {(2, 2): Formula("", "data_table", (2, 2, 3, 3), table)}
    assert sheet.cached == {(2, 2): 1, (2, 3): 2, (3, 2): 3, (3, 3): 4}
    assert sheet.spilled == dict.fromkeys([(2, 3), (3, 2), (3, 3)], (2, 2))
    assert sheet.values == {(3, 4): 5}


def test_values_of_formulas_are_cached_and_not_values() -> None:
    sheet = read(
        '<row><c><f>1+1</f><v>2</v></c><c t="str"><f>"a"</f><v>a</v></c><c t="str"><f>""</f><v></v></c>'
        '<c t="e"><f>1/0</f><v>#DIV/0!</v></c><c t="b"><f>TRUE</f><v>1</v></c><c><f>2</f></c><c><v>7</v></c></row>'
    )
    assert sheet.cached == {(1, 1): 2.0, (1, 2): "a", (1, 3): "", (1, 4): CellError("#DIV/0!"), (1, 5): True}
    assert sheet.values == {(1, 7): 7.0}
    assert len(sheet.formulas) == 6


def test_array_children_hold_no_formula_of_their_own() -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="array" aca="1" ref="A1:A4" ca="1">RAND()*B1:B4</f><v>1</v></c></row>'
        '<row r="2"><c r="A2"><f ca="1"/><v>2</v></c></row><row r="3"><c r="A3"><v>3</v></c></row>'
    )
    sheet = read(rows)
    assert set(sheet.formulas) == {(1, 1)}
    assert sheet.cached == {(1, 1): 1, (2, 1): 2, (3, 1): 3}
    assert sheet.spilled == {(2, 1): (1, 1), (3, 1): (1, 1), (4, 1): (1, 1)}
    assert sheet.values == {}
    assert sheet.last_row == 4


def test_an_empty_formula_outside_any_array_is_a_value() -> None:
    sheet = read('<row><c><f ca="1"/><v>2</v></c><c><f/></c></row>')
    assert sheet.formulas == {}
    assert sheet.values == {(1, 1): 2.0}
    assert sheet.cached == {}


def test_a_formula_inside_an_array_range_keeps_itself() -> None:
    sheet = read('<row><c><f t="array" ref="A1:C1">D1:F1</f><v>1</v></c><c><f>5</f><v>5</v></c></row>')
    assert sheet.spilled == {(1, 3): (1, 1)}
    assert sheet.formulas[1, 2] == Formula("5")


def test_shared_formulas_are_written_out() -> None:
    rows = (
        '<row r="1"><c r="B1"><f t="shared" ref="B1:B3" si="0">$A1+A$1+SUM(C1:$C$9)&amp;"A1"</f><v>0</v></c></row>'
        '<row r="2"><c r="B2"><f t="shared" si="0"/><v>0</v></c></row>'
        '<row r="3"><c r="B3"><f t="shared" si="0"/><v>0</v></c><c r="C3"><f t="shared" si="0"></f></c></row>'
    )
    texts = {cell: formula.text for cell, formula in read(rows).formulas.items()}
    assert texts == {
        (1, 2): '$A1+A$1+SUM(C1:$C$9)&"A1"',
        (2, 2): '$A2+A$1+SUM(C2:$C$9)&"A1"',
        (3, 2): '$A3+A$1+SUM(C3:$C$9)&"A1"',
        (3, 3): '$A3+B$1+SUM(D3:$C$9)&"A1"',
    }


def test_shared_groups_may_be_defined_anew_and_refer_forward() -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="shared" si="7"/></c><c r="B1"><f t="shared" ref="B1:B2" si="1">C1</f></c></row>'
        '<row r="2"><c r="A2"><f t="shared" ref="A1:A2" si="7">B2*2</f></c><c r="B2"><f t="shared" si="1"/></c></row>'
        '<row r="3"><c r="B3"><f t="shared" ref="B3:B4" si="1">D3</f></c></row>'
        '<row r="4"><c r="B4"><f t="shared" si="1"/></c></row>'
    )
    texts = {cell: formula.text for cell, formula in read(rows).formulas.items()}
    assert texts == {(1, 1): "B1*2", (2, 1): "B2*2", (1, 2): "C1", (2, 2): "C2", (3, 2): "D3", (4, 2): "D4"}


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ('<c r="B2"><f t="shared" si="3"/></c>', "workbook.bad_formula"),
        (
            '<c r="B1"><f t="shared" si="1" ref="B1:B2">"open</f></c><c r="B2"><f t="shared" si="1"/></c>',
            "workbook.bad_formula",
        ),
        ('<c r="B2"><f t="array" ref="B2:XFE9">1</f></c>', "workbook.bad_range"),
        ('<c r="B2"><f t="array" ref="nowhere">1</f></c>', "workbook.bad_range"),
        (f'<c r="B2"><f>{"1+" * 40000}1</f></c>', "workbook.bad_formula"),
    ],
    ids=["no first cell", "unreadable", "beyond the sheet", "no range", "too long"],
)
def test_damaged_formulas_name_their_cell(cell: str, code: str) -> None:
    with pytest.raises(DamagedWorkbook) as refusal:
        read(f"<row>{cell}</row>")
    assert refusal.value.code == code
    assert "Model!B2" in refusal.value.message


def test_an_array_over_the_whole_sheet_is_refused() -> None:
    with pytest.raises(UnsafeWorkbook) as refusal:
        read('<row><c><f t="array" ref="A1:XFD1048576">1</f></c></row>')
    assert refusal.value.cells == ("Model!A1",)


def test_fifty_thousand_shared_cells() -> None:
    first = '<row r="1"><c r="B1"><f t="shared" ref="B1:B50000" si="0">IF($A1&gt;0,A1*2,0)</f><v>0</v></c></row>'
    rest = "".join(f'<row r="{row}"><c r="B{row}"><f t="shared" si="0"/><v>0</v></c></row>' for row in range(2, 50_001))
    formulas = read(first + rest).formulas
    assert len(formulas) == 50_000
    assert formulas[50_000, 2].text == "IF($A50000>0,A50000*2,0)"

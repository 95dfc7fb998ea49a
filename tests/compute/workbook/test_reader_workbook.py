"""What surrounds the cells: sheets, names, tables, formats, filters, links, settings."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from compute.errors import CellError, DamagedWorkbook, NotAWorkbook
from compute.workbook import DefinedName, Package, Table, Workbook, read_workbook
from tests.compute.workbook.package_builder import MAIN, OFFICE, PACKAGE, PackageBuilder, zip_of

TABLE = f"{OFFICE}/table"


def read(**settings: object) -> Workbook:
    return read_workbook(PackageBuilder(**settings).build())  # type: ignore[arg-type]


def relationship(identifier: str, kind: str, target: str, extra: str = "") -> str:
    return f'<Relationship Id="{identifier}" Type="{OFFICE}/{kind}" Target="{target}" {extra}/>'


def test_file_name_and_digest(tmp_path: Path) -> None:
    data = PackageBuilder().build()
    path = tmp_path / "plan.xlsx"
    path.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    for workbook in (read_workbook(path), read_workbook(str(path)), read_workbook(data, file_name="plan.xlsx")):
        assert (workbook.file_name, workbook.sha256) == ("plan.xlsx", digest)


def test_a_workbook_cannot_be_changed() -> None:
    sheet = read(rows="<row><c><v>1</v></c></row>").sheets[0]
    with pytest.raises(TypeError):
        sheet.values[1, 1] = 2.0  # type: ignore[index]


def test_sheet_states_and_order() -> None:
    workbook = read(
        sheets='<sheet name="R&amp;D" sheetId="4" state="hidden" r:id="rId2"/><sheet name="Model" r:id="rId1"/>'
        '<sheet name="Chart" sheetId="9" r:id="rId3"/><sheet name="Macro" sheetId="10" r:id="rId4"/>'
        '<sheet name="Module1" sheetId="11" state="veryHidden" r:id=""/>'
        '<sheet name="Deep" sheetId="5" state="veryHidden" r:id="rId5"/>',
        relationships=relationship("rId2", "worksheet", "/xl/other/a.xml")
        + relationship("rId3", "chartsheet", "chartsheets/sheet1.xml")
        + relationship("rId4", "xlMacrosheet", "macrosheets/sheet1.xml")
        + relationship("rId5", "worksheet", "../outside.xml"),
        parts={
            "xl/other/a.xml": PackageBuilder().sheet("<row><c><v>2</v></c></row>"),
            "outside.xml": PackageBuilder().sheet("<row><c><v>3</v></c></row>"),
        },
    )
    assert [(sheet.name, sheet.state) for sheet in workbook.sheets] == [
        ("R&D", "hidden"),
        ("Model", "visible"),
        ("Deep", "veryHidden"),
    ]
    assert workbook.sheet("r&d").values == {(1, 1): 2.0}
    assert workbook.sheet("DEEP").values == {(1, 1): 3.0}
    assert workbook.has_macros


def test_sheets_without_relationship_id_take_the_parts_in_order() -> None:
    workbook = read(
        sheets='<sheet name="One"/><sheet name="Two"/>',
        relationships=relationship("rId2", "worksheet", "worksheets/sheet2.xml"),
        parts={"xl/worksheets/sheet2.xml": PackageBuilder().sheet("<row><c><v>2</v></c></row>")},
    )
    assert [len(sheet.values) for sheet in workbook.sheets] == [0, 1]


@pytest.mark.parametrize(
    ("sheets", "error", "code"),
    [
        ('<sheet name="A" r:id="rId1"/><sheet name="a" r:id="rId1"/>', DamagedWorkbook, "workbook.duplicate_sheets"),
        ('<sheet name="A" r:id="rId7"/>', DamagedWorkbook, "workbook.missing_part"),
        ("", NotAWorkbook, "workbook.no_worksheets"),
    ],
)
def test_sheet_lists_that_make_no_sense(sheets: str, error: type[Exception], code: str) -> None:
    with pytest.raises(error) as refusal:
        read(sheets=sheets)
    assert refusal.value.code == code  # type: ignore[attr-defined]


def test_part_names_match_in_any_case_and_with_backslashes() -> None:
    members = PackageBuilder(rows="<row><c><v>1</v></c></row>").members()
    data = zip_of({name.replace("xl/workbook.xml", "XL\\Workbook.xml"): part for name, part in members.items()})
    assert read_workbook(data).sheets[0].values == {(1, 1): 1.0}


@pytest.mark.parametrize("kind", ["sheet", "template"])
@pytest.mark.parametrize("macro", [False, True])
def test_all_four_file_types_are_read(kind: str, macro: bool) -> None:
    content_type = (
        f"application/vnd.ms-excel.{kind}.macroEnabled.main+xml"
        if macro
        else f"application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}.main+xml"
    )
    vba = (
        '<Relationship Id="v" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="v.bin"/>'
    )
    workbook = read(
        content_type=content_type, relationships=vba if macro else "", parts={"xl/v.bin": b"\0"} if macro else {}
    )
    assert workbook.has_macros is macro


def test_defined_names() -> None:
    names = (
        '<definedName name="Rate">Model!$A$1</definedName>'
        '<definedName name="Rate" localSheetId="0" hidden="1">0.05</definedName>'
        '<definedName name="_xlnm.Print_Area" localSheetId="0">Model!$A$1:$B$2</definedName>'
        '<definedName name="MyUDF" function="1" vbProcedure="1" hidden="true">#REF!</definedName>'
        '<definedName name="a&amp;b">"x"&amp;"y"</definedName>'
    )
    assert read(workbook=f"<definedNames>{names}</definedNames>").names == (
        DefinedName("Rate", "Model!$A$1"),
        DefinedName("Rate", "0.05", sheet="Model", hidden=True),
        DefinedName("_xlnm.Print_Area", "Model!$A$1:$B$2", sheet="Model"),
        DefinedName("MyUDF", "#REF!", hidden=True, macro=True),
        DefinedName("a&b", '"x"&"y"'),
    )
    with pytest.raises(DamagedWorkbook, match="Rate"):
        read(workbook='<definedNames><definedName name="Rate" localSheetId="3">1</definedName></definedNames>')


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", (False, 100, 0.001, False)),
        ("<calcPr/>", (False, 100, 0.001, False)),
        ('<calcPr iterate="1" iterateCount="50" iterateDelta="1E-4"/>', (True, 50, 0.0001, False)),
        ('<calcPr fullPrecision="0"/>', (False, 100, 0.001, True)),
        ('<calcPr fullPrecision="1" iterate="false"/>', (False, 100, 0.001, False)),
        ('<calcPr iterate="true" iterateCount="many" iterateDelta="-1"/>', (True, 100, 0.001, False)),
    ],
)
def test_calculation_settings(settings: str, expected: tuple[bool, int, float, bool]) -> None:
    found = read(workbook=settings)
    assert expected == (
        found.iterative,
        found.iterative_count,
        found.iterative_change,
        found.precision_as_displayed,
    )


@pytest.mark.parametrize(("text", "expected"), [("1", True), ("true", True), ("0", False), ("false", False)])
def test_date_system(text: str, expected: bool) -> None:
    assert read(workbook=f'<workbookPr date1904="{text}"/>').date_1904 is expected


def test_tables() -> None:
    columns = '<tableColumns><tableColumn name="Item"/><tableColumn name="Net_x000a_price"/></tableColumns>'
    workbook = read(
        rows="<row><c><v>1</v></c></row>",
        sheet_relationships=relationship("t1", "table", "../tables/table1.xml")
        + relationship("t2", "table", "../tables/table2.xml"),
        parts={
            "xl/tables/table1.xml": f'<table xmlns="{MAIN}" id="1" name="x" displayName="Costs" ref="A1:B9" '
            f'totalsRowCount="1"><autoFilter ref="A1:B8"/>{columns}</table>',
            "xl/tables/table2.xml": f'<table xmlns="{MAIN}" name="Bare" ref="D1:E9" '
            f'headerRowCount="0">{columns}</table>',
        },
    )
    assert workbook.tables == (
        Table("Costs", "Model", (1, 1, 9, 2), ("Item", "Net\nprice"), header_rows=1, totals_rows=1),
        Table("Bare", "Model", (1, 4, 9, 5), ("Item", "Net\nprice"), header_rows=0, totals_rows=0),
    )


def test_number_formats() -> None:
    ids = [0, 1, 14, 44, 49, 164, 165, 27, 999]
    styles = (
        '<numFmts><numFmt numFmtId="164" formatCode="0.0&quot; kg&quot;"/>'
        '<numFmt numFmtId="165" formatCode="General"/></numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>'
        "<cellXfs>" + "".join(f'<xf numFmtId="{number}"/>' for number in ids) + "</cellXfs>"
    )
    cells = "".join(f'<c s="{style}"><v>1</v></c>' for style in range(len(ids) + 1))
    sheet = read(rows=f'<row>{cells}<c s="1"/><c s="1"><f>A1</f></c></row>', styles=styles).sheets[0]
    assert sheet.number_formats == {
        (1, 2): "0",
        (1, 3): "m/d/yyyy",
        (1, 4): '_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)',
        (1, 5): "@",
        (1, 6): '0.0" kg"',
        (1, 12): "0",
    }


def test_a_cell_without_style_has_the_first_one() -> None:
    sheet = read(rows="<row><c><v>1</v></c></row>", styles='<cellXfs><xf numFmtId="9"/></cellXfs>').sheets[0]
    assert sheet.number_formats == {(1, 1): "0%"}


def test_hidden_rows_columns_and_widths() -> None:
    sheet = read(
        before='<cols><col min="1" max="2" width="9.5"/><col min="4" max="4" hidden="1" width="0"/>'
        '<col min="16384" max="99999"/></cols>',
        rows='<row r="2" hidden="1"><c><v>1</v></c></row><row r="3" hidden="true"/><row r="4" hidden="0"/>',
    ).sheets[0]
    assert sheet.hidden_rows == {2, 3}
    assert sheet.hidden_columns == {4}
    assert sheet.column_widths == {1: 9.5, 2: 9.5, 4: 0.0}


@pytest.mark.parametrize(
    "cols", ['<col max="3"/>', '<col min="a" max="3"/>', '<col min="1" max="16384" width="1"/>' * 9]
)
def test_column_settings_that_make_no_sense(cols: str) -> None:
    with pytest.raises(DamagedWorkbook, match="Model"):
        read(before=f"<cols>{cols}</cols>")


VIEW = "<customSheetViews><customSheetView>{}</customSheetView></customSheetViews>"
HIDDEN = "".join(f'<row r="{row}" hidden="1"/>' for row in (1, 2, 5, 9))
CRITERIA = '<filterColumn colId="0"><filters><filter val="a"/></filters></filterColumn>'


@pytest.mark.parametrize(
    ("after", "filtered"),
    [
        (f'<autoFilter ref="A1:C5">{CRITERIA}</autoFilter>', {2, 5}),
        ('<autoFilter ref="A1:C5"/>', set()),
        ('<autoFilter ref="A1:C5"><filterColumn colId="0" hiddenButton="1"/></autoFilter>', set()),
        ('<autoFilter ref="A1:C5"><filterColumn colId="0"><top10 val="3"/></filterColumn></autoFilter>', {2, 5}),
        (VIEW.format(f'<autoFilter ref="A1:C5">{CRITERIA}</autoFilter>'), set()),
    ],
)  # fmt: skip
def test_rows_hidden_by_a_filter(after: str, filtered: set[int]) -> None:
    sheet = read(rows=HIDDEN, after=after).sheets[0]
    assert sheet.hidden_rows == {1, 2, 5, 9}
    assert sheet.filtered_rows == filtered


def test_merged_cells() -> None:
    merges = '<mergeCells count="2"><mergeCell ref="B2:C4"/><mergeCell ref="A6:A9"/></mergeCells>'
    assert read(after=merges).sheets[0].merged == ((2, 2, 4, 3), (6, 1, 9, 1))
    with pytest.raises(DamagedWorkbook, match="A merged cell of sheet Model refers to the range 'B2:C'"):
        read(after='<mergeCells count="1"><mergeCell ref="B2:C"/></mergeCells>')


def test_rows_hidden_by_the_filter_of_a_table() -> None:
    table = f'<table xmlns="{MAIN}" name="T" ref="A4:B9"><autoFilter ref="A4:B9">{CRITERIA}</autoFilter></table>'
    sheet = read(
        rows=HIDDEN,
        sheet_relationships=relationship("t1", "table", "../tables/table1.xml"),
        parts={"xl/tables/table1.xml": table},
    ).sheets[0]
    assert sheet.filtered_rows == {5, 9}


def external(data: str) -> Workbook:
    link = (
        f'<externalLink xmlns="{MAIN}" xmlns:r="{OFFICE}"><externalBook r:id="rId1"><sheetNames>'
        f'<sheetName val="Rates"/><sheetName val="Empty"/></sheetNames><sheetDataSet>{data}</sheetDataSet>'
        "</externalBook></externalLink>"
    )
    return read(
        workbook='<externalReferences><externalReference r:id="e2"/><externalReference r:id="e1"/>'
        "</externalReferences>",
        relationships=relationship("e1", "externalLink", "externalLinks/externalLink1.xml")
        + relationship("e2", "externalLink", "externalLinks/externalLink2.xml"),
        parts={
            "xl/externalLinks/externalLink1.xml": link,
            "xl/externalLinks/externalLink2.xml": f'<externalLink xmlns="{MAIN}"><ddeLink/></externalLink>',
            "xl/externalLinks/_rels/externalLink1.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
            + relationship("rId1", "externalLinkPath", "file:///C:/other.xlsx", 'TargetMode="External"')
            + "</Relationships>",
        },
    )


def test_external_values() -> None:
    workbook = external(
        '<sheetData sheetId="0"><row r="1"><cell r="A1"><v>1.5</v></cell><cell r="B1" t="str"><v>EUR</v></cell>'
        '<cell r="C1" t="b"><v>1</v></cell><cell r="D1" t="e"><v>#N/A</v></cell><cell r="E1"/></row></sheetData>'
        '<sheetData sheetId="7"/>'
    )
    assert workbook.external == {
        "[1]": {},
        "[2]": {"Rates": {(1, 1): 1.5, (1, 2): "EUR", (1, 3): True, (1, 4): CellError("#N/A")}, "Empty": {}},
    }


def test_a_damaged_link_is_left_out() -> None:
    workbook = external('<sheetData sheetId="0"><row r="1"><cell r="A1"><v>one</v></cell></row></sheetData>')
    assert workbook.external == {"[1]": {}}


def test_package_shows_parts_and_relationships() -> None:
    package = Package(PackageBuilder().build())
    assert "XL/workbook.xml" in package
    assert package.parts[0] == "[Content_Types].xml"
    assert [(item.kind, item.target) for item in package.relationships()] == [("officeDocument", "xl/workbook.xml")]
    assert package.relationships("xl/worksheets/sheet1.xml") == ()
    assert package.content_type("xl/workbook.xml").endswith("sheet.main+xml")
    assert package.content_type("xl/worksheets/sheet1.xml") == "application/xml"
    assert package.read("xl/workbook.xml").startswith(b"<workbook")
    with pytest.raises(DamagedWorkbook, match=r"nothing\.xml"):
        package.read("nothing.xml")

"""Every form a cell's value takes in a worksheet part."""

from __future__ import annotations

import pytest

from compute.errors import CellError, DamagedWorkbook, Scalar
from compute.workbook import Sheet, read_workbook
from tests.compute.workbook.package_builder import MAIN, STRICT_MAIN, STRICT_OFFICE, PackageBuilder

STRINGS = (
    "<si><t>plain</t></si>"
    '<si><t xml:space="preserve"> kept </t></si>'
    "<si><r><rPr><b/></rPr><t>rich </t></r><r><t>text</t></r></si>"
    '<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/></si>'
    "<si><t>a_x000D_\nb_x005F_x000D_</t></si>"
    "<si/>"
    "<si><t/></si>"
    "<si><t>_xD83D__xDE00_ _xD83D_</t></si>"
    "<si><t>R&amp;D &lt;2&gt; &#8364;</t></si>"
    "<si><t><![CDATA[<raw>]]></t></si>"
)


def read(rows: str, **settings: str) -> Sheet:
    return read_workbook(PackageBuilder(rows=rows, strings=STRINGS, **settings).build()).sheets[0]


def value_of(cell: str, **settings: str) -> Scalar:
    return read(f'<row r="1">{cell}</row>', **settings).values.get((1, 1))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A1"><v>1.5</v></c>', 1.5),
        ('<c r="A1" t="n"><v>-1E-3</v></c>', -0.001),
        ('<c r="A1"><v> 7 </v></c>', 7.0),
        ('<c r="A1"><v>0.10000000000000001</v></c>', 0.1),
        ('<c r="A1"/>', None),
        ('<c r="A1" s="3"/>', None),
        ('<c r="A1"><v/></c>', None),
        ('<c r="A1"><v> </v></c>', None),
        ('<c r="A1" t="s"><v>0</v></c>', "plain"),
        ('<c r="A1" t="s"><v>1</v></c>', " kept "),
        ('<c r="A1" t="s"><v>2</v></c>', "rich text"),
        ('<c r="A1" t="s"><v>3</v></c>', "東京"),
        ('<c r="A1" t="s"><v>4</v></c>', "a\r\nb_x000D_"),
        ('<c r="A1" t="s"><v>5</v></c>', ""),
        ('<c r="A1" t="s"><v>6</v></c>', ""),
        ('<c r="A1" t="s"><v>7</v></c>', "😀 \ufffd"),
        ('<c r="A1" t="s"><v>8</v></c>', "R&D <2> €"),
        ('<c r="A1" t="s"><v>9</v></c>', "<raw>"),
        ('<c r="A1" t="s"><v/></c>', None),
        ('<c r="A1" t="s"/>', None),
        ('<c r="A1" t="str"><v>by formula</v></c>', "by formula"),
        ('<c r="A1" t="str"><v></v></c>', ""),
        ('<c r="A1" t="inlineStr"><is><t>in line</t></is></c>', "in line"),
        ('<c r="A1" t="inlineStr"><is><r><t>in </t></r><r><t>runs</t></r></is></c>', "in runs"),
        ('<c r="A1" t="inlineStr"><is><t>漢</t><rPh sb="0" eb="1"><t>カン</t></rPh></is></c>', "漢"),
        ('<c r="A1" t="inlineStr"><is><t/></is></c>', ""),
        ('<c r="A1" t="b"><v>1</v></c>', True),
        ('<c r="A1" t="b"><v>0</v></c>', False),
        ('<c r="A1" t="b"><v>true</v></c>', True),
        ('<c r="A1" t="e"><v>#DIV/0!</v></c>', CellError("#DIV/0!")),
        ('<c r="A1" t="e"><v>#N/A</v></c>', CellError("#N/A")),
        ('<c r="A1" t="d"><v>2013-01-01</v></c>', 41275.0),
        ('<c r="A1" t="d"><v>2013-01-01T12:00:00.000Z</v></c>', 41275.5),
        ('<c r="A1" t="d"><v>1900-01-01</v></c>', 1.0),
        ('<c r="A1" t="d"><v>1900-02-28</v></c>', 59.0),
        ('<c r="A1" t="d"><v>1900-03-01</v></c>', 61.0),
        ('<c r="A1" t="d"><v>06:00:00</v></c>', 0.25),
        ('<c r="A1" t="d"><v>T06:00</v></c>', 0.25),
    ],
)
def test_value(cell: str, value: Scalar) -> None:
    found = value_of(cell)
    assert found == value
    assert type(found) is type(value)


def test_iso_dates_follow_the_1904_system() -> None:
    assert value_of('<c r="A1" t="d"><v>1904-01-02</v></c>', workbook='<workbookPr date1904="1"/>') == 1.0


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1"><v>one</v></c>',
        '<c r="A1"><v>NaN</v></c>',
        '<c r="A1"><v>1e999</v></c>',
        '<c r="A1" t="s"><v>10</v></c>',
        '<c r="A1" t="s"><v>-1</v></c>',
        '<c r="A1" t="s"><v>x</v></c>',
        '<c r="A1" t="d"><v>yesterday</v></c>',
        '<c r="A1" t="d"><v>2013-02-30</v></c>',
        '<c r="A1" t="colour"><v>1</v></c>',
    ],
)
def test_a_value_that_cannot_be_read_is_named(cell: str) -> None:
    with pytest.raises(DamagedWorkbook) as refusal:
        value_of(cell)
    assert refusal.value.code == "workbook.bad_cell"
    assert refusal.value.cells == ("Model!A1",)
    assert "A1" in refusal.value.message


@pytest.mark.parametrize("place", ["A0", "1A", "A", "XFE1", "A1048577", "A-1", "$A$1", "A1:B2", "Ä1"])
def test_a_place_that_is_none_is_named(place: str) -> None:
    with pytest.raises(DamagedWorkbook, match="Model") as refusal:
        read(f'<row r="1"><c r="{place}"><v>1</v></c></row>')
    assert place in refusal.value.message


@pytest.mark.parametrize("row", ["0", "-1", "x", "1048577"])
def test_a_row_that_is_none_is_named(row: str) -> None:
    with pytest.raises(DamagedWorkbook, match="Model"):
        read(f'<row r="{row}"/>')


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        ("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>", {(1, 1): 1, (1, 2): 2, (2, 1): 3}),
        ('<row r="5"><c><v>1</v></c></row><row><c><v>2</v></c></row>', {(5, 1): 1, (6, 1): 2}),
        ('<row r="1"><c r="C1"><v>1</v></c><c><v>2</v></c></row>', {(1, 3): 1, (1, 4): 2}),
        ('<row><c r="B2"><v>1</v></c></row>', {(2, 2): 1}),
        ('<row r="1"><c r="a1"><v>1</v></c></row>', {(1, 1): 1}),
        ('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', {(1048576, 16384): 1}),
        ("\n <row>\n  <c>\n   <v>1</v>\n  </c>\n </row>\n", {(1, 1): 1}),
        ("", {}),
    ],
)
def test_places(rows: str, cells: dict[tuple[int, int], float]) -> None:
    sheet = read(rows)
    assert sheet.values == cells
    assert sheet.last_row == max((row for row, _ in cells), default=0)
    assert sheet.last_column == max((column for _, column in cells), default=0)


def test_prefixed_elements() -> None:
    part = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:f>1+1</x:f><x:v>2</x:v></x:c>'
        '<x:c r="B1" t="inlineStr"><x:is><x:t>b</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>'
    )
    sheet = read_workbook(PackageBuilder(parts={"xl/worksheets/sheet1.xml": part}).build()).sheets[0]
    assert sheet.formulas[1, 1].text == "1+1"
    assert sheet.cached == {(1, 1): 2.0}
    assert sheet.values == {(1, 2): "b"}


def test_elements_of_foreign_namespaces_are_not_cells() -> None:
    sheet = read(
        '<row r="1"><c xmlns="urn:other" r="A1"><v>1</v></c><c r="B1"><v>2</v><y:v xmlns:y="u">3</y:v></c></row>'
    )
    assert sheet.values == {(1, 2): 2.0}


def test_strict_workbook() -> None:
    builder = PackageBuilder(
        rows='<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="d"><v>2013-01-01</v></c></row>',
        strings="<si><t>strict</t></si>",
        main=STRICT_MAIN,
        office=STRICT_OFFICE,
    )
    assert read_workbook(builder.build()).sheets[0].values == {(1, 1): "strict", (1, 2): 41275.0}


def test_utf_16_parts() -> None:
    part = '<?xml version="1.0" encoding="UTF-16"?>' + PackageBuilder().sheet(
        '<row><c t="inlineStr"><is><t>größer</t></is></c></row>'
    )
    sheet = read_workbook(PackageBuilder(parts={"xl/worksheets/sheet1.xml": part.encode("utf-16")}).build()).sheets[0]
    assert sheet.values == {(1, 1): "größer"}


def test_long_text_and_text_split_by_entities() -> None:
    long = "x" * 200_000
    sheet = read(f'<row><c t="inlineStr"><is><t>{long}&amp;{long}</t></is></c></row>')
    assert sheet.values == {(1, 1): f"{long}&{long}"}


def test_a_value_and_a_formula_in_one_cell_are_refused() -> None:
    with pytest.raises(DamagedWorkbook) as refusal:
        read('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><f>1+1</f></c></row>')
    assert refusal.value.cells == ("Model!A1",)

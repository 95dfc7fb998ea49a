"""Newer errors, stored as #VALUE! with an index into the rich values."""

from __future__ import annotations

import pytest

from compute.errors import CellError
from compute.workbook import read_workbook
from tests.compute.workbook.package_builder import MAIN, PackageBuilder

RICH = "http://schemas.microsoft.com/office/spreadsheetml/2017/richdata"
ARROWS = "http://schemas.microsoft.com/office/2017/06/relationships"


def book(values: str, keys: str = '<k n="errorType" t="i"/><k n="subType" t="i"/>', structure: str = "_error") -> bytes:
    """Cell A1 has ``vm="1"``, which leads to the second rich value; A2 is a plain #VALUE!."""
    return PackageBuilder(
        rows='<row r="1"><c r="A1" t="e" vm="1"><v>#VALUE!</v></c><c r="B1" t="e" vm="7"><v>#VALUE!</v></c></row>'
        '<row r="2"><c r="A2" t="e"><v>#VALUE!</v></c></row>',
        metadata=f'<metadata xmlns="{MAIN}" xmlns:x="{RICH}"><metadataTypes><metadataType name="XLDAPR"/>'
        '<metadataType name="XLRICHVALUE"/></metadataTypes><futureMetadata name="XLRICHVALUE"><bk><extLst><ext uri="u">'
        '<x:rvb i="1"/></ext></extLst></bk></futureMetadata><valueMetadata><bk><rc t="2" v="0"/></bk></valueMetadata>'
        "</metadata>",
        relationships=f'<Relationship Id="a" Type="{ARROWS}/rdRichValue" Target="richData/values.xml"/>'
        f'<Relationship Id="b" Type="{ARROWS}/rdRichValueStructure" Target="richData/structures.xml"/>',
        parts={
            "xl/richData/values.xml": f'<rvData xmlns="{RICH}"><rv s="0"><v>text</v></rv>{values}</rvData>',
            "xl/richData/structures.xml": f'<rvStructures xmlns="{RICH}"><s t="_image"><k n="errorType" t="s"/></s>'
            f'<s t="{structure}">{keys}</s></rvStructures>',
        },
    ).build()


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (8, "#SPILL!"),
        (9, "#CONNECT!"),
        (10, "#BLOCKED!"),
        (11, "#UNKNOWN!"),
        (12, "#FIELD!"),
        (13, "#CALC!"),
        (14, "#BUSY!"),
        (19, "#TIMEOUT!"),
        (99, "#VALUE!"),
    ],
)
def test_the_error_type_says_which(number: int, code: str) -> None:
    values = read_workbook(book(f'<rv s="1"><v>{number}</v><v>0</v></rv>')).sheets[0].values
    assert values[1, 1] == CellError(code)
    assert values[1, 2] == values[2, 1] == CellError("#VALUE!")


def test_the_error_type_stands_where_the_structure_says() -> None:
    keys = '<k n="colOffset" t="i"/><k n="errorType" t="i"/><k n="rwOffset" t="i"/>'
    content = book('<rv s="1"><v>13</v><v>8</v><v>13</v></rv>', keys)
    assert read_workbook(content).sheets[0].values[1, 1] == CellError("#SPILL!")


@pytest.mark.parametrize(
    "content",
    [
        book('<rv s="1"><v>8</v></rv>', structure="_entity"),
        book('<rv s="1"><v>8</v></rv>', keys='<k n="subType" t="i"/>'),
        book('<rv s="0"><v>8</v></rv>'),
        book('<rv s="5"><v>8</v></rv>'),
        book(""),
    ],
    ids=["another structure", "no error type", "another rich value", "no such structure", "no rich value"],
)
def test_without_an_error_behind_it_the_cell_says_what_it_stores(content: bytes) -> None:
    assert read_workbook(content).sheets[0].values[1, 1] == CellError("#VALUE!")

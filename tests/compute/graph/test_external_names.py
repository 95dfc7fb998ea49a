"""Names of linked workbooks, answered from the values that Excel keeps of them."""

from __future__ import annotations

from pathlib import Path

import pytest

import compute
from tests.compute.workbook.package_builder import MAIN, OFFICE, PackageBuilder

LINK = f"""<externalLink xmlns="{MAIN}"><externalBook><sheetNames><sheetName val="My rates"/><sheetName val="Other"/>
</sheetNames><definedNames>
<definedName name="Rate" refersTo="='My rates'!$A$1"/><definedName name="Rates" refersTo="='My rates'!$A$1:$A$3"/>
<definedName name="Rate" refersTo="=Other!$B$2" sheetId="1"/><definedName name="Twice" refersTo="=2*Rate"/>
<definedName name="Fixed" refersTo="=0.25"/><definedName name="Gone" refersTo="=#REF!"/><definedName name="Unknown"/>
<definedName name="Ring" refersTo="=Ring+1"/></definedNames><sheetDataSet><sheetData sheetId="0">
<row r="1"><cell r="A1"><v>3</v></cell></row><row r="2"><cell r="A2"><v>4</v></cell></row></sheetData>
<sheetData sheetId="1"><row r="2"><cell r="B2" t="str"><v>EUR</v></cell></row></sheetData></sheetDataSet>
</externalBook></externalLink>"""


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("[1]!Rate", 3.0),
        ("[1]!RATE*2", 6.0),
        ("SUM([1]!Rates)", 7.0),
        ("[1]Other!Rate", "EUR"),
        ("'[1]My rates'!Rate", 3.0),
        ("[1]!Twice", 6.0),
        ("[1]!Fixed", 0.25),
        ("[1]!Gone", "#REF!"),
        ("[1]!Unknown", "#NAME?"),
        ("[1]!Own", "#NAME?"),
        ("[2]!Rate", "#NAME?"),
        ("[1]!Ring", "#NAME?"),
        ("[0]!Own", 8.0),
        ("Rate", 9.0),
        ("ROWS('[1]My rates'!A1:A9)", 9.0),
        ("COLUMNS('[1]My rates'!A1:C2)", 3.0),
        ("ROWS('[1]My rates'!B5:B6)", 2.0),
        ("ROWS('[1]My rates'!A:A)", 1048576.0),
        ("COLUMNS('[1]My rates'!1:2)", 16384.0),
        ("ROWS([1]Nowhere!A1:A9)", "#REF!"),
        ("ROWS([1]!Rates)", 3.0),
        ("SUM('[1]My rates'!A1:C9)", 7.0),
        ("SUM('[1]My rates'!A:A)", 7.0),
        ("COUNTA('[1]My rates'!A1:A9)", 2.0),
        ("COUNTA([1]Other!A1:C3)", 1.0),
        ("INDEX([1]Other!A1:C3,2,2)", "EUR"),
        ("INDEX('[1]My rates'!A1:A9,7)", 0.0),
        ("INDEX('[1]My rates'!A1:A9,10)", "#REF!"),
        ("SUMPRODUCT('[1]My rates'!A1:A9,ROW(A1:A9))", 11.0),
        ("ISBLANK('[1]My rates'!A7)", True),
    ],
)
def test_the_stored_values_answer(formula: str, value: float | str, tmp_path: Path) -> None:
    path = tmp_path / "linked.xlsx"
    path.write_bytes(
        PackageBuilder(
            rows=f'<row r="1"><c r="A1"><f>{formula}</f></c><c r="B1"><v>8</v></c><c r="C1"><v>9</v></c></row>',
            workbook='<externalReferences><externalReference r:id="e"/></externalReferences><definedNames>'
            '<definedName name="Own">Model!$B$1</definedName><definedName name="Rate">Model!$C$1</definedName>'
            "</definedNames>",
            relationships=f'<Relationship Id="e" Type="{OFFICE}/externalLink" Target="externalLinks/link.xml"/>',
            parts={"xl/externalLinks/link.xml": LINK},
        ).build()
    )
    found = compute.recalculate(path)["Model"]["A1"]
    assert (found.code if isinstance(found, compute.errors.CellError) else found) == value

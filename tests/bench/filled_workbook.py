"""Workbooks of any number of formulas, of which any number differ in relative form, written as plain XML."""

from __future__ import annotations

import zipfile
from pathlib import Path

FORMULA_COLUMNS = 50
FIRST_COLUMN = 4
"""Formulas stand from column D on; A, B and C hold constants."""

_TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"""
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = """<?xml version="1.0"?><Relationships xmlns="{package}">
<Relationship Id="rId1" Type="{office}/{kind}" Target="{target}"/></Relationships>"""
_WORKBOOK = f"""<?xml version="1.0"?><workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">
<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>"""


def write_filled_workbook(path: Path, cells: int, distinct: int, columns: int = FORMULA_COLUMNS) -> None:
    """One sheet of ``cells`` formulas in so many columns, ``distinct`` of them different from each other but for place.

    Each reads two constants of its row and the formula on its left.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", _TYPES)
        root = _RELATIONS.format(package=_PACKAGE, office=_OFFICE, kind="officeDocument", target="xl/workbook.xml")
        package.writestr("_rels/.rels", root)
        package.writestr("xl/workbook.xml", _WORKBOOK)
        sheet = _RELATIONS.format(package=_PACKAGE, office=_OFFICE, kind="worksheet", target="worksheets/sheet1.xml")
        package.writestr("xl/_rels/workbook.xml.rels", sheet)
        package.writestr("xl/worksheets/sheet1.xml", _sheet(cells, distinct, columns))


def _sheet(cells: int, distinct: int, columns: int) -> str:
    rows = []
    for first in range(0, cells, columns):
        row = first // columns + 1
        constants = "".join(f'<c r="{letter}{row}"><v>{row % 7 + i}</v></c>' for i, letter in enumerate("ABC"))
        numbers = range(first, min(first + columns, cells))
        formulas = "".join(_formula(row, n - first, n % distinct) for n in numbers)
        rows.append(f'<row r="{row}">{constants}{formulas}</row>')
    return f'<?xml version="1.0"?><worksheet xmlns="{_MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'


def _formula(row: int, place: int, kind: int) -> str:
    left, own = _letters(FIRST_COLUMN + place - 1), _letters(FIRST_COLUMN + place)
    return (
        f'<c r="{own}{row}"><f>IF({left}{row}&gt;{kind}.5,A{row}*{kind}+B{row},{left}{row}-{kind}/(1+B{row}))</f></c>'
    )


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(65 + digit) + letters
    return letters

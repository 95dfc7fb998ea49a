"""Tables (ListObjects): name, range, columns, and whether their filter has criteria."""

from __future__ import annotations

from compute.errors import DamagedWorkbook
from compute.workbook.attributes import whole_number
from compute.workbook.markup import Element
from compute.workbook.model import Rectangle, Table
from compute.workbook.rectangles import parse_rectangle
from compute.workbook.safety import REPAIR
from compute.workbook.strings import unescape
from compute.workbook.worksheet import CRITERIA


def read_table(table: Element, part: str, sheet: str) -> Table:
    """The table that a table part defines on ``sheet``. Raises DamagedWorkbook."""
    attributes = table.attributes
    name = attributes.get("displayName") or attributes.get("name")
    if not name:
        message = f"The table in {part} has no name. {REPAIR}"
        raise DamagedWorkbook(message, code="workbook.bad_table")
    return Table(
        name=unescape(name),
        sheet=sheet,
        range=parse_rectangle(attributes.get("ref", ""), f"The table {name}"),
        columns=tuple(
            unescape(column.attributes.get("name", "")) for column in table.all("tableColumns", "tableColumn")
        ),
        header_rows=_count(attributes.get("headerRowCount"), 1),
        totals_rows=_count(attributes.get("totalsRowCount"), 0),
    )


def table_filter(table: Element, name: str) -> Rectangle | None:
    """The range that the table's autofilter filters, None when it has no criteria."""
    found = table.first("autoFilter")
    if found is None or not found.attributes.get("ref"):
        return None
    if any(element.tag in CRITERIA for column in found.all("filterColumn") for element in column.children):
        return parse_rectangle(found.attributes["ref"], f"The filter of table {name}")
    return None


def _count(text: str | None, default: int) -> int:
    found = whole_number(text)
    return default if found is None else found

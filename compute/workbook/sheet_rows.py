"""The rows and cells of a sheet's text, by their places in it."""

from __future__ import annotations

from compute.formulas import parse_address
from compute.records import dataclass
from compute.workbook.graft_markup import Markup, Tag


@dataclass(slots=True)
class Row:
    """One row: its tag, its number from 1, and the tags of its cells by column."""

    tag: Tag
    number: int
    cells: dict[int, Tag]


def rows_of(markup: Markup, data: Tag) -> dict[int, Row]:
    """The rows of the ``sheetData`` element by number; rows and cells without an address follow the one before."""
    rows: dict[int, Row] = {}
    number = column = 0
    current: Row | None = None
    for tag in markup.tags:
        if not data.start < tag.start < data.after:
            continue
        if tag.name == "row" and tag.depth == data.depth + 1:
            given = tag.attributes.get("r", "")
            number = int(given) if given.isdecimal() else number + 1
            current, column = Row(tag, number, {}), 0
            rows[number] = current
        elif tag.name == "c" and current is not None and tag.depth == data.depth + 2:
            place = tag.attributes.get("r")
            column = parse_address(place)[1] if place else column + 1
            current.cells[column] = tag
    return rows

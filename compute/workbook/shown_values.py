"""The values that formulas show, written into a copy of the package of which nothing else changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

from compute.errors import CellError, Scalar, UnknownCell
from compute.formulas import parse_cell_key
from compute.workbook.graft import open_host
from compute.workbook.graft_archive import rewrite_archive
from compute.workbook.graft_markup import Edit, Markup, Tag, parse_markup, qualified
from compute.workbook.graft_previous import sheets_of
from compute.workbook.sheet_rows import rows_of

_KIND = re.compile(r"""\st\s*=\s*("[^"]*"|'[^']*')""")
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML cannot hold, or that its readers change (ECMA-376 part 1, 22.9.2.19)."""
_MOST_TEXT = 32_767


def with_shown_values(data: bytes, values: Mapping[str, Scalar]) -> bytes:
    """A copy of the package whose formula cells show the given values (``{"Model!B7": 12.5}``).

    Only the parts of the sheets concerned change, and in them only the kind and the value of those cells; cells without
    a formula are left alone. Raises UnknownCell for a sheet that the workbook does not have.
    """
    host = open_host(data)
    entries = {s.name.casefold(): s for s in sheets_of(host.package, host.workbook_part) if s.kind == "worksheet"}
    by_sheet: dict[str, dict[tuple[int, int], Scalar]] = {}
    for key, value in values.items():
        sheet, row, column = parse_cell_key(key)
        if (sheet or "").casefold() not in entries:
            raise UnknownCell(f"{key}: the workbook has no sheet {sheet!r}", cells=(key,))
        by_sheet.setdefault((sheet or "").casefold(), {})[row, column] = value
    changed: dict[str, bytes | None] = {}
    for name, cells in by_sheet.items():
        part = entries[name].part
        markup = parse_markup(host.package.read(part), part)
        changed[host.package.spelled(part)] = _with_values(markup, cells)
    return rewrite_archive(data, changed, {}) if changed else data


def _with_values(markup: Markup, cells: Mapping[tuple[int, int], Scalar]) -> bytes:
    data = markup.child("sheetData")
    rows = {} if data is None else rows_of(markup, data)
    edits: list[Edit] = []
    for (row, column), value in sorted(cells.items()):
        tag = rows[row].cells.get(column) if row in rows else None
        if tag is not None and next(markup.children("f", tag), None) is not None:
            edits.append(_edit(markup, tag, value))
    return markup.edited(edits)


def _edit(markup: Markup, cell: Tag, value: Scalar) -> Edit:
    """The whole cell anew: its own head with another kind, its formula's own text, and the value."""
    formula = next(markup.children("f", cell))
    kind, text = _stored(value)
    head = _KIND.sub("", markup.text[cell.start : cell.end].removesuffix(">").rstrip())
    head += f' t="{kind}">' if kind else ">"
    name, shown = qualified(markup.root.prefix, "c"), qualified(markup.root.prefix, "v")
    content = f"<{shown}>{escape(text)}</{shown}>" if text is not None else ""
    return Edit(cell.start, cell.after, f"{head}{markup.text[formula.start : formula.after]}{content}</{name}>")


def _stored(value: Scalar) -> tuple[str, str | None]:
    """The kind of a formula's value (ECMA-376 part 1, 18.18.11) and its text."""
    if isinstance(value, CellError):
        return "e", value.code
    if isinstance(value, bool):
        return "b", str(int(value))
    if isinstance(value, float):
        return "", repr(value).removesuffix(".0")
    return ("", None) if value is None else ("str", _UNWRITABLE.sub(_escaped, str(value)[:_MOST_TEXT]))


def _escaped(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"

"""The values that formulas show, written into a copy of the package of which nothing else changes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape

from compute.errors import CellError, Scalar, UnknownCell
from compute.formulas import address, parse_address, parse_cell_key
from compute.workbook.graft import open_host
from compute.workbook.graft_archive import rewrite_archive
from compute.workbook.graft_markup import Edit, Markup, Tag, parse_markup, qualified
from compute.workbook.graft_previous import sheets_of
from compute.workbook.sheet_rows import Row, rows_of

_KIND = re.compile(r"""\st\s*=\s*("[^"]*"|'[^']*')""")
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML cannot hold, or that its readers change (ECMA-376 part 1, 22.9.2.19)."""
_MOST_TEXT = 32_767


def with_shown_values(data: bytes, values: Mapping[str, Scalar]) -> bytes:
    """A copy of the package whose formula cells show the given values (``{"Model!B7": 12.5}``).

    Only the parts of the sheets concerned change, and in them only the kind and the value of those cells; cells without
    a formula are left alone, but for those inside what-if data tables, which are made where they are missing.
    Raises UnknownCell for a sheet that the workbook does not have.
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
    formulas = _formulas(markup)
    tables = [_corners(f.attributes["ref"]) for f in formulas.values() if f.attributes.get("t") == "dataTable"]
    missing: dict[int, dict[int, Scalar]] = {}
    for (row, column), value in sorted(cells.items()):
        tag = rows[row].cells.get(column) if row in rows else None
        is_inside = any(top <= row <= bottom and left <= column <= right for top, left, bottom, right in tables)
        if tag is not None and (tag.start in formulas or is_inside):
            edits.append(_edit(markup, tag, formulas.get(tag.start), value))
        elif tag is None and is_inside:
            missing.setdefault(row, {})[column] = value
    return markup.edited([*edits, *(_made(markup, data, rows, missing) if data is not None else ())])


def _formulas(markup: Markup) -> dict[int, Tag]:
    """The formulas by where their cells begin."""
    found: dict[int, Tag] = {}
    cell = -1
    for tag in markup.tags:
        if tag.name == "c":
            cell = tag.start
        elif tag.name == "f":
            found.setdefault(cell, tag)
    return found


def _corners(text: str) -> tuple[int, int, int, int]:
    first, _, last = text.partition(":")
    return *parse_address(first), *parse_address(last or first)


def _edit(markup: Markup, cell: Tag, formula: Tag | None, value: Scalar) -> Edit:
    """The whole cell anew: its own head with another kind, its formula's own text, and the value."""
    head = _KIND.sub("", markup.text[cell.start : cell.end].removesuffix(">").rstrip().removesuffix("/").rstrip())
    own = "" if formula is None else markup.text[formula.start : formula.after]
    return Edit(cell.start, cell.after, _cell(markup, head, own, value))


def _cell(markup: Markup, head: str, formula: str, value: Scalar) -> str:
    kind, text = _stored(value)
    name, shown = qualified(markup.root.prefix, "c"), qualified(markup.root.prefix, "v")
    content = f"<{shown}>{escape(text)}</{shown}>" if text is not None else ""
    return head + (f' t="{kind}">' if kind else ">") + f"{formula}{content}</{name}>"


def _made(
    markup: Markup, data: Tag, rows: Mapping[int, Row], missing: Mapping[int, Mapping[int, Scalar]]
) -> Iterator[Edit]:
    """Cells that the sheet does not have yet, each before the next one that it has, else at its row's end."""
    name, line = qualified(markup.root.prefix, "c"), qualified(markup.root.prefix, "row")
    behind: dict[int | None, str] = {}
    for number, cells in sorted(missing.items()):
        texts = {c: _cell(markup, f'<{name} r="{address(number, c)}"', "", value) for c, value in cells.items()}
        if number not in rows:
            later = min((r for r in rows if r > number), default=None)
            made = f'<{line} r="{number}">{"".join(texts.values())}</{line}>'
            behind[later] = behind.get(later, "") + made
            continue
        before: dict[int | None, str] = {}
        for column, text in texts.items():
            place = min((c for c in rows[number].cells if c > column), default=None)
            before[place] = before.get(place, "") + text
        for place, text in before.items():
            at = None if place is None else rows[number].cells[place].start
            yield markup.append(rows[number].tag, text) if at is None else Edit(at, at, text)
    for later, text in behind.items():
        start = None if later is None else rows[later].tag.start
        yield markup.append(data, text) if start is None else Edit(start, start, text)


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

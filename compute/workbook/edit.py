"""Cells of an existing package changed in place: every part stays byte for byte but the sheets edited, and those that
must follow.

A cell keeps its format. The calculation chain is dropped when formulas come or go (Excel makes it anew), and Excel is
asked to recalculate on opening, since the values it stored may no longer hold.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol
from xml.sax.saxutils import escape

from compute.errors import UnknownCell, WorkbookError
from compute.formulas import address, parse_address
from compute.workbook.graft import CONTENT_TYPES, Host, Scion, graft, open_host
from compute.workbook.graft_archive import rewrite_archive
from compute.workbook.graft_markup import Edit, Markup, Tag, parse_markup, qualified
from compute.workbook.graft_previous import Place, relationships_part, sheets_of
from compute.workbook.model import Cell, Sheet
from compute.workbook.package import Package
from compute.workbook.reader import read_workbook
from compute.workbook.sheet_rows import rows_of
from compute.workbook.typed import Typed, check_sheet_name, checked_formula, is_formula, plain_text


class CellEdit(Protocol):
    """A cell to change; ``input`` None empties it."""

    @property
    def sheet(self) -> str: ...
    @property
    def cell(self) -> str: ...
    @property
    def input(self) -> Typed | None: ...


def edit_cells(original: str | Path | bytes, edits: Sequence[CellEdit], new_sheets: Iterable[str] = ()) -> bytes:
    """The package with cells changed and empty sheets added; a later edit of the same cell wins.

    Raises FormulaSyntaxError for a formula that cannot be read, WorkbookError for the inside of an array formula or a
    table's header, UnknownCell for a sheet or an address that does not exist; then nothing is changed.
    """
    data = original if isinstance(original, bytes) else Path(original).read_bytes()
    for name in new_sheets:
        data = _with_empty_sheet(data, name)
    host = open_host(data)
    book = read_workbook(data)
    entries = {s.name.casefold(): s for s in sheets_of(host.package, host.workbook_part) if s.kind == "worksheet"}
    by_sheet: dict[str, dict[Cell, Typed | None]] = {}
    for edit in edits:
        if edit.sheet.casefold() not in entries:
            names = ", ".join(s.name for s in book.sheets)
            where = f"{edit.sheet}!{edit.cell}"
            raise UnknownCell(
                f"{where}: the workbook has no sheet {edit.sheet!r}; its sheets are {names}", cells=(where,)
            )
        by_sheet.setdefault(edit.sheet.casefold(), {})[parse_address(edit.cell)] = edit.input
    if not by_sheet:
        return data
    changed: dict[str, bytes | None] = {}
    for name, cells in by_sheet.items():
        part = entries[name].part
        changed[part] = _SheetEditor(parse_markup(host.package.read(part), part), book.sheet(name), cells).edited()
    changed |= _without_calculation_chain(host)
    changed[host.workbook_part] = _recalculated_on_load(host.package, host.workbook_part)
    return rewrite_archive(data, {host.package.spelled(p): c for p, c in changed.items()}, {})


def _with_empty_sheet(data: bytes, name: str) -> bytes:
    import openpyxl

    host = open_host(data)
    sheets = sheets_of(host.package, host.workbook_part)
    check_sheet_name(name, (s.name for s in sheets))
    scratch, stream = openpyxl.Workbook(), io.BytesIO()
    scratch.active.title = "Sheet"
    scratch.save(stream)
    package = Package(stream.getvalue())
    (part,) = [p for p in package.parts if p.startswith("xl/worksheets/sheet")]
    return graft(host, Scion(package, part, {}), Place(name), sheets)


def _without_calculation_chain(host: Host) -> dict[str, bytes | None]:
    arrows_part = relationships_part(host.workbook_part)
    chain = next((a for a in host.package.relationships(host.workbook_part) if a.kind == "calcChain"), None)
    if chain is None:
        return {}
    arrows = parse_markup(host.package.read(arrows_part), arrows_part)
    types = parse_markup(host.package.read(CONTENT_TYPES), CONTENT_TYPES)
    gone = [Edit(t.start, t.after, "") for t in arrows.children("Relationship") if t.attributes.get("Id") == chain.id]
    named = [
        Edit(t.start, t.after, "")
        for t in types.children("Override")
        if t.attributes.get("PartName", "").lstrip("/").casefold() == chain.target.casefold()
    ]
    changed: dict[str, bytes | None] = {arrows_part: arrows.edited(gone), CONTENT_TYPES: types.edited(named)}
    if chain.target in host.package:
        changed[chain.target] = None
    return changed


def _recalculated_on_load(package: Package, part: str) -> bytes:
    markup = parse_markup(package.read(part), part)
    properties = markup.child("calcPr")
    if properties is None:
        # The schema wants calcPr behind these, in this order.
        names = ("definedNames", "externalReferences", "functionGroups", "sheets")
        anchor = next((t for n in names if (t := markup.child(n)) is not None), None)
        if anchor is None:
            return package.read(part)
        name = qualified(markup.root.prefix, "calcPr")
        return markup.edited([Edit(anchor.after, anchor.after, f'<{name} fullCalcOnLoad="1"/>')])
    head = markup.text[properties.start : properties.end]
    if properties.attributes.get("fullCalcOnLoad") in ("1", "true"):
        return package.read(part)
    slash = head.endswith("/>")
    body = head[: -2 if slash else -1].rstrip()
    if "fullCalcOnLoad" in properties.attributes:
        body = body.replace('fullCalcOnLoad="0"', "").replace('fullCalcOnLoad="false"', "").rstrip()
    return markup.edited([Edit(properties.start, properties.end, f'{body} fullCalcOnLoad="1"{"/>" if slash else ">"}')])


class _SheetEditor:
    """The edits of one sheet's text."""

    def __init__(self, markup: Markup, sheet: Sheet, changes: Mapping[Cell, Typed | None]) -> None:
        self._markup, self._sheet = markup, sheet
        self._prefix = markup.root.prefix
        data = markup.child("sheetData")
        if data is None:
            raise WorkbookError(f"the sheet {sheet.name} has no cells part", code="workbook.damaged_part")
        self._data = data
        self._rows = rows_of(markup, data)
        self._changes = dict(changes)
        self._refuse_array_parts()
        self._release_shared()

    def _refuse_array_parts(self) -> None:
        for cell in self._changes:
            formula = self._sheet.formulas.get(cell)
            spans = formula is not None and formula.range is not None and formula.range[:2] != formula.range[2:]
            if (cell in self._sheet.spilled and self._sheet.spilled[cell] != cell) or spans:
                where = f"{self._sheet.name}!{address(*cell)}"
                raise WorkbookError(
                    f"{where} is part of an array formula or a data table; change it as a whole in Excel",
                    code="workbook.array_part",
                    cells=(where,),
                )

    def _release_shared(self) -> None:
        """Cells that share the formula of a cell to be changed get it written out, else they would lose it."""
        lost = {
            index
            for cell in self._changes
            if (formula := self._formula_tag(cell)) is not None
            and (index := formula.attributes.get("si")) is not None
            and formula.attributes.get("ref")
        }
        if not lost:
            return
        for row in self._rows.values():
            for column in row.cells:
                cell = (row.number, column)
                tag = self._formula_tag(cell)
                if tag is not None and tag.attributes.get("si") in lost and cell not in self._changes:
                    self._changes[cell] = "=" + self._sheet.formulas[cell].text

    def _formula_tag(self, cell: Cell) -> Tag | None:
        row = self._rows.get(cell[0])
        tag = None if row is None else row.cells.get(cell[1])
        return None if tag is None else next(self._markup.children("f", tag), None)

    def edited(self) -> bytes:
        """The sheet's text with all changes made."""
        edits: list[Edit] = []
        additions: dict[int, dict[int, str]] = {}
        for (number, column), typed in sorted(self._changes.items()):
            row = self._rows.get(number)
            tag = None if row is None else row.cells.get(column)
            style = None if tag is None else tag.attributes.get("s")
            text = self._cell_text(number, column, typed, style)
            if tag is not None:
                edits.append(Edit(tag.start, tag.after, text))
            elif text:
                additions.setdefault(number, {})[column] = text
        for number, cells in additions.items():
            edits += self._added(number, cells)
        return self._markup.edited(self._with_row_ends(edits))

    def _added(self, number: int, cells: Mapping[int, str]) -> list[Edit]:
        row = self._rows.get(number)
        if row is None:
            name = qualified(self._prefix, "row")
            text = f'<{name} r="{number}">{"".join(cells.values())}</{name}>'
            later = min((r for n, r in self._rows.items() if n > number), key=lambda r: r.number, default=None)
            if later is not None:
                return [Edit(later.tag.start, later.tag.start, text)]
            return [self._at_end(self._data, text)]
        edits = []
        ending = ""
        for column, text in cells.items():
            later_cell = min((c for c in row.cells if c > column), default=None)
            if later_cell is None:
                ending += text
            else:
                place = row.cells[later_cell].start
                edits.append(Edit(place, place, text))
        return [*edits, self._at_end(row.tag, ending)] if ending else edits

    def _at_end(self, parent: Tag, text: str) -> Edit:
        return self._markup.append(parent, text)

    def _with_row_ends(self, edits: list[Edit]) -> list[Edit]:
        """Insertions at the same place joined in their order: several new rows before one row, or at the end of all."""
        merged: dict[tuple[int, int], str] = {}
        empty_data = (self._data.start, self._data.end) if self._data.empty else None
        rows = ""
        for edit in edits:
            if empty_data is not None and (edit.start, edit.end) == empty_data:
                name = qualified(self._prefix, "row")
                rows += edit.new[edit.new.index(f"<{name} ") : edit.new.rindex(f"</{name}>") + len(name) + 3]
                continue
            key = (edit.start, edit.end)
            merged[key] = merged.get(key, "") + edit.new if edit.start == edit.end else edit.new
        found = [Edit(start, end, new) for (start, end), new in merged.items()]
        return [*found, self._markup.append(self._data, rows)] if rows else found

    def _cell_text(self, row: int, column: int, typed: Typed | None, style: str | None) -> str:
        name = qualified(self._prefix, "c")
        head = f'<{name} r="{address(row, column)}"' + (f' s="{style}"' if style else "")
        if typed is None or typed == "":
            return f"{head}/>" if style else ""
        value, formula = qualified(self._prefix, "v"), qualified(self._prefix, "f")
        if is_formula(typed):
            stored = checked_formula(str(typed), row, column, f"{self._sheet.name}!{address(row, column)}")
            return f"{head}><{formula}>{escape(stored)}</{formula}></{name}>"
        if isinstance(typed, bool):
            return f'{head} t="b"><{value}>{int(typed)}</{value}></{name}>'
        if isinstance(typed, str):
            text = escape(plain_text(typed, f"{self._sheet.name}!{address(row, column)}"))
            inline, run = qualified(self._prefix, "is"), qualified(self._prefix, "t")
            return f'{head} t="inlineStr"><{inline}><{run} xml:space="preserve">{text}</{run}></{inline}></{name}>'
        return f"{head}><{value}>{typed!r}</{value}></{name}>"


__all__ = ["CellEdit", "edit_cells"]

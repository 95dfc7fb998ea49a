"""The results sheet of an earlier run: how it is known, what belongs to it alone, and when it must be kept."""

from __future__ import annotations

import posixpath
import re

from compute.records import dataclass
from compute.workbook.markup import feed, new_parser, short_name
from compute.workbook.package import Package

SHEET_NAME = "Montecell Results"
SUMMARY_TABLE = "Montecell_Summary"
"""The name of the table that marks a sheet as ours; it outlives a save by Excel, unlike private markup."""

_OURS = re.compile(rf"{SUMMARY_TABLE}(_\d+)?", re.IGNORECASE)
_NAMES = re.compile(rf"{SHEET_NAME}( \d+)?", re.IGNORECASE)
_OUR_KINDS = frozenset({"drawing", "chart", "table", "printerSettings", "chartStyle", "chartColorStyle"})


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One ``<sheet>`` of the workbook part; ``part`` is empty when its relationship leads nowhere."""

    name: str
    sheet_id: str
    kind: str
    part: str


@dataclass(frozen=True, slots=True)
class TableEntry:
    """One table part and the names that other tables cannot have."""

    part: str
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the results go: under a free name, or in the place of ``replaced``; ``kept`` says why a sheet stayed."""

    name: str
    replaced: SheetEntry | None = None
    kept: tuple[str, ...] = ()


def sheets_of(package: Package, workbook_part: str) -> tuple[SheetEntry, ...]:
    """The sheets in the order of their tabs."""
    arrows = {arrow.id: arrow for arrow in package.relationships(workbook_part)}
    entries = []
    for sheet in package.tree(workbook_part).all("sheets", "sheet"):
        arrow = arrows.get(sheet.attributes.get("r:id", ""))
        kind, part = (arrow.kind, arrow.target) if arrow and arrow.target in package else ("", "")
        entries.append(SheetEntry(sheet.attributes.get("name", ""), sheet.attributes.get("sheetId", ""), kind, part))
    return tuple(entries)


def tables_of(package: Package, part: str) -> tuple[TableEntry, ...]:
    """The tables (ListObjects) on one sheet."""
    entries = []
    for arrow in package.relationships(part):
        if arrow.kind == "table" and arrow.target in package:
            attributes = package.tree(arrow.target).attributes
            number = attributes.get("id", "")
            name = attributes.get("displayName") or attributes.get("name", "")
            entries.append(TableEntry(arrow.target, int(number) if number.isdecimal() else 0, name))
    return tuple(entries)


def choose_place(package: Package, sheets: tuple[SheetEntry, ...]) -> Place:
    """The sheet to replace or the name to add: an earlier results sheet is replaced unless its reader built on it."""
    taken = {sheet.name.casefold() for sheet in sheets}
    kept = []
    for sheet in sheets:
        if not _NAMES.fullmatch(sheet.name) or not _is_ours(package, sheet):
            continue
        addition = _addition(package, sheet.part)
        if not addition:
            return Place(sheet.name, sheet)
        kept.append(f"The earlier sheet '{sheet.name}' was kept because {addition} been added to it.")
    number = 1
    while _numbered(number).casefold() in taken:
        number += 1
    if number > 1 and not kept:
        kept.append(f"A sheet named '{SHEET_NAME}' is in use, so the results are on '{_numbered(number)}'.")
    return Place(_numbered(number), kept=tuple(kept))


def owned_parts(package: Package, sheet_part: str) -> frozenset[str]:
    """The sheet's part and all parts that nothing else in the package leads to, with their relationship parts."""
    mine = _reached(package, sheet_part)
    others = _reached(package, "", without=sheet_part)
    owned = {part for part in package.parts if part.casefold() in mine - others}
    sources = {relationships_part(part).casefold() for part in owned}
    return frozenset(owned | {part for part in package.parts if part.casefold() in sources})


def relationships_part(part: str) -> str:
    """Where the relationships of ``part`` are stored (ECMA-376 part 2, 6.5.2)."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", name + ".rels")


def _numbered(number: int) -> str:
    return SHEET_NAME if number == 1 else f"{SHEET_NAME} {number}"


def _is_ours(package: Package, sheet: SheetEntry) -> bool:
    return sheet.kind == "worksheet" and any(_OURS.fullmatch(table.name) for table in tables_of(package, sheet.part))


def _addition(package: Package, part: str) -> str:
    """What somebody added to a results sheet and would lose, as the subject of "... been added"; empty for nothing."""
    if _has_formulas(package, part):
        return "formulas have"
    for source in owned_parts(package, part):
        for arrow in package.relationships(source):
            if arrow.external or arrow.kind not in _OUR_KINDS:
                return f"content ({arrow.kind}) has"
    return ""


def _has_formulas(package: Package, part: str) -> bool:
    found = []

    def look(name: str, _: dict[str, str]) -> None:
        if short_name(name) == "f":
            found.append(name)

    parser = new_parser(part)
    parser.StartElementHandler = look
    feed(parser, package.chunks(part), part)
    return bool(found)


def _reached(package: Package, start: str, without: str = "") -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        part = waiting.pop()
        key = part.casefold()
        if key in reached or (without and key == without.casefold()):
            continue
        reached.add(key)
        waiting += [arrow.target for arrow in package.relationships(part) if not arrow.external]
    return reached

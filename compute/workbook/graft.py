"""Grafting: one generated sheet, with its drawing, charts and tables, becomes part of an existing package.

Only the three parts that must name a new sheet are edited, each by insertions into its own text (ECMA-376 part 1,
12.3.24 and 18.2.19; part 2, clauses 6.5 and 7.2). All other members are copied as they lie in the archive.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import field

from compute.errors import DamagedWorkbook
from compute.records import dataclass
from compute.workbook.document_type import workbook_part
from compute.workbook.graft_archive import rewrite_archive
from compute.workbook.graft_markup import Edit, Markup, Tag, attribute, parse_markup, qualified
from compute.workbook.graft_previous import Place, SheetEntry, owned_parts, relationships_part
from compute.workbook.package import Package, Relationship

CONTENT_TYPES = "[Content_Types].xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_STRICT_NAMESPACES = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/drawingml/2006/": "http://purl.oclc.org/ooxml/drawingml/",
    _OFFICE: _STRICT_OFFICE,
}
"""Transitional namespaces (or their beginnings) and the Strict ones for them (ISO/IEC 29500-1, annex A)."""

_KINDS: Mapping[str, tuple[str, str]] = {
    "worksheet": (
        "worksheets/sheet",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml",
    ),
    "drawing": ("drawings/drawing", "application/vnd.openxmlformats-officedocument.drawing+xml"),
    "chart": ("charts/chart", "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"),
    "table": ("tables/table", "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml"),
}
_STYLE_OF_CELL = re.compile(rb'(<c\b[^<>]*?\ss=")(\d+)(")')
_VALUE_OF_CELL = re.compile(rb'(<c r="([A-Z]+[0-9]+)"[^<>]*><v>)([^<]*)(</v>)')
_ID_OF_TABLE = re.compile(rb'(<table\b[^<>]*?\sid=")(\d+)(")')
_PERCENTAGE = re.compile(rb'(<(?:\w+:)?(?:gapWidth|overlap) val="-?[0-9]+)"')
"""Values that Strict wants with a percent sign (ISO/IEC 29500-1, ST_GapAmount and ST_Overlap)."""
_LARGEST_SHEET_ID = 65_534


@dataclass(frozen=True, slots=True)
class Host:
    """The user's package, where its workbook part is, and what of it is Strict (ISO/IEC 29500-1)."""

    data: bytes
    package: Package
    workbook_part: str

    @property
    def strict(self) -> bool:
        return b"http://purl.oclc.org/ooxml/spreadsheetml/main" in self.package.read(self.workbook_part)


@dataclass(frozen=True, slots=True)
class Scion:
    """A generated workbook whose only sheet is to be grafted.

    ``style_indexes`` maps its cell formats to the host's; its table ids are raised by ``table_id_offset``;
    ``exact_values`` are the numbers, by cell, that openpyxl cannot write in full.
    """

    package: Package
    sheet_part: str
    style_indexes: Mapping[int, int]
    table_id_offset: int = 0
    exact_values: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Parts:
    """The parts to add, and the names they took the place of their names in the scion by."""

    names: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)


def open_host(data: bytes, file_name: str = "") -> Host:
    """The workbook as a host for a new sheet; raises ``NotAWorkbook``, ``DamagedWorkbook`` or ``UnsafeWorkbook``."""
    package = Package(data, file_name=file_name)
    return Host(data, package, workbook_part(package))


def graft(host: Host, scion: Scion, place: Place, sheets: tuple[SheetEntry, ...]) -> bytes:
    """The host's archive with the scion's sheet at ``place``; all parts but the three that name it are unchanged."""
    removed = owned_parts(host.package, place.replaced.part) if place.replaced else frozenset()
    parts = _adapted(host, scion, removed, place.replaced.part if place.replaced else "")
    changed: dict[str, bytes | None] = dict.fromkeys(removed)
    changed[host.package.spelled(CONTENT_TYPES)] = _with_types(host, removed, parts)
    if place.replaced is None:
        arrows = relationships_part(host.workbook_part)
        identifier = _free_relationship(host.package.relationships(host.workbook_part))
        target = posixpath.relpath(parts.names[scion.sheet_part], posixpath.dirname(host.workbook_part) or ".")
        changed[host.package.spelled(arrows)] = _with_relationship(host, arrows, identifier, target)
        changed[host.package.spelled(host.workbook_part)] = _with_sheet(host, sheets, place.name, identifier)
    return rewrite_archive(host.data, changed, parts.contents)


def _adapted(host: Host, scion: Scion, removed: frozenset[str], sheet_part: str) -> _Parts:
    taken = {part.casefold() for part in host.package.parts if part not in removed}
    folder = posixpath.dirname(host.workbook_part)
    parts = _Parts()
    for kind, part in _walk(scion.package, "worksheet", scion.sheet_part):
        stem, content_type = _KINDS[kind]
        name = sheet_part if kind == "worksheet" and sheet_part else _free_part(posixpath.join(folder, stem), taken)
        taken.add(name.casefold())
        parts.names[part] = name
        parts.types[name] = content_type
    for part, name in parts.names.items():
        parts.contents[name] = _content(scion, part, host.strict)
        arrows = scion.package.relationships(part)
        if arrows:
            parts.contents[relationships_part(name)] = _relationships(arrows, parts.names, name, host.strict)
    return parts


def _walk(package: Package, kind: str, part: str) -> Iterator[tuple[str, str]]:
    yield kind, part
    for arrow in package.relationships(part):
        yield from _walk(package, arrow.kind, arrow.target)


def _content(scion: Scion, part: str, strict: bool) -> bytes:
    content = scion.package.read(part)
    if part == scion.sheet_part:
        content = _STYLE_OF_CELL.sub(lambda found: _mapped(found, scion.style_indexes), content)
        exact = scion.exact_values
        content = _VALUE_OF_CELL.sub(
            lambda found: found[1] + exact.get(found[2].decode(), found[3].decode()).encode() + found[4], content
        )
    elif posixpath.basename(posixpath.dirname(part)) == "tables":
        content = _ID_OF_TABLE.sub(
            lambda found: found[1] + str(int(found[2]) + scion.table_id_offset).encode() + found[3], content, count=1
        )
    if strict:
        for transitional, name in _STRICT_NAMESPACES.items():
            content = content.replace(transitional.encode(), name.encode())
        content = _PERCENTAGE.sub(rb'\1%"', content)
    return content


def _mapped(found: re.Match[bytes], indexes: Mapping[int, int]) -> bytes:
    return found[1] + str(indexes.get(int(found[2]), 0)).encode() + found[3]


def _relationships(arrows: tuple[Relationship, ...], names: Mapping[str, str], source: str, strict: bool) -> bytes:
    office = _STRICT_OFFICE if strict else _OFFICE
    folder = posixpath.dirname(source)
    rows = "".join(
        f'<Relationship Id="{attribute(arrow.id)}" Type="{office}/{arrow.kind}" '
        f'Target="{attribute(posixpath.relpath(names[arrow.target], folder))}"/>'
        for arrow in arrows
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f'{head}<Relationships xmlns="{_PACKAGE}">{rows}</Relationships>'.encode()


def _with_types(host: Host, removed: frozenset[str], parts: _Parts) -> bytes:
    markup = parse_markup(host.package.read(CONTENT_TYPES), CONTENT_TYPES)
    gone = {part.casefold() for part in removed}
    edits = [
        Edit(tag.start, tag.after, "")
        for tag in markup.children("Override")
        if tag.attributes.get("PartName", "").lstrip("/").casefold() in gone
    ]
    prefix = markup.root.prefix
    rows = ""
    if not any(tag.attributes.get("Extension", "").lower() == "rels" for tag in markup.children("Default")):
        arrows_type = "application/vnd.openxmlformats-package.relationships+xml"
        rows = f'<{qualified(prefix, "Default")} Extension="rels" ContentType="{arrows_type}"/>'
    rows += "".join(
        f'<{qualified(prefix, "Override")} PartName="/{attribute(name)}" ContentType="{content_type}"/>'
        for name, content_type in parts.types.items()
    )
    return markup.edited([*edits, markup.append(markup.root, rows)])


def _with_relationship(host: Host, part: str, identifier: str, target: str) -> bytes:
    markup = parse_markup(host.package.read(part), part)
    office = _STRICT_OFFICE if host.strict else _OFFICE
    name = qualified(markup.root.prefix, "Relationship")
    row = f'<{name} Id="{identifier}" Type="{office}/worksheet" Target="{attribute(target)}"/>'
    return markup.edited([markup.append(markup.root, row)])


def _with_sheet(host: Host, sheets: tuple[SheetEntry, ...], title: str, identifier: str) -> bytes:
    markup = parse_markup(host.package.read(host.workbook_part), host.workbook_part)
    parent = markup.child("sheets")
    if parent is None:
        message = f"{host.workbook_part} lists no sheets. Open the file in Excel, let it repair it, and save it."
        raise DamagedWorkbook(message, code="workbook.no_sheets")
    name = qualified(parent.prefix, "sheet")
    number = _free_sheet_id(sheets)
    link = _identifier_attribute(markup, parent, _STRICT_OFFICE if host.strict else _OFFICE, identifier)
    return markup.edited([markup.append(parent, f'<{name} name="{attribute(title)}" sheetId="{number}" {link}/>')])


def _identifier_attribute(markup: Markup, parent: Tag, office: str, identifier: str) -> str:
    prefixes = [prefix for prefix, namespace in parent.scope.items() if prefix and namespace == office]
    if prefixes:
        return f'{prefixes[0]}:id="{identifier}"'
    # Some writers declare the prefix on each sheet anew; then so do we.
    return f'xmlns:r="{office}" r:id="{identifier}"'


def _free_part(stem: str, taken: set[str]) -> str:
    number = 1
    while f"{stem}{number}.xml".casefold() in taken or relationships_part(f"{stem}{number}.xml").casefold() in taken:
        number += 1
    return f"{stem}{number}.xml"


def _free_relationship(arrows: tuple[Relationship, ...]) -> str:
    taken = {arrow.id.casefold() for arrow in arrows}
    number = len(arrows) + 1
    while f"rid{number}" in taken:
        number += 1
    return f"rId{number}"


def _free_sheet_id(sheets: tuple[SheetEntry, ...]) -> int:
    taken = {int(sheet.sheet_id) for sheet in sheets if sheet.sheet_id.isdecimal()}
    number = max(taken, default=0) + 1
    if number <= _LARGEST_SHEET_ID:
        return number
    return next(free for free in range(1, _LARGEST_SHEET_ID) if free not in taken)

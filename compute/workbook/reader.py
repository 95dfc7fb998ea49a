"""From the bytes of an .xlsx, .xlsm, .xltx or .xltm to an immutable Workbook."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from itertools import chain
from pathlib import Path
from types import MappingProxyType

from compute.errors import CellError, DamagedWorkbook, NotAWorkbook
from compute.workbook.address_names import conflicting_names, renamed
from compute.workbook.document_type import workbook_part
from compute.workbook.external_links import ExternalLink, read_external_link
from compute.workbook.markup import Element
from compute.workbook.metadata import dynamic_array_flags
from compute.workbook.model import DefinedName, PivotTable, Rectangle, ShapeScript, Sheet, Table, Workbook
from compute.workbook.package import Package, Relationship
from compute.workbook.pivot_tables import read_pivot_table
from compute.workbook.rich_errors import rich_errors
from compute.workbook.safety import REPAIR, Budget, Limits, too_large
from compute.workbook.shape_scripts import has_shape_scripts, read_shape_scripts
from compute.workbook.sheet_content import SheetContent
from compute.workbook.strings import SharedStrings, read_shared_strings
from compute.workbook.styles import read_number_formats
from compute.workbook.tables import read_table, table_filter
from compute.workbook.workbook_part import (
    SheetEntry,
    read_calculation,
    read_defined_names,
    read_sheet_entries,
    uses_date_1904,
)
from compute.workbook.worksheet import Context, read_worksheet

MACRO_SHEETS = ("xlMacrosheet", "xlIntlMacrosheet")


def read_workbook(source: str | Path | bytes, *, limits: Limits = Limits(), file_name: str = "") -> Workbook:
    """Read a workbook whole, or say exactly why it cannot be read.

    ``source`` is a path or the bytes of the file; ``file_name`` is shown in messages and kept on the workbook (a path's
    own name by default). Nothing is evaluated, no link is followed, no macro is looked into. Chart and macro sheets are
    left out. Raises NotAWorkbook, DamagedWorkbook or UnsafeWorkbook with a code of its own for each reason, OSError
    when the path cannot be opened. Source: ECMA-376 parts 1 and 2, [MS-XLSX].
    """
    data, name = _load(source, file_name, limits)
    package = Package(data, file_name=name, limits=limits)
    part = workbook_part(package)
    root = package.tree(part)
    if root.tag != "workbook":
        message = (
            f"{package.shown} is not an Excel workbook: its main part is <{root.tag}>. Save it as .xlsx from Excel."
        )
        raise NotAWorkbook(message, code="workbook.wrong_type")
    return _Assembly(package, part, root).workbook(name, sha256(data).hexdigest())


def _load(source: str | Path | bytes, file_name: str, limits: Limits) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        return source, file_name
    path = Path(source)
    name = file_name or path.name
    size = path.stat().st_size
    if size > limits.max_file_bytes:
        raise too_large(name, size, limits.max_file_bytes)
    return path.read_bytes(), name


class _Assembly:
    """The parts of one package, joined along their relationships."""

    def __init__(self, package: Package, part: str, root: Element) -> None:
        self.package = package
        self.root = root
        self.relationships = package.relationships(part)
        self.entries = read_sheet_entries(root, self.relationships)
        names = read_defined_names(root, self.entries)
        self.conflicts = conflicting_names(names)
        self.names = tuple(renamed(name, self.conflicts) for name in names)
        self.has_scripts = has_shape_scripts(names)
        self.tables: list[Table] = []
        self.budget = Budget(package.limits)
        self.context = self._context()

    def workbook(self, file_name: str, digest: str) -> Workbook:
        sheets = tuple(
            self._sheet(entry, entry.relationship)
            for entry in self.entries
            if not entry.is_module and (entry.relationship is None or entry.relationship.kind == "worksheet")
        )
        if not sheets:
            message = f"{self.package.shown} has no worksheet, only charts or macros: there is nothing to calculate."
            raise NotAWorkbook(message, code="workbook.no_worksheets")
        calculation = read_calculation(self.root)
        links = self._links()
        pivots = self._pivots() if _asks_for_pivot_data(sheets, self.names) else ()
        return Workbook(
            sheets=sheets,
            names=self.names,
            tables=tuple(self.tables),
            date_1904=self.context.date_1904,
            iterative=calculation.iterative,
            iterative_count=calculation.iterative_count,
            iterative_change=calculation.iterative_change,
            precision_as_displayed=calculation.precision_as_displayed,
            external=MappingProxyType({key: link.values for key, link in links.items()}),
            external_names=MappingProxyType({key: link.names for key, link in links.items() if link.names}),
            pivots=pivots,
            has_macros=self._has_macros(),
            file_name=file_name,
            sha256=digest,
        )

    def _target(self, kind: str) -> str | None:
        for relationship in self.relationships:
            if relationship.kind == kind and not relationship.external:
                return relationship.target
        return None

    def _context(self) -> Context:
        strings, styles, metadata = (self._target(kind) for kind in ("sharedStrings", "styles", "sheetMetadata"))
        tree = self.package.tree(metadata) if metadata else None
        return Context(
            strings=read_shared_strings(self.package.chunks(strings), strings) if strings else SharedStrings(),
            formats=read_number_formats(self.package.tree(styles)) if styles else {},
            dynamic=dynamic_array_flags(tree) if tree else frozenset(),
            errors=self._rich_errors(tree) if tree else {},
            conflicts=self.conflicts,
            date_1904=uses_date_1904(self.root),
        )

    def _rich_errors(self, metadata: Element) -> Mapping[str, CellError]:
        structures, values = self._target("rdRichValueStructure"), self._target("rdRichValue")
        if structures is None or values is None:
            return {}
        return rich_errors(metadata, self.package.tree(structures), lambda: self.package.chunks(values), values)

    def _sheet(self, entry: SheetEntry, relationship: Relationship | None) -> Sheet:
        if relationship is None or relationship.external:
            message = f"{self.package.shown} lists the sheet {entry.name} but lacks its contents. {REPAIR}"
            raise DamagedWorkbook(message, code="workbook.missing_part")
        part = relationship.target
        content = read_worksheet(self.package.chunks(part), part, entry.name, self.context, self.budget)
        filters = content.filters + self._add_tables(part, entry.name)
        last_row, last_column = _extent(content)
        return Sheet(
            name=entry.name,
            state=entry.state,
            values=MappingProxyType(content.values),
            formulas=MappingProxyType(content.formulas),
            cached=MappingProxyType(content.cached),
            spilled=MappingProxyType(content.spilled),
            phonetics=MappingProxyType(content.phonetics),
            number_formats=MappingProxyType(content.number_formats),
            hidden_rows=frozenset(content.hidden_rows),
            filtered_rows=_filtered(content.hidden_rows, filters),
            hidden_columns=frozenset(content.hidden_columns),
            column_widths=MappingProxyType(content.column_widths),
            merged=tuple(content.merged),
            scripts=self._scripts(part) if self.has_scripts else (),
            last_row=last_row,
            last_column=last_column,
        )

    def _add_tables(self, part: str, sheet: str) -> list[Rectangle]:
        filters = []
        for relationship in self.package.relationships(part):
            if relationship.kind != "table" or relationship.external:
                continue
            element = self.package.tree(relationship.target)
            table = read_table(element, relationship.target, sheet)
            self.tables.append(table)
            filtered = table_filter(element, table.name)
            if filtered is not None:
                filters.append(filtered)
        return filters

    def _scripts(self, part: str) -> tuple[ShapeScript, ...]:
        drawings = [a for a in self.package.relationships(part) if a.kind == "vmlDrawing" and not a.external]
        return tuple(chain.from_iterable(read_shape_scripts(self.package.read(a.target)) for a in drawings))

    def _links(self) -> Mapping[str, ExternalLink]:
        by_id = {relationship.id: relationship for relationship in self.relationships}
        books = {}
        for number, element in enumerate(self.root.all("externalReferences", "externalReference"), start=1):
            relationship = by_id.get(element.attributes.get("r:id", ""))
            if relationship is None or relationship.external:
                continue
            # A link that cannot be read has no key, so that whatever refers to it is refused by name later.
            with suppress(DamagedWorkbook):
                books[f"[{number}]"] = read_external_link(self.package.tree(relationship.target), relationship.target)
        return books

    def _pivots(self) -> tuple[PivotTable, ...]:
        found = []
        for entry in self.entries:
            if entry.relationship is None or entry.relationship.external:
                continue
            for arrow in self.package.relationships(entry.relationship.target):
                if arrow.kind != "pivotTable" or arrow.external:
                    continue
                caches = [a for a in self.package.relationships(arrow.target) if a.kind == "pivotCacheDefinition"]
                definition = self.package.tree(arrow.target)
                cache = self.package.tree(caches[0].target) if caches else Element("", {})
                found.append(read_pivot_table(definition, cache, entry.name, self.context.date_1904))
        return tuple(found)

    def _has_macros(self) -> bool:
        return any(item.kind == "vbaProject" or item.kind in MACRO_SHEETS for item in self.relationships)


def _asks_for_pivot_data(sheets: tuple[Sheet, ...], names: tuple[DefinedName, ...]) -> bool:
    texts = chain((f.text for sheet in sheets for f in sheet.formulas.values()), (name.text for name in names))
    return any("GETPIVOTDATA" in text.upper() for text in texts)


def _extent(content: SheetContent) -> tuple[int, int]:
    last_row = last_column = 0
    for cells in (content.values, content.formulas, content.spilled):
        if cells:
            last_row = max(last_row, max(row for row, _ in cells))
            last_column = max(last_column, max(column for _, column in cells))
    return last_row, last_column


def _filtered(hidden_rows: set[int], filters: list[Rectangle]) -> frozenset[int]:
    return frozenset(row for row in hidden_rows if any(top < row <= bottom for top, _, bottom, _ in filters))

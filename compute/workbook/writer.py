"""Results written into a copy of the user's workbook, of which nothing else changes."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import field
from pathlib import Path

from compute.errors import WorkbookError
from compute.records import dataclass
from compute.workbook.graft import Host, Scion, graft, open_host
from compute.workbook.graft_previous import Place, SheetEntry, choose_place, owned_parts, sheets_of, tables_of
from compute.workbook.graft_styles import borrow_styles
from compute.workbook.package import Package
from compute.workbook.report import Report

_SIGNED = (
    "The digital signature of the file no longer matches, because a sheet was added; sign the file again if needed."
)
_LOCKED = "The structure of the workbook is protected in Excel; the results sheet was added all the same."


@dataclass(frozen=True, slots=True)
class WrittenResults:
    """The new workbook: its bytes, the ``path`` it was written to (if any), and where the results are in it.

    ``notices`` are sentences for the owner of the file, for example about a signature that is no longer valid.
    """

    content: bytes = field(repr=False)
    sheet_name: str
    notices: tuple[str, ...] = ()
    path: Path | None = None


def write_results(original: str | Path | bytes, report: Report, target: str | Path | None = None) -> WrittenResults:
    """A copy of the workbook with a results sheet as its last one, or in the place of the sheet of an earlier run.

    ``original`` is a path or the file's bytes; with ``target`` the copy is written there, whole or not at all (the
    original may be named). Every part is byte-identical except those that name the sheet: content types, workbook and
    workbook relationships. Raises ``WorkbookError`` when the file cannot be used, or ``target`` does not suit its kind.
    """
    name = "" if isinstance(original, bytes) else Path(original).name
    data = original if isinstance(original, bytes) else Path(original).read_bytes()
    host = open_host(data, name)
    path = None if target is None else Path(target)
    if path is not None:
        _check_extension(host, path)
    sheets = sheets_of(host.package, host.workbook_part)
    place = choose_place(host.package, sheets)
    content = graft(host, _scion(host, report, place, sheets), place, sheets)
    if path is not None:
        _write_whole(path, content)
    return WrittenResults(content, place.name, (*place.kept, *_notices(host)), path)


def _scion(host: Host, report: Report, place: Place, sheets: tuple[SheetEntry, ...]) -> Scion:
    # openpyxl takes most of this package's start-up time, and workers only read workbooks.
    from compute.workbook.report_layout import lay_out

    removed = owned_parts(host.package, place.replaced.part) if place.replaced else frozenset()
    tables = [
        table
        for sheet in sheets
        if sheet.part
        for table in tables_of(host.package, sheet.part)
        if table.part not in removed
    ]
    book = host.package.tree(host.workbook_part)
    taken = {table.name.casefold() for table in tables}
    taken |= {name.attributes.get("name", "").casefold() for name in book.all("definedNames", "definedName")}
    names = next(names for names in _proposals(report) if not taken & {name.casefold() for name in names})
    scratch = lay_out(report, place.name, names, borrow_styles(host.package, host.workbook_part))
    return Scion(
        Package(scratch.content),
        "xl/worksheets/sheet1.xml",
        scratch.style_indexes,
        max((table.id for table in tables), default=0),
        scratch.exact_values,
    )


def _proposals(report: Report) -> Iterator[tuple[str, ...]]:
    from compute.workbook.report_layout import table_names

    yield table_names(report, "")
    number = 2
    while True:
        yield table_names(report, f"_{number}")
        number += 1


def _notices(host: Host) -> Iterator[str]:
    if any(part.casefold().startswith("_xmlsignatures/") for part in host.package.parts):
        yield _SIGNED
    protection = host.package.tree(host.workbook_part).first("workbookProtection")
    if protection is not None and protection.attributes.get("lockStructure") in ("1", "true"):
        yield _LOCKED


def _check_extension(host: Host, path: Path) -> None:
    content_type = host.package.content_type(host.workbook_part).lower()
    macros, template = "macroenabled" in content_type, "template" in content_type
    wanted = f".xl{'t' if template else 's'}{'m' if macros else 'x'}"
    if path.suffix.lower() != wanted:
        message = f"{path.name} should end in {wanted}, as the workbook is of that kind; Excel would refuse to open it."
        raise WorkbookError(message, code="workbook.wrong_extension")


def _write_whole(path: Path, content: bytes) -> None:
    # A name of our own instead of tempfile's, whose files only their owner may read.
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    try:
        with temporary.open("xb") as stream:
            stream.write(content)
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise

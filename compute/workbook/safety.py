"""What an upload really is, and how large it may be, before anything of it is believed.

Everything here works on the first bytes or on whole files in memory; nothing is written to disk and no name inside a
file is ever used as a path.
"""

from __future__ import annotations

from typing import Literal

from compute.errors import DamagedWorkbook, NotAWorkbook, UnsafeWorkbook, WorkbookError
from compute.records import dataclass

Kind = Literal[
    "empty", "zip", "ole", "legacy_xls", "encrypted", "pdf", "html", "xml", "image", "archive", "text", "unknown"
]

MEGABYTE = 1024 * 1024
REPAIR = "Open the file in Excel, let it repair it, and save it again."
CONTAINER_SECTOR = 512
DIRECTORY_ENTRY = 128


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a workbook may cost to read; a file beyond any of them raises UnsafeWorkbook.

    Bytes count inflated data except in ``max_file_bytes``. ``max_ratio`` (inflated to compressed bytes) applies to a
    member once it has inflated to ``ratio_grace_bytes``, and to all members together. ``max_cells`` counts the stored
    cells of all sheets, ``max_array_cells`` those covered by array formulas and data tables, stored or not.
    ``max_elements`` bounds the parts that are read as trees (styles, names, links).
    """

    max_file_bytes: int = 500 * MEGABYTE
    max_members: int = 10_000
    max_member_bytes: int = 1024 * MEGABYTE
    max_total_bytes: int = 2048 * MEGABYTE
    max_ratio: float = 200.0
    ratio_grace_bytes: int = 10 * MEGABYTE
    max_cells: int = 10_000_000
    max_array_cells: int = 2_000_000
    max_elements: int = 1_000_000


class Budget:
    """The cells that a workbook may still bring in, counted down over all its sheets."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.cells = limits.max_cells
        self.array_cells = limits.max_array_cells

    def spend_cell(self, sheet: str) -> None:
        """Count one filled cell. Raises UnsafeWorkbook beyond ``max_cells``."""
        self.cells -= 1
        if self.cells < 0:
            limit = self.limits.max_cells
            message = f"The workbook has more than {limit:,} filled cells (reached on sheet {sheet}), too many to read."
            raise UnsafeWorkbook(message, code="workbook.too_large")

    def spend_array(self, cells: int, where: str) -> None:
        """Count the cells that one array formula covers. Raises UnsafeWorkbook beyond ``max_array_cells``."""
        self.array_cells -= cells
        if self.array_cells < 0:
            limit = self.limits.max_array_cells
            message = f"The array formula in {where} brings the cells covered by arrays to more than {limit:,}."
            raise UnsafeWorkbook(message, code="workbook.too_large", cells=(where,))


SIGNATURES: tuple[tuple[bytes, Kind], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PK\x07\x08", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"\x09\x08\x10\x00", "legacy_xls"),
    (b"\x09\x08\x08\x00", "legacy_xls"),
    (b"\x09\x04\x06\x00", "legacy_xls"),
    (b"\x09\x02\x06\x00", "legacy_xls"),
    (b"%PDF-", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!", "archive"),
    (b"\x1f\x8b", "archive"),
)

NOT_A_ZIP: dict[Kind, str] = {
    "pdf": "is a PDF document. Open the original workbook in Excel and save it as .xlsx.",
    "html": "is a web page (HTML), though its name may end in .xls or .xlsx. Open it in Excel and save it as .xlsx.",
    "xml": "is plain XML (perhaps an XML Spreadsheet 2003). Open it in Excel and save it as .xlsx.",
    "image": "is a picture. Choose the workbook itself.",
    "archive": "is a compressed archive, not a workbook. Unpack it and choose the .xlsx inside.",
    "text": "is a text file (CSV or similar). Open it in Excel and save it as .xlsx.",
    "unknown": "is not an Excel workbook. Choose a file saved by Excel as .xlsx, .xlsm, .xltx or .xltm.",
}


def sniff(head: bytes) -> Kind:
    """What kind of file begins with ``head``, judged by its bytes and never by its name.

    ``head`` is any first part of the file, the longer the better: an OLE container is told apart as ``legacy_xls`` or
    ``encrypted`` where its directory lies within ``head``, else it is ``ole``. A ``zip`` may still be no workbook.
    """
    if not head:
        return "empty"
    for signature, kind in SIGNATURES:
        if head.startswith(signature):
            return _container_kind(head) if kind == "ole" else kind
    return _text_kind(head[:4096])


def refuse_unless_zip(data: bytes, name: str, limits: Limits) -> None:
    """Raise the WorkbookError that explains why ``data`` cannot be an .xlsx, or return when it is at least a zip."""
    shown = name or "The file"
    if len(data) > limits.max_file_bytes:
        raise too_large(shown, len(data), limits.max_file_bytes)
    if name.startswith("~$") and len(data) < 1024:
        message = (
            f"{shown} is the small lock file that Excel keeps while a workbook is open. Choose the workbook itself."
        )
        raise NotAWorkbook(message, code="workbook.lock_file")
    kind = sniff(data)
    if kind == "zip":
        return
    raise _refusal(kind, shown)


def too_large(shown: str, size: int, limit: int) -> UnsafeWorkbook:
    """The refusal of a file of ``size`` bytes where ``limit`` are allowed."""
    message = (
        f"{shown} has {size / MEGABYTE:,.0f} MB; files up to {limit / MEGABYTE:,.0f} MB can be read. "
        "Remove what the model does not need (pictures, raw data) and try again."
    )
    return UnsafeWorkbook(message, code="workbook.too_large")


def _refusal(kind: Kind, shown: str) -> WorkbookError:
    if kind == "empty":
        message = f"{shown} is empty (0 bytes): the upload or the download was cut off. Send the workbook again."
        return DamagedWorkbook(message, code="workbook.empty")
    if kind == "legacy_xls":
        message = f"{shown} is an old Excel 97-2003 workbook (.xls). Open it in Excel and save it as .xlsx or .xlsm."
        return NotAWorkbook(message, code="workbook.legacy_xls")
    if kind == "encrypted":
        message = (
            f"{shown} is protected with a password or rights management and cannot be read. In Excel choose File > "
            "Info > Protect Workbook > Encrypt with Password, clear the password, save, and send the file again."
        )
        return NotAWorkbook(message, code="workbook.encrypted")
    if kind == "ole":
        message = f"{shown} is an old Office document (not a workbook). Choose a workbook saved as .xlsx or .xlsm."
        return NotAWorkbook(message, code="workbook.wrong_type")
    return NotAWorkbook(f"{shown} {NOT_A_ZIP[kind]}", code="workbook.not_a_zip")


def _container_kind(data: bytes) -> Kind:
    """Tell an OLE compound file by the names in its directory ([MS-CFB] 2.6.1: 128-byte entries, UTF-16 names)."""
    if _has_stream(data, "EncryptedPackage"):
        return "encrypted"
    if _has_stream(data, "Workbook") or _has_stream(data, "Book"):
        return "legacy_xls"
    return "ole"


def _has_stream(data: bytes, name: str) -> bool:
    wanted = (name + "\0").encode("utf-16-le")
    position = data.find(wanted, CONTAINER_SECTOR)
    while position >= 0:
        if position % DIRECTORY_ENTRY == 0:
            return True
        position = data.find(wanted, position + 1)
    return False


def _text_kind(head: bytes) -> Kind:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head.decode("utf-16", "replace")
    else:
        text = head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    start = text.lstrip()[:256].casefold()
    if start.startswith(("<!doctype html", "<html", "<table", "<head", "<body", "<meta")):
        return "html"
    if start.startswith(("<?xml", "<")):
        return "html" if "<html" in text.casefold() else "xml"
    if any(ord(character) < 32 and character not in "\t\r\n\f" for character in text):
        return "unknown"
    return "text"

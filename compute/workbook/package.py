"""The zip package of a workbook (Open Packaging Conventions, ECMA-376 part 2): members within limits, relationships."""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import unquote

from compute.errors import DamagedWorkbook, NotAWorkbook, UnsafeWorkbook
from compute.records import dataclass
from compute.workbook.markup import Element, read_tree
from compute.workbook.safety import MEGABYTE, REPAIR, Limits, refuse_unless_zip

CHUNK = 256 * 1024
ZIP_FAILURES = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    OverflowError,
    LookupError,
    AttributeError,
)
"""What zipfile raises on damaged input, found by flipping bytes."""


@dataclass(frozen=True, slots=True)
class Relationship:
    """One arrow between parts. ``kind`` is the last word of its type (``worksheet``); ``target`` is a part's name
    without leading slash, or a URL as written when ``external``."""

    id: str
    kind: str
    target: str
    external: bool = False


class Package:
    """A package whose members were all inflated once within ``limits`` and whose checksums are right.

    Part names are matched in any case, as OPC asks. Raises NotAWorkbook, DamagedWorkbook or UnsafeWorkbook.
    """

    def __init__(self, data: bytes, *, file_name: str = "", limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.shown = file_name or "The file"
        refuse_unless_zip(data, file_name, self.limits)
        self._archive = _open_archive(data, self.shown, self.limits)
        self._members = self._index(len(data))
        self._check_every_member(len(data))

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of all parts, in the order of the package."""
        return tuple(_part_name(info) for info in self._members.values())

    def __contains__(self, part: str) -> bool:
        return part.casefold() in self._members

    def spelled(self, part: str) -> str:
        """The part's name as the archive writes it; part names do not tell capitals apart (ECMA-376 part 2, 6.2.2)."""
        return next((name for name in self.parts if name.casefold() == part.casefold()), part)

    def chunks(self, part: str) -> Iterator[bytes]:
        """The part's bytes, inflated piece by piece. Raises DamagedWorkbook when there is no such part."""
        info = self._members.get(part.casefold())
        if info is None:
            message = f"{self.shown} lacks the part {part} that it refers to. {REPAIR}"
            raise DamagedWorkbook(message, code="workbook.missing_part")
        return self._inflate(info)

    def read(self, part: str) -> bytes:
        """The whole part. Raises DamagedWorkbook when there is no such part."""
        return b"".join(self.chunks(part))

    def tree(self, part: str) -> Element:
        """The part as a tree of elements, for parts that are small by nature."""
        return read_tree(self.chunks(part), part, self.limits.max_elements)

    def relationships(self, part: str = "") -> tuple[Relationship, ...]:
        """The arrows that leave ``part`` (the package itself by default), in document order."""
        folder, name = posixpath.split(part)
        source = posixpath.join(folder, "_rels", name + ".rels")
        if source not in self:
            return ()
        return tuple(_relationship(element, folder) for element in self.tree(source).all("Relationship"))

    def content_type(self, part: str) -> str:
        """The part's media type from [Content_Types].xml, "" where none is declared."""
        if "[Content_Types].xml" not in self:
            return ""
        types = self.tree("[Content_Types].xml")
        for override in types.all("Override"):
            if override.attributes.get("PartName", "").lstrip("/").casefold() == part.casefold():
                return override.attributes.get("ContentType", "")
        extension = posixpath.splitext(part)[1].removeprefix(".").casefold()
        for default in types.all("Default"):
            if default.attributes.get("Extension", "").casefold() == extension:
                return default.attributes.get("ContentType", "")
        return ""

    def _index(self, file_size: int) -> dict[str, zipfile.ZipInfo]:
        members: dict[str, zipfile.ZipInfo] = {}
        infos = self._archive.infolist()
        if len(infos) > self.limits.max_members:
            raise self._too_many(len(infos))
        if sum(info.compress_size for info in infos) > file_size:
            # Either the middle is missing, or members overlap as in a zip bomb.
            message = f"{self.shown} lists members that it has no room for. Send it again, or save it again from Excel."
            raise DamagedWorkbook(message, code="workbook.damaged_zip")
        for info in infos:
            if info.filename.endswith("/"):
                continue
            name = self._safe_name(info)
            if name.casefold() in members:
                message = f"{self.shown} holds the part {name} twice; which one counts? Save it again from Excel."
                raise UnsafeWorkbook(message, code="workbook.duplicate_members")
            members[name.casefold()] = info
        return members

    def _too_many(self, count: int) -> UnsafeWorkbook:
        message = f"{self.shown} holds {count:,} members; workbooks of up to {self.limits.max_members:,} can be read."
        return UnsafeWorkbook(message, code="workbook.too_many_members")

    def _safe_name(self, info: zipfile.ZipInfo) -> str:
        name = _part_name(info)
        segments = name.split("/")
        if "\0" in info.orig_filename or name.startswith("/") or ":" in segments[0] or ".." in segments:
            found = repr(info.orig_filename)
            message = f"{self.shown} holds a member named {found}, which points outside the package. Do not trust it."
            raise UnsafeWorkbook(message, code="workbook.unsafe_path")
        return name

    def _check_every_member(self, file_size: int) -> None:
        limits = self.limits
        total = 0
        for info in self._members.values():
            size = 0
            for chunk in self._inflate(info):
                size += len(chunk)
                total += len(chunk)
                if size > limits.max_member_bytes or total > limits.max_total_bytes:
                    raise self._bomb(info, size, "more than any workbook needs")
                if size > limits.ratio_grace_bytes and size > limits.max_ratio * info.compress_size:
                    raise self._bomb(info, size, f"more than {limits.max_ratio:g} times its compressed size")
            if total > 10 * limits.ratio_grace_bytes and total > limits.max_ratio * file_size:
                raise self._bomb(info, total, f"more than {limits.max_ratio:g} times the file")

    def _bomb(self, info: zipfile.ZipInfo, size: int, why: str) -> UnsafeWorkbook:
        message = (
            f"{self.shown} was not read: its member {info.filename} inflates to over {size / MEGABYTE:,.0f} MB, {why}. "
            "If this is a real workbook, save it again from Excel without empty formatted rows."
        )
        return UnsafeWorkbook(message, code="workbook.zip_bomb")

    def _inflate(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        if info.flag_bits & 1:
            message = f"{self.shown} is a zip with a password. Save the workbook from Excel without a password."
            raise NotAWorkbook(message, code="workbook.encrypted")
        try:
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise NotImplementedError("compression that Excel does not use")
            with self._archive.open(info) as stream:
                while chunk := stream.read(CHUNK):
                    yield chunk
        except ZIP_FAILURES as error:
            message = (
                f"{self.shown} is damaged at its member {info.filename} ({error}). "
                "Send it again, or open it in Excel, let it repair it, and save it."
            )
            raise DamagedWorkbook(message, code="workbook.damaged_member") from error


def _open_archive(data: bytes, shown: str, limits: Limits) -> zipfile.ZipFile:
    # zipfile builds an object per directory entry before it can be asked how many there are.
    entries = data.count(b"PK\x01\x02")
    if entries > 2 * limits.max_members:
        message = f"{shown} holds {entries:,} members; workbooks of up to {limits.max_members:,} can be read."
        raise UnsafeWorkbook(message, code="workbook.too_many_members")
    if b"PK\x05\x06" not in data:
        message = f"{shown} is cut off: the end of the file is missing. Send it again."
        raise DamagedWorkbook(message, code="workbook.truncated")
    try:
        return zipfile.ZipFile(BytesIO(data))
    except ZIP_FAILURES as error:
        message = f"{shown} is a damaged zip file ({error}). Send it again, or open it in Excel and save it."
        raise DamagedWorkbook(message, code="workbook.damaged_zip") from error


def _part_name(info: zipfile.ZipInfo) -> str:
    return info.filename.replace("\\", "/")


def _relationship(element: Element, folder: str) -> Relationship:
    attributes = element.attributes
    target = attributes.get("Target", "")
    kind = attributes.get("Type", "").rpartition("/")[2]
    if attributes.get("TargetMode") == "External":
        return Relationship(attributes.get("Id", ""), kind, target, external=True)
    path = unquote(target.replace("\\", "/").partition("#")[0])
    resolved = posixpath.normpath(path if path.startswith("/") else posixpath.join(folder, path))
    return Relationship(attributes.get("Id", ""), kind, resolved.lstrip("/"))

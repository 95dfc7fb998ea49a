"""Uploads: from the network straight to a file, a piece at a time, never more than the limit."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from server.errors import FieldError, Invalid, Malformed
from server.kit.request_context import too_large

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

PIECE = 256 * 1024
MAX_PART_HEADER = 16 * 1024


@dataclass(frozen=True, slots=True)
class StoredUpload:
    """What was written: ``size`` in bytes, ``sha256`` in hexadecimal."""

    path: Path
    size: int
    sha256: str


async def store(pieces: AsyncIterator[bytes], target: Path, limit: int) -> StoredUpload:
    """Write the pieces to ``target``. Raises TooLarge past ``limit`` bytes; the file is the caller's to remove."""
    digest = hashlib.sha256()
    size = 0
    waiting = bytearray()
    with target.open("wb") as stream:
        async for piece in pieces:
            size += len(piece)
            if size > limit:
                raise too_large(limit)
            digest.update(piece)
            waiting += piece
            if len(waiting) >= PIECE:
                await asyncio.to_thread(stream.write, bytes(waiting))
                waiting.clear()
        await asyncio.to_thread(stream.write, bytes(waiting))
    return StoredUpload(target, size, digest.hexdigest())


class MultipartFile:
    """The part named ``file`` of a multipart body, as it arrives. Other parts are read over.

    ``file_name`` is known once the first piece has come. Raises Malformed for a body that is not multipart, Invalid
    when there is no such part or more than one.
    """

    def __init__(self, content_type: str, body: AsyncIterator[bytes], field: str = "file") -> None:
        self.file_name: str | None = None
        self._body = body
        self._field = field.encode()
        self._header_name = bytearray()
        self._header_value = bytearray()
        self._disposition = b""
        self._wanted = False
        self._found = 0
        self._ready: list[bytes] = []
        self._parser = self._open(content_type)

    async def pieces(self) -> AsyncIterator[bytes]:
        """The part's content."""
        try:
            async for piece in self._body:
                self._parser.write(piece)
                for ready in self._ready:
                    yield ready
                self._ready.clear()
            self._parser.finalize()
        except FormParserError as error:
            raise Malformed("The multipart body is damaged.") from error
        if self._found != 1:
            message = "send the workbook as exactly one part with this name and a file name"
            raise Invalid(f"file: {message}", fields=(FieldError("file", message),))

    def _open(self, content_type: str) -> MultipartParser:
        boundary = parse_options_header(content_type)[1].get(b"boundary")
        if not boundary:
            raise Malformed("The Content-Type names no multipart boundary.")
        callbacks: MultipartCallbacks = {
            "on_part_begin": self._on_part_begin,
            "on_header_field": self._on_header_field,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
            "on_part_data": self._on_part_data,
        }
        return MultipartParser(boundary, callbacks)

    def _on_part_begin(self) -> None:
        self._disposition = b""
        self._wanted = False

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]
        self._check_header()

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]
        self._check_header()

    def _check_header(self) -> None:
        if len(self._header_name) + len(self._header_value) > MAX_PART_HEADER:
            raise Malformed("A header of a multipart part is too long.")

    def _on_header_end(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            self._disposition = bytes(self._header_value)
        self._header_name.clear()
        self._header_value.clear()

    def _on_headers_finished(self) -> None:
        options = parse_options_header(self._disposition)[1]
        self._wanted = options.get(b"name") == self._field and b"filename" in options
        if not self._wanted:
            return
        self._found += 1
        if self._found == 1:
            self.file_name = _decode(options[b"filename"])

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._wanted and self._found == 1:
            self._ready.append(data[start:end])


def _decode(name: bytes) -> str:
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("latin-1")

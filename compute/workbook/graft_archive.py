"""The zip archive of a workbook, rewritten without touching the members that stay.

A member that stays is copied as it lies in the file: its compressed bytes, name, time stamp, attributes and place in
the order. Only data descriptors are resolved into the headers, since sizes are known here (APPNOTE.TXT 4.4.4).
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from compute.errors import DamagedWorkbook

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_HAS_DESCRIPTOR = 0x0008
_UTF8_NAME = 0x0800
_ZIP64_FIELD = 0x0001
_DOS_EPOCH = (1980, 1, 1, 0, 0, 0)


def rewrite_archive(data: bytes, changed: Mapping[str, bytes | None], added: Mapping[str, bytes]) -> bytes:
    """The archive with members replaced in place (``None`` removes one), and others added behind the last.

    Names are part names; ``data`` is an archive that ``Package`` has checked. Raises ``DamagedWorkbook``.
    """
    body = io.BytesIO()
    records = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members, comment = archive.infolist(), archive.comment
    for info in members:
        part = info.filename.replace("\\", "/")
        content = changed.get(part)
        if part in changed and content is None:
            continue
        name, extra, packed = _stored(data, info)
        if content is not None:
            packed = _pack(content, info)
        records.append(_write(body, info, name, extra, packed))
    for part, content in added.items():
        info = _new_member(part)
        records.append(_write(body, info, part.encode(), b"", _pack(content, info)))
    start = body.tell()
    body.write(b"".join(records))
    size = body.tell() - start
    body.write(_END.pack(b"PK\5\6", 0, 0, len(records), len(records), size, start, len(comment)) + comment)
    return body.getvalue()


def _new_member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _DOS_EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.flag_bits = 0 if name.isascii() else _UTF8_NAME
    return info


def _stored(data: bytes, info: zipfile.ZipInfo) -> tuple[bytes, bytes, bytes]:
    """Name, extra field and compressed bytes of a member as they lie in the file."""
    header = data[info.header_offset : info.header_offset + _LOCAL.size]
    if len(header) < _LOCAL.size or header[:4] != b"PK\3\4":
        raise DamagedWorkbook(f"the archive has no header for {info.filename}.", code="workbook.damaged_archive")
    name_length, extra_length = _LOCAL.unpack(header)[-2:]
    at = info.header_offset + _LOCAL.size
    name = data[at : at + name_length]
    extra = data[at + name_length : at + name_length + extra_length]
    at += name_length + extra_length
    packed = data[at : at + info.compress_size]
    if len(packed) != info.compress_size:
        raise DamagedWorkbook(f"the archive ends inside {info.filename}.", code="workbook.damaged_archive")
    return name, extra, packed


def _pack(content: bytes, info: zipfile.ZipInfo) -> bytes:
    """Compress new content as the member was (deflate or stored) and note its sizes in ``info``."""
    info.CRC = zlib.crc32(content)
    info.file_size = len(content)
    if info.compress_type != zipfile.ZIP_STORED:
        info.compress_type = zipfile.ZIP_DEFLATED
        deflate = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
        content = deflate.compress(content) + deflate.flush()
    info.compress_size = len(content)
    return content


def _write(body: io.BytesIO, info: zipfile.ZipInfo, name: bytes, extra: bytes, packed: bytes) -> bytes:
    """Write a member to ``body`` and return its record for the central directory."""
    year, month, day, hour, minute, second = info.date_time
    date = (year - 1980) << 9 | month << 5 | day
    time = hour << 11 | minute << 5 | second // 2
    flags = info.flag_bits & ~_HAS_DESCRIPTOR
    shared = (info.extract_version, flags, info.compress_type, time, date, info.CRC)
    sizes = (info.compress_size, info.file_size, len(name))
    local_extra, central_extra = _without_zip64(extra), _without_zip64(info.extra)
    at = body.tell()
    body.write(_LOCAL.pack(b"PK\3\4", *shared, *sizes, len(local_extra)) + name + local_extra + packed)
    made_by = info.create_system << 8 | info.create_version
    attributes = (0, info.internal_attr, info.external_attr, at)
    head = _CENTRAL.pack(b"PK\1\2", made_by, *shared, *sizes, len(central_extra), len(info.comment), *attributes)
    return head + name + central_extra + info.comment


def _without_zip64(extra: bytes) -> bytes:
    # The sizes are in the headers themselves, so a ZIP64 field beside them would contradict them.
    kept, at = b"", 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind != _ZIP64_FIELD:
            kept += extra[at : at + 4 + length]
        at += 4 + length
    return kept + extra[at:]

"""File names: made safe to store, and written into headers so that every browser reads them (RFC 6266, RFC 8187)."""

from __future__ import annotations

import re
import unicodedata
from email.message import Message
from urllib.parse import quote, unquote

MAX_BYTES = 180
# What Windows forbids, and marks that turn the order of what follows around ("gpj.exe" shown as "exe.jpg").
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]')
# Control characters, halves of surrogate pairs, line and paragraph separators.
_NOT_WRITTEN = ("Cc", "Cs", "Zl", "Zp")
# Windows refuses these as file names, with any extension.
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)


def safe_file_name(name: str, default: str = "Book1.xlsx") -> str:
    """The last part of a path, without anything a file system or a terminal could trip over; Unicode is kept."""
    last = re.split(r"[/\\]", name)[-1]
    written = "".join(each for each in last if unicodedata.category(each) not in _NOT_WRITTEN)
    clean = _trimmed(unicodedata.normalize("NFC", _FORBIDDEN.sub("", written)))
    if not clean:
        return default
    if _DEVICES.match(clean):
        clean = f"_{clean}"
    return _trimmed(_shorten(clean))


def _trimmed(name: str) -> str:
    # Windows drops trailing dots and spaces in silence; a leading dot hides a file elsewhere.
    while name != (shorter := name.strip().strip(".")):
        name = shorter
    return name


def _shorten(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 8:
        stem, dot, extension = name, "", ""
    room = MAX_BYTES - len((dot + extension).encode())
    return stem.encode()[:room].decode(errors="ignore") + dot + extension


def attachment(name: str) -> str:
    """A Content-Disposition that offers a download as ``name``: plain ASCII for old clients, UTF-8 for the rest."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r'["\\%]', "_", plain) or "download"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def name_in_headers(x_file_name: str | None, content_disposition: str | None) -> str | None:
    """The name a client gave a raw body: percent-encoded ``X-File-Name``, else a Content-Disposition."""
    if x_file_name:
        return unquote(x_file_name)
    if not content_disposition:
        return None
    message = Message()
    message["Content-Disposition"] = content_disposition
    return message.get_filename()

"""Texts for the web (Excel's Web family)."""

from __future__ import annotations

from urllib.parse import quote

from compute.functions.signature import elementwise, text


@elementwise("ENCODEURL", text("text"))
def encode_url(value: str) -> str:
    """The text with all but letters, digits, ``-``, ``_``, ``.`` and ``~`` percent-encoded in UTF-8 (RFC 3986)."""
    return quote(value, safe="", errors="replace")

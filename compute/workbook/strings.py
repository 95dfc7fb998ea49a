"""Text in a package: ``_x000D_`` escapes, and the table of shared strings with its rich and phonetic runs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from compute.workbook.markup import SPREADSHEET_NAMESPACES, Attributes, feed, new_parser

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TAGS = {f"{uri} {tag}": tag for uri in SPREADSHEET_NAMESPACES for tag in ("si", "t", "rPh")}


def unescape(text: str) -> str:
    """The text with its ``_xHHHH_`` escapes resolved (ECMA-376 part 1, 22.9.2.19 ST_Xstring).

    Escapes hold UTF-16 units: pairs of surrogates join, a lone one becomes U+FFFD.
    """
    if "_x" not in text:
        return text
    decoded = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    if any("\ud800" <= character <= "\udfff" for character in decoded):
        return decoded.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return decoded


def read_shared_strings(chunks: Iterable[bytes], part: str) -> list[str]:
    """The shared strings in order: rich runs joined, phonetic readings left out. Raises DamagedWorkbook."""
    collector = _SharedStrings()
    parser = new_parser(part)
    parser.StartElementHandler = collector.start
    parser.EndElementHandler = collector.end
    parser.CharacterDataHandler = collector.pieces.append
    feed(parser, chunks, part)
    return collector.strings


class _SharedStrings:
    def __init__(self) -> None:
        self.strings: list[str] = []
        self.pieces: list[str] = []
        self.runs: list[str] = []
        self.phonetic = False

    def start(self, name: str, _: Attributes) -> None:
        tag = _TAGS.get(name)
        if tag == "si":
            self.runs.clear()
        elif tag == "rPh":
            self.phonetic = True
        self.pieces.clear()

    def end(self, name: str) -> None:
        tag = _TAGS.get(name)
        if tag == "t" and not self.phonetic:
            self.runs.append("".join(self.pieces))
        elif tag == "rPh":
            self.phonetic = False
        elif tag == "si":
            self.strings.append(unescape("".join(self.runs)))

"""Text in a package: ``_x000D_`` escapes, and the table of shared strings with its rich and phonetic runs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from compute.workbook.markup import SPREADSHEET_NAMESPACES, Attributes, feed, new_parser
from compute.workbook.phonetic_runs import PhoneticRuns

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TAGS = {f"{uri} {tag}": tag for uri in SPREADSHEET_NAMESPACES for tag in ("si", "t", "rPh", "phoneticPr")}


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


class SharedStrings(list[str]):
    """The shared strings in order; ``readings`` has those of the strings that come with phonetic runs."""

    def __init__(self) -> None:
        super().__init__()
        self.readings: dict[int, str] = {}


def read_shared_strings(chunks: Iterable[bytes], part: str) -> SharedStrings:
    """The shared strings in order: rich runs joined, phonetic readings apart. Raises DamagedWorkbook."""
    collector = _SharedStrings()
    parser = new_parser(part)
    parser.StartElementHandler = collector.start
    parser.EndElementHandler = collector.end
    parser.CharacterDataHandler = collector.pieces.append
    feed(parser, chunks, part)
    return collector.strings


class _SharedStrings:
    def __init__(self) -> None:
        self.strings = SharedStrings()
        self.pieces: list[str] = []
        self.runs: list[str] = []
        self.phonetics = PhoneticRuns()

    def start(self, name: str, attributes: Attributes) -> None:
        tag = _TAGS.get(name)
        if tag == "si":
            self.runs.clear()
            self.phonetics.clear()
        elif tag == "rPh":
            self.phonetics.open(attributes)
        elif tag == "phoneticPr":
            self.phonetics.script = attributes.get("type", "fullwidthKatakana")
        self.pieces.clear()

    def end(self, name: str) -> None:
        tag = _TAGS.get(name)
        if tag == "t":
            if self.phonetics.is_open:
                self.phonetics.add("".join(self.pieces))
            else:
                self.runs.append("".join(self.pieces))
        elif tag == "rPh":
            self.phonetics.is_open = False
        elif tag == "si":
            text = unescape("".join(self.runs))
            if self.phonetics.runs:
                self.strings.readings[len(self.strings)] = self.phonetics.reading(text)
            self.strings.append(text)

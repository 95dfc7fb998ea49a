"""Phonetic runs (furigana): how parts of a text are read, and in which script that is shown.

Source: ECMA-376 part 1, 18.4.6 rPh (``sb`` and ``eb`` count UTF-16 units of the text from 0, ``eb`` beyond the last),
18.4.3 phoneticPr and 18.18.56 ST_PhoneticType.
"""

from __future__ import annotations

import re
import unicodedata

from compute.workbook.attributes import whole_number
from compute.workbook.markup import Attributes

_HIRAGANA = range(0x3041, 0x3097)
_TO_KATAKANA = {code: code + 0x60 for code in _HIRAGANA}
_TO_HIRAGANA = {code + 0x60: code for code in _HIRAGANA}
_HALF_WIDTH = re.compile("[\uff61-\uff9f]+")
_TO_HALF_WIDTH = {ord(unicodedata.normalize("NFKC", chr(code))): chr(code) for code in range(0xFF61, 0xFF9E)}
_TO_HALF_WIDTH |= {0x3099: "\uff9e", 0x309A: "\uff9f"}


class PhoneticRuns:
    """The runs of one text while it is being read; ``script`` is the type of its phoneticPr, "" where it has none."""

    __slots__ = ("is_open", "runs", "script")

    def __init__(self) -> None:
        self.runs: list[tuple[int, int, str]] = []
        self.is_open = False
        self.script = ""

    def clear(self) -> None:
        """Begins with the next text."""
        if self.runs or self.script:
            self.runs.clear()
            self.script = ""

    def open(self, attributes: Attributes) -> None:
        """Takes the attributes of an ``rPh``."""
        self.is_open = True
        start, end = whole_number(attributes.get("sb")), whole_number(attributes.get("eb"))
        nowhere = start is None or end is None
        self.runs.append((-1, -1, "") if nowhere else (start or 0, end or 0, ""))

    def add(self, text: str) -> None:
        """Takes the text of the ``rPh`` that is open."""
        start, end, before = self.runs[-1]
        self.runs[-1] = (start, end, before + text)

    def reading(self, text: str) -> str:
        """The text with its runs replaced by their readings; runs that lie outside it or overlap do not count."""
        units = text.encode("utf-16-le")
        parts, done = [], 0
        for start, end, read in sorted(self.runs):
            if not done <= 2 * start <= 2 * end <= len(units):
                continue
            parts += [units[done : 2 * start], in_script(read, self.script).encode("utf-16-le", "surrogatepass")]
            done = 2 * end
        return b"".join([*parts, units[done:]]).decode("utf-16-le", "replace")


def in_script(reading: str, script: str) -> str:
    """A reading as its phoneticPr shows it; as stored for ``noConversion`` and where there is none."""
    full = _HALF_WIDTH.sub(lambda found: unicodedata.normalize("NFKC", found[0]), reading)
    if script == "Hiragana":
        return full.translate(_TO_HIRAGANA)
    if script == "fullwidthKatakana":
        return full.translate(_TO_KATAKANA)
    if script == "halfwidthKatakana":
        return unicodedata.normalize("NFD", full.translate(_TO_KATAKANA)).translate(_TO_HALF_WIDTH)
    return reading

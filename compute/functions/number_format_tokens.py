"""Number format codes taken apart: sections, their conditions and their tokens.

Source: ECMA-376 part 1, 18.8.31 (numFmts), and Microsoft's page on number format codes.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from enum import Enum
from functools import lru_cache

from compute.functions.number_format_names import language_of
from compute.records import dataclass


class Part(Enum):
    """What a token stands for."""

    LITERAL = "literal"
    DIGIT = "digit"
    POINT = "point"
    COMMA = "comma"
    PERCENT = "percent"
    EXPONENT = "exponent"
    SLASH = "slash"
    DATE = "date"
    ELAPSED = "elapsed"
    HALF_DAY = "half day"
    TEXT = "text"
    GENERAL = "general"


@dataclass(frozen=True, slots=True)
class Token:
    part: Part
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """One of the up to four parts of a format code; equal to itself only, so that what is made of it can be kept."""

    tokens: tuple[Token, ...]
    condition: tuple[str, float] | None = None
    digits: str = "0123456789"
    language: int | None = None
    parts: frozenset[Part] = frozenset()
    calendar: int = 0
    gannen: bool = False
    """Whether the first year of an era is written as such and not as 1."""

    def has(self, *parts: Part) -> bool:
        """Whether a token of one of these kinds occurs."""
        return not self.parts.isdisjoint(parts)

    @property
    def is_date(self) -> bool:
        return self.has(Part.DATE, Part.ELAPSED, Part.HALF_DAY)

    def meets(self, value: float) -> bool:
        """Whether a number fulfils the section's own condition."""
        return self.condition is not None and _COMPARE[self.condition[0]](value, self.condition[1])


class InvalidFormat(ValueError):
    """A format code that Excel refuses."""


_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    ">=": operator.ge,
    ">": operator.gt,
    "<>": operator.ne,
}
_TOKEN = re.compile(
    r"""
    "(?P<quoted>[^"]*)(?:"|$) | \\(?P<escaped>.) | _(?P<space>.) | \*(?P<fill>.) | \[(?P<bracket>[^\]]*)\]
    | (?P<general>general) | (?P<half>am/pm|a/p) | (?P<exponent>e[+-]) | (?P<date>y+|m+|d+|h+|s+|b+|e+|g+|aaaa?)
    | (?P<denominator>/[1-9]\d*) | (?P<digit>[0#?]) | (?P<sign>[.,%/@;]) | (?P<other>.)
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_SIGNS = {".": Part.POINT, ",": Part.COMMA, "%": Part.PERCENT, "/": Part.SLASH, "@": Part.TEXT}
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d*\.?\d+(?:e[+-]?\d+)?)", re.IGNORECASE)
_COLOUR = re.compile(r"black|blue|cyan|green|magenta|red|white|yellow|color\s*\d+", re.IGNORECASE)
_LOCALE = re.compile(r"\$(?P<symbol>[^-]*)(?:-(?P<tag>.*))?", re.DOTALL)
_IDENTIFIER = re.compile(r"[0-9a-f]{0,8}", re.IGNORECASE)
_NAMED_LANGUAGE = re.compile(r"(?P<language>[a-z]{2,3}(?:-[a-z0-9]+)*?)(?P<gannen>-x-gannen)?(?:,.*)?", re.IGNORECASE)
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_NUMERALS = {
    "1": "\u3007\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d",
    "2": "\u96f6\u58f1\u5f10\u53c2\u56db\u4f0d\u516d\u4e03\u516b\u4e5d",
    "3": "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19",
}
_REFUSED = frozenset('nN\\_*[]"')
UNKNOWN_LANGUAGE = 0x3FF
_SYSTEM_FORMATS = {0xF800: "dddd, mmmm d, yyyy", 0xF400: "h:mm:ss AM/PM"}
"""Windows' long date and time in US settings, which these language tags stand for whatever follows them."""


@lru_cache(maxsize=1024)
def sections_of(code: str) -> tuple[Section, ...]:
    """The sections of a format code, at least one; raises InvalidFormat."""
    builders = [_Builder()]
    for match in _TOKEN.finditer(code):
        if match["sign"] == ";":
            builders.append(_Builder())
        else:
            builders[-1].take(match)
    if len(builders) > 4:
        raise InvalidFormat("more than four sections")
    return tuple(builder.section() for builder in builders)


class _Builder:
    """Collects one section's tokens."""

    def __init__(self) -> None:
        self.tokens: list[Token] = []
        self.condition: tuple[str, float] | None = None
        self.digits = "0123456789"
        self.language: int | None = None
        self.calendar = 0
        self.gannen = False

    def take(self, match: re.Match[str]) -> None:
        kind, found = str(match.lastgroup), match[str(match.lastgroup)]
        if kind in ("quoted", "escaped"):
            self.add(Part.LITERAL, found)
        elif kind == "space":
            self.add(Part.LITERAL, " ")
        elif kind == "bracket":
            self.take_bracket(found)
        elif kind == "sign":
            self.add(_SIGNS[found], found)
        elif kind == "other":
            if found in _REFUSED:
                raise InvalidFormat(f"{found} stands alone")
            self.add(Part.LITERAL, found)
        elif kind != "fill":
            self.take_code(kind, found)

    def take_code(self, kind: str, found: str) -> None:
        if kind == "denominator":
            self.add(Part.SLASH, found)
        elif kind == "half":
            self.add(Part.HALF_DAY, found)
        elif kind == "date":
            self.add(Part.DATE, found.lower())
        else:
            self.add({"general": Part.GENERAL, "exponent": Part.EXPONENT, "digit": Part.DIGIT}[kind], found)

    def take_bracket(self, content: str) -> None:
        condition, locale = _CONDITION.fullmatch(content.strip()), _LOCALE.fullmatch(content)
        if condition is not None:
            self.condition = (condition[1], float(condition[2]))
        elif locale is not None:
            self.add(Part.LITERAL, locale["symbol"])
            self.take_locale(locale["tag"] or "", content)
        elif _ELAPSED.fullmatch(content):
            self.add(Part.ELAPSED, content.lower())
        elif content.lower().startswith("dbnum") and content[5:] in _NUMERALS:
            self.digits = _NUMERALS[content[5:]]
        elif not _COLOUR.fullmatch(content):
            raise InvalidFormat(f"[{content}] is no code")

    def take_locale(self, tag: str, content: str) -> None:
        """``xxyyzzzz`` in hexadecimal: numerals, calendar, language; or a language by name."""
        named = _NAMED_LANGUAGE.fullmatch(tag)
        if _IDENTIFIER.fullmatch(tag):
            if tag:
                number = int(tag, 16)
                self.language, self.calendar = number & 0xFFFF or self.language, number >> 16 & 0xFF
        elif named is not None:
            self.language, self.gannen = language_of(named["language"]), bool(named["gannen"])
            self.language = UNKNOWN_LANGUAGE if self.language is None else self.language
        else:
            raise InvalidFormat(f"[{content}] is no code")

    def add(self, part: Part, found: str) -> None:
        self.tokens.append(Token(part, found))

    def section(self) -> Section:
        if self.language in _SYSTEM_FORMATS and self.language is not None:
            return sections_of(_SYSTEM_FORMATS[self.language])[0]
        section = Section(
            tuple(self.tokens),
            self.condition,
            self.digits,
            self.language,
            frozenset(token.part for token in self.tokens),
            self.calendar,
            self.gannen,
        )
        if section.has(Part.TEXT) and (section.is_date or section.has(Part.DIGIT, Part.GENERAL)):
            raise InvalidFormat("text and numbers in one section")
        return section

"""Formula text to tokens: Excel's lexical grammar as .xlsx files store it (US English, comma separators).

Source: ECMA-376 part 1, 18.17.2 "Syntax", and MS-XLSX 2.2.2 for what came later. References of the shapes ``A1``,
``A1:B2``, ``A:C`` and ``1:3`` are single tokens, so that the shift of filled-down text and the parser agree on them.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from compute.errors import CODES_BY_TEXT, FormulaSyntaxError

MAX_LENGTH = 32_768
"""Excel takes 8,192 characters as typed; the stored text is longer by its ``_xlfn.`` and ``_xlpm.`` prefixes."""


class Kind(Enum):
    """What a token is; the value is its group in the lexical grammar."""

    SPACE = "SPACE"
    TEXT = "TEXT"
    ERROR = "ERROR"
    HASH = "HASH"
    PREFIX = "PREFIX"
    QUOTED = "QUOTED"
    BRACKET = "BRACKET"
    REFERENCE = "REFERENCE"
    NUMBER = "NUMBER"
    WORD = "WORD"
    OPERATOR = "OPERATOR"
    UNKNOWN = "UNKNOWN"
    END = "END"

    # Members are singletons, so identity serves as hash; Enum's own is slow, and the lexer asks for it at every token.
    __hash__ = object.__hash__


class Token(NamedTuple):
    """One token; ``start`` counts characters from 0, ``spaced`` says whether white space stands before it."""

    kind: Kind
    text: str
    start: int
    spaced: bool


# Letters are spelt out: under IGNORECASE some letters beyond ASCII would count as S or K.
_COLUMN = r"(?:[A-Za-z]{1,2}|[A-Wa-w][A-Za-z]{2}|[Xx][A-Ea-e][A-Za-z]|[Xx][Ff][A-Da-d])"
_ROW = (
    r"0{0,9}(?:[1-9][0-9]{0,5}|10[0-3][0-9]{4}|104[0-7][0-9]{3}|1048[0-4][0-9]{2}|10485[0-6][0-9]|104857[0-6])"
    r"(?![0-9])"
)
_NAME_PART = r"""[^\x00-\x20!"#$%&'()*+,\-/:;<=>@\[\]^`{|}~\x7f\s]"""
_NAME_START = r"""[^\x00-\x20!"#$%&'()*+,\-./0-9:;<=>?@\[\]^`{|}~\x7f\s]"""
_NAME = rf"{_NAME_START}{_NAME_PART}*+"
_CELL = rf"\$?{_COLUMN}\$?{_ROW}"
_REFERENCE_ENDS = rf"(?!{_NAME_PART}|[(!$])"
_RANGE_ENDS = rf"(?!{_NAME_PART}|[(!$#])"
_QUOTED = r"'(?:[^']|'')*+'"
_ERRORS = "|".join(re.escape(text) for text in sorted(CODES_BY_TEXT, key=len, reverse=True))

_REFERENCE = (
    rf"{_CELL}(?:\s*:\s*{_CELL}{_RANGE_ENDS}|{_REFERENCE_ENDS})"
    rf"|\$?{_COLUMN}\s*:\s*\$?{_COLUMN}{_RANGE_ENDS}|\$?{_ROW}\s*:\s*\$?{_ROW}{_RANGE_ENDS}"
)
# A first part that reads as a cell is one: A1:Sheet2!B1 is a range, and Excel quotes sheets named like cells.
_PREFIX = rf"{_QUOTED}!|(?:\[[^\[\]]*+\])?(?:(?!{_CELL}:){_NAME_PART}++:)?{_NAME_PART}*+!"

_GRAMMAR = {
    Kind.OPERATOR: r"[-+*/^&=%:,;(){}@]|<[=>]?|>=?",
    Kind.SPACE: r"\s++",
    Kind.REFERENCE: _REFERENCE,
    Kind.PREFIX: _PREFIX,
    Kind.NUMBER: r"(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[Ee][+-]?[0-9]++)?",
    Kind.WORD: _NAME,
    Kind.TEXT: r'"(?:[^"]|"")*+"',
    Kind.QUOTED: _QUOTED,
    # In [1]#REF! the linked workbook no longer has the sheet.
    Kind.ERROR: rf"(?:\[[^\[\]]*+\])?(?ai:\#REF!)|(?ai:{_ERRORS})",
    Kind.BRACKET: r"\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*+\])*+\]",
    Kind.HASH: r"#",
    Kind.UNKNOWN: r".",
}
_TOKEN = re.compile("|".join(f"(?P<{kind.value}>{pattern})" for kind, pattern in _GRAMMAR.items()), re.DOTALL)
_WORD = re.compile(_NAME)
_CELL_WORD = re.compile(rf"{_COLUMN}{_ROW}")
_KINDS: dict[str | None, Kind] = {kind.value: kind for kind in _GRAMMAR}


def tokenize(text: str) -> list[Token]:
    """The tokens of a formula without its ``=``, ended by an END token. Raises FormulaSyntaxError."""
    if len(text) > MAX_LENGTH:
        raise FormulaSyntaxError(
            f"formula of {len(text)} characters, {MAX_LENGTH} at most: {text[:60]!r}…", code="formula.too_long"
        )
    tokens = []
    spaced = False
    for match in _TOKEN.finditer(text):
        kind = _KINDS[match.lastgroup]
        if kind is Kind.SPACE:
            spaced = True
            continue
        if kind is Kind.UNKNOWN:
            raise _unknown(text, match.start())
        tokens.append(Token(kind, match[0], match.start(), spaced))
        spaced = False
    tokens.append(Token(Kind.END, "", len(text), spaced))
    return tokens


def _unknown(text: str, start: int) -> FormulaSyntaxError:
    found = text[start]
    if found == '"':
        return syntax_error(text, start, 'text without its closing "')
    if found == "'":
        return syntax_error(text, start, "sheet name without its closing '")
    if found == "[":
        return syntax_error(text, start, "[ without its closing ]")
    return syntax_error(text, start, f"unexpected {found!r}")


def syntax_error(text: str, start: int, problem: str) -> FormulaSyntaxError:
    """The error to raise for a problem at a 0-based position: it quotes the formula and counts from 1."""
    shown = text if len(text) <= 200 else f"{text[: max(0, start - 60)][:20]}…{text[max(0, start - 60) : start + 60]}…"
    return FormulaSyntaxError(f"{problem} at character {start + 1} of the formula {shown!r}")


def is_name(text: str) -> bool:
    """Whether text reads as one name: not a cell, not TRUE or FALSE."""
    return (
        _WORD.fullmatch(text) is not None
        and _CELL_WORD.fullmatch(text) is None
        and text.upper() not in ("TRUE", "FALSE")
    )

"""Regular expressions: REGEXTEST, REGEXEXTRACT, REGEXREPLACE (Excel's Text family).

Excel reads PCRE2 patterns; the package ``regex`` reads nearly all of them (``\\K``, recursion, named classes). A
workbook is not to be trusted: a match that takes longer than a second is given up and #VALUE!, as Excel too gives up on
patterns that explode. The package is loaded by the first call: few workbooks have one.
Source: Microsoft's pages for the three functions.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from compute.errors import ErrorCode
from compute.functions.dynamic_arrays import fixed_number
from compute.functions.signature import CallContext, CellFailure, any_value, elementwise, function, number, text
from compute.values import Array, from_rows, to_texts

if TYPE_CHECKING:
    import regex

SECONDS = 1.0
_GROUP = r"\$(\$|\d+|\{\w+\})"


@lru_cache(maxsize=1024)
def _compiled(pattern: str, case: float) -> regex.Pattern[str]:
    """The pattern; ``case`` 0 tells letter case apart, 1 does not, anything else is #VALUE!."""
    import regex

    if case not in (0, 1):
        raise CellFailure(ErrorCode.VALUE)
    try:
        return regex.compile(pattern, regex.IGNORECASE if case else 0)
    except (regex.error, OverflowError):
        raise CellFailure(ErrorCode.VALUE) from None


def _first(expression: regex.Pattern[str], words: str) -> regex.Match[str] | None:
    """The first match; #VALUE! where it takes too long."""
    try:
        return expression.search(words, timeout=SECONDS)
    except TimeoutError:
        raise CellFailure(ErrorCode.VALUE) from None


def _all(expression: regex.Pattern[str], words: str) -> Iterator[regex.Match[str]]:
    """All matches; #VALUE! where they take too long."""
    try:
        yield from expression.finditer(words, timeout=SECONDS)
    except TimeoutError:
        raise CellFailure(ErrorCode.VALUE) from None


@elementwise("REGEXTEST", text("text"), text("pattern"), number("case_sensitivity", 0.0))
def regex_test(value: str, pattern: str, case: float) -> bool:
    """Whether any part of the text matches."""
    return _first(_compiled(pattern, float(int(case))), value) is not None


@function(
    "REGEXEXTRACT",
    any_value("text"),
    any_value("pattern"),
    number("return_mode", 0.0),
    number("case_sensitivity", 0.0),
)
def regex_extract(context: CallContext, value: Array, pattern: Array, mode: Array, case: Array) -> Array:
    """The first match (mode 0), all matches down a column (1) or the groups of the first along a row (2); else #N/A."""
    words, wanted = _plain(context, value), _plain(context, pattern)
    kind, sensitivity = int(fixed_number(context, mode, 0.0)), int(fixed_number(context, case, 0.0))
    expression = _compiled(wanted, float(sensitivity))
    first = _first(expression, words)
    if first is None:
        raise CellFailure(ErrorCode.NA)
    if kind == 0:
        return from_rows([[first.group()]])
    if kind == 1:
        return from_rows([[m.group()] for m in _all(expression, words)])
    if kind == 2 and expression.groups:
        return from_rows([[g or "" for g in first.groups()]])
    raise CellFailure(ErrorCode.VALUE)


def _plain(context: CallContext, argument: Array) -> str:
    """A text that must be the same in every lane."""
    context.constant(argument)
    texts, codes = to_texts(argument.take_lanes(np.zeros(1, np.intp)))
    if codes is not None:
        raise CellFailure(ErrorCode(int(codes.flat[0])))
    return str(texts.flat[0])


@elementwise(
    "REGEXREPLACE",
    text("text"),
    text("pattern"),
    text("replacement"),
    number("occurrence", 0.0),
    number("case_sensitivity", 0.0),
)
def regex_replace(value: str, pattern: str, replacement: str, occurrence: float, case: float) -> str:
    """The text with matches replaced: all (0), the n-th, or the n-th from the end (-n). ``$1`` stands for a group."""
    expression = _compiled(pattern, float(int(case)))
    matches = list(_all(expression, value))
    which = int(occurrence)
    if which:
        place = which - 1 if which > 0 else len(matches) + which
        matches = matches[place : place + 1] if 0 <= place < len(matches) else []
    parts, at = [], 0
    for match in matches:
        parts += [value[at : match.start()], _filled_in(replacement, match)]
        at = match.end()
    return "".join(parts) + value[at:]


def _filled_in(replacement: str, match: regex.Match[str]) -> str:
    """The replacement of one match."""
    import regex

    return regex.sub(_GROUP, lambda found: _inserted(found[1], match), replacement)


def _inserted(name: str, match: regex.Match[str]) -> str:
    """What ``$1``, ``${name}`` and ``$$`` stand for; #VALUE! for a group that the pattern lacks."""
    if name == "$":
        return "$"
    key = name.strip("{}")
    try:
        return match.group(int(key) if key.isdigit() else key) or ""
    except IndexError:
        raise CellFailure(ErrorCode.VALUE) from None

"""Texts in texts: FIND, SEARCH, SUBSTITUTE (Excel's Text family)."""

from __future__ import annotations

import re
from functools import lru_cache

from compute.errors import ErrorCode
from compute.functions.signature import CellFailure, elementwise, number, text
from compute.functions.text import bounded, count
from compute.values.units import text_units


def _from(within: str, start: float) -> tuple[str, int]:
    """The units searched and the 0-based place to start from; #VALUE! where that lies outside."""
    units, first = text_units(within), count(start, 1) - 1
    if first > len(units):
        raise CellFailure(ErrorCode.VALUE)
    return units, first


@elementwise("FIND FINDB", text("find"), text("within"), number("start", 1))
def find(wanted: str, within: str, start: float) -> float:
    """The 1-based place of a text in another, letter case counting; #VALUE! where it is not there."""
    units, first = _from(within, start)
    place = units.find(text_units(wanted), first)
    if place < 0:
        raise CellFailure(ErrorCode.VALUE)
    return place + 1.0


@elementwise("SEARCH SEARCHB", text("find"), text("within"), number("start", 1))
def search(wanted: str, within: str, start: float) -> float:
    """The 1-based place of a text in another, letter case not counting, with the wildcards ``?``, ``*`` and ``~``."""
    units, first = _from(within, start)
    match = _pattern(text_units(wanted)).search(units, first)
    if match is None:
        raise CellFailure(ErrorCode.VALUE)
    return match.start() + 1.0


@lru_cache(maxsize=256)
def _pattern(wanted: str) -> re.Pattern[str]:
    """A text with wildcards as a regular expression; ``~`` takes whatever follows as it is."""
    parts, literal = [], False
    for mark in wanted:
        if mark == "~" and not literal:
            literal = True
            continue
        parts.append({"*": ".*?", "?": "."}.get(mark, re.escape(mark)) if not literal else re.escape(mark))
        literal = False
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


@elementwise("SUBSTITUTE", text("text"), text("old"), text("new"), number("instance", optional=True))
def substitute(value: str, old: str, new: str, instance: float | None) -> str:
    """The text with every ``old`` made ``new``, or one of them only, counted from 1."""
    if instance is not None:
        instance = count(instance, 1)
    if not old:
        return value
    if instance is None:
        return bounded(value.replace(old, new))
    place = -1
    for _ in range(int(instance)):
        place = value.find(old, place + 1 if place < 0 else place + len(old))
        if place < 0:
            return value
    return bounded(value[:place] + new + value[place + len(old) :])

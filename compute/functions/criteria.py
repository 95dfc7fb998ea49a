"""Criteria of COUNTIF and its kin: operators, wildcards, blanks, and numbers, dates or truth written as text.

Source: Microsoft's pages for COUNTIF and SUMIFS; what blanks and texts like numbers match was seen in workbooks that
Excel computed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from compute.errors import CODES_BY_TEXT
from compute.functions.reductions import flat
from compute.records import dataclass
from compute.values import Array, Booleans, Codes, Floats, Kind, Texts, parse_number

_OPERATOR = re.compile(r"<>|<=|>=|<|>|=")
_COMPARE: dict[str, Callable[[Floats, Floats], Booleans]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}
_WILD = re.compile(r"[*?]|~[*?~]")


@dataclass(frozen=True, slots=True)
class Criterion:
    """A condition on one cell.

    ``target`` None is a blank cell, ("error", code) an error. The operator "" goes with the target "" alone.
    """

    operator: str
    target: float | str | bool | tuple[str, int] | None


def parse_criterion(text: str, date_1904: bool) -> Criterion:
    """The condition a text stands for; without an operator it asks for equality. Dates count as the workbook's do."""
    match = _OPERATOR.match(text)
    operator, rest = (match.group(), text[match.end() :]) if match else ("", text)
    if rest == "":
        return Criterion(operator, "" if operator == "" else None)
    if rest.upper() in ("TRUE", "FALSE"):
        return Criterion(operator or "=", rest.upper() == "TRUE")
    if rest.upper() in CODES_BY_TEXT:
        return Criterion(operator or "=", ("error", int(CODES_BY_TEXT[rest.upper()])))
    number = parse_number(rest, date_1904)
    return Criterion(operator or "=", rest if number is None else number)


def wildcard_pattern(pattern: str) -> re.Pattern[str]:
    """Excel's wildcards as a regular expression over a whole text: ``*`` and ``?``, literal after ``~``."""
    parts, at = [], 0
    for found in _WILD.finditer(pattern):
        parts.append(re.escape(pattern[at : found.start()]))
        mark = found.group()
        parts.append({"*": ".*", "?": "."}.get(mark) or re.escape(mark[1]))
        at = found.end()
    return re.compile("".join(parts) + re.escape(pattern[at:]), re.IGNORECASE | re.DOTALL)


class Cells:
    """The cells of a range, ready to be compared with criteria; every mask has shape (elements, lanes)."""

    def __init__(self, array: Array, date_1904: bool) -> None:
        self.date_1904 = date_1904
        self.numbers: Floats = flat(array.numbers)
        self.kinds: Codes | None = None if array.kinds is None else array.kinds.reshape(self.numbers.shape)
        self._texts: Texts | None = None if array.texts is None else array.texts.reshape(self.numbers.shape)
        self._equal: Floats | None = None

    def take(self, lanes: npt.NDArray[np.intp]) -> Cells:
        """The same cells for some of several lanes."""
        part = object.__new__(Cells)
        part.date_1904 = self.date_1904
        part.numbers = self.numbers[:, lanes]
        part.kinds = None if self.kinds is None else self.kinds[:, lanes]
        part._texts = None if self._texts is None else self._texts[:, lanes]
        part._equal = None
        return part

    def _is(self, kind: Kind) -> Booleans:
        if self.kinds is None:
            return np.full(self.numbers.shape, kind == Kind.NUMBER)
        return np.asarray(self.kinds == kind)

    def _ordered(self) -> Floats:
        return self.numbers if self.kinds is None else np.where(self.kinds == Kind.NUMBER, self.numbers, np.nan)

    def _alike(self) -> Floats:
        """Numbers, and texts that read as numbers: Excel takes both for "=", and numbers alone for "<>"."""
        if self._equal is None:
            self._equal = self._ordered()
            if self._texts is not None:
                self._equal = np.where(
                    self._is(Kind.TEXT), self._map(self._texts, self._number_in, np.float64), self._equal
                )
        return self._equal

    def compare(self, operator: str, target: Floats) -> Booleans:
        """Where cells meet a numeric condition; ``target`` of shape (lanes,) or (1,)."""
        if operator in _COMPARE:
            return _COMPARE[operator](self._ordered(), target)
        if operator == "<>":
            return np.asarray(self._ordered() != target)
        return np.asarray(self._alike() == target)

    def meeting(self, criterion: Criterion) -> Booleans:
        """Where cells meet a condition that is the same in every lane."""
        operator, target = criterion.operator, criterion.target
        if isinstance(target, bool):
            return self._relate(operator, self._is(Kind.BOOLEAN), self.numbers, float(target))
        if isinstance(target, float):
            return self.compare(operator, np.full(1, target))
        if isinstance(target, tuple):
            return self._relate(operator, self._is(Kind.ERROR), self.numbers, float(target[1]))
        if target is None:
            return self._without_content(operator)
        return self._meeting_text(operator, target)

    def _relate(self, operator: str, mask: Booleans, numbers: Floats, target: float) -> Booleans:
        if operator in _COMPARE:
            return np.asarray(mask & _COMPARE[operator](numbers, np.full(1, target)))
        equal = mask & (numbers == target)
        return np.asarray(~equal if operator == "<>" else equal)

    def _without_content(self, operator: str) -> Booleans:
        blank = self._is(Kind.BLANK)
        if operator == "=":
            return blank
        return ~blank if operator == "<>" else np.zeros(blank.shape, np.bool_)

    def _meeting_text(self, operator: str, target: str) -> Booleans:
        is_text = self._is(Kind.TEXT)
        if operator == "":
            return np.asarray((is_text & (self._texts == "")) | self._is(Kind.BLANK))
        if self._texts is None:
            return np.full(self.numbers.shape, operator == "<>")
        if operator in _COMPARE:
            return np.asarray(is_text & self._map(self._texts, _order_against(operator, target), np.bool_))
        pattern = wildcard_pattern(target)
        equal = is_text & self._map(self._texts, lambda t: pattern.fullmatch(t) is not None, np.bool_)
        return np.asarray(~equal if operator == "<>" else equal)

    def _number_in(self, text: str) -> float:
        number = parse_number(text, self.date_1904)
        return np.nan if number is None else number

    @staticmethod
    def _map(texts: Texts, answer: Callable[[str], float | bool], dtype: type[Any]) -> npt.NDArray[Any]:
        words = texts.ravel().tolist()
        known = {w: answer(w) for w in set(words)}
        return np.array([known[w] for w in words], dtype).reshape(texts.shape)


def _order_against(operator: str, target: str) -> Callable[[str], bool]:
    folded = target.casefold()
    if operator.startswith("<"):
        return lambda t: t.casefold() < folded or (operator == "<=" and t.casefold() == folded)
    return lambda t: t.casefold() > folded or (operator == ">=" and t.casefold() == folded)


def matches(cells: Cells, criterion: Array) -> Booleans:
    """Where cells meet the criterion, a 1 × 1 Array; shape (elements, lanes of both).

    A number asks for equality, a blank counts as 0, a boolean or an error asks for the same.
    """
    if criterion.lanes == 1:
        return cells.meeting(_criterion(criterion, 0, cells.date_1904))
    kinds = criterion.kind_array()[0, 0]
    if np.isin(kinds, (Kind.NUMBER, Kind.BLANK)).all():
        return cells.compare("=", criterion.numbers[0, 0])
    return _lane_by_kind(cells, criterion)


def _criterion(criterion: Array, lane: int, date_1904: bool) -> Criterion:
    kind = int(criterion.kind_array()[0, 0, lane])
    number = float(criterion.numbers[0, 0, lane])
    if kind == Kind.TEXT:
        return parse_criterion(str(criterion.text_array()[0, 0, lane]), date_1904)
    if kind == Kind.BOOLEAN:
        return Criterion("=", number != 0)
    return Criterion("=", ("error", int(number)) if kind == Kind.ERROR else number)


def _lane_by_kind(cells: Cells, criterion: Array) -> Booleans:
    """Criteria that differ between lanes: numeric ones of one operator together, the others by distinct text."""
    lanes = criterion.lanes
    met = np.zeros((cells.numbers.shape[0], lanes), np.bool_)
    groups: dict[Criterion | str, list[int]] = {}
    targets = np.zeros(lanes)
    known: dict[object, Criterion] = {}
    texts, kinds = criterion.text_array()[0, 0], criterion.kind_array()[0, 0]
    for lane in range(lanes):
        key = (int(kinds[lane]), float(criterion.numbers[0, 0, lane]), texts[lane])
        if key not in known:
            known[key] = _criterion(criterion, lane, cells.date_1904)
        parsed = known[key]
        if isinstance(parsed.target, float) and not isinstance(parsed.target, bool):
            targets[lane] = parsed.target
            groups.setdefault(parsed.operator, []).append(lane)
        else:
            groups.setdefault(parsed, []).append(lane)
    for group, members in groups.items():
        part = cells if cells.numbers.shape[1] == 1 else cells.take(np.array(members))
        met[:, members] = part.compare(group, targets[members]) if isinstance(group, str) else part.meeting(group)
    return met

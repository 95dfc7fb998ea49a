"""Formulas by their relative form: filled-down copies share one tree, shared formulas move without being parsed.

Two lookups stand between a text and its tree. The first is by what remains of the text when its digits are taken out;
it tells which of the digits are relative rows, and is made ready for the column on the right too. The second is by that
skeleton with rows and columns made relative, which is what R1C1 notation does, without writing it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from threading import Lock
from typing import Any, NamedTuple, TypeVar

from compute.formulas.addresses import column_letters, column_number
from compute.formulas.ast import MAX_COLUMN, MAX_ROW, Node
from compute.formulas.parser import COORDINATE, parse_tokens
from compute.formulas.tokens import Kind, Token, tokenize
from compute.records import dataclass

_DIGITS = re.compile(r"([0-9]+)")
_ROW_DIGITS = 7

Key = TypeVar("Key")
Value = TypeVar("Value")


class _Relative(NamedTuple):
    """A row or column without ``$`` at text[start:end]; ``value`` is the 1-based index written there."""

    start: int
    end: int
    is_row: bool
    value: int


def _relatives(tokens: list[Token]) -> Iterator[_Relative]:
    for token in tokens:
        if token.kind is not Kind.REFERENCE:
            continue
        for match in COORDINATE.finditer(token.text):
            dollar, letters, digits = match.groups()
            if not dollar:
                value = int(digits) if digits else column_number(letters)
                yield _Relative(token.start + match.start(), token.start + match.end(), bool(digits), value)


@dataclass(slots=True)
class _Plan:
    """How to key the texts of one skeleton: which groups of digits are relative rows, and the rest made relative.

    ``ahead`` is the last column for whose skeleton the plan is kept: it holds for copies filled to the right as well.
    """

    relative_rows: tuple[int, ...]
    shape: _Shape
    ahead: int


class _Shape(tuple[str | int | None, ...]):
    """A skeleton with columns made relative; the cache has one of each, so that it can be told by its identity."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


def _is_row(digits: str) -> bool:
    return len(digits) <= _ROW_DIGITS and 0 < int(digits) <= MAX_ROW


def _typical(text: str) -> str:
    """The text with a row number for all digits that are none: ``A0`` is a name, but its skeleton is that of ``A1``."""
    return _DIGITS.sub(lambda match: match[0] if _is_row(match[0]) else "1", text)


def _plan(text: str, column: int) -> _Plan:
    text = _typical(text)
    tokens = tokenize(text)
    relatives = {relative.start: relative for relative in _relatives(tokens)}
    shape: list[str | int | None] = []
    digits = [match.span() for match in _DIGITS.finditer(text)]
    rows = [i for i, (start, _) in enumerate(digits) if start in relatives]
    columns = {(relative.start, relative.end) for relative in relatives.values() if not relative.is_row}
    position = 0
    for start, end in sorted({*digits, *columns}):
        shape.append(text[position:start])
        shape.append(relatives[start].value - column if (start, end) in columns else None)
        position = end
    shape.append(text[position:])
    return _Plan(tuple(rows), _Shape(shape), column)


def _skeleton(shape: _Shape, column: int) -> tuple[int | str, ...] | None:
    """The skeleton of a shape in a column; None beyond the sheet's edge, where letters are no column."""
    pieces: list[int | str] = [column]
    piece = ""
    for part in shape:
        if part is None:
            pieces.append(piece)
            piece = ""
        elif isinstance(part, str):
            piece += part
        elif 1 <= column + part <= MAX_COLUMN:
            piece += column_letters(column + part)
        else:
            return None
    return (*pieces, piece)


class FormulaCache:
    """Parsed formulas by relative form, at most ``capacity`` of them, the oldest dropped first; safe across threads."""

    __slots__ = ("_capacity", "_lock", "_plans", "_shapes", "_trees")

    def __init__(self, capacity: int = 20_000) -> None:
        self._capacity = capacity
        self._lock = Lock()
        self._plans: dict[tuple[int | str, ...], _Plan] = {}
        self._shapes: dict[tuple[str | int | None, ...], _Shape] = {}
        self._trees: dict[tuple[Any, ...], Node] = {}

    def __len__(self) -> int:
        return len(self._trees)

    def parse(self, text: str, row: int, column: int) -> Node:
        """As the function ``parse``."""
        if text.startswith("="):
            text = text[1:]
        parts: list[Any] = _DIGITS.split(text)
        skeleton = (column, *parts[::2])
        plan = self._plans.get(skeleton)
        if plan is None:
            plan = _plan(text, column)
            plan.shape = self._store(self._shapes, tuple(plan.shape), plan.shape)
            plan = self._store(self._plans, skeleton, plan)
        if plan.ahead == column:
            # A row filled to the right is split into tokens once, not once for each column.
            plan.ahead = column + 1
            following = _skeleton(plan.shape, column + 1)
            if following is not None:
                self._store(self._plans, following, plan)
        numbers = parts[1::2]
        for i in plan.relative_rows:
            digits = numbers[i]
            number = int(digits) if len(digits) <= _ROW_DIGITS else 0
            # Beyond the sheet's edge the same letters are a name, not a cell.
            if not 0 < number <= MAX_ROW:
                return parse_tokens(tokenize(text), text, row, column)
            numbers[i] = number - row
        key = (plan.shape, *numbers)
        node = self._trees.get(key)
        if node is None:
            node = parse_tokens(tokenize(text), text, row, column)
            node = self._store(self._trees, key, node)
        return node

    def _store(self, entries: dict[Key, Value], key: Key, value: Value) -> Value:
        with self._lock:
            if len(entries) >= self._capacity:
                for old in list(islice(entries, self._capacity // 4 + 1)):
                    del entries[old]
            return entries.setdefault(key, value)


_CACHE = FormulaCache()


def parse(text: str, row: int, column: int) -> Node:
    """The tree of a formula that stands in the 1-based cell (row, column).

    ``text`` is as .xlsx files store it: US English, commas, with or without ``=``. Texts that are equal in R1C1
    notation give the same object, as long as it is among the 20,000 last parsed. Raises FormulaSyntaxError, which
    names the position.
    """
    return _CACHE.parse(text, row, column)


def shift(text: str, from_cell: tuple[int, int], to_cell: tuple[int, int]) -> str:
    """The text of a formula moved from one (row, column) to another, as Excel fills it: relative references move along.

    What is no relative reference stays as it was, to the letter; references wrap at the sheet's edge. Raises
    FormulaSyntaxError for text that cannot be split into tokens. Source: ECMA-376 part 1, 18.3.1.40 (shared formulas).
    """
    rows, columns = to_cell[0] - from_cell[0], to_cell[1] - from_cell[1]
    pieces, movable = _movable(text)
    moved = list(pieces)
    for i, is_row, value in movable:
        if is_row:
            moved[i] = str((value + rows - 1) % MAX_ROW + 1)
        else:
            moved[i] = column_letters((value + columns - 1) % MAX_COLUMN + 1)
    return "".join(moved)


@lru_cache(maxsize=4096)
def _movable(text: str) -> tuple[tuple[str, ...], tuple[tuple[int, bool, int], ...]]:
    """The text in pieces, and for each piece that is a relative row or column its index, kind and value."""
    pieces: list[str] = []
    movable = []
    position = 0
    for relative in _relatives(tokenize(text)):
        pieces += (text[position : relative.start], text[relative.start : relative.end])
        movable.append((len(pieces) - 1, relative.is_row, relative.value))
        position = relative.end
    pieces.append(text[position:])
    return tuple(pieces), tuple(movable)

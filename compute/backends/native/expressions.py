"""What a line of formulas computes, typed: one expression for all of its cells.

A *line* is a run of neighbouring cells that share one tree. What differs from cell to cell stands in arrays with one
entry for each of them: a constant's values, or the places of the cells that a reference means. A *place* is a row of
the kernel's workspace.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import Literal

import numpy as np
import numpy.typing as npt

from compute.records import dataclass
from compute.values import Floats

Type = Literal["number", "boolean", "text", "mixed"]
"""Mixed: of one type in some iterations or cells and of another in others; see ``mixing``."""
View = tuple[Literal["whole", "numbers", "texts"], float]
"""What a function sees of a range's mixed cells: all as it is; texts and truth values as that number; texts alone."""
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """Any part of a formula; a boolean is 0 or 1, a text its number in the vocabulary, an error is NaN."""

    type: Type


@dataclass(frozen=True, slots=True, eq=False)
class Fixed(Expression):
    """A value that is the same in every iteration; ``values`` of shape (cells,)."""

    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Cell(Expression):
    """What another cell shows; ``places`` of shape (cells,)."""

    places: Places


@dataclass(frozen=True, slots=True, eq=False)
class Apply(Expression):
    """An operation of ``operations.OPERATIONS`` on its parts."""

    operation: str
    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Over(Expression):
    """An operation of ``ranges.RANGES`` over the cells of ranges, each of shape (cells, cells of the range)."""

    operation: str
    ranges: tuple[Places, ...]
    parts: tuple[Expression, ...] = ()
    views: tuple[View, ...] = field(default=(), kw_only=True)
    """One for each range; none where no cell is mixed."""


Test = Literal["equal", "above", "at_least", "below", "at_most", "between", "outside"]
"""How a cell is compared with a bound, or with the two ends of an interval, which belong to it."""


@dataclass(frozen=True, slots=True, eq=False)
class Where(Over):
    """A count, total or mean of those cells that meet conditions: ``operation`` is count, total or mean.

    The cells that are added up come first among the ranges, where they are, then those of each condition. ``tests`` has
    an entry for each condition, and ``parts`` their bounds one after the other. Bounds that are ``written`` were joined
    to a text on their way.
    """

    tests: tuple[Test, ...] = ()
    written: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Search(Expression):
    """The 0-based position of a key in fixed ascending or unsorted keys, NaN where it has none.

    ``keys`` of shape (keys,); ``exact`` finds the first equal key, else the last that is not greater.
    """

    key: Expression
    keys: Floats
    exact: bool


@dataclass(frozen=True, slots=True, eq=False)
class Pick(Expression):
    """One of fixed ``choices`` of shape (choices,): the first for the position ``first``, and so on.

    An error where the position is one. Choices that are errors keep their codes; then no position lies outside.
    """

    position: Expression
    choices: Floats
    first: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Sampled(Expression):
    """A draw: ``sites`` of shape (cells,) number it, ``law`` names an inverse of ``laws.LAWS``.

    With ``tables``, one for each cell, ``law`` names a kind of table of ``tabled_draws``, and the parts are a location
    and a scale.
    """

    sites: Places
    law: str
    parts: tuple[Expression, ...]
    tables: tuple[Floats, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Inverse(Expression):
    """The quantile of a share by one of ``tables`` for each cell; the parts are the share, a location and a scale."""

    kind: str
    parts: tuple[Expression, ...]
    tables: tuple[Floats, ...]


def parts_of(expression: Expression) -> tuple[Expression, ...]:
    """The expressions directly below one."""
    if isinstance(expression, Apply | Over | Sampled | Inverse):
        return expression.parts
    if isinstance(expression, Search):
        return (expression.key,)
    return (expression.position,) if isinstance(expression, Pick) else ()


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and all below it."""
    open_parts = [expression]
    while open_parts:
        here = open_parts.pop()
        yield here
        open_parts += parts_of(here)

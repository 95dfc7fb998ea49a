"""The syntax tree of a formula, in relative form.

A tree is written relative to the cell that holds it: a reference without ``$`` is an offset from that cell. Formulas
filled down a column therefore share one tree, as they share one text in R1C1 notation. All nodes are immutable and
hashable, so a tree is its own key.
"""

from __future__ import annotations

from compute.errors import ErrorCode
from compute.records import dataclass

MAX_ROW = 1_048_576
MAX_COLUMN = 16_384


@dataclass(frozen=True, slots=True)
class Coordinate:
    """A row or a column: ``value`` is 1-based when ``absolute``, else an offset from the formula's own cell."""

    value: int
    absolute: bool

    def resolve(self, origin: int, limit: int) -> int:
        """The 1-based index for a formula at ``origin``; wraps at the sheet's edge as Excel does."""
        if self.absolute:
            return self.value
        return (origin + self.value - 1) % limit + 1


@dataclass(frozen=True, slots=True)
class Sheets:
    """The prefix of a reference: one sheet, a run of sheets (``Jan:Mar!``), perhaps of another workbook (``[1]``)."""

    first: str
    last: str | None = None
    workbook: str | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """Any part of a formula."""


@dataclass(frozen=True, slots=True)
class Number(Node):
    value: float


@dataclass(frozen=True, slots=True)
class Text(Node):
    value: str


@dataclass(frozen=True, slots=True)
class Boolean(Node):
    value: bool


@dataclass(frozen=True, slots=True)
class ErrorValue(Node):
    code: ErrorCode


@dataclass(frozen=True, slots=True)
class Omitted(Node):
    """An argument that is not there: the second of ``IF(A1,,3)``."""


@dataclass(frozen=True, slots=True)
class ArrayConstant(Node):
    """``{1,2;3,4}``: rows of Number, Text, Boolean or ErrorValue; every row has the same length."""

    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True, slots=True)
class CellReference(Node):
    """One cell: ``A1``, ``$B$2``, ``Sheet2!A1``, ``Jan:Mar!A1``."""

    row: Coordinate
    column: Coordinate
    sheets: Sheets | None = None


@dataclass(frozen=True, slots=True)
class RangeReference(Node):
    """A rectangle: ``A1:B2``, ``A:C`` (rows 1 to 1,048,576 absolute), ``1:3``. Corners are as written, not sorted."""

    top: Coordinate
    left: Coordinate
    bottom: Coordinate
    right: Coordinate
    sheets: Sheets | None = None


@dataclass(frozen=True, slots=True)
class NameReference(Node):
    """A defined name, a LET or LAMBDA variable (without ``_xlpm.``), or a table's bare name."""

    name: str
    sheets: Sheets | None = None


@dataclass(frozen=True, slots=True)
class StructuredReference(Node):
    """``Table[[#Headers],[A]:[C]]``.

    ``table`` is None inside the table itself (``[@Price]``). ``specifiers`` holds "#All", "#Data", "#Headers",
    "#Totals", "#This Row" as written in the file; ``first`` and ``last`` are column names with their escapes removed.
    """

    table: str | None
    specifiers: tuple[str, ...]
    first: str | None = None
    last: str | None = None
    workbook: str | None = None


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """``operator`` is ``+``, ``-``, ``%`` (postfix), ``@`` (implicit intersection) or ``#`` (postfix spill)."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """``operator`` is one of ``+ - * / ^ & = <> < > <= >=``, ``:`` (range), ``,`` (union) or a space (intersection).

    A chain such as ``A1+A2+...+A999`` leans to the left as deep as it is long. Comparing and hashing therefore walk
    down the left side in a loop; whoever visits trees should do the same (``walk.fold`` does).
    """

    operator: str
    left: Node
    right: Node

    def __eq__(self, other: object) -> bool:
        if type(other) is not Binary:
            return NotImplemented
        mine: Node = self
        theirs: Node = other
        while type(mine) is Binary and type(theirs) is Binary:
            if mine is theirs:
                return True
            if mine.operator != theirs.operator or mine.right != theirs.right:
                return False
            mine, theirs = mine.left, theirs.left
        return type(mine) is type(theirs) and mine == theirs

    def __hash__(self) -> int:
        chain = []
        node: Node = self
        while type(node) is Binary:
            chain.append((node.operator, node.right))
            node = node.left
        return hash((node, tuple(chain)))


@dataclass(frozen=True, slots=True)
class Call(Node):
    """``SUM(A1:A3)``. ``name`` is in capitals without ``_xlfn.`` and ``_xlws.``; foreign prefixes
    (``_xll.``, ``_xldudf_``, ``[2]!``) stay in it for the dialects to read."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class FunctionName(Node):
    """A worksheet function as a value, in capitals: the ``SUM`` of ``BYROW(A1:B2,SUM)``, in files ``_xleta.SUM``."""

    name: str


@dataclass(frozen=True, slots=True)
class Invocation(Node):
    """A call of a value: ``LAMBDA(x,x+1)(3)``."""

    callee: Node
    arguments: tuple[Node, ...]

"""Tree to text: A1 notation for people and files, R1C1 notation as a canonical, position-free form."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from compute.formulas.addresses import column_letters
from compute.formulas.ast import (
    MAX_COLUMN,
    MAX_ROW,
    ArrayConstant,
    Binary,
    Boolean,
    Call,
    CellReference,
    Coordinate,
    ErrorValue,
    FunctionName,
    Invocation,
    NameReference,
    Node,
    Number,
    RangeReference,
    StructuredReference,
    Text,
    Unary,
)
from compute.formulas.parser import PRECEDENCES, Precedence
from compute.formulas.sheets import write_sheets
from compute.formulas.structured import write_structured
from compute.formulas.tokens import is_name
from compute.formulas.walk import fold

_Written = tuple[str, Precedence]
_CoordinateText = Callable[[Coordinate], str]
_FIRST = Coordinate(1, True)
_LAST_ROW = Coordinate(MAX_ROW, True)
_LAST_COLUMN = Coordinate(MAX_COLUMN, True)


def unparse(node: Node, row: int, column: int) -> str:
    """The A1 text, without ``=``, of a tree for the 1-based cell (row, column); it parses back to an equal tree there.

    Functions are written by their plain names, without ``_xlfn.``, and relative references wrap at the sheet's edge.
    """

    def row_text(coordinate: Coordinate) -> str:
        return f"{'$' * coordinate.absolute}{coordinate.resolve(row, MAX_ROW)}"

    def column_text(coordinate: Coordinate) -> str:
        return f"{'$' * coordinate.absolute}{column_letters(coordinate.resolve(column, MAX_COLUMN))}"

    return _write(node, _ReferenceStyle(row_text, column_text, rows_first=False))


def to_r1c1(node: Node) -> str:
    """The R1C1 text of a tree, the same for every cell that holds it: ``R[-1]C*R1C2``."""

    def coordinate_text(letter: str) -> _CoordinateText:
        def text(coordinate: Coordinate) -> str:
            if coordinate.absolute:
                return f"{letter}{coordinate.value}"
            return f"{letter}[{coordinate.value}]" if coordinate.value else letter

        return text

    return _write(node, _ReferenceStyle(coordinate_text("R"), coordinate_text("C"), rows_first=True))


class _ReferenceStyle:
    """How cells and ranges are written; the one thing in which A1 and R1C1 differ."""

    __slots__ = ("column", "row", "rows_first")

    def __init__(self, row: _CoordinateText, column: _CoordinateText, *, rows_first: bool) -> None:
        self.row = row
        self.column = column
        self.rows_first = rows_first

    def cell(self, row: Coordinate, column: Coordinate) -> str:
        parts = (self.row(row), self.column(column))
        return "".join(parts if self.rows_first else reversed(parts))

    def range(self, reference: RangeReference) -> str:
        if reference.left == _FIRST and reference.right == _LAST_COLUMN:
            return f"{self.row(reference.top)}:{self.row(reference.bottom)}"
        if reference.top == _FIRST and reference.bottom == _LAST_ROW:
            return f"{self.column(reference.left)}:{self.column(reference.right)}"
        return f"{self.cell(reference.top, reference.left)}:{self.cell(reference.bottom, reference.right)}"


def _write(node: Node, style: _ReferenceStyle) -> str:
    def combine(current: Node, parts: Sequence[_Written]) -> _Written:
        match current:
            case Binary():
                return _binary(current, parts[0], parts[1])
            case Unary():
                return _unary(current.operator, parts[0])
            case Call():
                return f"{current.name}({_arguments(parts)})", Precedence.ATOM
            case Invocation():
                return f"{_callee(current.callee, parts[0])}({_arguments(parts[1:])})", Precedence.ATOM
            case ArrayConstant():
                return _array(current, parts), Precedence.ATOM
        return _leaf(current, style)

    return fold(node, combine)[0]


def _enclosed(written: _Written, lowest: int) -> str:
    """A union keeps its parentheses wherever it stands, or the commas of a call around it would take it apart."""
    text, precedence = written
    return text if precedence >= lowest and precedence is not Precedence.UNION else f"({text})"


def _binary(node: Binary, left: _Written, right: _Written) -> _Written:
    precedence = PRECEDENCES[node.operator]
    right_text = f"({right[0]})" if _right_misread(node) else _enclosed(right, precedence + 1)
    if node.operator == "," and left[1] is Precedence.UNION:
        left_text = left[0]
    else:
        left_text = f"({left[0]})" if _left_misread(node, right_text) else _enclosed(left, precedence)
    return f"{left_text}{node.operator}{right_text}", precedence


def _left_misread(node: Binary, right_text: str) -> bool:
    """What could be called by ``(`` after a space, and a name that could be the first sheet in ``a:b!A1``."""
    if node.operator == " ":
        return right_text.startswith("(") and not isinstance(node.left, CellReference | RangeReference)
    return node.operator == ":" and isinstance(node.left, NameReference) and node.left.sheets is None


def _right_misread(node: Binary) -> bool:
    """In ``Sheet1!A1:B2`` the sheet would hold for both cells."""
    return (
        node.operator == ":"
        and isinstance(node.left, CellReference)
        and isinstance(node.right, CellReference)
        and node.right.sheets is None
    )


def _unary(operator: str, operand: _Written) -> _Written:
    match operator:
        case "%":
            return f"{_enclosed(operand, Precedence.PERCENT)}%", Precedence.PERCENT
        case "#":
            return f"{_enclosed(operand, Precedence.SPILL)}#", Precedence.SPILL
        case "@":
            return f"@{_enclosed(operand, Precedence.RANGE)}", Precedence.SIGN
    return f"{operator}{_enclosed(operand, Precedence.SIGN)}", Precedence.SIGN


def _callee(callee: Node, written: _Written) -> str:
    return written[0] if isinstance(callee, Call | Invocation) else f"({written[0]})"


def _arguments(parts: Sequence[_Written]) -> str:
    return ",".join(_enclosed(part, Precedence.NONE) for part in parts)


def _array(node: ArrayConstant, parts: Sequence[_Written]) -> str:
    width = len(node.rows[0])
    texts = [text for text, _ in parts]
    return "{" + ";".join(",".join(texts[i : i + width]) for i in range(0, len(texts), width)) + "}"


def _leaf(node: Node, style: _ReferenceStyle) -> _Written:
    match node:
        case CellReference():
            return write_sheets(node.sheets) + style.cell(node.row, node.column), Precedence.ATOM
        case RangeReference():
            return write_sheets(node.sheets) + style.range(node), Precedence.RANGE
        case StructuredReference():
            return _structured(node), Precedence.ATOM
        case NameReference():
            return write_sheets(node.sheets) + _name(node), Precedence.ATOM
        case FunctionName():
            return f"_xleta.{node.name}", Precedence.ATOM
    return _constant(node), Precedence.ATOM


def _constant(node: Node) -> str:
    match node:
        case Number():
            return _number(node.value)
        case Text():
            return '"' + node.value.replace('"', '""') + '"'
        case Boolean():
            return "TRUE" if node.value else "FALSE"
        case ErrorValue():
            return node.code.text
    return ""


def _number(value: float) -> str:
    text = repr(float(value))
    return text[:-2] if text.endswith(".0") else text.upper()


def _name(node: NameReference) -> str:
    if node.sheets is None or is_name(node.name):
        return node.name
    return "'" + node.name.replace("'", "''") + "'"


def _structured(node: StructuredReference) -> str:
    prefix = ""
    if node.workbook is not None:
        quoted = node.workbook.replace("'", "''")
        prefix = f"{node.workbook}!" if node.workbook.startswith("[") and "'" not in quoted else f"'{quoted}'!"
    return f"{prefix}{node.table or ''}{write_structured(node)}"

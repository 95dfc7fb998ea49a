"""Tokens to tree: Excel's operators, calls and references by precedence climbing.

Source: "Calculation operators and precedence in Excel" (support.microsoft.com): range, intersection, union, sign,
percent, power, multiplication, addition, concatenation, comparison. All binary operators group to the left, and a
sign binds tighter than a power: ``-2^2`` is 4.
"""

from __future__ import annotations

import math
import re
from enum import IntEnum
from functools import lru_cache

from compute.errors import CODES_BY_TEXT, ErrorCode, FormulaSyntaxError
from compute.formulas.addresses import column_number
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
    Omitted,
    RangeReference,
    Sheets,
    StructuredReference,
    Text,
    Unary,
)
from compute.formulas.sheets import read_sheets
from compute.formulas.structured import read_structured
from compute.formulas.tokens import Kind, Token, is_name, syntax_error
from compute.formulas.walk import height

MAX_NESTING = 250
"""Excel allows 64 levels of functions; parentheses and signs between them count here as well."""
MAX_HEIGHT = 300
"""How tall a tree may be, chains of binary operators not counted, so that those who visit it may recurse."""


class Precedence(IntEnum):
    """How tightly an operator binds; ATOM is anything that never needs parentheses."""

    NONE = 0
    COMPARISON = 1
    CONCATENATION = 2
    ADDITION = 3
    MULTIPLICATION = 4
    POWER = 5
    PERCENT = 6
    SIGN = 7
    UNION = 8
    INTERSECTION = 9
    RANGE = 10
    SPILL = 11
    ATOM = 12


PRECEDENCES = {
    **dict.fromkeys(("=", "<>", "<", ">", "<=", ">="), Precedence.COMPARISON),
    "&": Precedence.CONCATENATION,
    "+": Precedence.ADDITION,
    "-": Precedence.ADDITION,
    "*": Precedence.MULTIPLICATION,
    "/": Precedence.MULTIPLICATION,
    "^": Precedence.POWER,
    "%": Precedence.PERCENT,
    ",": Precedence.UNION,
    " ": Precedence.INTERSECTION,
    ":": Precedence.RANGE,
}
_REFERENCE_OPERATORS = frozenset(":, ")
COORDINATE = re.compile(r"(\$?)(?:([A-Za-z]+)|([0-9]+))")
"""One row or column within a reference: its ``$``, its letters or its digits."""
_STORED_PREFIX = re.compile(r"\A(?:_xlfn\.|_xlws\.|_xlpm\.|_xlop\.|_xleta\.)+", re.IGNORECASE)
_FUNCTION_AS_VALUE = re.compile(r"(?:_xlfn\.|_xlws\.)*_xleta\.(?:_xlfn\.|_xlws\.)*(.+)", re.IGNORECASE)
_ONE_ARGUMENT = {"SINGLE": "@", "ANCHORARRAY": "#"}
_SIGNS = frozenset(("-", "+", "@"))
_BOOLEANS = ("TRUE", "FALSE")
_QUALIFIED = frozenset({Kind.REFERENCE, Kind.WORD, Kind.ERROR})
_OPERAND_KINDS = frozenset({Kind.REFERENCE, Kind.WORD, Kind.PREFIX, Kind.BRACKET, Kind.ERROR})


def parse_tokens(tokens: list[Token], text: str, row: int, column: int) -> Node:
    """The tree of a whole formula that stands in the 1-based cell (row, column). Raises FormulaSyntaxError."""
    parser = _Parser(tokens, text, row, column)
    try:
        node = parser.formula()
    except RecursionError:
        raise syntax_error(text, 0, "parentheses and functions nested too deeply") from None
    if len(tokens) > MAX_HEIGHT and height(node) > MAX_HEIGHT:
        raise syntax_error(text, 0, f"operators and functions nested more than {MAX_HEIGHT} deep")
    return node


def _is_reference(node: Node) -> bool:
    match node:
        case Number() | Text() | Boolean() | ArrayConstant() | Omitted():
            return False
        case Binary():
            return node.operator in _REFERENCE_OPERATORS
        case Unary():
            return node.operator in "@#"
    return True


class _Parser:
    """A walk over the tokens of one formula; ``token`` is the next one, ``operator`` its text if it is an operator."""

    __slots__ = ("column", "depth", "operator", "position", "row", "text", "token", "tokens", "unions")

    def __init__(self, tokens: list[Token], text: str, row: int, column: int) -> None:
        self.tokens = tokens
        self.text = text
        self.row = row
        self.column = column
        self.position = 0
        self.token = tokens[0]
        self.operator = self.token.text if self.token.kind is Kind.OPERATOR else ""
        self.depth = 0
        self.unions = True

    def formula(self) -> Node:
        node = self.expression(Precedence.NONE)
        if self.token.kind is not Kind.END:
            raise self.unexpected()
        return node

    # Tokens

    def advance(self) -> Token:
        token = self.token
        self.position += 1
        self.token = following = self.tokens[self.position]
        self.operator = following.text if following.kind is Kind.OPERATOR else ""
        return token

    def expect(self, operator: str) -> None:
        if self.operator != operator:
            raise self.unexpected(f", expected {operator!r}")
        self.advance()

    def fail(self, problem: str, token: Token | None = None) -> FormulaSyntaxError:
        return syntax_error(self.text, (token or self.token).start, problem)

    def unexpected(self, expected: str = "") -> FormulaSyntaxError:
        if self.token.kind is Kind.END:
            return self.fail(f"the formula ends too early{expected}")
        return self.fail(f"unexpected {self.token.text!r}{expected}")

    # Operators

    def expression(self, lowest: Precedence) -> Node:
        node = self.signed() if self.operator in _SIGNS else self.operand()
        while (operator := self.infix()) is not None:
            precedence = PRECEDENCES[operator]
            if precedence < lowest:
                break
            token = self.token if operator == " " else self.advance()
            if operator == "%":
                node = Unary("%", node)
                continue
            right = self.expression(Precedence(precedence + 1))
            if operator in ": " and not (_is_reference(node) and _is_reference(right)):
                raise self.fail(f"both sides of {operator!r} must be references", token)
            node = _joined(operator, node, right)
        return node

    def signed(self) -> Node:
        operator = self.advance().text
        self.descend()
        operand = self.expression(Precedence.RANGE if operator == "@" else Precedence.SIGN)
        self.depth -= 1
        return Unary(operator, operand)

    def descend(self) -> None:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise self.fail(f"parentheses, functions and signs nested more than {MAX_NESTING} levels deep")

    def infix(self) -> str | None:
        operator = self.operator
        if not operator or operator == "(":
            spaced = self.token.spaced and (operator or self.token.kind in _OPERAND_KINDS)
            return " " if spaced else None
        if operator == ",":
            return operator if self.unions else None
        return operator if operator in PRECEDENCES else None

    # Operands

    def operand(self) -> Node:
        token = self.token
        node: Node
        if token.kind is Kind.REFERENCE:
            self.advance()
            node = self.reference(token, None)
        elif token.kind in (Kind.WORD, Kind.PREFIX, Kind.BRACKET):
            node = self.named()
        elif self.operator == "(":
            node = self.enclosed()
        elif token.kind is Kind.ERROR:
            node = self.error()
        else:
            return self.array() if self.operator == "{" else self.literal()
        while self.token.kind is Kind.HASH:
            self.advance()
            node = Unary("#", node)
        return node

    def enclosed(self) -> Node:
        self.descend()
        self.advance()
        outer, self.unions = self.unions, True
        node = self.expression(Precedence.NONE)
        self.unions = outer
        self.depth -= 1
        self.expect(")")
        return node if self.token.spaced else self.invocations(node)

    def literal(self) -> Node:
        token = self.token
        if token.kind is Kind.NUMBER:
            return self.number()
        if token.kind is Kind.TEXT:
            self.advance()
            return Text(token.text[1:-1].replace('""', '"'))
        raise self.unexpected()

    def error(self) -> ErrorValue:
        code = CODES_BY_TEXT["#" + self.advance().text.rpartition("#")[2].upper()]
        # A reference to a deleted sheet: #REF!A1 is #REF! as a whole.
        if code is ErrorCode.REF and self.token.kind in _OPERAND_KINDS and not self.token.spaced:
            self.advance()
        return ErrorValue(code)

    def number(self) -> Number:
        token = self.advance()
        value = float(token.text)
        if math.isinf(value):
            raise self.fail(f"the number {token.text} is too large", token)
        return Number(value)

    def array(self) -> ArrayConstant:
        start = self.advance()
        rows: list[tuple[Node, ...]] = []
        row = [self.element()]
        while self.operator != "}":
            if self.operator != "," and self.operator != ";":
                raise self.unexpected(", expected '}'")
            if self.advance().text == ";":
                rows.append(tuple(row))
                row = []
            row.append(self.element())
        rows.append(tuple(row))
        self.advance()
        if any(len(row) != len(rows[0]) for row in rows):
            raise self.fail("the rows of an array constant differ in length", start)
        return ArrayConstant(tuple(rows))

    def element(self) -> Node:
        sign = self.advance().text if self.operator in _SIGNS and self.operator != "@" else ""
        token = self.token
        if token.kind is Kind.NUMBER:
            number = self.number()
            return Number(-number.value) if sign == "-" else number
        if not sign and token.kind is Kind.TEXT:
            return self.literal()
        if not sign and token.kind is Kind.ERROR:
            return self.error()
        if not sign and token.kind is Kind.WORD and token.text.upper() in _BOOLEANS:
            return Boolean(self.advance().text.upper() == "TRUE")
        raise self.unexpected(", expected a constant")

    # References, names and calls

    def named(self) -> Node:
        prefix, sheets = "", None
        if self.token.kind is Kind.PREFIX:
            prefix = self.advance().text
            sheets = read_sheets(prefix)
        token = self.token
        topic = token.kind is Kind.QUOTED and sheets is not None and len(token.text) > 2
        if prefix and (token.spaced or not (topic or token.kind in _QUALIFIED)):
            raise self.unexpected(", expected a reference after the sheet's name")
        if token.kind is Kind.BRACKET:
            return self.structured(None, None)
        if token.kind is Kind.ERROR:
            return self.error()
        self.advance()
        if token.kind is Kind.REFERENCE:
            return self.reference(token, sheets)
        if topic:
            return NameReference(token.text[1:-1].replace("''", "'"), sheets)
        if self.operator == "(":
            return self.call(prefix, token.text)
        if self.token.kind is Kind.BRACKET and not self.token.spaced:
            return self.structured(token.text, sheets)
        return _word(token.text, sheets)

    def call(self, prefix: str, name: str) -> Node:
        stored = _STORED_PREFIX.match(name)
        if stored and stored.end() < len(name):
            name = name[stored.end() :]
        name = name.upper()
        arguments = self.arguments()
        if not prefix and name in _ONE_ARGUMENT and len(arguments) == 1:
            return self.invocations(Unary(_ONE_ARGUMENT[name], arguments[0]))
        return self.invocations(Call(prefix.upper() + name, arguments))

    def invocations(self, node: Node) -> Node:
        while self.operator == "(" and (not self.token.spaced or _is_lambda(node)):
            node = Invocation(node, self.arguments())
        return node

    def arguments(self) -> tuple[Node, ...]:
        self.descend()
        self.expect("(")
        arguments: list[Node] = []
        outer, self.unions = self.unions, False
        while self.operator != ")" or arguments:
            omitted = self.operator == "," or self.operator == ")"
            arguments.append(Omitted() if omitted else self.expression(Precedence.NONE))
            if self.operator != ",":
                break
            self.advance()
        self.unions = outer
        self.depth -= 1
        self.expect(")")
        return tuple(arguments)

    def structured(self, table: str | None, sheets: Sheets | None) -> StructuredReference:
        bracket = self.advance()
        workbook = (sheets.workbook or sheets.first) if sheets else None
        try:
            return read_structured(table, bracket.text, workbook)
        except ValueError as error:
            raise self.fail(str(error), bracket) from None

    def reference(self, token: Token, sheets: Sheets | None) -> Node:
        corners = [self.corner(part) for part in token.text.split(":")]
        row, column = corners[0]
        if len(corners) == 1:
            return CellReference(row or _FIRST, column or _FIRST, sheets)
        last_row, last_column = corners[1]
        return RangeReference(
            row or _FIRST, column or _FIRST, last_row or _LAST_ROW, last_column or _LAST_COLUMN, sheets
        )

    def corner(self, text: str) -> tuple[Coordinate | None, Coordinate | None]:
        row = column = None
        for dollar, letters, digits in COORDINATE.findall(text):
            if digits:
                row = _coordinate(int(digits) - (0 if dollar else self.row), bool(dollar))
            else:
                column = _coordinate(column_number(letters) - (0 if dollar else self.column), bool(dollar))
        return row, column


_coordinate = lru_cache(maxsize=16_384)(Coordinate)
_FIRST = Coordinate(1, True)
_LAST_ROW = Coordinate(MAX_ROW, True)
_LAST_COLUMN = Coordinate(MAX_COLUMN, True)


def _word(text: str, sheets: Sheets | None) -> Node:
    if sheets is None and text.upper() in _BOOLEANS:
        return Boolean(text.upper() == "TRUE")
    function = _FUNCTION_AS_VALUE.fullmatch(text)
    if function is not None:
        return FunctionName(function[1].upper())
    plain = _STORED_PREFIX.sub("", text)
    return NameReference(plain if is_name(plain) else text, sheets)


def _joined(operator: str, left: Node, right: Node) -> Node:
    """``Sheet1!A1:Sheet1!B2`` is the rectangle that Sheet1!A1:B2 is."""
    if (
        operator == ":"
        and isinstance(left, CellReference)
        and isinstance(right, CellReference)
        and left.sheets == right.sheets
    ):
        return RangeReference(left.row, left.column, right.row, right.column, left.sheets)
    return Binary(operator, left, right)


def _is_lambda(node: Node) -> bool:
    return isinstance(node, Invocation) or (isinstance(node, Call) and node.name == "LAMBDA")

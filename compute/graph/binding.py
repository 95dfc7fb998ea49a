"""Names and structured references replaced by the places and formulas they stand for."""

from __future__ import annotations

import re
from dataclasses import replace

from compute.dialects import Canonicaliser, NotUnderstood, rebuild
from compute.errors import ErrorCode, FormulaSyntaxError
from compute.formulas import parse, transform
from compute.formulas.ast import (
    MAX_ROW,
    Call,
    CellReference,
    Coordinate,
    ErrorValue,
    FunctionName,
    Invocation,
    NameReference,
    Node,
    RangeReference,
    Sheets,
    StructuredReference,
)
from compute.functions import REGISTRY
from compute.workbook.model import DefinedName, Table, Workbook

NameKey = tuple[str, str | None]
_CONDITIONALS = frozenset({"IF", "IFS", "IFERROR", "IFNA", "CHOOSE", "SWITCH"})
_DRAWS = frozenset({"RAND", "RANDBETWEEN", "RANDARRAY"})
OWN_WORKBOOK = "[0]"
_PLAIN_FUNCTION = re.compile(r"[A-Z_\\][A-Z0-9_.\\]*")


def _absolute(value: int) -> Coordinate:
    return Coordinate(value, True)


class Binder:
    """Binds formulas of one workbook; ``lambdas`` collects the names that hold a LAMBDA, which stay names so that they
    may recur.
    """

    def __init__(self, workbook: Workbook, canonicalise: Canonicaliser) -> None:
        self._workbook = workbook
        self._canonicalise = canonicalise
        self._names: dict[NameKey, DefinedName] = {
            (n.name.casefold(), n.sheet.casefold() if n.sheet else None): n for n in workbook.names
        }
        self._tables = {t.name.casefold(): t for t in workbook.tables}
        self._tables_by_sheet: dict[str, list[Table]] = {}
        for table in workbook.tables:
            self._tables_by_sheet.setdefault(table.sheet.casefold(), []).append(table)
        self._known: dict[tuple[int, str, str | None], tuple[Node, Node]] = {}
        self._open_names: list[NameKey] = []
        self.lambdas: dict[NameKey, Node] = {}

    def bind(self, tree: Node, sheet: str, row: int, column: int) -> Node:
        """The tree of that cell's formula with every name resolved; trees that need nothing come back as they are."""
        table = self._table_at(sheet, row, column) if self._tables_by_sheet else None
        key = (id(tree), sheet, table.name if table else None)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = (tree, self._visit(tree, sheet, table, frozenset()))
        return known[1]

    def bind_text(self, text: str, sheet: str, row: int, column: int) -> Node:
        """A formula or reference given as text (INDIRECT, a name's text) bound for that cell. Raises
        FormulaSyntaxError.
        """
        return self.bind(self._canonicalise(parse(text, row, column)), sheet, row, column)

    def _table_at(self, sheet: str, row: int, column: int) -> Table | None:
        for table in self._tables_by_sheet.get(sheet.casefold(), ()):
            top, left, bottom, right = table.range
            if top <= row <= bottom and left <= column <= right:
                return table
        return None

    def _visit(self, node: Node, sheet: str, table: Table | None, variables: frozenset[str]) -> Node:
        if isinstance(node, NameReference):
            return self._name(node, sheet, table, variables)
        if isinstance(node, StructuredReference):
            return self._structured(node, table)
        if isinstance(node, FunctionName):
            return _function(node.name)
        if isinstance(node, Call):
            if node.name in ("LET", "LAMBDA"):
                variables = variables | _variables(node)
            elif self._is_called_name(node, sheet, variables):
                callee = self._visit(NameReference(node.name), sheet, table, variables)
                return Invocation(callee, tuple(self._visit(a, sheet, table, variables) for a in node.arguments))
        return rebuild(node, lambda child: self._visit(child, sheet, table, variables))

    def _is_called_name(self, call: Call, sheet: str, variables: frozenset[str]) -> bool:
        if call.name in REGISTRY or not _PLAIN_FUNCTION.fullmatch(call.name):
            return False
        return call.name.casefold() in variables or self._find(call.name, None, sheet) is not None

    def _find(self, name: str, sheets: Sheets | None, sheet: str) -> NameKey | None:
        scope = sheets.first if sheets and not sheets.workbook else sheet
        for key in ((name.casefold(), scope.casefold()), (name.casefold(), None)):
            if key in self._names:
                return key
        return None

    def _name(self, node: NameReference, sheet: str, table: Table | None, variables: frozenset[str]) -> Node:
        if node.name.casefold() in variables and node.sheets is None:
            return node
        if node.sheets is not None and node.sheets.workbook not in (None, OWN_WORKBOOK):
            return self._external_name(node, node.sheets)
        key = self._find(node.name, node.sheets, sheet)
        if key is None:
            known = self._tables.get(node.name.casefold())
            if known is not None:
                return self._structured(StructuredReference(known.name, ()), table)
            is_function = node.sheets is None and node.name.upper() in REGISTRY.keys() | _CONDITIONALS | _DRAWS
            return _function(node.name.upper()) if is_function else ErrorValue(ErrorCode.NAME)
        if key in self.lambdas:
            return NameReference(key[0], Sheets(key[1]) if key[1] else None)
        if key in self._open_names:
            return ErrorValue(ErrorCode.NAME)
        return self._expanded(key, sheet, table)

    def _external_name(self, node: NameReference, sheets: Sheets) -> Node:
        """What a linked workbook's name stood for when its values were stored; #NAME? where nothing is known of it."""
        book = f"[{(sheets.workbook or '').strip('[]')}]"
        scopes = (sheets.first.casefold(), None) if sheets.first else (None,)
        known = {
            (n.name.casefold(), n.sheet.casefold() if n.sheet else None): n.text
            for n in self._workbook.external_names.get(book, ())
        }
        for scope in scopes:
            text, key = known.get((node.name.casefold(), scope)), (book + node.name.casefold(), scope)
            if text is None or key in self._open_names:
                continue
            self._open_names.append(key)
            try:
                return self._of_workbook(parse(text, 1, 1), book)
            except FormulaSyntaxError:
                break
            finally:
                self._open_names.pop()
        return ErrorValue(ErrorCode.NAME)

    def _of_workbook(self, tree: Node, book: str) -> Node:
        """The tree with its references read in a linked workbook."""

        def moved(node: Node) -> Node:
            if isinstance(node, CellReference | RangeReference | NameReference):
                sheets = node.sheets or Sheets("")
                if sheets.workbook is None:
                    node = replace(node, sheets=replace(sheets, workbook=book))
                if isinstance(node, NameReference) and node.sheets is not None:
                    return self._external_name(node, node.sheets)
            return node

        return transform(tree, moved)

    def _expanded(self, key: NameKey, sheet: str, table: Table | None) -> Node:
        try:
            tree = self._canonicalise(parse(self._names[key].text, 1, 1))
        except FormulaSyntaxError:
            return ErrorValue(ErrorCode.NAME)
        if isinstance(tree, Call) and tree.name == "LAMBDA":
            self.lambdas[key] = tree
            self.lambdas[key] = self._visit(tree, sheet, table, frozenset())
            return NameReference(key[0], Sheets(key[1]) if key[1] else None)
        self._open_names.append(key)
        try:
            return self._visit(tree, sheet, table, frozenset())
        finally:
            self._open_names.pop()

    def _structured(self, node: StructuredReference, inside: Table | None) -> Node:
        table = self._tables.get(node.table.casefold()) if node.table else inside
        if table is None or node.workbook:
            return ErrorValue(ErrorCode.REF)
        left = table.range[1]
        columns = _columns(table, node)
        if columns is None:
            return ErrorValue(ErrorCode.REF)
        first, last = left + columns[0], left + columns[1]
        sheets = Sheets(table.sheet)
        specifiers = {s.casefold() for s in node.specifiers}
        if "#this row" in specifiers:
            return _this_row(sheets, first, last)
        rows = _rows(table, specifiers)
        if rows is None:
            return ErrorValue(ErrorCode.REF)
        return RangeReference(_absolute(rows[0]), _absolute(first), _absolute(rows[1]), _absolute(last), sheets)


def _function(name: str) -> Node:
    """A function as a value; those that draw numbers are refused, since one draw would serve every call."""
    if name in _DRAWS:
        return NotUnderstood(name, "a function that draws numbers cannot be given to another function")
    if name in REGISTRY or name in _CONDITIONALS:
        return FunctionName(name)
    return NotUnderstood(name, "Montecell does not know this function")


def _variables(call: Call) -> frozenset[str]:
    """The names that a LET or LAMBDA introduces."""
    arguments = call.arguments[:-1:2] if call.name == "LET" else call.arguments[:-1]
    names: set[str] = set()
    for argument in arguments:
        if isinstance(argument, NameReference):
            names.add(argument.name.casefold())
        elif isinstance(argument, StructuredReference) and argument.table is None and argument.first:
            names.add(argument.first.casefold())
    return frozenset(names)


def _this_row(sheets: Sheets, first: int, last: int) -> Node:
    here = Coordinate(0, False)
    if first == last:
        return CellReference(here, _absolute(first), sheets)
    return RangeReference(here, _absolute(first), here, _absolute(last), sheets)


def _columns(table: Table, node: StructuredReference) -> tuple[int, int] | None:
    if node.first is None:
        return 0, len(table.columns) - 1
    names = [c.casefold() for c in table.columns]
    try:
        first = names.index(node.first.casefold())
        last = first if node.last is None else names.index(node.last.casefold())
    except ValueError:
        return None
    return min(first, last), max(first, last)


def _rows(table: Table, specifiers: set[str]) -> tuple[int, int] | None:
    """The first and last row that the specifiers select; None where the table lacks them."""
    top, _, bottom, _ = table.range
    parts: list[tuple[int, int]] = []
    if "#all" in specifiers:
        return top, bottom
    if "#headers" in specifiers:
        if not table.header_rows:
            return None
        parts.append((top, top + table.header_rows - 1))
    if "#totals" in specifiers:
        if not table.totals_rows:
            return None
        parts.append((bottom - table.totals_rows + 1, bottom))
    if "#data" in specifiers or not parts:
        parts.append((top + table.header_rows, bottom - table.totals_rows))
    return min(p[0] for p in parts), min(MAX_ROW, max(p[1] for p in parts))


__all__ = ["Binder", "NameKey"]

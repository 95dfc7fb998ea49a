"""From a bound formula tree to a typed expression over a whole line of cells, or the reason why not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from compute.backends.native.errors import NotNative
from compute.backends.native.expressions import Apply, Cell, Expression, Fixed, Sampled, Type
from compute.backends.native.failures import encoded
from compute.backends.native.fixed_draws import cheaper_by_tables, tabled, tabled_shapes
from compute.backends.native.lines import DRAWS, Line
from compute.backends.native.mixed_reading import (
    compared_mixed,
    fixed_mixed,
    mixed,
    mixed_cells,
    number_of,
    shown,
    truth_of,
)
from compute.backends.native.surroundings import Surroundings
from compute.backends.native.text_operations import apart, as_fixed_texts, as_number, compared, joined, tabulated
from compute.backends.native.texts import Words
from compute.backends.reference.frame import Frame
from compute.dialects import Draw, InputMark, OutputMark, children
from compute.errors import UnsupportedFormula
from compute.formulas import ast
from compute.formulas.ast import MAX_COLUMN, MAX_ROW, Coordinate
from compute.functions import REGISTRY
from compute.graph.areas import DYNAMIC_FUNCTIONS, PLACE_FUNCTIONS
from compute.program.batching import can_batch
from compute.values import Array, Kind

Ints = npt.NDArray[np.int64]
MOST_CELLS = 2_000_000
"""The most cells that the ranges of one line may have together."""
_ARITHMETIC = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "^": "power"}
_COMPARISONS = {"=": "equal", "<>": "unequal", "<": "less", "<=": "at_most", ">": "greater", ">=": "at_least"}
_PLAIN = (ast.Number, ast.Text, ast.Boolean, ast.ErrorValue, ast.ArrayConstant, ast.Omitted)


class Reading:
    """Reads one line."""

    def __init__(self, surroundings: Surroundings, line: Line) -> None:
        self.around, self.line = surroundings, line
        surroundings.begin(line.number)
        self.rows, self.columns = line.rows, line.columns
        self._fixed: dict[int, bool] = {}
        self._is_lazy = False
        self.kept: list[ast.Node] = []
        """Trees made while reading; what is known of a node goes by its identity."""

    def lazily(self, node: ast.Node) -> Expression:
        """The expression of a node that some iterations may not need; a draw in it would be made in too many."""
        before, self._is_lazy = self._is_lazy, True
        expression = self.value(node)
        self._is_lazy = before
        return expression

    def formula(self) -> Expression:
        """The line's expression; a sum or difference that ends a formula follows the near-zero rule."""
        tree = self.line.tree
        if self.line.along == DRAWS:
            return self._draws()
        if isinstance(tree, ast.Binary) and tree.operator in "+-" and not self.is_fixed(tree):
            parts = (self.number(tree.left), self.number(tree.right))
            return Apply("number", f"settled_{_ARITHMETIC[tree.operator]}", parts)
        made = self.value(tree)
        return shown(self, made) if made.type == "mixed" else made

    def read(self, node: ast.Node) -> Expression:
        """The expression of a node where one element is wanted that is no text."""
        made = self.value(node)
        if made.type in ("text", "mixed"):
            raise NotNative("it works with a text")
        return made

    def condition(self, node: ast.Node) -> Expression:
        """The expression of a node that is taken as a condition."""
        made = self.value(node)
        if made.type == "text":
            raise NotNative("it works with a text")
        return truth_of(self, made) if made.type == "mixed" else made

    def value(self, node: ast.Node) -> Expression:
        """The expression of a node where one element of any type is wanted."""
        if self.is_fixed(node):
            return self._constant(node)
        if isinstance(node, ast.CellReference):
            return self.cell_at(self.sheet(node.sheets), *self.cells_of(node))
        if isinstance(node, ast.Unary):
            return self._unary(node)
        if isinstance(node, ast.Binary):
            return self._binary(node)
        if isinstance(node, ast.Call):
            from compute.backends.native.calls import CALLS  # noqa: PLC0415  the calls read their arguments here

            return self._call(node, CALLS.get(node.name))
        if isinstance(node, OutputMark | InputMark):
            return Fixed("number", np.zeros(self.line.length))
        if isinstance(node, Draw):
            return self._draw(node)
        raise NotNative(f"{type(node).__name__} is not compiled")

    def _call(self, node: ast.Call, reader: Callable[[Reading, tuple[ast.Node, ...]], Expression] | None) -> Expression:
        """A function; one of texts alone that is not compiled, or not with texts, is a table over them."""
        refused = NotNative(f"{node.name} is not compiled")
        if reader is not None:
            try:
                return reader(self, node.arguments)
            except NotNative as problem:
                refused = problem
        made = tabulated(self, node)
        if made is None:
            raise refused
        return made

    def number(self, node: ast.Node) -> Expression:
        """The expression of a node that is taken as a number; a truth value counts 0 or 1 as it is."""
        return self._numeric(self.value(node))

    def _numeric(self, made: Expression) -> Expression:
        if made.type == "mixed":
            return number_of(self, made)
        return as_number(self, made) if made.type == "text" else made

    # Constants --------------------------------------------------------------------------------------------------------

    def is_fixed(self, node: ast.Node) -> bool:
        """Whether a node has the same value in every iteration, for all cells of the line."""
        known = self._fixed.get(id(node))
        if known is None:
            known = self._fixed[id(node)] = self._is_fixed(node)
        return known

    def _is_fixed(self, node: ast.Node) -> bool:
        if isinstance(node, _PLAIN):
            return True
        if isinstance(node, ast.CellReference):
            sheet = self._sheet(node.sheets)
            return sheet is not None and not self._is_any_varying(sheet, *self.cells_of(node))
        if isinstance(node, ast.RangeReference):
            sheet = self._sheet(node.sheets)
            return sheet is not None and not self._is_any_varying(sheet, *self.corners_as_cells(node, sheet))
        if isinstance(node, ast.Call):
            function = REGISTRY.get(node.name)
            is_lazy = node.name in ("IF", "IFERROR", "CHOOSE", "IFNA", "IFS", "SWITCH", "AND", "OR")
            if node.name in DYNAMIC_FUNCTIONS | PLACE_FUNCTIONS or (function is None and not is_lazy):
                return False
            if function is not None and function.volatile:
                return False
        elif not isinstance(node, ast.Unary | ast.Binary):
            return False
        return all(self.is_fixed(child) for child in children(node))

    def _constant(self, node: ast.Node) -> Fixed:
        """The value of a fixed node, which may be of one type in some cells and of another in others."""
        try:
            return self.constant(node)
        except NotNative:
            return fixed_mixed(self, node)

    def constant(self, node: ast.Node) -> Fixed:
        """The value of a fixed node for each cell: a blank is 0, an error NaN."""
        value = self.constant_array(node)
        kinds, numbers = value.kind_array()[0, 0], value.numbers[0, 0]
        if (kinds == Kind.TEXT).any():
            if not np.isin(kinds, (Kind.TEXT, Kind.ERROR)).all():
                raise NotNative("a constant is a text in some cells and none in others")
            return as_fixed_texts(self.around.vocabulary, value, self.line.length)
        booleans = kinds == Kind.BOOLEAN
        if booleans.any() and not (booleans | (kinds == Kind.ERROR)).all():
            raise NotNative("a constant is a truth value in some cells and a number in others")
        values = encoded(np.where(kinds == Kind.BLANK, 0.0, numbers), kinds == Kind.ERROR)
        length = self.line.length
        return Fixed("boolean" if booleans.any() else "number", np.array(np.broadcast_to(values, (length,))))

    def constant_array(self, node: ast.Node) -> Array:
        """The value of a fixed node as one element over the line's cells as lanes (or one lane for all)."""
        evaluator, formulas = self.around.evaluator, self.line.formulas
        if isinstance(node, ast.Number | ast.Boolean):
            formulas = formulas[:1]
        try:
            if len(formulas) == 1 or can_batch(node):
                return _single(evaluator.scalar(node, Frame.of(formulas, 1)))
            alone = [_single(evaluator.scalar(node, Frame.of((f,), 1))) for f in formulas]
        except UnsupportedFormula as problem:
            raise NotNative(problem.message) from problem
        numbers = np.concatenate([a.numbers for a in alone], axis=2)
        kinds = np.concatenate([a.kind_array() for a in alone], axis=2)
        has_texts = any(a.texts is not None for a in alone)
        return Array(numbers, kinds, np.concatenate([a.text_array() for a in alone], axis=2) if has_texts else None)

    # References -------------------------------------------------------------------------------------------------------

    def _sheet(self, sheets: ast.Sheets | None) -> int | None:
        if sheets is not None and sheets.workbook is not None:
            return None
        positions = self.around.program.sheets.positions(sheets, self.line.sheet)
        return None if positions is None or len(positions) != 1 else positions[0]

    def sheet(self, sheets: ast.Sheets | None) -> int:
        """The one sheet of a reference."""
        found = self._sheet(sheets)
        if found is None:
            raise NotNative("it reads several sheets at once or another workbook")
        return found

    def cells_of(self, node: ast.CellReference) -> tuple[Ints, Ints]:
        """Rows and columns that a reference means, for each cell."""
        return _resolved(node.row, self.rows, MAX_ROW), _resolved(node.column, self.columns, MAX_COLUMN)

    def corners_as_cells(self, node: ast.RangeReference, sheet: int) -> tuple[Ints, Ints]:
        """Rows of shape (cells, height, 1) and columns of shape (cells, 1, width); (1, …) if all cells mean one range.

        Raises NotNative where the sizes differ between cells, or together are too large.
        """
        top, bottom = (_resolved(c, self.rows, MAX_ROW) for c in (node.top, node.bottom))
        left, right = (_resolved(c, self.columns, MAX_COLUMN) for c in (node.left, node.right))
        top, bottom = np.minimum(top, bottom), np.maximum(top, bottom)
        left, right = np.minimum(left, right), np.maximum(left, right)
        if (bottom == MAX_ROW).any() or (right == MAX_COLUMN).any():
            store = self.around.machine.sheets[sheet]
            bottom = np.where(bottom == MAX_ROW, max(store.rows, int(top.max())), bottom)
            right = np.where(right == MAX_COLUMN, max(store.columns, int(left.max())), right)
        if np.ptp(top) == 0 and np.ptp(bottom) == 0 and np.ptp(left) == 0 and np.ptp(right) == 0:
            top, bottom, left, right = top[:1], bottom[:1], left[:1], right[:1]
        height, width = bottom - top + 1, right - left + 1
        if np.ptp(height) or np.ptp(width):
            raise NotNative("the size of a range differs from cell to cell")
        if len(top) * int(height[0]) * int(width[0]) > MOST_CELLS:
            raise NotNative("its ranges are too large")
        rows = top[:, None, None] + np.arange(height[0])[None, :, None]
        columns = left[:, None, None] + np.arange(width[0])[None, None, :]
        return rows, columns

    def range_places(self, node: ast.RangeReference, skipped: float | None) -> Ints:
        """The places of a range's cells, row by row: a row for each cell of the line, or one if the same for all."""
        sheet = self.sheet(node.sheets)
        rows, columns = self.corners_as_cells(node, sheet)
        places = self.around.layout.settled(sheet, rows, columns, skipped)
        return places.reshape(places.shape[0], -1)

    def text_words(self, places: Ints) -> Words:
        """The texts that varying cells among places may hold; -1 stands for a fixed cell."""
        own = places[places >= 0]
        lines = self.around.layout.line[own]
        texts = [n for n in np.unique(lines).tolist() if self.around.type_of(n) in ("text", "mixed")]
        return self.around.words_at(own[np.isin(lines, texts)])

    def types_at(self, places: Ints) -> set[Type]:
        """The types of the cells at places."""
        return {self.around.type_of(n) for n in self.around.layout.lines_at(places)}

    def _is_any_varying(self, sheet: int, rows: Ints, columns: Ints) -> bool:
        return bool((self.around.layout.varying(sheet, rows, columns) >= 0).any())

    def cell_at(self, sheet: int, rows: Ints, columns: Ints) -> Expression:
        """What the cells at some places show, one for each cell of the line."""
        layout = self.around.layout
        varying = layout.varying(sheet, rows, columns)
        types = self.types_at(varying)
        if types == {"text"} and (varying >= 0).all():
            return Cell("text", varying)
        kinds: set[int] = set()
        if (varying < 0).any():
            kinds = {
                *np.broadcast_to(layout.fixed(sheet, rows, columns).kind_array(), varying.shape)[varying < 0].tolist()
            }
        if types == {"text"} and kinds <= {Kind.TEXT}:
            return Cell("text", self._text_places(sheet, rows, columns))
        if types == {"boolean"} and not kinds:
            return Cell("boolean", varying)
        if types <= {"number"} and kinds <= {Kind.NUMBER, Kind.BLANK, Kind.ERROR}:
            return Cell("number", layout.settled(sheet, rows, columns, None))
        return mixed_cells(self, sheet, rows, columns)

    def _text_places(self, sheet: int, rows: Ints, columns: Ints) -> Ints:
        """The places of cells that all hold texts, fixed ones included."""
        layout = self.around.layout
        places = layout.varying(sheet, rows, columns)
        if self.types_at(places) != {"text"}:
            raise NotNative("it reads a text in some cells and none in others")
        missing = np.flatnonzero(places < 0)
        if len(missing) == 0:
            return places
        fixed = layout.fixed(sheet, rows[missing], columns[missing])
        if (fixed.kind_array() != Kind.TEXT).any():
            raise NotNative("it reads a text in some cells and none in others")
        numbers = self.around.vocabulary.numbers(fixed.text_array().tolist())
        places = places.copy()
        places[missing] = [layout.constant(n) for n in numbers.tolist()]
        return places

    # Operators --------------------------------------------------------------------------------------------------------

    def _unary(self, node: ast.Unary) -> Expression:
        if node.operator in ("@", "#"):
            raise NotNative(f"the operator {node.operator} is not compiled")
        if node.operator == "+":
            return self.value(node.operand)
        return Apply("number", "negate" if node.operator == "-" else "percent", (self.number(node.operand),))

    def _binary(self, node: ast.Binary) -> Expression:
        links: list[ast.Binary] = []
        inner: ast.Node = node
        while isinstance(inner, ast.Binary) and not self.is_fixed(inner) and inner.operator != "&":
            links.append(inner)
            inner = inner.left
        if isinstance(inner, ast.Binary) and inner.operator == "&" and not self.is_fixed(inner):
            value = self._joined(inner)
        else:
            value = self.value(inner)
        for link in reversed(links):
            value = self._linked(link.operator, value, link)
        return value

    def _joined(self, node: ast.Binary) -> Expression:
        """A chain of ``&``."""
        parts: list[ast.Node] = []
        inner: ast.Node = node
        while isinstance(inner, ast.Binary) and inner.operator == "&" and not self.is_fixed(inner):
            parts.append(inner.right)
            inner = inner.left
        return joined(self, [inner, *reversed(parts)])

    def _linked(self, operator: str, left: Expression, link: ast.Binary) -> Expression:
        right = self.value(link.right)
        if operator in _ARITHMETIC:
            parts = (self._numeric(left), self._numeric(right))
            return Apply("number", _ARITHMETIC[operator], parts)
        if operator not in _COMPARISONS:
            raise NotNative(f"the operator {operator} is not compiled")
        found = self._compared(_COMPARISONS[operator], left, right, link)
        if found is not None:
            return found
        sides = (mixed(self, link.left, left), mixed(self, link.right, right))
        return compared_mixed(self, _COMPARISONS[operator], *sides)

    def _compared(self, operation: str, left: Expression, right: Expression, link: ast.Binary) -> Expression | None:
        """The comparison of values whose types are known; None where a type varies."""
        types = {left.type, right.type}
        if "mixed" in types or types == {"number", "boolean"}:
            return None
        if "text" not in types:
            return Apply("boolean", operation, (left, right))
        try:
            left = left if left.type == "text" else self._beside_text(link.left, left)
            right = right if right.type == "text" else self._beside_text(link.right, right)
        except NotNative:
            return None
        if left.type == right.type:
            return compared(self, operation, left, right)
        return apart(operation, left, right)

    def _beside_text(self, node: ast.Node, read: Expression) -> Expression:
        """What a text is compared with: a blank cell is an empty text then."""
        if self.is_fixed(node):
            value = self.constant_array(node)
            blank = value.kind_array() == Kind.BLANK
            if blank.all():
                return as_fixed_texts(self.around.vocabulary, value, self.line.length)
            if blank.any():
                raise NotNative("it compares a text with a blank in some cells")
        elif isinstance(read, Cell) and (read.places >= self.around.layout.cells).any():
            raise NotNative("it compares a text with a constant in some cells")
        return read

    def _draws(self) -> Expression:
        """A line of draws, each from its own formula's parameters."""
        trees = [f.tree for f in self.line.formulas]
        draws = [tree for tree in trees if isinstance(tree, Draw)]
        law = draws[0].law
        cells = list(zip(self.line.formulas, draws, strict=True))
        if law not in self.around.laws:
            return tabled(self.around, cells)
        by_tables = cheaper_by_tables(self.around, cells)
        if by_tables is not None:
            return by_tables
        given = [[p.value for p in d.parameters if isinstance(p, ast.Number)] for d in draws]
        parts = tuple(Fixed("number", np.array(column, np.float64)) for column in zip(*given, strict=True))
        sites = [self.around.sites[f.number, id(f.tree)] for f in self.line.formulas]
        return Sampled("number", np.array(sites, np.int64), law, parts)

    def _draw(self, node: Draw) -> Expression:
        if self._is_lazy:
            raise NotNative("a draw that only some iterations make is not compiled")
        plain = not (node.correlation or node.seed or node.locked or node.percentiles or node.adjustments)
        if not plain or node.law not in self.around.laws:
            if all(self.is_fixed(child) for child in children(node)):
                return tabled(self.around, [(f, node) for f in self.line.formulas])
            by_shapes = tabled_shapes(self, node)
            if by_shapes is not None:
                return by_shapes
            raise NotNative(f"draws from {node.law} are not compiled" if plain else "a draw has further properties")
        sites = np.array([self.around.sites[f.number, id(node)] for f in self.line.formulas], np.int64)
        return Sampled("number", sites, node.law, tuple(self.number(p) for p in node.parameters))


def _single(value: Array) -> Array:
    if not value.is_single:
        raise NotNative("it works with an array")
    return value


def _resolved(coordinate: Coordinate, origins: Ints, limit: int) -> Ints:
    if coordinate.absolute:
        return np.full(origins.shape, coordinate.value, np.int64)
    return np.asarray((origins + coordinate.value - 1) % limit + 1, np.int64)


__all__ = ["Reading"]

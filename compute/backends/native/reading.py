"""From a bound formula tree to a typed expression over a whole line of cells, or the reason why not."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from compute.backends.native.errors import NotNative
from compute.backends.native.expressions import Apply, Cell, Expression, Fixed, Sampled, Type
from compute.backends.native.failures import encoded
from compute.backends.native.fixed_draws import are_few, cheaper_by_tables, tabled, tabled_shapes
from compute.backends.native.layout import Layout
from compute.backends.native.lines import DRAWS, Line
from compute.backends.reference.drawing import StaticDraws
from compute.backends.reference.evaluator import Evaluator
from compute.backends.reference.frame import Frame
from compute.backends.reference.machine import Machine
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


class Surroundings:
    """What every line is read against: the program with its fixed values, the workspace, the types of the lines."""

    def __init__(self, machine: Machine, layout: Layout, laws: frozenset[str]) -> None:
        self.machine, self.layout, self.laws = machine, layout, laws
        self.program = machine.program
        self.types: dict[int, Type] = {}
        self.tables: dict[tuple[object, ...], int] = {}
        """The tables that draws are made by, with the work that making each is."""
        self.thoughts: dict[int, set[tuple[int, Type]]] = {}
        """By line that was read, what it took others for."""
        self.spared: dict[int, int] = {}
        """How many tables a line takes that could do without them."""
        self.relying: set[int] = set()
        """The lines that are drawn by tables."""
        self.reader = -1
        self.evaluator = Evaluator(self.program, machine.sheets, StaticDraws(self.program), machine.now)
        self.sites = {(s.formula, id(s.draw)): s.index for s in self.program.draws}

    def begin(self, line: int) -> None:
        """Before a line is read, the first time or once more."""
        self.reader = line
        self.thoughts[line] = set()
        self.spared.pop(line, None)
        self.relying.discard(line)

    def type_of(self, line: int) -> Type:
        """The type of a line's cells; a number unless it was read as something else."""
        found = self.types.get(line, "number")
        self.thoughts[self.reader].add((line, found))
        return found

    def is_read(self, line: int) -> bool:
        """Whether a line was read, and what it read turned out to be what it was taken for."""
        thoughts = self.thoughts.get(line)
        if thoughts is None or any(self.types.get(other, "number") != thought for other, thought in thoughts):
            return False
        return are_few(self, line)


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
        expression = self.read(node)
        self._is_lazy = before
        return expression

    def formula(self) -> Expression:
        """The line's expression; a sum or difference that ends a formula follows the near-zero rule."""
        tree = self.line.tree
        if self.line.along == DRAWS:
            return self._draws()
        if isinstance(tree, ast.Binary) and tree.operator in "+-" and not self.is_fixed(tree):
            parts = (self.read(tree.left), self.read(tree.right))
            return Apply("number", f"settled_{_ARITHMETIC[tree.operator]}", parts)
        return self.read(tree)

    def read(self, node: ast.Node) -> Expression:
        """The expression of a node where one element is wanted."""
        if self.is_fixed(node):
            return self.constant(node)
        if isinstance(node, ast.CellReference):
            return self._cell(node)
        if isinstance(node, ast.Unary):
            return self._unary(node)
        if isinstance(node, ast.Binary):
            return self._binary(node)
        if isinstance(node, ast.Call):
            from compute.backends.native.calls import CALLS  # noqa: PLC0415  the calls read their arguments here

            reader = CALLS.get(node.name)
            if reader is None:
                raise NotNative(f"{node.name} is not compiled")
            return reader(self, node.arguments)
        if isinstance(node, OutputMark | InputMark):
            return Fixed("number", np.zeros(self.line.length))
        if isinstance(node, Draw):
            return self._draw(node)
        raise NotNative(f"{type(node).__name__} is not compiled")

    def number(self, node: ast.Node) -> Expression:
        """The expression of a node that is taken as a number; a truth value counts 0 or 1 as it is."""
        return self.read(node)

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

    def constant(self, node: ast.Node) -> Fixed:
        """The value of a fixed node for each cell: a blank is 0, an error NaN; a text is not compiled."""
        value = self.constant_array(node)
        kinds, numbers = value.kind_array()[0, 0], value.numbers[0, 0]
        if (kinds == Kind.TEXT).any():
            raise NotNative("it works with a text")
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
        texts = [a for a in alone if a.texts is not None]
        if texts:
            raise NotNative("it works with a text")
        numbers = np.concatenate([a.numbers for a in alone], axis=2)
        return Array(numbers, np.concatenate([a.kind_array() for a in alone], axis=2))

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

    def types_at(self, places: Ints) -> set[Type]:
        """The types of the cells at places."""
        return {self.around.type_of(n) for n in self.around.layout.lines_at(places)}

    def _is_any_varying(self, sheet: int, rows: Ints, columns: Ints) -> bool:
        return bool((self.around.layout.varying(sheet, rows, columns) >= 0).any())

    def _cell(self, node: ast.CellReference) -> Expression:
        sheet = self.sheet(node.sheets)
        places = self.around.layout.settled(sheet, *self.cells_of(node), None)
        types = self.types_at(places)
        if len(types) > 1 or ("boolean" in types and (places >= self.around.layout.cells).any()):
            raise NotNative("it reads truth values in some cells and numbers in others")
        return Cell(types.pop() if types else "number", places)

    # Operators --------------------------------------------------------------------------------------------------------

    def _unary(self, node: ast.Unary) -> Expression:
        if node.operator in ("@", "#"):
            raise NotNative(f"the operator {node.operator} is not compiled")
        operand = self.read(node.operand)
        if node.operator == "+":
            return operand
        return Apply("number", "negate" if node.operator == "-" else "percent", (operand,))

    def _binary(self, node: ast.Binary) -> Expression:
        links: list[ast.Binary] = []
        inner: ast.Node = node
        while isinstance(inner, ast.Binary) and not self.is_fixed(inner):
            links.append(inner)
            inner = inner.left
        value = self.read(inner)
        for link in reversed(links):
            value = self._linked(link.operator, value, self.read(link.right))
        return value

    def _linked(self, operator: str, left: Expression, right: Expression) -> Expression:
        if operator in _ARITHMETIC:
            return Apply("number", _ARITHMETIC[operator], (left, right))
        if operator not in _COMPARISONS:
            raise NotNative(f"the operator {operator} is not compiled")
        if left.type != right.type:
            raise NotNative("it compares a number with a truth value")
        return Apply("boolean", _COMPARISONS[operator], (left, right))

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
        return Sampled("number", sites, node.law, tuple(self.read(p) for p in node.parameters))


def _single(value: Array) -> Array:
    if not value.is_single:
        raise NotNative("it works with an array")
    return value


def _resolved(coordinate: Coordinate, origins: Ints, limit: int) -> Ints:
    if coordinate.absolute:
        return np.full(origins.shape, coordinate.value, np.int64)
    return np.asarray((origins + coordinate.value - 1) % limit + 1, np.int64)


__all__ = ["Reading", "Surroundings"]

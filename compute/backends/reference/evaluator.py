"""Evaluating formulas over lanes: the definition of what every other backend must compute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from compute.backends.reference import operators
from compute.backends.reference.arguments import PLACE_GIVING, arguments_of, located
from compute.backends.reference.context import Context
from compute.backends.reference.drawing import DrawSource
from compute.backends.reference.frame import Frame
from compute.backends.reference.lambdas import FunctionStack, Lambda, NamedFunction
from compute.backends.reference.law_figures import joint_uniforms, law_as_value, law_figure
from compute.backends.reference.linked_cells import linked_cells
from compute.backends.reference.places import place_of_text, union_of
from compute.backends.reference.quantiles import quantile
from compute.backends.reference.reading import Reader
from compute.backends.reference.run_statistics import RunStatistics
from compute.backends.reference.special_forms import SPECIAL
from compute.backends.reference.spilling import spill_size, widened
from compute.backends.reference.store import SheetStore
from compute.dialects import (
    Draw,
    InnerLaw,
    InputMark,
    NotUnderstood,
    OutputMark,
    PerSimulation,
    Quantile,
    SeriesDraw,
    Statistic,
    nodes,
)
from compute.dialects.law_nodes import JointUniforms, LawFigure
from compute.errors import ErrorCode, UnsupportedFormula
from compute.formulas import ast
from compute.functions import REGISTRY, Function, call
from compute.functions.call import common_rectangle
from compute.functions.signature import Style
from compute.graph import CellId, areas_of
from compute.program import Program
from compute.values import (
    Area,
    Array,
    Floats,
    Kind,
    Located,
    Reference,
    blank,
    boolean,
    error,
    numeric,
    stack,
    text,
)

Value = Any
"""An Array, a Reference or a Lambda."""
PLACE_OPERATORS = (":", ",", " ")


class Evaluator:
    """Evaluates trees of one program against its stores. One per thread: it holds the state of a block."""

    def __init__(
        self,
        program: Program,
        sheets: list[SheetStore],
        draws: DrawSource,
        now: float,
        fixed_areas: dict[Area, Array] | None = None,
        cell_slots: Mapping[CellId, int] | None = None,
    ) -> None:
        self.program, self.draws, self.now = program, draws, now
        self.date_1904 = program.workbook.date_1904
        self.reader = Reader(program, sheets, fixed_areas, cell_slots)
        self.spills: dict[int, Array] = {}
        self.run_statistics = RunStatistics()
        self.depth = 0
        self._literals: dict[int, tuple[ast.Node, Array]] = {}

    # Values -----------------------------------------------------------------------------------------------------------

    def evaluate(self, node: ast.Node, frame: Frame) -> Value:
        """The value of a node: an Array, a Reference where the node stands for a place, or a Lambda."""
        return _DISPATCH[type(node)](self, node, frame)

    def formula(self, tree: ast.Node, frame: Frame) -> Array:
        """The value of a whole formula, with the near-zero rule for a difference that ends it."""
        if isinstance(tree, ast.Binary) and tree.operator in "+-":
            left, right = self.scalar(tree.left, frame), self.scalar(tree.right, frame)
            return operators.snap(left, right, operators.apply(tree.operator, left, right, Context(self, frame)))
        return self._filled(tree, frame) if frame.whole else self.scalar(tree, frame)

    def _filled(self, tree: ast.Node, frame: Frame) -> Array:
        """The value of an array formula: a whole column's blanks count as far as the formula's cells go."""
        value = self.evaluate(tree, frame)
        array = self.dereferenced(value, frame)
        if not isinstance(value, Reference) or len(value.areas) > 1:
            return array
        filled = self.program.filled(frame.formulas[0])
        rows, columns = min(value.area.rows, filled.rows), min(value.area.columns, filled.columns)
        return widened(array, max(rows, array.rows), max(columns, array.columns))

    def array(self, node: ast.Node, frame: Frame) -> Array:
        """The value of a node, references read whole."""
        if isinstance(node, ast.RangeReference):
            return self._range(node, frame)
        return self.dereferenced(self.evaluate(node, frame), frame)

    def scalar(self, node: ast.Node, frame: Frame) -> Array:
        """The value of a node where one element is wanted: a range is intersected unless array evaluation is on."""
        value = self.evaluate(node, frame)
        if isinstance(value, Reference) and not frame.whole:
            return self._intersected(value, frame)
        if isinstance(value, Located) and not frame.whole and not value.is_single:
            located(value)
        return self.dereferenced(value, frame)

    def dereferenced(self, value: Value, frame: Frame) -> Array:
        """A value as an Array: references read, a LAMBDA that nobody called is #CALC!."""
        if isinstance(value, Array):
            return value
        if isinstance(value, Reference):
            return frame.pick(self.reader.reference(value))
        return error(ErrorCode.CALC)

    def _intersected(self, reference: Reference, frame: Frame) -> Array:
        """Implicit intersection: the cell of a row or column that lies beside the formula."""
        area = reference.area
        if len(reference.areas) > 1:
            return error(ErrorCode.VALUE)
        if not area.is_single:
            row, column = area.top, area.left
            if area.rows > 1:
                row = frame.row
            if area.columns > 1:
                column = frame.column
            inside = area.top <= row <= area.bottom and area.left <= column <= area.right
            if not inside:
                return error(ErrorCode.VALUE)
            area = Area(area.sheet, row, column, row, column)
        return frame.pick(self.reader.area(area))

    # Nodes ------------------------------------------------------------------------------------------------------------

    def _literal(self, node: ast.Node, frame: Frame) -> Array:
        known = self._literals.get(id(node))
        if known is None:
            known = self._literals[id(node)] = (node, _constant(node))
        return known[1]

    def _cell(self, node: ast.CellReference, frame: Frame) -> Value:
        sheets = None if node.sheets is None else node.sheets
        if frame.places and frame.cells == 1 and not (sheets and sheets.workbook):
            return self.place(node, frame)
        if sheets is None:
            return self.reader.cell(node, frame.sheet, frame)
        if sheets.workbook:
            return linked_cells(self.program, node, frame)
        positions = self.program.sheets.positions(sheets, frame.sheet)
        if positions is None:
            return error(ErrorCode.REF)
        if len(positions) == 1:
            return self.reader.cell(node, positions[0], frame)
        return Reference(tuple(areas_of((node,), frame.sheet, frame.row, frame.column, self.program.sheets)))

    def _range_place(self, node: ast.RangeReference, frame: Frame) -> Value:
        if node.sheets is not None and node.sheets.workbook:
            return linked_cells(self.program, node, frame)
        areas = areas_of((node,), frame.sheet, frame.row, frame.column, self.program.sheets)
        return Reference(tuple(areas)) if areas else error(ErrorCode.REF)

    def _range(self, node: ast.RangeReference, frame: Frame) -> Array:
        """A range's values; for several cells at once each its own range."""
        if frame.cells == 1 or (node.sheets is not None and (node.sheets.workbook or node.sheets.last)):
            return self.dereferenced(self._range_place(node, frame), frame)
        positions = self.program.sheets.positions(node.sheets, frame.sheet)
        return error(ErrorCode.REF) if positions is None else self.reader.range(node, positions[0], frame)

    def _name(self, node: ast.NameReference, frame: Frame) -> Value:
        key = node.name.casefold()
        if node.sheets is None and key in frame.variables:
            return frame.variables[key]
        tree = self.program.lambdas.get((key, node.sheets.first if node.sheets else None))
        if tree is None:
            return error(ErrorCode.NAME)
        return self.evaluate(tree, frame.with_variables({}))

    def _unary(self, node: ast.Unary, frame: Frame) -> Value:
        if node.operator == "@":
            return self.scalar(node.operand, frame.as_array(False))
        if node.operator == "#":
            return self._spill(node.operand, frame)
        operand = self.scalar(node.operand, frame)
        if node.operator == "+":
            return operand
        if operand.kinds is None:
            return numeric(-operand.numbers if node.operator == "-" else operand.numbers / 100.0)
        return call(operators.UNARY[node.operator], Context(self, frame), (operand,))

    def _spill(self, operand: ast.Node, frame: Frame) -> Value:
        """``A1#``: the whole result of the array formula in A1."""
        place = self.place(operand, frame)
        if not isinstance(place, Reference):
            return error(ErrorCode.REF)
        area = place.area
        number = self.program.producers.get((area.sheet, area.top, area.left))
        owner = None if number is None else self.program.formulas[number]
        if number is None or owner is None or not owner.is_array or owner.cell != (area.sheet, area.top, area.left):
            return error(ErrorCode.REF)
        self.reader.area(Area(area.sheet, area.top, area.left, area.top, area.left))
        shown = self.spills.get(number)
        rows, columns = (1, 1) if shown is None else spill_size(frame.pick(shown))
        return Reference((Area(area.sheet, area.top, area.left, area.top + rows - 1, area.left + columns - 1),))

    def _binary(self, node: ast.Binary, frame: Frame) -> Value:
        if node.operator in PLACE_OPERATORS:
            return self._combined(node, frame)
        links = [node]
        while isinstance(inner := links[-1].left, ast.Binary) and inner.operator not in PLACE_OPERATORS:
            links.append(inner)
        value = self.scalar(links[-1].left, frame)
        for link in reversed(links):
            value = operators.apply(link.operator, value, self.scalar(link.right, frame), Context(self, frame))
        return value

    def _combined(self, node: ast.Binary, frame: Frame) -> Value:
        left, right = (located(self.place(n, frame)) for n in (node.left, node.right))
        for side in (left, right):
            if not isinstance(side, Reference):
                return side if isinstance(side, Array) and side.errors() is not None else error(ErrorCode.VALUE)
        return union_of(node.operator, left, right)

    def place(self, node: ast.Node, frame: Frame) -> Value:
        """A node as a Reference where it stands for a place; else its value."""
        if isinstance(node, ast.CellReference) and not (node.sheets and node.sheets.workbook):
            areas = areas_of((node,), frame.sheet, frame.row, frame.column, self.program.sheets)
            return Reference(tuple(areas)) if areas else error(ErrorCode.REF)
        return self.evaluate(node, frame.as_places() if isinstance(node, PLACE_GIVING) else frame)

    def place_of_text(self, words: str, a1: bool, frame: Frame) -> Reference | None:
        """The place that an address or name given as text stands for."""
        tree = place_of_text(self.program, words, a1, frame)
        value = None if tree is None else located(self.place(tree, frame))
        return value if isinstance(value, Reference) else None

    # Calls ------------------------------------------------------------------------------------------------------------

    def _call(self, node: ast.Call, frame: Frame) -> Value:
        form = SPECIAL.get(node.name)
        if form is not None:
            return form(self, node, frame)
        function = REGISTRY.get(node.name)
        if function is None:
            variable = frame.variables.get(node.name.casefold())
            if isinstance(variable, Lambda):
                return variable.evaluate([self.place(a, frame) for a in node.arguments], frame.called(node))
            return self._unknown(node.name)
        frame = frame.as_places(False)
        if node.name in ("HSTACK", "VSTACK") and (functions := self._stacked_functions(node, frame)) is not None:
            return functions
        arguments = arguments_of(self, function, node, frame)
        if isinstance(arguments, Array):
            return arguments
        context = Context(self, frame, self._turn_of(node, frame) if function.volatile else 0)
        if function.style is Style.GENERAL:
            return self._general(function, context, arguments)
        return call(function, context, arguments)

    def _stacked_functions(self, node: ast.Call, frame: Frame) -> FunctionStack | None:
        """The functions of ``HSTACK(SUM,AVERAGE)``; None where the arguments are not all functions."""
        if not all(self._is_function(a, frame) for a in node.arguments):
            return None
        return FunctionStack(tuple(self.evaluate(a, frame) for a in node.arguments), node.name == "HSTACK")

    def _is_function(self, node: ast.Node, frame: Frame) -> bool:
        if isinstance(node, ast.NameReference):
            return isinstance(frame.variables.get(node.name.casefold()), Lambda)
        return isinstance(node, ast.FunctionName) or (isinstance(node, ast.Call) and node.name == "LAMBDA")

    def _function(self, node: ast.FunctionName, frame: Frame) -> NamedFunction:
        return NamedFunction.of(self, node.name, frame)

    def _unknown(self, name: str) -> Value:
        raise UnsupportedFormula(f"Montecell does not know the function {name}")

    def _general(self, function: Function, context: Context, arguments: list[Value]) -> Value:
        """A call with whole arguments; one-element arguments given as arrays make the call once for each element."""
        single = [
            i
            for i, a in enumerate(arguments)
            if isinstance(a, Array) and function.parameter(i).type in ("number", "text", "logical", "any")
        ]
        rows, columns = common_rectangle([arguments[i] for i in single])
        if rows == 1 and columns == 1:
            return call(function, context, arguments)
        grid: list[list[Array]] = []
        for r in range(rows):
            grid.append([])
            for c in range(columns):
                here = list(arguments)
                for i in single:
                    here[i] = _element(arguments[i], r, c)
                value = call(function, context, here)
                value = context.dereference(value) if isinstance(value, Reference) else value
                grid[-1].append(value.cell(0, 0))
        return stack(grid)

    def _invocation(self, node: ast.Invocation, frame: Frame) -> Value:
        callee = self.evaluate(node.callee, frame)
        if not isinstance(callee, Lambda):
            return error(ErrorCode.REF)
        return callee.evaluate([self.place(a, frame) for a in node.arguments], frame.called(node))

    def _draw(self, node: Draw, frame: Frame) -> Value:
        return self.draws.value(self, node, frame)

    def _mark(self, node: OutputMark | InputMark, frame: Frame) -> Value:
        return numeric(0.0)

    def _statistic(self, node: Statistic, frame: Frame) -> Value:
        return self.run_statistics.value(self, node, frame)

    def _per_simulation(self, node: PerSimulation, frame: Frame) -> Value:
        """The value for the simulation that runs; #N/A where fewer are given than simulations run."""
        number = self.program.simulation
        for part in node.values:
            array = self.array(part, frame.as_array())
            size = array.rows * array.columns
            if number <= size:
                return array.cell(*divmod(number - 1, array.columns))
            number -= size
        return error(ErrorCode.NA)

    def _not_understood(self, node: NotUnderstood, frame: Frame) -> Value:
        return self._unknown(node.call)

    def _omitted(self, node: ast.Omitted, frame: Frame) -> Value:
        return blank()

    def _turn_of(self, node: ast.Call, frame: Frame) -> int:
        """The place of a call among its formula's volatile calls, by the text and not by what is computed when."""
        calls = (n for n in nodes(frame.formulas[0].tree) if isinstance(n, ast.Call) and n.name == node.name)
        return next((turn for turn, other in enumerate(calls) if other is node), 0)

    def extra_uniforms(self, frame: Frame, rows: int, columns: int, turn: int) -> Floats:
        """Uniform numbers for functions that draw arrays."""
        return self.draws.further(frame, rows, columns, turn)


def _element(array: Array, row: int, column: int) -> Array:
    if (array.rows > 1 and row >= array.rows) or (array.columns > 1 and column >= array.columns):
        return error(ErrorCode.NA)
    return array.cell(min(row, array.rows - 1), min(column, array.columns - 1))


def _constant(node: ast.Node) -> Array:
    if isinstance(node, ast.Number):
        return numeric(node.value)
    if isinstance(node, ast.Text):
        return text(node.value)
    if isinstance(node, ast.Boolean):
        return boolean(node.value)
    if isinstance(node, ast.ErrorValue):
        return error(node.code)
    assert isinstance(node, ast.ArrayConstant)
    return stack([[_constant(item) for item in row] for row in node.rows])


def settled_cell(value: Array) -> Array:
    """What a cell shows of a value: its first element, a blank as 0."""
    first = value if value.is_single else value.cell(0, 0)
    if first.kinds is None or not (first.kinds == Kind.BLANK).any():
        return first
    return Array(first.numbers, np.where(first.kinds == Kind.BLANK, np.uint8(Kind.NUMBER), first.kinds), first.texts)


_DISPATCH: dict[type, Callable[[Evaluator, Any, Frame], Value]] = {
    ast.Number: Evaluator._literal,
    ast.Text: Evaluator._literal,
    ast.Boolean: Evaluator._literal,
    ast.ErrorValue: Evaluator._literal,
    ast.ArrayConstant: Evaluator._literal,
    ast.Omitted: Evaluator._omitted,
    ast.CellReference: Evaluator._cell,
    ast.RangeReference: Evaluator._range_place,
    ast.NameReference: Evaluator._name,
    ast.Unary: Evaluator._unary,
    ast.Binary: Evaluator._binary,
    ast.Call: Evaluator._call,
    ast.FunctionName: Evaluator._function,
    ast.Invocation: Evaluator._invocation,
    Draw: Evaluator._draw,
    SeriesDraw: Evaluator._draw,
    InnerLaw: law_as_value,
    JointUniforms: joint_uniforms,
    LawFigure: law_figure,
    OutputMark: Evaluator._mark,
    InputMark: Evaluator._mark,
    Quantile: quantile,
    Statistic: Evaluator._statistic,
    PerSimulation: Evaluator._per_simulation,
    NotUnderstood: Evaluator._not_understood,
}

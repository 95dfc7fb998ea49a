"""The arguments of a call as its function takes them: elements, whole ranges, places, functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from compute.backends.reference.branches import hands_on_place, has_more_than_numbers
from compute.backends.reference.frame import Frame
from compute.backends.reference.lambdas import FunctionStack, Lambda
from compute.backends.reference.linked_cells import unread_size
from compute.errors import ErrorCode
from compute.formulas import ast
from compute.functions import CellsDiffer, Function, LanesDiffer, Operand
from compute.graph import PLACE_FUNCTIONS, areas_of
from compute.values import Array, Located, Reference, blank, error, numeric, with_errors

if TYPE_CHECKING:
    from compute.backends.reference.evaluator import Evaluator

Value = Any
"""An Array, a Reference or a Lambda."""
PLACE_GIVING = (ast.Call, ast.Invocation)
UNREAD = PLACE_FUNCTIONS | {"CELL"}
"""Functions that need where a range is and not, or not always, what it holds: its cells may not be ready."""
SIZE_ASKING = frozenset({"ROWS", "COLUMNS"})
PLACE_ASKING = UNREAD | {"SUBTOTAL", "AGGREGATE"}
"""Functions that ask of a range where it is, not only what it holds."""


def arguments_of(evaluator: Evaluator, function: Function, node: ast.Call, frame: Frame) -> list[Value] | Array:
    """The arguments as the parameters ask; an Array instead when one of them makes the whole call an error."""
    values: list[Value] = []
    for index, argument in enumerate(node.arguments):
        if not function.parameters:
            return error(ErrorCode.VALUE)
        if function.empty_is_missing and isinstance(argument, ast.Omitted):
            return error(ErrorCode.NA)
        parameter = function.parameter(index)
        kind = parameter.type
        if kind in ("range", "array"):
            inside = frame.as_array() if kind == "array" else frame
            values += _operands(evaluator, function, argument, inside, parameter.repeating)
        elif kind == "reference":
            is_left_out = isinstance(argument, ast.Omitted)
            place = blank() if is_left_out else located(evaluator.place(argument, frame))
            if not isinstance(place, Reference):
                return refused(place)
            values.append(place)
        elif kind == "callable":
            value = evaluator.evaluate(argument, frame)
            if not isinstance(value, Lambda | FunctionStack):
                return refused(value)
            values.append(value)
        else:
            values.append(blank() if isinstance(argument, ast.Omitted) else evaluator.scalar(argument, frame))
    return values


def _operands(evaluator: Evaluator, function: Function, node: ast.Node, frame: Frame, repeating: bool) -> list[Operand]:
    """A whole argument; several areas are one each where the parameter repeats."""
    if isinstance(node, ast.Omitted):
        return [Operand(blank(), None, omitted=True)]
    unread = _is_unread(evaluator, function) and frame.cells == 1
    if isinstance(node, ast.RangeReference | ast.CellReference) and not (node.sheets and node.sheets.workbook):
        areas = areas_of((node,), frame.sheet, frame.row, frame.column, evaluator.program.sheets)
        if len(areas) == 1 and not unread:
            return [Operand(evaluator.array(node, frame), Reference((areas[0],)))]
    value = evaluator.place(node, frame)
    if isinstance(node, ast.RangeReference) and function.name in SIZE_ASKING and isinstance(value, Array):
        return [Operand(value if value.errors() is not None and value.is_single else unread_size(node, frame))]
    if isinstance(value, Reference):
        parts = [Reference((a,)) for a in value.areas] if repeating else [value]
        return [
            Unread(p, _reading(evaluator, p, frame)) if unread else Operand(evaluator.dereferenced(p, frame), p)
            for p in parts
        ]
    if isinstance(value, Located) and (function.name in PLACE_ASKING or value.kinds is not None):
        located(value)
    if frame.cells > 1 and hands_on_place(node) and has_more_than_numbers(value):
        raise CellsDiffer
    return [Operand(evaluator.dereferenced(value, frame))]


def _is_unread(evaluator: Evaluator, function: Function) -> bool:
    """Whether the function needs only the size of its range, or few of its cells while others may not be ready."""
    if function.name == "INDEX":
        return evaluator.reader.in_ring or bool(evaluator.reader.pending)
    return function.name in UNREAD


def _reading(evaluator: Evaluator, place: Reference, frame: Frame) -> Callable[[], Array]:
    return lambda: evaluator.dereferenced(place, frame)


def refused(value: Value) -> Array:
    """The result where a value is not what a function takes: its own error in lanes that hold one, else #VALUE!."""
    codes = value.cell(0, 0).errors() if isinstance(value, Array) else None
    if codes is None:
        return error(ErrorCode.VALUE)
    return with_errors(numeric(0.0), np.where(codes == 0, np.uint8(ErrorCode.VALUE), codes))


class Unread(Operand):
    """A range whose cells are read when a function asks for them."""

    __slots__ = ("_read",)

    def __init__(self, reference: Reference, read: Callable[[], Array]) -> None:
        super().__init__(blank(), reference)
        object.__setattr__(self, "_read", read)

    def __getattribute__(self, name: str) -> Any:
        return object.__getattribute__(self, "_read")() if name == "array" else object.__getattribute__(self, name)


def located(value: Value) -> Value:
    """The value where a place is wanted: lanes whose places differ are computed apart."""
    if isinstance(value, Located):
        raise LanesDiffer(value.labels)
    codes = value.errors() if isinstance(value, Array) else None
    if codes is not None and codes[0, 0].min() != codes[0, 0].max():
        raise LanesDiffer(np.unique(codes[0, 0], return_inverse=True)[1].reshape(-1))
    return value

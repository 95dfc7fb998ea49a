"""Worksheet functions that are compiled, and how their arguments are read."""

from __future__ import annotations

import numpy as np

from compute.backends.native.arguments import Reader, all_numbers, elementwise, height_of, numbers_of, shape_of
from compute.backends.native.errors import NotNative
from compute.backends.native.expressions import Apply, Cell, Expression, Fixed, Over, Type
from compute.backends.native.lookups import (
    read_choose,
    read_index,
    read_lookup,
    read_match,
    read_vertical_lookup,
)
from compute.backends.native.reading import Reading
from compute.backends.native.rounding_calls import ROUNDING_CALLS
from compute.formulas import ast


def _if(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    if len(arguments) != 3 or any(isinstance(a, ast.Omitted) for a in arguments[:1]):
        raise NotNative("an IF without both of its results is not compiled")
    condition = reading.read(arguments[0])
    yes, no = (reading.lazily(a) for a in arguments[1:])
    return Apply(_common(yes, no), "if", (condition, yes, no))


def _common(*parts: Expression) -> Type:
    types = {p.type for p in parts}
    if len(types) > 1:
        raise NotNative("its result is a number in some iterations and a truth value in others")
    return types.pop()


def _if_error(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    if len(arguments) != 2:
        raise NotNative("it has a wrong number of arguments")
    value, instead = reading.read(arguments[0]), reading.lazily(arguments[1])
    return Apply(_common(value, instead), "if_error", (value, instead))


def _is_error(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    if len(arguments) != 1:
        raise NotNative("it has a wrong number of arguments")
    return Apply("boolean", "is_error", (reading.read(arguments[0]),))


def _junction(operation: str) -> Reader:
    """AND and OR of single values; ranges stay with the reference backend."""

    def read(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
        if not arguments or any(isinstance(a, ast.RangeReference | ast.Omitted) for a in arguments):
            raise NotNative("AND and OR are compiled for single values")
        for argument in arguments:
            if isinstance(argument, ast.CellReference) and reading.is_fixed(argument):
                raise NotNative("AND and OR skip some constants in cells")
        return Apply("boolean", operation, tuple(reading.read(a) for a in arguments))

    return read


def _not(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    if len(arguments) != 1:
        raise NotNative("it has a wrong number of arguments")
    return Apply("boolean", "not", (reading.read(arguments[0]),))


def _aggregate(operation: str, skipped: float) -> Reader:
    """A function of all numbers in its arguments; ``skipped`` is what changes nothing."""

    def read(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
        ranges, parts = [], []
        for argument in arguments:
            if isinstance(argument, ast.Omitted):
                raise NotNative("an argument is left empty")
            if isinstance(argument, ast.RangeReference | ast.CellReference):
                ranges.append(numbers_of(reading, argument, skipped))
            else:
                parts.append(reading.number(argument))
        if not ranges and not parts:
            raise NotNative("it has no argument")
        if not ranges:
            return Apply("number", f"{operation}_of", tuple(parts))
        joined = np.concatenate([np.broadcast_to(r, (height_of(ranges), r.shape[1])) for r in ranges], axis=1)
        if (joined == reading.around.layout.constant_place(skipped)).all(axis=1).any():
            raise NotNative("it has no number in some cell")
        single = joined.shape == (reading.line.length, 1)
        over: Expression = Cell("number", joined[:, 0]) if single else Over("number", operation, (joined,))
        return over if not parts else Apply("number", f"{operation}_of", (over, *parts))

    return read


def _average(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    if len(arguments) != 1 or not isinstance(arguments[0], ast.RangeReference):
        raise NotNative("AVERAGE is compiled for one range")
    places = numbers_of(reading, arguments[0], np.inf)
    infinite = reading.around.layout.constant(np.inf)
    counted = (places != infinite).sum(axis=1)
    kept = np.where(places == infinite, reading.around.layout.constant(0.0), places)
    count = np.broadcast_to(counted.astype(np.float64), (reading.line.length,))
    total = Over("number", "sum", (kept,))
    return Apply("number", "divide", (total, Fixed("number", np.array(count))))


def _net_present_value(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    if len(arguments) != 2 or not isinstance(arguments[1], ast.RangeReference):
        raise NotNative("NPV is compiled for one range of flows")
    return Over("number", "npv", (all_numbers(reading, arguments[1]),), (reading.number(arguments[0]),))


def _internal_rate(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    if not 1 <= len(arguments) <= 2 or not isinstance(arguments[0], ast.RangeReference):
        raise NotNative("IRR is compiled for one range of flows")
    guess: Expression = Fixed("number", np.full(reading.line.length, 0.1))
    if len(arguments) == 2:
        guess = reading.number(arguments[1])
    return Over("number", "irr", (all_numbers(reading, arguments[0]),), (guess,))


def _sum_product(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    if not arguments or not all(isinstance(a, ast.RangeReference) for a in arguments):
        raise NotNative("SUMPRODUCT is compiled for plain ranges")
    ranges = [numbers_of(reading, a, 0.0) for a in arguments if isinstance(a, ast.RangeReference)]
    shapes = {shape_of(reading, a) for a in arguments if isinstance(a, ast.RangeReference)}
    if len(shapes) > 1:
        raise NotNative("its ranges differ in size")
    height = height_of(ranges)
    same = tuple(np.ascontiguousarray(np.broadcast_to(r, (height, r.shape[1]))) for r in ranges)
    return Over("number", "sum_product", same)


_CRITERIA = {"<>": "unequal", "<=": "at_most", ">=": "at_least", "<": "less", ">": "greater", "=": "equal"}


def _criterion(reading: Reading, node: ast.Node) -> tuple[str, Fixed]:
    """A fixed numeric criterion: the comparison and the number."""
    if not isinstance(node, ast.Text | ast.Number):
        raise NotNative("only criteria written in the formula are compiled")
    if isinstance(node, ast.Number):
        return "equal", Fixed("number", np.full(reading.line.length, node.value))
    for sign, operation in _CRITERIA.items():
        if node.value.startswith(sign):
            try:
                number = float(node.value[len(sign) :])
            except ValueError:
                break
            if operation == "unequal" or not np.isfinite(number):
                break
            return operation, Fixed("number", np.full(reading.line.length, number))
    raise NotNative("a criterion that is no comparison with a number is not compiled")


def _count_if(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    if len(arguments) != 2 or not isinstance(arguments[0], ast.RangeReference):
        raise NotNative("it has a wrong number of arguments")
    operation, bound = _criterion(reading, arguments[1])
    places = numbers_of(reading, arguments[0], np.nan)
    return Over("number", f"count_{operation}", (places,), (bound,))


def _sum_if(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    if not 2 <= len(arguments) <= 3 or not all(isinstance(a, ast.RangeReference) for a in arguments[::2]):
        raise NotNative("it has a wrong number of arguments")
    operation, bound = _criterion(reading, arguments[1])
    keys = numbers_of(reading, arguments[0], np.nan)  # type: ignore[arg-type]
    total = arguments[-1] if len(arguments) == 3 else arguments[0]
    added = numbers_of(reading, total, 0.0)  # type: ignore[arg-type]
    if keys.shape[1] != added.shape[1] or shape_of(reading, arguments[0]) != shape_of(reading, total):  # type: ignore[arg-type]
        raise NotNative("its ranges differ in size")
    height = max(keys.shape[0], added.shape[0])
    both = tuple(np.ascontiguousarray(np.broadcast_to(r, (height, r.shape[1]))) for r in (keys, added))
    return Over("number", f"sum_{operation}", both, (bound,))


CALLS: dict[str, Reader] = {
    **ROUNDING_CALLS,
    "IF": _if,
    "IFERROR": _if_error,
    "ISERROR": _is_error,
    "AND": _junction("and"),
    "OR": _junction("or"),
    "NOT": _not,
    "ABS": elementwise("absolute"),
    "SQRT": elementwise("square_root"),
    "EXP": elementwise("exponential"),
    "LN": elementwise("logarithm"),
    "SIGN": elementwise("sign"),
    "POWER": elementwise("power", required=2),
    "SUM": _aggregate("sum", 0.0),
    "PRODUCT": _aggregate("product", 1.0),
    "MIN": _aggregate("least", np.inf),
    "MAX": _aggregate("greatest", -np.inf),
    "AVERAGE": _average,
    "SUMPRODUCT": _sum_product,
    "NPV": _net_present_value,
    "IRR": _internal_rate,
    "COUNTIF": _count_if,
    "SUMIF": _sum_if,
    "CHOOSE": read_choose,
    "MATCH": read_match,
    "INDEX": read_index,
    "VLOOKUP": read_vertical_lookup,
    "LOOKUP": read_lookup,
}

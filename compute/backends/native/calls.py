"""Worksheet functions that are compiled, and how their arguments are read."""

from __future__ import annotations

import itertools

import numpy as np

from compute.backends.native.arguments import (
    Reader,
    all_numbers_of,
    elementwise,
    flows_of,
    has_mixed,
    height_of,
    maybe_numbers_of,
    of_equal_height,
    shape_of,
    value_among_ranges,
    views_of,
)
from compute.backends.native.criteria_calls import CRITERIA_CALLS
from compute.backends.native.curves_calls import CURVES_CALLS
from compute.backends.native.dated_flows import MOST as MOST_DATED
from compute.backends.native.elementary_calls import ELEMENTARY_CALLS
from compute.backends.native.elements_calls import ELEMENTS_CALLS, sum_of_expressions, truths
from compute.backends.native.errors import NotNative
from compute.backends.native.expressions import Apply, Cell, Expression, Fixed, Over, Type
from compute.backends.native.inverse_calls import INVERSE_CALLS
from compute.backends.native.lookups import (
    branches,
    read_choose,
    read_exact_lookup,
    read_horizontal_lookup,
    read_index,
    read_lookup,
    read_match,
    read_vertical_lookup,
)
from compute.backends.native.mixed_reading import mixed
from compute.backends.native.reading import Reading
from compute.backends.native.rounding_calls import ROUNDING_CALLS
from compute.backends.native.statistics_calls import STATISTICS_CALLS
from compute.backends.native.text_operations import joined
from compute.formulas import ast


def _if(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    if not 2 <= len(arguments) <= 3 or any(isinstance(a, ast.Omitted) for a in arguments[:1]):
        raise NotNative("an IF without both of its results is not compiled")
    condition = reading.condition(arguments[0])
    kind, (yes, no) = branches(reading, [*arguments[1:], ast.Boolean(False)][:2])
    return Apply(kind, "if", (condition, yes, no))


def _if_error(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    if len(arguments) != 2:
        raise NotNative("it has a wrong number of arguments")
    kind, (value, instead) = branches(reading, arguments, never_lazy=1)
    return Apply(kind, "mixed_if_error" if kind == "mixed" else "if_error", (value, instead))


def _is_error(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    if len(arguments) != 1:
        raise NotNative("it has a wrong number of arguments")
    made = reading.value(arguments[0])
    return Apply("boolean", "mixed_is_error" if made.type == "mixed" else "is_error", (made,))


def _is_of_type(*types: Type) -> Reader:
    """ISNUMBER and its kin: an element's type is known, but for where it is an error."""

    def read(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
        if len(arguments) != 1 or isinstance(arguments[0], ast.RangeReference | ast.Omitted):
            raise NotNative("it is compiled for a single value")
        made = reading.value(arguments[0])
        has_constants = isinstance(made, Cell) and bool((made.places >= reading.around.layout.cells).any())
        if has_constants or made.type == "mixed":
            return Apply("boolean", f"mixed_is_{types[0]}", (mixed(reading, arguments[0], made),))
        is_error = Apply("boolean", "is_error", (made,))
        if made.type in types:
            return Apply("boolean", "not", (is_error,))
        return Apply("boolean", "and", (is_error, Apply("boolean", "not", (is_error,))))

    return read


def _mixed(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    """A single value as a mixed one."""
    if len(arguments) != 1 or isinstance(arguments[0], ast.RangeReference | ast.Omitted):
        raise NotNative("it is compiled for a single value")
    return mixed(reading, arguments[0], reading.value(arguments[0]))


def _is_nontext(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    return Apply("boolean", "not", (Apply("boolean", "mixed_is_text", (_mixed(reading, arguments),)),))


def _is_blank(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    return Apply("boolean", "mixed_is_blank", (_mixed(reading, arguments),))


def _number_or_zero(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    """N: a text is 0."""
    zero = Fixed("number", np.zeros(reading.line.length))
    return Apply("number", "mixed_number", (_mixed(reading, arguments), zero))


def _text_or_empty(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    """T: what is no text is the empty text."""
    empty = np.full(reading.line.length, float(reading.around.vocabulary.number("")))
    return Apply("text", "mixed_text_or", (_mixed(reading, arguments), Fixed("text", empty)))


def _joined(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    """CONCAT and CONCATENATE of single values."""
    if not arguments or any(isinstance(a, ast.RangeReference | ast.Omitted) for a in arguments):
        raise NotNative("it is compiled for single values")
    return joined(reading, arguments)


def _junction(operation: str) -> Reader:
    """AND and OR of single values and of ranges of a few cells."""

    def read(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
        if not arguments or any(isinstance(a, ast.Omitted) for a in arguments):
            raise NotNative("an argument is left empty")
        for argument in arguments:
            if isinstance(argument, ast.CellReference) and reading.is_fixed(argument):
                raise NotNative("AND and OR skip some constants in cells")
            if isinstance(argument, ast.CellReference) and reading.value(argument).type in ("mixed", "text"):
                raise NotNative("AND and OR skip texts in cells")
        parts: list[Expression] = []
        for argument in arguments:
            parts += (
                truths(reading, argument)
                if isinstance(argument, ast.RangeReference)
                else [value_among_ranges(reading, argument)]
            )
        return Apply("boolean", operation, tuple(parts))

    return read


def _not(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    if len(arguments) != 1:
        raise NotNative("it has a wrong number of arguments")
    return Apply("boolean", "not", (reading.condition(arguments[0]),))


def _aggregate(operation: str, skipped: float) -> Reader:
    """A function of all numbers in its arguments, in their order; ``skipped`` is what changes nothing."""

    def read(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
        if not arguments or any(isinstance(a, ast.Omitted) for a in arguments):
            raise NotNative("an argument is left empty")
        parts: list[Expression] = []
        # References next to each other are one run of cells; a value between them keeps its place, since of several
        # errors the first is the result.
        for is_reference, group in itertools.groupby(arguments, lambda a: isinstance(a, _REFERENCES)):
            if is_reference:
                parts.append(_cells_of(reading, list(group), operation, skipped))
            else:
                parts += [value_among_ranges(reading, a) for a in group]
        made = parts[0] if len(parts) == 1 else Apply("number", f"{operation}_of", tuple(parts))
        is_open = np.isinf(skipped) and any(isinstance(p, Over) and p.views for p in parts)
        return Apply("number", "mixed_finite", (made,)) if is_open else made

    return read


_REFERENCES = (ast.RangeReference, ast.CellReference)


def _cells_of(reading: Reading, references: list[ast.Node], operation: str, skipped: float) -> Expression:
    """The operation over the cells of references that follow each other."""
    ranges = [maybe_numbers_of(reading, r, skipped) for r in references if isinstance(r, _REFERENCES)]
    joined = np.concatenate([np.broadcast_to(r, (height_of(ranges), r.shape[1])) for r in ranges], axis=1)
    if (joined == reading.around.layout.constant_place(skipped)).all(axis=1).any():
        raise NotNative("it has no number in some cell")
    views = views_of(reading, [joined], skipped)
    if views and operation == "product":
        raise NotNative("it multiplies cells that hold numbers in some iterations alone")
    if joined.shape == (reading.line.length, 1) and not views:
        return Cell("number", joined[:, 0])
    return Over("number", operation, (joined,), views=views)


def _net_present_value(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    if len(arguments) != 2 or not isinstance(arguments[1], ast.RangeReference):
        raise NotNative("NPV is compiled for one range of flows")
    flows = flows_of(reading, arguments[1])
    # A flow that is no number takes no period: one that is infinite stands for it.
    views = views_of(reading, [flows], np.inf)
    return Over("number", "mixed_npv" if views else "npv", (flows,), (reading.number(arguments[0]),), views=views)


def _internal_rate(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    if not 1 <= len(arguments) <= 2 or not isinstance(arguments[0], ast.RangeReference):
        raise NotNative("IRR is compiled for one range of flows")
    guess: Expression = Fixed("number", np.full(reading.line.length, 0.1))
    if len(arguments) == 2:
        guess = reading.number(arguments[1])
    flows = flows_of(reading, arguments[0])
    if has_mixed(reading, flows):
        raise NotNative("a cell of its range holds a number in some iterations alone")
    return Over("number", "irr", (flows,), (guess,))


def _dated(operation: str) -> Reader:
    """XNPV, whose rate comes before the flows and their dates, and XIRR, whose guess comes after them."""

    def read(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
        rates, flows = (arguments[:1], arguments[1:]) if operation == "xnpv" else (arguments[2:], arguments[:2])
        if len(flows) != 2 or len(rates) > 1 or (operation == "xnpv" and not rates):
            raise NotNative("it has a wrong number of arguments")
        if not all(isinstance(a, ast.RangeReference) for a in flows):
            raise NotNative("flows on dates are compiled for ranges")
        ranges = [all_numbers_of(reading, a) for a in flows if isinstance(a, ast.RangeReference)]
        if ranges[0].shape[1] != ranges[1].shape[1] or ranges[0].shape[1] > MOST_DATED:
            raise NotNative(f"flows on dates are compiled for as many dates as flows, and at most {MOST_DATED:,}")
        rate = reading.number(rates[0]) if rates else Fixed("number", np.full(reading.line.length, 0.1))
        return Over("number", operation, of_equal_height(ranges), (rate,))

    return read


def _sum_product(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    if not arguments or not all(isinstance(a, ast.RangeReference) for a in arguments):
        return sum_of_expressions(reading, arguments)
    ranges = [maybe_numbers_of(reading, a, 0.0) for a in arguments if isinstance(a, ast.RangeReference)]
    shapes = {shape_of(reading, a) for a in arguments if isinstance(a, ast.RangeReference)}
    if len(shapes) > 1:
        raise NotNative("its ranges differ in size")
    same = of_equal_height(ranges)
    return Over("number", "sum_product", same, views=views_of(reading, same, 0.0))


CALLS: dict[str, Reader] = {
    **ROUNDING_CALLS,
    **STATISTICS_CALLS,
    **CRITERIA_CALLS,
    **CURVES_CALLS,
    **ELEMENTARY_CALLS,
    **INVERSE_CALLS,
    **ELEMENTS_CALLS,
    "IF": _if,
    "IFERROR": _if_error,
    "ISERROR": _is_error,
    "ISNUMBER": _is_of_type("number"),
    "ISTEXT": _is_of_type("text"),
    "ISLOGICAL": _is_of_type("boolean"),
    "ISNONTEXT": _is_nontext,
    "ISBLANK": _is_blank,
    "N": _number_or_zero,
    "T": _text_or_empty,
    "CONCATENATE": _joined,
    "CONCAT": _joined,
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
    "SUMPRODUCT": _sum_product,
    "NPV": _net_present_value,
    "IRR": _internal_rate,
    "XNPV": _dated("xnpv"),
    "XIRR": _dated("xirr"),
    "CHOOSE": read_choose,
    "MATCH": read_match,
    "INDEX": read_index,
    "VLOOKUP": read_vertical_lookup,
    "LOOKUP": read_lookup,
    "HLOOKUP": read_horizontal_lookup,
    "XLOOKUP": read_exact_lookup,
}

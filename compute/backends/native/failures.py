"""Which error a value is: in exact code an error is a NaN whose low byte holds Excel's error code.

Ordinary code lets the processor carry NaN along, which tells that a value is an error and not which. Where an error
leaves a stage, those iterations run through exact code, in which every operation passes on the first error among its
parts, as the reference backend does. Numbers have the same bits in both.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from llvmlite import ir

from compute.backends.native.emission import DOUBLE, I64, Emission, IrValue, Truth, Value
from compute.backends.native.iterating import Cells, each
from compute.errors import ErrorCode
from compute.values import Codes, Floats

_QUIET = 0x7FF8000000000000
_LOW_BYTE = 0xFF
_CODES = 32
LENIENT = frozenset({"if", "if_error", "is_error", "choose"})
"""Operations that look at errors themselves."""
MIXED = "mixed_"
"""What the names of operations on mixed values begin with, which look at errors themselves too."""
_OF_ALL_CELLS = frozenset(
    {"sum", "product", "least", "greatest", "sum_product", "npv", "mixed_npv", "irr", "xnpv", "xirr"}
)
"""Operations over ranges that pass on the first error of any cell; those not named here tell their own."""
_PARTS_FIRST = frozenset({"npv", "mixed_npv", "xnpv"})
_DIVIDING = frozenset({"npv", "mixed_npv"})


def coded(code: int) -> float:
    """The number that stands for an error."""
    return float(struct.unpack("<d", struct.pack("<Q", _QUIET | int(code)))[0])


def failure(emit: Emission, code: int) -> IrValue:
    """The NaN of an error code.

    Exact code loads it from memory: of a constant LLVM would know that it is NaN, and take one NaN for another.
    """
    if not emit.is_exact:
        return emit.number(coded(code))
    name = "montecell_failures"
    table = emit.module.globals.get(name)
    if table is None:
        kind = ir.ArrayType(DOUBLE, _CODES)
        table = ir.GlobalVariable(emit.module, kind, name)
        table.initializer = ir.Constant(kind, [coded(c) for c in range(_CODES)])
    at = emit.builder.gep(table, [I64(0), I64(int(code))])
    return emit.splat(emit.builder.load(at))


def encoded(numbers: Floats, failed: npt.NDArray[np.bool_]) -> Floats:
    """Numbers in which those that ``failed`` hold their error code, as a kernel keeps them."""
    bits = np.where(failed, numbers, 0.0).astype(np.uint64) | np.uint64(_QUIET)
    return np.where(failed, bits.view(np.float64), numbers)


def codes_of(values: Floats) -> Codes:
    """The error code of each value, 0 for a number and for an error of unknown kind."""
    bits = np.ascontiguousarray(values).view(np.uint64)
    return np.where(np.isnan(values), bits & np.uint64(_LOW_BYTE), 0).astype(np.uint8)


def passed_on(emit: Emission, operation: str, parts: Sequence[Value], result: Value) -> Value:
    """The result of an operation, with the first error among its parts, or that of its own."""
    if not emit.is_exact or operation in LENIENT or operation.startswith(MIXED):
        return result
    numbers = [emit.as_number(p) for p in parts]
    if isinstance(result, Truth):
        if result.failed is None:
            return result
        return Truth(result.holds, result.failed, _first(emit, numbers, emit.number(0.0)))
    if operation in _OWN:
        result = emit.select(emit.is_nan(result), _OWN[operation](emit, numbers), result)
    return _first(emit, numbers, result)


def passed_on_from_ranges(
    emit: Emission, operation: str, ranges: Sequence[Cells], parts: Sequence[Value], result: Value
) -> Value:
    """The same for an operation over the cells of ranges."""
    if not emit.is_exact:
        return result
    numbers = [emit.as_number(p) for p in parts]
    value = emit.as_number(result)
    if operation == "pick":
        outside = _outside_of(emit, numbers[0], ranges[0].count)
        return _first(emit, numbers, emit.select(outside, failure(emit, ErrorCode.REF), value))
    if operation not in _OF_ALL_CELLS:
        return result
    own = failure(emit, ErrorCode.DIV0 if operation in _DIVIDING else ErrorCode.NUM)
    if operation == "irr":
        low = emit.builder.fcmp_ordered("ole", numbers[0], emit.number(-1.0))
        own = emit.select(low, failure(emit, ErrorCode.VALUE), own)
    value = emit.select(emit.is_nan(value), own, value)
    if operation in _PARTS_FIRST:
        return _first(emit, numbers, _first_cell(emit, ranges, value))
    return _first_cell(emit, ranges, _first(emit, numbers, value))


def _outside_of(emit: Emission, position: IrValue, count: int) -> IrValue:
    before = emit.builder.fcmp_ordered("olt", position, emit.number(0.0))
    return emit.builder.or_(before, emit.builder.fcmp_ordered("oge", position, emit.number(float(count))))


def _first(emit: Emission, numbers: Sequence[IrValue], otherwise: IrValue) -> IrValue:
    for number in reversed(numbers):
        otherwise = emit.select(emit.is_nan(number), number, otherwise)
    return otherwise


def _first_cell(emit: Emission, ranges: Sequence[Cells], otherwise: IrValue) -> IrValue:
    for cells in reversed(ranges):

        def step(j: IrValue, held: Sequence[IrValue], cells: Cells = cells) -> list[IrValue]:
            number = cells.load(j)
            return [emit.select(emit.is_nan(number), number, held[0])]

        otherwise = each(emit, cells.count, [otherwise], step, backwards=True)[0]
    return otherwise


def _invalid(emit: Emission, parts: Sequence[IrValue]) -> IrValue:
    return failure(emit, ErrorCode.NUM)


def _unknown(emit: Emission, parts: Sequence[IrValue]) -> IrValue:
    """The difference of two infinities and its like: the reference backend is asked."""
    return failure(emit, 0)


def _divided(emit: Emission, parts: Sequence[IrValue]) -> IrValue:
    by_zero = emit.builder.fcmp_ordered("oeq", parts[1], emit.number(0.0))
    return emit.select(by_zero, failure(emit, ErrorCode.DIV0), failure(emit, 0))


def _raised(emit: Emission, parts: Sequence[IrValue]) -> IrValue:
    zero = emit.number(0.0)
    by_zero = emit.builder.and_(
        emit.builder.fcmp_ordered("oeq", parts[0], zero), emit.builder.fcmp_ordered("olt", parts[1], zero)
    )
    return emit.select(by_zero, failure(emit, ErrorCode.DIV0), failure(emit, ErrorCode.NUM))


def _missing(emit: Emission, parts: Sequence[IrValue]) -> IrValue:
    return failure(emit, ErrorCode.NA)


def _outside(emit: Emission, parts: Sequence[IrValue]) -> IrValue:
    return failure(emit, ErrorCode.REF)


def _no_position(emit: Emission, parts: Sequence[IrValue]) -> IrValue:
    return failure(emit, ErrorCode.VALUE)


_OWN: dict[str, Callable[[Emission, Sequence[IrValue]], IrValue]] = {
    "divide": _divided,
    "power": _raised,
    "search": _missing,
    "pick": _outside,
    "position": _no_position,
    **dict.fromkeys(
        ("add", "subtract", "multiply", "settled_add", "settled_subtract", "negate", "percent", "sum_of"), _unknown
    ),
    **dict.fromkeys(("product_of", "least_of", "greatest_of", "absolute", "sign"), _unknown),
    **dict.fromkeys(("square_root", "exponential", "logarithm"), _invalid),
}

__all__ = ["coded", "codes_of", "encoded", "failure", "passed_on", "passed_on_from_ranges"]

"""Excel's operators over arrays of lanes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from compute.errors import ErrorCode
from compute.functions.call import call
from compute.functions.signature import CallContext, Fallible, Function, Style, any_value, number, text
from compute.values import Array, Booleans, Floats, Kind, Texts, numeric

NEAR_ZERO_BITS = 50
"""A sum that ends a formula is 0 where its binary exponent lies this far below its larger operand's: the operands then
differ in the last three of their 53 bits at most.

Microsoft says "at or very close to zero" (KB 78113, floating-point arithmetic may give inaccurate results). The bound
follows from results that Excel showed: 818562.54-778536.1-40026.44 (8 units of the last bit) stays 5.82E-11 and
115-113.2-1.8 stays -2.89E-15, the largest double less the one 4 units below it is 0, and 8 units are kept; 1-0.9-0.1,
52.8-8.8*6 and 1.333+1.225-1.333-1.225 are 0.
"""

_RANK = np.zeros(5, np.uint8)
_RANK[Kind.TEXT] = 1
_RANK[Kind.BOOLEAN] = 2


def _add(a: Floats, b: Floats) -> Floats:
    return a + b


def _subtract(a: Floats, b: Floats) -> Floats:
    return a - b


def _multiply(a: Floats, b: Floats) -> Floats:
    return a * b


def _divide(a: Floats, b: Floats) -> Fallible:
    return Fallible(a / np.where(b == 0, 1.0, b), np.where(b == 0, np.uint8(ErrorCode.DIV0), np.uint8(0)))


def _power(a: Floats, b: Floats) -> Fallible:
    result = np.power(a, b)
    codes = np.where(~np.isfinite(result), np.uint8(ErrorCode.NUM), np.uint8(0))
    codes = np.where((a == 0) & (b < 0), np.uint8(ErrorCode.DIV0), codes)
    codes = np.where((a == 0) & (b == 0), np.uint8(ErrorCode.NUM), codes)
    return Fallible(result, codes)


def _concatenate(a: Texts, b: Texts) -> Texts:
    return np.asarray(a + b, object)


def _negate(a: Floats) -> Floats:
    return -a


def _percent(a: Floats) -> Floats:
    return a / 100.0


def _operator(name: str, implementation: Callable[..., object], *kinds: Callable[..., object]) -> Function:
    parameters = tuple(kind(f"operand{i}") for i, kind in enumerate(kinds))
    return Function(name, parameters, Style.VECTORISED, implementation)  # type: ignore[arg-type]


ARITHMETIC: dict[str, Callable[[Floats, Floats], Floats]] = {"+": _add, "-": _subtract, "*": _multiply}
BINARY: dict[str, Function] = {
    "+": _operator("+", _add, number, number),
    "-": _operator("-", _subtract, number, number),
    "*": _operator("*", _multiply, number, number),
    "/": _operator("/", _divide, number, number),
    "^": _operator("^", _power, number, number),
    "&": _operator("&", _concatenate, text, text),
}
UNARY: dict[str, Function] = {"-": _operator("-", _negate, number), "%": _operator("%", _percent, number)}


def apply(operator: str, left: Array, right: Array, context: CallContext) -> Array:
    """The value of a binary operator; numbers take a short way that gives the same bits.

    Text that reads as a date counts from 1904 where the ``context`` says so.
    """
    arithmetic = ARITHMETIC.get(operator)
    if arithmetic is not None and left.kinds is None and right.kinds is None and _aligned(left, right):
        with np.errstate(all="ignore"):
            return numeric(arithmetic(left.numbers, right.numbers))
    result = call(BINARY[operator] if operator in BINARY else COMPARISONS[operator], context, (left, right))
    assert isinstance(result, Array)
    return result


def _aligned(left: Array, right: Array) -> bool:
    return (left.is_single or right.is_single) or (left.rows == right.rows and left.columns == right.columns)


def snap(left: Array, right: Array, result: Array) -> Array:
    """The near-zero rule for the addition or subtraction that ends a formula, element by element and lane by lane."""
    if not (result.numbers != 0).any():
        return result
    with np.errstate(all="ignore"):
        # An element beyond the end of a shorter operand is an error, so that what it is compared with does not matter.
        larger = np.maximum(_sizes(left, result), _sizes(right, result))
        tiny = np.frexp(result.numbers)[1] <= np.frexp(larger)[1] - NEAR_ZERO_BITS
    tiny &= (result.numbers != 0) & (larger > 0)
    if result.kinds is not None:
        tiny &= result.kinds == Kind.NUMBER
    if not tiny.any():
        return result
    return Array(np.where(tiny, 0.0, result.numbers), result.kinds, result.texts)


def _sizes(operand: Array, result: Array) -> Floats:
    """The operand's magnitudes in the rectangle of the result; text is 0, so that it never makes a result small."""
    sizes = np.where(operand.is_kind(Kind.NUMBER), np.abs(operand.numbers), 0.0)
    rows, columns = (np.minimum(np.arange(n), m - 1) for n, m in zip(result.shape, operand.shape[:2], strict=False))
    return np.asarray(sizes[rows[:, None], columns[None, :]])


def _compare(a: Array, b: Array) -> tuple[Booleans, Booleans]:
    """(less, equal) of elements of any type: numbers before texts before booleans, blanks as the other's zero."""
    left, right = a.kind_array(), b.kind_array()
    rank_a, rank_b = _RANK[left], _RANK[right]
    rank_a = np.where(left == Kind.BLANK, rank_b, rank_a)
    rank_b = np.where(right == Kind.BLANK, rank_a, rank_b)
    same = rank_a == rank_b
    less_number, equal_number = _compare_numbers(a.numbers, b.numbers)
    less, equal = less_number, equal_number
    is_text = same & (rank_a == 1)
    if is_text.any():
        less_text, equal_text = _compare_texts(a.text_array(), b.text_array(), is_text)
        less, equal = np.where(is_text, less_text, less), np.where(is_text, equal_text, equal)
    return np.where(same, less, rank_a < rank_b), same & equal


def _compare_numbers(a: Floats, b: Floats) -> tuple[Booleans, Booleans]:
    """Comparison of the 15 significant digits that Excel shows."""
    equal = np.asarray(a == b)
    less = np.asarray(a < b)
    near = ~equal & (np.abs(a - b) <= 1e-14 * np.maximum(np.abs(a), np.abs(b)))
    if near.any():
        left, right = np.broadcast_arrays(a, b)
        equal = equal.copy()
        for where in zip(*np.nonzero(near), strict=True):
            equal[where] = f"{left[where]:.14e}" == f"{right[where]:.14e}"
        less = less & ~equal
    return less, equal


def _compare_texts(a: Texts, b: Texts, where: Booleans) -> tuple[Booleans, Booleans]:
    left, right = (np.broadcast_to(t, where.shape)[where] for t in (a, b))
    folded = [(x.casefold(), y.casefold()) for x, y in zip(left.tolist(), right.tolist(), strict=True)]
    less, equal = np.zeros(where.shape, np.bool_), np.zeros(where.shape, np.bool_)
    less[where] = [x < y for x, y in folded]
    equal[where] = [x == y for x, y in folded]
    return less, equal


def _comparison(name: str, decide: Callable[[Booleans, Booleans], Booleans]) -> Function:
    def implementation(a: Array, b: Array) -> Booleans:
        return np.asarray(decide(*_compare(a, b)))

    return _operator(name, implementation, any_value, any_value)


COMPARISONS: dict[str, Function] = {
    "=": _comparison("=", lambda less, equal: equal),
    "<>": _comparison("<>", lambda less, equal: ~equal),
    "<": _comparison("<", lambda less, equal: less),
    "<=": _comparison("<=", lambda less, equal: less | equal),
    ">": _comparison(">", lambda less, equal: ~(less | equal)),
    ">=": _comparison(">=", lambda less, equal: ~less),
}

"""What an operation of an expression becomes: arithmetic, comparison and choice over a few iterations at once."""

from __future__ import annotations

from collections.abc import Callable

from compute.backends.native.alike import doubt_alike
from compute.backends.native.annuities import ANNUITIES
from compute.backends.native.bounds import BOUNDS
from compute.backends.native.curves import CURVES
from compute.backends.native.elementary import ELEMENTARY
from compute.backends.native.emission import NAN, Emission, IrValue, Truth, Value
from compute.backends.native.failures import failure
from compute.backends.native.mathematics import Mathematics
from compute.backends.native.mixed_operations import MIXED_OPERATIONS
from compute.backends.native.rounding import ROUNDING
from compute.backends.reference.operators import NEAR_ZERO_BITS
from compute.errors import ErrorCode

Operation = Callable[[Emission, Mathematics, tuple[Value, ...]], Value]
_EXPONENT_BITS = 0x7FF0000000000000


def _numbers(emit: Emission, parts: tuple[Value, ...]) -> list[IrValue]:
    return [emit.as_number(p) for p in parts]


def _add(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    a, b = _numbers(emit, parts)
    return emit.builder.fadd(a, b)


def _subtract(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    a, b = _numbers(emit, parts)
    return emit.builder.fsub(a, b)


def _multiply(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    a, b = _numbers(emit, parts)
    return emit.builder.fmul(a, b)


def _divide(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    """#DIV/0! where the divisor is 0."""
    a, b = _numbers(emit, parts)
    none = emit.builder.fcmp_ordered("oeq", b, emit.number(0.0))
    return emit.select(none, emit.number(NAN), emit.builder.fdiv(a, b))


def _settled(operation: Operation) -> Operation:
    """The near-zero rule on the sum or difference that ends a formula; see the reference's ``snap``."""

    def emitted(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
        a, b = _numbers(emit, parts)
        result = operation(emit, maths, (a, b))
        # The power of two at or below the larger operand is twice 2^(exponent - 2) as frexp counts.
        power_a, power_b = _power_of_two(emit, a), _power_of_two(emit, b)
        larger = emit.select(emit.builder.fcmp_ordered("ogt", power_a, power_b), power_a, power_b)
        bound = emit.builder.fmul(larger, emit.number(2.0 ** (1 - NEAR_ZERO_BITS)))
        tiny = emit.builder.fcmp_ordered("olt", emit.absolute(result), bound)
        return emit.select(tiny, emit.number(0.0), result)

    return emitted


def _power_of_two(emit: Emission, value: IrValue) -> IrValue:
    """The power of two at or below the value's magnitude; infinity for NaN."""
    bits = emit.builder.bitcast(value, emit.integers)
    return emit.builder.bitcast(emit.builder.and_(bits, emit.integer(_EXPONENT_BITS)), emit.vector)


def _negate(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    return emit.builder.fneg(emit.as_number(parts[0]))


def _percent(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    return emit.builder.fdiv(emit.as_number(parts[0]), emit.number(100.0))


def _compare(condition: str) -> Operation:
    """Comparison of the 15 digits that Excel shows; where two numbers differ about there, the reference decides."""

    def emitted(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
        a, b = _numbers(emit, parts)
        doubt_alike(emit, a, b)
        return Truth(emit.builder.fcmp_ordered(condition, a, b), emit.builder.fcmp_unordered("uno", a, b))

    return emitted


def _compare_codes(condition: str) -> Operation:
    """Comparison of whole numbers that stand for texts."""

    def emitted(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
        a, b = _numbers(emit, parts)
        return Truth(emit.builder.fcmp_ordered(condition, a, b), emit.builder.fcmp_unordered("uno", a, b))

    return emitted


def _whatever(holds: bool) -> Operation:
    """The same truth for all values that are no errors."""

    def emitted(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
        a, b = _numbers(emit, parts)
        failed = emit.builder.fcmp_unordered("uno", a, b)
        return Truth(emit.builder.not_(failed) if holds else emit.nowhere(), failed)

    return emitted


def _if(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    condition = emit.as_truth(parts[0])
    return _chosen(emit, condition, parts[1], parts[2])


def _chosen(emit: Emission, condition: Truth, yes: Value, no: Value) -> Value:
    if isinstance(yes, Truth) and isinstance(no, Truth) and not emit.is_exact:
        holds = emit.select(condition.holds, yes.holds, no.holds)
        failed = None
        if yes.failed is not None or no.failed is not None:
            nowhere = emit.builder.xor(condition.holds, condition.holds)
            failed = emit.select(condition.holds, _or(yes.failed, nowhere), _or(no.failed, nowhere))
        return Truth(holds, emit.either(failed, condition.failed))
    result = emit.select(condition.holds, emit.as_number(yes), emit.as_number(no))
    return result if condition.failed is None else emit.select(condition.failed, emit.error_of(condition), result)


def _or(mask: IrValue | None, nowhere: IrValue) -> IrValue:
    return nowhere if mask is None else mask


def _failed(emit: Emission, value: Value) -> IrValue | None:
    return value.failed if isinstance(value, Truth) else emit.is_nan(value)


def _if_error(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    failed = _failed(emit, parts[0])
    if failed is None:
        return parts[0]
    return _chosen(emit, Truth(failed), parts[1], _sound(emit, parts[0]))


def _sound(emit: Emission, value: Value) -> Value:
    return Truth(value.holds) if isinstance(value, Truth) else value


def _is_error(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    failed = _failed(emit, parts[0])
    if failed is None:
        assert isinstance(parts[0], Truth)
        failed = emit.builder.xor(parts[0].holds, parts[0].holds)
    return Truth(failed)


def _junction(is_and: bool) -> Operation:
    def emitted(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
        truths = [emit.as_truth(p) for p in parts]
        holds = truths[0].holds
        for truth in truths[1:]:
            holds = emit.builder.and_(holds, truth.holds) if is_and else emit.builder.or_(holds, truth.holds)
        return Truth(holds, emit.either(*(t.failed for t in truths)))

    return emitted


def _not(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    truth = emit.as_truth(parts[0])
    return Truth(emit.builder.not_(truth.holds), truth.failed)


def _absolute(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    return emit.absolute(emit.as_number(parts[0]))


def _square_root(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    return emit.call("llvm.sqrt", emit.as_number(parts[0]))


def _position(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    """The 0-based position that INDEX is asked for: #VALUE! below 0; at 0 it gives a whole row or column."""
    asked = emit.call("llvm.trunc", emit.as_number(parts[0]))
    zero = emit.number(0.0)
    emit.doubt(emit.builder.fcmp_ordered("oeq", asked, zero))
    below = emit.builder.fcmp_ordered("olt", asked, zero)
    return emit.select(below, emit.number(NAN), emit.builder.fsub(asked, emit.number(1.0)))


def _sign(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    value, zero = emit.as_number(parts[0]), emit.number(0.0)
    below = emit.select(emit.builder.fcmp_ordered("olt", value, zero), emit.number(-1.0), value)
    return emit.select(emit.builder.fcmp_ordered("ogt", value, zero), emit.number(1.0), below)


def _finite(emit: Emission, value: IrValue) -> IrValue:
    """#NUM! where a number is infinite."""
    infinite = emit.builder.fcmp_ordered("oeq", emit.absolute(value), emit.number(float("inf")))
    return emit.select(infinite, emit.number(NAN), value)


def _exponential(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    return _finite(emit, maths.exp(emit.builder, emit.as_number(parts[0])))


def _logarithm(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    return _finite(emit, maths.log(emit.builder, emit.as_number(parts[0])))


def _power(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    a, b = _numbers(emit, parts)
    return power_shown(emit, a, b, maths.pow(emit.builder, a, b))


def power_shown(emit: Emission, a: IrValue, b: IrValue, raised: IrValue) -> IrValue:
    """A power as Excel shows it: #NUM! for 0^0 and where there is no finite real power; #DIV/0! for 0 to a negative
    power.
    """
    zero = emit.number(0.0)
    wrong = emit.builder.and_(emit.builder.fcmp_ordered("oeq", a, zero), emit.builder.fcmp_ordered("ole", b, zero))
    failed = emit.either(wrong, emit.builder.fcmp_unordered("uno", a, b))
    return emit.select(failed, emit.number(NAN), _finite(emit, raised))


def greater_of(emit: Emission, a: IrValue, b: IrValue) -> IrValue:
    """The greater of two numbers; an error where either is one."""
    chosen = emit.select(emit.builder.fcmp_unordered("ugt", a, b), a, b)
    return emit.select(emit.is_nan(b), b, chosen)


def lesser_of(emit: Emission, a: IrValue, b: IrValue) -> IrValue:
    """The lesser of two numbers; an error where either is one."""
    chosen = emit.select(emit.builder.fcmp_unordered("ult", a, b), a, b)
    return emit.select(emit.is_nan(b), b, chosen)


def _folded(combine: Callable[[Emission, IrValue, IrValue], IrValue]) -> Operation:
    def emitted(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
        result, *others = _numbers(emit, parts)
        for other in others:
            result = combine(emit, result, other)
        return result

    return emitted


def _choose(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    """#VALUE! outside 1 … the number of choices."""
    given = emit.as_number(parts[0])
    index = emit.call("llvm.trunc", given)
    result: IrValue = emit.select(emit.is_nan(given), given, failure(emit, ErrorCode.VALUE))
    for i, part in enumerate(parts[1:]):
        here = emit.builder.fcmp_ordered("oeq", index, emit.number(i + 1.0))
        result = emit.select(here, emit.as_number(part), result)
    return result


OPERATIONS: dict[str, Operation] = {
    **ANNUITIES,
    **BOUNDS,
    **CURVES,
    **ELEMENTARY,
    **ROUNDING,
    **MIXED_OPERATIONS,
    "add": _add,
    "subtract": _subtract,
    "multiply": _multiply,
    "divide": _divide,
    "power": _power,
    "settled_add": _settled(_add),
    "settled_subtract": _settled(_subtract),
    "negate": _negate,
    "percent": _percent,
    "equal": _compare("oeq"),
    "unequal": _compare("one"),
    "less": _compare("olt"),
    "at_most": _compare("ole"),
    "greater": _compare("ogt"),
    "at_least": _compare("oge"),
    "code_equal": _compare_codes("oeq"),
    "code_unequal": _compare_codes("one"),
    "code_less": _compare_codes("olt"),
    "code_at_most": _compare_codes("ole"),
    "code_greater": _compare_codes("ogt"),
    "code_at_least": _compare_codes("oge"),
    "always": _whatever(True),
    "never": _whatever(False),
    "if": _if,
    "if_error": _if_error,
    "is_error": _is_error,
    "and": _junction(True),
    "or": _junction(False),
    "not": _not,
    "absolute": _absolute,
    "square_root": _square_root,
    "position": _position,
    "sign": _sign,
    "exponential": _exponential,
    "logarithm": _logarithm,
    "sum_of": _folded(lambda emit, a, b: emit.builder.fadd(a, b)),
    "product_of": _folded(lambda emit, a, b: emit.builder.fmul(a, b)),
    "least_of": _folded(lesser_of),
    "greatest_of": _folded(greater_of),
    "choose": _choose,
}

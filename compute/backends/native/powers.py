"""Powers of one base in the turns of a loop, such as ``(1+growth)^(year-1)``: what they share is computed once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import numpy as np
import numpy.typing as npt

from compute.backends.native.emission import DOUBLE, I64, Emission, IrValue
from compute.backends.native.expressions import Apply, Expression, Fixed
from compute.backends.native.iterating import each
from compute.backends.native.mathematics import Mathematics
from compute.backends.native.mathematics.lanes import Lanes, Real
from compute.backends.native.mathematics.pairs import Pair, pair_of
from compute.backends.native.mathematics.power import ORDINARY, base_logarithm
from compute.records import dataclass

MOST = 128
"""The greatest whole exponent of a table."""
_RANGE = 2.0**900
"""Products of pairs are exact enough while they stay within this and its inverse."""
Shown = Callable[[IrValue], IrValue]
"""What a formula shows of a power."""
Raised = Callable[[IrValue, IrValue], IrValue]
"""The operation itself: a base and an exponent to what the formula shows."""


@dataclass(frozen=True, slots=True)
class PowerTable:
    """The powers 0, 1, 2 … of a base, in memory; ``exponents`` has the one that each turn wants."""

    pointer: IrValue
    exponents: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class BaseLogarithm:
    """A base and the logarithm of its magnitude, as a pair.

    ``ordinary`` is where the base is positive and all powers asked for are normal numbers; None where nobody knows.
    """

    base: IrValue
    head: IrValue
    tail: IrValue
    ordinary: IrValue | None

    def raised(self, emit: Emission, maths: Mathematics, exponent: IrValue, shown: Shown) -> IrValue:
        """The base to the power of an exponent; ``shown`` makes of IEEE 754's ``pow`` what the formula shows.

        Where all is ordinary, nothing is asked about signs, zeros and ends of the range.
        """
        builder = emit.builder

        def in_general() -> IrValue:
            return shown(maths.call(builder, "pow_of_log", self.base, self.head, self.tail, exponent))

        if self.ordinary is None:
            return in_general()
        quick = maths.call(builder, "ordinary_pow_of_log", self.head, self.tail, exponent)
        with builder.goto_entry_block():
            slot = builder.alloca(emit.vector)
        builder.store(quick, slot)
        with builder.if_then(emit.any(builder.not_(self.ordinary)), likely=False):
            builder.store(in_general(), slot)
        return builder.load(slot)


Prepared = PowerTable | BaseLogarithm


def logarithm_of(emit: Emission, base: IrValue, reach: float | None) -> BaseLogarithm:
    """What all powers of a base have in common; ``reach`` is their exponents' greatest magnitude, if that is fixed."""
    builder = emit.builder
    pair = base_logarithm(Real(Lanes(builder, emit.width), base))
    head, tail = pair.head.value, pair.tail.value
    if reach is None:
        return BaseLogarithm(base, head, tail, None)
    within = builder.fcmp_ordered("<", builder.fmul(emit.absolute(head), emit.number(reach)), emit.number(ORDINARY))
    positive = builder.and_(
        builder.fcmp_ordered(">", base, emit.number(0.0)), builder.fcmp_ordered("<", base, emit.number(float("inf")))
    )
    return BaseLogarithm(base, head, tail, builder.and_(within, positive))


def reach_of(expression: Apply) -> float | None:
    """The greatest magnitude of a power's exponents, where they are fixed."""
    exponent: Expression = expression.parts[1]
    if not isinstance(exponent, Fixed) or not np.isfinite(exponent.values).all():
        return None
    return float(np.abs(exponent.values).max())


def whole_exponents(expression: Apply) -> npt.NDArray[np.int64] | None:
    """The exponents of a power where they are fixed, whole, and small enough for a table."""
    exponent: Expression = expression.parts[1]
    if not isinstance(exponent, Fixed):
        return None
    values = exponent.values
    if not ((values >= 0) & (values <= MOST) & (values == np.floor(values))).all():
        return None
    return values.astype(np.int64)


def power_table(
    emit: Emission, maths: Mathematics, base: IrValue, exponents: npt.NDArray[np.int64], raised: Raised
) -> PowerTable:
    """Writes a table of powers, each the product of the one before, in pairs, with the base.

    A base whose powers leave the range, 0 among them, has them from ``raised``, one by one; its neighbours keep theirs.
    """
    builder = emit.builder
    greatest = int(exponents.max())
    with builder.goto_entry_block():
        pointer = builder.alloca(emit.vector, greatest + 1)
    builder.store(raised(base, emit.number(0.0)), pointer)
    lanes = Lanes(builder, emit.width)
    factor = Real(lanes, base)

    def multiply(j: IrValue, held: Sequence[IrValue]) -> list[IrValue]:
        power = Pair(Real(lanes, held[0]), Real(lanes, held[1])).times_real(factor)
        builder.store(power.total().value, builder.gep(pointer, [builder.add(j, I64(1))]))
        return [power.head.value, power.tail.value]

    one = pair_of(lanes.real(1.0))
    last, _ = each(emit, greatest, [one.head.value, one.tail.value], multiply) if greatest else (base, base)
    size = emit.absolute(last)
    inside = builder.and_(
        builder.fcmp_ordered("<=", size, emit.number(_RANGE)), builder.fcmp_ordered(">=", size, emit.number(1 / _RANGE))
    )
    with builder.if_then(emit.any(builder.not_(inside)), likely=False):

        def anew(j: IrValue, held: Sequence[IrValue]) -> list[IrValue]:
            count = emit.splat(builder.sitofp(j, DOUBLE))
            place = builder.gep(pointer, [j])
            builder.store(emit.select(inside, builder.load(place), raised(base, count)), place)
            return []

        emit.loop(I64(0), I64(greatest + 1), 1, [], anew)
    return PowerTable(pointer, exponents)


def in_common(expression: Apply) -> Hashable:
    """What powers of one base must have in common to be prepared together."""
    exponents = whole_exponents(expression)
    return reach_of(expression) if exponents is None else exponents.tobytes()


def prepared(emit: Emission, maths: Mathematics, base: IrValue, expression: Apply, raised: Raised) -> Prepared:
    """A table of the powers, or what they are made of."""
    exponents = whole_exponents(expression)
    if exponents is None:
        return logarithm_of(emit, base, reach_of(expression))
    return power_table(emit, maths, base, exponents, raised)


__all__ = ["MOST", "BaseLogarithm", "PowerTable", "Prepared", "in_common", "prepared"]

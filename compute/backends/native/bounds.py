"""Numbers that others are compared with: the next double, and what a number written as a text stands for."""

from __future__ import annotations

from collections.abc import Callable

from compute.backends.native.emission import Emission, IrValue, Value
from compute.backends.native.mathematics import Mathematics

Operation = Callable[[Emission, Mathematics, tuple[Value, ...]], Value]
_MAGNITUDE = (1 << 63) - 1
_WRITTEN_OUT = 1e15
NEAR = 1e-14
"""Numbers no farther apart than this, relatively, may be written with the same 15 digits."""


def _next(step: int) -> Operation:
    """The next double above (1) or below (-1); the bits of doubles, read as integers, rise with them."""

    def emitted(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
        builder = emit.builder
        value = builder.fadd(emit.as_number(parts[0]), emit.number(0.0))

        def flipped(bits: IrValue) -> IrValue:
            negative = builder.ashr(bits, emit.integer(63))
            return builder.xor(bits, builder.and_(negative, emit.integer(_MAGNITUDE)))

        key = flipped(builder.bitcast(value, emit.integers))
        # Below +0 comes -0, which compares equal to it.
        zero = builder.icmp_signed("==", key, emit.integer(0))
        moved = builder.add(key, emit.integer(step))
        if step < 0:
            moved = builder.select(zero, emit.integer(-2), moved)
        found = builder.bitcast(flipped(moved), emit.vector)
        return emit.select(emit.is_nan(value), value, found)

    return emitted


def _sound(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    """A criterion that is an error asks for errors: the reference backend counts those."""
    value = emit.as_number(parts[0])
    emit.doubt(emit.is_nan(value))
    return value


def _as_written(emit: Emission, maths: Mathematics, parts: tuple[Value, ...]) -> Value:
    """A number joined to an operator is written with 15 digits. A whole one stays as it is; one that may become whole,
    or has more digits before the point, is the reference backend's. The rest matters to cells at the bound alone.
    """
    value = emit.as_number(_sound(emit, maths, parts))
    builder = emit.builder
    size = emit.absolute(value)
    nearest = emit.call("llvm.rint", value)
    apart = emit.absolute(builder.fsub(value, nearest))
    near = builder.fcmp_ordered("ole", apart, builder.fmul(size, emit.number(NEAR)))
    emit.doubt(builder.and_(near, builder.fcmp_ordered("one", value, nearest)))
    emit.doubt(builder.fcmp_ordered("oge", size, emit.number(_WRITTEN_OUT)))
    return value


BOUNDS: dict[str, Operation] = {
    "next_above": _next(1),
    "next_below": _next(-1),
    "sound": _sound,
    "as_written": _as_written,
}

__all__ = ["BOUNDS", "NEAR"]

"""Numbers that may show the same 15 digits: whether they are equal is the reference backend's to say."""

from __future__ import annotations

from compute.backends.native.emission import Emission, IrValue

ALIKE = 1e-14
"""Numbers no farther apart than this, relatively, may show the same 15 digits."""


def doubt_alike(emit: Emission, a: IrValue, b: IrValue, where: IrValue | None = None) -> None:
    """Gives the iterations in which two numbers differ about the 15th digit to the reference backend."""
    builder = emit.builder
    apart = emit.absolute(builder.fsub(a, b))
    size_a, size_b = emit.absolute(a), emit.absolute(b)
    larger = emit.select(builder.fcmp_ordered("ogt", size_a, size_b), size_a, size_b)
    near = builder.fcmp_ordered("ole", apart, builder.fmul(larger, emit.number(ALIKE)))
    near = builder.and_(near, builder.fcmp_ordered("one", a, b))
    emit.doubt(near if where is None else builder.and_(near, where))


__all__ = ["doubt_alike"]

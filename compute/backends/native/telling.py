"""Results of operations that tell their own errors, in the order in which the reference backend meets them."""

from __future__ import annotations

from collections.abc import Sequence

from compute.backends.native.emission import Emission, IrValue
from compute.backends.native.failures import failure
from compute.errors import ErrorCode

Failure = tuple[IrValue, ErrorCode]
"""The iterations in which a result is an error, and which one."""


def failing(emit: Emission, parts: Sequence[IrValue], result: IrValue, *failures: Failure) -> IrValue:
    """``result``, or the first error of ``parts``, else the first of ``failures`` that holds, else #NUM! where it is
    no finite number.
    """
    finite = emit.builder.fcmp_ordered("olt", emit.absolute(result), emit.number(float("inf")))
    found = emit.select(finite, result, failure(emit, ErrorCode.NUM))
    for mask, code in reversed(failures):
        found = emit.select(mask, failure(emit, code), found)
    for part in reversed(parts):
        found = emit.select(emit.is_nan(part), part, found)
    return found


__all__ = ["Failure", "failing"]

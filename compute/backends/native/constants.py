"""Constants of LLVM's types, made and written out once however often they are used."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir

_I32 = ir.IntType(32)
_REMEMBERED = 8192


def constant_in(kind: ir.Type, value: float) -> Any:
    """The same value in every lane of a type, or in the one of a plain type."""
    if isinstance(kind, ir.DoubleType) or (isinstance(kind, ir.VectorType) and isinstance(kind.element, ir.DoubleType)):
        return _number(kind, struct.pack("<d", value))
    return _integer(kind, int(value))


def array_of(kind: ir.Type, values: npt.NDArray[Any]) -> Any:
    """An array of integers, or of doubles bit for bit."""
    if values.dtype == np.float64:
        texts = [f"{kind} {bits:#x}" for bits in values.view(np.uint64).tolist()]
    else:
        texts = [f"{kind} {value}" for value in values.tolist()]
    return ir.FormattedConstant(ir.ArrayType(kind, len(values)), f"[{', '.join(texts)}]")


def places_in(order: Sequence[int]) -> Any:
    """A vector of 32-bit integers."""
    return _order(tuple(order))


@lru_cache(maxsize=_REMEMBERED)
def _number(kind: ir.Type, bits: bytes) -> Any:
    # By its bits, since -0 is equal to 0 and NaN to nothing.
    return _repeated(kind, struct.unpack("<d", bits)[0])


@lru_cache(maxsize=_REMEMBERED)
def _integer(kind: ir.Type, value: int) -> Any:
    return _repeated(kind, value)


@lru_cache(maxsize=_REMEMBERED)
def _order(order: tuple[int, ...]) -> Any:
    return ir.Constant(ir.VectorType(_I32, len(order)), list(order))


def _repeated(kind: ir.Type, value: float) -> Any:
    if isinstance(kind, ir.VectorType):
        return ir.Constant(kind, ir.Constant(kind.element, value))
    return ir.Constant(kind, value)


__all__ = ["array_of", "constant_in", "places_in"]

"""Writing vector code: values over a few iterations at once, loops, constants, tables.

A number is a vector of doubles with NaN for an error. A truth value is a pair of masks: where it is true, and where it
is an error; stored, it is 0, 1 or NaN. Doubts are the iterations in which the fast way may differ from Excel's (such as
a comparison on the edge of the 15th digit): the reference backend computes those anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir

from compute.backends.native.constants import array_of, constant_in
from compute.records import dataclass

I1, I32, I64, DOUBLE = ir.IntType(1), ir.IntType(32), ir.IntType(64), ir.DoubleType()
NAN = float("nan")
IrValue = Any
"""A value of llvmlite, which has no types."""


@dataclass(frozen=True, slots=True)
class Truth:
    """A truth value: the mask of iterations where it holds, and of those where it is an error (None for none).

    ``error`` is the NaN to be where it failed, in exact code.
    """

    holds: IrValue
    failed: IrValue | None = None
    error: IrValue | None = None


Value = IrValue | Truth


def lanes_of(kind: ir.Type, width: int) -> ir.Type:
    """The type of ``width`` values: a vector, or for one the plain type."""
    return kind if width == 1 else ir.VectorType(kind, width)


def in_lanes(builder: ir.IRBuilder, scalar: IrValue, width: int) -> IrValue:
    """A scalar in every lane of a vector."""
    undefined = ir.Constant(ir.VectorType(scalar.type, width), ir.Undefined)
    first = builder.insert_element(undefined, scalar, I32(0))
    return builder.shuffle_vector(first, undefined, constant_in(ir.VectorType(I32, width), 0))


class Emission:
    """One function being written."""

    def __init__(self, module: ir.Module, function: ir.Function, width: int, *, is_exact: bool = False) -> None:
        """``is_exact``: errors keep their codes; see ``failures``."""
        self.module, self.function, self.width, self.is_exact = module, function, width, is_exact
        self.builder = ir.IRBuilder(function.append_basic_block("entry"))
        self.vector, self.integers, self.mask = lanes_of(DOUBLE, width), lanes_of(I64, width), lanes_of(I1, width)
        self._trouble = self.builder.alloca(self.mask, name="trouble")
        self.builder.store(self.nowhere(), self._trouble)

    # Constants --------------------------------------------------------------------------------------------------------

    def number(self, value: float) -> IrValue:
        """The same number in every iteration."""
        return constant_in(self.vector, float(value))

    def integer(self, value: int) -> IrValue:
        """The same 64-bit integer in every iteration."""
        return constant_in(self.integers, value)

    def nowhere(self) -> IrValue:
        """The mask that holds in no iteration."""
        return constant_in(self.mask, 0)

    def splat(self, scalar: IrValue) -> IrValue:
        """A scalar in every iteration."""
        return scalar if self.width == 1 else in_lanes(self.builder, scalar, self.width)

    def table(self, values: npt.NDArray[Any]) -> IrValue:
        """A pointer to constants: doubles, 64-bit words (of unsigned integers), or 32-bit integers."""
        kinds: dict[Any, tuple[Any, Any]] = {
            np.dtype(np.float64): (DOUBLE, np.float64),
            np.dtype(np.uint64): (I64, np.uint64),
        }
        kind, stored = kinds.get(values.dtype, (I32, np.int32))
        data = values.astype(stored)
        array = ir.ArrayType(kind, len(data))
        name = self.module.get_unique_name("table")
        constant = ir.GlobalVariable(self.module, array, name)
        constant.linkage, constant.global_constant, constant.align = "internal", True, 32
        constant.initializer = array_of(kind, data)
        return self.builder.bitcast(constant, kind.as_pointer())

    def element(self, table: IrValue, index: IrValue) -> IrValue:
        """One constant of a table, as a double or a 64-bit integer."""
        loaded = self.builder.load(self.builder.gep(table, [index]))
        loaded.set_metadata("invariant.load", self.module.add_metadata([]))
        return self.builder.sext(loaded, I64) if loaded.type == I32 else loaded

    # Numbers ----------------------------------------------------------------------------------------------------------

    def call(self, intrinsic: str, *arguments: IrValue) -> IrValue:
        """An intrinsic of LLVM on vectors of doubles, such as ``llvm.fabs``."""
        name = f"{intrinsic}.f64" if self.width == 1 else f"{intrinsic}.v{self.width}f64"
        function = self.module.globals.get(name)
        if function is None:
            kind = ir.FunctionType(self.vector, [self.vector] * len(arguments))
            function = ir.Function(self.module, kind, name)
        return self.builder.call(function, arguments)

    def absolute(self, value: IrValue) -> IrValue:
        """The magnitude."""
        return self.call("llvm.fabs", value)

    def fma(self, a: IrValue, b: IrValue, c: IrValue) -> IrValue:
        """a · b + c, rounded once."""
        return self.call("llvm.fma", a, b, c)

    def select(self, mask: IrValue, yes: IrValue, no: IrValue) -> IrValue:
        """``yes`` where the mask holds."""
        return self.builder.select(mask, yes, no)

    def is_nan(self, value: IrValue) -> IrValue:
        """Where a number is an error."""
        return self.builder.fcmp_unordered("uno", value, value)

    def either(self, *masks: IrValue | None) -> IrValue | None:
        """Where any of the masks holds; None stands for nowhere."""
        given = [m for m in masks if m is not None]
        result = given[0] if given else None
        for mask in given[1:]:
            result = self.builder.or_(result, mask)
        return result

    def as_number(self, value: Value) -> IrValue:
        """A value as a number: true is 1."""
        if not isinstance(value, Truth):
            return value
        found = self.select(value.holds, self.number(1.0), self.number(0.0))
        return found if value.failed is None else self.select(value.failed, self.error_of(value), found)

    def error_of(self, value: Truth) -> IrValue:
        """The NaN that a failed truth value is."""
        return self.number(NAN) if value.error is None else value.error

    def as_truth(self, value: Value) -> Truth:
        """A value as a truth value: a number other than 0 is true."""
        if isinstance(value, Truth):
            return value
        holds = self.builder.fcmp_unordered("une", value, self.number(0.0))
        return Truth(holds, self.is_nan(value), value if self.is_exact else None)

    def doubt(self, mask: IrValue) -> None:
        """Gives some iterations to the reference backend."""
        known = self.builder.load(self._trouble)
        self.builder.store(self.builder.or_(known, mask), self._trouble)

    def doubted(self) -> IrValue:
        """The iterations given to the reference backend so far."""
        return self.builder.load(self._trouble)

    def any(self, mask: IrValue) -> IrValue:
        """Whether a mask holds in any iteration."""
        if self.width == 1:
            return mask
        bits = self.builder.bitcast(mask, ir.IntType(self.width))
        return self.builder.icmp_unsigned("!=", bits, ir.IntType(self.width)(0))

    # Control ----------------------------------------------------------------------------------------------------------

    def loop(
        self,
        start: IrValue,
        stop: IrValue,
        step: int,
        carried: Sequence[IrValue],
        body: Callable[[IrValue, Sequence[IrValue]], Sequence[IrValue]],
    ) -> list[IrValue]:
        """Runs ``body(index, carried)`` from ``start`` until ``stop`` is reached (it is left out); at least once."""
        before = self.builder.block
        inside = self.function.append_basic_block("loop")
        after = self.function.append_basic_block("after")
        self.builder.branch(inside)
        self.builder.position_at_end(inside)
        index = self.builder.phi(I64)
        index.add_incoming(start, before)
        held = [self.builder.phi(v.type) for v in carried]
        for phi, value in zip(held, carried, strict=True):
            phi.add_incoming(value, before)
        results = list(body(index, held))
        following = self.builder.add(index, I64(step))
        end = self.builder.block
        index.add_incoming(following, end)
        for phi, value in zip(held, results, strict=True):
            phi.add_incoming(value, end)
        again = self.builder.icmp_signed("!=", following, stop)
        self.builder.cbranch(again, inside, after)
        self.builder.position_at_end(after)
        return results

    def repeat_while(
        self,
        carried: Sequence[IrValue],
        body: Callable[[Sequence[IrValue]], tuple[Sequence[IrValue], IrValue]],
    ) -> list[IrValue]:
        """Runs ``body(carried)`` again and again while the second thing it gives, a single bit, is set."""
        before = self.builder.block
        inside = self.function.append_basic_block("while")
        after = self.function.append_basic_block("after")
        self.builder.branch(inside)
        self.builder.position_at_end(inside)
        held = [self.builder.phi(v.type) for v in carried]
        for phi, value in zip(held, carried, strict=True):
            phi.add_incoming(value, before)
        results, again = body(held)
        results = list(results)
        end = self.builder.block
        for phi, value in zip(held, results, strict=True):
            phi.add_incoming(value, end)
        self.builder.cbranch(again, inside, after)
        self.builder.position_at_end(after)
        return results

    def index_of(self, position: IrValue) -> IrValue:
        """A position from 0 to 2³¹ − 1 as an integer; processors convert to 32 bits several at once."""
        return self.builder.fptosi(position, lanes_of(I32, self.width))

    def gather(self, index: IrValue, read: Callable[[IrValue, int], IrValue]) -> IrValue:
        """A double for each iteration: ``read(position, iteration)`` of its own integer position."""
        if self.width == 1:
            return read(self._whole(index), 0)
        result = ir.Constant(self.vector, ir.Undefined)
        for lane in range(self.width):
            position = self._whole(self.builder.extract_element(index, I32(lane)))
            result = self.builder.insert_element(result, read(position, lane), I32(lane))
        return result

    def _whole(self, index: IrValue) -> IrValue:
        return self.builder.zext(index, I64) if index.type == I32 else index

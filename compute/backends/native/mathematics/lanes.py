"""Arithmetic on vectors of doubles, written as Python expressions and emitted as LLVM IR.

An algorithm is written once, over ``Real``, ``Bits`` and ``Mask``; ``Lanes`` emits it for 1, 2, 4 or 8 lanes.
Each operation is IEEE 754's own and is rounded once; none carries a fast-math flag, and a product is fused with a sum
where ``fma`` says so and nowhere else. Thus a lane's bits depend neither on the number of lanes nor on the processor.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence

from llvmlite import ir

from compute.backends.native.constants import constant_in
from compute.records import dataclass

__all__ = ["INTEGER_SHIFT", "WIDTHS", "Bits", "Lanes", "Mask", "Real"]

WIDTHS = (1, 2, 4, 8)
# added to a number below 2^51, it leaves the number's nearest integer in the lowest bits of the sum
INTEGER_SHIFT = 1.5 * 2.0**52
_DOUBLE = ir.DoubleType()
_WORD = ir.IntType(64)
_BIT = ir.IntType(1)


@dataclass(frozen=True, slots=True, eq=False)
class Real:
    """A double in every lane."""

    lanes: Lanes
    value: ir.Value

    def _binary(self, operation: str, left: Real | float, right: Real | float) -> Real:
        emit = getattr(self.lanes.builder, operation)
        return Real(self.lanes, emit(self.lanes.real(left).value, self.lanes.real(right).value))

    def __add__(self, other: Real | float) -> Real:
        return self._binary("fadd", self, other)

    def __radd__(self, other: float) -> Real:
        return self._binary("fadd", other, self)

    def __sub__(self, other: Real | float) -> Real:
        return self._binary("fsub", self, other)

    def __rsub__(self, other: float) -> Real:
        return self._binary("fsub", other, self)

    def __mul__(self, other: Real | float) -> Real:
        return self._binary("fmul", self, other)

    def __rmul__(self, other: float) -> Real:
        return self._binary("fmul", other, self)

    def __truediv__(self, other: Real | float) -> Real:
        return self._binary("fdiv", self, other)

    def __rtruediv__(self, other: float) -> Real:
        return self._binary("fdiv", other, self)

    def __neg__(self) -> Real:
        return Real(self.lanes, self.lanes.builder.fneg(self.value))

    def __abs__(self) -> Real:
        return self.lanes.intrinsic("fabs", self)

    def _compare(self, sign: str, other: Real | float) -> Mask:
        compared = self.lanes.builder.fcmp_ordered(sign, self.value, self.lanes.real(other).value)
        return Mask(self.lanes, compared)

    def __lt__(self, other: Real | float) -> Mask:
        return self._compare("<", other)

    def __le__(self, other: Real | float) -> Mask:
        return self._compare("<=", other)

    def __gt__(self, other: Real | float) -> Mask:
        return self._compare(">", other)

    def __ge__(self, other: Real | float) -> Mask:
        return self._compare(">=", other)

    def equals(self, other: Real | float) -> Mask:
        """Where the two are equal; a nan equals nothing."""
        return self._compare("==", other)

    def is_nan(self) -> Mask:
        """Where this is no number."""
        return Mask(self.lanes, self.lanes.builder.fcmp_unordered("uno", self.value, self.value))

    def sqrt(self) -> Real:
        """The square root, rounded once; nan below 0."""
        return self.lanes.intrinsic("sqrt", self)

    def bits(self) -> Bits:
        """The pattern of the double."""
        return Bits(self.lanes, self.lanes.builder.bitcast(self.value, self.lanes.word_type))

    def with_sign_of(self, other: Real) -> Real:
        """This magnitude with the other's sign."""
        return ((self.bits() & ~_SIGN) | (other.bits() & _SIGN)).real()


@dataclass(frozen=True, slots=True, eq=False)
class Bits:
    """A word of 64 bits in every lane; sums wrap around, shifts to the right bring zeros in."""

    lanes: Lanes
    value: ir.Value

    def _binary(self, operation: str, other: Bits | int) -> Bits:
        return Bits(self.lanes, getattr(self.lanes.builder, operation)(self.value, self.lanes.word(other).value))

    def __add__(self, other: Bits | int) -> Bits:
        return self._binary("add", other)

    def __sub__(self, other: Bits | int) -> Bits:
        return self._binary("sub", other)

    def __and__(self, other: Bits | int) -> Bits:
        return self._binary("and_", other)

    def __or__(self, other: Bits | int) -> Bits:
        return self._binary("or_", other)

    def __xor__(self, other: Bits | int) -> Bits:
        return self._binary("xor", other)

    def __lshift__(self, other: int) -> Bits:
        return self._binary("shl", other)

    def __rshift__(self, other: int) -> Bits:
        return self._binary("lshr", other)

    def equals(self, other: Bits | int) -> Mask:
        """Where the two patterns are equal."""
        return Mask(self.lanes, self.lanes.builder.icmp_unsigned("==", self.value, self.lanes.word(other).value))

    def real(self) -> Real:
        """The double that has this pattern."""
        return Real(self.lanes, self.lanes.builder.bitcast(self.value, self.lanes.real_type))


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """True or false in every lane."""

    lanes: Lanes
    value: ir.Value

    def __and__(self, other: Mask) -> Mask:
        return Mask(self.lanes, self.lanes.builder.and_(self.value, other.value))

    def __or__(self, other: Mask) -> Mask:
        return Mask(self.lanes, self.lanes.builder.or_(self.value, other.value))

    def __xor__(self, other: Mask) -> Mask:
        return Mask(self.lanes, self.lanes.builder.xor(self.value, other.value))

    def __invert__(self) -> Mask:
        return Mask(self.lanes, self.lanes.builder.not_(self.value))

    def select(self, yes: Real | float, no: Real | float) -> Real:
        """The one where true, the other elsewhere; both have been computed."""
        lanes = self.lanes
        return Real(lanes, lanes.builder.select(self.value, lanes.real(yes).value, lanes.real(no).value))

    def any(self) -> ir.Value:
        """One bit: whether it is true in at least one lane."""
        width = self.lanes.width
        if width == 1:
            return self.value
        packed = self.lanes.builder.bitcast(self.value, ir.IntType(width))
        return self.lanes.builder.icmp_unsigned("!=", packed, ir.Constant(ir.IntType(width), 0))


_SIGN = -(2**63)


@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """Where operations are emitted (``builder``'s place) and for how many lanes; one lane is a plain scalar."""

    builder: ir.IRBuilder
    width: int

    @property
    def real_type(self) -> ir.Type:
        return _DOUBLE if self.width == 1 else ir.VectorType(_DOUBLE, self.width)

    @property
    def word_type(self) -> ir.Type:
        return _WORD if self.width == 1 else ir.VectorType(_WORD, self.width)

    @property
    def mask_type(self) -> ir.Type:
        return _BIT if self.width == 1 else ir.VectorType(_BIT, self.width)

    def _constant(self, kind: ir.Type, number: float) -> ir.Constant:
        return constant_in(kind, number)

    def real(self, number: Real | float) -> Real:
        """The number in every lane; a ``Real`` stays what it is."""
        return number if isinstance(number, Real) else Real(self, self._constant(self.real_type, float(number)))

    def word(self, number: Bits | int) -> Bits:
        """The 64-bit word in every lane; ``Bits`` stay what they are."""
        return number if isinstance(number, Bits) else Bits(self, self._constant(self.word_type, number & (2**64 - 1)))

    def intrinsic(self, name: str, *operands: Real) -> Real:
        """LLVM's ``llvm.<name>`` of doubles on the operands."""
        full = f"llvm.{name}.f64" if self.width == 1 else f"llvm.{name}.v{self.width}f64"
        module = self.builder.module
        function = module.globals.get(full)
        if function is None:
            function = ir.Function(module, ir.FunctionType(self.real_type, [self.real_type] * len(operands)), full)
        return Real(self, self.builder.call(function, [operand.value for operand in operands]))

    def fma(self, a: Real | float, b: Real | float, c: Real | float) -> Real:
        """a · b + c, rounded once."""
        return self.intrinsic("fma", self.real(a), self.real(b), self.real(c))

    def polynomial(self, x: Real, coefficients: Sequence[float]) -> Real:
        """Σ coefficients[i] · xⁱ by Horner's rule, each step one ``fma``."""
        result = self.real(coefficients[-1])
        for coefficient in reversed(coefficients[:-1]):
            result = self.fma(result, x, coefficient)
        return result

    def rarely(self, rare: Mask, usual: Real, compute: Callable[[], Real]) -> Real:
        """``compute()`` where ``rare``, else ``usual``; nothing is computed while ``rare`` is false in every lane."""
        return self.rarely_all(rare, (usual,), lambda: (compute(),))[0]

    def rarely_all(self, rare: Mask, usual: Sequence[Real], compute: Callable[[], Sequence[Real]]) -> tuple[Real, ...]:
        """As ``rarely``, for several results of one computation."""
        builder = self.builder
        before = builder.block
        branch, after = builder.append_basic_block("rare"), builder.append_basic_block("on")
        builder.cbranch(rare.any(), branch, after)
        builder.position_at_end(branch)
        chosen = [rare.select(new, old) for new, old in zip(compute(), usual, strict=True)]
        end = builder.block
        builder.branch(after)
        builder.position_at_end(after)
        return tuple(self._meet([(old, before), (new, end)]) for old, new in zip(usual, chosen, strict=True))

    def _meet(self, arrivals: Sequence[tuple[Real, ir.Block]]) -> Real:
        phi = self.builder.phi(self.real_type)
        for arriving, block in arrivals:
            phi.add_incoming(arriving.value, block)
        return Real(self, phi)

    def iterate(
        self,
        state: Sequence[Real],
        active: Mask,
        step: Callable[[Sequence[Real], Real], tuple[Sequence[Real], Mask]],
        limit: int,
    ) -> tuple[Real, ...]:
        """Repeat ``step(state, number)`` -> (next state, where to go on), in each lane until it is done.

        A lane that is done keeps its state while others go on, so that its result doesn't hang on its neighbours.
        ``number`` counts 1, 2, 3 …; after ``limit`` steps all lanes stop.
        """
        builder = self.builder
        before = builder.block
        head, body, after = (builder.append_basic_block(name) for name in ("again", "step", "done"))
        builder.branch(head)
        builder.position_at_end(head)
        phis = [builder.phi(self.real_type) for _ in state]
        count, going = builder.phi(self.real_type), builder.phi(self.mask_type)
        number = Real(self, count)
        more = (Mask(self, going) & (number <= float(limit))).any()
        builder.cbranch(more, body, after)
        builder.position_at_end(body)
        held = [Real(self, phi) for phi in phis]
        updated, still = step(held, number)
        mask = Mask(self, going)
        chosen = [mask.select(new, old) for new, old in zip(updated, held, strict=True)]
        following, on = number + 1.0, mask & still
        end = builder.block
        builder.branch(head)
        for phi, first, later in zip(phis, state, chosen, strict=True):
            phi.add_incoming(first.value, before)
            phi.add_incoming(later.value, end)
        count.add_incoming(self.real(1.0).value, before)
        count.add_incoming(following.value, end)
        going.add_incoming(active.value, before)
        going.add_incoming(on.value, end)
        builder.position_at_end(after)
        return tuple(held)


def bits_of(number: float) -> int:
    """The pattern of a double, as an unsigned integer."""
    pattern: int = struct.unpack("<Q", struct.pack("<d", number))[0]
    return pattern


INFINITY, NAN = math.inf, math.nan

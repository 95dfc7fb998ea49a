"""Uniform numbers in vector code, the bits of ``compute.sampling.streams``: Philox4x32-10 addressed by iteration."""

from __future__ import annotations

from llvmlite import ir

from compute.backends.native.emission import DOUBLE, I32, I64, Emission, IrValue, constant_in

_MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
_KEY_STEPS = (0x9E3779B9, 0xBB67AE85)
_ROUNDS = 10
_LOW = 0xFFFFFFFF


class Philox:
    """The generator of one seed; its round keys are computed where it is made."""

    def __init__(self, emit: Emission, seed: IrValue) -> None:
        self._emit, self._half, self._is_single = emit, emit.width // 2, emit.width == 1
        self._type = I64 if self._is_single else ir.VectorType(I64, self._half)
        low, high = emit.builder.and_(seed, I64(_LOW)), emit.builder.lshr(seed, I64(32))
        self._keys = [(self._key(low, 0, turn), self._key(high, 1, turn)) for turn in range(_ROUNDS)]

    def _key(self, start: IrValue, which: int, turn: int) -> IrValue:
        builder = self._emit.builder
        return self._splat(builder.and_(builder.add(start, I64(turn * _KEY_STEPS[which])), I64(_LOW)))

    def _splat(self, scalar: IrValue) -> IrValue:
        if self._is_single:
            return scalar
        builder, undefined = self._emit.builder, ir.Constant(self._type, ir.Undefined)
        zeros = ir.Constant(ir.VectorType(I32, self._half), [0] * self._half)
        return builder.shuffle_vector(builder.insert_element(undefined, scalar, I32(0)), undefined, zeros)

    def _constant(self, value: int) -> IrValue:
        return constant_in(self._type, value)

    def uniforms(self, stream: IrValue, iteration: IrValue) -> IrValue:
        """Uniforms in (0, 1) of a 64-bit stream, for the iterations from an even one on; one alone may be odd."""
        builder = self._emit.builder
        pairs = self._splat(builder.lshr(iteration, I64(1)))
        if not self._is_single:
            pairs = builder.add(pairs, ir.Constant(self._type, list(range(self._half))))
        keys = self._splat(stream)
        low, half = self._constant(_LOW), self._constant(32)
        x0, x1 = builder.and_(pairs, low), builder.lshr(pairs, half)
        x2, x3 = builder.and_(keys, low), builder.lshr(keys, half)
        for low_key, high_key in self._keys:
            first = builder.mul(x0, self._constant(_MULTIPLIERS[0]))
            second = builder.mul(x2, self._constant(_MULTIPLIERS[1]))
            x0 = builder.xor(builder.xor(builder.lshr(second, half), x1), low_key)
            x2 = builder.xor(builder.xor(builder.lshr(first, half), x3), high_key)
            x1, x3 = builder.and_(second, low), builder.and_(first, low)
        if self._is_single:
            is_odd = builder.trunc(iteration, ir.IntType(1))
            return self._unit(builder.select(is_odd, x2, x0), builder.select(is_odd, x3, x1))
        even, odd = self._unit(x0, x1), self._unit(x2, x3)
        order = [lane // 2 + (lane % 2) * self._half for lane in range(self._emit.width)]
        return builder.shuffle_vector(even, odd, ir.Constant(ir.VectorType(I32, self._emit.width), order))

    def _unit(self, high: IrValue, low: IrValue) -> IrValue:
        """The top 53 of 64 bits as a number between 0 and 1, half a unit in place of 0."""
        builder = self._emit.builder
        bits = builder.or_(builder.shl(high, self._constant(32)), low)
        kind = DOUBLE if self._is_single else ir.VectorType(DOUBLE, self._half)
        fraction = builder.uitofp(builder.lshr(bits, self._constant(11)), kind)
        least = constant_in(kind, 0.5)
        fraction = builder.select(builder.fcmp_ordered("olt", fraction, least), least, fraction)
        return builder.fmul(fraction, constant_in(kind, 2.0**-53))

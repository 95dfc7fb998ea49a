"""Complex numbers written as text, such as ``3+4i`` (Excel's Engineering family)."""

from __future__ import annotations

import cmath
import math
import re
from collections.abc import Callable

from compute.errors import CellError, ErrorCode
from compute.functions.samples import areas
from compute.functions.signature import (
    CallContext,
    CellFailure,
    Operand,
    any_value,
    cells,
    elementwise,
    function,
    number,
    text,
)
from compute.values import Array, from_scalar, general_text, stack

_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_WRITTEN = re.compile(rf"(?P<real>[+-]?{_NUMBER})?(?:(?P<sign>[+-])?(?P<size>{_NUMBER})?(?P<unit>[ij]))?")


def _parsed(value: object) -> tuple[complex, str]:
    """A complex number and its unit ("" when it has none); raises CellFailure(#NUM!) for other texts."""
    if isinstance(value, bool):
        raise CellFailure(ErrorCode.VALUE)
    if value is None or isinstance(value, float):
        return complex(value or 0.0), ""
    written = str(value)
    match = _WRITTEN.fullmatch(written)
    if match is None or not written:
        raise CellFailure(ErrorCode.NUM)
    real, unit = match["real"], match["unit"] or ""
    if not unit:
        return complex(float(real or 0)), ""
    if real is not None and match["sign"] is None:
        if match["size"] is not None or real[-1] in "eE":
            raise CellFailure(ErrorCode.NUM)
        return complex(0.0, float(real)), unit
    size = float(match["size"]) if match["size"] else 1.0
    return complex(float(real or 0), -size if match["sign"] == "-" else size), unit


def _shown(value: complex, unit: str) -> str:
    """The text of a complex number, to 15 digits a part."""
    if not (math.isfinite(value.real) and math.isfinite(value.imag)):
        raise CellFailure(ErrorCode.NUM)
    unit = unit or "i"
    real, imaginary = general_text(value.real), general_text(value.imag)
    if imaginary == "0":
        return real
    part = {"1": unit, "-1": "-" + unit}.get(imaginary, imaginary + unit)
    if real == "0":
        return part
    return real + ("" if part.startswith("-") else "+") + part


@elementwise("COMPLEX", number("real_num"), number("i_num"), text("suffix", "i"))
def complex_number(real: float, imaginary: float, unit: str) -> str | ErrorCode:
    """A complex number as text, with i or j."""
    if unit not in ("", "i", "j"):
        return ErrorCode.VALUE
    return _shown(complex(real, imaginary), unit)


def _register(name: str, compute: Callable[[complex], complex]) -> None:
    def implementation(value: object) -> str | ErrorCode:
        z, unit = _parsed(value)
        try:
            return _shown(compute(z), unit)
        except (ZeroDivisionError, ValueError, OverflowError):
            return ErrorCode.NUM

    elementwise(name, any_value("inumber"))(implementation)


def _logarithm(z: complex) -> complex:
    return complex(math.log(abs(z)), math.atan2(z.imag, z.real))


def _register_real(name: str, compute: Callable[[complex], float]) -> None:
    def implementation(value: object) -> float | ErrorCode:
        try:
            return compute(_parsed(value)[0])
        except ZeroDivisionError:
            return ErrorCode.DIV0

    elementwise(name, any_value("inumber"))(implementation)


def _argument(z: complex) -> float:
    if z == 0:
        raise ZeroDivisionError
    return math.atan2(z.imag, z.real)


_register_real("IMABS", abs)
_register_real("IMREAL", lambda z: z.real)
_register_real("IMAGINARY", lambda z: z.imag)
_register_real("IMARGUMENT", _argument)
_register("IMCONJUGATE", lambda z: z.conjugate())
_register("IMEXP", lambda z: math.exp(z.real) * complex(math.cos(z.imag), math.sin(z.imag)))
_register("IMLN", _logarithm)
_register("IMLOG10", lambda z: _logarithm(z) / math.log(10))
_register("IMLOG2", lambda z: _logarithm(z) / math.log(2))
_register("IMSQRT", lambda z: math.sqrt(abs(z)) * complex(math.cos(cmath.phase(z) / 2), math.sin(cmath.phase(z) / 2)))
_register("IMSIN", cmath.sin)
_register("IMCOS", cmath.cos)
_register("IMTAN", cmath.tan)
_register("IMSINH", cmath.sinh)
_register("IMCOSH", cmath.cosh)
_register("IMSEC", lambda z: 1 / cmath.cos(z))
_register("IMCSC", lambda z: 1 / cmath.sin(z))
_register("IMCOT", lambda z: cmath.cos(z) / cmath.sin(z))
_register("IMSECH", lambda z: 1 / cmath.cosh(z))
_register("IMCSCH", lambda z: 1 / cmath.sinh(z))


@elementwise("IMPOWER", any_value("inumber"), number("number"))
def complex_power(value: object, exponent: float) -> str | ErrorCode:
    """A complex number raised to a real power."""
    z, unit = _parsed(value)
    if z == 0:
        return ErrorCode.NUM if exponent <= 0 else "0"
    size, angle = math.pow(abs(z), exponent), cmath.phase(z) * exponent
    return _shown(complex(size * math.cos(angle), size * math.sin(angle)), unit)


def _common_unit(first: str, second: str) -> str:
    if first and second and first != second:
        raise CellFailure(ErrorCode.VALUE)
    return first or second


@elementwise("IMDIV", any_value("inumber1"), any_value("inumber2"))
def complex_quotient(first: object, second: object) -> str | ErrorCode:
    """A complex number divided by another; by 0 it is #NUM!."""
    (a, u), (b, v) = _parsed(first), _parsed(second)
    return ErrorCode.NUM if b == 0 else _shown(a / b, _common_unit(u, v))


@elementwise("IMSUB", any_value("inumber1"), any_value("inumber2"))
def complex_difference(first: object, second: object) -> str:
    """A complex number less another."""
    (a, u), (b, v) = _parsed(first), _parsed(second)
    return _shown(a - b, _common_unit(u, v))


def _register_many(name: str, combine: Callable[[complex, complex], complex]) -> None:
    def implementation(context: CallContext, *operands: Operand) -> Array:
        parts = [e for o in operands for a in areas(context, o) for e in a.elements()]
        lanes = max(p.lanes for p in parts)
        found = [_combined([p.item(lane=lane) for p in parts], combine) for lane in range(lanes)]
        return _over_lanes(found)

    function(name, cells("inumber"), cells("more", optional=True, repeating=True))(implementation)


def _combined(values: list[object], combine: Callable[[complex, complex], complex]) -> str | CellError:
    total: complex | None = None
    unit = ""
    try:
        for value in values:
            if isinstance(value, CellError):
                return value
            if value is None and len(values) > 1:
                continue
            z, own = _parsed(value)
            unit = _common_unit(unit, own)
            total = z if total is None else combine(total, z)
        return _shown(total or 0j, unit)
    except CellFailure as failure:
        return CellError(failure.code.text)


def _over_lanes(values: list[str | CellError]) -> Array:
    from_each = stack([[from_scalar(v) for v in values]])
    texts = None if from_each.texts is None else from_each.texts.reshape(1, 1, -1)
    kinds = None if from_each.kinds is None else from_each.kinds.reshape(1, 1, -1)
    return Array(from_each.numbers.reshape(1, 1, -1), kinds, texts)


_register_many("IMSUM", lambda a, b: a + b)
_register_many("IMPRODUCT", lambda a, b: a * b)

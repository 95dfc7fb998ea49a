"""Bessel functions by the short approximations that Excel itself uses, good to seven digits and more.

Source: the rational approximations of J. F. Hart (1968) and the polynomials of Abramowitz and Stegun, 9.8, for orders 0
and 1; the recurrences of their chapter 9 for higher ones. That Excel has them was seen in workbooks that it computed:
its BESSELJ(0,0) is 1.00000000283141.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from compute import special
from compute.errors import ErrorCode
from compute.functions.reductions import failing
from compute.functions.signature import number
from compute.functions.strict_numbers import strict
from compute.values import Array, Booleans, Floats

_TWO_OVER_PI = 0.636619772
_QUARTER_TURN, _THREE_QUARTER_TURN = 0.785398164, 2.356194491
_FAR = 8.0
_LARGEST_ORDER = 100
"""Orders beyond are computed in full precision: Excel's recurrences would need as many steps."""

_J0 = (57568490574.0, -13362590354.0, 651619640.7, -11214424.18, 77392.33017, -184.9052456)
_J0_UNDER = (57568490411.0, 1029532985.0, 9494680.718, 59272.64853, 267.8532712, 1.0)
_J1 = (72362614232.0, -7895059235.0, 242396853.1, -2972611.439, 15704.48260, -30.16036606)
_J1_UNDER = (144725228442.0, 2300535178.0, 18583304.74, 99447.43394, 376.9991397, 1.0)
_Y0 = (-2957821389.0, 7062834065.0, -512359803.6, 10879881.29, -86327.92757, 228.4622733)
_Y0_UNDER = (40076544269.0, 745249964.8, 7189466.438, 47447.26470, 226.1030244, 1.0)
_Y1 = (-0.4900604943e13, 0.1275274390e13, -0.5153438139e11, 0.7349264551e9, -0.4237922726e7, 0.8511937935e4)
_Y1_UNDER = (
    0.2499580570e14, 0.4244419664e12, 0.3733650367e10, 0.2245904002e8, 0.1020426050e6, 0.3549632885e3, 1.0,
)  # fmt: skip
_FAR_0 = (1.0, -0.1098628627e-2, 0.2734510407e-4, -0.2073370639e-5, 0.2093887211e-6)
_FAR_0_PHASE = (-0.1562499995e-1, 0.1430488765e-3, -0.6911147651e-5, 0.7621095161e-6, -0.934945152e-7)
_FAR_J0 = (1.0, -0.1098628267e-2, *_FAR_0[2:])
"""Excel's J, unlike its Y, has digits of the second coefficient exchanged; its phase's last differs in one digit."""
_FAR_J0_PHASE = (*_FAR_0_PHASE[:4], -0.934935152e-7)
_FAR_1 = (1.0, 0.183105e-2, -0.3516396496e-4, 0.2457520174e-5, -0.240337019e-6)
_FAR_J1 = (*_FAR_1[:3], *_FAR_1[2:])
"""Excel's J, unlike its Y, has the third coefficient twice: five digits instead of eight from 8 on."""
_FAR_1_PHASE = (0.04687499995, -0.2002690873e-3, 0.8449199096e-5, -0.88228987e-6, 0.105787412e-6)
_FAR_J, _FAR_Y = (_FAR_J0, _FAR_J1), (_FAR_0, _FAR_1)
_FAR_J_PHASE, _FAR_Y_PHASE = (_FAR_J0_PHASE, _FAR_1_PHASE), (_FAR_0_PHASE, _FAR_1_PHASE)
_I0 = (1.0, 3.5156229, 3.0899424, 1.2067492, 0.2659732, 0.360768e-1, 0.45813e-2)
_I0_FAR = (
    0.39894228, 0.1328592e-1, 0.225319e-2, -0.157565e-2, 0.916281e-2, -0.2057706e-1, 0.2635537e-1, -0.1647633e-1,
    0.392377e-2,
)  # fmt: skip
_I1 = (0.5, 0.87890594, 0.51498869, 0.15084934, 0.2658733e-1, 0.301532e-2, 0.32411e-3)
_I1_FAR = (
    0.39894228, -0.3988024e-1, -0.362018e-2, 0.163801e-2, -0.1031555e-1, 0.2282967e-1, -0.2895312e-1, 0.1787654e-1,
    -0.420059e-2,
)  # fmt: skip
_K0 = (-0.57721566, 0.42278420, 0.23069756, 0.3488590e-1, 0.262698e-2, 0.10750e-3, 0.74e-5)
_K0_FAR = (1.25331414, -0.7832358e-1, 0.2189568e-1, -0.1062446e-1, 0.587872e-2, -0.251540e-2, 0.53208e-3)
_K1 = (1.0, 0.15443144, -0.67278579, -0.18156897, -0.1919402e-1, -0.110404e-2, -0.4686e-4)
_K1_FAR = (1.25331414, 0.23498619, -0.3655620e-1, 0.1504268e-1, -0.780353e-2, 0.325614e-2, -0.68245e-3)

_Values = Callable[[Floats], Floats]
_Exact = Callable[[Floats, Floats], Floats]


def _polynomial(variable: Floats, coefficients: tuple[float, ...]) -> Floats:
    """The sum of coefficient k times the k-th power, by Horner's rule."""
    total = np.full_like(variable, coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        total = total * variable + coefficient
    return total


def _far(size: Floats, order: int, *, second: bool) -> Floats:
    """J or (``second``) Y of order 0 or 1 from 8 on: a damped wave."""
    ratio = _FAR / size
    square = ratio * ratio
    angle = size - (_THREE_QUARTER_TURN if order else _QUARTER_TURN)
    even = _polynomial(square, (_FAR_Y if second else _FAR_J)[order])
    odd = ratio * _polynomial(square, (_FAR_Y_PHASE if second else _FAR_J_PHASE)[order])
    wave = np.sin(angle) * even + np.cos(angle) * odd if second else np.cos(angle) * even - np.sin(angle) * odd
    return np.asarray(np.sqrt(_TWO_OVER_PI / size) * wave)


def _j0(x: Floats) -> Floats:
    size, square = np.abs(x), x * x
    near = _polynomial(square, _J0) / _polynomial(square, _J0_UNDER)
    return np.where(size < _FAR, near, _far(np.maximum(size, _FAR), 0, second=False))


def _j1(x: Floats) -> Floats:
    size, square = np.abs(x), x * x
    near = x * _polynomial(square, _J1) / _polynomial(square, _J1_UNDER)
    return np.where(size < _FAR, near, np.copysign(1.0, x) * _far(np.maximum(size, _FAR), 1, second=False))


def _y0(x: Floats) -> Floats:
    square = x * x
    near = _polynomial(square, _Y0) / _polynomial(square, _Y0_UNDER) + _TWO_OVER_PI * _j0(x) * np.log(x)
    return np.where(x < _FAR, near, _far(np.maximum(x, _FAR), 0, second=True))


def _y1(x: Floats) -> Floats:
    square = x * x
    ratio = x * _polynomial(square, _Y1) / _polynomial(square, _Y1_UNDER)
    near = ratio + _TWO_OVER_PI * (_j1(x) * np.log(x) - 1.0 / x)
    return np.where(x < _FAR, near, _far(np.maximum(x, _FAR), 1, second=True))


def _i0(x: Floats) -> Floats:
    size = np.abs(x)
    far = np.maximum(size, 3.75)
    grown = np.exp(far) / np.sqrt(far) * _polynomial(3.75 / far, _I0_FAR)
    return np.where(size < 3.75, _polynomial(np.square(x / 3.75), _I0), grown)


def _i1(x: Floats) -> Floats:
    size = np.abs(x)
    far = np.maximum(size, 3.75)
    grown = np.exp(far) / np.sqrt(far) * _polynomial(3.75 / far, _I1_FAR)
    return np.copysign(np.where(size < 3.75, size * _polynomial(np.square(x / 3.75), _I1), grown), x)


def _k0(x: Floats) -> Floats:
    near = np.minimum(x, 2.0)
    close = -np.log(near / 2.0) * _i0(near) + _polynomial(near * near / 4.0, _K0)
    return np.where(x <= 2.0, close, np.exp(-x) / np.sqrt(x) * _polynomial(2.0 / x, _K0_FAR))


def _k1(x: Floats) -> Floats:
    near = np.minimum(x, 2.0)
    close = np.log(near / 2.0) * _i1(near) + 1.0 / near * _polynomial(near * near / 4.0, _K1)
    return np.where(x <= 2.0, close, np.exp(-x) / np.sqrt(x) * _polynomial(2.0 / x, _K1_FAR))


def _climbed(x: Floats, order: int, first: Floats, second: Floats, sign: float) -> Floats:
    """The recurrence from orders 0 and 1 upwards; ``sign`` 1 for K, -1 for J and Y."""
    for step in range(1, order):
        first, second = second, step * (2.0 / x) * second + sign * first
    return second


def _descended(size: Floats, order: int, start: int, sign: float) -> tuple[Floats, Floats, Floats]:
    """Miller's recurrence downwards from ``start``: the values, in a common unknown unit, of the order and of order 0,
    and the sum of the even orders above 0.
    """
    above, here = np.zeros_like(size), np.ones_like(size)
    found, even = np.zeros_like(size), np.zeros_like(size)
    for step in range(start, 0, -1):
        above, here = here, step * (2.0 / size) * here + sign * above
        scale = np.where(np.abs(here) > 1e10, 1e-10, 1.0)
        above, here, found, even = above * scale, here * scale, found * scale, even * scale
        if step % 2:
            even = even + here
        if step == order:
            found = above
    return found, here, even - here


def _odd_sign(x: Floats, order: int) -> Floats:
    return np.where((x < 0) & (order % 2 == 1), -1.0, 1.0)


def _j(x: Floats, order: int) -> Floats:
    size = np.where(x == 0, 1.0, np.abs(x))
    upwards = _climbed(size, order, _j0(size), _j1(size), -1.0)
    start = 2 * ((order + int(np.sqrt(40.0 * order))) // 2)
    found, lowest, even = _descended(size, order, start, -1.0)
    downwards = found / (2.0 * even + lowest)
    return np.where(x == 0, 0.0, np.where(size > order, upwards, downwards) * _odd_sign(x, order))


def _i(x: Floats, order: int) -> Floats:
    size = np.where(x == 0, 1.0, np.abs(x))
    found, lowest, _ = _descended(size, order, 2 * (order + int(np.sqrt(40.0 * order))), 1.0)
    return np.where(x == 0, 0.0, found * (_i0(size) / lowest) * _odd_sign(x, order))


def _k(x: Floats, order: int) -> Floats:
    return _climbed(x, order, _k0(x), _k1(x), 1.0)


def _y(x: Floats, order: int) -> Floats:
    return _climbed(x, order, _y0(x), _y1(x), -1.0)


def _of_orders(
    x: Floats, orders: Floats, low: tuple[_Values, _Values], high: Callable[[Floats, int], Floats], exact: _Exact
) -> Floats:
    """Each number's value at its own order, order by order."""
    x, orders = np.broadcast_arrays(x, orders)
    result = np.asarray(exact(orders, x), np.float64)
    for order in np.unique(orders[orders <= _LARGEST_ORDER]).astype(int).tolist():
        mask = np.asarray(orders == order)
        result[mask] = low[order](x[mask]) if order < 2 else high(x[mask], order)
    return result


def _register(
    name: str, low: tuple[_Values, _Values], high: Callable[[Floats, int], Floats], exact: _Exact, *, positive: bool
) -> None:
    def implementation(x: Floats, order: Floats) -> Array:
        whole = np.trunc(order)
        wrong: Booleans = np.asarray((whole < 0) | ((x <= 0) if positive else False))
        values = _of_orders(np.where(wrong, 1.0, x), np.maximum(whole, 0), low, high, exact)
        return failing(values, (wrong, ErrorCode.NUM))

    strict(name, number("x"), number("n"))(implementation)


_register("BESSELI", (_i0, _i1), _i, special.iv, positive=False)
_register("BESSELJ", (_j0, _j1), _j, special.jv, positive=False)
_register("BESSELK", (_k0, _k1), _k, special.kv, positive=True)
_register("BESSELY", (_y0, _y1), _y, special.yv, positive=True)

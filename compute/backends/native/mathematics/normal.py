"""The inverse of the standard normal distribution.

Between 0.02 and 0.98 an own rational function, computed always; beyond, √(−2 log p) less another one, behind a branch
that is taken when any lane needs it. Both are written so that the rational function's rounding is a fraction of an ulp.
"""

from __future__ import annotations

from compute.backends.native.mathematics.coefficients.normal import (
    CENTRE_ABOVE,
    CENTRE_BELOW,
    CENTRE_FROM,
    CENTRE_START,
    ROOT_TWO_PI,
    TAIL_ABOVE,
    TAIL_BELOW,
    TAIL_START,
)
from compute.backends.native.mathematics.lanes import INFINITY, NAN, Real
from compute.backends.native.mathematics.logarithm import log

__all__ = ["normal_quantile"]


def normal_quantile(p: Real) -> Real:
    """z with Φ(z) = p, to 2 ulp for every p from the least positive double; ∓∞ at 0 and 1, nan outside."""
    lanes = p.lanes
    # 1 − p is exact where it is the smaller one
    less = (p < 0.5).select(p, 1.0 - p)
    q = less - 0.5
    r = lanes.fma(-less, less, less) - CENTRE_START
    bend = q * q * (lanes.polynomial(r, CENTRE_ABOVE) / lanes.polynomial(r, CENTRE_BELOW)) + ROOT_TWO_PI[1]
    lost = less - (q + 0.5)
    centre = lanes.fma(q, ROOT_TWO_PI[0], lanes.fma(lost, bend + ROOT_TWO_PI[0], q * bend))
    far = ~(less >= CENTRE_FROM)
    result = lanes.rarely(far, centre, lambda: _tail(less))
    # at 0.5 itself the sign is +
    return (p <= 0.5).select(result, -result)


def _tail(less: Real) -> Real:
    lanes = less.lanes
    t = (-2.0 * log(less)).sqrt()
    v = t - TAIL_START
    z = lanes.polynomial(v, TAIL_ABOVE) / lanes.polynomial(v, TAIL_BELOW) - t
    return less.equals(0.0).select(-INFINITY, (less > 0.0).select(z, NAN))

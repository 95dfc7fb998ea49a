"""Tables of the error function."""

from __future__ import annotations

from mpmath import mp, mpf

from coefficients.minimax import minimax
from coefficients.tables import Row, split

CENTRE_TO = mpf("0.9")
_CENTRE = 4
"""A tail's argument a counts as (a − 4) / (a + 4)."""


def _middle(z: mpf) -> mpf:
    """(erf √z / √z − 2 / √π) / z."""
    if z == 0:
        return -2 / (3 * mp.sqrt(mp.pi))
    x = mp.sqrt(z)
    return (mp.erf(x) / x - 2 / mp.sqrt(mp.pi)) / z


def _tail(t: mpf) -> mpf:
    """(1 + 2a) exp(a²) erfc a."""
    a = _CENTRE * (1 + t) / (1 - t)
    return (1 + 2 * a) * mp.exp(a * a) * mp.erfc(a)


def rows() -> list[Row]:
    middle = minimax(_middle, (0, CENTRE_TO**2 * mpf("1.001")), (9, 0), lambda z: z)
    ends = tuple((mpf(a) - _CENTRE) / (mpf(a) + _CENTRE) for a in ("0.6", "28"))
    tail = minimax(_tail, ends, (21, 0))
    return [
        Row("ERF_SLOPE", split(2 / mp.sqrt(mp.pi), 53), "2 / √π as a pair"),
        Row("ERF_CENTRE_TO", float(CENTRE_TO), "up to where the central form holds"),
        Row("ERF_MIDDLE", middle.doubles()[0], f"(erf x / x − 2/√π) / z in z = x²; error of erf {middle.error:.1e}"),
        Row("ERF_TAIL", tail.doubles()[0], f"(1+2a) exp(a²) erfc a in (a−4)/(a+4), a from 0.6; error {tail.error:.1e}"),
        Row("ROOT_HALF", split(mp.sqrt(mpf(1) / 2), 53), "1 / √2 as a pair"),
        Row("PER_ROOT_TWO_PI", split(1 / mp.sqrt(2 * mp.pi), 53), "1 / √2π as a pair"),
    ]

"""Tables of the inverse of the normal distribution."""

from __future__ import annotations

from mpmath import mp, mpf

from coefficients.minimax import minimax
from coefficients.tables import Row, split

CENTRE_FROM = mpf("0.02")


def quantile(p: mpf) -> mpf:
    """z with Φ(z) = p, for p ≤ ½."""
    if p > mpf("1e-20"):
        return -mp.sqrt(2) * mp.erfinv(1 - 2 * p)
    t = mp.sqrt(-2 * mp.log(p))
    z = -(t - (mp.log(t) + mp.log(2 * mp.pi) / 2) / t)
    for _ in range(60):
        # Newton on log Φ, which is nearly a parabola
        tail = mp.erfc(-z / mp.sqrt(2)) / 2
        step = (mp.log(tail) - mp.log(p)) * tail / mp.npdf(z)
        z -= step
        if abs(step) < mpf(10) ** (-60):
            break
    return z


def _centre(r: mpf) -> mpf:
    """(z / (p − ½) − √2π) / (p − ½)², where r = p (1 − p)."""
    p = (1 - mp.sqrt(1 - 4 * r)) / 2
    return (quantile(p) / (p - mpf(1) / 2) - mp.sqrt(2 * mp.pi)) / (mpf(1) / 4 - r)


def _tail(t: mpf) -> mpf:
    """t + z, where t = √(−2 log p)."""
    return t + quantile(mp.exp(-t * t / 2))


def rows() -> list[Row]:
    low = mpf(float(CENTRE_FROM * (1 - CENTRE_FROM)))
    centre = minimax(
        lambda r: _centre(r + low),
        (0, mpf(1) / 4 - low),
        (10, 10),
        lambda r: (mpf(1) / 4 - low - r) / (mp.sqrt(2 * mp.pi) + (mpf(1) / 4 - low - r) * _centre(r + low)),
    )
    start = mpf(float(mp.sqrt(-2 * mp.log(CENTRE_FROM)) - mpf("0.001")))
    reach = mpf("38.62") - start
    tail = minimax(lambda t: _tail(t + start), (0, reach), (11, 11), lambda t: 1 / (t + start - _tail(t + start)))
    top, bottom = centre.doubles()
    above, below = tail.doubles()
    return [
        Row("ROOT_TWO_PI", split(mp.sqrt(2 * mp.pi), 53), "√2π as a pair"),
        Row("CENTRE_FROM", float(CENTRE_FROM), "the probability from which the central form holds"),
        Row("CENTRE_START", float(low), "p (1 − p) there"),
        Row("CENTRE_ABOVE", top, f"(z / (p−½) − √2π) / (p−½)² in p(1−p) − CENTRE_START; error of z {centre.error:.1e}"),
        Row("CENTRE_BELOW", bottom, "its denominator"),
        Row("TAIL_START", float(start), "√(−2 log p) at CENTRE_FROM, a little less"),
        Row("TAIL_ABOVE", above, f"t + z in t − TAIL_START, t = √(−2 log p) ≤ 38.6; error of z {tail.error:.1e}"),
        Row("TAIL_BELOW", below, "its denominator"),
    ]

"""Tables of sine, cosine and tangent."""

from __future__ import annotations

from mpmath import mp, mpf

from coefficients.minimax import minimax
from coefficients.tables import Row

# (π / 4)², a little beyond
_REACH = mpf("0.6169")


def _sine(z: mpf) -> mpf:
    """(sin √z − √z) / √z³."""
    if z == 0:
        return mpf(-1) / 6
    r = mp.sqrt(z)
    return (mp.sin(r) - r) / r**3


def _cosine(z: mpf) -> mpf:
    """(cos √z − 1 + z / 2) / z²."""
    return mpf(1) / 24 if z == 0 else (mp.cos(mp.sqrt(z)) - 1 + z / 2) / z**2


def rows() -> list[Row]:
    sine = minimax(_sine, (0, _REACH), (5, 0), lambda z: z)
    cosine = minimax(_cosine, (0, _REACH), (5, 0), lambda z: z**2)
    quarter = float(mp.pi / 2)
    return [
        Row("PER_QUARTER", float(2 / mp.pi), "2 / π"),
        Row("QUARTER", quarter, "π / 2 rounded to a double"),
        Row("QUARTER_REST", 565 * 2.0**-63, "what Excel's quarter turn, π / 2 rounded to 64 bits, is more than that"),
        Row("SINE_REST", sine.doubles()[0], f"(sin r − r) / r³ in z = r²; error of sin {sine.error:.1e}"),
        Row("COSINE_REST", cosine.doubles()[0], f"(cos r − 1 + z/2) / z²; error of cos {cosine.error:.1e}"),
    ]

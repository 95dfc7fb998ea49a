"""Tables of the inverse sine, cosine and tangent."""

from __future__ import annotations

from mpmath import mp, mpf

from coefficients.minimax import minimax
from coefficients.tables import Row, split

_ARC_TANGENT_REACH = mpf("0.1915")
_ARC_SINE_REACH = mpf("0.2501")
CENTRES = (mpf("0.5"), mpf(1), mpf("1.5"))


def _arc_tangent(z: mpf) -> mpf:
    """(atan √z − √z) / √z³."""
    if z == 0:
        return mpf(-1) / 3
    t = mp.sqrt(z)
    return (mp.atan(t) - t) / t**3


def _arc_sine(z: mpf) -> mpf:
    """(asin √z − √z) / √z³."""
    if z == 0:
        return mpf(1) / 6
    t = mp.sqrt(z)
    return (mp.asin(t) - t) / t**3


def rows() -> list[Row]:
    tangent = minimax(_arc_tangent, (0, _ARC_TANGENT_REACH), (10, 0), lambda z: z)
    sine = minimax(_arc_sine, (0, _ARC_SINE_REACH), (12, 0), lambda z: z)
    return [
        Row("HALF_PI", split(mp.pi / 2, 53), "π / 2 as a pair"),
        Row("PI", split(mp.pi, 53), "π as a pair"),
        Row(
            "ARC_CENTRES",
            tuple((float(c), *split(mp.atan(c), 53)) for c in CENTRES),
            "a number c, and atan c as a pair",
        ),
        Row(
            "ARC_TANGENT_REST", tangent.doubles()[0], f"(atan t − t) / t³ in z = t²; error of atan {tangent.error:.1e}"
        ),
        Row("ARC_SINE_REST", sine.doubles()[0], f"(asin t − t) / t³ in z = t²; error of asin {sine.error:.1e}"),
    ]

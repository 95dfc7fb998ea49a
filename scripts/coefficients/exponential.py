"""Tables of exp and expm1."""

from __future__ import annotations

from mpmath import mp, mpf

from coefficients.minimax import minimax
from coefficients.tables import Row, split

# a little beyond ln 2 / 2, since the argument is reduced with rounding
_REACH = mpf("0.34658")


def _rest(r: mpf) -> mpf:
    """(eʳ − 1 − r) / r²."""
    return (mp.expm1(r) - r) / r**2


def rows() -> list[Row]:
    fit = minimax(_rest, (-_REACH, _REACH), (10, 0), lambda r: r * r * mp.exp(-r))
    small = minimax(_rest, (-_REACH, _REACH), (10, 0), lambda r: abs(r))
    head, tail = split(mp.log(2), 42)
    return [
        Row("LN2_HEAD", head, "ln 2 to 42 bits, so that its product with an exponent is exact"),
        Row("LN2_TAIL", tail, "ln 2 − LN2_HEAD"),
        Row("PER_LN2", float(1 / mp.log(2)), "1 / ln 2"),
        Row("EXP_REST", fit.doubles()[0], f"(eʳ − 1 − r) / r² for |r| ≤ ln 2 / 2; error of eʳ {fit.error:.1e}"),
        Row("EXPM1_REST", small.doubles()[0], f"the same, for eʳ − 1; relative error {small.error:.1e}"),
    ]

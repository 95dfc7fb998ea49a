"""Tables of log and log1p."""

from __future__ import annotations

from mpmath import mp, mpf

from coefficients.minimax import minimax
from coefficients.tables import Row, split

# ((√2 − 1) / (√2 + 1))², a little beyond
_REACH = mpf("0.02945")


def _rest(z: mpf) -> mpf:
    """(2 artanh √z − 2 √z) / √z³."""
    s = mp.sqrt(z)
    return (2 * mp.atanh(s) - 2 * s) / s**3


def rows() -> list[Row]:
    plain = minimax(_rest, (0, _REACH), (6, 0), lambda z: z / 2)
    third_head, third_tail = split(mpf(2) / 3, 53)
    finer = minimax(lambda z: (_rest(z) - third_head - mpf(third_tail)) / z, (0, _REACH), (8, 0), lambda z: z * z / 2)
    ln2_low = split(mp.log(2), 42)[1]
    head, tail = split(mp.log(2), 42)
    middle = split(mp.log(2) - mpf(head), 53)
    assert tail == ln2_low
    return [
        Row("LOG_REST", plain.doubles()[0], f"(log((1+s)/(1−s)) − 2s) / s³ in z = s²; error of log {plain.error:.1e}"),
        Row("TWO_THIRDS", (third_head, third_tail), "2 / 3 as a pair"),
        Row("LOG_FINE", finer.doubles()[0], f"the same function less 2/3, over z; error of log {finer.error:.1e}"),
        Row("LN2_MIDDLE", middle[0], "ln 2 − LN2_HEAD to 53 bits"),
        Row("LN2_LAST", middle[1], "ln 2 − LN2_HEAD − LN2_MIDDLE"),
    ]

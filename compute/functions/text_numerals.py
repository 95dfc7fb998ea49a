"""Numbers in Japanese numerals: NUMBERSTRING, which Excel has without listing it.

Source: zakki-navi.hateblo.jp/entry/20230130 and atelierkobato.com/numberstring, which show what Excel gives.
"""

from __future__ import annotations

from compute.errors import ErrorCode, UnsupportedFormula
from compute.functions.signature import CellFailure, elementwise, number

MOST = 10_000_000
"""From here on it is not known whether a one is written before a thousand."""
_PLAIN, _FORMAL, _POSITIONAL = 1, 2, 3
_DIGITS = {
    _PLAIN: "\u3007\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d",
    _FORMAL: "\u3007\u58f1\u5f10\u53c2\u56db\u4f0d\u516d\u4e03\u516b\u4e5d",
}
_POWERS = {_PLAIN: ("", "\u5341", "\u767e", "\u5343"), _FORMAL: ("", "\u62fe", "\u767e", "\u9621")}
_TEN_THOUSAND = {_PLAIN: "\u4e07", _FORMAL: "\u842c"}


@elementwise("NUMBERSTRING", number("number"), number("type"))
def number_in_numerals(value: float, kind: float) -> str:
    """A whole number below ten million in everyday (1), formal (2) or positional (3) numerals; others are refused."""
    style = int(kind)
    if style not in (_PLAIN, _FORMAL, _POSITIONAL):
        raise CellFailure(ErrorCode.NUM)
    if value < 0 or value != int(value) or (value >= MOST and style != _POSITIONAL):
        raise UnsupportedFormula(f"NUMBERSTRING of {value:g} is not supported: only of whole numbers below {MOST:,}")
    digits = str(int(value))
    if style == _POSITIONAL or value == 0:
        return "".join(_DIGITS[_PLAIN][int(d)] for d in digits)
    upper, lower = divmod(int(value), 10_000)
    return (_group(upper, style) + _TEN_THOUSAND[style] if upper else "") + _group(lower, style)


def _group(value: int, style: int) -> str:
    """Up to four digits; in everyday numerals no one stands before ten, hundred and thousand."""
    words = ""
    for power in (3, 2, 1, 0):
        digit = value // 10**power % 10
        if digit == 0:
            continue
        silent = style == _PLAIN and digit == 1 and power > 0
        words += ("" if silent else _DIGITS[style][digit]) + _POWERS[style][power]
    return words

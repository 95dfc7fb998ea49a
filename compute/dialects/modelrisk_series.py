"""ModelRisk's time series: processes of log returns, shown as values that go on from an initial one.

``VoseTimeAR1(Mu, Sigma, A, R0, [Log Return], [Initial Value])`` gives log returns where its optional argument says so,
else the values. Only functions whose recurrence follows from what is documented in words are understood. Source: Vose
Software's risk wiki, pages of the functions.
"""

from __future__ import annotations

from dataclasses import replace

from compute.dialects.canonical import NotUnderstood, SeriesDraw
from compute.dialects.series import SeriesFunction, series_by_local_name
from compute.formulas.ast import Boolean, Call, Node, Number, Omitted

SERIES: dict[str, SeriesFunction] = series_by_local_name(
    "Vose",
    SeriesFunction("VoseTimeAR1(mu, sigma, a, r0, [log return], [initial value])", "AR1"),
    SeriesFunction("VoseTimeAR2(mu, sigma, a1, a2, r0, r-1, [log return], [initial value])", "AR2"),
)
"""ModelRisk's time series by their capital names without ``Vose``."""

_RETURNS, _VALUES = (Boolean(True), Number(1.0)), (Omitted(), Boolean(False), Number(0.0))


def series(function: SeriesFunction, arguments: list[Node]) -> SeriesDraw | NotUnderstood:
    """The call as a draw of a path, or why it cannot be one."""
    count = len(function.parameters)
    plain, further = arguments[:count], [*arguments[count:], Omitted(), Omitted()]
    drawn = function.draw(Call(function.name.upper(), tuple(plain)), lambda _: None)
    if isinstance(drawn, NotUnderstood):
        return drawn
    if len(further) > 4:
        found = f"it takes at most {count + 2} arguments, but {len(arguments)} are given"
        return NotUnderstood(function.name, found)
    returns, initial = further[:2]
    if returns in _RETURNS:
        return drawn
    if returns not in _VALUES:
        return NotUnderstood(function.name, "whether it gives log returns must be written in it, as TRUE or FALSE")
    if isinstance(initial, Omitted):
        return NotUnderstood(function.name, "its initial value is left out, from which the values go on")
    return replace(drawn, transform=(Number(1.0),), integrate=(Number(1.0), Call("LN", (initial,))))

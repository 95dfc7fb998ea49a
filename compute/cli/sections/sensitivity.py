"""Tornado, regression, contribution to variance and spider in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from compute.cli.tables import number, table
from compute.details import RegressionDetail, ResultDetails, TornadoDetail

MOST = 15
"""Inputs that are shown of each output."""
_WIDTH = 20


def tornado_text(details: ResultDetails) -> Sequence[str]:
    """Two tables of bars for each output."""
    return [_tornado(each) for each in details.tornado or () if each.bars]


def _tornado(found: TornadoDetail) -> str:
    rows = [(f"tornado: {found.output}", "rank correlation", "", "mean, low", "mean, high", "swing")]
    for each in found.bars[:MOST]:
        rho = each.rank_correlation
        swing = None if each.low_mean is None or each.high_mean is None else each.high_mean - each.low_mean
        rows.append(
            (
                each.input,
                "–" if rho is None else f"{rho:.3f}",
                _both_ways(rho),
                number(each.low_mean),
                number(each.high_mean),
                number(swing),
            )
        )
    return "\n".join((table(rows), *_rest(len(found.bars), "inputs")))


def _both_ways(share: float | None) -> str:
    """A bar left or right of a middle line, always of the same width."""
    filled = 0 if share is None else min(_WIDTH // 2, round(abs(share) * _WIDTH / 2))
    half = _WIDTH // 2
    if (share or 0.0) < 0:
        return " " * (half - filled) + "█" * filled + "│" + " " * half
    return " " * half + "│" + "█" * filled + " " * (half - filled)


def _rest(count: int, what: str) -> list[str]:
    return [f"… and {count - MOST:,} more {what}"] if count > MOST else []


def regression_text(details: ResultDetails) -> Sequence[str]:
    """Coefficients and R² of each output, and which inputs have none and why."""
    return [_regression(each) for each in details.regression or ()]


def _regression(found: RegressionDetail) -> str:
    rows = [(f"regression: {found.output}", "standardised", "per sd", "per unit", "p")]
    rows += [
        (t.input, f"{t.standardised:.3f}", number(t.mapped), number(t.coefficient), f"{t.p_value:.2g}")
        for t in found.terms[:MOST]
    ]
    lines = [table(rows), *_rest(len(found.terms), "terms")]
    if found.r_squared is None:
        lines.append("no regression: the output is constant or has fewer than three iterations")
    else:
        adjusted = "" if found.adjusted_r_squared is None else f" (adjusted {found.adjusted_r_squared:.3f})"
        lines.append(f"R² {found.r_squared:.3f}{adjusted}, {found.count:,} iterations, {found.left_out:,} left out")
    for names, why in (
        (found.not_significant, "not significant"),
        (found.collinear, "a combination of others"),
        (found.constant, "constant"),
    ):
        if names:
            lines.append(f"{why}: {', '.join(names[:MOST])}" + (" …" if len(names) > MOST else ""))
    return "\n".join(lines)


def contribution_text(details: ResultDetails) -> Sequence[str]:
    """Signed shares of the variance."""
    parts = []
    for each in details.contribution or ():
        rows = [(f"contribution to variance: {each.output}", "share", "")]
        rows += [(b.input, "–" if b.share is None else f"{b.share:.1%}", _both_ways(b.share)) for b in each.bars[:MOST]]
        parts.append("\n".join((table(rows), *_rest(len(each.bars), "inputs"))))
    return parts


def spider_text(details: ResultDetails) -> Sequence[str]:
    """The output's mean over bins of each input."""
    parts = []
    for each in details.spider or ():
        percents = next((line.percents for line in each.lines if len(line.percents) > 1), ())
        shown = [line for line in each.lines if line.percents == percents][:MOST]
        if not shown:
            continue
        rows = [(f"spider: mean of {each.output} at", *(f"{p:g} %" for p in percents))]
        rows += [(line.input, *(number(value) for value in line.values)) for line in shown]
        parts.append("\n".join((table(rows), *_rest(len(each.lines), "inputs"))))
    return parts

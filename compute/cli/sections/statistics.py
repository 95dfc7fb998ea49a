"""Statistics, confidence intervals, density curves and correlations in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from compute.cli.tables import BLOCKS, number, table
from compute.details import DensityDetail, IntervalData, ResultDetails

ACROSS = 6
"""Variables side by side in one table of statistics."""
_LINES = (
    ("kind", "kind"),
    ("cell", "cell"),
    ("iterations", "count"),
    ("errors", "errors"),
    ("mean", "mean"),
    ("standard error", "standard_error"),
    ("median", "median"),
    ("mode", "mode"),
    ("standard deviation", "standard_deviation"),
    ("variance", "variance"),
    ("coefficient of variation", "coefficient_of_variation"),
    ("semi-deviation", "semi_deviation"),
    ("mean absolute deviation", "mean_absolute_deviation"),
    ("skewness", "skewness"),
    ("kurtosis", "kurtosis"),
    ("minimum", "minimum"),
    ("maximum", "maximum"),
    ("range", "range"),
    ("value at risk 5 %", "value_at_risk"),
    ("conditional value at risk 5 %", "conditional_value_at_risk"),
)
_INTERVALS = (
    ("mean", "mean"),
    ("sd", "standard_deviation"),
    ("5 %", "percentile_5"),
    ("median", "median"),
    ("95 %", "percentile_95"),
)


def statistics_text(details: ResultDetails) -> Sequence[str]:
    """A column for each variable, a few of them side by side."""
    found = details.statistics or ()
    parts = []
    for start in range(0, len(found), ACROSS):
        shown = found[start : start + ACROSS]
        rows = [("statistic", *(each.key for each in shown))]
        rows += [(label, *(_cell(getattr(each, name)) for each in shown)) for label, name in _LINES]
        levels = next((each.percentiles for each in shown if each.percentiles), {})
        rows += [(f"{level} %", *(number(each.percentiles.get(level)) for each in shown)) for level in levels]
        parts.append(table(rows))
    return parts


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return value if isinstance(value, str) else number(value if isinstance(value, float) else None)


def intervals_text(details: ResultDetails) -> Sequence[str]:
    """A row for each variable: estimate ranges at 95 % confidence."""
    found = details.intervals or ()
    if not found:
        return []
    rows = [(f"{found[0].confidence:.0%} confidence", *(label for label, _ in _INTERVALS))]
    rows += [(each.key, *(_interval(getattr(each, name)) for _, name in _INTERVALS)) for each in found]
    return [table(rows)]


def _interval(found: IntervalData | None) -> str:
    if found is None:
        return "–"
    low, high = (infinite if end is None else number(end) for end, infinite in ((found.low, "-∞"), (found.high, "∞")))
    return f"{low} … {high}"


def density_text(details: ResultDetails) -> Sequence[str]:
    """A line of blocks for each variable."""
    rows: list[tuple[str, ...]] = [("density", "from", "to", "curve")]
    rows += [_curve(each) for each in details.density or () if each.x]
    return [table(rows, 4)] if len(rows) > 1 else []


def _curve(found: DensityDetail, width: int = 48) -> tuple[str, ...]:
    size, most = len(found.height), max(found.height)
    picked = [max(found.height[i * size // width : (i + 1) * size // width]) for i in range(width)]
    return (found.key, number(found.x[0]), number(found.x[-1]), "".join(BLOCKS[round(h / most * 8)] for h in picked))


def correlations_text(details: ResultDetails) -> Sequence[str]:
    """Rank correlations of inputs with outputs, a few outputs side by side."""
    found = details.correlations
    if found is None or not found.inputs:
        return []
    parts = []
    for start in range(0, len(found.outputs), ACROSS):
        rows = [("rank correlation", *found.outputs[start : start + ACROSS])]
        for name, row in zip(found.inputs, found.spearman, strict=True):
            rows.append((name, *("–" if v is None else f"{v:.3f}" for v in row[start : start + ACROSS])))
        parts.append(table(rows))
    return parts

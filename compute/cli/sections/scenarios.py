"""Scenarios in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from compute.cli.tables import number, table
from compute.details import ResultDetails, ScenarioDetail


def scenario_text(details: ResultDetails) -> Sequence[str]:
    """For each scenario the inputs that set it apart."""
    return [_scenario(each) for each in details.scenarios or ()]


def _scenario(found: ScenarioDetail) -> str:
    title = f"scenario: {found.output} {_range(found)}: {found.count:,} of {found.total:,} iterations"
    shown = [line for line in found.inputs if line.significant]
    if not shown:
        return f"{title}\nno input's median differs by half a standard deviation or more"
    rows = [("input", "median", "overall", "percentile", "in sd", "KS distance")]
    rows += [
        (
            line.input,
            number(line.median),
            number(line.overall_median),
            "–" if line.percentile_of_median is None else f"{line.percentile_of_median:.1%}",
            "–" if line.significance is None else f"{line.significance:+.2f}",
            "–" if line.distance is None else f"{line.distance:.3f}",
        )
        for line in shown
    ]
    return f"{title}\n{table(rows)}"


def _range(found: ScenarioDetail) -> str:
    low, high = (
        None if end is None else f"{end * 100:g} %" if found.percentiles else number(end)
        for end in (found.low, found.high)
    )
    unit = "its percentile " if found.percentiles else ""
    if low is None or high is None:
        return f"≥ {unit}{low}" if low is not None else f"≤ {unit}{high}" if high is not None else "anywhere"
    return f"from {unit}{low} to {high}"

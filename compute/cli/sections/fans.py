"""Fan charts in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from compute.cli.tables import number, table
from compute.details import ResultDetails


def fan_text(details: ResultDetails) -> Sequence[str]:
    """The bands of each range, a row for each of its cells."""
    parts = []
    for fan in details.fan or ():
        rows = [(f"fan: {fan.name}", *(f"{p:g} %" for p in fan.percents), "mean", "errors")]
        for place, key in enumerate(fan.outputs):
            bands = (number(band[place]) for band in fan.bands)
            rows.append((key, *bands, number(fan.means[place]), f"{fan.errors[place]:,}"))
        parts.append(table(rows))
    return parts

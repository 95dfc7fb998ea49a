"""How means settled, in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from compute.cli.tables import number, table
from compute.details import ConvergenceDetail, ResultDetails


def convergence_text(details: ResultDetails) -> Sequence[str]:
    """For each output a row for each point of its series."""
    return [_convergence(each) for each in details.convergence_series or () if each.iterations]


def _convergence(found: ConvergenceDetail) -> str:
    rows = [(f"running mean: {found.output}", "mean", f"± at {found.confidence:.0%}")]
    rows += [
        (f"{iterations:,}", number(mean), number(half))
        for iterations, mean, half in zip(found.iterations, found.means, found.half_widths, strict=True)
    ]
    return table(rows)

"""The details of a run as a person reads them, one module for each kind of section."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from compute.cli.sections.convergence import convergence_text
from compute.cli.sections.fans import fan_text
from compute.cli.sections.scenarios import scenario_text
from compute.cli.sections.sensitivity import contribution_text, regression_text, spider_text, tornado_text
from compute.cli.sections.statistics import correlations_text, density_text, intervals_text, statistics_text
from compute.details import DETAIL_SECTIONS, ResultDetails

_TEXTS: dict[str, Callable[[ResultDetails], Sequence[str]]] = {
    "statistics": statistics_text,
    "intervals": intervals_text,
    "density": density_text,
    "tornado": tornado_text,
    "regression": regression_text,
    "contribution": contribution_text,
    "spider": spider_text,
    "fan": fan_text,
    "scenarios": scenario_text,
    "correlations": correlations_text,
    "convergence_series": convergence_text,
}
_CONVENTIONS = {"atrisk": "@RISK's conventions", "excel": "Excel's conventions"}


def details_text(details: ResultDetails) -> str:
    """Every section that is there, then what the reader should know."""
    parts = [f"details, by {_CONVENTIONS[details.convention]}"]
    for name in DETAIL_SECTIONS:
        if getattr(details, name) is not None:
            parts += _TEXTS[name](details)
    if details.without_effect:
        parts.append(f"inputs without effect on any output: {', '.join(details.without_effect)}")
    parts += [f"note: {note}" for note in details.notes]
    return "\n\n".join(parts)


__all__ = ["details_text"]

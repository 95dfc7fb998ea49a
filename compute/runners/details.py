"""What a run's samples say beyond the summary, section by section; each computed when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from compute.analysis import Convention, OutputRange, constant_inputs
from compute.details import DETAIL_SECTIONS, ConventionName, DetailSection, ResultDetails
from compute.errors import ComputeError, SpecificationError
from compute.formulas import parse_address, parse_cell_key
from compute.runners import detail_sections
from compute.runners.detail_sections import Study

if TYPE_CHECKING:
    from compute.runners.result import Result, Variable

ALL = "all"
MOST_INPUTS = 100
SCENARIOS = (OutputRange(0.75, None, True), OutputRange(None, 0.25, True), OutputRange(0.9, None, True))
"""The scenarios that @RISK analyses unless told others: the best quarter, the worst one, the best tenth."""
CONVENTIONS: Mapping[ConventionName, Convention] = {"atrisk": Convention.ATRISK, "excel": Convention.EXCEL}
_NAMED = 10
_MAKERS: Mapping[DetailSection, Callable[[Study], Any]] = {
    "statistics": detail_sections.statistics,
    "intervals": detail_sections.intervals,
    "density": detail_sections.densities,
    "tornado": detail_sections.tornadoes,
    "regression": detail_sections.regressions,
    "contribution": detail_sections.contributions,
    "spider": detail_sections.spiders,
    "fan": detail_sections.fans,
    "scenarios": detail_sections.scenarios,
    "correlations": detail_sections.correlations,
    "convergence_series": detail_sections.convergence_series,
}


def sections_of(include: Collection[str]) -> tuple[DetailSection, ...]:
    """The sections of these names, each once, in the order of ``DETAIL_SECTIONS``; ``all`` stands for every one.

    Raises SpecificationError for a name that is no section.
    """
    wanted = {name.strip().lower() for name in include if name.strip()}
    unknown = sorted(wanted - {ALL, *DETAIL_SECTIONS})
    if unknown:
        raise SpecificationError(
            f"there is no section {unknown[0]!r} of results; there are {', '.join(DETAIL_SECTIONS)}, and {ALL}",
            code="results.section",
        )
    return tuple(name for name in DETAIL_SECTIONS if ALL in wanted or name in wanted)


def details_of(
    result: Result,
    include: Collection[str],
    convention: ConventionName,
    fan: Sequence[str],
    scenarios: Sequence[OutputRange],
) -> ResultDetails:
    """See ``Result.details``."""
    if convention not in CONVENTIONS:
        raise SpecificationError(
            f"convention is {convention!r}; it must be {' or '.join(CONVENTIONS)}", code="results.convention"
        )
    wanted = sections_of(include)
    inputs = dict(list(result.inputs.items())[:MOST_INPUTS])
    drivers = dict(list(result.drivers.items())[:MOST_INPUTS])
    left_out = tuple(key for key in result.inputs if key not in inputs and key not in drivers)
    study = Study(
        outputs=result.outputs,
        inputs=inputs,
        drivers=drivers,
        bars={each.key: each.tornado for each in result.summary().outputs},
        groups=result.correlations,
        convention=CONVENTIONS[convention],
        fans=dict(result.ranges) | {text: outputs_within(text, result.outputs) for text in fan},
        scenarios=tuple(scenarios) or SCENARIOS,
    )
    return ResultDetails(
        digest=result.digest,
        convention=convention,
        without_effect=result.unused_inputs,
        left_out=left_out,
        notes=tuple(_notes(study, wanted, left_out)),
        **{section: _made(result, section, study) for section in wanted},
    )


def _made(result: Result, section: DetailSection, study: Study) -> Any:
    """A section, kept for the next who asks for the same of this run."""
    key = (section, study.convention, tuple(study.fans.items()), study.scenarios)
    if key not in result.made_details:
        # Sums over huge samples may leave the doubles; the statistic is None then.
        with np.errstate(over="ignore", invalid="ignore"):
            result.made_details[key] = _MAKERS[section](study)
    return result.made_details[key]


def _notes(study: Study, wanted: Collection[str], left_out: Sequence[str]) -> Iterator[str]:
    if wanted and left_out:
        more = f" and {len(left_out) - _NAMED:,} more" if len(left_out) > _NAMED else ""
        yield f"details cover the first {MOST_INPUTS} inputs, without {', '.join(left_out[:_NAMED])}{more}"
    if wanted and (constant := constant_inputs(detail_sections.loaded(study.inputs))):
        yield f"inputs that never varied in this run: {', '.join(constant)}"
    if "fan" in wanted and not study.fans:
        yield "a fan chart needs a range of outputs, for example Model!B5:F5"


def outputs_within(text: str, outputs: Mapping[str, Variable]) -> tuple[str, ...]:
    """The keys of the outputs in a range (``Model!B5:F5``), row by row.

    Raises SpecificationError for what is no range, and for one with fewer than two outputs.
    """
    first, _, last = text.rpartition(":")
    try:
        sheet, top, left = parse_cell_key(first)
        bottom, right = parse_address(last)
    except ComputeError:
        raise SpecificationError(
            f"{text!r} is no range of cells; write it like Model!B5:F5", code="results.range"
        ) from None
    found = []
    for key, variable in outputs.items():
        own, row, column = parse_cell_key(variable.cell)
        if own.casefold() == sheet.casefold() and top <= row <= bottom and left <= column <= right:
            found.append((row, column, key))
    if len(found) < 2:
        raise SpecificationError(
            f"{text} holds {len(found)} outputs, and a fan chart needs two or more; mark its cells as outputs",
            code="results.range",
        )
    return tuple(key for _, _, key in sorted(found))

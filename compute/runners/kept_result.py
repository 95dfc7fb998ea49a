"""The result of a run whose samples lie in a file: loaded a column at a time, analysed out of core."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np

from compute.analysis.paged import PagedRanked, paged_correlations
from compute.analysis.realised_correlations import RealisedCorrelations, realised_correlations
from compute.engines.trials import TrialColumn, TrialsFile
from compute.errors import CODES_BY_TEXT, ErrorCode, SpecificationError
from compute.program import Program
from compute.protocol import ResultSummary, VariableSummary
from compute.runners.correlations import Tie, reports_of
from compute.runners.kept_columns import KeptColumn
from compute.runners.result import MOST_TORNADO_INPUTS, Result, Variable
from compute.values import Codes, Floats

HELD_BYTES = 256 * 2**20


class KeptSamples:
    """The samples of a run by variable; the last one that was loaded stays in memory."""

    def __init__(
        self, kept: TrialsFile, others: TrialsFile, columns: Sequence[KeptColumn], errors: np.ndarray, iterations: int
    ) -> None:
        """``errors`` counts each variable's error codes; ``others`` holds what is gone once ``settle`` was called."""
        self._kept, self._others = kept, others
        self.columns, self.error_counts, self.iterations = columns, errors, iterations
        self._last: tuple[int, Floats] | None = None
        self._are_others_gone = False
        self.check: Callable[[], None] | None = None

    def samples(self, place: int) -> Floats:
        """The samples of one variable, not to be written to. Raises SpecificationError, OSError and ValueError."""
        if self._last is None or self._last[0] != place:
            self._last = None
            self._last = (place, self.fresh(place))
        return self._last[1]

    def fresh(self, place: int) -> Floats:
        """As ``samples``, without keeping them."""
        if self.check is not None:
            self.check()
        found = self._file(place).samples(self.columns[place].column)
        found.flags.writeable = False
        return found

    def codes(self, place: int) -> Codes:
        """The error codes of one variable; none of them are read where there were none."""
        if not self.error_counts[place].any():
            return np.zeros(self.iterations, np.uint8)
        return self._file(place).codes(self.columns[place].column)

    def settle(self, path: Path) -> None:
        """The kept file lies at ``path`` now, and the other is about to go."""
        self._kept.path, self._are_others_gone, self._last, self.check = path, True, None, None

    def _file(self, place: int) -> TrialsFile:
        if self.columns[place].is_kept:
            return self._kept
        if self._are_others_gone:
            key = self.columns[place].column.key
            raise SpecificationError(
                f"the trials of the input {key} were not kept; name it among those to keep", code="results.not_kept"
            )
        return self._others


class KeptVariable(Variable):
    """A variable whose samples are loaded when they are asked for."""

    def __init__(self, source: KeptSamples, place: int) -> None:
        column = source.columns[place].column
        self.key, self.name, self.cell = column.key, column.name, column.cell
        self._source, self._place = source, place

    @property
    def samples(self) -> Floats:  # type: ignore[override]
        return self._source.samples(self._place)

    @property
    def codes(self) -> Codes:  # type: ignore[override]
        return self._source.codes(self._place)

    @property
    def errors(self) -> int:
        return int(self._source.error_counts[self._place, 1:].sum())

    @cached_property
    def error_codes(self) -> dict[str, int]:
        counts = self._source.error_counts[self._place]
        return {ErrorCode(code).text: int(counts[code]) for code in np.flatnonzero(counts).tolist() if code}


def variables(samples: KeptSamples) -> tuple[dict[str, Variable], dict[str, Variable]]:
    """The outputs and the inputs by key."""
    found: tuple[dict[str, Variable], dict[str, Variable]] = ({}, {})
    for place, entry in enumerate(samples.columns):
        found[entry.column.kind == "input"][entry.column.key] = KeptVariable(samples, place)
    return found


def variables_in(path: Path, summary: ResultSummary) -> tuple[dict[str, Variable], dict[str, Variable]]:
    """The outputs and inputs of a finished run, by key, whose samples lie in its file of trials.

    Raises OSError and ValueError for a file that is not there, or not one of trials.
    """
    file = TrialsFile(path)
    held = {(column.kind, column.key): column for column in file.columns()}
    kinds: tuple[tuple[Literal["output", "input"], tuple[VariableSummary, ...]], ...] = (
        ("output", summary.outputs),
        ("input", summary.inputs),
    )
    entries = [(kind, each) for kind, listed in kinds for each in listed]
    columns = [
        KeptColumn(held.get((kind, v.key)) or TrialColumn(kind, v.key, v.name, v.cell, "", ""), (kind, v.key) in held)
        for kind, v in entries
    ]
    errors = np.zeros((len(entries), 256), np.int64)
    for place, (_, each) in enumerate(entries):
        for text, count in each.error_codes.items():
            errors[place, CODES_BY_TEXT[text]] = count
    samples = KeptSamples(file, file, columns, errors, summary.certificate.iterations)
    samples.settle(path)
    return variables(samples)


def analysed(
    result: Result,
    samples: KeptSamples,
    program: Program,
    ties: Sequence[Tie],
    folder: Path,
    check: Callable[[], None],
) -> None:
    """Gives the result its summary, as if all samples had been in memory; ``check`` may raise between columns."""
    first = len(program.outputs)
    places = {site.key: first + site.index for site in program.draws}
    samples.check = check

    def realised(members: Sequence[int]) -> RealisedCorrelations:
        if 48 * len(members) * samples.iterations <= HELD_BYTES:
            return realised_correlations(np.stack([samples.fresh(first + m) for m in members]))
        keys = [program.draws[m].key for m in members]
        return paged_correlations(keys, lambda key: samples.fresh(places[key]), folder)

    result.correlations = reports_of(ties, program, realised)
    names = list(result.drivers)[:MOST_TORNADO_INPUTS]
    ranked = PagedRanked(names, lambda key: samples.fresh(places[key]), folder)
    ranked.prepare()
    result.keep_summary(result.summarised(ranked))

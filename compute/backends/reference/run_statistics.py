"""Statistics of a finished run in the cells that ask for them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

import numpy as np

from compute.analysis.cell_statistics import PAIR_STATISTICS, STATISTICS, THEORETICAL, filtered, theoretical
from compute.analysis.conventions import quantile
from compute.analysis.percentiles import without_errors
from compute.backends.reference.frame import Frame
from compute.dialects import Statistic
from compute.distributions import Distribution
from compute.errors import ErrorCode
from compute.formulas.ast import Node
from compute.graph import CellId
from compute.records import dataclass
from compute.values import Array, Floats, Kind, Reference, error, numeric, to_numbers

if TYPE_CHECKING:
    from compute.backends.reference.evaluator import Evaluator


@dataclass(frozen=True, slots=True, eq=False)
class SimulationSamples:
    """One simulation's samples by cell and by name (in lower case): float64, (iterations,), NaN for errors."""

    cells: Mapping[CellId, Floats]
    names: Mapping[str, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class RunStatistics:
    """What cells can ask for: the samples of one or more simulations, and the laws of input cells.

    Before any run there are no samples, and a statistic is #N/A; a law's own statistics are known all the same.
    """

    simulations: Sequence[SimulationSamples] = ()
    laws: Mapping[CellId, Distribution] = field(default_factory=dict)
    named_laws: Mapping[str, Distribution] = field(default_factory=dict)

    def value(self, evaluator: Evaluator, node: Statistic, frame: Frame) -> Array:
        """The statistic as a cell shows it; errors in its arguments are its value."""
        numbers: list[float] = []
        for argument in node.arguments:
            given = _number(evaluator, argument, frame)
            if isinstance(given, ErrorCode):
                return error(given)
            numbers.append(given)
        kind = node.kind.removeprefix("theoretical:")
        if kind != node.kind:
            return self._theory(evaluator, node, kind, numbers, frame)
        samples = self._samples(evaluator, node, frame)
        if isinstance(samples, ErrorCode):
            return error(samples)
        if len(samples) == 2:
            return _shown(PAIR_STATISTICS[kind](samples[0], samples[1]))
        count, compute = STATISTICS[kind]
        if len(numbers) != count:
            return error(ErrorCode.VALUE)
        try:
            return _shown(compute(samples[0], numbers))
        except ValueError:
            return error(ErrorCode.NUM)

    def _samples(self, evaluator: Evaluator, node: Statistic, frame: Frame) -> list[Floats] | ErrorCode:
        number = 1.0 if node.simulation is None else _number(evaluator, node.simulation, frame)
        if isinstance(number, ErrorCode):
            return number
        if not 1 <= number <= len(self.simulations):
            return ErrorCode.NA
        simulation = self.simulations[int(number) - 1]
        found: list[Floats] = []
        for variable in node.of:
            name = _name(evaluator, variable, frame)
            known = simulation.names.get(name) if isinstance(name, str) else simulation.cells.get(name or (-1, 0, 0))
            if known is None:
                return ErrorCode.NA
            limited = _limited(evaluator, node, known, frame)
            if isinstance(limited, ErrorCode):
                return limited
            found.append(limited)
        return found

    def _theory(
        self, evaluator: Evaluator, node: Statistic, kind: str, numbers: Sequence[float], frame: Frame
    ) -> Array:
        name = _name(evaluator, node.of[0], frame)
        law = self.named_laws.get(name) if isinstance(name, str) else self.laws.get(name or (-1, 0, 0))
        if law is None or kind not in THEORETICAL:
            return error(ErrorCode.NA)
        try:
            return _shown(theoretical(law, kind, numbers))
        except (ValueError, IndexError):
            return error(ErrorCode.NUM)


def _name(evaluator: Evaluator, node: Node, frame: Frame) -> str | CellId | None:
    """The variable that is meant: a cell, or a name in lower case."""
    place = evaluator.place(node, frame)
    if isinstance(place, Reference):
        area = place.area
        return (area.sheet, area.top, area.left)
    if isinstance(place, Array) and place.kind_array()[0, 0, 0] == Kind.TEXT:
        return str(place.item()).casefold()
    return None


def _number(evaluator: Evaluator, node: Node, frame: Frame) -> float | ErrorCode:
    numbers, codes = to_numbers(evaluator.scalar(node, frame), evaluator.date_1904)
    if codes is not None and codes[0, 0, 0]:
        return ErrorCode(int(codes[0, 0, 0]))
    return float(numbers[0, 0, 0])


def _limited(evaluator: Evaluator, node: Statistic, samples: Floats, frame: Frame) -> Floats | ErrorCode:
    limits = [-math.inf, math.inf]
    ascending = np.sort(without_errors(samples)) if node.by_percentile else samples
    for i, limit in enumerate((node.low, node.high)):
        if limit is None:
            continue
        given = _number(evaluator, limit, frame)
        if isinstance(given, ErrorCode):
            return given
        if node.by_percentile:
            if not 0.0 <= given <= 1.0 or ascending.size == 0:
                return ErrorCode.NUM
            given = quantile(ascending, given)
        limits[i] = given
    return filtered(samples, limits[0], limits[1]) if limits != [-math.inf, math.inf] else samples


def _shown(value: float | None) -> Array:
    return error(ErrorCode.NA) if value is None or not math.isfinite(value) else numeric(value)

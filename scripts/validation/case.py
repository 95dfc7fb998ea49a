"""An analytic case: a workbook, and what its output is known to do; run through the product as a person would."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from compute import Model
from compute.sampling import Sampling
from compute.workbook import build_workbook

FloatArray = npt.NDArray[np.float64]
SHEET = "Model"
ITERATIONS = 4_096
REPEATS = 100
MORE = 400
SUSPICIOUS = 3.0
"""A line this many standard errors off is run again, with ``MORE`` seeds that were not used before."""
WAYS: tuple[Sampling, ...] = ("monte_carlo", "latin_hypercube", "sobol")


@dataclass(frozen=True, slots=True)
class Typed:
    """One cell as it is typed."""

    cell: str
    input: float | str
    format: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of typed cells."""

    name: str
    cells: tuple[Typed, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook as ``build_workbook`` takes it."""

    sheets: tuple[Sheet, ...]
    names: tuple[()] = ()


@dataclass(frozen=True, slots=True)
class Statistic:
    """The mean of ``score`` over the samples of a cell, whose exact value is known.

    Means have no bias under any of the three ways of sampling; percentiles and the usual variance do.
    """

    label: str
    cell: str
    score: Callable[[FloatArray], FloatArray]
    exact: float


@dataclass(frozen=True, slots=True)
class Case:
    """A workbook of one sheet and the statistics that it is judged by; ``source`` says where the exact values are from.

    ``told`` shows the cells as the page prints them.
    """

    title: str
    told: str
    source: str
    cells: Mapping[str, float | str]
    statistics: tuple[Statistic, ...]

    def seeds(self, number: int) -> range:
        """The seeds of the case of that number: no two cases share any, for their cells share streams."""
        return range(1_000 * number + 1, 1_000 * number + 1 + REPEATS)

    def model(self) -> Model:
        """The workbook, opened from its bytes."""
        typed = tuple(Typed(cell, value) for cell, value in self.cells.items())
        watched = list(dict.fromkeys(f"{SHEET}!{s.cell}" for s in self.statistics))
        return Model.open(build_workbook(Book((Sheet(SHEET, typed),))), outputs=watched)


@dataclass(frozen=True, slots=True)
class Line:
    """One statistic under one way of sampling: the mean over the seeds and its standard error by their spread."""

    statistic: Statistic
    way: Sampling
    seeds: range
    ours: float
    standard_error: float

    @property
    def error(self) -> float:
        """Ours less the exact value."""
        return self.ours - self.statistic.exact

    @property
    def in_standard_errors(self) -> float:
        """The error over its standard error: Student's t with one degree of freedom less than there are seeds."""
        if abs(self.error) <= 1e-12 * max(1.0, abs(self.statistic.exact)):
            return 0.0
        return math.inf if self.standard_error == 0.0 else self.error / self.standard_error


def lines(case: Case, number: int, way: Sampling) -> tuple[Line, ...]:
    """Every statistic of a case under one way of sampling; with those that were run again, after them."""
    model, seeds = case.model(), case.seeds(number)
    found = _lines(case, model, way, seeds)
    again = [i for i, line in enumerate(found) if abs(line.in_standard_errors) > SUSPICIOUS]
    if again:
        more = _lines(case, model, way, range(seeds.stop, seeds.stop + MORE))
        found += [more[i] for i in again]
    return tuple(found)


def _lines(case: Case, model: Model, way: Sampling, seeds: range) -> list[Line]:
    table = np.array([_means(case, model, way, seed) for seed in seeds])
    means, errors = table.mean(axis=0), table.std(axis=0, ddof=1) / math.sqrt(len(seeds))
    return [Line(s, way, seeds, float(means[i]), float(errors[i])) for i, s in enumerate(case.statistics)]


def _means(case: Case, model: Model, way: Sampling, seed: int) -> list[float]:
    outputs = model.simulate(ITERATIONS, seed, way, threads=1).outputs
    return [float(s.score(outputs[f"{SHEET}!{s.cell}"].samples).mean()) for s in case.statistics]


def mean(cell: str, exact: float, label: str = "mean") -> Statistic:
    """The mean of a cell."""
    return Statistic(label, cell, lambda x: x, exact)


def variance(cell: str, about: float, exact: float) -> Statistic:
    """The mean squared distance from the exact mean."""
    return Statistic("variance", cell, lambda x: (x - about) ** 2, exact)


def share(cell: str, at_most: float, exact: float, label: str) -> Statistic:
    """The share of iterations with at most a given value."""
    return Statistic(label, cell, lambda x: (x <= at_most).astype(np.float64), exact)

"""Which inputs move an output: contribution to variance, change in an output statistic, spider, grouped drivers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterable, Mapping

import numpy as np

from compute.analysis.describe import Measure
from compute.analysis.leaves import FloatArray
from compute.analysis.ordering import stable_order
from compute.records import dataclass

MEAN = Measure("mean")
BINS = 10


@dataclass(frozen=True, slots=True)
class StatisticChange:
    """A statistic of an output over bins of equal count, iterations sorted by one input.

    ``percents[i]`` is the middle of bin i in percent of the input (5, 15 … 95 for ten bins), ``input_means[i]`` the
    input's mean there, ``values[i]`` the statistic of the output's samples there; None where they do not determine it.
    ``baseline`` is the statistic over all these iterations. A constant input has one bin.
    """

    name: str
    percents: tuple[float, ...]
    input_means: tuple[float, ...]
    values: tuple[float | None, ...]
    baseline: float | None

    @property
    def low(self) -> float | None:
        """The lowest value over the bins, the left end of a tornado bar."""
        return min((value for value in self.values if value is not None), default=None)

    @property
    def high(self) -> float | None:
        """The highest value over the bins, the right end of a tornado bar."""
        return max((value for value in self.values if value is not None), default=None)

    @property
    def swing(self) -> float:
        """The length of the bar, 0 or more."""
        return 0.0 if self.low is None or self.high is None else self.high - self.low

    @property
    def rising(self) -> bool:
        """Whether the output's statistic is higher where the input is high."""
        first, last = (self.values[0], self.values[-1]) if self.values else (None, None)
        return first is not None and last is not None and last >= first


def change_in_statistic(
    inputs: Mapping[str, FloatArray], output: FloatArray, measure: Measure = MEAN, bins: int = BINS
) -> tuple[StatisticChange, ...]:
    """How a statistic of the output changes over bins of each input, the largest swing first; as @RISK takes it.

    Iterations are sorted by the input, ties staying in their order, and cut into ``bins`` parts of equal count. The
    same lines make the tornado of low and high values and the spider. Iterations with an error in the input or the
    output are left out of that input's bins. Raises ValueError for bins below 1.
    """
    if bins < 1:
        raise ValueError(f"bins is {bins}; it must be 1 or more.")
    usable = ~np.isnan(output)
    found = []
    for name, samples in inputs.items():
        both = usable & ~np.isnan(samples)
        whole = bool(both.all())
        x, y = (samples, output) if whole else (samples[both], output[both])
        found.append(_change(name, x, y, measure, bins))
    return tuple(sorted(found, key=lambda line: -line.swing))


def _change(name: str, x: FloatArray, y: FloatArray, measure: Measure, bins: int) -> StatisticChange:
    if x.size == 0:
        return StatisticChange(name, (), (), (), None)
    ordered = stable_order(np.asarray(x, dtype=np.float64))
    count = 1 if ordered.tied.size == x.size - 1 else min(bins, x.size)
    edges = [place * x.size // count for place in range(count + 1)]
    moved, moving = y[ordered.order], x[ordered.order]
    parts = [slice(start, stop) for start, stop in itertools.pairwise(edges)]
    return StatisticChange(
        name=name,
        percents=tuple(100.0 * (place + 0.5) / count for place in range(count)),
        input_means=tuple(float(moving[part].mean()) for part in parts),
        values=tuple(_statistic(moved[part], measure) for part in parts),
        baseline=_statistic(y, measure),
    )


def _statistic(samples: FloatArray, measure: Measure) -> float | None:
    # The mean as the tornado of the summary takes it, bit for bit.
    if measure == MEAN:
        value = float(samples.mean())
        return value if math.isfinite(value) else None
    return measure.of(samples)


def contribution_to_variance(correlations: Mapping[str, float | None]) -> dict[str, float | None]:
    """Each input's squared rank correlation as a share of their sum, with the correlation's sign.

    Sizes add up to 1; this is Crystal Ball's contribution to variance, an approximation where inputs are correlated or
    effects not monotonic. None stays None; all are 0 where no input correlates.
    """
    squares = {name: None if value is None else value * value for name, value in correlations.items()}
    total = math.fsum(value for value in squares.values() if value is not None)
    return {
        name: None
        if square is None
        else math.copysign(square / total if total > 0.0 else 0.0, correlations[name] or 0.0)
        for name, square in squares.items()
    }


def grouped_drivers(inputs: Mapping[str, FloatArray], pairs: Mapping[str, tuple[str, str]]) -> dict[str, FloatArray]:
    """The inputs, with each pair of an event and its impact replaced by one driver: their product.

    ``pairs`` maps the driver's name to (event, impact); an event is 1 where it happens and 0 elsewhere. A risk in a
    register then is one bar, not two. The driver stands where the first of its two inputs stood. Raises ValueError for
    inputs that are not there or belong to two pairs, for a name that is taken, and for events that are not 0 or 1.
    """
    owner: dict[str, str] = {}
    for driver, members in pairs.items():
        if driver in inputs and driver not in members:
            raise ValueError(f"An input is already called {driver!r}; give the driver another name.")
        for member in members:
            if member not in inputs:
                raise ValueError(f"The driver {driver!r} names the input {member!r}, which is not there.")
            if member in owner:
                raise ValueError(f"The input {member!r} belongs to two drivers, {owner[member]!r} and {driver!r}.")
            owner[member] = driver
        event = inputs[members[0]]
        if not bool(np.all((event == 0.0) | (event == 1.0) | np.isnan(event))):
            raise ValueError(f"The event {members[0]!r} of {driver!r} has values other than 0 and 1.")
    found: dict[str, FloatArray] = {}
    for name, samples in inputs.items():
        driver = owner.get(name, name)
        if name not in owner:
            found[name] = samples
        elif driver not in found:
            event, impact = (inputs[member] for member in pairs[driver])
            found[driver] = event * impact
    return found


def inputs_without_effect(inputs: Iterable[str], reaches: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """The inputs that reach no output: ``reaches`` maps each output to the inputs that its formulas depend on."""
    reached = {name for names in reaches.values() for name in names}
    return tuple(name for name in inputs if name not in reached)


def constant_inputs(inputs: Mapping[str, FloatArray]) -> tuple[str, ...]:
    """The inputs that never varied in a run, errors aside; no sensitivity can be told of them."""
    return tuple(
        name
        for name, samples in inputs.items()
        if (valid := samples[~np.isnan(samples)]).size == 0 or valid.min() == valid.max()
    )

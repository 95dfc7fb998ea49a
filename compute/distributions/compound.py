"""Compound: the sum of a random number of independent losses, each less a deductible and up to a limit.

    Compound            the law itself: exact moments, distribution by the fast Fourier transform
    CompoundColumns     one sum for each iteration, drawn loss by loss

Sources: Klugman, Panjer, Willmot, Loss Models, chapter 9 (moments, the transform); @RISK's RiskCompound.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import scipy

from compute.distributions.columns import Columns
from compute.distributions.counts import Poisson
from compute.distributions.kernels import as_floats
from compute.distributions.law import PARAMETER_CODE, Distribution, Moments, constant_moments
from compute.distributions.mixtures import mixture_moments, refuse_unless_law
from compute.distributions.parameters import BoolArray, FloatArray
from compute.errors import InvalidDistribution
from compute.records import dataclass

ComplexArray = npt.NDArray[np.complex128]

_CELLS = 2**18
# The lattice spans this many standard deviations of the sum, the mean in its middle.
_SPAN = 60.0
_MOST_LOSSES = 20_000
_TAIL = 1e-17


def paid(loss: FloatArray, deductible: FloatArray, limit: FloatArray) -> FloatArray:
    """What is paid of a loss: what exceeds the deductible, if there is one, up to the limit."""
    return np.minimum(np.where(deductible > 0, np.maximum(loss - deductible, 0.0), loss), limit)


@dataclass(frozen=True, slots=True)
class CompoundColumns:
    """For each iteration a frequency, a severity, a deductible (0 for none) and a limit (inf for none)."""

    frequency: Columns
    severity: Columns
    deductible: FloatArray
    limit: FloatArray

    def draw(self, p: FloatArray, uniforms_of: Callable[[int], FloatArray]) -> FloatArray:
        """The sums of iterations: how many losses by ``p``, the j-th loss (from 1) of each by ``uniforms_of(j)``.

        ``uniforms_of`` gives an array like ``p``; to be a pure function of the iteration it must itself be addressed by
        seed, stream, iteration and j (``compute.sampling.element_stream``). A count that is not whole is cut to one, as
        @RISK does; a negative count is none. NaN where a law does not exist.
        """
        counts = np.floor(self.frequency.draw(p))
        total = np.where(np.isnan(counts), np.nan, np.zeros_like(counts))
        most = np.nanmax(counts, initial=0.0)
        if most > 1e9:
            problem = f"Compound: {most:.0f} losses in one iteration are more than 1,000,000,000."
            raise InvalidDistribution(problem, code=PARAMETER_CODE)
        for j in range(1, int(most) + 1):
            losses = paid(self.severity.draw(uniforms_of(j)), self.deductible, self.limit)
            total = np.where(counts >= j, total + losses, total)
        return total


@dataclass(frozen=True, slots=True)
class Compound(Distribution):
    """The law of Y₁ + … + Y_N: N by ``frequency``, each Y by ``severity`` less ``deductible`` and at most ``limit``.

    With a deductible above 0 a loss below it counts 0. Moments are exact (from the cumulants of both laws); the
    distribution is that of losses rounded to a lattice of 2¹⁸ cells over 60 standard deviations, by the fast Fourier
    transform: exact where all losses lie on a lattice of their own, else to about a cell, 2.3e-4 standard deviations,
    in x, and it is refused where the losses have no finite variance. The law is sampled by ``CompoundColumns``.

    Raises InvalidDistribution where frequency is not a law of whole numbers of 0 or more.
    Source: Klugman, Panjer, Willmot, Loss Models, chapter 9; @RISK's RiskCompound.
    """

    frequency: Distribution
    severity: Distribution
    deductible: float = 0.0
    limit: float = math.inf

    name: ClassVar[str] = "COMPOUND"
    title: ClassVar[str] = "Compound"
    summary: ClassVar[str] = "The sum of a random number of losses, each less a deductible and up to a limit."

    def __post_init__(self) -> None:
        frequency = refuse_unless_law(self.title, "frequency", self.frequency)
        refuse_unless_law(self.title, "severity", self.severity)
        low, high = frequency.support
        ends = (low, min(high, frequency.ppf(0.5)))
        if not frequency.is_discrete or low < 0 or any(end != math.floor(end) for end in ends):
            found = f"{self.title}: frequency is {frequency}; it must be a law of whole numbers of 0 or more."
            raise InvalidDistribution(found, code=PARAMETER_CODE)
        if not 0 <= self.deductible < math.inf:
            found = f"{self.title}: deductible is {self.deductible!r}; it must be a number of 0 or more."
            raise InvalidDistribution(found, code=PARAMETER_CODE)
        if not self.limit > 0:
            found = f"{self.title}: limit is {self.limit!r}; it must be a number greater than 0."
            raise InvalidDistribution(found, code=PARAMETER_CODE)

    def draw(self, p: FloatArray, uniforms_of: Callable[[int], FloatArray]) -> FloatArray:
        """As ``CompoundColumns.draw``."""
        ends = np.array([self.deductible]), np.array([self.limit])
        return CompoundColumns(self.frequency.columns(), self.severity.columns(), *ends).draw(p, uniforms_of)

    def payment_moments(self) -> Moments:
        """The moments of one Y, piece by piece: nothing, between deductible and limit, at the limit."""
        if self.deductible == 0 and self.limit == math.inf:
            return self.severity.moments()
        low = self.deductible if self.deductible > 0 else -math.inf
        top = self.deductible + self.limit
        # The end that is open is moved by a hair, so that no value counts twice.
        under, over = self.severity.cdf(low), self.severity.sf(top)
        pieces = [(under, constant_moments(0.0)), (over, constant_moments(self.limit))]
        start = math.nextafter(low, math.inf) if math.isfinite(low) else low
        if 1.0 - under - over > 0:
            between = self.severity.truncate(start, top).moments()
            moved = between._replace(mean=between.mean - self.deductible)
            pieces.append((1.0 - under - over, moved))
        return mixture_moments(pieces)

    def moments(self) -> Moments:
        count, loss = _cumulants(self.frequency.moments()), _cumulants(self.payment_moments())
        (n1, n2, n3, n4), (y1, y2, y3, y4) = count, loss
        variance = n1 * y2 + n2 * y1**2
        if variance == 0:
            return constant_moments(n1 * y1)
        third = n1 * y3 + 3 * n2 * y1 * y2 + n3 * y1**3
        fourth = n1 * y4 + n2 * (4 * y3 * y1 + 3 * y2**2) + 6 * n3 * y1**2 * y2 + n4 * y1**4
        return Moments(n1 * y1, variance, third / variance**1.5, 3.0 + fourth / variance**2)

    def columns(self) -> LatticeColumns:
        return _lattice_of(self)

    def pmf(self, x: float | FloatArray) -> float | FloatArray:  # type: ignore[override]
        """P(X = x); of continuous losses the chance that nothing is paid, at 0."""
        if self.is_discrete:
            return self.pdf(x)
        values = np.asarray(x, dtype=np.float64)
        found: FloatArray = np.where(values == 0, self.columns().at_zero, 0.0)
        return float(found) if values.ndim == 0 else found

    def lattice(self, low: float, high: float) -> FloatArray:
        if not self.is_discrete:
            raise TypeError("Compound with a continuous severity has no lattice of possible values.")
        columns = self.columns()
        possible = columns.x[columns.weights > _TAIL]
        return possible[(possible >= low) & (possible <= high)]

    @property
    def is_discrete(self) -> bool:
        return self.severity.is_discrete

    @property
    def payment_support(self) -> tuple[float, float]:
        """The least and the most that one loss can cost."""
        ends = paid(np.array(self.severity.support), np.array([self.deductible]), np.array([self.limit]))
        return float(ends[0]), float(ends[1])

    @property
    def support(self) -> tuple[float, float]:
        low, high = self.payment_support
        fewest, most = self.frequency.support
        return min(_times(fewest, low), _times(most, low)), max(_times(fewest, high), _times(most, high))

    @property
    def mode(self) -> float:
        """The likeliest value, to a cell of the lattice; 0 where no loss at all is likelier than a cell of others."""
        columns = self.columns()
        if not self.is_discrete and columns.at_zero > 0.5:
            return 0.0
        weights = columns.weights.copy()
        if not self.is_discrete:
            weights[columns.x == 0] = 0.0
        return float(columns.x[np.argmax(weights)])


def _times(count: float, loss: float) -> float:
    return 0.0 if count == 0 or loss == 0 else count * loss


def _cumulants(moments: Moments) -> tuple[float, float, float, float]:
    mean, variance, skewness, kurtosis = moments
    if variance == 0:
        return mean, 0.0, 0.0, 0.0
    return mean, variance, skewness * variance**1.5, (kurtosis - 3.0) * variance**2


@dataclass(frozen=True, slots=True)
class LatticeColumns(Columns):
    """One law given by its weights on a lattice; between points the distribution of a continuous law is a line."""

    x: FloatArray
    weights: FloatArray
    discrete: bool
    at_zero: float

    @property
    def is_discrete(self) -> bool:
        return self.discrete

    @property
    def valid(self) -> BoolArray:
        return np.ones(1, dtype=np.bool_)

    @property
    def step(self) -> float:
        """The distance between two points."""
        return float(self.x[1] - self.x[0])

    def _edges(self) -> tuple[FloatArray, FloatArray]:
        """Points and the share reached there: a continuous cell's weight is spread over the cell, the atom's is not."""
        spread = np.where(self.x == 0, self.weights - self.at_zero, self.weights)
        shares = np.concatenate((np.zeros(1), np.cumsum(np.maximum(spread, 0.0))))
        ends = np.append(self.x - 0.5 * self.step, self.x[-1] + 0.5 * self.step)
        if self.x[0] == 0:
            # Sums that start at 0 do not reach below it.
            ends[0] = 0.0
        return ends, shares * ((1.0 - self.at_zero) / shares[-1])

    def quantile(self, p: FloatArray, q: FloatArray) -> FloatArray:
        if self.discrete:
            shares = np.cumsum(self.weights)
            possible = np.flatnonzero(self.weights > _TAIL)
            index = np.searchsorted(shares, np.minimum(p, 1.0 - 1e-15), side="left")
            return self.x[np.clip(index, possible[0], possible[-1])]
        ends, shares = self._edges()
        under = float(np.interp(0.0, ends, shares))
        moved = np.where(p > under, np.maximum(p - self.at_zero, under), p)
        drawn = np.interp(moved, shares, ends)
        return np.where((p > under) & (p <= under + self.at_zero), 0.0, drawn)

    def probability(self, x: FloatArray) -> FloatArray:
        if self.discrete:
            index = np.searchsorted(self.x, x + 1e-9 * self.step, side="right")
            return np.append(0.0, np.cumsum(self.weights))[index]
        ends, shares = self._edges()
        return np.minimum(np.interp(x, ends, shares) + np.where(x >= 0, self.at_zero, 0.0), 1.0)

    def excess(self, x: FloatArray) -> FloatArray:
        if self.discrete:
            index = np.searchsorted(self.x, x + 1e-9 * self.step, side="right")
            return np.append(np.cumsum(self.weights[::-1])[::-1], 0.0)[index]
        return 1.0 - self.probability(x)

    def density(self, x: FloatArray) -> FloatArray:
        place = np.rint((x - self.x[0]) / self.step)
        inside = (place >= 0) & (place < self.x.size)
        index = np.where(inside, place, 0.0).astype(np.intp)
        if self.discrete:
            here = inside & (np.abs(self.x[index] - x) <= 1e-9 * self.step)
            return np.where(here, self.weights[index], 0.0)
        spread = np.where(self.x == 0, self.weights - self.at_zero, self.weights)
        return np.where(inside, np.maximum(spread[index], 0.0) / self.step, 0.0)

    def below(self, x: FloatArray) -> FloatArray:
        jump = self.density(x) if self.discrete else np.where(x == 0, self.at_zero, 0.0)
        return np.maximum(self.probability(x) - jump, 0.0)

    def from_on(self, x: FloatArray) -> FloatArray:
        return self.excess(x) + (self.density(x) if self.discrete else np.where(x == 0, self.at_zero, 0.0))


@functools.lru_cache(maxsize=32)
def _lattice_of(law: Compound) -> LatticeColumns:
    moments = law.moments()
    if not math.isfinite(moments.variance):
        problem = f"Compound: the losses {law.severity} have no finite variance; their sum can be drawn, not tabulated."
        raise InvalidDistribution(problem, code=PARAMETER_CODE)
    width = _SPAN * max(math.sqrt(moments.variance), 1e-9 * abs(moments.mean), 1e-300)
    natural = _natural_step(law) if law.is_discrete else None
    step = natural if natural and natural * _CELLS >= width else width / _CELLS
    first = math.floor(moments.mean / step) - _CELLS // 2
    if law.payment_support[0] >= 0:
        first = max(first, 0)
    losses = _loss_weights(law, step)
    transformed = scipy.fft.rfft(losses)
    summed = scipy.fft.irfft(_generating(law.frequency, transformed), _CELLS)
    weights = np.maximum(np.roll(summed, -(first % _CELLS)), 0.0)
    weights[weights < _TAIL] = 0.0
    x = (first + np.arange(_CELLS, dtype=np.float64)) * step
    return LatticeColumns(x, weights / weights.sum(), law.is_discrete, _nothing_paid(law))


def _nothing_paid(law: Compound) -> float:
    """The chance that there is no loss, or none above the deductible."""
    each = law.severity.cdf(law.deductible) if law.deductible > 0 else law.severity.pmf(0.0)
    return float(_generating(law.frequency, np.array([each], dtype=np.complex128))[0].real)


def _natural_step(law: Compound) -> float | None:
    """The lattice on which all payments lie, if they are multiples of a millionth."""
    values = law.severity.lattice(law.severity.ppf(1e-16), law.severity.ppf(1.0 - 2.0**-53))
    payments = paid(values, np.array([law.deductible]), np.array([law.limit]))
    whole = np.rint(payments * 1e6)
    if not whole.size or np.any(np.abs(whole - payments * 1e6) > 1e-4) or np.max(np.abs(whole)) > 2**53:
        return None
    divisor = int(np.gcd.reduce(whole.astype(np.int64)))
    return divisor / 1e6 if divisor else None


def _loss_weights(law: Compound, step: float) -> FloatArray:
    """The probability that a payment rounds to each multiple of the step, the multiples taken modulo the lattice."""
    low, high = law.severity.ppf(1e-18), law.severity.ppf(1.0 - 2.0**-53)
    ends = paid(np.array([low, high]), np.array([law.deductible]), np.array([law.limit]))
    first = max(math.floor(ends[0] / step) - 1, -_CELLS)
    last = min(math.ceil(ends[1] / step) + 1, 4 * _CELLS)
    places = np.arange(first, last + 1)
    edge = (places + 0.5) * step
    if law.deductible > 0:
        reached = np.where(edge >= 0, law.severity.cdf(edge + law.deductible), 0.0)
    else:
        reached = np.asarray(law.severity.cdf(edge))
    reached = np.where(edge >= law.limit, 1.0, reached)
    reached[-1] = 1.0
    chances = np.diff(reached, prepend=0.0)
    return as_floats(np.bincount(places % _CELLS, weights=chances, minlength=_CELLS))


def _generating(frequency: Distribution, z: ComplexArray) -> ComplexArray:
    """E[z^N]: in closed form for the Poisson law, else by Horner's rule on the probabilities."""
    if isinstance(frequency, Poisson):
        raised: ComplexArray = np.exp(frequency.arguments[0] * (z - 1.0))
        return raised
    most = frequency.ppf(1.0 - 2.0**-53)
    if most > _MOST_LOSSES:
        problem = f"Compound: {frequency} gives up to {most:.0f} losses; its sum can be drawn, not tabulated."
        raise InvalidDistribution(problem, code=PARAMETER_CODE)
    chances = np.asarray(frequency.pmf(np.arange(most + 1.0)))
    total = np.full_like(z, chances[-1])
    for chance in chances[-2::-1]:
        total = total * z + chance
    return total

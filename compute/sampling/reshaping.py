"""What @RISK's properties of a time series do to its path: seasons, integration, a transformation.

They undo, in the opposite order, what was done to data before a process was fitted to them: seasons are put back,
then the path is summed, then exponentiated or squared. Sources: @RISK help, RiskTSTransform, RiskTSIntegrate,
RiskTSSeasonality.
"""

from __future__ import annotations

import numpy as np

from compute.errors import InvalidDistribution
from compute.records import dataclass
from compute.sampling.streams import FloatArray

_CODE = "series.property"


@dataclass(frozen=True, slots=True)
class Reshaping:
    """``transform`` (RiskTSTransform): 0 none, 1 exponential, 2 square; ``shift`` is subtracted afterwards.

    ``integrate`` (RiskTSIntegrate) sums the path once or twice, from the constants ``constants``: the last value of the
    once-summed series, then that of the twice-summed one. ``season`` (RiskTSSeasonality): 0 none, 1 or 2 seasonal sums
    from ``terms`` (one constant per season for each sum), 3 adds ``terms`` in turn beginning with term ``first``.
    ``shift``, ``constants`` and ``terms`` may differ between iterations: each a number, or an array over them.
    Raises InvalidDistribution for other numbers, or terms that do not fill the period.
    """

    transform: int = 0
    shift: float | FloatArray = 0.0
    integrate: int = 0
    constants: tuple[float | FloatArray, float | FloatArray] = (0.0, 0.0)
    season: int = 0
    period: int = 1
    terms: tuple[float | FloatArray, ...] = ()
    first: int = 1

    def __post_init__(self) -> None:
        for what, value, most in (
            ("transform", self.transform, 2),
            ("integration order", self.integrate, 2),
            ("seasonality type", self.season, 3),
        ):
            if value not in range(most + 1):
                raise InvalidDistribution(f"Time series: {what} is {value}; it must be 0 to {most}.", code=_CODE)
        wanted = {0: 0, 1: self.period, 2: 2 * self.period, 3: self.period}[self.season]
        if self.season and (self.period < 1 or len(self.terms) != wanted or not 1 <= self.first <= self.period):
            found = f"there are {len(self.terms)} seasonal terms, the period is {self.period}, the start {self.first}"
            raise InvalidDistribution(
                f"Time series: {found}; {wanted} terms and a start within the period are needed.", code=_CODE
            )

    def apply(self, path: FloatArray) -> FloatArray:
        """The reshaped path (periods, iterations) of a path of the same shape."""
        values = self._summed(self._seasonal(np.array(path, dtype=np.float64)))
        if self.transform == 1:
            values = np.exp(values)
        elif self.transform == 2:
            values = values * values
        return values - self.shift if self.transform else values

    def _seasonal(self, values: FloatArray) -> FloatArray:
        if self.season == 3:
            for k in range(values.shape[0]):
                values[k] += self.terms[(k + self.first - 1) % self.period]
            return values
        for order in range(self.season):
            constants = self.terms[order * self.period : (order + 1) * self.period]
            for k in range(values.shape[0]):
                values[k] += values[k - self.period] if k >= self.period else constants[k]
        return values

    def _summed(self, values: FloatArray) -> FloatArray:
        for order in range(self.integrate):
            values = self.constants[order] + np.cumsum(values, axis=0)
        return values

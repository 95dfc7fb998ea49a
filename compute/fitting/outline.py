"""What a sample looks like at a glance: the figures that starting values are made of."""

from __future__ import annotations

import functools

import numpy as np

from compute.distributions.parameters import FloatArray
from compute.records import dataclass


@dataclass(frozen=True)
class Outline:
    """Moments and percentiles of a sorted sample, each computed when first asked for."""

    values: FloatArray

    @functools.cached_property
    def low(self) -> float:
        return float(self.values[0])

    @functools.cached_property
    def high(self) -> float:
        return float(self.values[-1])

    @functools.cached_property
    def width(self) -> float:
        return self.high - self.low

    @functools.cached_property
    def mean(self) -> float:
        return float(np.mean(self.values))

    @functools.cached_property
    def sd(self) -> float:
        return float(np.std(self.values))

    @functools.cached_property
    def skewness(self) -> float:
        z = (self.values - self.mean) / self.sd
        return float(np.mean(z * z * z))

    def quantile(self, p: float) -> float:
        return float(np.quantile(self.values, p))

    @functools.cached_property
    def median(self) -> float:
        return self.quantile(0.5)

    @functools.cached_property
    def half_spread(self) -> float:
        """Half the distance between the quartiles; a share of the range where they coincide."""
        half = 0.5 * (self.quantile(0.75) - self.quantile(0.25))
        return half if half > 0 else max(self.sd, 1e-300)

    @functools.cached_property
    def logs(self) -> Outline:
        """The outline of the logarithms, for positive samples."""
        return Outline(np.log(self.values))

    @functools.cached_property
    def mode_share(self) -> float:
        """Where in the range the densest tenth of the sample lies, from 0 to 1."""
        step = max(1, self.values.size // 10)
        gaps = self.values[step:] - self.values[:-step]
        at = int(np.argmin(gaps))
        centre = 0.5 * (self.values[at] + self.values[at + step])
        return float(min(max((centre - self.low) / self.width, 0.02), 0.98))

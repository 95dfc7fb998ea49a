"""The log-likelihood of a law's parameters: of exact, censored and truncated observations."""

from __future__ import annotations

import math

import numpy as np

from compute.distributions import Distribution, Law
from compute.distributions.parameters import FloatArray
from compute.fitting.log_densities import log_density
from compute.fitting.samples import Sample
from compute.records import dataclass


@dataclass(frozen=True, slots=True)
class Likelihood:
    """The log-likelihood of one law on one sample moved by ``shift``; −inf where an observation is impossible."""

    law: type[Law]
    sample: Sample

    def __call__(self, parameters: tuple[float, ...], shift: float = 0.0) -> float:
        sample = self.sample
        total = float(np.sum(log_density(self.law, sample.values - shift, parameters))) if sample.values.size else 0.0
        if sample.is_plain:
            return total if not math.isnan(total) else -math.inf
        total += self._hidden(parameters, shift)
        return total if not math.isnan(total) else -math.inf

    def _hidden(self, parameters: tuple[float, ...], shift: float) -> float:
        sample = self.sample
        law = self.law.over(*parameters)

        def between(low: FloatArray, high: FloatArray) -> FloatArray:
            from_below = law.probability(high) - law.probability(low)
            return np.where(law.probability(low) < 0.5, from_below, law.excess(low) - law.excess(high))

        with np.errstate(all="ignore"):
            total = float(np.sum(np.log(law.probability(sample.below - shift)))) if sample.below.size else 0.0
            if sample.above.size:
                total += float(np.sum(np.log(law.from_on(sample.above - shift))))
            if sample.between:
                ends = np.array(sample.between) - shift
                total += float(np.sum(np.log(between(ends[:, 0], ends[:, 1]))))
            low, high = sample.window
            if (low, high) != (-math.inf, math.inf):
                start, end = np.array([low - shift]), np.array([high - shift])
                mass = law.probability(end) - (law.below(start) if law.is_discrete else law.probability(start))
                total -= sample.size * float(np.log(mass)[0])
        return total


def log_likelihood(law: Distribution, values: FloatArray) -> float:
    """The log-likelihood of any distribution on exact values."""
    with np.errstate(divide="ignore"):
        return float(np.sum(np.log(law.pdf(values))))

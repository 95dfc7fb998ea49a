"""What fitting hands back: one law with its parameters and statistics, and the ranked list of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

from compute.distributions import Distribution, Law
from compute.distributions.parameters import FloatArray
from compute.fitting.goodness import Goodness, Points, pp_points, qq_points
from compute.fitting.samples import FittingError, Sample
from compute.records import dataclass

RankBy = Literal[
    "aic", "bic", "average_log_likelihood", "chi_square", "anderson_darling", "kolmogorov_smirnov", "rms_error"
]


@dataclass(frozen=True, slots=True)
class FittedLaw:
    """One law fitted to data.

    ``law`` and ``parameters`` are what the search found, ``shift`` what is added to the law, ``distribution`` the two
    together, ready to be drawn from. ``free`` counts the parameters that were searched for. ``aic`` is the AIC
    corrected for small samples (what @RISK calls AIC), infinite where n ≤ free + 1. ``goodness`` is None for data
    that are censored, ``rms_error`` is set for curves only, the likelihood's figures for samples only.
    """

    law: type[Law]
    parameters: Mapping[str, float]
    shift: float
    distribution: Distribution
    free: int
    size: int
    log_likelihood: float
    goodness: Goodness | None
    rms_error: float | None = None

    @property
    def aic(self) -> float:
        """AICc = −2 LL + 2k + 2k(k + 1) / (n − k − 1)."""
        rest = self.size - self.free - 1
        if rest <= 0:
            return math.inf
        return -2 * self.log_likelihood + 2 * self.free + 2 * self.free * (self.free + 1) / rest

    @property
    def bic(self) -> float:
        """−2 LL + k ln n."""
        return -2 * self.log_likelihood + self.free * math.log(self.size)

    @property
    def average_log_likelihood(self) -> float:
        """LL / n."""
        return self.log_likelihood / self.size

    def statistic(self, by: RankBy) -> float:
        """One figure of merit; infinite (or −inf for a likelihood) where the fit has none."""
        match by:
            case "aic":
                value: float | None = self.aic
            case "bic":
                value = self.bic
            case "average_log_likelihood":
                value = self.average_log_likelihood
            case "rms_error":
                value = self.rms_error
            case _:
                value = getattr(self.goodness, by) if self.goodness else None
        worst = -math.inf if by == "average_log_likelihood" else math.inf
        return worst if value is None or math.isnan(value) else value

    def pp_points(self, sample: Sample) -> Points:
        """The points of a P-P plot."""
        return pp_points(_seen(self.distribution, sample), sample.values)

    def qq_points(self, sample: Sample) -> Points:
        """The points of a Q-Q plot."""
        return qq_points(_seen(self.distribution, sample), sample.values)


def _seen(distribution: Distribution, sample: Sample) -> Distribution:
    """The law of what could be observed."""
    low, high = sample.window
    return distribution if (low, high) == (-math.inf, math.inf) else distribution.truncate(low, high)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A law that was asked for and cannot be fitted, and why."""

    law: type[Law]
    reason: str


@dataclass(frozen=True, slots=True)
class FitReport:
    """All fits of one run, best first by the statistic that was asked for, and the laws that were refused."""

    fits: tuple[FittedLaw, ...]
    refused: tuple[Refusal, ...]
    sample: Sample | None
    ranked_by: RankBy

    @property
    def best(self) -> FittedLaw:
        """The first fit; raises FittingError where no law fits at all."""
        if not self.fits:
            reasons = "; ".join(f"{refusal.law.title}: {refusal.reason}" for refusal in self.refused)
            raise FittingError(f"No law could be fitted. {reasons}", code="fitting.none")
        return self.fits[0]

    def ranked(self, by: RankBy) -> tuple[FittedLaw, ...]:
        """The fits by another statistic, best first; ties keep their order."""
        sign = -1.0 if by == "average_log_likelihood" else 1.0
        return tuple(sorted(self.fits, key=lambda fit: sign * fit.statistic(by)))

    def fitted(self, law: type[Law]) -> FittedLaw:
        """The fit of one law; raises FittingError with the reason where it was refused."""
        for fit in self.fits:
            if fit.law is law:
                return fit
        reason = next((refusal.reason for refusal in self.refused if refusal.law is law), "it was not asked for")
        raise FittingError(f"{law.title} was not fitted: {reason}.", code="fitting.none")


def seen_values(fit: FittedLaw, sample: Sample) -> tuple[Distribution, FloatArray]:
    """The law of what could be observed, and the exact observations."""
    return _seen(fit.distribution, sample), sample.values

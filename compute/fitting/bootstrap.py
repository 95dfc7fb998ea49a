"""How sure a fit is: the law is drawn from as often as wanted, each sample is fitted anew.

Intervals of the parameters are percentiles of the refitted ones; the p-value of a statistic is the share of samples
whose refitted law agrees with them no better than the data's. Source: Efron, Tibshirani, An Introduction to the
Bootstrap (1993), chapters 6 and 16; Stute, Gonzáles Manteiga, Presedo Quindimil, Metrika 40 (1993) 243.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from compute.fitting.fit import CannotFit, fit_law
from compute.fitting.results import FittedLaw
from compute.fitting.samples import FittingError, Sample
from compute.records import dataclass

_STATISTICS = ("chi_square", "anderson_darling", "kolmogorov_smirnov")


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """``intervals``: low and high end for each parameter at ``level``; ``p_values``: by statistic.

    ``resamples`` counts the refits that came off; ``failed`` those that did not and are left out.
    """

    level: float
    intervals: Mapping[str, tuple[float, float]]
    p_values: Mapping[str, float]
    resamples: int
    failed: int


def bootstrap(
    fitted: FittedLaw, observed: Sample, *, resamples: int = 1000, level: float = 0.95, seed: int = 1
) -> Bootstrap:
    """Parametric bootstrap of one fit; the same seed gives the same answer.

    Raises FittingError for censored or truncated data, fewer than 20 resamples, or a level outside (0, 1).
    """
    if not observed.is_plain:
        raise FittingError("A bootstrap needs exact data: these are censored or truncated.", code="fitting.bootstrap")
    if resamples < 20 or not 0 < level < 1:
        found = f"resamples is {resamples} and level is {level:g}"
        raise FittingError(f"Bootstrap: {found}; 20 or more, and between 0 and 1.", code="fitting.bootstrap")
    refits = []
    for turn in range(resamples):
        # A generator for each resample: any of them can be computed alone.
        uniforms = np.random.Generator(np.random.Philox(key=[seed, turn])).random(observed.size)
        drawn = fitted.distribution.ppf(np.clip(uniforms, 2.0**-54, None))
        try:
            refits.append(
                fit_law(fitted.law, Sample(drawn), near=fitted, lower=_known_lower(fitted), shift=_free_shift(fitted))
            )
        except (CannotFit, FittingError):
            continue
    if not refits:
        raise FittingError(f"{fitted.law.title}: no resample could be fitted.", code="fitting.bootstrap")
    tails = [50 * (1 - level), 50 * (1 + level)]
    intervals = {}
    for name in fitted.parameters:
        low, high = np.percentile([refit.parameters[name] for refit in refits], tails)
        intervals[name] = (float(low), float(high))
    return Bootstrap(level, intervals, _p_values(fitted, refits), len(refits), resamples - len(refits))


def _free_shift(fitted: FittedLaw) -> bool:
    return fitted.free > len(fitted.parameters)


def _known_lower(fitted: FittedLaw) -> float | None:
    return fitted.shift if fitted.shift and not _free_shift(fitted) else None


def _p_values(fitted: FittedLaw, refits: list[FittedLaw]) -> dict[str, float]:
    found = {}
    for name in _STATISTICS:
        own = getattr(fitted.goodness, name)
        if own is None:
            continue
        others = np.array([getattr(refit.goodness, name) for refit in refits], dtype=np.float64)
        # The data's own statistic counts as one of them, so that no p-value is 0.
        found[name] = float((np.sum(others >= own) + 1) / (others.size + 1))
    return found

"""Laws, copulas and correlations fitted to data, and laws to what an expert says.

fit                 a sample → laws ranked by AICc or another statistic   (maximum likelihood)
bootstrap           one fit → intervals of its parameters, p-values of its statistics
fit_cumulative      points (x, p) → ranked laws                            (least squares)
fit_density         points (x, density) → ranked laws                      (least squares)
fit_percentiles     an expert's percentiles → ranked laws                  (least squares)
    fit_metalog         an expert's percentiles → a metalog
    correlations        columns → a matrix
    fit_copula          columns → copulas ranked by AIC
"""

from __future__ import annotations

from compute.fitting.bootstrap import Bootstrap, bootstrap
from compute.fitting.curves import fit_cumulative, fit_density, fit_metalog, fit_percentiles
from compute.fitting.dependence import FAMILIES, FittedCopula, correlations, fit_copula
from compute.fitting.fit import CannotFit, fit, fit_law
from compute.fitting.goodness import Goodness, Points
from compute.fitting.recipes import CONTINUOUS, DISCRETE
from compute.fitting.results import FitReport, FittedLaw, RankBy, Refusal
from compute.fitting.samples import FittingError, Sample

__all__ = [
    "CONTINUOUS",
    "DISCRETE",
    "FAMILIES",
    "Bootstrap",
    "CannotFit",
    "FitReport",
    "FittedCopula",
    "FittedLaw",
    "FittingError",
    "Goodness",
    "Points",
    "RankBy",
    "Refusal",
    "Sample",
    "bootstrap",
    "correlations",
    "fit",
    "fit_copula",
    "fit_cumulative",
    "fit_density",
    "fit_law",
    "fit_metalog",
    "fit_percentiles",
]

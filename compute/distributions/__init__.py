"""Probability laws: constraints, quantiles, probabilities, moments; for one law or for columns of parameters."""

from __future__ import annotations

from compute.distributions.bounded import PERT, Beta, Triangular, Uniform
from compute.distributions.columns import Columns
from compute.distributions.counts import Bernoulli, Binomial, Poisson
from compute.distributions.discrete import Discrete
from compute.distributions.law import Distribution, Law, Moments
from compute.distributions.normal import LogNormal, LogNormal2, Normal
from compute.distributions.parameters import Domain, ParameterInfo
from compute.distributions.positive import Exponential, Gamma, Weibull
from compute.distributions.registry import LAWS
from compute.distributions.transforms import Shifted, Truncated

__all__ = [
    "LAWS",
    "PERT",
    "Bernoulli",
    "Beta",
    "Binomial",
    "Columns",
    "Discrete",
    "Distribution",
    "Domain",
    "Exponential",
    "Gamma",
    "Law",
    "LogNormal",
    "LogNormal2",
    "Moments",
    "Normal",
    "ParameterInfo",
    "Poisson",
    "Shifted",
    "Triangular",
    "Truncated",
    "Uniform",
    "Weibull",
]

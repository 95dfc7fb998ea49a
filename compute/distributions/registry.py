"""The laws by the name a worksheet uses, for dialects, the pane and the documentation to list."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from compute.distributions.bounded import PERT, Beta, Triangular, Uniform
from compute.distributions.counts import Bernoulli, Binomial, Poisson
from compute.distributions.discrete import Discrete
from compute.distributions.law import Law
from compute.distributions.normal import LogNormal, LogNormal2, Normal
from compute.distributions.positive import Exponential, Gamma, Weibull

_ALL: tuple[type[Law], ...] = (
    Normal,
    LogNormal,
    LogNormal2,
    Triangular,
    PERT,
    Uniform,
    Discrete,
    Bernoulli,
    Binomial,
    Poisson,
    Beta,
    Gamma,
    Exponential,
    Weibull,
)

LAWS: Mapping[str, type[Law]] = MappingProxyType({law.name: law for law in _ALL})
"""Every law by its capital name: ``LAWS["NORMAL"]`` is what ``=MC.NORMAL(…)`` draws from."""

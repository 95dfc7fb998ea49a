"""The laws by the name a worksheet uses, for dialects, the pane and the documentation to list."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from compute.distributions.bounded import PERT, Beta, Triangular, Uniform
from compute.distributions.compound import Compound
from compute.distributions.counts import Bernoulli, Binomial, Poisson
from compute.distributions.discrete import Discrete, DUniform, Resample
from compute.distributions.extremes import GEV, GPD, ExtValueMax, ExtValueMin, Frechet, Pareto, Pareto2
from compute.distributions.gamma_family import ChiSq, Erlang, F, Pearson5, Pearson6
from compute.distributions.intervals import BetaGeneral, BetaSubj, Kumaraswamy, ModPERT, Reciprocal
from compute.distributions.johnson import JohnsonSB, JohnsonSU
from compute.distributions.johnson_moments import JohnsonMoments
from compute.distributions.law import Law
from compute.distributions.lifetimes import Burr12, Dagum, FatigueLife, InvGauss, Levy, LogLogistic, Rayleigh
from compute.distributions.metalog import Metalog
from compute.distributions.mixtures import RiskEvent, Splice
from compute.distributions.normal import LogNormal, LogNormal2, Normal
from compute.distributions.payment import Deduct
from compute.distributions.piecewise import Cumul, DoubleTriang, General, Histogram, TriGen
from compute.distributions.positive import Exponential, Gamma, Weibull
from compute.distributions.symmetric import (
    Cauchy,
    Erf,
    HypSecant,
    Laplace,
    Logistic,
    SkewNormal,
    Student,
    Student3,
)
from compute.distributions.trials import Geometric, HyperGeo, IntUniform, Logarithmic, NegBin

_ALL: tuple[type[Law], ...] = (
    Normal,
    LogNormal,
    LogNormal2,
    Triangular,
    TriGen,
    PERT,
    ModPERT,
    Uniform,
    Beta,
    BetaGeneral,
    BetaSubj,
    Gamma,
    Erlang,
    Exponential,
    Weibull,
    ChiSq,
    Student,
    Student3,
    F,
    Logistic,
    LogLogistic,
    ExtValueMax,
    ExtValueMin,
    Pareto,
    Pareto2,
    Pearson5,
    Pearson6,
    InvGauss,
    Rayleigh,
    Laplace,
    Cauchy,
    Levy,
    Burr12,
    Dagum,
    FatigueLife,
    Frechet,
    HypSecant,
    JohnsonSB,
    JohnsonSU,
    JohnsonMoments,
    Kumaraswamy,
    Reciprocal,
    Erf,
    DoubleTriang,
    Cumul,
    General,
    Histogram,
    GEV,
    GPD,
    SkewNormal,
    Metalog,
    Bernoulli,
    Binomial,
    Poisson,
    Geometric,
    NegBin,
    HyperGeo,
    IntUniform,
    Discrete,
    DUniform,
    Logarithmic,
    Resample,
)

LAWS: Mapping[str, type[Law]] = MappingProxyType({law.name: law for law in _ALL})
"""Every law by its capital name: ``LAWS["NORMAL"]`` is what ``=MC.NORMAL(…)`` draws from."""

COMBINATIONS: Mapping[str, type[Compound | RiskEvent | Splice | Deduct]] = MappingProxyType(
    {law.name: law for law in (Compound, RiskEvent, Splice, Deduct)}
)
"""The laws whose parameters are laws themselves, by their capital names."""

"""Probability laws: constraints, quantiles, probabilities, moments; for one law or for columns of parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compute.distributions.law import Distribution, Law, Moments
from compute.distributions.parameters import Domain, ParameterInfo
from compute.distributions.registry import COMBINATIONS, LAWS
from compute.on_demand import on_demand

if TYPE_CHECKING:
    from compute.distributions.bounded import PERT, Beta, Triangular, Uniform
    from compute.distributions.columns import Columns
    from compute.distributions.compound import Compound, CompoundColumns
    from compute.distributions.counts import Bernoulli, Binomial, Poisson
    from compute.distributions.discrete import Discrete, DUniform, Resample
    from compute.distributions.extremes import GEV, GPD, ExtValueMax, ExtValueMin, Frechet, Pareto, Pareto2
    from compute.distributions.gamma_family import ChiSq, Erlang, F, Pearson5, Pearson6
    from compute.distributions.intervals import BetaGeneral, BetaSubj, Kumaraswamy, ModPERT, Reciprocal
    from compute.distributions.johnson import JohnsonSB, JohnsonSU
    from compute.distributions.johnson_moments import JohnsonMoments
    from compute.distributions.lifetimes import Burr12, Dagum, FatigueLife, InvGauss, Levy, LogLogistic, Rayleigh
    from compute.distributions.metalog import Metalog
    from compute.distributions.mixtures import RiskEvent, RiskEventColumns, Splice, SpliceColumns
    from compute.distributions.normal import LogNormal, LogNormal2, Normal
    from compute.distributions.payment import Deduct, DeductColumns
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
    from compute.distributions.transforms import Shifted, Truncated
    from compute.distributions.trials import Geometric, HyperGeo, IntUniform, Logarithmic, NegBin
else:
    __getattr__ = on_demand(
        __name__,
        {
            "bounded": "PERT Beta Triangular Uniform",
            "columns": "Columns",
            "compound": "Compound CompoundColumns",
            "counts": "Bernoulli Binomial Poisson",
            "discrete": "Discrete DUniform Resample",
            "extremes": "GEV GPD ExtValueMax ExtValueMin Frechet Pareto Pareto2",
            "gamma_family": "ChiSq Erlang F Pearson5 Pearson6",
            "intervals": "BetaGeneral BetaSubj Kumaraswamy ModPERT Reciprocal",
            "johnson": "JohnsonSB JohnsonSU",
            "johnson_moments": "JohnsonMoments",
            "lifetimes": "Burr12 Dagum FatigueLife InvGauss Levy LogLogistic Rayleigh",
            "metalog": "Metalog",
            "mixtures": "RiskEvent RiskEventColumns Splice SpliceColumns",
            "normal": "LogNormal LogNormal2 Normal",
            "payment": "Deduct DeductColumns",
            "piecewise": "Cumul DoubleTriang General Histogram TriGen",
            "positive": "Exponential Gamma Weibull",
            "symmetric": "Cauchy Erf HypSecant Laplace Logistic SkewNormal Student Student3",
            "transforms": "Shifted Truncated",
            "trials": "Geometric HyperGeo IntUniform Logarithmic NegBin",
        },
    )

__all__ = [
    "COMBINATIONS",
    "GEV",
    "GPD",
    "LAWS",
    "PERT",
    "Bernoulli",
    "Beta",
    "BetaGeneral",
    "BetaSubj",
    "Binomial",
    "Burr12",
    "Cauchy",
    "ChiSq",
    "Columns",
    "Compound",
    "CompoundColumns",
    "Cumul",
    "DUniform",
    "Dagum",
    "Deduct",
    "DeductColumns",
    "Discrete",
    "Distribution",
    "Domain",
    "DoubleTriang",
    "Erf",
    "Erlang",
    "Exponential",
    "ExtValueMax",
    "ExtValueMin",
    "F",
    "FatigueLife",
    "Frechet",
    "Gamma",
    "General",
    "Geometric",
    "Histogram",
    "HypSecant",
    "HyperGeo",
    "IntUniform",
    "InvGauss",
    "JohnsonMoments",
    "JohnsonSB",
    "JohnsonSU",
    "Kumaraswamy",
    "Laplace",
    "Law",
    "Levy",
    "LogLogistic",
    "LogNormal",
    "LogNormal2",
    "Logarithmic",
    "Logistic",
    "Metalog",
    "ModPERT",
    "Moments",
    "NegBin",
    "Normal",
    "ParameterInfo",
    "Pareto",
    "Pareto2",
    "Pearson5",
    "Pearson6",
    "Poisson",
    "Rayleigh",
    "Reciprocal",
    "Resample",
    "RiskEvent",
    "RiskEventColumns",
    "Shifted",
    "SkewNormal",
    "Splice",
    "SpliceColumns",
    "Student",
    "Student3",
    "TriGen",
    "Triangular",
    "Truncated",
    "Uniform",
    "Weibull",
]

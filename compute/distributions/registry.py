"""The laws by the name a worksheet uses, for dialects, the pane and the documentation to list.

A law is loaded when it is asked for: a model draws from a few of them, and all take as long to load as it to compute.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

from compute.distributions.law import Law

if TYPE_CHECKING:
    from compute.distributions.compound import Compound
    from compute.distributions.mixtures import RiskEvent, Splice
    from compute.distributions.payment import Deduct

Kind = TypeVar("Kind")


class Catalogue(Mapping[str, type[Kind]], Generic[Kind]):
    """Classes of laws by their capital names, in the order given; ``homes`` names module and class of each."""

    def __init__(self, homes: Mapping[str, str]) -> None:
        self._homes = dict(homes)
        self._loaded: dict[str, type[Kind]] = {}

    def __getitem__(self, name: str) -> type[Kind]:
        found = self._loaded.get(name)
        if found is None:
            module, _, own = self._homes[name].partition(".")
            found = getattr(importlib.import_module(f"compute.distributions.{module}"), own)
            self._loaded[name] = found
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._homes

    def __iter__(self) -> Iterator[str]:
        return iter(self._homes)

    def __len__(self) -> int:
        return len(self._homes)


LAWS: Mapping[str, type[Law]] = Catalogue(
    {
        "NORMAL": "normal.Normal",
        "LOGNORMAL": "normal.LogNormal",
        "LOGNORMAL2": "normal.LogNormal2",
        "TRIANGULAR": "bounded.Triangular",
        "TRIGEN": "piecewise.TriGen",
        "PERT": "bounded.PERT",
        "MODPERT": "intervals.ModPERT",
        "UNIFORM": "bounded.Uniform",
        "BETA": "bounded.Beta",
        "BETAGENERAL": "intervals.BetaGeneral",
        "BETASUBJ": "intervals.BetaSubj",
        "GAMMA": "positive.Gamma",
        "ERLANG": "gamma_family.Erlang",
        "EXPONENTIAL": "positive.Exponential",
        "WEIBULL": "positive.Weibull",
        "CHISQ": "gamma_family.ChiSq",
        "STUDENT": "symmetric.Student",
        "STUDENT3": "symmetric.Student3",
        "F": "gamma_family.F",
        "LOGISTIC": "symmetric.Logistic",
        "LOGLOGISTIC": "lifetimes.LogLogistic",
        "EXTVALUEMAX": "extremes.ExtValueMax",
        "EXTVALUEMIN": "extremes.ExtValueMin",
        "PARETO": "extremes.Pareto",
        "PARETO2": "extremes.Pareto2",
        "PEARSON5": "gamma_family.Pearson5",
        "PEARSON6": "gamma_family.Pearson6",
        "INVGAUSS": "lifetimes.InvGauss",
        "RAYLEIGH": "lifetimes.Rayleigh",
        "LAPLACE": "symmetric.Laplace",
        "CAUCHY": "symmetric.Cauchy",
        "LEVY": "lifetimes.Levy",
        "BURR12": "lifetimes.Burr12",
        "DAGUM": "lifetimes.Dagum",
        "FATIGUELIFE": "lifetimes.FatigueLife",
        "FRECHET": "extremes.Frechet",
        "HYPSECANT": "symmetric.HypSecant",
        "JOHNSONSB": "johnson.JohnsonSB",
        "JOHNSONSU": "johnson.JohnsonSU",
        "JOHNSONMOMENTS": "johnson_moments.JohnsonMoments",
        "KUMARASWAMY": "intervals.Kumaraswamy",
        "RECIPROCAL": "intervals.Reciprocal",
        "ERF": "symmetric.Erf",
        "DOUBLETRIANG": "piecewise.DoubleTriang",
        "CUMUL": "piecewise.Cumul",
        "GENERAL": "piecewise.General",
        "HISTOGRAM": "piecewise.Histogram",
        "GEV": "extremes.GEV",
        "GPD": "extremes.GPD",
        "SKEWNORMAL": "symmetric.SkewNormal",
        "METALOG": "metalog.Metalog",
        "BERNOULLI": "counts.Bernoulli",
        "BINOMIAL": "counts.Binomial",
        "POISSON": "counts.Poisson",
        "GEOMETRIC": "trials.Geometric",
        "NEGBIN": "trials.NegBin",
        "HYPERGEO": "trials.HyperGeo",
        "INTUNIFORM": "trials.IntUniform",
        "DISCRETE": "discrete.Discrete",
        "DUNIFORM": "discrete.DUniform",
        "LOGARITHMIC": "trials.Logarithmic",
        "RESAMPLE": "discrete.Resample",
    }
)
"""Every law by its capital name: ``LAWS["NORMAL"]`` is what ``=MC.NORMAL(…)`` draws from."""

COMBINATIONS: Mapping[str, type[Compound | RiskEvent | Splice | Deduct]] = Catalogue(
    {
        "COMPOUND": "compound.Compound",
        "RISKEVENT": "mixtures.RiskEvent",
        "SPLICE": "mixtures.Splice",
        "DEDUCT": "payment.Deduct",
    }
)
"""The laws whose parameters are laws themselves, by their capital names."""

"""How the pane offers the laws: in which group, and with which numbers a new one starts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from compute.protocol import LawParameter

COMMON, ESTIMATES, SYMMETRIC = "Common", "Expert estimates", "Symmetric"
POSITIVE, TAILS, FLEXIBLE = "Positive values", "Extremes and heavy tails", "Flexible shapes"
DRAWN, COUNTS, TESTS = "From data and curves", "Counts and events", "Of statistical tests"
GROUPS = (COMMON, ESTIMATES, COUNTS, DRAWN, POSITIVE, SYMMETRIC, TAILS, FLEXIBLE, TESTS)
"""The groups in the order in which they are offered."""

Choice = tuple[str, tuple[LawParameter, ...]]
CHOICES: Mapping[str, Choice] = MappingProxyType(
    {
        "NORMAL": (COMMON, (100, 10)),
        "LOGNORMAL": (COMMON, (100, 20)),
        "TRIANGULAR": (COMMON, (80, 100, 150)),
        "PERT": (COMMON, (80, 100, 150)),
        "UNIFORM": (COMMON, (80, 120)),
        "BERNOULLI": (COMMON, (0.3,)),
        "BINOMIAL": (COMMON, (10, 0.3)),
        "POISSON": (COMMON, (5,)),
        "INTUNIFORM": (COMMON, (1, 6)),
        "DISCRETE": (COMMON, ((1, 2, 3), (0.2, 0.5, 0.3))),
        "TRIGEN": (ESTIMATES, (80, 100, 150, 0.1, 0.9)),
        "MODPERT": (ESTIMATES, (80, 100, 150, 4)),
        "BETASUBJ": (ESTIMATES, (80, 100, 110, 150)),
        "BETAGENERAL": (ESTIMATES, (2, 3, 80, 150)),
        "DOUBLETRIANG": (ESTIMATES, (80, 100, 150, 0.4)),
        "GEOMETRIC": (COUNTS, (0.3,)),
        "NEGBIN": (COUNTS, (3, 0.4)),
        "HYPERGEO": (COUNTS, (10, 20, 100)),
        "LOGARITHMIC": (COUNTS, (0.6,)),
        "DUNIFORM": (DRAWN, ((1, 2, 3, 4),)),
        "RESAMPLE": (DRAWN, ((95, 98, 100, 104, 111),)),
        "CUMUL": (DRAWN, (0, 100, (20, 50, 80), (0.1, 0.5, 0.9))),
        "GENERAL": (DRAWN, (0, 100, (20, 50, 80), (1, 3, 2))),
        "HISTOGRAM": (DRAWN, (0, 100, (1, 3, 4, 2))),
        "METALOG": (DRAWN, ((100, 10, 5),)),
        "LOGNORMAL2": (POSITIVE, (0, 0.5)),
        "GAMMA": (POSITIVE, (2, 50)),
        "EXPONENTIAL": (POSITIVE, (100,)),
        "WEIBULL": (POSITIVE, (1.5, 100)),
        "ERLANG": (POSITIVE, (3, 30)),
        "RAYLEIGH": (POSITIVE, (80,)),
        "INVGAUSS": (POSITIVE, (100, 300)),
        "LOGLOGISTIC": (POSITIVE, (0, 100, 3)),
        "FATIGUELIFE": (POSITIVE, (0, 100, 0.5)),
        "RECIPROCAL": (POSITIVE, (10, 1000)),
        "BETA": (POSITIVE, (2, 3)),
        "LOGISTIC": (SYMMETRIC, (100, 10)),
        "STUDENT3": (SYMMETRIC, (100, 10, 5)),
        "LAPLACE": (SYMMETRIC, (100, 10)),
        "HYPSECANT": (SYMMETRIC, (100, 10)),
        "CAUCHY": (SYMMETRIC, (100, 10)),
        "ERF": (SYMMETRIC, (0.1,)),
        "EXTVALUEMAX": (TAILS, (100, 10)),
        "EXTVALUEMIN": (TAILS, (100, 10)),
        "GEV": (TAILS, (100, 10, 0.1)),
        "GPD": (TAILS, (0, 10, 0.2)),
        "FRECHET": (TAILS, (0, 100, 3)),
        "PARETO": (TAILS, (3, 100)),
        "PARETO2": (TAILS, (100, 3)),
        "PEARSON5": (TAILS, (3, 200)),
        "PEARSON6": (TAILS, (3, 4, 100)),
        "BURR12": (TAILS, (0, 100, 2, 2)),
        "DAGUM": (TAILS, (0, 100, 3, 1)),
        "LEVY": (TAILS, (0, 10)),
        "SKEWNORMAL": (FLEXIBLE, (100, 20, 3)),
        "JOHNSONSB": (FLEXIBLE, (0.5, 1, 80, 150)),
        "JOHNSONSU": (FLEXIBLE, (-1, 2, 100, 20)),
        "JOHNSONMOMENTS": (FLEXIBLE, (100, 10, 0.5, 4)),
        "KUMARASWAMY": (FLEXIBLE, (2, 3, 80, 150)),
        "CHISQ": (TESTS, (5,)),
        "STUDENT": (TESTS, (5,)),
        "F": (TESTS, (5, 10)),
    }
)
"""Every law of ``compute.distributions.LAWS`` with its group and valid parameters, in the order of the catalogue."""

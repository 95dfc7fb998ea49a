"""Laws by some of their percentiles: any mix of parameters and (probability, value) pairs, as many as parameters.

Location and scale follow in closed form; everything else by Levenberg and Marquardt's method on parameters moved to
where every number is allowed, from several starts, and accepted only where the percentiles come back to nine digits of
their spread. Source of the forms: @RISK's Alt functions (RiskNormalAlt and its kin).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NoReturn

import numpy as np
import scipy

from compute import special
from compute.distributions.law import PARAMETER_CODE, Distribution, Law
from compute.distributions.parameters import Domain, FloatArray
from compute.errors import InvalidDistribution
from compute.records import dataclass

Given = tuple[str | float, float]
_CLOSE = 1e-9
_MOST_STARTS = 96
SHIFT = "loc"
"""The name under which a law that starts at 0 may also be moved, as in @RISK."""

_ENDS = {"min": "lower", "max": "upper", "mode": "between"}
_POSITIVE_START = ("LOGLOGISTIC", "BURR12", "DAGUM", "FATIGUELIFE", "LEVY", "FRECHET", "GPD")
_AROUND = ("NORMAL", "LOGISTIC", "LAPLACE", "CAUCHY", "HYPSECANT", "EXTVALUEMAX", "EXTVALUEMIN", "STUDENT3",
           "JOHNSONSU", "GEV", "SKEWNORMAL")  # fmt: skip
_SCALES = ("scale", "sd", "sigma", "b")
_FROM_ZERO: Mapping[str, dict[str, str]] = MappingProxyType(
    {
        "LOGNORMAL": {"mean": "size", "sd": "scale"},
        "LOGNORMAL2": {"mu": "logarithm", "sigma": "positive"},
        "GAMMA": {"shape": "positive", "scale": "scale"},
        "EXPONENTIAL": {"mean": "scale"},
        "WEIBULL": {"shape": "positive", "scale": "scale"},
        "CHISQ": {"df": "positive"},
        "F": {"df1": "positive", "df2": "positive"},
        "PARETO": {"shape": "positive", "scale": "least"},
        "PARETO2": {"scale": "scale", "shape": "positive"},
        "PEARSON5": {"shape": "positive", "scale": "scale"},
        "PEARSON6": {"shape1": "positive", "shape2": "positive", "scale": "scale"},
        "INVGAUSS": {"mu": "size", "shape": "scale"},
        "RAYLEIGH": {"b": "scale"},
    }
)
_BETWEEN = ("UNIFORM", "TRIANGULAR", "PERT", "MODPERT", "BETAGENERAL", "KUMARASWAMY", "JOHNSONSB")
_OTHERS: Mapping[str, dict[str, str]] = MappingProxyType(
    {
        "BETA": {"alpha1": "positive", "alpha2": "positive"},
        "STUDENT": {"df": "positive"},
        "ERF": {"h": "inverse"},
        "RECIPROCAL": {"min": "least", "max": "upper"},
        "ERLANG": {"m": "given", "scale": "scale"},
    }
)
_STARTS: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "lower": (-1.0, 1.0), "upper": (-1.0, 1.0), "between": (0.0,), "centre": (0.5,), "scale": (-0.7, 1.0, -3.0),
        "size": (-0.5, 0.5), "positive": (0.7, -0.7, 2.5, 4.0), "real": (0.0, 1.0, -1.0, 3.0),
        "logarithm": (-0.5,), "inverse": (0.0,), "least": (1.0, -1.0),
    }
)  # fmt: skip


def _role(law: type[Law], name: str) -> str:
    """What a parameter does to the law, and so which numbers the search may give it."""
    special_roles = _FROM_ZERO.get(law.name) or _OTHERS.get(law.name)
    if special_roles is not None:
        return special_roles.get(name, "lower" if name == SHIFT else "given")
    domain = next((info.domain for info in law.parameters if info.name == name), Domain.REAL)
    if law.name in _BETWEEN and name in _ENDS:
        return _ENDS[name]
    if law.name in (*_AROUND, *_POSITIVE_START):
        if name == "loc" or (name == law.parameters[0].name and law.name != "JOHNSONSU"):
            return "lower" if law.name in _POSITIVE_START else "centre"
        if name in _SCALES:
            return "scale"
    return "real" if domain is Domain.REAL else "positive"


def defined_for(law: type[Law]) -> bool:
    """Whether the law can be given by percentiles: the continuous laws whose parameters are numbers of their own."""
    return law.name in (*_AROUND, *_POSITIVE_START, *_BETWEEN, *_FROM_ZERO, *_OTHERS)


@dataclass(frozen=True, slots=True)
class _Task:
    """What is known and what is sought."""

    law: type[Law]
    known: dict[str, float]
    sought: tuple[str, ...]
    shares: FloatArray
    values: FloatArray

    @property
    def spread(self) -> float:
        """The unit of lengths: how far the values lie apart, or from the start of the law."""
        width = float(self.values[-1] - self.values[0])
        return width or abs(float(self.values[0]) - self.known.get(SHIFT, 0.0)) or 1.0

    @property
    def moved(self) -> bool:
        """Whether ``loc`` is asked for of a law that has none of its own."""
        own = {info.name for info in self.law.parameters}
        return SHIFT not in own and (SHIFT in self.known or SHIFT in self.sought)

    def parameters(self, theta: FloatArray) -> dict[str, float]:
        """The parameters at a point of the search."""
        found = dict(self.known)
        roles = {name: _role(self.law, name) for name in (*self.sought, *self.known)}
        first = {"lower": 0, "least": 0, "upper": 1}
        steps = dict(zip(self.sought, theta.tolist(), strict=True))
        for name in sorted(self.sought, key=lambda each: first.get(roles[each], 2)):
            found[name] = self._place(roles, name, float(np.clip(steps[name], -300.0, 300.0)), found)
        return found

    def _place(self, roles: dict[str, str], name: str, step: float, found: dict[str, float]) -> float:
        unit, low, high = self.spread, float(self.values[0]), float(self.values[-1])
        inner = [value for key, value in self.known.items() if roles[key] == "between"]
        ends = {roles[key]: value for key, value in found.items()}
        start = found.get(SHIFT, 0.0) if self.moved else 0.0
        bottom, top = ends.get("lower", low), ends.get("upper", high)
        # The sizes are written out for each role, and only the one that is asked for is taken.
        return {
            "lower": lambda: min(low, *inner, low) - unit * math.exp(step),
            "upper": lambda: max(high, *inner, high) + unit * math.exp(step),
            "between": lambda: bottom + (top - bottom) * float(special.expit(step)),
            "centre": lambda: low + unit * step,
            "scale": lambda: unit * math.exp(step),
            "size": lambda: max(high - start, 1e-300) * math.exp(step),
            "logarithm": lambda: math.log(max(high - start, 1e-300)) + step,
            "inverse": lambda: math.exp(step) / unit,
            "least": lambda: (low - start) * float(special.expit(step)),
            "positive": lambda: math.exp(step),
            "real": lambda: step,
        }[roles[name]]()

    def quantiles(self, found: Mapping[str, float]) -> FloatArray:
        """The law's own values at the given probabilities; NaN where it does not exist."""
        arguments = [found[info.name] for info in self.law.parameters]
        drawn = self.law.quantile(self.shares, *arguments)
        return drawn + found[SHIFT] if self.moved else drawn

    def misses(self, theta: FloatArray) -> FloatArray:
        """How far each percentile is off, in spreads."""
        try:
            gaps = (self.quantiles(self.parameters(theta)) - self.values) / self.spread
        except OverflowError:
            gaps = np.full_like(self.values, 1e6)
        return np.nan_to_num(gaps, nan=1e6, posinf=1e6, neginf=-1e6)


def from_percentiles(law: type[Law], given: Sequence[Given], descending: bool = False) -> Distribution:
    """The law of which some parameters, by name, and some percentiles, by probability 0–1, have the given values.

    There are as many pairs as the law has parameters, or one more for a law that starts at 0: then ``loc``, by which
    it is moved, is a parameter too. With ``descending`` the probabilities are those of a greater value.
    Where several laws meet the pairs, as Student's laws do with symmetric percentiles, it is one of them. Laws of
    lists, of moments, BetaSubj and DoubleTriang have no such form.
    Raises InvalidDistribution naming the pair that is wrong or cannot be met. Source: @RISK's Alt functions.
    """
    if not defined_for(law):
        _refuse(law, "is not defined by percentiles: its values or its parameters are not continuous")
    known, pairs = _sorted_out(law, given, descending)
    own = [info.name for info in law.parameters]
    names = own if len(given) == len(own) and SHIFT not in known else [*own, *([] if SHIFT in own else [SHIFT])]
    if len(given) != len(names) or (SHIFT in names and SHIFT not in own and law.name not in _FROM_ZERO):
        _refuse(law, f"takes {', '.join(own)} or as many percentiles, but {len(given)} pairs are given")
    pairs = _ends_taken(law, names, known, pairs)
    sought = tuple(name for name in names if name not in known)
    for name in sought:
        if _role(law, name) == "given":
            _refuse(law, f"{name} must be given by its name; percentiles do not give a whole number")
    shares, values = (np.array(column, dtype=np.float64) for column in zip(*pairs, strict=True)) if pairs else (
        np.zeros(0), np.zeros(0)
    )  # fmt: skip
    task = _Task(law, known, sought, shares, values)
    if pairs:
        known = _solved(task)
    built = law(*(known[name] for name in own))
    return built.shift(known[SHIFT]) if task.moved else built


def _refuse(law: type[Law], problem: str) -> NoReturn:
    raise InvalidDistribution(f"{law.title}: {problem}.", code=PARAMETER_CODE)


def _sorted_out(
    law: type[Law], given: Sequence[Given], descending: bool
) -> tuple[dict[str, float], list[tuple[float, float]]]:
    """Parameters by name, and percentiles in rising order."""
    known: dict[str, float] = {}
    pairs: list[tuple[float, float]] = []
    names = {info.name: info for info in law.parameters}
    for kind, value in given:
        if not math.isfinite(value):
            _refuse(law, f"the value of {kind} is {value}; it must be a finite number")
        if not isinstance(kind, str):
            if not 0 <= kind <= 1:
                _refuse(law, f"the percentile {kind:.15g} (with the value {value:.15g}) must lie between 0 and 1")
            pairs.append((1.0 - kind if descending else float(kind), float(value)))
            continue
        if kind in known or (kind not in names and kind != SHIFT):
            _refuse(law, f"{kind} is given twice" if kind in known else f"has no parameter {kind}")
        if kind in names and not bool(names[kind].domain.contains(np.asarray(value, np.float64))):
            _refuse(law, f"{kind} is {value:.15g}; it must be {names[kind].domain.value}")
        known[kind] = float(value)
    pairs.sort()
    for before, after in itertools.pairwise(pairs):
        if before[0] == after[0] or not before[1] < after[1]:
            later = f"the value {after[1]:.15g} at percentile {after[0]:.15g}"
            _refuse(law, f"{later} must be above {before[1]:.15g} at percentile {before[0]:.15g}")
    return known, pairs


def _ends_taken(
    law: type[Law], names: list[str], known: dict[str, float], pairs: list[tuple[float, float]]
) -> list[tuple[float, float]]:
    """The pairs that are left when percentiles 0 and 1 have become the ends of the law."""
    left = []
    for share, value in pairs:
        if 0 < share < 1:
            left.append((share, value))
            continue
        role = "lower" if share == 0 else "upper"
        free = [name for name in names if name not in known and _role(law, name) == role]
        if not free:
            _refuse(law, f"the percentile {share:.15g} cannot be {value:.15g}: the law has no such end to be set")
        known[free[0]] = value
    return left


def _solved(task: _Task) -> dict[str, float]:
    """All parameters. Raises InvalidDistribution naming the percentile that is missed most."""
    roles = [_role(task.law, name) for name in task.sought]
    if sorted(roles) == ["centre", "scale"]:
        return _located(task, task.sought[roles.index("centre")], task.sought[roles.index("scale")])
    best: tuple[float, FloatArray] = (math.inf, np.zeros(len(roles)))
    starts = itertools.product(*(_STARTS[role] for role in roles))
    for start in itertools.islice(starts, _MOST_STARTS):
        with np.errstate(all="ignore"):
            found = scipy.optimize.least_squares(
                task.misses, np.array(start), method="lm", xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=600
            )
        worst = float(np.max(np.abs(found.fun)))
        if worst < best[0]:
            best = (worst, found.x)
        if worst <= 1e-12:
            break
    if best[0] <= _CLOSE:
        return task.parameters(best[1])
    gaps = task.misses(best[1]) * task.spread
    index = int(np.argmax(np.abs(gaps)))
    share, value = float(task.shares[index]), float(task.values[index])
    near = f"the nearest law found has {value + float(gaps[index]):.6g} there"
    _refuse(task.law, f"no such law has the value {value:.15g} at percentile {share:.15g}; {near}")


def _located(task: _Task, centre: str, scale: str) -> dict[str, float]:
    """Location and scale from two percentiles: both are linear in them."""
    first, last = task.quantiles({**task.known, centre: 0.0, scale: 1.0}).tolist()
    size = float(task.values[1] - task.values[0]) / (last - first)
    return {**task.known, centre: float(task.values[0]) - size * first, scale: size}

"""Laws as Crystal Ball writes them into its data: ``Normal,LoCut=-1,Mean=0.1,StdDev=0.3``.

The law and its parameters are named in the text. Normal, LogNormal and DPoisson were met in workbooks that it saved;
the other laws are taken by the names that its User's Guide gives them and their parameters (Distribution Parameter
Summary), where the text has just these. What has any other name is not read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from compute.dialects.canonical import Draw, NotUnderstood
from compute.dialects.crystal_ball import law_draw
from compute.formulas.ast import Node, Number
from compute.records import dataclass

_LAW = re.compile(r"([A-Za-z][A-Za-z0-9 ]*)((?:,[A-Za-z][A-Za-z0-9 ]*=[^,=]+)+)")
_PARAMETER = re.compile(r",([A-Za-z][A-Za-z0-9 ]*)=([^,=]+)")
LOW, HIGH, LOCATION = "LOCUT", "HICUT", "LOCATION"

_LAWS: Mapping[str, tuple[str, ...]] = {
    "BETA": ("ALPHA", "BETA", "MIN", "MAX"),
    "BETAPERT": ("MIN", "LIKELIEST", "MAX"),
    "BINOMIAL": ("PROBABILITY", "TRIALS"),
    "DISCRETEUNIFORM": ("MIN", "MAX"),
    "EXPONENTIAL": ("RATE",),
    "GAMMA": ("LOCATION", "SCALE", "SHAPE"),
    "GEOMETRIC": ("PROBABILITY",),
    "HYPERGEOMETRIC": ("SUCCESS", "TRIALS", "POPULATION"),
    "LOGISTIC": ("MEAN", "SCALE"),
    "LOGNORMAL": ("MEAN", "STDDEV", "LOCATION"),
    "MAXEXTREME": ("LIKELIEST", "SCALE"),
    "MINEXTREME": ("LIKELIEST", "SCALE"),
    "NEGBINOMIAL": ("PROBABILITY", "SHAPE"),
    "NORMAL": ("MEAN", "STDDEV"),
    "PARETO": ("LOCATION", "SHAPE"),
    "POISSON": ("RATE",),
    "STUDENTT": ("MIDPOINT", "SCALE", "DEGREES"),
    "TRIANGULAR": ("MIN", "LIKELIEST", "MAX"),
    "UNIFORM": ("MIN", "MAX"),
    "WEIBULL": ("LOCATION", "SCALE", "SHAPE"),
    "YESNO": ("PROBABILITY",),
}
"""By the names of Crystal Ball's functions, the parameters in their order."""
_DISCRETE = ("BINOMIAL", "GEOMETRIC", "HYPERGEOMETRIC", "NEGBINOMIAL", "POISSON", "YESNO")
_OTHER_LAWS = {
    **{f"D{name}": name for name in _DISCRETE},
    "DUNIFORM": "DISCRETEUNIFORM",
    "DDISCRETEUNIFORM": "DISCRETEUNIFORM",
    "NEGATIVEBINOMIAL": "NEGBINOMIAL",
    "MAXIMUMEXTREME": "MAXEXTREME",
    "MINIMUMEXTREME": "MINEXTREME",
}
_OTHER_NAMES = {
    "MINIMUM": "MIN",
    "MAXIMUM": "MAX",
    "PROB": "PROBABILITY",
    "STANDARDDEVIATION": "STDDEV",
    "SUCCESSES": "SUCCESS",
    "DEGREESOFFREEDOM": "DEGREES",
    "DEG": "DEGREES",
}
UNREAD_LAW = "Montecell does not know this law of Crystal Ball's data, or one of its parameters"
MOVED = "a lognormal law with a location: whether its mean counts from the location is not documented"


@dataclass(frozen=True, slots=True)
class StoredLaw:
    """A law as the text has it: Crystal Ball's function, its parameters by name, cutoffs among them."""

    function: str
    values: Mapping[str, float]

    def draw(self, given: Mapping[str, Node], name: Node | None) -> Draw | NotUnderstood:
        """One draw of it; ``given`` puts formulas in the place of parameters."""
        nodes = {key: given.get(key, Number(value)) for key, value in self.values.items()}
        order = _LAWS[self.function]
        low, high = nodes.get(LOW), nodes.get(HIGH)
        if self.function == "BETA":
            alpha, beta, minimum, maximum = (nodes[key] for key in order)
            drawn = law_draw("BETA", (alpha, beta, Number(1.0)), low, high, name)
            return replace(drawn, parameters=(alpha, beta, minimum, maximum)) if isinstance(drawn, Draw) else drawn
        if self.function == "LOGNORMAL":
            if nodes.get(LOCATION, Number(0.0)) != Number(0.0):
                return NotUnderstood("LogNormal", MOVED)
            order = order[:2]
        return law_draw(self.function, tuple(nodes[key] for key in order), low, high, name)


def stored_law(text: str) -> StoredLaw | None:
    """The law that a text is; None for one that is not known, or has more or fewer parameters than it should."""
    match = _LAW.fullmatch(text.strip())
    if match is None:
        return None
    function = _function(match[1])
    if function is None:
        return None
    values: dict[str, float] = {}
    for name, number in _PARAMETER.findall(match[2]):
        key, value = _plain(name), _number(number)
        key = _OTHER_NAMES.get(key, key)
        if value is None or key in values:
            return None
        values[key] = value
    required, allowed = set(_LAWS[function]), {*_LAWS[function], LOW, HIGH}
    if function == "LOGNORMAL":
        required.remove(LOCATION)
    return StoredLaw(function, values) if required <= set(values) <= allowed else None


def _function(name: str) -> str | None:
    wanted = _plain(name)
    wanted = _OTHER_LAWS.get(wanted, wanted)
    return wanted if wanted in _LAWS else None


def _plain(name: str) -> str:
    return name.replace(" ", "").upper()


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None

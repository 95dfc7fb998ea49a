"""ModelRisk's functions of laws themselves: ``VoseMean(VoseGammaObject(2,3))``, ``VoseProb(5,A1,TRUE)``.

The law is an object, written out or in a cell of its own. Source: Vose Software's help of ModelRisk (Modeling with
objects, Probability calculations in ModelRisk).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from compute.dialects.canonical import Draw, InnerLaw, NotUnderstood, Quantile
from compute.dialects.combined import PLACES, inner_law
from compute.dialects.law_nodes import HELD, Figure, LawFigure, held
from compute.formulas.ast import Node, Omitted

FIGURES: Mapping[str, tuple[str, Figure]] = MappingProxyType(
    {
        "COFV": ("VoseCofV", "coefficient of variation"),
        "KURTOSIS": ("VoseKurtosis", "kurtosis"),
        "MAX": ("VoseMax", "maximum"),
        "MEAN": ("VoseMean", "mean"),
        "MIN": ("VoseMin", "minimum"),
        "MOMENTS": ("VoseMoments", "moments"),
        "RAWMOMENT1": ("VoseRawMoment1", "raw moment 1"),
        "RAWMOMENT2": ("VoseRawMoment2", "raw moment 2"),
        "RAWMOMENT3": ("VoseRawMoment3", "raw moment 3"),
        "RAWMOMENT4": ("VoseRawMoment4", "raw moment 4"),
        "SKEWNESS": ("VoseSkewness", "skewness"),
        "STDEV": ("VoseStDev", "standard deviation"),
        "VARIANCE": ("VoseVariance", "variance"),
    }
)
"""Functions of a law's moments and ends, without ``Vose``: how they are spelled, and the figure."""
PROBABILITIES: Mapping[str, tuple[str, Figure]] = MappingProxyType(
    {"PROB": ("VoseProb", "probability"), "PROB10": ("VoseProb10", "log10 of the probability")}
)
"""Functions of a law's probabilities; a law's own name may stand before: ``VoseNormalProb``."""
NO_OBJECT = "its law must be an object, such as VoseNormalObject(0,1), written out or in a cell of its own"


def as_law(node: Node) -> InnerLaw | NotUnderstood | None:
    """The law that an argument is; None where it is no law."""
    if isinstance(node, InnerLaw | NotUnderstood):
        return node
    return held(node) if isinstance(node, PLACES) else None


def figure(name: str, arguments: list[Node]) -> Node | None:
    """``MEAN``, ``PERCENTILE`` or ``PROB`` of a law; None for any other function."""
    if name in FIGURES:
        shown, asked = FIGURES[name]
        law = as_law(arguments[0]) if len(arguments) == 1 else None
        return LawFigure(asked, law) if isinstance(law, InnerLaw) else law or NotUnderstood(shown, NO_OBJECT)
    if name == "PERCENTILE":
        law = as_law(arguments[0]) if len(arguments) == 2 else None
        if not isinstance(law, InnerLaw):
            return law or NotUnderstood("VosePercentile", NO_OBJECT)
        return quantile(law, arguments[1])
    if name in PROBABILITIES:
        shown, asked = PROBABILITIES[name]
        law = as_law(arguments[1]) if 2 <= len(arguments) <= 3 else None
        if not isinstance(law, InnerLaw):
            return law or NotUnderstood(shown, NO_OBJECT)
        return LawFigure(asked, law, arguments[0], _present(arguments[2:]))
    return None


def probability(ending: str, law: Draw, x: Node, cumulative: list[Node]) -> LawFigure:
    """``VoseNormalProb(x, mu, sigma, [cumulative])`` by its ending, ``PROB`` or ``PROB10``."""
    return LawFigure(PROBABILITIES[ending][1], inner_law(law), x, _present(cumulative))


def quantile(law: InnerLaw, probability: Node) -> Quantile:
    """The value of a law at a probability."""
    if law.percentiles is not None:
        return Quantile(HELD, (law,), probability)
    return Quantile(law.law, law.parameters, probability, law.adjustments)


def _present(nodes: list[Node]) -> Node | None:
    return None if not nodes or isinstance(nodes[0], Omitted) else nodes[0]

"""What formulas do with laws besides drawing from them: ask for their figures, and tie uniform numbers together."""

from __future__ import annotations

from typing import Literal

from compute.dialects.canonical import Correlation, InnerLaw
from compute.formulas.ast import Node
from compute.records import dataclass

HELD = "HELD"
"""The law of a draw, quantile or figure that is held by another cell: its only parameter is the reference."""
FORMULA = "FORMULA"
"""The law of a draw that is no law's: its only parameter is the formula whose value counts as an input."""

Figure = Literal[
    "mean",
    "variance",
    "skewness",
    "kurtosis",
    "standard deviation",
    "coefficient of variation",
    "minimum",
    "maximum",
    "raw moment 1",
    "raw moment 2",
    "raw moment 3",
    "raw moment 4",
    "moments",
    "probability",
    "log10 of the probability",
]
"""What is asked of a law; ``moments`` are mean, variance, skewness and kurtosis in four cells."""


@dataclass(frozen=True, slots=True)
class LawFigure(Node):
    """A figure of a law itself, which no simulation changes: ``VoseMean(VoseGammaObject(2,3))``.

    A probability is that of the values ``at``: their density or mass, with a true ``cumulative`` P(X ≤ x); of several
    values the product.
    """

    figure: Figure
    law: Node
    at: Node | None = None
    cumulative: Node | None = None


@dataclass(frozen=True, slots=True)
class JointUniforms(Node):
    """Uniform numbers tied by a copula, one for each cell that the formula fills: ``{=VoseCopulaMultiNormal(A1:C3)}``.

    ``tie`` is the copula, without a position. ``reflections`` say of the first numbers whether they are turned round
    (2) or not (1). ``members`` are the draws, once it is known how many there are; ``most`` limits them.
    """

    tie: Correlation
    reflections: tuple[Node, ...] = ()
    most: int | None = None
    members: tuple[Node, ...] = ()


def held(place: Node) -> InnerLaw:
    """The law that the cell of a reference holds."""
    return InnerLaw(HELD, (place,))


__all__ = ["FORMULA", "HELD", "Figure", "JointUniforms", "LawFigure", "held"]

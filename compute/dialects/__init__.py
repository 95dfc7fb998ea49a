"""Whose file is it? Each product's calls and settings made into canonical draws and outputs."""

from __future__ import annotations

from compute.dialects.canonical import (
    Adjustment,
    Correlation,
    Draw,
    InnerLaw,
    InputMark,
    NotUnderstood,
    OutputMark,
    Percentiles,
    PerSimulation,
    Quantile,
    SeriesDraw,
    Statistic,
)
from compute.dialects.canonicalise import Canonicaliser
from compute.dialects.tree import children, draws, nodes, output_marks, rebuild

__all__ = [
    "Adjustment",
    "Canonicaliser",
    "Correlation",
    "Draw",
    "InnerLaw",
    "InputMark",
    "NotUnderstood",
    "OutputMark",
    "PerSimulation",
    "Percentiles",
    "Quantile",
    "SeriesDraw",
    "Statistic",
    "children",
    "draws",
    "nodes",
    "output_marks",
    "rebuild",
]

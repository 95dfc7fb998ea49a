"""Whose file is it? Each product's calls and settings made into canonical draws and outputs."""

from __future__ import annotations

from compute.dialects.canonical import (
    Adjustment,
    Correlation,
    Draw,
    NotUnderstood,
    OutputMark,
    PerSimulation,
    Statistic,
)
from compute.dialects.canonicalise import Canonicaliser
from compute.dialects.tree import children, draws, nodes, not_understood, output_marks, rebuild

__all__ = [
    "Adjustment",
    "Canonicaliser",
    "Correlation",
    "Draw",
    "NotUnderstood",
    "OutputMark",
    "PerSimulation",
    "Statistic",
    "children",
    "draws",
    "nodes",
    "not_understood",
    "output_marks",
    "rebuild",
]

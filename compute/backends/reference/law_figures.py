"""What formulas ask of laws themselves: moments, ends, probabilities; and the uniform numbers of copulas in cells."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from compute.backends.reference.draw_laws import LawReader, law_columns
from compute.backends.reference.frame import Frame
from compute.dialects import InnerLaw
from compute.dialects.law_nodes import JointUniforms, LawFigure
from compute.distributions import Distribution
from compute.distributions.columns import Columns
from compute.errors import ErrorCode, InvalidDistribution, UnsupportedFormula
from compute.formulas.ast import Node
from compute.values import Array, Floats, Kind, error, first_error, numeric, stack, to_numbers, with_errors

if TYPE_CHECKING:
    from compute.backends.reference.evaluator import Evaluator

MOMENTS = ("mean", "variance", "skewness", "kurtosis")


def law_figure(evaluator: Evaluator, node: LawFigure, frame: Frame) -> Array:
    """The figure over the frame's lanes; #NUM! where it does not exist or is infinite."""
    assert isinstance(node.law, InnerLaw)
    if node.at is not None:
        return _probability(evaluator, node, node.law, node.at, frame)
    reader = LawReader(evaluator, frame)
    law = reader.read(node.law)
    wanted = MOMENTS if node.figure == "moments" else (node.figure,)
    values = np.full((len(wanted), law.lanes), np.nan)
    for lane in range(law.lanes):
        if reader.codes is None or not reader.codes[0, 0, lane % reader.codes.shape[2]]:
            try:
                values[:, lane] = [_figure(law.at(lane), name) for name in wanted]
            except InvalidDistribution:
                continue
    values[np.isinf(values)] = math.nan
    return _laid_out(evaluator, [with_errors(numeric(row[None, None, :]), reader.codes) for row in values], frame)


def _figure(law: Distribution, name: str) -> float:
    if name in ("minimum", "maximum"):
        return law.support[name == "maximum"]
    mean, variance, skewness, kurtosis = law.moments()
    third = skewness * variance**1.5 if variance else 0.0
    fourth = kurtosis * variance**2 if variance else 0.0
    found: dict[str, float] = {
        "mean": mean,
        "variance": variance,
        "skewness": skewness,
        "kurtosis": kurtosis,
        "standard deviation": math.sqrt(variance),
        "coefficient of variation": math.sqrt(variance) / mean if mean else math.nan,
        "raw moment 1": mean,
        "raw moment 2": variance + mean**2,
        "raw moment 3": third + 3.0 * mean * variance + mean**3,
        "raw moment 4": fourth + 4.0 * mean * third + 6.0 * mean**2 * variance + mean**4,
    }
    return found[name]


def _probability(evaluator: Evaluator, node: LawFigure, law: InnerLaw, at: Node, frame: Frame) -> Array:
    """The product of the densities or masses of all values, or of P(X ≤ x); what is no number gives #VALUE!."""
    values = evaluator.array(at, frame.as_array())
    if values.kinds is not None and not np.isin(values.kinds, (Kind.NUMBER, Kind.ERROR)).all():
        return error(ErrorCode.VALUE)
    numbers, codes = to_numbers(values, evaluator.date_1904)
    found = None if codes is None else codes.reshape(-1, codes.shape[2]).max(axis=0)[None, None, :]
    columns, law_codes = law_columns(evaluator, law, frame)
    cumulative: Floats = np.zeros(1)
    if node.cumulative is not None:
        switch, switch_codes = to_numbers(evaluator.scalar(node.cumulative, frame), evaluator.date_1904)
        cumulative, found = switch[0, 0], first_error(found, switch_codes)
    shares = [_share(columns, x, cumulative) for x in numbers.reshape(-1, numbers.shape[2])]
    with np.errstate(all="ignore"):
        is_log = node.figure == "log10 of the probability"
        parts = [np.log10(share) for share in shares] if is_log else shares
        total: Floats = functools.reduce(np.add if is_log else np.multiply, parts)
        total = np.where(columns.valid & np.isfinite(total), total, np.nan)
    return with_errors(numeric(total[None, None, :]), first_error(found, law_codes))


def _share(columns: Columns, x: Floats, cumulative: Floats) -> Floats:
    with np.errstate(all="ignore"):
        if (cumulative != 0).all():
            return columns.probability(x)
        density = columns.density(x)
        return density if (cumulative == 0).all() else np.where(cumulative != 0, columns.probability(x), density)


def joint_uniforms(evaluator: Evaluator, node: JointUniforms, frame: Frame) -> Array:
    """A copula's uniform numbers in the cells that the formula fills."""
    if not node.members:
        raise UnsupportedFormula("a copula inside a function of the workbook's own")
    return _laid_out(evaluator, [evaluator.scalar(member, frame) for member in node.members], frame)


def _laid_out(evaluator: Evaluator, parts: Sequence[Array], frame: Frame) -> Array:
    """Several values in a column where the formula fills one, else in a row."""
    if len(parts) == 1:
        return parts[0]
    filled = evaluator.program.filled(frame.formulas[0])
    if filled.rows > 1 and filled.columns > 1:
        raise UnsupportedFormula("a function whose values fill one row or one column, in a range of several of both")
    return stack([[part] for part in parts] if filled.rows > 1 else [list(parts)])


def law_as_value(evaluator: Evaluator, node: InnerLaw, frame: Frame) -> Array:
    """A law is no value: #VALUE!."""
    return error(ErrorCode.VALUE)

"""Reading logarithms, quantiles of the normal law and level payments."""

from __future__ import annotations

import numpy as np

from compute.backends.native.arguments import Reader, elementwise
from compute.backends.native.errors import NotNative
from compute.backends.native.expressions import Apply, Expression, Fixed
from compute.backends.native.reading import Reading
from compute.formulas import ast


def _with_standard(reading: Reading, operation: str, arguments: tuple[ast.Node, ...]) -> Expression:
    """The mean is 0 and the deviation 1 where they are not given."""
    parts = [reading.number(a) for a in arguments]
    for default in (0.0, 0.0, 1.0)[len(parts) :]:
        parts.append(Fixed("number", np.full(reading.line.length, default)))
    return Apply("number", operation, tuple(parts))


def _standard_quantile(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
    if len(arguments) != 1 or isinstance(arguments[0], ast.Omitted):
        raise NotNative("it has a wrong number of arguments")
    return _with_standard(reading, "normal_quantile", arguments)


CURVES_CALLS: dict[str, Reader] = {
    "LOG10": elementwise("decimal_logarithm"),
    "LOG": elementwise("logarithm_to", 10.0),
    **dict.fromkeys(("NORM.INV", "NORMINV"), elementwise("normal_quantile", required=3)),
    **dict.fromkeys(("NORM.S.INV", "NORMSINV"), _standard_quantile),
    "PMT": elementwise("payment", 0.0, 0.0, required=3),
    "PV": elementwise("present_value", 0.0, 0.0, required=3),
    "FV": elementwise("future_value", 0.0, 0.0, required=3),
    "NPER": elementwise("periods", 0.0, 0.0, required=3),
}

__all__ = ["CURVES_CALLS"]

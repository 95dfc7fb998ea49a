"""Trigonometric and hyperbolic functions (Excel's Math & Trig family)."""

from __future__ import annotations

import numpy as np

from compute.functions.signature import number, vectorised
from compute.values import Floats


@vectorised("SIN", number("number"))
def sin(angle: Floats) -> Floats:
    """The sine of an angle in radians."""
    return np.asarray(np.sin(angle))

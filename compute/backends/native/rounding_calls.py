"""Reading ROUND and its kin, whose number of digits is fixed, and the multiples of steps."""

from __future__ import annotations

import numpy as np

from compute.backends.native.arguments import Reader, elementwise
from compute.backends.native.errors import NotNative
from compute.backends.native.expressions import Apply, Expression, Fixed
from compute.backends.native.reading import Reading
from compute.formulas import ast

_LARGEST_POWER = 308


def _decimals(operation: str, *, least: int = 2) -> Reader:
    """A number, and how many digits are kept, 0 where they may be left out."""

    def read(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
        if not least <= len(arguments) <= 2 or any(isinstance(a, ast.Omitted) for a in arguments):
            raise NotNative("an argument is left empty, or there is a wrong number of them")
        digits = np.zeros(reading.line.length)
        if len(arguments) == 2:
            if not reading.is_fixed(arguments[1]):
                raise NotNative("its number of digits varies")
            digits = np.trunc(reading.constant(arguments[1]).values)
        if np.isnan(digits).any() or ((digits >= 0).any() and (digits < 0).any()):
            raise NotNative("its number of digits is an error, or differs in sign from cell to cell")
        power = np.power(10.0, np.clip(np.abs(digits), 0, _LARGEST_POWER))
        which = "decimals" if digits[0] >= 0 else "tens"
        parts = (reading.number(arguments[0]), Fixed("number", power))
        return Apply("number", f"{operation}_{which}", parts)

    return read


def _steps(operation: str, step: float | None = None) -> Reader:
    """A number, a step and a mode; the older functions demand the step and have no mode."""
    required = 2 if step is None else 1
    most = 2 if step is None else 3

    def read(reading: Reading, arguments: tuple[ast.Node, ...]) -> Expression:
        if not required <= len(arguments) <= most or any(isinstance(a, ast.Omitted) for a in arguments):
            raise NotNative("an argument is left empty, or there is a wrong number of them")
        parts = [reading.number(a) for a in arguments]
        for default in (0.0, 1.0 if step is None else step, 0.0)[len(parts) :]:
            parts.append(Fixed("number", np.full(reading.line.length, default)))
        return Apply("number", operation, tuple(parts))

    return read


ROUNDING_CALLS: dict[str, Reader] = {
    "INT": elementwise("integer"),
    "ROUND": _decimals("round"),
    "ROUNDUP": _decimals("round_up"),
    "ROUNDDOWN": _decimals("round_down"),
    "TRUNC": _decimals("round_down", least=1),
    "MOD": elementwise("remainder", required=2),
    "CEILING": _steps("ceiling"),
    "FLOOR": _steps("floor"),
    "CEILING.MATH": _steps("ceiling_math", 1.0),
    "FLOOR.MATH": _steps("floor_math", 1.0),
}

__all__ = ["ROUNDING_CALLS"]

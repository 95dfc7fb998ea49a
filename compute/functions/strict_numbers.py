"""Functions that came with Excel's Analysis ToolPak refuse truth values where others count TRUE as 1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from compute.errors import ErrorCode
from compute.functions.call import as_array
from compute.functions.signature import Parameter, any_value, vectorised
from compute.values import Array, Codes, Floats, Kind, first_error, to_numbers, with_errors

Implementation = Callable[..., Floats | Array]


def strict_to_numbers(array: Array) -> tuple[Floats, Codes | None]:
    """Numbers as ``to_numbers`` reads them and the errors met; a boolean is #VALUE!."""
    numbers, codes = to_numbers(array)
    truths = array.is_kind(Kind.BOOLEAN)
    if not truths.any():
        return numbers, codes
    refused = np.where(truths, np.uint8(ErrorCode.VALUE), np.uint8(0))
    return np.where(truths, 0.0, numbers), first_error(codes, refused)


def strict(names: str, *parameters: Parameter, **options: Any) -> Callable[[Implementation], Implementation]:
    """Registers an elementwise function of numbers, as ``vectorised`` does, that refuses booleans."""
    taken = [any_value(p.name, p.default, optional=p.optional) for p in parameters]

    def decorate(implementation: Implementation) -> Implementation:
        def checked(*arguments: Array | None) -> Array:
            numbers: list[Any] = []
            codes: Codes | None = None
            for argument in arguments:
                values, failed = (None, None) if argument is None else strict_to_numbers(argument)
                numbers.append(values)
                codes = first_error(codes, failed)
            return with_errors(as_array(implementation(*numbers)), codes)

        vectorised(names, *taken, **options)(checked)
        return implementation

    return decorate

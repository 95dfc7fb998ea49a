"""Messages of this domain."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from compute.protocol import LawParameter
from server.gateway.messages import Truncation


class PreviewRequest(BaseModel):
    """A law and its parameters in the order of its worksheet function, or percentiles; limited and moved."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    law: Annotated[str, Field(min_length=1, max_length=64, examples=["NORMAL"])]
    parameters: Annotated[tuple[LawParameter, ...], Field(max_length=32, examples=[[100, 10]])] = ()
    pairs: Annotated[
        tuple[tuple[float | str, float], ...],
        Field(max_length=16, description="Instead of parameters: shares or parameters' names, each with its value."),
    ] = ()
    truncation: Truncation | None = None
    shift: float = 0.0


class MatrixRequest(BaseModel):
    """A correlation matrix, row by row; one triangle may be null."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    matrix: Annotated[
        tuple[Annotated[tuple[float | None, ...], Field(max_length=200)], ...],
        Field(min_length=1, max_length=200, examples=[[[1, 0.5], [0.5, 1]]]),
    ]

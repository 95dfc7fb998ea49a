"""Messages of this domain."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from compute.protocol import LawParameter


class PreviewRequest(BaseModel):
    """A law and its parameters in the order of its worksheet function."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    law: Annotated[str, Field(min_length=1, max_length=64, examples=["NORMAL"])]
    parameters: Annotated[tuple[LawParameter, ...], Field(max_length=32, examples=[[100, 10]])]

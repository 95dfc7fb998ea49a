"""Messages of this domain."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from server.gateway.messages import CellEdit, SheetName


class WorkbookDocument(BaseModel):
    """A workbook as the API shows it. ``size`` in bytes."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    file_name: str
    size: int
    sha256: str
    created_at: datetime


class WorkbookEdits(BaseModel):
    """Cells to change and sheets to add; the answer is a new workbook."""

    model_config = ConfigDict(extra="forbid")

    edits: Annotated[tuple[CellEdit, ...], Field(max_length=100_000)]
    new_sheets: Annotated[tuple[SheetName, ...], Field(max_length=100)] = ()

"""The API's answers as this client reads them. Fields that a newer server adds are ignored."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from compute.protocol import Progress


class Answer(BaseModel):
    """An answer: frozen, lenient about what it doesn't know."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Problem(Answer):
    """A problem document (RFC 9457) with the API's own ``code`` and ``cells``."""

    title: str = ""
    status: int = 0
    detail: str = ""
    code: str = ""
    cells: tuple[str, ...] = ()


class Workbook(Answer):
    """An uploaded workbook."""

    id: str
    file_name: str
    size: int
    sha256: str


class Simulation(Answer):
    """A simulation and how far it is."""

    id: str
    workbook_id: str
    status: Literal["queued", "running", "succeeded", "failed", "cancelled"]
    progress: Progress | None = None
    problem: Problem | None = None
    notes: tuple[str, ...] = ()

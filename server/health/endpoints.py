"""/health: for whoever restarts or routes to this server."""

from __future__ import annotations

import asyncio
import logging
import os
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from server.errors import Unavailable
from server.kit.dependencies import ContextDep
from server.kit.ids import new_id
from server.kit.problems import documented
from server.settings import Settings

READY_SECONDS = 5.0
log = logging.getLogger("montecell.server")


class Health(BaseModel):
    """All is well; what is not well is a problem document."""

    status: Literal["ok"] = "ok"


router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live", operation_id="live", summary="The process answers", responses=documented(403))
async def live() -> Health:
    """The process runs its event loop; nothing else is looked at."""
    return Health()


@router.get("/ready", operation_id="ready", summary="The server can work", responses=documented(403, 503))
async def ready(context: ContextDep) -> Health:
    """The database answers and the data folder can be written to."""
    try:
        async with asyncio.timeout(READY_SECONDS):
            await context.database.ping()
    except Exception as error:
        log.warning("not ready: the database does not answer", exc_info=error)
        raise Unavailable("The database does not answer.") from error
    try:
        await asyncio.to_thread(_write_and_remove, context.settings)
    except OSError as error:
        log.warning("not ready: the data folder cannot be written to", exc_info=error)
        raise Unavailable("The data folder cannot be written to.") from error
    return Health()


def _write_and_remove(settings: Settings) -> None:
    settings.uploads_folder.mkdir(parents=True, exist_ok=True)
    path = settings.uploads_folder / f".{new_id('ok')}"
    with path.open("wb") as stream:
        stream.write(b"ready")
        os.fsync(stream.fileno())
    path.unlink()

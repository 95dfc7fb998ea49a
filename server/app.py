"""Puts the server together: ``create_app(settings)`` is an ASGI application, ``run(settings)`` serves it."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import Scope

import server.analyses.endpoints
import server.distributions.endpoints
import server.fits.endpoints
import server.health.endpoints
import server.simulations.endpoints
import server.workbooks.endpoints
from compute.protocol import MONTECELL_VERSION
from server import migrations
from server.errors import StartupError
from server.gateway.contract import Gateway
from server.gateway.engine import ComputeGateway
from server.kit import documentation, problems, static
from server.kit.bulletin import Bulletin
from server.kit.data_folder import FolderLock
from server.kit.db import Database
from server.kit.dependencies import Context
from server.kit.json_text import refuse_half_characters
from server.kit.request_context import BodyLimit, RequestContext
from server.security.headers import SecurityHeaders, policies
from server.security.hosts import HostAndOrigin
from server.settings import MEGABYTE, Settings
from server.simulations.tasks import Worker

BASE = "/api/v1"
# What a multipart body has around the file.
ENVELOPE = 64 * 1024
EXPOSED = ("Location", "Content-Disposition", "X-Request-Id", "X-Montecell-Notices")
DESCRIPTION = (
    "Monte Carlo simulation of Excel workbooks: upload a workbook, simulate it, follow the run, fetch results."
)

log = logging.getLogger("montecell.server")


def create_app(settings: Settings | None = None, gateway: Gateway | None = None) -> FastAPI:
    """The server as an ASGI application. It opens nothing before its lifespan starts.

    Its lifespan raises StartupError if the data folder is in use or the database cannot be reached.
    """
    settings = settings or Settings()
    context = Context(
        settings,
        Database(settings.database),
        gateway or ComputeGateway(),
        Bulletin(),
        asyncio.Semaphore(settings.fits_at_once),
    )
    app = FastAPI(
        title="Montecell",
        version=MONTECELL_VERSION,
        description=DESCRIPTION,
        openapi_url=f"{BASE}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        middleware=_middleware(settings),
    )
    app.state.context = context
    app.openapi = lambda: documentation.document(app)  # type: ignore[method-assign]
    problems.install(app)
    app.include_router(_api())
    app.include_router(server.health.endpoints.router)
    documentation.install(app, f"{BASE}/docs")
    app.router.routes.extend(static.routes(settings.static_folder))
    return app


def run(settings: Settings | None = None) -> None:
    """Serve until interrupted. Raises StartupError."""
    import uvicorn

    settings = settings or Settings()
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        # Followers of a long simulation hold their connections open; they resume elsewhere.
        timeout_graceful_shutdown=2,
        server_header=False,
        log_level="info",
    )
    uvicorn.Server(config).run()


def _api() -> APIRouter:
    api = APIRouter(prefix=BASE, dependencies=[Depends(refuse_half_characters)])
    for domain in (server.workbooks, server.simulations, server.analyses, server.fits, server.distributions):
        api.include_router(domain.endpoints.router)
    return api


def _middleware(settings: Settings) -> list[Middleware]:
    """From the outside in."""
    stack = [
        Middleware(SecurityHeaders, headers=policies(settings.frame_ancestors)),
        Middleware(RequestContext),
        Middleware(HostAndOrigin, hosts=settings.allowed_hosts, origins=settings.allowed_origins),
    ]
    if settings.allowed_origins:
        stack.append(
            Middleware(
                CORSMiddleware,
                allow_origins=settings.allowed_origins,
                allow_methods=("GET", "POST", "DELETE"),
                allow_headers=("Content-Type", "Idempotency-Key", "Last-Event-ID", "X-File-Name", "X-Request-Id"),
                expose_headers=EXPOSED,
                allow_private_network=True,
            )
        )
    return [*stack, Middleware(BodyLimit, limit=_body_limit(settings))]


def _body_limit(settings: Settings) -> Callable[[Scope], int]:
    """Files may be as large as the setting says; everything else is held in memory and stays small."""
    in_memory = min(settings.max_upload_bytes, 10 * MEGABYTE)

    def limit(scope: Scope) -> int:
        is_json = Headers(scope=scope).get("content-type", "").startswith("application/json")
        if scope["path"] == f"{BASE}/workbooks" and not is_json:
            return settings.max_upload_bytes + ENVELOPE
        return in_memory

    return limit


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    context: Context = app.state.context
    lock = FolderLock(context.settings.data_folder)
    _make_folders(context.settings)
    if context.settings.embedded:
        lock.acquire()
        _remove_unfinished_uploads(context.settings)
    worker = Worker(context)
    try:
        await migrations.upgrade(context.database)
        if context.settings.worker:
            await worker.start()
        yield
    finally:
        await worker.stop()
        await context.database.close()
        lock.release()


def _make_folders(settings: Settings) -> None:
    try:
        for folder in (settings.workbooks_folder, settings.simulations_folder, settings.uploads_folder):
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StartupError(f"The data folder {settings.data_folder} cannot be written to: {error}") from error


def _remove_unfinished_uploads(settings: Settings) -> None:
    """Only for a process that is alone on its folder: then what lies here is left from one that was killed."""
    for folder in settings.uploads_folder.iterdir():
        shutil.rmtree(folder, ignore_errors=True)

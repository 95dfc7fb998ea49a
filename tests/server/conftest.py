"""Servers to test against: the real application on SQLite and on a PostgreSQL of our own.

``stage`` starts applications in this process on a data folder; ``StageEngine`` stands behind the gateway where a test
has to hold a run at a certain point (the contract it keeps is checked in test_engine_contract.py).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import uuid
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import numpy as np
import psycopg
import psycopg.sql
import pytest
from fastapi import FastAPI

from compute.details import ResultDetails
from compute.errors import Cancelled, ComputeError
from compute.protocol import Certificate, ModelDescription, Progress, ResultSummary, SimulationSpec, Timings
from server.app import create_app
from server.gateway.acceptance import Accepted
from server.gateway.analyses import Analysis, AnalysisResult, SensitivityResult
from server.gateway.contract import RunControl
from server.gateway.engine import ComputeGateway
from server.settings import Settings

BASE_URL = "http://127.0.0.1:8000"
SHARED = Path(__file__).parents[2].parent / "shared"
DEADLINE = 60.0


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


# ---------------------------------------------------------------- PostgreSQL


@dataclass
class PostgreSQL:
    """A cluster of our own on a loopback port."""

    binaries: Path
    folder: Path
    port: int

    def command(self, *words: str | Path) -> list[str]:
        prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        return [*prefix, str(self.binaries / words[0]), *map(str, words[1:])]

    def run(self, *words: str | Path) -> None:
        subprocess.run(self.command(*words), check=True, capture_output=True, timeout=60, cwd="/")

    def emptied(self) -> str:
        """The URL of the database that tests share one after the other, with nothing in it."""
        with psycopg.connect(f"postgresql://postgres@127.0.0.1:{self.port}/postgres", autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def database(self) -> str:
        """The URL of a database of the test's own."""
        name = f"test_{uuid.uuid4().hex}"
        with psycopg.connect(f"postgresql://postgres@127.0.0.1:{self.port}/postgres", autocommit=True) as connection:
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"


@pytest.fixture(scope="session")
def postgresql(postgresql_programs: Path) -> Iterator[PostgreSQL]:
    # pytest's own folders are closed to other users, and PostgreSQL refuses to run as root.
    folder = Path(tempfile.mkdtemp(prefix="montecell-postgresql-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    cluster = PostgreSQL(postgresql_programs, folder / "data", port)
    cluster.run("initdb", "-D", cluster.folder, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8")
    options = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off -p {port}"
    cluster.run("pg_ctl", "-D", cluster.folder, "-l", folder / "log", "-w", "-o", options, "start")
    try:
        yield cluster
    finally:
        cluster.run("pg_ctl", "-D", cluster.folder, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite3'}"
    url: str = request.getfixturevalue("postgresql").emptied()
    return url


# ---------------------------------------------------------------- an engine that stops where a test wants it


class StageResult:
    """A result with two columns that follow from the specification alone."""

    def __init__(self, spec: SimulationSpec, sha256: str, name: str) -> None:
        self.spec, self.sha256, self.name = spec, sha256, name
        self.samples = np.random.default_rng(spec.seed).normal(size=(2, spec.iterations))

    def summary(self) -> ResultSummary:
        certificate = Certificate(
            workbook_sha256=self.sha256,
            workbook_name=self.name,
            montecell_version="0",
            engine="stage",
            engine_class="stage",
            sampling=self.spec.sampling,
            seed=self.spec.seed,
            iterations=self.spec.iterations,
            digest=hashlib.sha256(self.samples.tobytes()).hexdigest(),
        )
        return ResultSummary(outputs=(), inputs=(), certificate=certificate, timings=Timings())

    def details(
        self, include: Collection[str], convention: str = "atrisk", *, fan: Sequence[str] = ()
    ) -> ResultDetails:
        asked = f"{','.join(include)} {','.join(fan)}"
        return ResultDetails.model_validate({"digest": "0" * 64, "convention": convention, "notes": (asked,)})

    def samples_table(self) -> tuple[list[str], list[np.ndarray]]:
        values = self.samples[1].copy()
        values[0] = np.nan
        return ["=Profit", "Sheet1!B2"], [self.samples[0], values]

    def save(self, folder: Path) -> None:
        (folder / "spec.json").write_text(self.spec.model_dump_json())
        (folder / "book").write_text(f"{self.sha256} {self.name}")

    def write_workbook(self, original: Path, target: Path) -> tuple[str, ...]:
        target.write_bytes(original.read_bytes() + b"results")
        return ("The digital signature was removed.",)


@dataclass
class StageEngine(ComputeGateway):
    """The real gateway for workbooks and laws; runs count to ``chunks`` and wait at ``gate`` before ``hold_at``."""

    chunks: int = 4
    hold_at: int | None = None
    gate: threading.Event = field(default_factory=threading.Event)
    held: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)
    started: list[str] = field(default_factory=list)
    calculated: list[int] = field(default_factory=list)
    raises: Callable[[], Exception] | None = None

    def describe(self, path: Path) -> ModelDescription:
        return ModelDescription(
            file_name=path.name, sha256="0" * 64, product="Montecell", sheets=(), inputs=(), outputs=()
        )

    def accept(self, path: Path, spec: SimulationSpec, analysis: Analysis | None, limit: int) -> Accepted:
        if spec.iterations == 13:
            raise ComputeError("thirteen", code="model.no_inputs", cells=("Sheet1!A1",))
        return Accepted(spec, ("a note",) if spec.seed == 99 else ())

    def analyse(self, path: Path, spec: SimulationSpec, analysis: Analysis, control: RunControl) -> AnalysisResult:
        self.started.append(path.name)
        try:
            self._run(path, spec, control)
        finally:
            self.left.set()
        return SensitivityResult(method="sobol", shares=(), evaluations=spec.iterations, seed=spec.seed)

    def simulate(self, path: Path, spec: SimulationSpec, control: RunControl) -> StageResult:
        self.started.append(path.name)
        try:
            return self._run(path, spec, control)
        finally:
            self.left.set()

    def _run(self, path: Path, spec: SimulationSpec, control: RunControl) -> StageResult:
        if self.raises is not None:
            raise self.raises()
        for chunk in range(self.chunks):
            self._chunk(chunk, control)
            done = spec.iterations * (chunk + 1) // self.chunks
            control.on_progress(Progress(stage="simulating", done=done, total=spec.iterations, seconds=0.1 * chunk))
        return StageResult(spec, hashlib.sha256(path.read_bytes()).hexdigest(), path.name)

    def _chunk(self, chunk: int, control: RunControl) -> None:
        marker = control.checkpoint / f"chunk-{chunk}"
        if marker.exists():
            return
        if chunk == self.hold_at:
            self.held.set()
            deadline = DEADLINE
            while not self.gate.wait(0.02) and not control.cancelled() and deadline > 0:
                deadline -= 0.02
        if control.cancelled():
            raise Cancelled("The simulation was stopped.")
        self.calculated.append(chunk)
        marker.touch()

    def load_result(self, folder: Path) -> StageResult:
        sha256, _, name = (folder / "book").read_text().partition(" ")
        return StageResult(SimulationSpec.model_validate_json((folder / "spec.json").read_text()), sha256, name)


@pytest.fixture
def engine() -> StageEngine:
    return StageEngine()


# ---------------------------------------------------------------- applications in this process


@dataclass
class Stage:
    """Starts applications on one data folder and one database, one after the other or side by side."""

    folder: Path
    database_url: str
    engine: StageEngine

    def settings(self, **changes: object) -> Settings:
        given = {"data_folder": self.folder, "database_url": self.database_url, "poll_seconds": 0.05}
        return Settings(**(given | {"progress_seconds": 0.0, "static_folder": self.folder / "dist"} | changes))

    @asynccontextmanager
    async def server(self, app: FastAPI | None = None, **changes: object) -> AsyncIterator[httpx2.AsyncClient]:
        """A running application and a client for it."""
        app = app or create_app(self.settings(**changes), self.engine)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(app.router.lifespan_context(app))
            transport = httpx2.ASGITransport(app=app)
            yield await stack.enter_async_context(httpx2.AsyncClient(transport=transport, base_url=BASE_URL))


@pytest.fixture
def stage(tmp_path: Path, database_url: str, engine: StageEngine) -> Stage:
    """On both databases."""
    return Stage(tmp_path / "data", database_url, engine)


@pytest.fixture
def sqlite_stage(tmp_path: Path, engine: StageEngine) -> Stage:
    """For what does not depend on the database."""
    return Stage(tmp_path / "data", "", engine)


@pytest.fixture
async def client(sqlite_stage: Stage, anyio_backend: str) -> AsyncIterator[httpx2.AsyncClient]:
    async with sqlite_stage.server() as client:
        yield client


# ---------------------------------------------------------------- workbooks


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small model: price and units are uncertain, profit is the output."""
    import openpyxl

    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet["A1"], sheet["B1"] = "Price", "=_xldudf_MC_NORMAL(100,10)"
    sheet["A2"], sheet["B2"] = "Units", "=_xldudf_MC_UNIFORM(10,20)"
    sheet["A3"], sheet["B3"] = "Profit", '=_xldudf_MC_OUTPUT("Profit")+B1*B2-1000'
    path = tmp_path_factory.mktemp("books") / "Plan.xlsx"
    workbook.save(path)
    return path.read_bytes()


@pytest.fixture
def upload(book: bytes) -> Callable[[httpx2.AsyncClient], object]:
    async def send(client: httpx2.AsyncClient, name: str = "Plan.xlsx", content: bytes = book) -> str:
        response = await client.post("/api/v1/workbooks", files={"file": (name, content)})
        assert response.status_code == 201, response.text
        identifier: str = response.json()["id"]
        return identifier

    return send

"""A server killed in mid-run, started again, ends with the digest of an undisturbed run. Real processes and engine."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

ROOT = Path(__file__).parents[2]
API = "/api/v1"
SECONDS = 120.0


class Server:
    """``python -m server`` on a free loopback port."""

    def __init__(self, folder: Path, database_url: str, **settings: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        own = {"DATA_FOLDER": str(folder), "DATABASE_URL": database_url, "PORT": str(self.port), **settings}
        environment = os.environ | {f"MONTECELL_{name}": value for name, value in own.items()}
        self.log = folder.with_name(f"server-{self.port}.log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "server"], cwd=ROOT, env=environment, stderr=log, stdout=log
            )
        self.client = httpx2.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=SECONDS)

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            with contextlib.suppress(httpx2.TransportError):
                if self.client.get("/health/ready").status_code == 200:
                    return
        raise TimeoutError(self.log.read_text())

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(SECONDS)
        self.client.close()

    def events(self, simulation: str, last: int = 0) -> Iterator[tuple[int, str, dict[str, object]]]:
        headers = {"Last-Event-ID": str(last)}
        with self.client.stream("GET", f"{API}/simulations/{simulation}/events", headers=headers) as response:
            fields: dict[str, str] = {}
            for line in response.iter_lines():
                if line and not line.startswith(":"):
                    name, _, value = line.partition(": ")
                    fields[name] = value
                elif fields:
                    yield int(fields["id"]), fields["event"], json.loads(fields["data"])
                    fields = {}

    def submit(self, workbook: str, spec: dict[str, object]) -> str:
        response = self.client.post(f"{API}/simulations", json={"workbook_id": workbook, "spec": spec})
        assert response.status_code == 202, response.text
        identifier: str = response.json()["id"]
        return identifier

    def digest(self, simulation: str) -> str:
        response = self.client.get(f"{API}/simulations/{simulation}/results")
        assert response.status_code == 200, response.text
        digest: str = response.json()["certificate"]["digest"]
        return digest


@pytest.fixture
def settings(database_url: str) -> dict[str, str]:
    """SQLite: alone, takes over at once. PostgreSQL: as a replica, when the lease has ended."""
    alone = database_url.startswith("sqlite")
    return {"SINGLE_PROCESS": str(alone), "LEASE_SECONDS": "30" if alone else "1.5", "THREADS": "1"}


def test_a_killed_server_goes_on_and_ends_with_the_same_digest(
    tmp_path: Path, database_url: str, settings: dict[str, str], book: bytes
) -> None:
    folder = tmp_path / "data"
    spec = {"iterations": 1_000_000, "seed": 11}
    first = Server(folder, database_url, **settings)
    try:
        first.wait_until_ready()
        made = first.client.post(f"{API}/workbooks", files={"file": ("Plan.xlsx", book)})
        workbook = made.json()["id"]
        simulation = first.submit(workbook, spec)
        seen, done = _until_under_way(first, simulation)
    finally:
        first.kill()
    assert 0 < done < spec["iterations"], "the run was over before it could be killed: make it longer"
    assert list((folder / "simulations" / simulation / "checkpoint").rglob("*.npz"))
    second = Server(folder, database_url, **settings)
    try:
        second.wait_until_ready()
        events = list(second.events(simulation, seen))
        assert [number for number, _, _ in events] == list(range(seen + 1, seen + 1 + len(events)))
        assert events[-1][1] == "succeeded", events[-1]
        resumed_at = next(data["done"] for _, _, data in events if data.get("stage") == "simulating")
        undisturbed = second.submit(workbook, spec)
        assert list(second.events(undisturbed))[-1][1] == "succeeded"
        assert second.digest(simulation) == second.digest(undisturbed)
        assert "its worker died; attempt 2" in second.log.read_text()
        assert resumed_at > 0
    finally:
        second.kill()


def _until_under_way(server: Server, simulation: str) -> tuple[int, int]:
    for number, name, data in server.events(simulation):
        assert name == "progress", data
        if data["stage"] == "simulating" and data["done"]:
            return number, int(str(data["done"]))
    raise AssertionError("the stream ended early")


def test_a_terminated_server_puts_its_job_back_and_leaves_nothing_locked(tmp_path: Path, book: bytes) -> None:
    folder = tmp_path / "data"
    first = Server(folder, "", THREADS="1")
    try:
        first.wait_until_ready()
        workbook = first.client.post(f"{API}/workbooks", files={"file": ("Plan.xlsx", book)}).json()["id"]
        simulation = first.submit(workbook, {"iterations": 9_000_000})
        _until_under_way(first, simulation)
        first.process.terminate()
        assert first.process.wait(SECONDS) in (0, -15)
    finally:
        first.kill()
    second = Server(folder, "", WORKER="false")
    try:
        second.wait_until_ready()
        assert second.client.get(f"{API}/simulations/{simulation}").json()["status"] == "queued"
    finally:
        second.kill()


def test_a_second_server_on_the_folder_says_why_it_does_not_start(tmp_path: Path) -> None:
    first = Server(tmp_path / "data", "")
    try:
        first.wait_until_ready()
        second = Server(tmp_path / "data", "")
        assert second.process.wait(SECONDS) != 0
        assert "Another Montecell server already uses" in second.log.read_text()
        second.client.close()
    finally:
        first.kill()

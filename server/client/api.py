"""The HTTP API as a Python object: upload, describe, simulate, follow, fetch. Standard library's HTTP client."""

from __future__ import annotations

import http.client
import json
import ssl
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, TypeVar
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, ValidationError

from compute.protocol import ModelDescription, Progress, ResultSummary, SimulationSpec
from server.client import event_stream
from server.client.messages import Problem, Simulation, Workbook
from server.client.problems import FileProblem, ProblemReceived, ServerProblem

M = TypeVar("M", bound=BaseModel)
Body = bytes | IO[bytes] | None
FINAL = ("succeeded", "failed", "cancelled")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSM = "application/vnd.ms-excel.sheet.macroEnabled.12"
COPY_BYTES = 1 << 16


class Client:
    """One server of the API at an address such as ``http://127.0.0.1:8000``.

    ``authority`` is a file with the certificate authority that signed a local server's certificate. Every method raises
    ProblemReceived for a problem document and ServerProblem when the server cannot be reached or isn't the API.
    """

    def __init__(self, address: str, *, authority: Path | None = None, timeout: float = 60.0) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not an address of a server: {address!r}")
        self.address = address.rstrip("/")
        self._host, self._port = parts.hostname, parts.port
        self._timeout = timeout
        self._tls = ssl.create_default_context(cafile=authority) if parts.scheme == "https" else None

    def wait_until_ready(self, seconds: float, still_there: Callable[[], bool] = lambda: True) -> None:
        """Return when the server says that it is ready; ServerProblem after ``seconds`` or once it is gone."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and still_there():
            try:
                with self._send("GET", "/health/ready"):
                    return
            except (ServerProblem, ProblemReceived):
                time.sleep(0.05)
        raise ServerProblem(f"the server at {self.address} did not become ready")

    def upload(self, path: Path) -> Workbook:
        """Send a workbook, streamed from disk. Raises FileProblem when it cannot be read."""
        kind = XLSM if path.suffix.lower() == ".xlsm" else XLSX
        try:
            with path.open("rb") as body:
                headers = {
                    "Content-Type": kind,
                    "Content-Length": str(path.stat().st_size),
                    "X-File-Name": quote(path.name, safe=""),
                }
                return self._read(Workbook, "POST", "/api/v1/workbooks", body, headers)
        except OSError as error:
            raise FileProblem(f"{path} cannot be read: {error.strerror or error}") from error

    def model(self, workbook: str) -> ModelDescription:
        """The uncertain inputs, the outputs and what is unsupported in an uploaded workbook."""
        return self._read(ModelDescription, "GET", f"/api/v1/workbooks/{quote(workbook)}/model")

    def simulate(self, workbook: str, spec: SimulationSpec) -> Simulation:
        """Ask for a simulation; it is queued and an id comes back. Fields not set are the workbook's own settings."""
        return self._queue("/api/v1/simulations", {"workbook_id": workbook, "spec": _set_fields(spec)})

    def analyse(self, workbook: str, spec: SimulationSpec, analysis: Mapping[str, object]) -> Simulation:
        """Ask for a stress test, a goal seek or shares of variance: ``{"kind": "stress", "ranges": […]}``.

        It is followed and cancelled as a simulation.
        """
        body = {"workbook_id": workbook, "spec": _set_fields(spec), "analysis": dict(analysis)}
        return self._queue("/api/v1/analyses", body)

    def analysis_result(self, simulation: str) -> dict[str, Any]:
        """What a finished analysis found, as plain data."""
        with self._send("GET", f"/api/v1/simulations/{quote(simulation)}/results?format=json") as response:
            return _plain(response.read())

    def fit(self, request: Mapping[str, object]) -> dict[str, Any]:
        """Laws fitted to a sample: ``{"values": […]}``, as plain data with their formulas."""
        return self._posted("/api/v1/fits", request)

    def elicit(self, request: Mapping[str, object]) -> dict[str, Any]:
        """Laws from percentiles: ``{"percentiles": [{"p": 0.1, "x": 80}, …]}``, as plain data with their formulas."""
        return self._posted("/api/v1/elicitations", request)

    def _posted(self, path: str, request: Mapping[str, object]) -> dict[str, Any]:
        body = json.dumps(dict(request)).encode()
        with self._send("POST", path, body, {"Content-Type": "application/json"}) as response:
            return _plain(response.read())

    def _queue(self, path: str, request: Mapping[str, object]) -> Simulation:
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        return self._read(Simulation, "POST", path, json.dumps(request).encode(), headers)

    def simulation(self, simulation: str) -> Simulation:
        """How a simulation stands."""
        return self._read(Simulation, "GET", f"/api/v1/simulations/{quote(simulation)}")

    def cancel(self, simulation: str) -> None:
        """Ask a simulation to stop."""
        with self._send("DELETE", f"/api/v1/simulations/{quote(simulation)}"):
            pass

    def follow(self, simulation: str, on_progress: Callable[[Progress], None]) -> Simulation:
        """Report progress until the simulation ends and return how it ended. A broken connection is taken up again."""
        last_id = ""
        while True:
            progressed = False
            for event in self._events(simulation, last_id):
                last_id, progressed = event.id or last_id, True
                if event.name in FINAL:
                    return _validated(Simulation, event.data.encode())
                if event.name == "progress":
                    on_progress(_validated(Progress, event.data.encode()))
            if not progressed:
                now = self.simulation(simulation)
                if now.status in FINAL:
                    return now
                time.sleep(0.2)

    def results(self, simulation: str) -> ResultSummary:
        """The statistics of a finished simulation."""
        return self._read(ResultSummary, "GET", f"/api/v1/simulations/{quote(simulation)}/results?format=json")

    def save_results_workbook(self, simulation: str, target: Path) -> None:
        """Write the results workbook to a new file. Raises FileProblem when that isn't possible."""
        with self._send("GET", f"/api/v1/simulations/{quote(simulation)}/results?format=xlsx") as response:
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as file:
                    while block := response.read(COPY_BYTES):
                        file.write(block)
            except OSError as error:
                raise FileProblem(f"{target} cannot be written: {error.strerror or error}") from error

    def _events(self, simulation: str, last_id: str) -> Iterator[event_stream.Event]:
        headers = {"Accept": "text/event-stream", **({"Last-Event-ID": last_id} if last_id else {})}
        with self._send("GET", f"/api/v1/simulations/{quote(simulation)}/events", None, headers) as response:
            lines = (line.decode("utf-8", "replace") for line in response)
            try:
                yield from event_stream.parse(lines)
            except (OSError, http.client.HTTPException):
                return  # the caller resumes after the last event that it saw

    def _read(
        self, message: type[M], method: str, path: str, body: Body = None, headers: Mapping[str, str] | None = None
    ) -> M:
        with self._send(method, path, body, headers) as response:
            return _validated(message, response.read())

    def _send(
        self, method: str, path: str, body: Body = None, headers: Mapping[str, str] | None = None
    ) -> http.client.HTTPResponse:
        """One request on a connection of its own; the response closes it."""
        if self._tls is not None:
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                self._host, self._port, timeout=self._timeout, context=self._tls
            )
        else:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=self._timeout)
        try:
            connection.request(method, path, body=body, headers={"Connection": "close", **(headers or {})})
            response = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise ServerProblem(f"the server at {self.address} cannot be reached: {error}") from error
        if response.status >= 400:
            with response:
                raise _problem(response.status, response.read())
        return response


def _validated(message: type[M], content: bytes) -> M:
    try:
        return message.model_validate_json(content)
    except ValidationError as error:
        raise ServerProblem(f"the server's answer is not a {message.__name__}: {error}") from error


def _set_fields(spec: SimulationSpec) -> dict[str, Any]:
    return spec.model_dump(mode="json", exclude_unset=True)


def _plain(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError as error:
        raise ServerProblem(f"the server's answer is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise ServerProblem("the server's answer is not a JSON object")
    return found


def _problem(status: int, content: bytes) -> ProblemReceived | ServerProblem:
    try:
        problem = Problem.model_validate_json(content)
    except ValidationError:
        return ServerProblem(f"the server answered with status {status} and no problem document")
    return ProblemReceived(problem.code, problem.detail or problem.title, problem.cells, status)

"""The client against a served application: an analysis, a fit, and specifications that leave fields to the workbook."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from compute.protocol import SimulationSpec
from server.app import create_app
from server.client.api import Client
from server.client.problems import ProblemReceived


@pytest.fixture
def client(sqlite_stage) -> Iterator[Client]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        app = create_app(sqlite_stage.settings(threads=1))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        client = Client(f"http://127.0.0.1:{listener.getsockname()[1]}")
        client.wait_until_ready(60)
        yield client
        server.should_exit = True
        thread.join(60)


def test_an_analysis_and_a_fit(client: Client, book: bytes, tmp_path: Path) -> None:
    path = tmp_path / "Plan.xlsx"
    path.write_bytes(book)
    workbook = client.upload(path).id
    analysis = {"kind": "stress", "ranges": [{"input": "Sheet!B2", "high": 0.5}]}
    queued = client.analyse(workbook, SimulationSpec(iterations=500, seed=7), analysis)
    ended = client.follow(queued.id, lambda progress: None)
    assert ended.status == "succeeded", ended.problem
    found = client.analysis_result(queued.id)
    assert (found["kind"], found["certificates"]["baseline"]["seed"]) == ("stress", 7)
    answer = client.fit({"values": [1, 2, 2, 3, 3.5, 5], "laws": ["NORMAL"]})
    assert answer["fits"][0]["formula"].startswith("=MC.NORMAL(2.75,")
    said = [{"p": 0.1, "x": 80}, {"p": 0.5, "x": 100}, {"p": 0.9, "x": 140}]
    assert client.elicit({"percentiles": said, "laws": ["NORMAL"]})["metalog"]["law"] == "METALOG"
    with pytest.raises(ProblemReceived, match="5 or more"):
        client.fit({"values": [1]})

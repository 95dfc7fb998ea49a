"""Submitting, listing, cancelling, idempotency, results: on SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import csv
import io
from urllib.parse import unquote

import httpx2
import pytest
from starlette.types import Message, Receive, Scope, Send

from server.app import create_app
from server.kit.db import Database
from server.simulations.repository import SimulationRepository

pytestmark = pytest.mark.anyio
URL = "/api/v1/simulations"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _request(workbook_id: str, **spec: object) -> dict[str, object]:
    return {"workbook_id": workbook_id, "spec": {"iterations": 100, "seed": 7, **spec}}


async def _ended(client: httpx2.AsyncClient, simulation_id: str) -> dict[str, object]:
    """Follows the events to their end: no polling, no sleeping."""
    async with asyncio.timeout(60):
        response = await client.get(f"{URL}/{simulation_id}/events")
    assert response.status_code == 200, response.text
    return (await client.get(f"{URL}/{simulation_id}")).json()


async def test_a_simulation_from_submission_to_results(stage, upload) -> None:
    async with stage.server() as client:
        workbook = await upload(client)
        accepted = await client.post(URL, json=_request(workbook))
        assert accepted.status_code == 202
        document = accepted.json()
        path = f"{URL}/{document['id']}"
        assert accepted.headers["location"] == path
        assert document["status"] == "queued"
        waiting = {"version": 1, "stage": "queued", "done": 0, "total": 100, "seconds": 0.0}
        assert document["progress"] == waiting | {"still_needed": None, "run": 1}
        assert document["links"] == {
            "events": f"{path}/events",
            "results": f"{path}/results",
            "workbook": f"/api/v1/workbooks/{workbook}",
        }
        ended = await _ended(client, document["id"])
        assert ended["status"] == "succeeded", ended
        assert ended["progress"]["done"] == 100
        assert ended["created_at"] <= ended["started_at"] <= ended["finished_at"]
        summary = (await client.get(f"{path}/results")).json()
        assert summary["certificate"]["seed"] == 7
        folder = stage.settings().simulations_folder / document["id"]
        assert not (folder / "checkpoint").exists()


async def test_what_is_answered_has_been_committed(stage, upload) -> None:
    """When the answer begins, another connection sees the row: no client can read its own write too early."""
    app = create_app(stage.settings(worker=False), stage.engine)
    database = Database(stage.settings().database)
    seen: list[int] = []

    async def looking(scope: Scope, receive: Receive, send: Send) -> None:
        async def look_and_send(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 202:
                async with database.transaction() as transaction:
                    seen.append(len(await SimulationRepository(transaction).page(10, None)))
            await send(message)

        await app(scope, receive, look_and_send)

    async with (
        stage.server(app) as client,
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app=looking), base_url=client.base_url) as looked_at,
    ):
        response = await looked_at.post(URL, json=_request(await upload(client)))
        assert response.status_code == 202
    await database.close()
    assert seen == [1]


async def test_results_in_every_format(stage, upload) -> None:
    async with stage.server() as client:
        simulation = (await client.post(URL, json=_request(await upload(client, "Größe.xlsx")))).json()
        await _ended(client, simulation["id"])
        path = f"{URL}/{simulation['id']}/results"
        table = await client.get(path, headers={"Accept": "text/html;q=0.2, text/csv"})
        assert table.headers["content-type"] == "text/csv; charset=utf-8"
        assert unquote(table.headers["content-disposition"]).endswith("UTF-8''Größe - Montecell.csv")
        rows = list(csv.reader(io.StringIO(table.text)))
        assert rows[0] == ["'=Profit", "Sheet1!B2"]
        assert len(rows) == 101
        assert rows[1][1] == ""
        assert all(float(cell) or True for row in rows[2:] for cell in row)
        for _ in range(2):
            workbook = await client.get(path, params={"format": "xlsx"})
            assert workbook.headers["content-type"] == XLSX
            assert unquote(workbook.headers["content-disposition"]).endswith("UTF-8''Größe - Montecell.xlsx")
            assert unquote(workbook.headers["x-montecell-notices"]) == "The digital signature was removed."
            assert workbook.content.endswith(b"results")
        refused = await client.get(path, headers={"Accept": "image/png"})
        assert (refused.status_code, refused.json()["code"]) == (406, "request.not_acceptable")
        assert (await client.get(path, params={"format": "pdf"})).status_code == 422


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"include": "tornado,pie"}, "no section 'pie'; known are statistics, intervals, density, tornado, regression"),
        ({"include": " , "}, "no section is named; known are statistics"),
        ({"include": "tornado", "format": "csv"}, "JSON, not as csv"),
        ({"convention": "excel"}, "name sections in include"),
        ({"include": "tornado", "convention": "sas"}, "'atrisk' or 'excel'"),
    ],
)
async def test_details_that_there_are_not(sqlite_stage, upload, asked: dict[str, str], words: str) -> None:
    async with sqlite_stage.server() as client:
        simulation = (await client.post(URL, json=_request(await upload(client)))).json()
        await _ended(client, simulation["id"])
        refused = await client.get(f"{URL}/{simulation['id']}/results", params=asked)
        assert (refused.status_code, refused.json()["code"]) == (422, "request.invalid")
        assert words in refused.json()["detail"]
        assert refused.json()["errors"][0]["field"].startswith("query.")


async def test_details_are_passed_on_as_asked(sqlite_stage, upload) -> None:
    async with sqlite_stage.server() as client:
        simulation = (await client.post(URL, json=_request(await upload(client)))).json()
        await _ended(client, simulation["id"])
        asked = {"include": "Fan,tornado", "convention": "excel", "fan": ["A!B1:B3", "A!C1:C3"]}
        answer = await client.get(f"{URL}/{simulation['id']}/results", params=asked)
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["convention"] == "excel"
        assert answer.json()["notes"] == ["fan,tornado A!B1:B3,A!C1:C3"]


async def test_no_results_before_the_end_nor_after_a_cancel(stage, engine, upload) -> None:
    engine.hold_at = 2
    async with stage.server() as client:
        simulation = (await client.post(URL, json=_request(await upload(client)))).json()
        path = f"{URL}/{simulation['id']}"
        await asyncio.to_thread(engine.held.wait, 60)
        early = await client.get(f"{path}/results")
        assert (early.status_code, early.json()["code"]) == (409, "simulation.not_finished")
        stopping = await client.delete(path)
        assert (stopping.status_code, stopping.json()["status"]) == (202, "running")
        assert (await _ended(client, simulation["id"]))["status"] == "cancelled"
        again = await client.delete(path)
        assert (again.status_code, again.json()["status"]) == (200, "cancelled")
        late = await client.get(f"{path}/results")
        assert (late.status_code, late.json()["code"]) == (409, "simulation.without_results")
        assert not (stage.settings().simulations_folder / simulation["id"]).exists()


async def test_a_waiting_simulation_is_cancelled_at_once_and_never_runs(stage, engine, upload) -> None:
    engine.hold_at = 0
    async with stage.server() as client:
        workbook = await upload(client)
        first = (await client.post(URL, json=_request(workbook))).json()
        await asyncio.to_thread(engine.held.wait, 60)
        second = (await client.post(URL, json=_request(workbook))).json()
        cancelled = await client.delete(f"{URL}/{second['id']}")
        assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
        engine.gate.set()
        assert (await _ended(client, first["id"]))["status"] == "succeeded"
        assert (await _ended(client, second["id"]))["status"] == "cancelled"
        assert len(engine.started) == 1


async def test_what_cannot_be_simulated_is_refused_before_it_is_queued(stage, upload) -> None:
    async with stage.server() as client:
        workbook = await upload(client)
        refused = await client.post(URL, json=_request(workbook, iterations=13))
        assert refused.status_code == 422
        assert refused.json()["code"] == "model.no_inputs"
        assert refused.json()["cells"] == ["Sheet1!A1"]
        unknown = await client.post(URL, json=_request("wb_00000000000000000000000000"))
        assert (unknown.status_code, unknown.json()["code"]) == (404, "workbook.not_found")
        assert (await client.get(URL)).json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "workbook_id"),
        ({"workbook_id": "x", "spec": {"iterations": 0}}, "spec.iterations"),
        ({"workbook_id": "x", "spec": {"iteration": 5}}, "spec.iteration"),
        ({"workbook_id": "x", "spec": {"inputs": [{"cell": "A1", "law": "NORMAL"}]}}, "spec.inputs.0.parameters"),
    ],
)
async def test_invalid_requests_name_their_fields(client, body: dict[str, object], field: str) -> None:
    response = await client.post(URL, json=body)
    assert response.status_code == 422
    assert response.json()["code"] == "request.invalid"
    assert [each["field"] for each in response.json()["errors"]] == [field]


async def test_the_same_key_gives_the_same_simulation(stage, upload) -> None:
    async with stage.server() as client:
        workbook = await upload(client)
        key = {"Idempotency-Key": "order 66"}
        first = await client.post(URL, json=_request(workbook), headers=key)
        second = await client.post(URL, json=_request(workbook), headers=key)
        assert (first.status_code, second.status_code) == (202, 200)
        assert first.json()["id"] == second.json()["id"]
        other = await client.post(URL, json=_request(workbook, seed=8), headers=key)
        assert (other.status_code, other.json()["code"]) == (409, "idempotency.conflict")
        assert len((await client.get(URL)).json()["items"]) == 1


async def test_the_same_key_at_the_same_time_makes_one_simulation(stage, upload) -> None:
    async with stage.server() as client:
        workbook = await upload(client)
        answers = await asyncio.gather(
            *(client.post(URL, json=_request(workbook), headers={"Idempotency-Key": "k"}) for _ in range(12))
        )
        assert {answer.json()["id"] for answer in answers} == {answers[0].json()["id"]}
        assert sorted(answer.status_code for answer in answers) == [200] * 11 + [202]
        assert len((await client.get(URL)).json()["items"]) == 1


async def test_pages_newest_first_while_rows_are_added(stage, upload) -> None:
    async with stage.server(worker=False) as client:
        workbook = await upload(client)
        made = [(await client.post(URL, json=_request(workbook))).json()["id"] for _ in range(5)]
        first = (await client.get(URL, params={"limit": 2})).json()
        await client.post(URL, json=_request(workbook))
        second = (await client.get(URL, params={"limit": 2, "cursor": first["next_cursor"]})).json()
        third = (await client.get(URL, params={"limit": 2, "cursor": second["next_cursor"]})).json()
        seen = [item["id"] for page in (first, second, third) for item in page["items"]]
        assert seen == made[::-1]
        assert third["next_cursor"] is None


@pytest.mark.parametrize("cursor", ["x", "!!!", "c2ltXzE", "ü", "J'; DROP TABLE simulations"])
async def test_a_cursor_of_somebody_elses_making(client, cursor: str) -> None:
    response = await client.get(URL, params={"cursor": cursor})
    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "query.cursor")


@pytest.mark.parametrize("limit", ["0", "201", "many"])
async def test_limits_of_a_page(client, limit: str) -> None:
    response = await client.get(URL, params={"limit": limit})
    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "query.limit")


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("DELETE", ""), ("GET", "/events"), ("GET", "/results")])
async def test_unknown_simulations(client, method: str, path: str) -> None:
    response = await client.request(method, f"{URL}/sim_00000000000000000000000000{path}")
    assert (response.status_code, response.json()["code"]) == (404, "simulation.not_found")

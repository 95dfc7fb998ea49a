"""Jobs outlive their process: leases, recovery, hand-over, fencing."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import text

from server.app import create_app
from server.kit import clock
from server.kit.db import Database
from server.simulations.job_repository import JobRepository
from server.simulations.tasks import Worker

pytestmark = pytest.mark.anyio
URL = "/api/v1/simulations"


async def _submit(client: httpx2.AsyncClient, upload, **spec: object) -> str:
    body = {"workbook_id": await upload(client), "spec": {"iterations": 100, **spec}}
    response = await client.post(URL, json=body)
    assert response.status_code == 202, response.text
    identifier: str = response.json()["id"]
    return identifier


async def _ended(client: httpx2.AsyncClient, simulation: str) -> dict[str, object]:
    async with asyncio.timeout(60):
        await client.get(f"{URL}/{simulation}/events")
    document: dict[str, object] = (await client.get(f"{URL}/{simulation}")).json()
    return document


async def _digest(client: httpx2.AsyncClient, simulation: str) -> str:
    return (await client.get(f"{URL}/{simulation}/results")).json()["certificate"]["digest"]


async def _leave_as_killed(stage, simulation: str, seconds: float) -> None:
    """What a killed process leaves behind: a running row whose lease still lasts ``seconds``."""
    database = Database(stage.settings().database)
    async with database.transaction() as transaction:
        job = await JobRepository(transaction, "own_dead").lease_next(clock.now() + timedelta(seconds=seconds))
        assert job is not None
        assert job.simulation_id == simulation
    await database.close()


async def test_a_stopped_server_puts_its_job_back_and_the_next_one_resumes(stage, engine, upload) -> None:
    engine.hold_at = 2
    async with stage.server() as client:
        simulation = await _submit(client, upload)
        await asyncio.to_thread(engine.held.wait, 60)
    async with stage.server(worker=False) as client:
        document = (await client.get(f"{URL}/{simulation}")).json()
        assert document["status"] == "queued"
    engine.hold_at = None
    # A polite stop is no failed attempt: one attempt must do.
    async with stage.server(max_attempts=1) as client:
        assert (await _ended(client, simulation))["status"] == "succeeded"
        undisturbed = await _submit(client, upload)
        await _ended(client, undisturbed)
        assert await _digest(client, simulation) == await _digest(client, undisturbed)
    assert engine.calculated[:4] == [0, 1, 2, 3]


async def test_an_embedded_server_takes_over_at_once_what_its_predecessor_ran(stage, upload) -> None:
    async with stage.server(worker=False) as client:
        simulation = await _submit(client, upload)
    await _leave_as_killed(stage, simulation, seconds=3600)
    async with stage.server(single_process=True) as client:
        assert (await _ended(client, simulation))["status"] == "succeeded"


async def test_among_several_servers_a_job_waits_for_the_end_of_its_lease(stage, upload) -> None:
    async with stage.server(worker=False) as client:
        first = await _submit(client, upload)
    await _leave_as_killed(stage, first, seconds=3600)
    async with stage.server(single_process=False) as client:
        second = await _submit(client, upload)
        assert (await _ended(client, second))["status"] == "succeeded"
        assert (await client.get(f"{URL}/{first}")).json()["status"] == "running"
    database = Database(stage.settings().database)
    async with database.transaction() as transaction:
        await JobRepository(transaction, "own_dead").renew(first, clock.now() - timedelta(seconds=1))
    await database.close()
    async with stage.server(single_process=False) as client:
        assert (await _ended(client, first))["status"] == "succeeded"


async def test_a_job_that_kills_its_server_again_and_again_is_given_up(stage, engine, upload) -> None:
    async with stage.server(worker=False) as client:
        simulation = await _submit(client, upload)
    for _ in range(3):
        await _leave_as_killed(stage, simulation, seconds=-1)
    async with stage.server(max_attempts=3) as client:
        document = await _ended(client, simulation)
        assert (document["status"], document["problem"]["code"]) == ("failed", "simulation.crashed")
        assert "3 times" in document["problem"]["detail"]
    assert engine.started == []


async def test_a_cancel_asked_for_while_nobody_runs_the_job_is_kept(stage, engine, upload) -> None:
    async with stage.server(worker=False) as client:
        simulation = await _submit(client, upload)
        await _leave_as_killed(stage, simulation, seconds=-1)
        assert (await client.delete(f"{URL}/{simulation}")).status_code == 202
    async with stage.server() as client:
        assert (await _ended(client, simulation))["status"] == "cancelled"
    assert engine.started == []


async def test_a_worker_that_lost_its_lease_stops_and_writes_nothing(stage, engine, upload) -> None:
    engine.hold_at = 1
    async with stage.server(single_process=False) as client:
        simulation = await _submit(client, upload)
        await asyncio.to_thread(engine.held.wait, 60)
        database = Database(stage.settings().database)
        async with database.transaction() as transaction:
            theft = text("UPDATE simulations SET lease_owner = 'own_thief' WHERE id = :id")
            await transaction.execute(theft, {"id": simulation})
        await asyncio.to_thread(engine.left.wait, 60)
        assert (await client.get(f"{URL}/{simulation}")).json()["status"] == "running"
        async with database.transaction() as transaction:
            assert await JobRepository(transaction, "own_thief").finish(simulation, "failed")
        await database.close()
        assert (await _ended(client, simulation))["status"] == "failed"


async def test_two_workers_never_take_the_same_job(stage, engine, upload) -> None:
    async with stage.server(worker=False) as client:
        workbook = await upload(client)
        for seed in range(12):
            await client.post(URL, json={"workbook_id": workbook, "spec": {"iterations": 10, "seed": seed}})
        apps = [create_app(stage.settings(single_process=False), engine) for _ in range(3)]
        workers = [Worker(app.state.context) for app in apps]
        for worker in workers:
            await worker.start()
        items = (await client.get(URL)).json()["items"]
        for item in items:
            assert (await _ended(client, item["id"]))["status"] == "succeeded"
        for worker, app in zip(workers, apps, strict=True):
            await worker.stop()
            await app.state.context.database.close()
    assert len(engine.started) == 12


async def test_as_many_run_at_a_time_as_the_setting_says(stage, engine, upload) -> None:
    engine.hold_at = 0
    async with stage.server(concurrency=2) as client:
        simulations = [await _submit(client, upload) for _ in range(3)]
        async with asyncio.timeout(60):
            while len(engine.started) < 2:
                await asyncio.sleep(0.01)
        states = [(await client.get(f"{URL}/{each}")).json()["status"] for each in simulations]
        assert states == ["running", "running", "queued"]
        engine.gate.set()
        for each in simulations:
            assert (await _ended(client, each))["status"] == "succeeded"

"""The API's document is complete: every operation has an id, a tag, and its problems."""

from __future__ import annotations

import json

import jsonschema
import pytest

pytestmark = pytest.mark.anyio
PREFIX = "#/components/schemas/"


def _references(node: object) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(_references(value) for value in node.values()))
    return set().union(*(_references(value) for value in node)) if isinstance(node, list) else set()


async def test_every_operation_is_documented(client) -> None:
    api = (await client.get("/api/v1/openapi.json")).json()
    operations = [operation for methods in api["paths"].values() for operation in methods.values()]
    assert len(operations) == 22
    identifiers = [operation["operationId"] for operation in operations]
    assert len(set(identifiers)) == len(identifiers)
    for operation in operations:
        assert operation["tags"]
        assert operation["summary"]
        assert operation["description"]
        assert "403" in operation["responses"]
        for status, response in operation["responses"].items():
            if status >= "400":
                assert list(response["content"]) == ["application/problem+json"], (operation["operationId"], status)
    assert _references(api) <= {PREFIX + name for name in api["components"]["schemas"]}
    assert "HTTPValidationError" not in json.dumps(api)


async def test_answers_are_what_the_document_says(client, upload) -> None:
    api = (await client.get("/api/v1/openapi.json")).json()
    workbook = await upload(client)
    simulation = (await client.post("/api/v1/simulations", json={"workbook_id": workbook})).json()
    await client.get(f"/api/v1/simulations/{simulation['id']}/events")
    cases = {
        "WorkbookDocument": f"/api/v1/workbooks/{workbook}",
        "WorkbookView": f"/api/v1/workbooks/{workbook}/cells",
        "SimulationDocument": f"/api/v1/simulations/{simulation['id']}",
        "SimulationPage": "/api/v1/simulations",
        "ResultSummary": f"/api/v1/simulations/{simulation['id']}/results",
        "ResultDetails": f"/api/v1/simulations/{simulation['id']}/results?include=all",
        "Problem": "/api/v1/simulations/none",
        "Health": "/health/ready",
    }
    for name, path in cases.items():
        schema = {"$ref": PREFIX + name, "components": api["components"]}
        jsonschema.validate((await client.get(path)).json(), schema)


async def test_the_documentation_needs_nobody_elses_scripts(client) -> None:
    page = await client.get("/api/v1/docs")
    assert page.status_code == 200
    assert "startSimulation" not in page.text or "<script" not in page.text
    assert "POST /api/v1/simulations" in page.text
    assert "<script" not in page.text
    assert "src=" not in page.text

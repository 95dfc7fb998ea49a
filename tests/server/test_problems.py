"""Everything that goes wrong leaves as a problem document."""

from __future__ import annotations

import logging

import httpx2
import pytest

from server.app import create_app

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/nothing", None, 404, "route.not_found"),
        ("GET", "/api/v1/nothing", None, 404, "route.not_found"),
        ("PUT", "/api/v1/simulations", None, 405, "request.method_not_allowed"),
        ("POST", "/health/live", None, 405, "request.method_not_allowed"),
        ("POST", "/api/v1/simulations", b"{not json", 400, "request.malformed"),
        ("POST", "/api/v1/simulations", b"", 422, "request.invalid"),
        ("POST", "/api/v1/simulations", b"[]", 422, "request.invalid"),
        ("POST", "/api/v1/simulations", b'{"workbook_id": "\\ud800"}', 400, "request.malformed"),
        ("POST", "/api/v1/distributions/preview", b'{"law": "NORMAL", "parameters": [1, NaN]}', 422, "request.invalid"),
        ("POST", "/api/v1/distributions/preview", b'{"law": "NOLAW", "parameters": []}', 422, "distribution.unknown"),
        (
            "POST",
            "/api/v1/distributions/preview",
            b'{"law": "NORMAL", "parameters": [1]}',
            422,
            "distribution.parameter",
        ),
        (
            "POST",
            "/api/v1/distributions/preview",
            b'{"law": "NORMAL", "parameters": [1, -1]}',
            422,
            "distribution.parameter",
        ),
    ],
)
async def test_refusals(
    client: httpx2.AsyncClient, method: str, path: str, body: bytes | None, status: int, code: str
) -> None:
    headers = {} if body is None else {"Content-Type": "application/json"}
    response = await client.request(method, path, content=body, headers=headers)
    document = response.json()
    assert (response.status_code, document["code"]) == (status, code), document
    assert response.headers["content-type"] == "application/problem+json"
    assert document["status"] == status
    assert document["type"] == "about:blank"
    assert document["instance"] == path
    assert document["detail"]


async def test_a_body_too_large_for_memory_is_refused(sqlite_stage) -> None:
    async with sqlite_stage.server(max_upload_bytes=1000) as client:
        body = b'{"law": "' + b"x" * 2000 + b'"}'
        response = await client.post(
            "/api/v1/distributions/preview", content=body, headers={"Content-Type": "application/json"}
        )
        assert (response.status_code, response.json()["code"]) == (413, "request.too_large")
        assert "1,000 bytes" in response.json()["detail"]


async def test_the_unforeseen_is_logged_and_not_told(sqlite_stage, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(sqlite_stage.settings(), sqlite_stage.engine)

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("the secret is 42")

    with caplog.at_level(logging.ERROR, "montecell.server"):
        async with sqlite_stage.server(app) as client:
            response = await client.get("/broken", headers={"X-Request-Id": "my-id-1"})
    assert response.status_code == 500
    assert response.json()["code"] == "server.error"
    assert response.json()["request_id"] == response.headers["x-request-id"] == "my-id-1"
    assert "42" not in response.text
    assert "the secret is 42" in caplog.text
    assert "my-id-1" in caplog.text


@pytest.mark.parametrize("sent", ["a b", "x" * 65, "<script>", ""])
async def test_a_request_id_that_could_confuse_a_log_is_replaced(client: httpx2.AsyncClient, sent: str) -> None:
    received = (await client.get("/health/live", headers={"X-Request-Id": sent})).headers["x-request-id"]
    assert received.startswith("req_")

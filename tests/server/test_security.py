"""Who is let in, and what browsers are told."""

from __future__ import annotations

import httpx2
import pytest

from server.security.hosts import host_name

pytestmark = pytest.mark.anyio
API = "/api/v1/simulations"
OWN = "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:9", "[::1]", "[::1]:80"]
)
@pytest.mark.parametrize("path", [API, "/health/live", "/playground"])
async def test_local_names_are_answered(client: httpx2.AsyncClient, host: str, path: str) -> None:
    assert (await client.get(path, headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "0.0.0.0:8000",
        "[::2]",
        "",
        "localhost@evil",
    ],
)
@pytest.mark.parametrize("path", [API, "/health/live", "/playground", "/app/x.js"])
async def test_foreign_names_are_refused(client: httpx2.AsyncClient, host: str, path: str) -> None:
    response = await client.get(path, headers={"Host": host})
    assert (response.status_code, response.json()["code"]) == (403, "host.refused")
    assert response.headers["content-type"] == "application/problem+json"
    assert "x-request-id" in response.headers


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"Origin": OWN}, True),
        ({"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Origin": "http://127.0.0.1:3000"}, False),
        ({"Origin": "https://127.0.0.1:8000"}, False),
        ({"Origin": "http://localhost:8000"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": ""}, False),
        ({"Origin": "http://127.0.0.1:8000.evil.example"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, False),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_pages_of_others_may_not_use_the_api(client, method: str, headers: dict[str, str], allowed: bool) -> None:
    response = await client.request(method, API, headers=headers)
    if allowed:
        assert response.status_code != 403
    else:
        assert (response.status_code, response.json()["code"]) == (403, "origin.refused")


@pytest.mark.parametrize("path", ["/", "/playground", "/app/taskpane.html"])
async def test_a_link_and_a_frame_of_office_may_open_the_pages(client: httpx2.AsyncClient, path: str) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
    assert (await client.get(path, headers=link)).status_code in (200, 307)
    script = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert (await client.get(path, headers=script)).status_code == 403
    assert (await client.post(path, headers=link)).status_code == 403


async def test_an_allowed_origin_may_use_the_api_and_read_the_answers(sqlite_stage) -> None:
    pane = "https://pane.example"
    async with sqlite_stage.server(allowed_origins=(pane,)) as client:
        headers = {"Origin": pane, "Sec-Fetch-Site": "cross-site"}
        response = await client.get(API, headers=headers)
        assert response.status_code == 200
        assert response.headers["access-control-allow-origin"] == pane
        assert "Location" in response.headers["access-control-expose-headers"]
        asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "idempotency-key"}
        assert (await client.options(API, headers=headers | asked)).status_code == 200
        other = await client.options(API, headers={"Origin": "https://evil.example"} | asked)
        assert (other.status_code, other.json()["code"]) == (403, "origin.refused")
        assert "access-control-allow-origin" not in other.headers


async def test_allowed_hosts_are_a_setting(sqlite_stage) -> None:
    async with sqlite_stage.server(allowed_hosts="montecell.example, localhost") as client:
        assert (await client.get(API, headers={"Host": "montecell.example"})).status_code == 200
        assert (await client.get(API, headers={"Host": "127.0.0.1"})).status_code == 403
    async with sqlite_stage.server(allowed_hosts=("*",)) as client:
        assert (await client.get(API, headers={"Host": "anything.example"})).status_code == 200


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("LocalHost:80", "localhost"),
        ("[::1]:80", "[::1]"),
        ("[::1]", "[::1]"),
        ("a.b", "a.b"),
        ("", ""),
        ("[::1", "[::1]"),
    ],
)
def test_host_name(header: str, name: str) -> None:
    assert host_name(header) == name


async def test_the_pane_may_be_framed_by_office_and_run_wasm(client: httpx2.AsyncClient) -> None:
    headers = (await client.get("/app/taskpane.html")).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval' https://appsforoffice.microsoft.com"
    assert "https://*.officeapps.live.com" in policy["frame-ancestors"].split()
    assert "'unsafe-inline'" not in policy["script-src"]
    assert "x-frame-options" not in headers
    assert "cross-origin-opener-policy" not in headers


@pytest.mark.parametrize(
    "path", ["/playground", "/app/playground.html", API, "/api/v1/docs", "/health/live", "/nothing"]
)
async def test_everything_else_is_framed_by_nobody(client: httpx2.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"


async def test_answers_of_the_api_are_not_cached(client: httpx2.AsyncClient) -> None:
    assert (await client.get(API)).headers["cache-control"] == "no-store"


async def test_who_may_frame_the_pane_is_a_setting(sqlite_stage) -> None:
    async with sqlite_stage.server(frame_ancestors="'self',https://excel.example") as client:
        policy = (await client.get("/app/taskpane.html")).headers["content-security-policy"]
        assert policy.endswith("frame-ancestors 'self' https://excel.example")

"""Uploads in every form, their limits, downloads."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import AsyncIterator
from urllib.parse import quote

import httpx2
import pytest

pytestmark = pytest.mark.anyio
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
URL = "/api/v1/workbooks"


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({"X-File-Name": quote("Größe 日本.xlsx")}, "Größe 日本.xlsx"),
        ({"Content-Disposition": "attachment; filename*=UTF-8''Gr%C3%B6%C3%9Fe.xlsx"}, "Größe.xlsx"),
        ({"Content-Disposition": 'attachment; filename="plan.xlsx"'}, "plan.xlsx"),
        ({}, "Book1.xlsx"),
        ({"X-File-Name": "..%2F..%2Fetc%2Fpasswd"}, "passwd.xlsx"),
        ({"X-File-Name": "C%3A%5Cplans%5Cplan.xlsx"}, "plan.xlsx"),
        ({"X-File-Name": "CON.xlsx"}, "_CON.xlsx"),
        ({"X-File-Name": "%00%0Ax%3Cy%3E.xlsx"}, "xy.xlsx"),
        ({"X-File-Name": "macro.xlsm"}, "macro.xlsx"),
        ({"X-File-Name": quote("ü" * 300 + ".xlsx")}, "ü" * 87 + ".xlsx"),
    ],
)
async def test_a_raw_upload_keeps_a_safe_form_of_its_name(
    client: httpx2.AsyncClient, book: bytes, headers: dict[str, str], name: str
) -> None:
    response = await client.post(URL, content=book, headers={"Content-Type": XLSX} | headers)
    assert response.status_code == 201, response.text
    assert response.json()["file_name"] == name


async def test_an_upload_comes_back_byte_for_byte(client: httpx2.AsyncClient, book: bytes) -> None:
    made = await client.post(URL, files={"other": (None, "x"), "file": ("Größe.xlsx", book)})
    assert made.status_code == 201, made.text
    document = made.json()
    assert document["sha256"] == hashlib.sha256(book).hexdigest()
    assert document["size"] == len(book)
    assert made.headers["location"] == f"{URL}/{document['id']}"
    assert (await client.get(made.headers["location"])).json() == document
    file = await client.get(f"{URL}/{document['id']}/file")
    assert file.content == book
    assert file.headers["content-type"] == XLSX
    assert file.headers["content-disposition"].endswith("filename*=UTF-8''Gr%C3%B6%C3%9Fe.xlsx")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "workbook.empty"),
        (b"%PDF-1.7 nothing", "workbook.not_a_zip"),
        (b"a,b\r\n1,2\r\n", "workbook.not_a_zip"),
        (b"PK\x03\x04 damaged", "workbook.truncated"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "workbook.wrong_type"),
    ],
)
async def test_what_is_no_workbook_is_refused_and_not_kept(
    client: httpx2.AsyncClient, sqlite_stage, content: bytes, code: str
) -> None:
    response = await client.post(URL, files={"file": ("Plan.xlsx", content)})
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == code
    settings = sqlite_stage.settings()
    assert list(settings.uploads_folder.iterdir()) == []
    assert list(settings.workbooks_folder.iterdir()) == []


async def test_a_zip_bomb_is_refused(client: httpx2.AsyncClient) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 60_000_000)
    response = await client.post(URL, files={"file": ("Plan.xlsx", buffer.getvalue())})
    assert response.status_code == 422
    assert response.json()["code"].startswith("workbook.")
    assert "Plan" in response.json()["detail"] or "file" in response.json()["detail"]


async def _endless(size: int, sent: list[int]) -> AsyncIterator[bytes]:
    for _ in range(size // 65536):
        sent.append(65536)
        yield b"\0" * 65536


@pytest.mark.parametrize("content_length", [None, "10"])
async def test_the_limit_counts_what_arrives_and_not_what_is_announced(
    sqlite_stage, content_length: str | None
) -> None:
    sent: list[int] = []
    headers = {"Content-Type": XLSX} | ({"Content-Length": content_length} if content_length else {})
    async with sqlite_stage.server(max_upload_bytes=1024 * 1024) as client:
        response = await client.post(URL, content=_endless(3 * 1024 * 1024, sent), headers=headers)
        assert response.status_code == 413
        assert response.json()["code"] == "request.too_large"
        assert "1 MB" in response.json()["detail"]
        settings = sqlite_stage.settings()
        assert list(settings.uploads_folder.iterdir()) == []


async def test_the_limit_holds_for_multipart_and_for_the_file_alone(sqlite_stage, book: bytes) -> None:
    async with sqlite_stage.server(max_upload_bytes=len(book)) as client:
        assert (await client.post(URL, files={"file": ("Plan.xlsx", book)})).status_code == 201
    async with sqlite_stage.server(max_upload_bytes=len(book) - 1) as client:
        response = await client.post(URL, files={"file": ("Plan.xlsx", book)})
        assert response.status_code == 413, response.text


@pytest.mark.parametrize(
    ("content_type", "body", "status", "code"),
    [
        ("multipart/form-data", b"--x", 400, "request.malformed"),
        ("multipart/form-data; boundary=x", b"no boundary at all", 400, "request.malformed"),
        ("multipart/form-data; boundary=x", b"--x--\r\n", 422, "request.invalid"),
        ("image/png", b"x", 415, "request.unsupported_media"),
        ("application/json", b"{", 400, "request.malformed"),
        ("application/json", b"{}", 422, "request.invalid"),
        (
            "application/json",
            b'{"sheets": [{"name": "S", "cells": [{"cell": "1A", "input": 1}]}]}',
            422,
            "request.invalid",
        ),
    ],
)
async def test_bodies_that_cannot_be_read(
    client: httpx2.AsyncClient, content_type: str, body: bytes, status: int, code: str
) -> None:
    response = await client.post(URL, content=body, headers={"Content-Type": content_type})
    assert (response.status_code, response.json()["code"]) == (status, code), response.text


async def test_two_files_at_once_are_refused(client: httpx2.AsyncClient, book: bytes) -> None:
    response = await client.post(URL, files=[("file", ("a.xlsx", book)), ("file", ("b.xlsx", book))])
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "file"


@pytest.mark.parametrize("path", ["", "/file", "/model", "/cells"])
@pytest.mark.parametrize("identifier", ["wb_00000000000000000000000000", "nonsense", "%00"])
async def test_unknown_workbooks(client: httpx2.AsyncClient, path: str, identifier: str) -> None:
    response = await client.get(f"{URL}/{identifier}{path}")
    assert (response.status_code, response.json()["code"]) == (404, "workbook.not_found")


async def test_cells_are_shown_as_a_person_types_them(client: httpx2.AsyncClient, upload) -> None:
    view = (await client.get(f"{URL}/{await upload(client)}/cells")).json()
    (sheet,) = view["sheets"]
    assert view["file_name"] == "Plan.xlsx"
    assert (sheet["last_row"], sheet["last_column"]) == (3, 2)
    cells = {cell["cell"]: cell for cell in sheet["cells"]}
    assert cells["A1"] == {"cell": "A1", "input": "Price", "value": "Price"}
    assert cells["B1"]["input"] == "=MC.NORMAL(100,10)"
    assert cells["B3"]["input"] == '=MC.OUTPUT("Profit")+B1*B2-1000'

"""Workbooks made of cells: snapshots, and edits of a copy."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

pytestmark = pytest.mark.anyio
URL = "/api/v1/workbooks"
SNAPSHOT = {
    "file_name": "Größe.xlsx",
    "sheets": [
        {
            "name": "Plan",
            "cells": [
                {"cell": "A1", "input": "Price"},
                {"cell": "B1", "input": "=MC.NORMAL(100,10)"},
                {"cell": "B2", "input": 12.5, "format": "0.00"},
                {"cell": "B3", "input": True},
                {"cell": "A5", "input": "'=not a formula"},
                {"cell": "A6", "input": "'t is text"},
                {"cell": "B4", "input": '=MC.OUTPUT("Profit")+B1*B2*Rate'},
            ],
        },
        {"name": "My sheet", "cells": [{"cell": "A1", "input": 0.2}]},
    ],
    "names": [{"name": "Rate", "refers_to": "'My sheet'!$A$1"}],
}


async def _cells(client, workbook: str) -> dict[str, dict[str, dict[str, object]]]:
    view = (await client.get(f"{URL}/{workbook}/cells")).json()
    return {sheet["name"]: {cell["cell"]: cell for cell in sheet["cells"]} for sheet in view["sheets"]}


async def test_a_snapshot_becomes_a_workbook_that_shows_the_same_cells(client) -> None:
    made = await client.post(URL, json=SNAPSHOT)
    assert made.status_code == 201, made.text
    assert made.json()["file_name"] == "Größe.xlsx"
    sheets = await _cells(client, made.json()["id"])
    for sheet in SNAPSHOT["sheets"]:
        for cell in sheet["cells"]:
            shown = sheets[sheet["name"]][cell["cell"]]
            assert shown["input"] == cell["input"]
            assert type(shown["input"]) is type(cell["input"])
            assert shown.get("format") == cell.get("format")
    file = await client.get(f"{URL}/{made.json()['id']}/file")
    assert openpyxl.load_workbook(io.BytesIO(file.content)).sheetnames == ["Plan", "My sheet"]


async def test_an_edit_makes_a_new_workbook_and_keeps_everything_else(client, upload, book: bytes) -> None:
    original = await upload(client)
    edits = [
        {"sheet": "Sheet", "cell": "B1", "input": "=MC.UNIFORM(1,2)"},
        {"sheet": "Sheet", "cell": "A1", "input": None},
        {"sheet": "New", "cell": "C5", "input": "text"},
    ]
    made = await client.post(f"{URL}/{original}/edits", json={"edits": edits, "new_sheets": ["New"]})
    assert made.status_code == 201, made.text
    assert made.json()["id"] != original
    assert made.json()["file_name"] == "Plan.xlsx"
    sheets = await _cells(client, made.json()["id"])
    assert sheets["Sheet"]["B1"]["input"] == "=MC.UNIFORM(1,2)"
    assert "A1" not in sheets["Sheet"] or sheets["Sheet"]["A1"]["input"] is None
    assert sheets["Sheet"]["A2"]["input"] == "Units"
    assert sheets["New"]["C5"]["input"] == "text"
    assert (await client.get(f"{URL}/{original}/file")).content == book
    edited = (await client.get(f"{URL}/{made.json()['id']}/file")).content
    with zipfile.ZipFile(io.BytesIO(book)) as before, zipfile.ZipFile(io.BytesIO(edited)) as after:
        assert after.read("xl/theme/theme1.xml") == before.read("xl/theme/theme1.xml")


@pytest.mark.parametrize(
    "edit",
    [
        {"sheet": "Nowhere", "cell": "A1", "input": 1},
        {"sheet": "Sheet", "cell": "XFE1", "input": 1},
        {"sheet": "Sheet", "cell": "A0", "input": 1},
    ],
)
async def test_edits_that_cannot_be_made(client, upload, edit: dict[str, object]) -> None:
    response = await client.post(f"{URL}/{await upload(client)}/edits", json={"edits": [edit]})
    assert response.status_code == 422, response.text


async def test_edits_of_an_unknown_workbook(client) -> None:
    response = await client.post(f"{URL}/wb_00000000000000000000000000/edits", json={"edits": []})
    assert (response.status_code, response.json()["code"]) == (404, "workbook.not_found")

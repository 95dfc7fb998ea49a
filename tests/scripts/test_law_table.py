"""The pane's table of laws says what the engine says."""

from __future__ import annotations

import json

import pytest

import make_law_table
from compute.dialects.combined import COMBINED
from compute.dialects.montecell import SERIES
from compute.dialects.statistics import MONTECELL
from compute.distributions import LAWS

AGAIN = "write it anew: .venv/bin/python scripts/make_law_table.py"


def test_the_table_is_the_server_s() -> None:
    assert make_law_table.TABLE.read_text("utf-8") == make_law_table.table(), AGAIN
    assert {row["law"] for row in json.loads(make_law_table.table())} == LAWS.keys()


def test_the_other_functions_are_the_engine_s() -> None:
    assert make_law_table.OTHERS.read_text("utf-8") == make_law_table.further(), AGAIN
    rows = json.loads(make_law_table.further())
    names = [row["id"] for row in rows]
    assert len(set(names)) == len(names)
    assert {*COMBINED, *SERIES, "SIMTABLE", *(n for n in MONTECELL if len(n) >= 3)} == set(names)


def test_the_static_values_are_the_engine_s() -> None:
    written, now = (json.loads(text) for text in (make_law_table.VALUES.read_text("utf-8"), make_law_table.values()))
    assert [row[:2] for row in written] == [row[:2] for row in now], AGAIN
    assert [row[2] for row in written] == pytest.approx([row[2] for row in now], rel=1e-12), AGAIN

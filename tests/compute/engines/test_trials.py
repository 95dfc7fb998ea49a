"""The file of trials by itself: what is written is read back, by Montecell and by others; names; late errors."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from compute.analysis import LEAF
from compute.engines.trials import GROUP_BYTES, TrialColumn, TrialsFile, TrialsWriter, group_rows, titles
from compute.errors import ErrorCode

ROWS = 1_000


def column(title: str, kind: str = "output") -> TrialColumn:
    return TrialColumn(kind, title, None, "Model!B1", title, f"{title} error")  # type: ignore[arg-type]


def written(path: Path, codes: np.ndarray, names: tuple[str, ...] = ("Profit",)) -> TrialsFile:
    """A file of one row group for each entry of ``codes``, shape (groups, columns, ROWS); value i is i / 8."""
    writer = TrialsWriter(path, [column(name) for name in names], simulation=3)
    for group, errors in enumerate(codes):
        values = np.tile(np.arange(group * ROWS, (group + 1) * ROWS) / 8.0, (len(names), 1))
        values[errors != 0] = np.nan
        writer.write(group * ROWS, values, errors.astype(np.uint8))
    writer.finish({"montecell.certificate": '{"seed": 7}'})
    return TrialsFile(path)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Profit", "Cost"], ["Profit", "Cost"]),
        (["Profit", "Profit", "profit"], ["Profit", "Profit (2)", "profit (3)"]),
        (["Iteration", "simulation"], ["Iteration (2)", "simulation (2)"]),
        (["Profit", "Profit error"], ["Profit", "Profit error (2)"]),
        (["Profit error", "Profit"], ["Profit error", "Profit (2)"]),
    ],
)
def test_titles_differ_also_where_upper_and_lower_case_count_for_nothing(names: list[str], expected: list[str]) -> None:
    assert [title for title, _ in titles(names)] == expected


def test_no_column_of_errors_without_errors(tmp_path: Path) -> None:
    file = written(tmp_path / "t.parquet", np.zeros((2, 1, ROWS), np.uint8))
    assert pq.read_schema(file.path).names == ["simulation", "iteration", "Profit"]
    np.testing.assert_array_equal(file.samples(column("Profit")), np.arange(2 * ROWS) / 8.0)
    assert not file.codes(column("Profit")).any()


@pytest.mark.parametrize("group", [0, 1, 2])
def test_errors_are_null_and_told_whenever_the_first_of_them_comes(tmp_path: Path, group: int) -> None:
    codes = np.zeros((3, 2, ROWS), np.uint8)
    codes[group, 1, 5], codes[2, 1, 9] = ErrorCode.DIV0, ErrorCode.NA
    file = written(tmp_path / "t.parquet", codes, ("Good", "Bad"))
    assert pq.read_schema(file.path).names == ["simulation", "iteration", "Good", "Bad", "Bad error"]
    expected = np.concatenate([codes[i, 1] for i in range(3)])
    np.testing.assert_array_equal(file.codes(column("Bad")), expected)
    np.testing.assert_array_equal(np.isnan(file.samples(column("Bad"))), expected != 0)
    frame = pd.read_parquet(file.path)
    assert frame["Bad error"].dropna().tolist() == ["#DIV/0!", "#N/A"]
    assert frame["iteration"].tolist() == list(range(1, 3 * ROWS + 1))
    assert list(tmp_path.iterdir()) == [file.path]
    described = json.loads(file.metadata()["montecell.columns"])["columns"]
    assert [entry.get("error_title") for entry in described] == [None, "Bad error"]


def test_others_read_the_same(tmp_path: Path) -> None:
    codes = np.zeros((2, 1, ROWS), np.uint8)
    codes[1, 0, 0] = ErrorCode.NUM
    path = written(tmp_path / "t.parquet", codes, ("Profit, net!",)).path
    total = np.arange(2 * ROWS).sum() / 8.0 - ROWS / 8.0
    pandas = pd.read_parquet(path)
    assert pandas["Profit, net!"].sum() == total
    assert pandas["simulation"].unique().tolist() == [3]
    polars = pl.read_parquet(path)
    assert polars["Profit, net!"].sum() == total
    assert polars["Profit, net!"].null_count() == 1
    assert polars.filter(pl.col("Profit, net!").is_null())["Profit, net! error"].to_list() == ["#NUM!"]
    with duckdb.connect() as connection:
        found = connection.execute(
            'SELECT sum("Profit, net!"), count(*), max("Profit, net! error") FROM read_parquet(?)', [str(path)]
        ).fetchall()
        told = connection.execute(
            "SELECT value FROM parquet_kv_metadata(?) WHERE key = 'montecell.certificate'", [str(path)]
        ).fetchall()
    assert found == [(total, 2 * ROWS, "#NUM!")]
    assert json.loads(told[0][0]) == {"seed": 7}


def test_a_name_with_full_stops_does_not_bring_others_with_it(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    writer = TrialsWriter(path, [column("a"), column("a.b"), column("a.b.c")])
    values = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    writer.write(0, values, np.zeros((3, 2), np.uint8))
    writer.finish({})
    file = TrialsFile(path)
    assert [file.samples(c).tolist() for c in file.columns()] == values.tolist()


def test_few_values_are_stored_once(tmp_path: Path) -> None:
    generator = np.random.default_rng(1)
    sizes = []
    for values in (generator.integers(0, 2, (1, 100_000)).astype(float), generator.random((1, 100_000))):
        path = tmp_path / f"{len(sizes)}.parquet"
        writer = TrialsWriter(path, [column("x")])
        writer.write(0, values, np.zeros(values.shape, np.uint8))
        writer.finish({})
        sizes.append(path.stat().st_size)
        np.testing.assert_array_equal(TrialsFile(path).samples(column("x")), values[0])
    assert sizes[0] < sizes[1] - 700_000


@pytest.mark.parametrize("variables", [1, 25, 1_000, 100_000])
def test_row_groups_are_whole_leaves_of_bounded_size(variables: int) -> None:
    rows = group_rows(variables)
    assert rows % LEAF == 0
    assert rows == LEAF or 9 * rows * variables <= GROUP_BYTES


def test_files_of_others_are_refused_with_their_name(tmp_path: Path) -> None:
    pl.DataFrame({"a": [1.0]}).write_parquet(tmp_path / "other.parquet")
    with pytest.raises(ValueError, match=r"other\.parquet is no file of trials"):
        TrialsFile(tmp_path / "other.parquet").columns()
    (tmp_path / "damaged.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(ValueError, match=r"damaged\.parquet is no Parquet file"):
        TrialsFile(tmp_path / "damaged.parquet").columns()

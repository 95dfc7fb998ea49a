"""``montecell sipmath``, ``simulate --sip`` and ``--sip-out``: libraries in and out, to the last bit."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from compute.cli import main
from compute.sipmath import draw, read_library

Build = Callable[..., Path]
CELLS = {"A1": 100, "A2": 1, "A3": '=_xldudf_MC_OUTPUT("Sales")+A1*A2'}
VALUES = np.random.Generator(np.random.Philox(31)).normal(100, 10, (200, 2))


@pytest.fixture
def shop(book: Build) -> str:
    return str(book({"M": CELLS}, names={"Price": "M!$A$1"}))


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "trials.csv"
    path.write_text("\n".join(["Price,Units", *(f"{a!r},{b!r}" for a, b in VALUES.tolist())]), encoding="utf-8")
    return str(path)


@pytest.fixture
def library(table: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    path = tmp_path / "shop.json"
    assert main(["sipmath", "export", table, "--out", str(path)]) == 0
    capsys.readouterr()
    return str(path)


def columns(path: Path) -> dict[str, list[float]]:
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    return {name: [float(row[i]) for row in rows[1:]] for i, name in enumerate(rows[0])}


def test_a_simulation_takes_a_library_in_and_gives_one_out(
    shop: str, library: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "results.SIPmath.json"
    options = ["--iterations", "150", "--sip-input", "M!A1=Price", "--sip-input", "M!A2=Units", "--json"]
    assert main(["simulate", shop, "--sip", library, *options, "--sip-out", str(out)]) == 0
    told = capsys.readouterr()
    assert "M!A1 takes Price, M!A2 takes Units" in told.err
    assert "M!A1 takes its trials from 'Price' of a SIPmath library" in json.loads(told.out)["notes"]
    written = read_library(out.read_text(encoding="utf-8"))
    assert list(written.sips) == ["Sales", "M!A1", "M!A2"]
    price, units = VALUES[:150, 0], VALUES[:150, 1]
    assert np.array_equal(draw(written, "M!A1", 1, 150), price)
    assert np.array_equal(draw(written, "Sales", 1, 150), price * units)


def test_cells_that_bear_the_names_of_variables(
    shop: str, library: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    samples = tmp_path / "samples.csv"
    options = ["--iterations", "10", "--quiet", "--samples", str(samples)]
    assert main(["simulate", shop, "--sip", library, *options]) == 0
    assert columns(samples)["M!A1"] == VALUES[:10, 0].tolist()


def test_metalogs_in_and_out(table: str, shop: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    library, trials = tmp_path / "metalogs.json", tmp_path / "out.csv"
    assert main(["sipmath", "export", table, "--out", str(library), "--form", "metalog", "--name", "Shop"]) == 0
    capsys.readouterr()
    assert main(["sipmath", "list", str(library), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["name"], [v["name"] for v in found["variables"]]) == ("Shop", ["Price", "Units"])
    assert found["variables"][0]["formula"].startswith("=MC.METALOG({")
    # 1,000 trials of the metalog: the mean's standard error is 10/√1,000 = 0.32, and 10/√200 that of the data.
    assert found["variables"][0]["mean"] == pytest.approx(VALUES[:, 0].mean(), abs=4 * 0.32)
    assert main(["sipmath", "import", str(library), "--samples", str(trials), "--trials", "20"]) == 0
    read = read_library(library.read_text(encoding="utf-8"))
    assert columns(trials)["Units"] == draw(read, "Units", 1, 20).tolist()
    out = tmp_path / "again.json"
    options = ["--sip", str(library), "--sip-out", str(out), "--sip-form", "metalog", "--sip-input", "Price=Units"]
    assert main(["simulate", shop, "--iterations", "500", "--quiet", *options]) == 0
    assert list(read_library(out.read_text(encoding="utf-8")).sips) == ["Sales", "M!A1"]


def test_the_list_for_people(library: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sipmath", "list", library]) == 0
    text = capsys.readouterr().out
    assert "shop: 2 variables" in text
    assert "200 trials" in text


def test_a_library_that_asks_for_a_seed(
    table: str, tmp_path: Path, shop: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "open.json"
    assert main(["sipmath", "export", table, "--out", str(path), "--form", "metalog", "--column", "Price"]) == 0
    raw = json.loads(path.read_text(encoding="utf-8"))
    raw["U01"]["rng"][0]["arguments"]["seed3"] = {"type": "parameter", "name": "Company"}
    path.write_text(json.dumps(raw), encoding="utf-8")
    assert main(["sipmath", "list", str(path)]) == 0
    assert "the library asks for: Company (--sip-parameter NAME=N)" in capsys.readouterr().out
    simulate = ["simulate", shop, "--iterations", "10", "--quiet", "--sip", str(path)]
    assert main(simulate) == 2
    assert "'Company'" in capsys.readouterr().err
    assert main([*simulate, "--sip-parameter", "Company=7"]) == 0


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--sip-input", "M!A1=Prise"], 2, "no variable 'Prise'; it has Price, Units"),
        (["--sip-input", "M!A1"], 2, 'write it like "Inputs!B2=Demand"'),
        (["--sip-input", "N!A1=Price"], 2, "N"),
        (["--sip-parameter", "Company"], 2, "write it like Company=7"),
    ],
)
def test_what_cannot_be_bound(
    shop: str, library: str, options: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["simulate", shop, "--quiet", "--sip", library, *options]) == code
    assert words in capsys.readouterr().err


def test_no_cell_bears_the_name(book: Build, library: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", str(book({"M": CELLS})), "--quiet", "--sip", library]) == 2
    assert "no cell of the workbook bears the name of a variable (Price, Units)" in capsys.readouterr().err


def test_a_file_that_is_no_library(shop: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "odd.json"
    path.write_text("{}", encoding="utf-8")
    for command in (["sipmath", "list", str(path)], ["simulate", shop, "--quiet", "--sip", str(path)]):
        assert main(command) == 2
        assert "odd.json: SIPmath library: it has no list of sips" in capsys.readouterr().err
    assert main(["sipmath", "list", str(tmp_path / "none.json")]) == 3


def test_options_that_need_a_library(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", shop, "--sip-input", "M!A1=Price"]) == 2
    assert "need a library: --sip FILE" in capsys.readouterr().err

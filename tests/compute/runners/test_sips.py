"""Inputs that follow a SIPmath library: iteration i is trial i, to the last bit, and what is tied there stays tied."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from compute.errors import SpecificationError, UnknownCell
from compute.runners import Model
from compute.runners.sips import SipBinding, bound_by_name
from compute.sipmath import LibraryError, draw, metalog_library, read_library, trials_library
from compute.workbook import read_workbook

DATE = datetime.date(2026, 1, 31)
RANDOM = np.random.Generator(np.random.Philox(11))
NORMALS = RANDOM.normal(size=(1000, 2))
SAMPLES = {"Price": 100 + 10 * NORMALS[:, 0], "Units": np.exp(0.8 * NORMALS[:, 0] + 0.6 * NORMALS[:, 1])}
TRIALS = trials_library("shop", SAMPLES, date=DATE)
METALOGS = metalog_library("shop", SAMPLES, date=DATE, terms=5, bounds={"Units": (0.0, None)})
CELLS = {"A1": 100, "A2": 1, "A3": "=A1*A2", "A4": "=_xldudf_MC_NORMAL(0,1)"}
BOUND = {"M!A1": "Price", "M!A2": "Units"}


@pytest.fixture
def shop(book: Callable[..., Path]) -> Path:
    return book({"M": CELLS}, names={"Price": "M!$A$1", "units": "M!$A$2", "Both": "M!$A$1:$A$2"})


@pytest.mark.parametrize("text", [TRIALS, METALOGS], ids=["trials", "metalogs"])
@pytest.mark.parametrize("sampling", ["latin_hypercube", "sobol"])
def test_iterations_are_the_librarys_trials(shop: Path, text: str, sampling: str) -> None:
    model = Model.open(shop, outputs=["M!A3"], sips=SipBinding(text, BOUND))
    result = model.simulate(900, seed=5, sampling=sampling)
    library = read_library(text)
    price, units = draw(library, "Price", 1, 900), draw(library, "Units", 1, 900)
    assert np.array_equal(result.inputs["M!A1"].samples, price)
    assert np.array_equal(result.inputs["M!A2"].samples, units)
    assert np.array_equal(result.outputs["M!A3"].samples, price * units)
    assert "M!A1 takes its trials from 'Price' of a SIPmath library" in result.certificate.variation
    # The other inputs are drawn as they always are.
    plain = Model.open(shop, outputs=["M!A3"], inputs=SipBinding(text, BOUND).laws()).simulate(
        900, seed=5, sampling=sampling
    )
    assert np.array_equal(result.inputs["M!A4"].samples, plain.inputs["M!A4"].samples)


def test_any_chunk_gives_the_same_bits(shop: Path) -> None:
    model = Model.open(shop, outputs=["M!A3"], sips=SipBinding(METALOGS, BOUND))
    digests = {model.simulate(9000, seed=1, chunk_leaves=n, threads=t).digest for n, t in ((1, 1), (1, 2), (3, 1))}
    assert len(digests) == 1


def test_trials_repeat_after_the_last_and_this_is_said(shop: Path) -> None:
    result = Model.open(shop, outputs=["M!A3"], sips=SipBinding(TRIALS, BOUND)).simulate(1500)
    price = result.inputs["M!A1"].samples
    assert np.array_equal(price[1000:], price[:500])
    assert "M!A1: the library has 1,000 trials of 'Price', which repeat after their last" in result.notes


def test_equal_values_and_the_order_of_values(shop: Path) -> None:
    values = np.array([3.0, 1.0, 3.0, 2.0, 1.0])
    text = trials_library("few", {"Price": values}, date=DATE)
    result = Model.open(shop, outputs=["M!A3"], sips=SipBinding(text, {"Price": "Price"})).simulate(5)
    assert np.array_equal(result.inputs["M!A1"].samples, values)


def test_a_seed_that_the_library_leaves_open(shop: Path) -> None:
    raw = json.loads(METALOGS)
    raw["U01"]["rng"][0]["arguments"]["seed3"] = {"type": "parameter", "name": "Company"}
    text = json.dumps(raw)
    with pytest.raises(LibraryError, match="Company"):
        Model.open(shop, outputs=["M!A3"], sips=SipBinding(text, BOUND)).simulate(10)
    given = SipBinding(text, BOUND, {"Company": 7})
    result = Model.open(shop, outputs=["M!A3"], sips=given).simulate(10)
    assert np.array_equal(result.inputs["M!A1"].samples, draw(read_library(text), "Price", 1, 10, {"Company": 7}))


def test_names_of_one_cell_bind_variables(shop: Path) -> None:
    assert bound_by_name(read_workbook(shop), TRIALS) == {"M!A1": "Price", "M!A2": "Units"}


def test_stress_goes_on_top_and_designs_are_refused(shop: Path) -> None:
    model = Model.open(shop, outputs=["M!A3"], sips=SipBinding(TRIALS, BOUND))
    report = model.stress({"M!A1": (0.0, 0.5)}, iterations=1000)
    assert report.runs["M!A1"].inputs["M!A1"].samples.max() <= np.median(SAMPLES["Price"])
    with pytest.raises(SpecificationError, match="fixed order"):
        model.sobol_indices(base=16)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rounding": "nearest"}, "rounded metalog"),
        ({"arguments": {"aCoefficients": [1.0, -2.0]}}, "quantiles that fall"),
    ],
)
def test_what_cannot_be_an_input(shop: Path, change: dict[str, object], words: str) -> None:
    raw = json.loads(METALOGS)
    raw["sips"][0] |= change
    with pytest.raises(LibraryError, match=words):
        Model.open(shop, sips=SipBinding(json.dumps(raw), BOUND))


def test_what_is_not_there(shop: Path) -> None:
    with pytest.raises(LibraryError, match="no variable 'Prise'; it has Price, Units"):
        Model.open(shop, sips=SipBinding(TRIALS, {"M!A1": "Prise"}))
    with pytest.raises(UnknownCell):
        Model.open(shop, sips=SipBinding(TRIALS, {"Nowhere!A1": "Price"}))

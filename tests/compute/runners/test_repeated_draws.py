"""One call of a law that is computed several times in an iteration: every time with numbers of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import compute

Build = Callable[..., Path]
NORMAL = "_xldudf_MC_NORMAL"
LAMBDA = "_xlfn.LAMBDA(_xlpm.x,"
F = f"{LAMBDA}{NORMAL}(_xlpm.x,1))"
G = f"_xlfn.LAMBDA(_xlpm.n,IF(_xlpm.n=0,0,{NORMAL}(1,1)+Walk(_xlpm.n-1)))"
CASES: dict[str, tuple[str, dict[str, str], float, float]] = {
    # formula, names, mean and variance of the output
    "MAP": (f"SUM(_xlfn.MAP(B1:B3,{F}))", {}, 6.0, 3.0),
    "BYROW": (f"SUM(_xlfn.BYROW(B1:B3,{LAMBDA}{NORMAL}(SUM(_xlpm.x),1))))", {}, 6.0, 3.0),
    "MAKEARRAY": (f"SUM(_xlfn.MAKEARRAY(2,2,_xlfn.LAMBDA(_xlpm.r,_xlpm.c,{NORMAL}(0,1))))", {}, 0.0, 4.0),
    "REDUCE": (f"_xlfn.REDUCE(0,B1:B3,_xlfn.LAMBDA(_xlpm.a,_xlpm.x,_xlpm.a+{NORMAL}(_xlpm.x,1)))", {}, 6.0, 3.0),
    "SCAN": (f"SUM(_xlfn.SCAN(0,B1:B2,_xlfn.LAMBDA(_xlpm.a,_xlpm.x,_xlpm.a+{NORMAL}(_xlpm.x,1))))", {}, 4.0, 5.0),
    "a variable": (f"_xlfn.LET(_xlpm.x,{NORMAL}(2,1),_xlpm.x+_xlpm.x)", {}, 4.0, 4.0),
    "a function called twice": (f"_xlfn.LET(_xlpm.f,{F},_xlpm.f(1)+_xlpm.f(2))", {}, 3.0, 2.0),
    "a name called twice": ("F(1)+F(2)", {"F": F}, 3.0, 2.0),
    "a name that calls itself": ("Walk(5)", {"Walk": G}, 5.0, 5.0),
    "MAP in MAP": (
        f"SUM(_xlfn.MAP(B1:B2,{LAMBDA}SUM(_xlfn.MAP(B1:B2,_xlfn.LAMBDA(_xlpm.y,{NORMAL}(0,1)))))))",
        {},
        0.0,
        4.0,
    ),
    "one branch in MAP": (f"SUM(_xlfn.MAP(B1:B3,{LAMBDA}IF(A9>0.5,{NORMAL}(0,1),{NORMAL}(0,1)))))", {}, 0.0, 3.0),
    "an array of parameters": (f"SUM({NORMAL}(B1:B3,1))", {}, 6.0, 3.0),
    "plain Excel": (f"SUM(_xlfn.MAP(B1:B3,{LAMBDA}_xlfn.NORM.INV(RAND(),_xlpm.x,1))))", {}, 6.0, 3.0),
}
N = 40_000


def model(book: Build, name: str, array: bool = True) -> compute.Model:
    text, names, _, _ = CASES[name]
    place = "A1:A1" if array else "A1"
    cells: dict[str, Any] = {"B1": 1, "B2": 2, "B3": 3, "A9": "=_xldudf_MC_UNIFORM(0,1)", place: f"={text}"}
    return compute.Model.open(book({"S": cells}, names), outputs=["S!A1"])


@pytest.mark.parametrize("name", CASES)
def test_draws_of_one_call_are_independent(book: Build, name: str) -> None:
    _, _, mean, variance = CASES[name]
    built = model(book, name)
    assert built.unsupported == ()
    result = built.simulate(iterations=N, sampling="monte_carlo")
    output = result.outputs["S!A1"]
    assert output.errors == 0
    assert output.mean == pytest.approx(mean, abs=5 * np.sqrt(variance / N))
    # The variance of the variance of a sum of normals is 2σ⁴/n.
    assert output.variance == pytest.approx(variance, abs=5 * variance * np.sqrt(2 / N))


@pytest.mark.parametrize("name", ["MAP", "one branch in MAP", "a name that calls itself", "an array of parameters"])
def test_the_numbers_hang_on_no_chunk(book: Build, name: str) -> None:
    digests = {
        model(book, name).simulate(iterations=9_000, threads=threads, chunk_leaves=leaves).digest
        for threads, leaves in ((1, 1), (2, 1), (1, 3))
    }
    assert len(digests) == 1


def test_an_array_formula_draws_for_each_of_its_cells(book: Build) -> None:
    cells = {"B1": 10, "B2": 20, "B3": 30, "A1:A3": f"={NORMAL}(B1:B3,1)"}
    built = compute.Model.open(book({"S": cells}), outputs=["S!A1", "S!A2", "S!A3"])
    samples = np.stack([v.samples for v in built.simulate(iterations=5_000).outputs.values()])
    assert samples.mean(axis=1) == pytest.approx([10, 20, 30], abs=0.08)
    assert np.abs(np.corrcoef(samples) - np.eye(3)).max() < 0.05
    assert [built.outputs[k].value for k in built.outputs] == [10.0, 20.0, 30.0]


def test_the_first_element_is_the_input_that_is_reported(book: Build) -> None:
    result = model(book, "MAP").simulate(iterations=5_000)
    assert result.inputs["S!A1"].mean == pytest.approx(1.0, abs=0.001)


def test_what_a_named_lambda_reads_is_a_precedent(book: Build) -> None:
    cells = {"A1": "=Scale(2)", "B1": f"={NORMAL}(5,1)"}
    built = compute.Model.open(book({"S": cells}, {"Scale": f"{LAMBDA}_xlpm.x*S!$B$1)"}), outputs=["S!A1"])
    assert built.simulate(iterations=1_000).outputs["S!A1"].mean == pytest.approx(10.0, abs=0.01)

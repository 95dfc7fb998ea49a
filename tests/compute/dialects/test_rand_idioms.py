"""The laws that formulas over RAND stand for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import compute

TABLE = [
    ("NORM.INV(RAND(),100,10)", "Normal(100, 10)"),
    ("NORMINV(RAND(),B1,B2)", "Normal(B1, B2)"),
    ("NORM.INV(1-RAND(),0,1)", "Normal(0, 1)"),
    ("100+10*NORM.S.INV(RAND())", "Normal(0, 1)"),
    ("LOGNORM.INV(RAND(),1,0.5)", "Lognormal of log mean and log deviation(1, 0.5)"),
    ("BETA.INV(RAND(),2,3)", "Beta(2, 3)"),
    ("GAMMA.INV(RAND(),2,3)", "Gamma(2, 3)"),
    ("BINOM.INV(10,0.2,RAND())", "Binomial(10, 0.2)"),
    ("18+6*RAND()", "Uniform(18, 24)"),
    ("B1+(B2-B1)*RAND()", "Uniform(B1, B2)"),
    ("B1+RAND()*B2", "Uniform(B1, B1+B2)"),
    ("-LN(RAND())/0.5", "Exponential of rate 0.5"),
    ("-LN(1-RAND())*B1", "Exponential of mean B1"),
    ("IF(RAND()<0.2,1,0)", "Bernoulli(0.2)"),
    ("IF(0.2>=RAND(),1,0)", "Bernoulli(0.2)"),
    ("VLOOKUP(RAND(),B1:C3,2)", "Discrete, by the cumulative table B1:C3"),
    ("RANDBETWEEN(1,6)", "IntUniform(1, 6)"),
    ("CHOOSE(RANDBETWEEN(1,2),5,7)", "IntUniform(1, 2)"),
    ("RAND()^2", None),
    ("NORM.DIST(RAND(),0,1,TRUE)", None),
]


@pytest.mark.parametrize(("formula", "law"), TABLE, ids=[f for f, _ in TABLE])
def test_inspect_names_the_law_of_an_idiom(book: Callable[..., Path], formula: str, law: str | None) -> None:
    cells = {"A1": f"={formula}", "B1": 0.0, "B2": 0.5, "B3": 0.9, "C1": 1.0, "C2": 2.0, "C3": 3.0}
    notes = compute.Model.open(book({"S": cells})).describe().notes
    named = [n for n in notes if n.startswith("S!A1 is ")]
    assert named == ([] if law is None else [f"S!A1 is {law}, written ={formula}"])

"""Sobol indices and Shapley effects end to end, against the closed forms of known functions.

Ishigami: T. Ishigami, T. Homma, Proc. ISUMA (1990) 398, with a = 7, b = 0.1. Sobol's G: A. Saltelli, I. M. Sobol',
Reliab. Eng. Syst. Saf. 50 (1995) 225. Shapley effects of a linear model with Gaussian inputs: A. B. Owen, C. Prieur,
SIAM/ASA J. Uncertainty Quantification 5 (2017) 986.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from compute.analysis import LEAF
from compute.errors import Cancelled, InvalidCorrelation, NoInputs, SpecificationError
from compute.protocol import Progress
from compute.runners import Model
from compute.runners.ray import prepare, specification_of
from compute.runners.variation import Design, Variation
from compute.workbook import build_workbook


class Cell:
    format = None

    def __init__(self, cell: str, typed: Any) -> None:
        self.cell, self.input = cell, typed


class Sheet:
    name = "Model"

    def __init__(self, cells: Mapping[str, Any]) -> None:
        self.cells = [Cell(*pair) for pair in cells.items()]


class Snapshot:
    names = ()

    def __init__(self, cells: Mapping[str, Any]) -> None:
        self.sheets = [Sheet(cells)]


def model(cells: Mapping[str, Any]) -> Model:
    return Model.open(build_workbook(Snapshot(cells)))


ISHIGAMI = {
    **{f"A{i}": "=MC.UNIFORM(-PI(),PI())" for i in (1, 2, 3)},
    "B1": '=MC.OUTPUT("Ishigami")+SIN(A1)+7*SIN(A2)^2+0.1*A3^4*SIN(A1)',
}
WEIGHTS = (0.0, 1.0, 4.5, 9.0)
SOBOL_G = {
    **{f"A{i}": "=MC.UNIFORM(0,1)" for i in range(1, 5)},
    "B1": '=MC.OUTPUT("G")+' + "*".join(f"(ABS(4*A{i}-2)+{a})/(1+{a})" for i, a in enumerate(WEIGHTS, 1)),
}


def ishigami() -> tuple[list[float], list[float]]:
    a, b, pi = 7.0, 0.1, math.pi
    first, second = 0.5 * (1 + b * pi**4 / 5) ** 2, a**2 / 8
    mixed = 8 * b**2 * pi**8 / 225
    variance = first + second + mixed
    return [first / variance, second / variance, 0.0], [
        (first + mixed) / variance, second / variance, mixed / variance,
    ]  # fmt: skip


def sobol_g() -> tuple[list[float], list[float]]:
    own = [1 / (3 * (1 + a) ** 2) for a in WEIGHTS]
    variance = math.prod(1 + v for v in own) - 1
    totals = [v * math.prod(1 + w for j, w in enumerate(own) if j != i) / variance for i, v in enumerate(own)]
    return [v / variance for v in own], totals


@pytest.mark.parametrize(("cells", "truth"), [(ISHIGAMI, ishigami()), (SOBOL_G, sobol_g())])
def test_indices_are_those_of_the_closed_form(cells: Mapping[str, Any], truth: tuple[list[float], list[float]]) -> None:
    report = model(cells).sobol_indices(base=4_096)
    (found,) = report.indices.values()
    assert report.evaluations == 4_096 * (len(found) + 2)
    for index, first, total in zip(found.values(), *truth, strict=True):
        assert index is not None
        assert index.first == pytest.approx(first, abs=0.01)
        assert index.total == pytest.approx(total, abs=0.01)
        assert index.total_interval.low <= total <= index.total_interval.high
        assert index.count == 4_096


@pytest.mark.parametrize("sampling", ["monte_carlo", "latin_hypercube"])
def test_other_ways_of_sampling_come_near(sampling: Any) -> None:
    (found,) = model(ISHIGAMI).sobol_indices(base=8_192, sampling=sampling, seed=5).indices.values()
    for index, first in zip(found.values(), ishigami()[0], strict=True):
        assert index is not None
        assert index.first == pytest.approx(first, abs=0.05)


def test_threads_change_nothing_and_seeds_do() -> None:
    opened = model(SOBOL_G)
    one, two = (opened.sobol_indices(base=3_000, threads=t) for t in (1, 2))
    assert one.indices == two.indices
    assert opened.sobol_indices(base=3_000, seed=43).indices != one.indices


def test_inputs_without_effect_are_listed_and_constant_outputs_have_no_indices() -> None:
    cells = {
        **ISHIGAMI, "A9": "=MC.NORMAL(0,1)", "A10": "=RiskNormal(0,1,RiskLock())", "C1": 5,
        "B2": '=MC.OUTPUT("Flat")+C1+0*A1', "B3": '=MC.OUTPUT("Held")+A10',
    }  # fmt: skip
    report = model(cells).sobol_indices(base=256)
    assert "the input Model!A9 feeds no output" in report.notes
    assert list(report.indices["Ishigami"]) == ["Model!A1", "Model!A2", "Model!A3"]
    assert set(report.indices["Flat"].values()) == set(report.indices["Held"].values()) == {None}
    assert list(model(cells).sobol_indices(["flat"], base=16).indices) == ["Flat"]


TIED = {
    "D1": 1, "D2": 0.5, "E2": 1,
    "A1": "=MC.NORMAL(0,1,MC.CORRELATE($D$1:$E$2,1))", "A2": "=MC.NORMAL(0,2,MC.CORRELATE($D$1:$E$2,2))",
    "A3": "=MC.NORMAL(0,1)", "B1": '=MC.OUTPUT("Sum")+A1+A2+A3',
}  # fmt: skip


def test_shapley_effects_of_correlated_inputs_are_those_of_the_closed_form() -> None:
    report = model(TIED).shapley_effects()
    found = report.effects["Sum"]
    # Two inputs: σᵢ²(1 − ρ²/2) + ρσ₁σ₂ … the second input's variance shared evenly (Owen & Prieur, section 3.1).
    rho, s1, s2 = 0.5, 1.0, 2.0
    variance = s1**2 + s2**2 + 2 * rho * s1 * s2 + 1.0
    shift = rho**2 * (s2**2 - s1**2) / 2
    want = [(s1**2 + rho * s1 * s2 + shift) / variance, (s2**2 + rho * s1 * s2 - shift) / variance, 1.0 / variance]
    shares = [s for s in found.values() if s is not None]
    assert [s.effect for s in shares] == pytest.approx(want, abs=0.02)
    assert sum(s.effect for s in shares) == pytest.approx(1.0, abs=1e-12)
    assert all(0.0 < s.standard_error < 0.02 for s in shares)


def test_shapley_effects_by_permutations_agree() -> None:
    shares = model(SOBOL_G).shapley_effects(permutations=4_000).effects["G"]
    exact = model(SOBOL_G).shapley_effects().effects["G"]
    for one, other in zip(shares.values(), exact.values(), strict=True):
        assert one is not None
        assert other is not None
        assert one.effect == pytest.approx(other.effect, abs=0.05)


@pytest.mark.parametrize("method", ["sobol", "shapley"])
def test_a_worker_makes_the_same_rows_from_the_message(method: Any) -> None:
    inputs = tuple(f"Model!A{i}" for i in range(1, 5))
    matrix = tuple(tuple(float(i == j) for j in range(4)) for i in range(4))
    plan = Design(method=method, inputs=inputs, base=1_000, matrix=matrix, outer=100)
    varied = model(SOBOL_G).varied(Variation(design=plan))
    spec = specification_of(varied, "monte_carlo", 7, 5_000, "auto")
    _, source = prepare(varied.source, type(spec).model_validate_json(spec.model_dump_json()))
    own = varied.draws_source("monte_carlo", 7, 5_000, ())
    for draw in range(4):
        whole = own.uniforms(draw, 0, 5_000)
        assert np.array_equal(source.uniforms(draw, 900, 3_100), whole[900:3_100])
        assert ((whole > 0.0) & (whole < 1.0)).all()


def test_blocks_are_a_b_and_a_with_one_column_of_b() -> None:
    inputs = tuple(f"Model!A{i}" for i in range(1, 5))
    plan = Design(method="sobol", inputs=inputs, base=500)
    source = model(SOBOL_G).varied(Variation(design=plan)).draws_source("monte_carlo", 7, 3_000, ())
    table = np.stack([source.uniforms(d, 0, 3_000).reshape(6, 500) for d in range(4)])
    for column in range(4):
        a, b = table[column, 0], table[column, 1]
        assert abs(np.corrcoef(a, b)[0, 1]) < 0.2
        for block in range(4):
            assert np.array_equal(table[column, 2 + block], b if block == column else a)


def test_it_can_be_cancelled() -> None:
    seen: list[Progress] = []
    with pytest.raises(Cancelled):
        model(ISHIGAMI).sobol_indices(
            base=100_000, on_progress=seen.append, cancelled=lambda: seen[-1].done > LEAF, threads=1
        )


COPULA = {
    "A1": '=MC.NORMAL(0,1,MC.COPULACLAYTON("g",1,2))', "A2": '=MC.NORMAL(0,1,MC.COPULACLAYTON("g",2,2))',
    "B1": "=MC.OUTPUT()+A1+A2",
}  # fmt: skip
FURTHER = {"A1": "=MC.NORMAL(0,1)", "A2": "=SUM(RANDARRAY(3))", "B1": "=MC.OUTPUT()+A1+A2"}
ALONE = {"A1": "=MC.NORMAL(0,1)", "B1": "=MC.OUTPUT()+A1"}
FAILING = {**ISHIGAMI, "B1": "=MC.OUTPUT()+SQRT(A1)+A2"}
REFUSED: list[tuple[Mapping[str, Any], str, dict[str, Any], type[Exception], str]] = [
    (TIED, "sobol_indices", {}, InvalidCorrelation, "Model!A1, Model!A2 are correlated.*Shapley effects"),
    (COPULA, "shapley_effects", {}, InvalidCorrelation, "Gaussian copulas.*clayton"),
    (FURTHER, "sobol_indices", {}, SpecificationError, "RANDARRAY; a designed"),
    (FAILING, "shapley_effects", {}, SpecificationError, "Model!B1 ended in an error in"),
    (ISHIGAMI, "sobol_indices", {"outputs": ["Loss"]}, SpecificationError, "no output 'Loss'; the outputs are Ishi"),
    (ISHIGAMI, "sobol_indices", {"base": 1}, SpecificationError, "base is 1"),
    (ISHIGAMI, "sobol_indices", {"base": 3_000_000}, SpecificationError, "takes 15,000,000 iterations"),
    (ISHIGAMI, "sobol_indices", {"confidence": 95}, SpecificationError, "confidence is 95"),
    (ISHIGAMI, "sobol_indices", {"sampling": "halton"}, SpecificationError, "halton"),
    (ISHIGAMI, "shapley_effects", {"permutations": 1}, SpecificationError, "permutations 2 or more"),
    (ALONE, "shapley_effects", {}, SpecificationError, "Model!A1 is the only"),
    ({"A1": 1, "B1": "=MC.OUTPUT()+A1"}, "sobol_indices", {}, NoInputs, "no uncertain cell"),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "method", "options", "kind", "words"), REFUSED)
def test_what_cannot_be_done_is_said(
    cells: Mapping[str, Any], method: str, options: dict[str, Any], kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        getattr(model(cells), method)(**options)

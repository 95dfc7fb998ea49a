"""Correlated inputs from workbook to result: what is asked for, realised, refused and adjusted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import compute
from compute.errors import InvalidCorrelation
from compute.protocol import CorrelationOptions
from compute.runners import Result
from compute.runners.ray import prepare, specification_of

Build = Callable[..., Path]
MATRIX: dict[str, Any] = {"D1": 1, "D2": 0.8, "E2": 1, "D3": -0.5, "E3": -0.3, "F3": 1}
TIED = {
    "@RISK": "=_xll.RiskNormal(10,2,_xll.RiskCorrmat($D$1:$F$3,{}))",
    "Montecell": "=_xldudf_MC_NORMAL(10,2,_xldudf_MC_CORRELATE($D$1:$F$3,{}))",
}


def three(formula: str) -> dict[str, Any]:
    cells = {f"B{i}": formula.format(i) for i in (1, 2, 3)}
    return {**MATRIX, **cells, "B4": '=_xldudf_MC_OUTPUT("Sum")+SUM(B1:B3)'}


def score(result: Result, one: str, other: str) -> float:
    report = result.correlations[0]
    return report.score[report.members.index(one)][report.members.index(other)] or 0.0


@pytest.mark.parametrize("product", TIED)
@pytest.mark.parametrize("sampling", ["monte_carlo", "latin_hypercube", "sobol"])
def test_a_triangle_of_correlations_is_realised(book: Build, product: str, sampling: Any) -> None:
    model = compute.Model.open(book({"Model": three(TIED[product])}))
    assert model.unsupported == ()
    result = model.simulate(iterations=20_000, sampling=sampling)
    assert score(result, "Model!B1", "Model!B2") == pytest.approx(0.8, abs=0.02)
    assert score(result, "Model!B1", "Model!B3") == pytest.approx(-0.5, abs=0.03)
    assert score(result, "Model!B2", "Model!B3") == pytest.approx(-0.3, abs=0.03)
    # Var(sum) = 4·(3 + 2·(.8 − .5 − .3)).
    assert result.outputs["Sum"].standard_deviation == pytest.approx(np.sqrt(4 * 3.0), rel=0.02)


def test_iman_and_conover_meet_the_numbers(book: Build) -> None:
    model = compute.Model.open(book({"Model": three(TIED["@RISK"])}))
    options = CorrelationOptions(method="iman_conover")
    report = model.simulate(iterations=1_000, correlations=options).correlations[0]
    assert report.requested is not None
    assert np.abs(np.array(report.score, float) - np.array(report.requested)).max() < 0.005


def test_spearman_s_measure(book: Build) -> None:
    model = compute.Model.open(book({"Model": three(TIED["@RISK"])}))
    options = CorrelationOptions(method="iman_conover", measure="spearman")
    report = model.simulate(iterations=5_000, correlations=options).correlations[0]
    assert report.spearman[0][1] == pytest.approx(0.8, abs=0.005)


def test_the_same_digest_however_it_is_run(book: Build) -> None:
    path = book({"Model": three(TIED["@RISK"])})
    digests = {
        compute.Model.open(path).simulate(iterations=9_000, threads=threads, chunk_leaves=leaves).digest
        for threads, leaves in ((1, 1), (2, 1), (1, 3), (2, 2))
    }
    assert len(digests) == 1


def test_a_worker_makes_the_same_draws_from_the_message(book: Build) -> None:
    model = compute.Model.open(book({"Model": three(TIED["@RISK"])}))
    options = CorrelationOptions(method="iman_conover")
    spec = specification_of(model, "latin_hypercube", 7, 3_000, "auto", options)
    _, source = prepare(model.source, type(spec).model_validate_json(spec.model_dump_json()))
    own = model.draws_source("latin_hypercube", 7, 3_000, model.ties(options))
    for index in range(3):
        assert np.array_equal(source.uniforms(index, 100, 2_000), own.uniforms(index, 100, 2_000))


def test_instances_of_one_matrix_are_independent(book: Build) -> None:
    cells: dict[str, Any] = {"D1": 1, "E1": 0.9, "D2": 0.9, "E2": 1}
    for i, (position, instance) in enumerate(((1, 1), (2, 1), (1, 2), (2, 2)), 1):
        cells[f"B{i}"] = f"=_xll.RiskUniform(0,1,_xll.RiskCorrmat($D$1:$E$2,{position},{instance}))"
    cells["B5"] = "=_xll.RiskOutput()+SUM(B1:B4)"
    result = compute.Model.open(book({"Model": cells})).simulate(iterations=20_000)
    assert [r.members for r in result.correlations] == [("Model!B1", "Model!B2"), ("Model!B3", "Model!B4")]
    assert abs(np.corrcoef(result.inputs["Model!B1"].samples, result.inputs["Model!B3"].samples)[0, 1]) < 0.03
    for report in result.correlations:
        assert report.score[0][1] == pytest.approx(0.9, abs=0.01)


def test_a_pair_of_independent_and_dependents(book: Build) -> None:
    cells = {
        "B1": '=_xll.RiskNormal(0,1,_xll.RiskIndepC("oil"))',
        "B2": '=_xll.RiskNormal(0,1,_xll.RiskDepC("oil",0.7))',
        "B3": '=_xll.RiskNormal(0,1,_xll.RiskDepC("oil",-0.5))',
        "B4": "=_xll.RiskOutput()+SUM(B1:B3)",
    }
    result = compute.Model.open(book({"Model": cells})).simulate(iterations=20_000)
    assert score(result, "Model!B1", "Model!B2") == pytest.approx(0.7, abs=0.02)
    assert score(result, "Model!B1", "Model!B3") == pytest.approx(-0.5, abs=0.02)


COPULAS = {
    "clayton": ('MC_COPULACLAYTON("rates",{},2)', 0.5),
    "gumbel": ('MC_COPULAGUMBEL("rates",{},2)', 0.5),
    "frank": ('MC_COPULAFRANK("rates",{},5.736)', 0.5),
    "t": ("MC_COPULAT($D$1:$E$2,{},4)", 0.5),
}


@pytest.mark.parametrize("family", COPULAS)
def test_copulas(book: Build, family: str) -> None:
    from scipy import stats

    call, tau = COPULAS[family]
    cells: dict[str, Any] = {"D1": 1, "D2": np.sin(np.pi / 4), "E2": 1}
    for i in (1, 2):
        cells[f"B{i}"] = f"=_xldudf_MC_NORMAL(0,1,_xldudf_{call.format(i)})"
    cells["B3"] = '=_xldudf_MC_OUTPUT("x")+B1+B2'
    result = compute.Model.open(book({"Model": cells})).simulate(iterations=20_000)
    samples = [result.inputs[k].samples for k in ("Model!B1", "Model!B2")]
    assert stats.kendalltau(*samples).statistic == pytest.approx(tau, abs=0.02)


BAD = {"D1": 1, "D2": 0.9, "E2": 1, "D3": 0.9, "E3": -0.9, "F3": 1}


def test_an_impossible_matrix_is_refused_with_the_nearest_and_used_when_allowed(book: Build) -> None:
    path = book({"Model": {**three(TIED["@RISK"]), **BAD}})
    with pytest.raises(InvalidCorrelation, match=r"Model!D1:F3.*nearest matrix") as caught:
        compute.Model.open(path).simulate(iterations=100)
    assert caught.value.cells == ("Model!B1", "Model!B2", "Model!B3")
    result = compute.Model.open(path).simulate(iterations=1_000, correlations=CorrelationOptions(adjust=True))
    report = result.correlations[0]
    assert report.requested is not None
    assert report.used is not None
    assert report.requested[1][2] == -0.9
    assert np.linalg.eigvalsh(np.array(report.used))[0] >= -1e-10
    assert any("it was used" in note for note in result.notes)


WRONG = {
    "position": ({"B2": "=_xll.RiskNormal(0,1,_xll.RiskCorrmat($D$1:$F$3,4))"}, r"Model!B2.*position.*is 4.*1 to 3"),
    "twice": ({"B2": "=_xll.RiskNormal(0,1,_xll.RiskCorrmat($D$1:$F$3,1))"}, r"Model!B1 and Model!B2 both take"),
    "text": ({"D2": "high"}, r"row 2, column 1 of its correlation matrix Model!D1:F3 is 'high'"),
    "large": ({"D2": 1.5}, r"1.5; a correlation lies between"),
    "error": ({"D2": "=1/0"}, r"#DIV/0!"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named(book: Build, case: str) -> None:
    change, words = WRONG[case]
    path = book({"Model": {**three(TIED["@RISK"]), **change}})
    with pytest.raises(InvalidCorrelation, match=words):
        compute.Model.open(path).simulate(iterations=100)


def test_a_draw_in_a_branch_not_taken_now_is_correlated_all_the_same(book: Build) -> None:
    cells = three(TIED["@RISK"])
    cells["B2"] = "=IF(A1>100,0,_xll.RiskNormal(10,2,_xll.RiskCorrmat($D$1:$F$3,2)))"
    cells["A1"] = "=_xll.RiskUniform(0,150,_xll.RiskStatic(120))"
    result = compute.Model.open(book({"Model": cells})).simulate(iterations=20_000)
    assert "Model!B2" in result.correlations[0].members
    assert result.correlations[0].score[0][1] == pytest.approx(0.8, abs=0.02)


def test_a_seed_of_its_own_stands_against_the_run_s(book: Build) -> None:
    cells = {
        "B1": "=_xll.RiskNormal(0,1,_xll.RiskSeed(1,77))",
        "B2": "=_xll.RiskNormal(0,1)",
        "B3": "=_xll.RiskOutput()+B1+B2",
    }
    model = compute.Model.open(book({"Model": cells}))
    one, other = model.simulate(iterations=500, seed=1), model.simulate(iterations=500, seed=2)
    assert np.array_equal(one.inputs["Model!B1"].samples, other.inputs["Model!B1"].samples)
    assert not np.array_equal(one.inputs["Model!B2"].samples, other.inputs["Model!B2"].samples)


def test_a_locked_input_keeps_its_static_value(book: Build) -> None:
    cells = {
        "B1": "=_xll.RiskNormal(5,1,_xll.RiskLock())",
        "B2": "=_xll.RiskNormal(5,1,_xll.RiskStatic(7),_xll.RiskLock(TRUE))",
        "B3": "=_xll.RiskNormal(5,1,_xll.RiskLock(FALSE))",
        "B4": "=_xll.RiskOutput()+SUM(B1:B3)",
    }
    result = compute.Model.open(book({"Model": cells})).simulate(iterations=5_000)
    assert set(result.inputs["Model!B1"].samples) == {5.0}
    assert set(result.inputs["Model!B2"].samples) == {7.0}
    assert result.outputs["Model!B4"].standard_deviation == pytest.approx(1.0, rel=0.02)


def test_inspect_tells_of_correlations_and_of_what_is_wrong_with_them(book: Build) -> None:
    path = book({"Model": three(TIED["@RISK"])})
    (found,) = compute.Model.open(path).describe().correlations
    assert (found.group, found.family, found.problem) == ("Model!D1:F3", "gaussian", None)
    assert found.matrix == ((1.0, 0.8, -0.5), (0.8, 1.0, -0.3), (-0.5, -0.3, 1.0))
    path = book({"Model": {**three(TIED["@RISK"]), **BAD}})
    (wrong,) = compute.Model.open(path).describe().correlations
    assert wrong.members == ("Model!B1", "Model!B2", "Model!B3")
    assert "nearest matrix" in (wrong.problem or "")
    with pytest.raises(InvalidCorrelation):
        compute.Model.open(path).check()

"""Laws whose parameters are laws, and laws by percentiles, in cells: against exact moments and hand-made sums."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import compute
from compute.cli.terminal import model_text
from compute.distributions import Binomial, Compound, LogNormal, Normal, Poisson, RiskEvent
from compute.errors import InvalidDistribution, UnsupportedFormula
from compute.sampling import element_stream, stream_key, uniforms

Build = Callable[..., Path]
N = 40_000


def opened(book: Build, *formulas: str, **cells: Any) -> compute.Model:
    """A model of one sheet M: the formulas in A1, A2 …, all of them outputs, and more cells."""
    given = {f"A{i}": f"={f}" for i, f in enumerate(formulas, 1)} | cells
    return compute.Model.open(book({"M": given}), outputs=[f"M!A{i}" for i in range(1, len(formulas) + 1)])


def drawn(book: Build, formula: str, sampling: str = "monte_carlo", n: int = N, **cells: Any) -> Any:
    result = opened(book, formula, **cells).simulate(iterations=n, sampling=sampling, seed=7)  # type: ignore[arg-type]
    return result.outputs["M!A1"].samples


COMPOUNDS = [
    ("RiskCompound(RiskPoisson(3),RiskLognorm(10,5))", Compound(Poisson(3), LogNormal(10, 5))),
    ("RiskCompound(RiskPoisson(3),RiskLognorm(10,5),4,12)", Compound(Poisson(3), LogNormal(10, 5), 4, 12)),
    ("RiskCompound(RiskPoisson(3),RiskLognorm(10,5),,12)", Compound(Poisson(3), LogNormal(10, 5), 0, 12)),
    ("RiskCompound(RiskBinomial(1,0.4),RiskNormal(100,10))", Compound(Binomial(1, 0.4), Normal(100, 10))),
    (
        "RiskCompound(RiskPoisson(2),RiskNormal(5,2,RiskTruncate(0,),RiskShift(1)))",
        Compound(Poisson(2), Normal(5, 2).truncate(0).shift(1)),
    ),
    ("MC.COMPOUND(MC.POISSON(2),MC.RISKEVENT(0.5,MC.NORMAL(5,1)))", Compound(Poisson(2), RiskEvent(0.5, Normal(5, 1)))),
]


@pytest.mark.parametrize(("formula", "law"), COMPOUNDS, ids=[f for f, _ in COMPOUNDS])
def test_compound_has_its_exact_moments_and_shows_its_mean(book: Build, formula: str, law: Compound) -> None:
    model = opened(book, formula)
    assert model.inputs["M!A1"].static_value == pytest.approx(law.mean)
    assert list(model.inputs) == ["M!A1"]
    assert model.inputs["M!A1"].law == law
    samples = model.simulate(iterations=N, seed=7).outputs["M!A1"].samples
    sd = law.standard_deviation
    assert samples.mean() == pytest.approx(law.mean, abs=4 * sd / math.sqrt(N))
    assert samples.std() == pytest.approx(sd, rel=4 * math.sqrt((law.kurtosis - 1) / 4 / N))


def test_a_sum_is_drawn_by_its_own_uniform_and_a_stream_for_each_loss(book: Build) -> None:
    samples = drawn(book, "RiskCompound(RiskPoisson(3),RiskLognorm(10,5),4,12)", n=500)
    stream = stream_key("M", "A1", 0)
    counts = stats.poisson(3).ppf(uniforms(7, stream, 0, 500))
    expected = np.zeros(500)
    for j in range(1, int(counts.max()) + 1):
        loss = np.clip(LogNormal(10, 5).ppf(uniforms(7, element_stream(stream, j), 0, 500)) - 4, 0, 12)
        expected += np.where(counts >= j, loss, 0)
    np.testing.assert_allclose(samples, expected, rtol=1e-14)


def test_laws_inside_take_no_ordinal_from_other_draws(book: Build) -> None:
    model = opened(book, "RiskCompound(RiskPoisson(3),RiskLognorm(10,5))+RiskNormal(0,1)")
    assert list(model.inputs) == ["M!A1", "M!A1#2"]
    normal = model.simulate(iterations=100, sampling="monte_carlo", seed=7).inputs["M!A1#2"].samples
    np.testing.assert_array_equal(normal, Normal(0, 1).ppf(uniforms(7, stream_key("M", "A1", 1), 0, 100)))


@pytest.mark.parametrize("sampling", ["monte_carlo", "latin_hypercube", "sobol"])
def test_same_bits_for_any_chunks_and_threads(book: Build, sampling: Any) -> None:
    model = opened(
        book,
        "RiskCompound(RiskPoisson(B1),B2,1,100)+MC.SPLICE(MC.NORMAL(0,1),B3,B1)",
        "MC.NORMALALT(0.1,B1,0.9,12)",
        B1="=RiskUniform(1,4)", B2="=RiskLognorm(10,B1)", B3="=RiskPareto(3,1)",
    )  # fmt: skip
    runs = [model.simulate(iterations=9_000, sampling=sampling, threads=t, chunk_leaves=c) for t, c in ((1, 3), (2, 1))]
    for key in ("M!A1", "M!A2"):
        np.testing.assert_array_equal(runs[0].outputs[key].samples, runs[1].outputs[key].samples)
        assert np.isfinite(runs[0].outputs[key].samples).all()


def test_frequency_by_reference_is_the_value_of_that_cell(book: Build) -> None:
    model = opened(book, "RiskCompound(B1,RiskUniform(2,2.000001))", B1="=RiskPoisson(3)")
    assert list(model.inputs) == ["M!A1", "M!B1"]
    result = model.simulate(iterations=2_000)
    np.testing.assert_allclose(result.outputs["M!A1"].samples, 2 * result.inputs["M!B1"].samples, rtol=1e-6)
    fixed = drawn(book, "RiskCompound(2.9,RiskUniform(2,2.000001))", n=50)
    np.testing.assert_allclose(fixed, 4, rtol=1e-6)


def test_severity_by_reference_is_the_law_of_that_cell_drawn_anew_for_each_loss(book: Build) -> None:
    cells: dict[str, Any] = {"B1": 10, "B2": "=RiskLognorm(B1,5)", "C9": "=RiskLognorm(B1,5)"}
    direct = drawn(book, "RiskCompound(RiskPoisson(3),RiskLognorm(B1,5))", n=500, **cells)
    np.testing.assert_array_equal(drawn(book, "RiskCompound(RiskPoisson(3),B2)", n=500, **cells), direct)
    np.testing.assert_array_equal(drawn(book, "RiskCompound(RiskPoisson(3),$C$9)", n=500, **cells), direct)


def test_uncertain_parameters_of_a_severity_are_shared_by_the_losses_of_an_iteration(book: Build) -> None:
    model = opened(book, "RiskCompound(5,RiskNormal(B1,0.000001))", B1="=RiskUniform(1,2)")
    result = model.simulate(iterations=500)
    np.testing.assert_allclose(result.outputs["M!A1"].samples, 5 * result.inputs["M!B1"].samples, rtol=1e-4)


REFUSED = [
    ("RiskCompound(RiskPoisson(3),2*B1)", "severity is no law"),
    ("RiskCompound(RiskPoisson(3),B1)", "severity is no such cell"),
    ("RiskCompound(RiskPoisson(3),B2)", "severity is no such cell"),
    ("RiskCompound(RiskPoisson(3),RiskNormal(RiskUniform(0,1),1))", "severity has draws of its own"),
    ("RiskCompound(RiskPoisson(3),B3)", "severity, given by reference, has draws of its own"),
    ("RiskCompound(RiskPoisson(3),B4)", "is a sum"),
    ("RiskCompound(RiskPoisson(3),RiskCompound(2,RiskNormal(0,1)))", "is a sum"),
    ("RiskCompound(RiskPoisson(3),RiskNormal(5,1),RiskTruncate(0,20))", "cannot be truncated"),
    ("RiskCompound(RiskPoisson(3),RiskNormal(5,1),RiskSeed(1,5))", "seed"),
    ("RiskCompound(RiskPoisson(3),RiskNormal(5,1,RiskCorrmat(D1:E2,1)))", "is correlated"),
    ("RiskCompound(RiskPoisson(3))", "1 arguments are given"),
    ("RiskSplice(RiskNormal(0,1),3,1)", "right is no law"),
    ("MC.RISKEVENT(0.3,B2)", "impact is no such cell"),
]


@pytest.mark.parametrize(("formula", "reason"), REFUSED, ids=[f for f, _ in REFUSED])
def test_what_cannot_be_followed_is_refused_by_name(book: Build, formula: str, reason: str) -> None:
    model = opened(
        book, formula, B1=5, B2="=1+RiskNormal(0,1)", B3="=RiskNormal(RiskUniform(0,1),1)",
        B4="=RiskCompound(2,RiskNormal(0,1))", B5="=RiskNormal(0,1)",
    )  # fmt: skip
    with pytest.raises(UnsupportedFormula, match=reason) as problem:
        model.simulate(iterations=10)
    assert "M!A1" in problem.value.cells


WRONG = [
    ("RiskCompound(RiskNormal(3,1),RiskNormal(5,1))", "frequency is Normal.*whole numbers"),
    ("RiskCompound(RiskPoisson(3),RiskNormal(5,-1))", "sd is -1"),
    ("RiskCompound(RiskPoisson(3),RiskNormal(5,1),-2)", "deductible is -2"),
    ("RiskSplice(RiskNormal(0,1),RiskPoisson(3),1)", "both must be continuous or both discrete"),
    ("MC.RISKEVENT(1.5,MC.NORMAL(0,1))", "p is 1.5"),
    ('RiskNormalAlt("nu",1,95%,10)', "has no parameter nu"),
    ("RiskNormalAlt(5%,10,95%,1)", "must be above"),
]


@pytest.mark.parametrize(("formula", "reason"), WRONG, ids=[f for f, _ in WRONG])
def test_laws_that_do_not_exist_are_named(book: Build, formula: str, reason: str) -> None:
    with pytest.raises(InvalidDistribution, match=f"M!A1.*{reason}"):
        opened(book, formula).simulate(iterations=10)


def test_lanes_without_a_law_are_errors_and_the_others_are_drawn(book: Build) -> None:
    samples = drawn(book, "RiskCompound(2,RiskNormal(5,B1),B2,10)", n=400, B1="=RiskUniform(-1,2)", B2=1)
    model = opened(book, "RiskCompound(2,RiskNormal(5,1),B1,10)", B1="=RiskUniform(-1,2)").simulate(iterations=400)
    for found in (samples, model.outputs["M!A1"].samples):
        assert 100 < np.isnan(found).sum() < 170


def test_the_number_of_losses_can_be_correlated(book: Build) -> None:
    matrix = {"D1": 1, "E1": 0.9, "D2": 0.9, "E2": 1}
    for formula in (
        "RiskCompound(RiskPoisson(30,RiskCorrmat($D$1:$E$2,1)),RiskNormal(10,1))",
        "RiskCompound(RiskPoisson(30),RiskNormal(10,1),RiskCorrmat($D$1:$E$2,1))",
    ):
        model = opened(book, formula, "RiskNormal(0,1,RiskCorrmat($D$1:$E$2,2))", **matrix)
        result = model.simulate(iterations=5_000)
        rank = stats.spearmanr(result.outputs["M!A1"].samples, result.outputs["M!A2"].samples).statistic
        assert rank == pytest.approx(0.9, abs=0.03)


def test_a_shifted_and_a_locked_sum(book: Build) -> None:
    formula = "RiskCompound(RiskPoisson(3),RiskLognorm(10,5))"
    plain = drawn(book, formula, n=200)
    np.testing.assert_array_equal(drawn(book, formula[:-1] + ",RiskShift(7))", n=200), plain + 7)
    np.testing.assert_allclose(drawn(book, formula[:-1] + ",RiskLock())+0*RiskNormal(0,1)", n=50), 30)


GIVEN = [
    (Compound(Poisson(3), LogNormal(10, 5), 4, 12), "RiskCompound(RiskPoisson(3),RiskLognorm(10,5),4,12)"),
    (Compound(Poisson(3), Normal(5, 1).truncate(4).shift(2)).shift(1),
     "RiskCompound(RiskPoisson(3),RiskNormal(5,1,RiskTruncate(4,),RiskShift(2)),RiskShift(1))"),
    (RiskEvent(0.3, Normal(5, 1)).truncate(0, 6), "MC.RISKEVENT(0.3,MC.NORMAL(5,1),MC.TRUNCATE(0,6))"),
]  # fmt: skip


@pytest.mark.parametrize(("law", "formula"), GIVEN, ids=[f for _, f in GIVEN])
def test_laws_of_laws_can_be_given_from_outside(book: Build, law: Any, formula: str) -> None:
    model = compute.Model.open(book({"M": {"A1": 1}}), inputs={"M!A1": law}, outputs=["M!A1"])
    samples = model.simulate(iterations=300, sampling="monte_carlo", seed=7).outputs["M!A1"].samples
    np.testing.assert_array_equal(samples, drawn(book, formula, n=300))


def test_splice_joins_two_laws_at_a_point(book: Build) -> None:
    samples = drawn(book, "RiskSplice(RiskNormal(0,1),B1,1)", n=N, B1="=RiskExpon(4)")
    under, over = stats.norm.cdf(1), stats.expon(scale=4).sf(1)
    assert np.mean(samples < 1) == pytest.approx(under / (under + over), abs=4 * 0.5 / math.sqrt(N))
    assert samples[samples >= 1].mean() == pytest.approx(5, abs=0.12)
    assert samples[samples < 1].mean() == pytest.approx(-stats.norm.pdf(1) / under, abs=0.03)


def test_risk_event_comes_with_its_probability(book: Build) -> None:
    samples = drawn(book, 'MC.RISKEVENT(B1,MC.NORMAL(100,10),"Strike")', "latin_hypercube", n=10_000, B1=0.3)
    assert np.mean(samples != 0) == pytest.approx(0.3, abs=2e-4)
    assert samples[samples != 0].mean() == pytest.approx(100, abs=0.05)


ALTS = [
    ("RiskNormalAlt(5%,67,95%,132)", {0.05: 67, 0.95: 132}),
    ('RiskNormalAlt("mu",100,95%,132)', {0.5: 100, 0.95: 132}),
    ("RiskNormalAltD(5%,132,95%,67)", {0.05: 67, 0.95: 132}),
    ('RiskPertAlt("min",2,"m. likely",5,95%,12)', {0.95: 12}),
    ('RiskTriangAlt(B1,2,"m. likely",5,B2,12)', {0.1: 2, 0.9: 12}),
    ('RiskLognormAlt("μ",2,"sigma",5,95%,30)', {0.95: 30}),
    ("RiskLognormAlt(5%,1,95%,10)", {0.05: 1, 0.95: 10}),
    ('MC.GAMMAALT("shape",3,0.5,10,"Cost")', {0.5: 10}),
    ("MC.UNIFORMALTD(0.9,1,0.1,9)", {0.1: 1, 0.9: 9}),
    ("RiskBetaGeneralAlt(5%,-3,25%,2,75%,12,95%,16)", {0.05: -3, 0.25: 2, 0.75: 12, 0.95: 16}),
]


@pytest.mark.parametrize(("formula", "percentiles"), ALTS, ids=[f for f, _ in ALTS])
def test_laws_by_percentiles_have_them(book: Build, formula: str, percentiles: dict[float, float]) -> None:
    model = opened(book, formula, B1=0.1, B2=0.9)
    (given,) = model.inputs.values()
    assert given.law is not None
    for share, value in percentiles.items():
        assert given.law.ppf(share) == pytest.approx(value, rel=1e-7)
    samples = model.simulate(iterations=500, sampling="monte_carlo", seed=7).outputs["M!A1"].samples
    np.testing.assert_array_equal(samples, given.law.ppf(uniforms(7, stream_key("M", "A1", 0), 0, 500)))


def test_uncertain_percentiles_give_each_iteration_its_own_law(book: Build) -> None:
    model = opened(book, 'RiskNormalAlt("mu",B1,97.5%,B1+2*B2)', B1="=RiskUniform(0,9)", B2=1)
    result = model.simulate(iterations=300, sampling="monte_carlo", seed=7)
    score = stats.norm.ppf(uniforms(7, stream_key("M", "A1", 0), 0, 300)) / stats.norm.ppf(0.975)
    np.testing.assert_allclose(
        result.outputs["M!A1"].samples, result.inputs["M!B1"].samples + 2 * score, rtol=1e-9, atol=1e-9
    )


def test_johnson_by_moments(book: Build) -> None:
    samples = drawn(book, "RiskJohnsonMoments(10,20,4,41)", "latin_hypercube", n=100_000)
    assert samples.mean() == pytest.approx(10, abs=0.02)
    assert samples.std() == pytest.approx(20, rel=0.02)


PSI = [
    ("PsiUniform(4,4.000001,PsiCompound(B1))", lambda n: 4 * n),
    ("PsiUniform(4,4.000001,PsiCompound(B1,1))", lambda n: 3 * n),
    ("PsiUniform(4,4.000001,PsiCompound(B1,6))", lambda n: -2 * n),
    ("PsiUniform(4,4.000001,PsiCompound(B1,,3))", lambda n: 3 * n),
]


@pytest.mark.parametrize(("formula", "total"), PSI, ids=[f for f, _ in PSI])
def test_psi_compound_adds_at_least_one_term_less_its_deduction(book: Build, formula: str, total: Any) -> None:
    result = opened(book, formula, B1="=PsiPoisson(1)").simulate(iterations=300)
    counts = np.maximum(result.inputs["M!B1"].samples, 1)
    np.testing.assert_allclose(result.outputs["M!A1"].samples, total(counts), rtol=1e-6)


def test_a_law_cut_on_one_side_can_be_given_from_outside(book: Build) -> None:
    model = compute.Model.open(book({"M": {"A1": 1}}), inputs={"M!A1": Normal(5, 1).truncate(4)}, outputs=["M!A1"])
    assert model.simulate(iterations=300).outputs["M!A1"].samples.min() >= 4


def test_inspection_shows_the_laws_inside(book: Build) -> None:
    model = opened(book, "RiskCompound(RiskPoisson(3),RiskLognorm(10,5),1,100)", "MC.NORMALALT(0.05,67,0.95,132)")
    shown = model_text(model.describe())
    assert "RiskCompound(RiskPoisson(3),RiskLognorm(10,5),1,100)" in shown
    assert "NORMAL(99.5, 19.7586)" in shown

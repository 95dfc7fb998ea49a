"""Worksheet distributions; values from Microsoft's pages."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest

CASES = [
    ("NORM.DIST(42,40,1.5,TRUE)", 0.9087887802741321),
    ("NORM.DIST(42,40,1.5,FALSE)", 0.10934004978399577),
    ("NORM.DIST(42,40,0,TRUE)", "#NUM!"),
    ("NORM.INV(0.908789,40,1.5)", 42.000002008416),
    ("NORMINV(0,0,1)", "#NUM!"),
    ("NORM.S.DIST(1.333333,TRUE)", 0.908788725604095),
    ("NORMSDIST(1.333333)", 0.908788725604095),
    ("NORMSINV(0.9088)", 1.3334014079),
    ("LOGNORM.DIST(4,3.5,1.2,TRUE)", 0.0390835557068005),
    ("LOGNORM.DIST(4,3.5,1.2,FALSE)", 0.0176175966818924),
    ("LOGNORM.INV(0.039084,3.5,1.2)", 4.0000252186806),
    ("CONFIDENCE(0.05,2.5,50)", 0.692951912174839),
    ("CONFIDENCE.T(0.05,1,50)", 0.284196855),
    ("T.DIST(60,1,TRUE)", 0.99469533),
    ("T.DIST(8,3,FALSE)", 0.000736907),
    ("T.DIST.2T(1.959999998,60)", 0.054644929975921),
    ("T.DIST.RT(1.959999998,60)", 0.0273224649879605),
    ("TDIST(1.959999998,60,2)", 0.054644929975921),
    ("T.INV(0.75,2)", 0.8164965809277),
    ("T.INV.2T(0.546449,60)", 0.606533075825759),
    ("CHISQ.DIST(0.5,1,TRUE)", 0.52049987781),
    ("CHISQ.DIST(2,3,FALSE)", 0.20755375),
    ("CHISQ.DIST.RT(18.307,10)", 0.0500005891),
    ("CHIINV(0.050001,10)", 18.306973),
    ("CHISQ.INV(0.93,1)", 3.283020286759536),
    ("F.DIST(15.2069,6,4,TRUE)", 0.99),
    ("F.DIST(15.2069,6,4,FALSE)", 0.001223792),
    ("F.DIST.RT(15.2068649,6,4)", 0.01),
    ("F.INV(0.01,6,4)", 0.10930991),
    ("FINV(0.01,6,4)", 15.20686486),
    ("GAMMA.DIST(10.00001131,9,2,FALSE)", 0.03263913),
    ("GAMMA.DIST(10.00001131,9,2,TRUE)", 0.068094),
    ("GAMMA.INV(0.068094,9,2)", 10.0000112),
    ("GAMMA(2.5)", 1.329340388),
    ("GAMMA(-3.75)", 0.2678661),
    ("GAMMA(0)", "#NUM!"),
    ("GAMMALN(4)", 1.791759469228055),
    ("BETA.DIST(2,8,10,TRUE,1,3)", 0.6854706),
    ("BETA.DIST(2,8,10,FALSE,1,3)", 1.4837646),
    ("BETADIST(2,8,10,1,3)", 0.6854706),
    ("BETA.INV(0.685470581,8,10,1,3)", 2),
    ("EXPON.DIST(0.2,10,TRUE)", 0.86466472),
    ("EXPON.DIST(0.2,10,FALSE)", 1.35335283),
    ("WEIBULL.DIST(105,20,100,TRUE)", 0.92958139),
    ("WEIBULL.DIST(105,20,100,FALSE)", 0.03558886),
    ("BINOM.DIST(6,10,0.5,FALSE)", 0.205078125),
    ("BINOM.DIST(6,10,0.5,TRUE)", 0.828125),
    ("BINOM.DIST.RANGE(60,0.75,48)", 0.083974967429),
    ("BINOM.DIST.RANGE(60,0.75,45,50)", 0.52362979),
    ("BINOM.INV(6,0.5,0.75)", 4),
    ("CRITBINOM(100,0.5,0.5)", 50),
    ("POISSON.DIST(2,5,TRUE)", 0.12465202),
    ("POISSON.DIST(2,5,FALSE)", 0.08422434),
    ("NEGBINOM.DIST(10,5,0.25,TRUE)", 0.3135141),
    ("NEGBINOM.DIST(10,5,0.25,FALSE)", 0.05504866),
    ("NEGBINOMDIST(10,5,0.25)", 0.05504866),
    ("HYPGEOM.DIST(1,4,8,20,TRUE)", 0.465428276574),
    ("HYPGEOM.DIST(1,4,8,20,FALSE)", 0.363261093911),
    ("HYPGEOMDIST(5,4,8,20)", 0),
    ("PHI(0.75)", 0.301137432),
    ("GAUSS(2)", 0.477249868),
]


@pytest.mark.parametrize(("formula", "expected"), CASES)
def test_value(excel: Any, formula: str, expected: Any) -> None:
    assert excel.same(excel(formula), expected, 2e-6), excel(formula)


@pytest.mark.parametrize(
    "formula",
    [
        "NORM.INV(A1,10,2)",
        "NORM.DIST(A1,0,1,FALSE)",
        "LOGNORM.INV(A1,1,2)",
        "GAMMA.INV(A1,2,3)",
        "BETA.INV(A1,2,3)",
        "T.INV(A1,5)",
        "F.INV(A1,5,7)",
        "BINOM.INV(40,0.3,A1)",
        "WEIBULL.DIST(A1,2,3,FALSE)",
        "HYPGEOM.DIST(3,10,20,50,TRUE)",
    ],
)
def test_a_lane_has_the_same_bits_alone(lanes_agree: Any, formula: str) -> None:
    lanes_agree(formula, {"A1": np.random.default_rng(1).uniform(size=37)})


@pytest.mark.parametrize("degrees", [1, 2, 3, 5, 10, 30, 250, 10_000])
@pytest.mark.parametrize("p", [1e-9, 0.01, 0.2, 0.39, 0.41, 0.49, 0.49999, 0.5, 0.500001, 0.51, 0.7, 0.999])
def test_students_quantile_near_the_middle_too(excel: Any, p: float, degrees: int) -> None:
    """By solving mpmath's incomplete beta function, to 60 digits; scipy's own loses five digits around one half."""
    with mpmath.workdps(60):
        within = abs(2 * mpmath.mpf(p) - 1)
        n = mpmath.mpf(degrees)

        def excess(x: Any) -> Any:
            return mpmath.betainc(0.5, n / 2, 0, x * x / (n + x * x), regularized=True) - within

        found = abs(float(excel(f"T.INV({p!r},{degrees})")))
        around = mpmath.mpf(found) * (1 - mpmath.mpf(10) ** -9), mpmath.mpf(found) * (1 + mpmath.mpf(10) ** -9)
        exact = float(mpmath.findroot(excess, around, solver="anderson")) if within else 0.0
    signed = exact if p > 0.5 else -exact
    assert excel(f"T.INV({p!r},{degrees})") == pytest.approx(signed, rel=2e-13, abs=0)
    if p <= 0.5:
        assert excel(f"T.INV.2T({2 * p!r},{degrees})") == pytest.approx(exact, rel=2e-13, abs=0)

"""Fitting through the engine: samples, series, columns and percentiles in, ranked laws with their formulas out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from compute.errors import ComputeError, SpecificationError
from server.gateway.fit_messages import (
    MOST_REFITTED,
    DependenceFitAnswer,
    DependenceFitRequest,
    ElicitationAnswer,
    ElicitationRequest,
    FitAnswer,
    FitRequest,
    FittedCopulaData,
    FittedLawData,
    FittedProcess,
    RefusedLaw,
    SeriesFitAnswer,
    SeriesFitRequest,
)

if TYPE_CHECKING:
    from compute.distributions import Law, Metalog
    from compute.fitting import Bootstrap, FitReport, FittedLaw


def fit(asked: FitRequest) -> FitAnswer:
    """The laws fitted to a sample, the best one's parameters with intervals where resamples are asked for.

    Raises FittingError, and SpecificationError for a bootstrap of too many values in all.
    """
    from compute import fitting

    if asked.resamples * len(asked.values) > MOST_REFITTED:
        raise SpecificationError(
            f"resamples: {asked.resamples:,} of {len(asked.values):,} values are more than {MOST_REFITTED:,} values; "
            f"ask for at most {MOST_REFITTED // len(asked.values):,}, or use the library",
            code="fitting.bootstrap",
        )
    report = fitting.fit(
        asked.values, asked.laws, lower=asked.lower, upper=asked.upper, shift=asked.shift, rank_by=asked.rank_by
    )
    found = [law_data(each) for each in report.fits]
    if asked.resamples and report.sample is not None:
        sure = fitting.bootstrap(
            report.best, report.sample, resamples=asked.resamples, level=asked.level, seed=asked.seed
        )
        found[0] = law_data(report.best, sure)
    return FitAnswer(size=len(asked.values), ranked_by=asked.rank_by, fits=tuple(found), refused=_refused(report))


def fit_series(asked: SeriesFitRequest) -> SeriesFitAnswer:
    """Processes fitted to a series. Raises SpecificationError."""
    from compute.dialects.written import atrisk_series, montecell_series
    from compute.sampling.time_series_fit import KINDS, fit_series

    kinds = None
    if asked.processes is not None:
        known = {kind.name.upper(): kind for kind in KINDS}
        unknown = [name for name in asked.processes if name.upper() not in known]
        if unknown:
            raise SpecificationError(
                f"processes: there is no {unknown[0]!r}; known are {', '.join(known)}", code="series.data"
            )
        kinds = [known[name.upper()] for name in asked.processes]
    fits = []
    for found in fit_series(asked.values, kinds):
        process = type(found.process)
        parameters = {name: float(getattr(found.process, name)) for name in process.parameters()}
        values = tuple(parameters.values())
        fits.append(
            FittedProcess(
                process=process.name,
                parameters=parameters,
                formula=montecell_series(process, values),
                atrisk_formula=atrisk_series(process, values),
                log_likelihood=found.log_likelihood,
                aic=found.aic,
            )
        )
    return SeriesFitAnswer(size=len(asked.values), fits=tuple(fits))


def fit_dependence(asked: DependenceFitRequest) -> DependenceFitAnswer:
    """Correlations and copulas of columns. Raises FittingError."""
    from compute.fitting import FAMILIES, correlations, fit_copula

    matrix = correlations(asked.columns, asked.measure)
    copulas = fit_copula(asked.columns, asked.families or FAMILIES)
    return DependenceFitAnswer(
        measure=asked.measure,
        correlations=_rows(matrix),
        copulas=tuple(
            FittedCopulaData(
                family=c.family,
                matrix=None if c.matrix is None else _rows(c.matrix),
                theta=c.theta,
                degrees=c.degrees,
                reflected=c.reflected,
                log_likelihood=c.log_likelihood,
                aic=c.aic,
            )
            for c in copulas
        ),
    )


def elicit(asked: ElicitationRequest) -> ElicitationAnswer:
    """The metalog through an expert's percentiles and the laws nearest to them. Raises FittingError."""
    from compute.fitting import fit_metalog, fit_percentiles

    p, x = [each.p for each in asked.percentiles], [each.x for each in asked.percentiles]
    report = fit_percentiles(p, x, None if asked.laws is None else laws_named(asked.laws))
    metalog, problem = None, None
    try:
        metalog = _metalog_data(fit_metalog(p, x, lower=asked.lower, upper=asked.upper, terms=asked.terms))
    except ComputeError as error:
        problem = error.message
    return ElicitationAnswer(
        size=len(p),
        ranked_by="rms_error",
        fits=tuple(law_data(each) for each in report.fits),
        refused=_refused(report),
        metalog=metalog,
        metalog_problem=problem,
    )


def laws_named(names: tuple[str, ...]) -> list[type[Law]]:
    """The laws by their names, with or without ``MC.``. Raises SpecificationError."""
    from compute.distributions import LAWS

    plain = [name.upper().removeprefix("MC.") for name in names]
    unknown = [name for name in plain if name not in LAWS]
    if unknown:
        raise SpecificationError(
            f"laws: there is no law {unknown[0]!r}; known are {', '.join(LAWS)}", code="fitting.law"
        )
    return [LAWS[name] for name in plain]


def law_data(found: FittedLaw, sure: Bootstrap | None = None) -> FittedLawData:
    """A fit as a message, with the bootstrap's intervals if there is one."""
    from compute.dialects.written import atrisk_formula, montecell_formula

    values = tuple(found.parameters.values())
    goodness: Any = found.goodness
    likely = math.isfinite(found.log_likelihood)
    return FittedLawData(
        law=found.law.name,
        title=found.law.title,
        parameters=dict(found.parameters),
        shift=found.shift,
        formula=montecell_formula(found.law, values, found.shift),
        atrisk_formula=atrisk_formula(found.law, values, found.shift),
        aic=_finite(found.aic) if likely else None,
        bic=_finite(found.bic) if likely else None,
        average_log_likelihood=_finite(found.average_log_likelihood) if likely else None,
        chi_square=goodness and _finite(goodness.chi_square),
        anderson_darling=goodness and _finite(goodness.anderson_darling),
        kolmogorov_smirnov=goodness and _finite(goodness.kolmogorov_smirnov),
        rms_error=_finite(found.rms_error),
        intervals=sure and dict(sure.intervals),
        p_values=sure and dict(sure.p_values),
    )


def _metalog_data(law: Metalog) -> FittedLawData:
    from compute.dialects.written import montecell_formula

    values = (tuple(law.coefficients), law.min, law.max)
    names = [info.name for info in law.parameters]
    return FittedLawData(
        law=law.name,
        title=law.title,
        parameters=dict(zip(names, values, strict=True)),
        formula=montecell_formula(type(law), values),
    )


def _refused(report: FitReport) -> tuple[RefusedLaw, ...]:
    return tuple(RefusedLaw(law=each.law.name, reason=each.reason) for each in report.refused)


def _rows(matrix: Any) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(v) for v in row) for row in matrix)


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value

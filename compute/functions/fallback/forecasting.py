"""Forecasts by exponential smoothing (FORECAST.ETS and its kin), evaluated by the package ``formulas``.

What Microsoft's pages say of arguments and errors is kept here; the smoothing itself is the library's, whose digits are
not Excel's: both fit their weights to the series, each in its own way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from compute.errors import ErrorCode, Scalar, UnsupportedFormula
from compute.functions.fallback.lanes import each_lane
from compute.functions.fallback.library import evaluate, refusal
from compute.functions.fallback.series import series_of
from compute.functions.signature import CallContext, CellFailure, Operand, Parameter, cells, function, number
from compute.values import Array, Floats, Kind, from_scalar

LONGEST_SEASON = 8760
_HISTORY = (cells("values"), cells("timeline"))
_SEASON = number("seasonality", 1)
_PREPARATION = (number("data_completion", 1), number("aggregation", 1))
_STEP_SIZE = 8

History = list[Floats]
"""Values and timeline of one iteration."""
Forecast = Callable[[History, list[float], bool], Scalar | ErrorCode]
"""Of one iteration: history, the call's numbers in order, whether dates count from 1904."""


def _registered(name: str, *parameters: Parameter) -> Callable[[Forecast], Forecast]:
    def decorate(forecast: Forecast) -> Forecast:
        def whole(context: CallContext, *arguments: Any) -> Array:
            reason = refusal()
            if reason is not None:
                raise UnsupportedFormula(f"{name}: {reason}")
            pairs = list(zip(arguments, parameters, strict=True))
            history = [a.array for a, _ in pairs if isinstance(a, Operand)]
            numbers = [_given(a, p) for a, p in pairs if p.type == "number"]
            return each_lane(lambda series, given: forecast(series, given, context.date_1904), history, numbers)

        function(name, *parameters)(whole)
        return forecast

    return decorate


def _given(argument: Array, parameter: Parameter) -> Array:
    """An argument left empty between commas is the default."""
    empty = parameter.optional and bool(argument.is_kind(Kind.BLANK).all())
    return from_scalar(parameter.default) if empty else argument


def _season(given: float) -> float:
    if given < 0 or given != int(given) or given > LONGEST_SEASON:
        raise CellFailure(ErrorCode.NUM)
    return given


def _completion(given: float) -> float:
    if given not in (0.0, 1.0):
        raise CellFailure(ErrorCode.NUM)
    return given


@_registered("FORECAST.ETS", number("target_date"), *_HISTORY, _SEASON, *_PREPARATION)
def forecast(history: History, numbers: list[float], date_1904: bool) -> Scalar | ErrorCode:
    """The value expected at a moment at or after the end of the timeline."""
    target, season, completion, aggregation = numbers
    series = series_of(history, aggregation, target, date_1904)
    return evaluate("FORECAST.ETS", *series.at_target, _season(season), _completion(completion))


@_registered(
    "FORECAST.ETS.CONFINT", number("target_date"), *_HISTORY, number("confidence_level", 0.95), _SEASON, *_PREPARATION
)
def confidence_interval(history: History, numbers: list[float], date_1904: bool) -> Scalar | ErrorCode:
    """Half the width of the interval around a forecast that holds the value with that probability."""
    target, level, season, completion, aggregation = numbers
    if not 0 < level < 1:
        raise CellFailure(ErrorCode.NUM)
    series = series_of(history, aggregation, target, date_1904)
    return evaluate("FORECAST.ETS.CONFINT", *series.at_target, level, _season(season), _completion(completion))


@_registered("FORECAST.ETS.SEASONALITY", *_HISTORY, *_PREPARATION)
def seasonality(history: History, numbers: list[float], date_1904: bool) -> Scalar | ErrorCode:
    """The length of the pattern that repeats."""
    completion, aggregation = numbers
    series = series_of(history, aggregation, None, date_1904)
    return evaluate("FORECAST.ETS.SEASONALITY", series.values, series.steps, _completion(completion))


@_registered("FORECAST.ETS.STAT", *_HISTORY, number("statistic_type"), _SEASON, *_PREPARATION)
def statistic(history: History, numbers: list[float], date_1904: bool) -> Scalar | ErrorCode:
    """1 alpha, 2 beta, 3 gamma, 4 MASE, 5 SMAPE, 6 MAE, 7 RMSE, 8 the step (of dates by month: in months)."""
    kind, season, completion, aggregation = numbers
    if not 1 <= int(kind) <= _STEP_SIZE:
        raise CellFailure(ErrorCode.NUM)
    series = series_of(history, aggregation, None, date_1904)
    season, completion = _season(season), _completion(completion)
    if int(kind) == _STEP_SIZE:
        return series.step
    return evaluate("FORECAST.ETS.STAT", series.values, series.steps, float(int(kind)), season, completion)

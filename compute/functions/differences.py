"""Where a function's answer is known to differ from Excel's, or is limited; shown on the page of functions.

Found by recalculating workbooks that Excel computed, or stated in the docstrings of the modules.
"""

from __future__ import annotations

_DRAWN = "each call is an uncertain input of a simulation; recalculation shows its static value"
_CLOCK = "the moment the run begins, the same in every iteration"
_PATTERNS = "patterns are those of Python's regex package, Excel's are PCRE2: common patterns mean the same"
_SMOOTHED = (
    "the fitted weights and the season that is found are not Excel's, so that digits differ (a published series "
    "without seasons: Excel 191.25, statsmodels' smoothing, which is used, 191.36: codcel-io.github.io); a target "
    "before the end is #NUM!, values that are no numbers #VALUE!"
)
_LAYOUTS = "layouts that Microsoft's page leaves open are refused"

DIFFERENCES: dict[str, str] = {
    "BESSELI": "orders beyond 100 are computed in full precision",
    "BESSELJ": "orders beyond 100 are computed in full precision",
    "BESSELK": "orders beyond 100 are computed in full precision",
    "BESSELY": "orders beyond 100 are computed in full precision",
    "CELL": "answers address, col, row, contents and type; other questions are #VALUE!",
    "FORECAST.ETS": _SMOOTHED,
    "FORECAST.ETS.CONFINT": _SMOOTHED,
    "FORECAST.ETS.SEASONALITY": _SMOOTHED,
    "FORECAST.ETS.STAT": _SMOOTHED + "; the step of a timeline by months is counted in months",
    "GROUPBY": _LAYOUTS,
    "HYPERLINK": "shows its text; nothing is opened",
    "INFO": "answers for Excel on Windows: numfile, osversion, recalc, release, system; others are #VALUE!",
    "IRR": "a flow whose rate is 0 shows another rounding of 0 (Excel 1E-07, here -4E-09)",
    "NOW": _CLOCK,
    "PIVOTBY": _LAYOUTS,
    "RAND": _DRAWN,
    "RANDARRAY": "draws its own numbers in every iteration; they are not listed as inputs",
    "RANDBETWEEN": _DRAWN,
    "REGEXEXTRACT": _PATTERNS,
    "REGEXREPLACE": _PATTERNS,
    "REGEXTEST": _PATTERNS,
    "TODAY": _CLOCK,
    "XIRR": "finds rates where Excel gives up (#NUM!), for example 37.3 % from a guess of -0.5",
    "XNPV": "at its root another rounding of 0",
}
"""By name; a function that is not here is meant to give Excel's answer."""

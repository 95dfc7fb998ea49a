"""Simulation results as a SIPmath 3.0 library: every trial, or metalogs tied by a Gaussian copula.

Source: ProbabilityManagement.org, SIPmath 3.0 Standard, JSON schema of 2021-08-19.
"""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy

from compute import special
from compute.distributions import Metalog
from compute.distributions.metalog import NO_BOUND
from compute.distributions.parameters import FloatArray
from compute.errors import InvalidDistribution
from compute.sipmath.errors import LibraryError

_BARS = 25
_MOST_POINTS = 1_000
Bounds = tuple[float | None, float | None]


def trials_library(
    name: str, samples: Mapping[str, FloatArray], *, date: datetime.date, provenance: str = "Montecell"
) -> str:
    """A library that lists every trial; read back, it gives the same numbers to the last bit.

    Raises LibraryError for no variables, samples of unequal length, and values that are not finite (JSON has none).
    """
    checked = _checked(samples)
    sips = [
        {
            "name": variable,
            "ref": {"source": "rng", "name": "index"},
            "function": "SIP_Array",
            "arguments": {"type": "array", "value": values.tolist()},
            "metadata": _metadata(values),
        }
        for variable, values in checked.items()
    ]
    generators = [{"name": "index", "function": "Index", "arguments": {"counter": "PM_Index"}}]
    return _text(name, date, provenance, [], {"rng": generators}, sips)


def metalog_library(
    name: str,
    samples: Mapping[str, FloatArray],
    *,
    date: datetime.date,
    provenance: str = "Montecell",
    terms: int = 9,
    bounds: Mapping[str, Bounds] | None = None,
    entity: int = 1,
    first_variable: int = 1,
) -> str:
    """A library of metalogs fitted to the samples' percentiles, tied by the correlations of their normal scores.

    A variable gets fewer than ``terms`` terms where as many would make its quantiles fall. ``bounds`` gives the ends of
    a variable's support. ``entity`` and ``first_variable`` seed the HDR streams, one for each variable in turn. Raises
    LibraryError as ``trials_library`` does, for a constant variable, and where no metalog fits.
    """
    checked = _checked(samples)
    tied = len(checked) > 1
    sips = [
        _metalog_entry(variable, values, i if tied else None, terms, (bounds or {}).get(variable, (None, None)))
        for i, (variable, values) in enumerate(checked.items(), 1)
    ]
    numbers = range(1, len(checked) + 1)
    layer: dict[str, Any] = {"rng": [_stream(f"hdr{i}", entity, first_variable + i - 1) for i in numbers]}
    if not tied:
        return _text(name, date, provenance, [], layer, sips)
    layer["copula"] = [_copula(len(checked))]
    return _text(name, date, provenance, [{"name": "correlations", "value": _matrix(checked)}], layer, sips)


def _stream(name: str, entity: int, variable: int) -> dict[str, Any]:
    seeds = {"counter": "PM_Index", "entity": entity, "varId": variable, "seed3": 0, "seed4": 0}
    return {"name": name, "function": "HDR_2_0", "arguments": seeds}


def _metalog_entry(name: str, values: FloatArray, layer: int | None, terms: int, bounds: Bounds) -> dict[str, Any]:
    low, high = bounds
    law = _metalog(name, values, terms, low, high)
    arguments: dict[str, Any] = {"aCoefficients": list(law.coefficients)}
    arguments |= {key: end for key, end in (("lowerBound", low), ("upperBound", high)) if end is not None}
    ref = {"source": "rng", "name": "hdr1"}
    if layer is not None:
        ref = {"source": "copula", "name": "gaussian", "copulaLayer": f"layer{layer}"}
    metadata = _metadata(values)
    return {"name": name, "ref": ref, "function": "Metalog_1_0", "arguments": arguments, "metadata": metadata}


def _checked(samples: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    checked = {name: np.asarray(values, dtype=np.float64).reshape(-1) for name, values in samples.items()}
    sizes = {values.size for values in checked.values()}
    if len(sizes) != 1 or 0 in sizes:
        raise LibraryError("SIPmath library: every variable needs as many trials, one or more.")
    for name, values in checked.items():
        wrong = np.flatnonzero(~np.isfinite(values))
        if wrong.size:
            trial = int(wrong[0])
            found = f"trial {trial + 1} of {name!r} is {values[trial]}"
            raise LibraryError(f"SIPmath library: {found}; a library holds finite numbers only.")
    return checked


def _metalog(name: str, values: FloatArray, terms: int, low: float | None, high: float | None) -> Metalog:
    ordered = np.unique(np.quantile(values, (np.arange(_MOST_POINTS) + 0.5) / _MOST_POINTS))
    ends = -NO_BOUND if low is None else low, NO_BOUND if high is None else high
    if ordered.size < 3:
        raise LibraryError(f"SIPmath library: {name!r} has {ordered.size} different values; a metalog needs a spread.")
    # Where values repeat themselves, each stands at the middle of its share.
    left, right = (np.searchsorted(np.sort(values), ordered, side=side) for side in ("left", "right"))
    shares = np.clip((left + right) / (2.0 * values.size), 0.5 / values.size, 1 - 0.5 / values.size)
    kept = np.concatenate(([True], np.diff(shares) > 0))
    for count in range(min(terms, int(kept.sum())), 1, -1):
        try:
            return Metalog.from_values(tuple(shares[kept]), tuple(ordered[kept]), *ends, terms=count)
        except InvalidDistribution as problem:
            last = problem
    raise LibraryError(f"SIPmath library: no metalog fits {name!r} ({last}).")


def _scores(values: FloatArray) -> FloatArray:
    return np.asarray(special.ndtri((scipy.stats.rankdata(values) - 0.5) / values.size))


def _matrix(samples: Mapping[str, FloatArray]) -> dict[str, Any]:
    names = list(samples)
    found = np.corrcoef([_scores(values) for values in samples.values()])
    sizes, axes = np.linalg.eigh(found)
    if sizes[0] < 1e-9:
        lifted = axes @ np.diag(np.maximum(sizes, 1e-6)) @ axes.T
        found = lifted / np.sqrt(np.outer(np.diag(lifted), np.diag(lifted)))
    cells = [
        {"row": names[i], "col": names[j], "value": 1.0 if i == j else float(found[i, j])}
        for i in range(len(names))
        for j in range(i, len(names))
    ]
    return {"columns": names, "rows": names, "matrix": cells}


def _copula(size: int) -> dict[str, Any]:
    return {
        "name": "gaussian",
        "function": "GaussianCopula",
        "arguments": {
            "correlationMatrix": {"type": "globalVariables", "value": "correlations"},
            "rng": [f"hdr{i}" for i in range(1, size + 1)],
        },
        "copulaLayer": [f"layer{i}" for i in range(1, size + 1)],
    }


def _metadata(values: FloatArray) -> dict[str, Any]:
    counts = np.histogram(values, bins=_BARS)[0] if values.min() < values.max() else np.array([values.size])
    return {
        "count": int(values.size),
        "min": float(values.min()),
        "mean": math.fsum(values.tolist()) / values.size,
        "max": float(values.max()),
        "density": [float(count) / values.size for count in counts],
    }


def _text(
    name: str,
    date: datetime.date,
    provenance: str,
    variables: list[dict[str, Any]],
    layer: dict[str, Any],
    sips: list[dict[str, Any]],
) -> str:
    library = {
        "objectType": "sipModel",
        "libraryType": "SIPmath_3_0",
        "name": name,
        "dateCreated": date.isoformat(),
        "version": "1",
        "provenance": provenance,
        "globalVariables": variables,
        "U01": layer,
        "sips": sips,
    }
    return json.dumps(library, ensure_ascii=False, allow_nan=False)

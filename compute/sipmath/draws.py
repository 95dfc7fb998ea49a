"""The trials of a library's variables: a pure function of the library and the trial number.

Source: ProbabilityManagement.org, SIPmath 3.0 Standard; Keelin, Decision Analysis 13 (2016) 243.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from compute import special
from compute.distributions import Metalog
from compute.distributions.parameters import FloatArray
from compute.sipmath.errors import LibraryError
from compute.sipmath.hdr import hdr_uniforms
from compute.sipmath.library import ArrayLayers, ArraySip, GaussianLayers, Hdr, MetalogSip, Seed, SipLibrary, Source


def draw(
    library: SipLibrary, name: str, first: int, last: int, parameters: Mapping[str, int] | None = None
) -> FloatArray:
    """Trials ``first`` … ``last`` (from 1, both included) of one variable.

    ``parameters`` gives the seeds that the library leaves to its user. Arrays begin again after their last trial.
    Raises LibraryError for an unknown variable, a missing parameter, or trials outside 1 … 100,000,000.
    """
    if name not in library.sips:
        known = ", ".join(library.sips)
        raise LibraryError(f"The library {library.name!r} has no variable {name!r}; it has {known}.")
    if not 1 <= first <= last:
        raise LibraryError(f"Trials {first} to {last}: the first must be 1 or more, and the last not before it.")
    trials = np.arange(first, last + 1, dtype=np.int64)
    sip = library.sips[name]
    if isinstance(sip, ArraySip):
        values = _array(library, sip, trials, parameters or {})
    else:
        values = _metalog(sip, _uniforms(library, sip.source, trials, parameters or {}))
    return np.floor(values + 0.5) if sip.rounded else values


def uniforms_of(
    library: SipLibrary, name: str, first: int, last: int, parameters: Mapping[str, int] | None = None
) -> FloatArray:
    """The uniforms behind trials ``first`` … ``last`` of a variable that is a metalog. Raises LibraryError."""
    trials = np.arange(first, last + 1, dtype=np.int64)
    return _uniforms(library, library.sips[name].source, trials, parameters or {})


def order_of(
    library: SipLibrary, name: str, first: int, last: int, parameters: Mapping[str, int] | None = None
) -> npt.NDArray[np.intp]:
    """Which of its values (from 0) a variable given by values takes in trials ``first`` … ``last``."""
    sip = library.sips[name]
    if not isinstance(sip, ArraySip):
        raise LibraryError(f"The variable {name!r} is given by a law and has no list of values.")
    return _places(library, sip, np.arange(first, last + 1, dtype=np.int64), parameters or {})


def _array(
    library: SipLibrary, sip: ArraySip, trials: npt.NDArray[np.int64], parameters: Mapping[str, int]
) -> FloatArray:
    return sip.values[_places(library, sip, trials, parameters)]


def _places(
    library: SipLibrary, sip: ArraySip, trials: npt.NDArray[np.int64], parameters: Mapping[str, int]
) -> npt.NDArray[np.intp]:
    """An array by index in its order; by uniforms, the trial whose turn the uniform is."""
    generator = library.generators.get(sip.source.name)
    if sip.source.layer is None and not isinstance(generator, Hdr):
        return ((trials - 1) % sip.values.size).astype(np.intp)
    uniforms = _uniforms(library, sip.source, trials, parameters)
    return np.minimum((uniforms * sip.values.size).astype(np.intp), sip.values.size - 1)


def _metalog(sip: MetalogSip, p: FloatArray) -> FloatArray:
    # Published coefficients are used as they are, also where their quantiles fall somewhere.
    low, high = np.array([sip.low]), np.array([sip.high])
    with np.errstate(all="ignore"):
        return Metalog.quantile_kernel(p, 1.0 - p, np.array(sip.coefficients)[:, np.newaxis], low, high)


def _uniforms(
    library: SipLibrary, source: Source, trials: npt.NDArray[np.int64], parameters: Mapping[str, int]
) -> FloatArray:
    if source.layer is None:
        return _stream(library, source.name, trials, parameters)
    copula = library.copulas[source.name]
    row = copula.layers.index(source.layer)
    if isinstance(copula, ArrayLayers):
        array = copula.arrays[row]
        return array[(trials - 1) % array.size]
    return _tied(library, copula, row, trials, parameters)


def _tied(
    library: SipLibrary,
    copula: GaussianLayers,
    row: int,
    trials: npt.NDArray[np.int64],
    parameters: Mapping[str, int],
) -> FloatArray:
    """Normal scores by the lower triangular root of the matrix; the first generator comes through unchanged."""
    root = np.linalg.cholesky(copula.matrix)
    scores = np.zeros(trials.size)
    for column in range(row + 1):
        stream = _stream(library, copula.generators[column], trials, parameters)
        scores += root[row, column] * special.ndtri(stream)
    return np.asarray(special.ndtr(scores))


def _stream(library: SipLibrary, name: str, trials: npt.NDArray[np.int64], parameters: Mapping[str, int]) -> FloatArray:
    generator = library.generators[name]
    if not isinstance(generator, Hdr):
        raise LibraryError(f"The generator {name!r} gives no uniforms.")
    seeds = (generator.entity, generator.variable, generator.seed3, generator.seed4)
    return hdr_uniforms(trials, *(_known(seed, name, parameters) for seed in seeds))


def _known(seed: Seed, name: str, parameters: Mapping[str, int]) -> int:
    if isinstance(seed, int):
        return seed
    if seed not in parameters:
        raise LibraryError(f"The generator {name!r} needs the parameter {seed!r}; give it a whole number.")
    return int(parameters[seed])

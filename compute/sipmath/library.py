"""SIPmath 3.0 libraries as data: random number generators, copulas and variables, read from their JSON and checked.

Source: ProbabilityManagement.org, SIPmath 3.0 Standard, JSON schema of 2021-08-19.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from compute.distributions import Metalog
from compute.distributions.metalog import NO_BOUND
from compute.distributions.parameters import FloatArray
from compute.records import dataclass
from compute.sipmath.errors import LibraryError

Seed = int | str
"""A number, or the name of a parameter that the user enters."""


@dataclass(frozen=True, slots=True)
class Hdr:
    """An HDR 2.0 stream."""

    name: str
    entity: Seed
    variable: Seed
    seed3: Seed
    seed4: Seed


@dataclass(frozen=True, slots=True)
class Index:
    """The trial number itself: an array read in its order."""

    name: str


@dataclass(frozen=True, slots=True)
class GaussianLayers:
    """Uniforms of several generators tied by normal scores; layer i belongs to row i of the matrix."""

    name: str
    matrix: FloatArray
    generators: tuple[str, ...]
    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArrayLayers:
    """Uniforms that the library lists, trial after trial, one array for each layer."""

    name: str
    arrays: tuple[FloatArray, ...]
    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a variable takes its uniforms from: a generator, or one layer of a copula."""

    name: str
    layer: str | None = None


@dataclass(frozen=True, slots=True)
class MetalogSip:
    """A variable given by metalog coefficients in Keelin's order, and bounds."""

    name: str
    source: Source
    coefficients: tuple[float, ...]
    low: float = -NO_BOUND
    high: float = NO_BOUND
    rounded: bool = False

    @property
    def law(self) -> Metalog:
        """The variable's law; raises InvalidDistribution where its quantiles do not rise throughout."""
        return Metalog(self.coefficients, self.low, self.high)


@dataclass(frozen=True, slots=True)
class ArraySip:
    """A variable given by its trials."""

    name: str
    source: Source
    values: FloatArray
    rounded: bool = False


Generator = Hdr | Index
Copula = GaussianLayers | ArrayLayers
Sip = MetalogSip | ArraySip


@dataclass(frozen=True, slots=True)
class SipLibrary:
    """A library: variables by name, in their order, and what they draw on."""

    name: str
    provenance: str
    date_created: str
    generators: Mapping[str, Generator]
    copulas: Mapping[str, Copula]
    sips: Mapping[str, Sip]


def _refuse(problem: str) -> NoReturn:
    raise LibraryError(f"SIPmath library: {problem}.")


def read_library(text: str | bytes) -> SipLibrary:
    """A library from its JSON text; raises LibraryError that names the part that is missing, wrong or not supported.

    Entries for one spreadsheet product only (``environment``) are left out. Arrays that lie in other files (csv, xlsx)
    or in the older XML form are refused: a library is read from itself alone.
    """
    try:
        raw = json.loads(text, parse_constant=lambda constant: _refuse(f"it holds {constant}, which is no JSON"))
    except (ValueError, RecursionError) as problem:
        _refuse(f"it is not JSON ({problem})")
    if not isinstance(raw, dict) or not isinstance(raw.get("sips"), list):
        _refuse("it has no list of sips")
    variables = {str(entry.get("name")): entry.get("value") for entry in _objects(raw, "globalVariables")}
    layer = raw.get("U01") or {}
    if not isinstance(layer, dict):
        _refuse("U01 is no object")
    generators = {entry["name"]: _generator(entry) for entry in _named(layer, "rng")}
    copulas = {entry["name"]: _copula(entry, variables, generators) for entry in _named(layer, "copula")}
    sips: dict[str, Sip] = {}
    for entry in _named(raw, "sips"):
        if "environment" not in entry:
            if entry["name"] in sips:
                _refuse(f"the variable {entry['name']!r} is there twice")
            sips[entry["name"]] = _sip(entry, variables, generators, copulas)
    name, provenance, created = (str(raw.get(key, "")) for key in ("name", "provenance", "dateCreated"))
    return SipLibrary(name, provenance, created, generators, copulas, sips)


def _objects(parent: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    found = parent.get(key) or []
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        _refuse(f"{key} is no list of objects")
    return found


def _named(parent: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    entries = _objects(parent, key)
    for place, entry in enumerate(entries, 1):
        if not isinstance(entry.get("name"), str) or not isinstance(entry.get("arguments"), dict):
            _refuse(f"entry {place} of {key} has no name or no arguments")
    return entries


def _seed(entry: dict[str, Any], key: str) -> Seed:
    value = entry["arguments"].get(key, 0)
    if isinstance(value, dict) and value.get("type") == "parameter" and isinstance(value.get("name"), str):
        return str(value["name"])
    if isinstance(value, bool) or not isinstance(value, int | float) or not float(value).is_integer():
        _refuse(f"{key} of the generator {entry['name']!r} is {value!r}; it must be a whole number or a parameter")
    return int(value)


def _generator(entry: dict[str, Any]) -> Generator:
    function = entry.get("function")
    if function == "HDR_2_0":
        return Hdr(entry["name"], *(_seed(entry, key) for key in ("entity", "varId", "seed3", "seed4")))
    if function == "Index":
        return Index(entry["name"])
    _refuse(f"the generator {entry['name']!r} uses {function!r}; HDR_2_0 and Index are supported")


def _looked_up(value: Any, variables: Mapping[str, Any], where: str) -> Any:
    """The value itself, or the global variable that it refers to."""
    if isinstance(value, dict) and value.get("type") == "globalVariables":
        name = str(value.get("value"))
        if name not in variables:
            _refuse(f"{where} refers to the global variable {name!r}, which is not there")
        return variables[name]
    return value


def _copula(entry: dict[str, Any], variables: Mapping[str, Any], generators: Mapping[str, Generator]) -> Copula:
    where = f"the copula {entry['name']!r}"
    arguments, layers = entry["arguments"], entry.get("copulaLayer")
    if not isinstance(layers, list) or not layers:
        _refuse(f"{where} has no layers")
    if entry.get("function") == "GaussianCopula":
        names = arguments.get("rng")
        if not isinstance(names, list) or len(names) != len(layers):
            _refuse(f"{where} has {len(layers)} layers and not as many generators")
        for name in names:
            if not isinstance(generators.get(name), Hdr):
                _refuse(f"{where} draws on the generator {name!r}, which is no HDR_2_0 of this library")
        matrix = _matrix(_looked_up(arguments.get("correlationMatrix"), variables, where), len(layers), where)
        return GaussianLayers(entry["name"], matrix, tuple(names), tuple(layers))
    if entry.get("function") == "SIP_Array":
        rows = _array_value(arguments, where)
        if len(rows) != len(layers):
            _refuse(f"{where} has {len(layers)} layers and {len(rows)} arrays")
        return ArrayLayers(entry["name"], tuple(_numbers(row, where) for row in rows), tuple(layers))
    _refuse(f"{where} uses {entry.get('function')!r}; GaussianCopula and SIP_Array are supported")


def _matrix(value: Any, size: int, where: str) -> FloatArray:
    if not isinstance(value, dict) or not isinstance(value.get("columns"), list) or len(value["columns"]) != size:
        _refuse(f"{where} has no correlation matrix of {size} columns")
    place = {name: i for i, name in enumerate(value["columns"])}
    matrix = np.eye(size)
    for cell in _objects(value, "matrix"):
        row, column, found = cell.get("row"), cell.get("col"), cell.get("value")
        if row not in place or column not in place or not isinstance(found, int | float):
            _refuse(f"{where}: the matrix has a cell {row!r}, {column!r} with {found!r}")
        matrix[place[row], place[column]] = matrix[place[column], place[row]] = float(found)
    if np.any(np.diag(matrix) != 1.0) or np.linalg.eigvalsh(matrix)[0] <= 0:
        _refuse(f"{where}: its matrix is not a positive definite correlation matrix")
    return matrix


def _array_value(arguments: Mapping[str, Any], where: str) -> list[Any]:
    kind, value = arguments.get("type"), arguments.get("value")
    if kind != "array":
        _refuse(f"{where} keeps its array as {kind!r}; only arrays inside the library are supported")
    if not isinstance(value, list) or not value:
        _refuse(f"{where} has an empty array")
    return value


def _numbers(values: Any, where: str) -> FloatArray:
    if not isinstance(values, Sequence) or isinstance(values, str):
        _refuse(f"{where} has {values!r} where a list of numbers belongs")
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        _refuse(f"{where} has an array with something that is no number")
    try:
        array = np.array(values, dtype=np.float64)
    except OverflowError:
        _refuse(f"{where} has an array with a number that is too large")
    if not array.size or not np.all(np.isfinite(array)):
        _refuse(f"{where} has an array that is empty or not finite")
    return array


def _source(
    entry: dict[str, Any], generators: Mapping[str, Generator], copulas: Mapping[str, Copula], where: str
) -> Source:
    ref = entry.get("ref")
    if not isinstance(ref, dict):
        _refuse(f"{where} has no ref")
    name, layer = str(ref.get("name")), ref.get("copulaLayer")
    if ref.get("source") == "rng" and name in generators:
        return Source(name)
    if ref.get("source") == "copula" and name in copulas and layer in copulas[name].layers:
        return Source(name, str(layer))
    _refuse(f"{where} refers to {ref.get('source')!r} {name!r} {layer or ''}, which is not there")


def _sip(
    entry: dict[str, Any],
    variables: Mapping[str, Any],
    generators: Mapping[str, Generator],
    copulas: Mapping[str, Copula],
) -> Sip:
    where = f"the variable {entry['name']!r}"
    source = _source(entry, generators, copulas, where)
    rounding = entry.get("rounding", "none")
    if rounding not in ("none", "nearest"):
        _refuse(f"{where} asks for rounding {rounding!r}; 'nearest' is supported")
    arguments = entry["arguments"]
    if entry.get("function") == "SIP_Array":
        values = _numbers(_array_value(arguments, where), where)
        return ArraySip(entry["name"], source, values, rounding == "nearest")
    if entry.get("function") != "Metalog_1_0":
        _refuse(f"{where} uses {entry.get('function')!r}; Metalog_1_0 and SIP_Array are supported")
    if source.layer is None and isinstance(generators[source.name], Index):
        _refuse(f"{where} is a metalog of an index; it needs an HDR_2_0 generator or a copula")
    coefficients = _numbers(_looked_up(arguments.get("aCoefficients"), variables, where), where)
    low, high = (arguments.get(key) for key in ("lowerBound", "upperBound"))
    for bound in (low, high):
        if bound is not None and (isinstance(bound, bool) or not isinstance(bound, int | float)):
            _refuse(f"{where} has the bound {bound!r}; it must be a number")
    if coefficients.size < 2 or (low is not None and high is not None and not low < high):
        _refuse(f"{where} has fewer than two coefficients, or bounds that do not rise")
    return MetalogSip(
        entry["name"],
        source,
        tuple(coefficients.tolist()),
        -NO_BOUND if low is None else float(low),
        NO_BOUND if high is None else float(high),
        rounding == "nearest",
    )

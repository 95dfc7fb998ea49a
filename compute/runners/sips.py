"""Inputs that take their trials from a SIPmath library: iteration i is the library's trial i.

A variable given by its trials becomes the law of these values, one by metalog coefficients that metalog; the uniforms
of the run are the library's own, so that variables tied in the library stay tied.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import field

import numpy as np

from compute.distributions import Distribution, DUniform
from compute.distributions.parameters import FloatArray
from compute.errors import InvalidDistribution, SpecificationError
from compute.formulas import cell_key
from compute.program import Program
from compute.records import dataclass
from compute.runners.stressed_draws import draw_of
from compute.runners.variation import SipInput, Sips
from compute.sampling import Sampler
from compute.sampling.around import SamplerAround
from compute.sampling.copulas import LARGEST, SMALLEST
from compute.sipmath import ArraySip, LibraryError, SipLibrary, order_of, read_library, uniforms_of
from compute.workbook import Workbook

CODE = "sipmath.binding"
_NAMED = 20


@dataclass(frozen=True, slots=True)
class SipBinding:
    """Which cells (``Inputs!B2``, or a name of one cell) take which variables of a library (its JSON text).

    ``parameters`` are the seeds that the library leaves to its user.
    """

    text: str
    cells: Mapping[str, str]
    parameters: Mapping[str, int] = field(default_factory=dict)

    def laws(self) -> dict[str, Distribution]:
        """Each cell's law. Raises LibraryError for a variable that is not there or that cannot be an input."""
        library = _library(self.text)
        return {cell: _law(library, name) for cell, name in self.cells.items()}


def bound_by_name(workbook: Workbook, text: str) -> dict[str, str]:
    """The variables of a library whose names are workbook names of one cell, by that cell."""
    cells: dict[str, str] = {}
    library = _library(text)
    places = {n.name.casefold(): n.text.replace("$", "") for n in workbook.names if n.sheet is None and not n.hidden}
    for name in library.sips:
        place = places.get(name.casefold()) or places.get(name.casefold().replace(" ", "_"))
        if place is not None and "!" in place and ":" not in place:
            cells[place] = name
    return cells


@functools.lru_cache(maxsize=4)
def _library(text: str) -> SipLibrary:
    return read_library(text)


def _law(library: SipLibrary, name: str) -> Distribution:
    sip = library.sips.get(name)
    if sip is None:
        known = ", ".join(list(library.sips)[:_NAMED])
        raise LibraryError(f"The library {library.name!r} has no variable {name!r}; it has {known}.")
    if isinstance(sip, ArraySip):
        return DUniform(tuple(_values(sip).tolist()))
    remedy = "write its trials out with montecell sipmath import, and make a library of them with sipmath export"
    if sip.rounded:
        raise LibraryError(f"The variable {name!r} is a rounded metalog, which cannot be an input; {remedy}.")
    try:
        return sip.law
    except InvalidDistribution as problem:
        raise LibraryError(f"The variable {name!r}: {problem.message} To use it all the same, {remedy}.") from None


def _values(sip: ArraySip) -> FloatArray:
    return np.floor(sip.values + 0.5) if sip.rounded else sip.values


def sips_of(program: Program, binding: SipBinding, cells: Mapping[str, tuple[int, int, int]]) -> Sips:
    """The binding as a message, its cells as keys of inputs."""
    names = program.sheets.names
    keys = {cell: cell_key(names[s], r, c) for cell, (s, r, c) in cells.items()}
    inputs = tuple(SipInput(input=keys[cell], variable=name) for cell, name in binding.cells.items())
    return Sips(library=binding.text, inputs=inputs, parameters=dict(binding.parameters))


class SipSampler(SamplerAround):
    """The uniforms of ``base``; those of the draws in ``columns`` come from a library."""

    def __init__(self, base: Sampler, columns: Mapping[int, Callable[[int, int], FloatArray]]) -> None:
        super().__init__(base, columns)
        self._columns = dict(columns)

    def changed_uniforms(self, draw_index: int, start: int, stop: int) -> FloatArray:
        """The uniforms of a draw that is changed."""
        return np.clip(self._columns[draw_index](start + 1, stop), SMALLEST, LARGEST)


def sip_sampler(program: Program, sips: Sips, base: Sampler) -> Sampler:
    """The sampler of a run in which inputs follow a library. Raises LibraryError for a parameter that is missing."""
    library = _library(sips.library)
    columns: dict[int, Callable[[int, int], FloatArray]] = {}
    for given in sips.inputs:
        site = draw_of(program, given.input)
        columns[site.index] = _column(library, given.variable, dict(sips.parameters))
        columns[site.index](1, 1)
    return SipSampler(base, columns)


def _column(library: SipLibrary, name: str, parameters: dict[str, int]) -> Callable[[int, int], FloatArray]:
    sip = library.sips[name]
    if not isinstance(sip, ArraySip):
        return lambda first, last: uniforms_of(library, name, first, last, parameters)
    # The middle of each value's share of the law: its quantile there is the value itself.
    places = np.empty(sip.values.size)
    places[np.argsort(_values(sip), kind="stable")] = (np.arange(sip.values.size) + 0.5) / sip.values.size
    return lambda first, last: places[order_of(library, name, first, last, parameters)]


def sip_notes(sips: Sips | None, iterations: int) -> tuple[str, ...]:
    """Which inputs had fewer trials than the run had iterations, and so began again."""
    if sips is None:
        return ()
    library = _library(sips.library)
    pairs = [(given.input, library.sips[given.variable]) for given in sips.inputs]
    return tuple(
        f"{key}: the library has {sip.values.size:,} trials of {sip.name!r}, which repeat after their last"
        for key, sip in pairs
        if isinstance(sip, ArraySip) and sip.values.size < iterations
    )


def refuse_design() -> None:
    """Raises SpecificationError: a design gives every input uniforms of its own."""
    raise SpecificationError(
        "inputs follow a SIPmath library, whose trials stand in a fixed order; a designed run (sensitivity by "
        "variance) has no place for them. Use the tornado of an ordinary run",
        code=CODE,
    )

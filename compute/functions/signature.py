"""A worksheet function's signature as data, and the registry of all of them.

Three ways to write a function, by what it needs:

- ``@vectorised``: elementwise over NumPy arrays. The arguments arrive coerced (number → float64, text → object array of
  str, logical → bool), broadcastable against each other, errors already set aside; the result is an ndarray of floats
(NaN and infinity mean #NUM!), of bools, of str objects, an ``Array``, or ``Fallible(values, codes)``.
- ``@elementwise``: elementwise in plain Python, called once per distinct combination of arguments; gives a plain value,
  an ErrorCode or a CellError, or raises ``CellFailure``.
- ``@function``: everything else (ranges, references, arrays as results); gets the call and its arguments as they are.

A function never knows whether the lanes are iterations or cells, and must treat each lane on its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from enum import Enum
from typing import Any, Literal, Protocol

import numpy as np

from compute.errors import ErrorCode, Scalar
from compute.functions.catalogue import HOMES
from compute.functions.registry import Registry
from compute.records import dataclass
from compute.values import Area, Array, Codes, Floats, Reference

ParameterType = Literal["number", "text", "logical", "any", "range", "array", "reference", "callable"]
"""How an argument is taken.

number, text, logical, any: one element at a time (``any`` arrives as an Array, uncoerced). In a formula that is not an
array formula, a range given here is intersected with the formula's own row or column. range: all cells of a reference,
or an array; arrives as ``Operand`` (knows whether it was a reference). array: like range, and the expression inside is
evaluated as an array formula (SUMPRODUCT, MMULT). reference: arrives as ``Reference`` (a plain value gives #VALUE!).
callable: a LAMBDA; arrives as ``Callee``.
"""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument. ``default`` stands for an argument left out or empty, if ``optional``; a repeating one comes last.

    ``group`` > 1 means the last ``group`` parameters repeat together (SUMIFS: range, criterion, range, criterion …).
    """

    name: str
    type: ParameterType
    optional: bool = False
    default: Scalar = None
    repeating: bool = False


def number(name: str, default: float | None = None, *, optional: bool = False, repeating: bool = False) -> Parameter:
    """A number argument; giving a default makes it optional."""
    return Parameter(name, "number", optional or default is not None, default, repeating)


def text(name: str, default: str | None = None, *, optional: bool = False, repeating: bool = False) -> Parameter:
    """A text argument; giving a default makes it optional."""
    return Parameter(name, "text", optional or default is not None, default, repeating)


def logical(name: str, default: bool | None = None, *, optional: bool = False, repeating: bool = False) -> Parameter:
    """A truth argument; giving a default makes it optional."""
    return Parameter(name, "logical", optional or default is not None, default, repeating)


def any_value(name: str, default: Scalar = None, *, optional: bool = False, repeating: bool = False) -> Parameter:
    """One element of any type, uncoerced."""
    return Parameter(name, "any", optional or default is not None, default, repeating)


def cells(name: str, *, optional: bool = False, repeating: bool = False) -> Parameter:
    """A range or array, whole."""
    return Parameter(name, "range", optional, None, repeating)


def array(name: str, *, optional: bool = False, repeating: bool = False) -> Parameter:
    """A range or array, whole, with array evaluation inside the argument."""
    return Parameter(name, "array", optional, None, repeating)


def reference(name: str, *, optional: bool = False, repeating: bool = False) -> Parameter:
    """A reference, as a place."""
    return Parameter(name, "reference", optional, None, repeating)


def callee(name: str, *, optional: bool = False, repeating: bool = False) -> Parameter:
    """A LAMBDA."""
    return Parameter(name, "callable", optional, None, repeating)


@dataclass(frozen=True, slots=True, eq=False)
class Operand:
    """A whole range or array argument; ``reference`` is set when it came as a reference (text and booleans in
    it then do not count in SUM and its kin); ``omitted`` when the argument was left empty between commas."""

    array: Array
    reference: Reference | None = None
    omitted: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Fallible:
    """Values with the errors of some elements; ``codes`` broadcasts against ``values``, 0 is no error."""

    values: Any
    codes: Codes


class CellFailure(Exception):  # noqa: N818  a value in a cell, not a fault of the program
    """Raised inside a function when its result is an error value for all elements at hand."""

    def __init__(self, code: ErrorCode) -> None:
        super().__init__(code.text)
        self.code = code


class LanesDiffer(Exception):  # noqa: N818  a request to the evaluator
    """A function needs the same value in every lane and it differs: the evaluator then computes each group of lanes
    alone.

    ``labels``: shape (lanes,), equal where lanes may stay together.
    """

    def __init__(self, labels: np.ndarray[Any, Any]) -> None:
        super().__init__("an argument differs between lanes")
        self.labels = labels


class CellsDiffer(Exception):  # noqa: N818  a request to the evaluator
    """A batched call needs the place of its own cell: the evaluator then computes each cell alone."""


class Callee(Protocol):
    """A LAMBDA value, bound to its surroundings."""

    @property
    def arity(self) -> int: ...

    def __call__(self, arguments: Sequence[Array | Reference]) -> Array: ...


class CallContext(Protocol):
    """What a ``@function`` may ask of the formula it is in."""

    @property
    def sheet(self) -> int:
        """The index of the formula's sheet."""
        ...

    @property
    def row(self) -> int: ...

    @property
    def column(self) -> int: ...

    @property
    def lanes(self) -> int: ...

    @property
    def batched(self) -> bool:
        """Whether the call stands for several cells at once: each has its own range then, and
        ``Operand.reference`` is the first cell's, good for its size alone."""
        ...

    @property
    def date_1904(self) -> bool: ...

    def used(self, area: Area) -> Area:
        """The area, a whole column or row as far as its sheet is used."""
        ...

    def dereference(self, reference: Reference) -> Array:
        """The values of a reference's first area (of a whole column: up to the last used row)."""
        ...

    def constant(self, value: Array | Operand) -> Scalar:
        """The single element of ``value`` as a plain value, equal in every lane; raises LanesDiffer where it is not."""
        ...

    def settled(self, value: Array) -> list[list[Scalar]]:
        """All elements as plain rows, the same in every lane; raises LanesDiffer where they are not."""
        ...

    def resolve(self, text: str, a1: bool = True) -> Reference | None:
        """The place an address or name in a text stands for (INDIRECT), or None."""
        ...

    def formula_at(self, sheet: int, row: int, column: int) -> str | None:
        """The text of a cell's formula without ``=``, None where there is none."""
        ...

    def number_format(self, sheet: int, row: int, column: int) -> str | None:
        """The format code of a cell that holds something, None where it is General."""
        ...

    def column_width(self, sheet: int, column: int) -> float | None:
        """A column's own width as files hold it, 0 where it is hidden; None where it has the sheet's."""
        ...

    def readings(self, area: Area) -> list[str]:
        """The texts typed into an area's cells, row by row, each as its phonetic runs say it is read."""
        ...

    def pivot_cell(self, place: Area, data_field: str, items: Mapping[str, tuple[Scalar, ...]]) -> Area | None:
        """The cell of the pivot table at ``place`` that shows a total (``compute.workbook.pivot_tables.shown_at``)."""
        ...

    def sheet_names(self) -> tuple[str, ...]: ...

    def is_row_hidden(self, sheet: int, row: int, *, filtered_only: bool) -> bool: ...

    def uniforms(self, rows: int, columns: int) -> Floats:
        """Fresh draws in (0, 1) of shape (rows, columns, lanes): RAND and its kin."""
        ...

    def now(self) -> float:
        """The moment of the calculation as a date serial, the same for the whole run."""
        ...


class Style(Enum):
    VECTORISED = "vectorised"
    ELEMENTWISE = "elementwise"
    GENERAL = "general"


@dataclass(frozen=True, slots=True)
class Function:
    """A worksheet function: its signature and its implementation."""

    name: str
    parameters: tuple[Parameter, ...]
    style: Style
    implementation: Callable[..., Any] = field(repr=False)
    group: int = 1
    volatile: bool = False
    accepts_errors: bool = False
    dated: bool = False
    """The implementation takes the keyword ``date_1904``: dates count from 1904, also where a text argument holds one.
    """
    empty_is_missing: bool = False
    """An argument left empty between commas is #N/A, as for functions of the former Analysis ToolPak."""

    @property
    def minimum(self) -> int:
        """The fewest arguments."""
        return max((i for i, p in enumerate(self.parameters, 1) if not p.optional), default=0)

    @property
    def maximum(self) -> int | None:
        """The most arguments; None when the last ones repeat."""
        return None if self.parameters and self.parameters[-1].repeating else len(self.parameters)

    def parameter(self, index: int) -> Parameter:
        """The parameter that the 0-based argument ``index`` falls on."""
        if index < len(self.parameters):
            return self.parameters[index]
        first = len(self.parameters) - self.group
        return self.parameters[first + (index - first) % self.group]


REGISTRY: Registry[Function] = Registry(__name__.rpartition(".")[0], HOMES)
"""Every function by its name in capitals, aliases included."""


def _register(
    style: Style, names: str, parameters: tuple[Parameter, ...], options: dict[str, Any]
) -> Callable[..., Any]:
    def decorate(implementation: Callable[..., Any]) -> Callable[..., Any]:
        for name in names.split():
            REGISTRY.add(name, Function(name, parameters, style, implementation, **options))
        return implementation

    return decorate


def vectorised(names: str, *parameters: Parameter, **options: Any) -> Callable[..., Any]:
    """Registers an elementwise NumPy function; ``names`` may list aliases: ``"STDEV.S STDEV"``.

    Options: ``volatile``, ``accepts_errors`` (arguments of type ``any`` arrive with their errors), ``group``, ``dated``
    (the implementation gets the keyword ``date_1904``).
    """
    return _register(Style.VECTORISED, names, parameters, options)


def elementwise(names: str, *parameters: Parameter, **options: Any) -> Callable[..., Any]:
    """Registers a plain Python function of one element each; see ``vectorised`` for names and options."""
    return _register(Style.ELEMENTWISE, names, parameters, options)


def function(names: str, *parameters: Parameter, **options: Any) -> Callable[..., Any]:
    """Registers a function that gets the CallContext and its arguments as its parameter types say; returns an Array or
    a Reference. Omitted optional arguments arrive as None (``range``, ``array``, ``reference``, ``callable``) or as the
    default.

    Arguments of type number, text, logical arrive as 1-element-at-a-time Arrays, uncoerced errors included: use
    ``compute.values`` to convert them.
    """
    return _register(Style.GENERAL, names, parameters, options)

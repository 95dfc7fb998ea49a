"""What a run changes of its workbook's model: constants, stressed inputs, or a design in place of random draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

from compute.errors import SpecificationError
from compute.formulas import cell_key
from compute.graph import CellId
from compute.message import Message
from compute.protocol import SamplingMethod, SimulationSpec
from compute.workbook import Workbook


class Constant(Message):
    """A cell that holds a number in place of what the file says."""

    cell: str
    value: float


class StressRange(Message):
    """An input, by its key, drawn only between two percentiles (0 to 1) of its law."""

    input: str
    low: Annotated[float, Field(ge=0, le=1)] = 0.0
    high: Annotated[float, Field(ge=0, le=1)] = 1.0


class Design(Message):
    """The iterations of a designed run: ``inputs`` are the keys of those that it moves.

    ``sobol``: runs A, B and one for each input, of ``base`` iterations each, from points of ``sampling``. ``shapley``:
    blocks for subsets of the inputs, whose normal scores have the correlations ``matrix``; ``base`` are the rows for
    the variance.
    """

    method: Literal["sobol", "shapley"]
    inputs: tuple[str, ...]
    base: int
    sampling: SamplingMethod = "sobol"
    matrix: tuple[tuple[float, ...], ...] = ()
    outer: int | None = None
    inner: int = 3
    permutations: int | None = None


class SipInput(Message):
    """An input, by its key, and the variable of the library that it takes its trials from."""

    input: str
    variable: str


class Sips(Message):
    """Inputs that follow a SIPmath library (its JSON text); ``parameters`` are the seeds that it leaves open."""

    library: str
    inputs: tuple[SipInput, ...]
    parameters: dict[str, int] = {}


class Variation(Message):
    """How a run's model differs from the workbook's."""

    constants: tuple[Constant, ...] = ()
    stresses: tuple[StressRange, ...] = ()
    design: Design | None = None
    sips: Sips | None = None

    def texts(self) -> tuple[str, ...]:
        """Each difference as a sentence for people."""
        found = [f"{c.cell} holds {c.value!r} in place of the workbook's value" for c in self.constants]
        found += [f"{s.input} is drawn between its percentiles {s.low:g} and {s.high:g}" for s in self.stresses]
        if self.sips is not None:
            found += [f"{s.input} takes its trials from {s.variable!r} of a SIPmath library" for s in self.sips.inputs]
        if self.design is not None:
            found.append(f"a designed run ({self.design.method}): its samples are no random sample")
        return tuple(found)


UNVARIED = Variation()


class RunSpec(SimulationSpec):
    """A specification with what the run varies: all that a worker must know."""

    variation: Variation = UNVARIED


def check_constant(workbook: Workbook, cell: CellId, given: Mapping[CellId, object]) -> str:
    """The key of a cell that may be varied. Raises SpecificationError for a formula, an uncertain cell or a text."""
    sheet_number, row, column = cell
    sheet = workbook.sheets[sheet_number]
    key = cell_key(sheet.name, row, column)
    problem = None
    if cell in given:
        problem = "has a distribution"
    elif (row, column) in sheet.formulas or (row, column) in sheet.spilled:
        problem = "holds a formula"
    elif not _is_number(sheet.values.get((row, column), 0.0)):
        problem = f"holds {sheet.values[row, column]!r}"
    if problem:
        raise SpecificationError(f"{key} {problem}; only a cell with a number can be varied", code="variation.cell")
    return key


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def with_constants(workbook: Workbook, values: Mapping[CellId, float]) -> Workbook:
    """The workbook with numbers in the place of constants."""
    sheets = list(workbook.sheets)
    for (number, row, column), value in values.items():
        sheet = sheets[number]
        kept = MappingProxyType({**sheet.values, (row, column): float(value)})
        last_row, last_column = max(sheet.last_row, row), max(sheet.last_column, column)
        sheets[number] = replace(sheet, values=kept, last_row=last_row, last_column=last_column)
    return replace(workbook, sheets=tuple(sheets))

"""Everything that can go wrong in ``compute``, and the errors that live in cells.

    ComputeError                     anything this package refuses to do; ``str(error)`` is for the person
    ├── WorkbookError                the file cannot be used
    │   ├── NotAWorkbook             not an .xlsx/.xlsm: .xls, csv, pdf, encrypted, empty …
    │   ├── DamagedWorkbook          a zip or XML that cannot be read whole
    │   └── UnsafeWorkbook           zip bomb, entities, too many members
    ├── FormulaSyntaxError           a formula that is not Excel's grammar
    ├── ModelError                   the workbook is readable but cannot be simulated as asked
    │   ├── NoInputs                 no uncertain cell
    │   ├── NoOutputs                nothing is marked as an output
    │   ├── UnknownCell              a cell address that the workbook does not have
    │   ├── CircularReference        formulas that loop; names the cells
    │   ├── InvalidDistribution      parameters outside a law's domain; names the cell
    │   ├── InvalidCorrelation       a correlation matrix or copula that cannot be; names it and its cells
    │   ├── UnsupportedFormula       functions or features that cannot be evaluated faithfully; names the cells
    │   └── TextOutput               an output whose value is text
    ├── SpecificationError           iterations, seed, sampling … outside their limits
    ├── EngineUnavailable            an engine or runner that this machine lacks; says what to install
    └── Cancelled                    the run was stopped by its owner

``CellError`` is no exception: it is the value of a cell (``#DIV/0!``) and propagates as in Excel.
"""

from __future__ import annotations

from enum import IntEnum

from compute.records import dataclass


class ComputeError(Exception):
    """Anything ``compute`` refuses to do.

    ``code`` is stable and machine-readable (``workbook.encrypted``); ``cells`` names the places concerned.
    """

    code = "compute.error"

    def __init__(self, message: str, *, code: str | None = None, cells: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.cells = cells
        if code is not None:
            self.code = code


class WorkbookError(ComputeError):
    code = "workbook.unusable"


class NotAWorkbook(WorkbookError):
    code = "workbook.not_a_workbook"


class DamagedWorkbook(WorkbookError):
    code = "workbook.damaged"


class UnsafeWorkbook(WorkbookError):
    code = "workbook.unsafe"


class FormulaSyntaxError(ComputeError):
    code = "formula.syntax"


class ModelError(ComputeError):
    code = "model.invalid"


class NoInputs(ModelError):
    code = "model.no_inputs"


class NoOutputs(ModelError):
    code = "model.no_outputs"


class UnknownCell(ModelError):
    code = "model.unknown_cell"


class CircularReference(ModelError):
    code = "model.circular_reference"


class InvalidDistribution(ModelError):
    code = "model.invalid_distribution"


class InvalidCorrelation(ModelError):
    code = "model.invalid_correlation"


class UnsupportedFormula(ModelError):
    code = "model.unsupported"


class TextOutput(ModelError):
    code = "model.text_output"


class SpecificationError(ComputeError):
    code = "simulation.invalid"


class EngineUnavailable(ComputeError):
    code = "engine.unavailable"


class Cancelled(ComputeError):
    code = "simulation.cancelled"


class ErrorCode(IntEnum):
    """Excel's error values, numbered as ERROR.TYPE numbers them. 0 is never an error."""

    NULL = 1
    DIV0 = 2
    VALUE = 3
    REF = 4
    NAME = 5
    NUM = 6
    NA = 7
    GETTING_DATA = 8
    SPILL = 9
    CONNECT = 10
    BLOCKED = 11
    UNKNOWN = 12
    FIELD = 13
    CALC = 14

    @property
    def text(self) -> str:
        """The error as a cell shows it, for example ``#DIV/0!``."""
        return ERROR_TEXTS[self]


ERROR_TEXTS: dict[ErrorCode, str] = {
    ErrorCode.NULL: "#NULL!",
    ErrorCode.DIV0: "#DIV/0!",
    ErrorCode.VALUE: "#VALUE!",
    ErrorCode.REF: "#REF!",
    ErrorCode.NAME: "#NAME?",
    ErrorCode.NUM: "#NUM!",
    ErrorCode.NA: "#N/A",
    ErrorCode.GETTING_DATA: "#GETTING_DATA",
    ErrorCode.SPILL: "#SPILL!",
    ErrorCode.CONNECT: "#CONNECT!",
    ErrorCode.BLOCKED: "#BLOCKED!",
    ErrorCode.UNKNOWN: "#UNKNOWN!",
    ErrorCode.FIELD: "#FIELD!",
    ErrorCode.CALC: "#CALC!",
}
CODES_BY_TEXT: dict[str, ErrorCode] = {text: code for code, text in ERROR_TEXTS.items()}


@dataclass(frozen=True, slots=True)
class CellError:
    """An error as the value of a cell; ``code`` is its text, for example ``"#DIV/0!"``."""

    code: str

    @property
    def number(self) -> ErrorCode:
        """The error as Excel's ERROR.TYPE numbers it; unknown texts count as ``#VALUE!``."""
        return CODES_BY_TEXT.get(self.code, ErrorCode.VALUE)

    def __str__(self) -> str:
        return self.code


Scalar = float | str | bool | CellError | None
"""One cell's value outside the engine; ``None`` is a blank cell."""

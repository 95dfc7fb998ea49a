"""What goes through the door besides ``compute.protocol``: workbooks as cells, edits, laws and their previews."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr

# A number typed into a cell must not be read as a boolean nor the other way round.
CellInput = StrictBool | StrictInt | StrictFloat | StrictStr
CellAddress = Annotated[str, Field(pattern=r"^\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6}$", examples=["B2"])]
SheetName = Annotated[str, Field(min_length=1, max_length=31)]
MAX_CELLS = 1_000_000


class GatewayMessage(BaseModel):
    """Plain data, strict about unknown fields; JSON has no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class SnapshotCell(GatewayMessage):
    """A cell as typed: text that begins with ``=`` is a formula."""

    cell: CellAddress
    input: CellInput
    format: str | None = None


class SnapshotSheet(GatewayMessage):
    name: SheetName
    cells: Annotated[tuple[SnapshotCell, ...], Field(max_length=MAX_CELLS)] = ()


class NamedFormula(GatewayMessage):
    """A defined name, for example ``Rate`` for ``Sheet1!$B$2``."""

    name: Annotated[str, Field(min_length=1, max_length=255)]
    refers_to: str


class Snapshot(GatewayMessage):
    """A whole workbook as cells, from which an .xlsx is built."""

    sheets: Annotated[tuple[SnapshotSheet, ...], Field(min_length=1, max_length=1000)]
    names: tuple[NamedFormula, ...] = ()
    file_name: Annotated[str, Field(min_length=1, max_length=255)] = "Book1.xlsx"


class CellEdit(GatewayMessage):
    """A cell to change; ``input`` null empties it."""

    sheet: SheetName
    cell: CellAddress
    input: CellInput | None


class CellView(GatewayMessage):
    """A cell as a person sees it: ``input`` as typed, ``value`` as last computed (errors as their text)."""

    cell: str
    input: bool | int | float | str | None
    value: bool | int | float | str | None
    format: Annotated[str | None, Field(exclude_if=lambda found: found is None)] = None


class SheetView(GatewayMessage):
    """A sheet's cells, row by row. Column widths by column number, in characters."""

    name: str
    state: Literal["visible", "hidden", "veryHidden"]
    last_row: int
    last_column: int
    column_widths: dict[str, float] = {}
    cells: tuple[CellView, ...]


class WorkbookView(GatewayMessage):
    """All cells of a workbook, for the playground's grid."""

    file_name: str
    sheets: tuple[SheetView, ...]
    names: tuple[NamedFormula, ...]


class LawParameterDescription(GatewayMessage):
    """One parameter: ``constraint`` completes "must be …"; ``example`` is where the field of a new cell starts."""

    name: str
    description: str
    default: float | tuple[float, ...] | None
    constraint: str
    is_list: bool
    example: float | tuple[float, ...]


class LawDescription(GatewayMessage):
    """A probability law as the pane offers it: ``law`` is its name in ``MC.<law>``.

    ``orderings`` are pairs of parameters of which the first is at most the second; ``by_percentiles`` tells whether
    ``MC.<law>ALT`` exists.
    """

    law: str
    title: str
    summary: str
    group: str
    is_discrete: bool
    by_percentiles: bool
    parameters: tuple[LawParameterDescription, ...]
    orderings: tuple[tuple[str, str], ...]


class Truncation(GatewayMessage):
    """Limits of a law: values, or with ``percentiles`` shares from 0 to 1; an end that is null is open."""

    low: float | None = None
    high: float | None = None
    percentiles: bool = False


class Curve(GatewayMessage):
    """Density over x; for a discrete law the probability of each x."""

    x: tuple[float, ...]
    y: tuple[float, ...]


class CumulativeCurve(GatewayMessage):
    """P(X <= x[i]) = p[i]."""

    x: tuple[float, ...]
    p: tuple[float, ...]


class LawPreview(GatewayMessage):
    """What a law with these parameters looks like; moments that do not exist are null."""

    mean: float | None
    standard_deviation: float | None
    percentiles: dict[str, float]
    curve: Curve
    cumulative: CumulativeCurve
    is_discrete: bool
    static_value: float | None


class MatrixCheck(GatewayMessage):
    """Whether random variables can have these correlations; ``nearest`` is the nearest matrix that they can have."""

    valid: bool
    smallest_eigenvalue: float
    nearest: tuple[tuple[float, ...], ...]
    largest_change: float

"""XLRisk's functions: named as @RISK's, with meanings of their own. A workbook is XLRisk's by its sheet of that name.

Source: XLRisk's function descriptions (github.com/pyscripter/XLRisk, RiskFunctions; UserInterface for the
sheet).
"""

from __future__ import annotations

from collections.abc import Iterator

from compute.dialects.atrisk import local_name
from compute.dialects.signature import LawFunction, by_local_name
from compute.errors import FormulaSyntaxError
from compute.formulas import parse
from compute.formulas.ast import MAX_COLUMN, MAX_ROW, Call, CellReference, Node, RangeReference
from compute.workbook.model import Cell, Sheet, Workbook

PRODUCT = "XLRisk"

FUNCTIONS: dict[str, LawFunction] = by_local_name(
    "Risk",
    LawFunction("RiskBernoulli(p)", "BERNOULLI"),
    LawFunction("RiskBeta(alpha, beta, [A=0], [B=1])", "BETAGENERAL"),
    LawFunction("RiskBinomial(n, p)", "BINOMIAL"),
    LawFunction("RiskCumul(min, max, {x}, {y})", "CUMUL"),
    LawFunction("RiskDiscrete({values}, {probabilities})", "DISCRETE"),
    LawFunction("RiskDUniform({values})", "DUNIFORM"),
    LawFunction("RiskErlang(kappa, lambda)", "ERLANG"),
    LawFunction("RiskExpon(mean)", "EXPONENTIAL"),
    LawFunction("RiskGamma(alpha, beta)", "GAMMA"),
    LawFunction("RiskLogNorm(mean of ln, sd of ln)", "LOGNORMAL2"),
    LawFunction("RiskNormal(mean, sd)", "NORMAL"),
    LawFunction("RiskPert(min, mode, max)", "PERT"),
    LawFunction("RiskTriang(min, mode, max)", "TRIANGULAR"),
    LawFunction("RiskUniform(min, max)", "UNIFORM"),
    LawFunction("RiskWeibull(alpha, beta)", "WEIBULL"),
)
"""XLRisk's functions by their capital names without ``Risk``."""


_PROPERTY = "CORRMAT"
"""The only property: XLRisk has no truncation, shift, name or static value."""


def _own_name(call: str) -> str | None:
    name = local_name(call)
    return name if name == _PROPERTY or name in FUNCTIONS else None


def canonical(call: Call) -> Node | None:
    """The call as a draw; None when it is nothing of the kind, or RiskCorrmat for the call around it."""
    name = _own_name(call.name)
    return None if name is None or name == _PROPERTY else FUNCTIONS[name].draw(call, _own_name)


def is_made_with(workbook: Workbook) -> bool:
    """Whether the workbook is XLRisk's: it has the sheet of that name."""
    return any(s.name.casefold() == PRODUCT.casefold() for s in workbook.sheets)


def listed_outputs(workbook: Workbook) -> tuple[tuple[tuple[int, int, int], str | None], ...]:
    """The outputs that the sheet XLRisk lists: ((sheet's position, row, column), name), in its order; () without it.

    Below the cell that the name RiskOutputs marks stand, row by row until a blank one, ``=AddressWithSheet(Model!B5)``
    or the address as text, and beside it the name. Lines that lead to no cell of the workbook are left out.
    """
    header = _outputs_header(workbook)
    if header is None:
        return ()
    sheet, (row, column) = header
    found: list[tuple[tuple[int, int, int], str | None]] = []
    while (row := row + 1) <= MAX_ROW and ((row, column) in sheet.formulas or (row, column) in sheet.values):
        name = sheet.values.get((row, column + 1), sheet.cached.get((row, column + 1)))
        for cell in _cells(workbook, sheet, (row, column)):
            found.append((cell, None if name is None else str(name)))
    return tuple(found)


def _outputs_header(workbook: Workbook) -> tuple[Sheet, Cell] | None:
    if not is_made_with(workbook):
        return None
    sheet = workbook.sheet(PRODUCT)
    for name in workbook.names:
        if name.name.casefold() == "riskoutputs" and (name.sheet or PRODUCT).casefold() == PRODUCT.casefold():
            place = _reference(name.text, (1, 1))
            if isinstance(place, CellReference):
                return sheet, (place.row.resolve(1, MAX_ROW), place.column.resolve(1, MAX_COLUMN))
    return None


def _reference(text: str, origin: Cell) -> Node | None:
    """The reference that a text is, or that AddressWithSheet is given."""
    try:
        tree = parse(text, *origin)
    except FormulaSyntaxError:
        return None
    is_address = isinstance(tree, Call) and tree.name.rpartition("!")[2] == "ADDRESSWITHSHEET"
    return tree.arguments[0] if isinstance(tree, Call) and is_address and len(tree.arguments) == 1 else tree


def _cells(workbook: Workbook, sheet: Sheet, origin: Cell) -> Iterator[tuple[int, int, int]]:
    """The cells that a line of the list leads to."""
    formula = sheet.formulas.get(origin)
    node = _reference(str(sheet.values.get(origin)) if formula is None else formula.text, origin)
    if isinstance(node, CellReference):
        node = RangeReference(node.row, node.column, node.row, node.column, node.sheets)
    if not isinstance(node, RangeReference) or (node.sheets and (node.sheets.last or node.sheets.workbook)):
        return
    wanted = (node.sheets.first if node.sheets else sheet.name).casefold()
    position = next((i for i, s in enumerate(workbook.sheets) if s.name.casefold() == wanted), None)
    rows = sorted(c.resolve(origin[0], MAX_ROW) for c in (node.top, node.bottom))
    columns = sorted(c.resolve(origin[1], MAX_COLUMN) for c in (node.left, node.right))
    if position is None:
        return
    last_row, last_column = workbook.sheets[position].last_row, workbook.sheets[position].last_column
    for row in range(rows[0], min(rows[1], last_row) + 1):
        for column in range(columns[0], min(columns[1], last_column) + 1):
            yield position, row, column

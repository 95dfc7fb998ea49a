"""SIPmath Modeler Tools of ProbabilityManagement.org: a workbook that simulates without an add-in, by an index.

The cell named PM_Index holds the number of the trial; ``INDEX(SIP,PM_Index)`` takes the trial of that number from the
library's data, and the HDR generator's formulas draw by it. A data table runs PM_Index from 1 to the number that
PM_Trials names. The cell so becomes a count of iterations, the same in every sampling, and no random number.
"""

from __future__ import annotations

from compute.dialects.canonical import Draw
from compute.dialects.named_cells import cell_named, value_named
from compute.formulas import parse_address
from compute.formulas.ast import Number, Text
from compute.records import dataclass
from compute.workbook.model import Workbook

PRODUCT = "SIPmath Modeler Tools"
INDEX, TRIALS = "PM_Index", "PM_Trials"
HOLDS_A_FORMULA = (
    "PM_Index counts the trials of a SIPmath workbook and must be a constant, but its cell holds a formula; write 1 "
    "into it, and the simulation counts it from 1"
)


@dataclass(frozen=True, slots=True)
class TrialIndex:
    """The cell (sheet's position, row, column) that numbers the trials, and how many there are."""

    cell: tuple[int, int, int]
    trials: int

    def draw(self, workbook: Workbook) -> Draw:
        """The cell as an input that takes 1 … ``trials`` one after the other; it shows what it holds."""
        sheet, *place = self.cell
        shown = workbook.sheets[sheet].values.get((place[0], place[1]))
        is_number = isinstance(shown, float) and not isinstance(shown, bool)
        return Draw(
            "INTUNIFORM",
            (Number(1.0), Number(float(self.trials))),
            name=Text(INDEX),
            static=Number(shown) if is_number and isinstance(shown, float) else None,
            counts=self.trials,
        )

    def note(self, iterations: int | None = None) -> str:
        """What a person should know of the trials, of a run of that many iterations or before one."""
        told = f"{INDEX} takes the trials 1 to {self.trials:,} of this SIPmath workbook, one in each iteration"
        if iterations is not None and iterations > self.trials:
            return f"{told}; they repeat after the last. Run {self.trials:,} iterations, or a multiple of them"
        if iterations is not None and iterations < self.trials:
            return f"{told}; the run of {iterations:,} iterations leaves out the last"
        return told


def trial_index(workbook: Workbook) -> TrialIndex | None:
    """The index of a SIPmath workbook; None for every other workbook.

    It is one by a name PM_Index of one cell, together with PM_Trials, a whole number from 1, or else with a data table
    that runs through the cell, whose length is then the number of trials.
    """
    names = {n.name.casefold(): n for n in workbook.names if n.sheet is None}
    index, trials = names.get(INDEX.casefold()), names.get(TRIALS.casefold())
    cell = None if index is None else cell_named(workbook, index.text)
    if cell is None:
        return None
    count = None if trials is None else value_named(workbook, trials)
    if isinstance(count, float) and not isinstance(count, bool) and count >= 1 and count == int(count):
        return TrialIndex(cell, int(count))
    longest = _longest_table(workbook, cell)
    return TrialIndex(cell, longest) if longest else None


def _longest_table(workbook: Workbook, cell: tuple[int, int, int]) -> int:
    """The number of values that data tables put into the cell; 0 without one. Their input cells are on their sheet."""
    longest = 0
    for formula in workbook.sheets[cell[0]].formulas.values():
        if formula.data_table is None or formula.range is None:
            continue
        top, left, bottom, right = formula.range
        given = ((formula.data_table.row_input, right - left + 1), (formula.data_table.column_input, bottom - top + 1))
        for address, length in given:
            if address is not None and "#" not in address and parse_address(address) == cell[1:]:
                longest = max(longest, length)
    return longest

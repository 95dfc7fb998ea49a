"""What-if data tables over RAND: people's way to simulate in plain Excel, one trial a row with numbers of its own.

Excel calculates the model anew for each row (or column) of a data table, RAND included, so that a table whose input is
an empty cell lists independent trials. Source: Microsoft, "Calculate multiple results by using a data table".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from compute.formulas import address, cell_key
from compute.graph import CellId
from compute.records import dataclass
from compute.values import Area

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class TrialTable:
    """One data table over RAND: the formula that fills it, its cells, and its heads: the cells that its trials show.

    ``scenarios`` counts the different values of inputs that the model reads (1: none is read), ``trials`` how often
    each of them is drawn. ``by_index``: the trials are those of a SIPmath workbook, by its PM_Index.
    """

    formula: int
    area: Area
    heads: tuple[CellId, ...]
    scenarios: int
    trials: int
    by_index: bool = False

    def text(self, sheets: Sequence[str]) -> str:
        """What a person should know of the table."""
        area = self.area
        place = f"{cell_key(sheets[area.sheet], area.top, area.left)}:{address(area.bottom, area.right)}"
        keys = [cell_key(sheets[s], r, c) for s, r, c in self.heads]
        heads = ", ".join(keys[:_SHOWN]) + (f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else "")
        trials = f"{self.trials:,} trial" + ("s" if self.trials > 1 else "")
        scenarios = f" in each of {self.scenarios:,} scenarios" if self.scenarios > 1 else ""
        outputs = "is an output" if len(keys) == 1 else "are outputs"
        how = "by PM_Index" if self.by_index else "RAND anew in each"
        return (
            f"this workbook runs {trials} of {heads}{scenarios} through the data table {place}, {how}; "
            f"Montecell fills the table so, and runs the model directly as often as one likes: {heads} {outputs}"
        )


def trial_table(
    formula: int,
    area: Area,
    heads: Sequence[CellId],
    reads_across: bool | None,
    reads_down: bool | None,
    by_index: bool = False,
) -> TrialTable:
    """The table's trials; whether the model reads the value above (``reads_across``) and on the left, None without."""
    scenarios = trials = 1
    for reads, count in ((reads_across, area.columns), (reads_down, area.rows)):
        if reads is None:
            continue
        scenarios, trials = (scenarios * count, trials) if reads else (scenarios, trials * count)
    return TrialTable(formula, area, tuple(heads), scenarios, trials, by_index)


def reached_from(start: Iterable[int], dependencies: Callable[[int], Sequence[int]]) -> set[int]:
    """Everything that these nodes hang on, themselves included."""
    found: set[int] = set()
    waiting = list(start)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += dependencies(node)
    return found

"""Write docs/functions.md anew: ``.venv/bin/python scripts/make_functions_page.py``.

Excel's list is in ``excel_functions``; what is evaluated and how comes from the registry and the data beside it.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from compute.functions import REGISTRY, Function
from compute.functions.common_arguments import COMMON_ARGUMENTS, PLAIN_PYTHON
from compute.functions.differences import DIFFERENCES
from compute.functions.fallback import FALLBACK
from compute.functions.signature import Style
from compute.program.slow import ELEMENT_FORMS
from compute.program.special import LAZY_FORMS, SPECIAL_FORMS
from excel_functions import ELSEWHERE, SIGNATURES, by_category

PAGE = Path(__file__).resolve().parents[1] / "docs" / "functions.md"
ALL, EACH = "all at once", "one at a time, equal arguments once"
STATUSES = ("supported", "fallback", "not")
HEAD = """# Worksheet functions

Every function of Excel's documented list, what Montecell does with it, and where its answer differs; written by
`scripts/make_functions_page.py`, from the registry in `compute/functions` and the data beside it. Optional arguments
stand in brackets, `…` means that the last ones repeat.

- **supported**: evaluated by Montecell itself. **fallback**: evaluated by the package
  [formulas](dependencies.md), if it is installed (`pip install 'montecell[fallback]'`), and reported as slow. **not**:
  a workbook that uses it in what an output hangs on is refused before the run, with the cells.
- **iterations** tells how a simulation computes the function. *All at once*: one operation over thousands of
  iterations. *All at once; again for each value of …*: so while that argument is certain; where it is uncertain the
  whole formula is computed again for each of its values, of a continuous quantity one iteration at a time. *One at a
  time, equal arguments once*: in plain Python; fast only while few different arguments occur.
- Dates in bonds and texts in comparisons are worked out once for each different one. Functions of text are one at a
  time since each text is an object of its own. Operators are all at once, but for `&`.

`montecell inspect` names the cells of a workbook that are not computed all at once, and why.

"""


def arguments(function: Function) -> str:
    """``lookup_value, table_array, col_index_num, [range_lookup]``."""
    names = [f"[{p.name}]" if p.optional else p.name for p in function.parameters]
    if function.parameters and function.parameters[-1].repeating:
        names.append("…")
    return ", ".join(names)


def signature(name: str) -> str:
    """The function with its arguments."""
    function = REGISTRY.get(name)
    return f"`{name}({SIGNATURES.get(name, '') if function is None else arguments(function)})`"


def status(name: str) -> str:
    """supported, fallback or not."""
    if name in FALLBACK:
        return "fallback"
    return "supported" if name in REGISTRY or name in SPECIAL_FORMS else "not"


def iterations(name: str) -> str:
    """How a simulation computes the function."""
    if name in FALLBACK:
        return EACH
    if name in SPECIAL_FORMS:
        if name in ELEMENT_FORMS:
            return f"{ALL}, its LAMBDA once for each element"
        return f"{ALL}; branches that no iteration takes are left out" if name in LAZY_FORMS else ALL
    function = REGISTRY.get(name)
    if function is None:
        return ""
    if name in COMMON_ARGUMENTS:
        return f"{ALL}; again for each value of {', '.join(COMMON_ARGUMENTS[name])}"
    return EACH if function.style is Style.ELEMENTWISE or name in PLAIN_PYTHON else ALL


def row(name: str) -> str:
    """One line of the table."""
    note = DIFFERENCES.get(name, "") if status(name) != "not" else ELSEWHERE.get(name, "")
    return f"| {signature(name)} | {status(name)} | {iterations(name)} | {note} |"


def listed() -> dict[str, tuple[str, ...]]:
    """The functions of the page by category: Excel's list, and what the registry holds beyond it."""
    categories = by_category()
    known = {n for names in categories.values() for n in names}
    own = tuple(sorted((REGISTRY.keys() | SPECIAL_FORMS) - known))
    return categories | ({"Beyond Excel's list": own} if own else {})


def page() -> str:
    """The whole page."""
    categories = listed()
    counts = Counter(status(n) for names in categories.values() for n in names)
    parts = [HEAD + ", ".join(f"{counts[s]} {s}" for s in STATUSES) + ".\n"]
    for title, names in categories.items():
        rows = "\n".join(row(n) for n in sorted(names))
        parts.append(
            f"## {title}\n\n| function | status | iterations | differs from Excel |\n|---|---|---|---|\n{rows}\n"
        )
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE)

"""Write docs/functions.md anew from the registry: ``.venv/bin/python scripts/make_functions_page.py``."""

from __future__ import annotations

import importlib
from collections import defaultdict
from pathlib import Path

from compute.functions import REGISTRY, Function
from compute.program.special import SPECIAL_FORMS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "functions.md"
HEAD = """# Worksheet functions

Every function that Montecell evaluates, by family; written by `scripts/make_functions_page.py` from the registry in
`compute/functions`. A function that is not here is named with its cells before anything runs. Optional arguments stand
in brackets, `…` means that the last ones repeat.

"""


def signature(function: Function) -> str:
    """``VLOOKUP(lookup_value, table_array, col_index_num, [range_lookup])``."""
    names = [f"[{p.name}]" if p.optional else p.name for p in function.parameters]
    if function.parameters and function.parameters[-1].repeating:
        names.append("…")
    return f"{function.name}({', '.join(names)})"


def page() -> str:
    """The whole page."""
    families: dict[str, list[Function]] = defaultdict(list)
    for function in REGISTRY.values():
        families[function.implementation.__module__].append(function)
    parts = [HEAD + f"{len(REGISTRY) + len(SPECIAL_FORMS)} functions.\n"]
    special = ", ".join(f"`{name}`" for name in sorted(SPECIAL_FORMS))
    parts.append(f"## Forms with rules of their own\n\n{special}\n")
    for module in sorted(families):
        title = (importlib.import_module(module).__doc__ or module).strip().splitlines()[0].rstrip(".")
        rows = "\n".join(f"- `{signature(f)}`" for f in sorted(families[module], key=lambda f: f.name))
        parts.append(f"## {title}\n\n{rows}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE)

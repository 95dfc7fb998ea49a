"""Write docs/examples/*.xlsx anew: ``.venv/bin/python scripts/make_examples.py [folder]``."""

from __future__ import annotations

import sys
from pathlib import Path

from examples import cash_flow, newsvendor, project_cost, time_series, what_if_table
from examples.launch import DIALECTS

EXAMPLES = Path(__file__).resolve().parents[1] / "docs" / "examples"


def main(folder: Path) -> None:
    """Write every example into a folder."""
    for example in (project_cost, newsvendor, cash_flow, time_series, what_if_table, *DIALECTS):
        target = folder / example.FILE_NAME
        example.book().save(target)
        print(target)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else EXAMPLES)

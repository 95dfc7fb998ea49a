"""Numbers and aligned columns in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

BLOCKS = " ▁▂▃▄▅▆▇█"


def number(value: float | None) -> str:
    """A number in about six significant digits, thousands separated."""
    if value is None:
        return "–"
    if value == 0:
        return "0"
    if 1e-4 <= abs(value) < 1e15:
        digits = max(0, 5 - len(str(int(abs(value)))))
        return f"{value:,.{digits}f}"
    return f"{value:.4g}"


def table(rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Columns aligned: the first ``left`` to the left, the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [c.ljust(w) if i < left else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def with_formulas(rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """A table whose last column, which holds formulas, is as wide as each of them."""
    lines = table([row[:-1] for row in rows], left).split("\n")
    width = max(len(line) for line in lines)
    return "\n".join(f"{line.ljust(width)}  {row[-1]}".rstrip() for line, row in zip(lines, rows, strict=True))

"""Charts of characters: the histogram of an output, and the bars of what moves it."""

from __future__ import annotations

from collections.abc import Sequence

from compute.protocol import HistogramData, TornadoBar
from server.client import figures
from server.client.table import display_width, padded, shortened
from server.client.terminal import Terminal

EIGHTHS = " ▁▂▃▄▅▆▇█"
PLAIN = " #"
HEIGHT = 9
GUTTER = 8


def merged(counts: Sequence[int], most: int) -> list[int]:
    """Counts of neighbouring bins added up, so that at most ``most`` bins are left. Every bin stands for as many."""
    factor = -(-len(counts) // most)
    return [sum(counts[start : start + factor]) for start in range(0, len(counts), factor)]


def column(height: float, rows: int, glyphs: str) -> list[str]:
    """One bar from the bottom row up, to a fraction of a character; what isn't zero is always seen."""
    steps = len(glyphs) - 1
    filled = round(height * rows * steps)
    if height > 0:
        filled = max(1, filled)
    return [glyphs[min(steps, max(0, filled - row * steps))] for row in range(rows)]


def histogram(data: HistogramData, terminal: Terminal, marks: Sequence[tuple[str, float | None]] = ()) -> list[str]:
    """A histogram as lines: bars with their share of the iterations, an axis, and marks such as P5 and the mean."""
    total = sum(data.counts)
    if not total:
        return []
    room = terminal.width - GUTTER - 1
    bins = merged(data.counts, room)
    repeat = max(1, min(4, room // len(bins)))
    glyphs = EIGHTHS if terminal.unicode else PLAIN
    tallest = max(bins)
    bars = [column(count / tallest, HEIGHT, glyphs) for count in bins]
    lines = []
    for row in range(HEIGHT - 1, -1, -1):
        label = f"{100 * tallest / total:.1f} %" if row == HEIGHT - 1 else ""
        body = "".join(bar[row] * repeat for bar in bars).rstrip()
        lines.append(terminal.faint(padded(label, GUTTER - 1, left=False)) + " " + terminal.tinted(body))
    width = len(bins) * repeat
    factor = -(-len(data.counts) // room)
    high = data.edges[0] + (data.edges[-1] - data.edges[0]) * len(bins) * factor / len(data.counts)
    lines.append(" " * GUTTER + terminal.faint(("─" if terminal.unicode else "-") * width))
    lines += [" " * GUTTER + line for line in axis(data.edges[0], high, width, marks, terminal)]
    return lines


def axis(
    low: float, high: float, width: int, marks: Sequence[tuple[str, float | None]], terminal: Terminal
) -> list[str]:
    """The numbers below a chart: both ends and the middle; then the marks that fall inside."""
    numbers = [" "] * width
    for share in (0.5, 0.0, 1.0):
        text = figures.short(low + share * (high - low))
        place(numbers, text, round(share * (width - 1)))
    pointers, names = [" "] * width, [" "] * width
    for name, value in marks:
        if value is None or not low <= value <= high or high <= low:
            continue
        position = round((value - low) / (high - low) * (width - 1))
        pointers[position] = "▲" if terminal.unicode else "^"
        place(names, name, position)
    return [line for line in ("".join(row).rstrip() for row in (numbers, pointers, names)) if line]


def place(row: list[str], text: str, centre: int) -> None:
    """Write a text into a row of characters around a place; nothing when it would touch another text."""
    start = min(max(0, centre - len(text) // 2), max(0, len(row) - len(text)))
    around = row[max(0, start - 1) : start + len(text) + 1]
    if len(text) <= len(row) and all(character == " " for character in around):
        row[start : start + len(text)] = text


def tornado(bars: Sequence[TornadoBar], terminal: Terminal, most: int = 6) -> list[str]:
    """The inputs that move an output most, by rank correlation, with bars to the left and right of zero."""
    known = [(bar.input, bar.rank_correlation) for bar in bars if bar.rank_correlation is not None]
    known = sorted(known, key=lambda pair: -abs(pair[1]))[:most]
    if not known:
        return []
    label = min(max(display_width(name) for name, _ in known), terminal.width // 3)
    half = min(24, (terminal.width - label - 9) // 2)
    full = "█" if terminal.unicode else "#"
    middle = "│" if terminal.unicode else "|"
    ellipsis = "…" if terminal.unicode else ".."
    lines = []
    for name, strength in known:
        bar = full * round(abs(strength) * half)
        left, right = (bar, "") if strength < 0 else ("", bar)
        drawn = terminal.tinted(padded(left, half, left=False) + middle + padded(right, half, left=True))
        lines.append(f"{padded(shortened(name, label, ellipsis), label, left=True)} {drawn} {strength:+.2f}")
    return lines

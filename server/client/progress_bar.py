"""How far a simulation is, on stderr: a bar that is drawn over itself, or a line now and then where that can't be."""

from __future__ import annotations

from typing import TextIO

from compute.protocol import Progress
from server.client import figures
from server.client.terminal import Terminal

EIGHTHS = " ▏▎▍▌▋▊▉█"
# Where lines stay, as in a log, a new one is due for a new stage or a quarter of the way.
QUARTERS = 4


def bar(share: float, width: int, *, unicode: bool) -> str:
    """A bar filled to a share between 0 and 1."""
    share = min(1.0, max(0.0, share))
    if not unicode:
        filled = int(share * width)
        return "#" * filled + "." * (width - filled)
    eighths = int(share * width * 8)
    part = EIGHTHS[eighths % 8] if eighths % 8 else ""
    return ("█" * (eighths // 8) + part).ljust(width)


class ProgressBar:
    """Shows each Progress that it is given; ``close`` leaves a finished line behind."""

    def __init__(self, stream: TextIO, terminal: Terminal) -> None:
        self._stream = stream
        self._terminal = terminal
        self._drawn = False
        self._last: tuple[str, int] = ("", -1)

    def line(self, progress: Progress) -> str:
        """The text for a progress: stage, bar, share, iterations, time."""
        share = progress.done / progress.total if progress.total else 0.0
        counted = f"{progress.done:,}/{progress.total:,}" if progress.total else ""
        after = f" {share:4.0%}  {counted}  {figures.duration(progress.seconds)}"
        stage = f"{progress.stage:<11}"
        width = max(8, min(40, self._terminal.width - len(stage) - len(after) - 3))
        drawn = self._terminal.tinted(bar(share, width, unicode=self._terminal.unicode))
        return f"{stage}[{drawn}]{after}"

    def show(self, progress: Progress) -> None:
        """Draw a progress, over the last one where the terminal can."""
        if self._terminal.live:
            self._stream.write(f"\r\033[K{self.line(progress)}")
            self._drawn = True
        else:
            step = progress.done * QUARTERS // progress.total if progress.total else 0
            if (progress.stage, step) == self._last:
                return
            self._last = (progress.stage, step)
            self._stream.write(self.line(progress) + "\n")
        self._stream.flush()

    def close(self) -> None:
        """End the line that was drawn over."""
        if self._drawn:
            self._stream.write("\n")
            self._stream.flush()
            self._drawn = False

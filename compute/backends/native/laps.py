"""Where the seconds of a run go: a lap for each stage and for what stands around them."""

from __future__ import annotations

import time
from typing import Literal

Part = int | Literal["uniforms", "samples"]
"""A stage by its number in the plan, uniform numbers made outside kernels, or samples and iterations computed anew."""


class Laps:
    """Seconds of each part by the wall clock, in one thread, since they were made."""

    def __init__(self) -> None:
        self.seconds: dict[Part, float] = {}
        self._since = time.perf_counter()

    def end(self, part: Part) -> None:
        """The time since the last lap was ``part``'s."""
        now = time.perf_counter()
        self.seconds[part] = self.seconds.get(part, 0.0) + now - self._since
        self._since = now

    @property
    def total(self) -> float:
        """Seconds of all laps."""
        return sum(self.seconds.values())

    def shares(self) -> dict[Part, float]:
        """Each part's share of all, between 0 and 1; empty before the first lap."""
        total = self.total
        return {part: seconds / total for part, seconds in self.seconds.items()} if total else {}


__all__ = ["Laps", "Part"]

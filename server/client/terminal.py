"""What the person's terminal can show: its width, Unicode, colour."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

NARROWEST = 40
WIDEST = 120


@dataclass(frozen=True, slots=True)
class Terminal:
    """Width in columns; whether block characters and colours may be used; whether lines may be drawn over."""

    width: int = 80
    unicode: bool = True
    colour: bool = False
    live: bool = False

    def bold(self, text: str) -> str:
        """Text that stands out, where colours are wanted."""
        return f"\033[1m{text}\033[0m" if self.colour else text

    def tinted(self, text: str) -> str:
        """Text in the colour of bars, where colours are wanted."""
        return f"\033[36m{text}\033[0m" if self.colour else text

    def faint(self, text: str) -> str:
        """Text that steps back, where colours are wanted."""
        return f"\033[2m{text}\033[0m" if self.colour else text


def can_encode(stream: TextIO, text: str) -> bool:
    """Whether a stream's encoding has these characters."""
    try:
        text.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def look(stream: TextIO, environ: Mapping[str, str] | None = None) -> Terminal:
    """What a stream can show. NO_COLOR (no-color.org), TERM=dumb and COLUMNS are honoured."""
    env = os.environ if environ is None else environ
    dumb = env.get("TERM") == "dumb"
    live = stream.isatty() and not dumb
    columns = int(env["COLUMNS"]) if env.get("COLUMNS", "").isdigit() else shutil.get_terminal_size((80, 24)).columns
    return Terminal(
        width=min(WIDEST, max(NARROWEST, columns)),
        unicode=can_encode(stream, "█▁─│▲"),
        colour=live and not env.get("NO_COLOR"),
        live=live,
    )

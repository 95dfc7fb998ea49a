"""A formula's text as Excel shows it, from the text that files store."""

from __future__ import annotations

import re

_STORED = re.compile(
    r"""(?P<kept>"(?:[^"]|"")*"|'(?:[^']|'')*')|(?<![\w.])(?:_xlfn\.|_xlws\.|_xlpm\.|_xlop\.|_xleta\.)+""",
    re.IGNORECASE,
)


def shown_text(stored: str) -> str:
    """The text without the prefixes that files put before newer functions and LAMBDA's names; texts stay as they are.

    Source: Microsoft, "Issue: An _xlfn. prefix is displayed in front of a formula"; [MS-XLSX] 2.2.2.
    """
    if "_xl" not in stored:
        return stored
    return _STORED.sub(lambda found: found["kept"] or "", stored)

"""Why a formula stays with the reference backend."""

from __future__ import annotations


class NotNative(Exception):  # noqa: N818  an answer, not a fault
    """A formula that is not compiled; ``reason`` says why, as ``inspect --plan`` shows it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

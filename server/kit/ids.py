"""Identifiers that sort by time of birth: a prefix, then 26 characters as in ULID (github.com/ulid/spec)."""

from __future__ import annotations

import re
import secrets
import threading
import time

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_BITS = 80
ID_PATTERN = re.compile(r"[a-z]{2,4}_[0-9A-HJKMNP-TV-Z]{26}")

_lock = threading.Lock()
_last = 0


def new_id(prefix: str) -> str:
    """A new identifier such as ``wb_01JD…``. Within one process each is greater than the one before."""
    return f"{prefix}_{_encode(_next_value())}"


def _next_value() -> int:
    global _last  # noqa: PLW0603
    value = (time.time_ns() // 1_000_000 << RANDOM_BITS) | secrets.randbits(RANDOM_BITS)
    with _lock:
        _last = max(value, _last + 1)
        return _last


def _encode(value: int) -> str:
    return "".join(ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5))

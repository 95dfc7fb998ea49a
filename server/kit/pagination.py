"""Pages of a list, newest first, by an opaque cursor that stays right while rows are added."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

from fastapi import Query

from server.errors import FieldError, Invalid
from server.kit.ids import ID_PATTERN

MAX_LIMIT = 200
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many items a page has at most.")]
Cursor = Annotated[str | None, Query(max_length=200, description="`next_cursor` of the page before.")]


def encode_cursor(last_id: str) -> str:
    """The cursor for what comes after ``last_id``."""
    return base64.urlsafe_b64encode(last_id.encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> str | None:
    """The id a cursor stands for. Raises Invalid for anything this server did not hand out."""
    if cursor is None:
        return None
    try:
        last_id = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeError, ValueError):
        last_id = ""
    if not ID_PATTERN.fullmatch(last_id):
        message = "not a cursor of this list; start again without one"
        raise Invalid(f"cursor: {message}", fields=(FieldError("query.cursor", message),))
    return last_id

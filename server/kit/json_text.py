"""JSON that is well-formed and yet no text: half of a surrogate pair (RFC 8259, 8.2), neither to be stored nor sent."""

from __future__ import annotations

import json

from starlette.requests import Request

from server.errors import Malformed

_ESCAPE = b"\\ud"


async def refuse_half_characters(request: Request) -> None:
    """Raises Malformed for a JSON body with an unpaired surrogate. Bodies without such escapes cost one search."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        return
    body = await request.body()
    if _ESCAPE not in body.lower():
        return
    try:
        json.dumps(json.loads(body), ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise Malformed("The body holds half of a character (an unpaired surrogate), which is no text.") from error
    except ValueError:
        return

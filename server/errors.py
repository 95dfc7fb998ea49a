"""Everything the server refuses to do, besides what ``compute.errors`` says of a workbook.

    ServerError                   becomes a problem document (RFC 9457); ``detail`` is for the person
    ├── NotFound             404  workbook.not_found, simulation.not_found, route.not_found
    ├── Conflict             409  idempotency.conflict, simulation.not_finished, simulation.without_results
    ├── Refused              403  host.refused, origin.refused
    ├── Malformed            400  request.malformed: not JSON, not multipart
    ├── Invalid              422  request.invalid, with the fields
    ├── TooLarge             413  request.too_large
    ├── UnsupportedMedia     415  request.unsupported_media
    ├── NotAcceptable        406  request.not_acceptable
    └── Unavailable          503  server.not_ready

``StartupError`` is for the person who starts the server: the data folder is in use, the database cannot be reached.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.exceptions import HTTPException


class StartupError(Exception):
    """The server cannot start as it is set up; the message says what to change."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field of a request that is wrong: ``field`` is its path, for example ``spec.iterations``."""

    field: str
    message: str


class ServerError(HTTPException):
    """A refusal with an HTTP status and a stable ``code``."""

    status = 500
    code = "server.error"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        fields: tuple[FieldError, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status_code=self.status, detail=detail, headers=headers)
        self.fields = fields
        if code is not None:
            self.code = code


class NotFound(ServerError):
    status = 404
    code = "route.not_found"


class Conflict(ServerError):
    status = 409
    code = "request.conflict"


class Refused(ServerError):
    status = 403
    code = "request.refused"


class Malformed(ServerError):
    status = 400
    code = "request.malformed"


class Invalid(ServerError):
    status = 422
    code = "request.invalid"


class TooLarge(ServerError):
    status = 413
    code = "request.too_large"


class UnsupportedMedia(ServerError):
    status = 415
    code = "request.unsupported_media"


class NotAcceptable(ServerError):
    status = 406
    code = "request.not_acceptable"


class Unavailable(ServerError):
    status = 503
    code = "server.not_ready"

"""Problem documents (RFC 9457): every refusal and every failure leaves the server in this one form."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from compute.errors import ComputeError
from server.errors import FieldError, Invalid, Malformed, NotFound, ServerError

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger("montecell.server")


class FieldProblem(BaseModel):
    """A wrong field: ``field`` is its path in the request, for example ``spec.iterations``."""

    field: str
    message: str


class Problem(BaseModel):
    """A problem document. ``code`` is stable and for programs, ``detail`` is for the person."""

    model_config = ConfigDict(extra="forbid")

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    instance: str | None = None
    cells: list[str] = []
    errors: list[FieldProblem] = []
    request_id: str | None = None

    def document(self) -> dict[str, Any]:
        """The problem as JSON, without the members that say nothing."""
        return {name: value for name, value in self.model_dump().items() if value not in (None, [])}


def problem(status: int, detail: str, code: str, **extensions: Any) -> Problem:
    """A problem whose title is the status's own phrase, as ``about:blank`` asks."""
    return Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, code=code, **extensions)


def of_compute_error(error: ComputeError) -> Problem:
    """What the engine refuses is the request's fault: 422, with the engine's code and cells."""
    return problem(422, error.message, error.code, cells=list(error.cells))


class ProblemResponse(JSONResponse):
    """A problem document on the wire."""

    media_type = MEDIA_TYPE

    def __init__(self, content: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(content.document(), status_code=content.status, headers=headers)


def respond(request: Request, content: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as the answer to this request."""
    return ProblemResponse(content.model_copy(update={"instance": request.url.path}), headers)


def install(app: FastAPI) -> None:
    """Turn everything that can be raised in a request into a problem document."""
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(ComputeError, _on_compute_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)


async def _on_http_error(request: Request, error: Exception) -> Response:
    if isinstance(error, ServerError):
        fields = [FieldProblem(field=each.field, message=each.message) for each in error.fields]
        return respond(request, problem(error.status, error.detail, error.code, errors=fields), error.headers)
    if not isinstance(error, HTTPException):
        raise error
    return respond(request, _of_framework_error(request, error), error.headers)


def _of_framework_error(request: Request, error: HTTPException) -> Problem:
    if error.status_code == 404:
        return problem(404, f"There is nothing at {request.url.path}.", NotFound.code)
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        detail = f"{request.method} is not possible here" + (f"; {allowed} is." if allowed else ".")
        return problem(405, detail, "request.method_not_allowed")
    if error.status_code == 400:
        return problem(400, str(error.detail), Malformed.code)
    return problem(error.status_code, str(error.detail), "request.refused")


async def _on_compute_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, ComputeError):
        raise error
    return respond(request, of_compute_error(error))


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    errors = error.errors()
    if any(each["type"] == "json_invalid" for each in errors):
        position = next(each["loc"][-1] for each in errors if each["type"] == "json_invalid")
        return respond(request, problem(400, f"The body is not JSON: error at character {position}.", Malformed.code))
    fields = field_errors(errors)
    shown = "; ".join(f"{each.field}: {each.message}" for each in fields[:3])
    items = [FieldProblem(field=each.field, message=each.message) for each in fields]
    return respond(request, problem(422, shown, Invalid.code, errors=items))


def field_errors(errors: Sequence[Any]) -> tuple[FieldError, ...]:
    """pydantic's errors as paths and messages; ``body`` itself is left out of a path."""
    return tuple(FieldError(_path(each["loc"]), each["msg"]) for each in errors)


def _path(location: tuple[int | str, ...]) -> str:
    parts = location[1:] if location and location[0] == "body" and len(location) > 1 else location
    return ".".join(str(part) for part in parts)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of an endpoint that may answer with these problems."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in statuses
    }

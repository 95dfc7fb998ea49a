"""The API's document (OpenAPI 3.1) and its page, which needs nothing from other hosts."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from server.gateway.messages import Snapshot
from server.kit.problems import Problem

TEMPLATE = "#/components/schemas/{model}"
EXTRA_MODELS = (Problem, Snapshot)
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>
body {{ font: 16px/1.5 system-ui; max-width: 56em; margin: 2em auto; padding: 0 1em }}
code, h3 {{ font-family: ui-monospace, monospace }} h3 {{ margin: 2em 0 0 }} table {{ border-collapse: collapse }}
td {{ border-top: 1px solid #ccc; padding: .2em 1em .2em 0; vertical-align: top }}
</style></head><body><h1>{title} {version}</h1><p>{description}</p>
<p>For programs: <a href="openapi.json">openapi.json</a></p>
{operations}</body></html>
"""


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, made once. Models that only problem answers and raw bodies name are added to it."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes, tags=app.openapi_tags
        )
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        for model in EXTRA_MODELS:
            schema = model.model_json_schema(ref_template=TEMPLATE)
            schemas.update(schema.pop("$defs", {}))
            schemas[model.__name__] = schema
        app.openapi_schema = made
    return app.openapi_schema


def install(app: FastAPI, path: str) -> None:
    """Serve the page at ``path``."""

    async def page(request: Request) -> Response:
        return HTMLResponse(render(document(app)), headers={"Cache-Control": "no-cache"})

    app.router.add_route(path, page, include_in_schema=False)


def render(api: dict[str, Any]) -> str:
    """The document as a plain page."""
    info = api["info"]
    return PAGE.format(
        title=escape(info["title"]),
        version=escape(info["version"]),
        description=escape(info.get("description", "")),
        operations="\n".join(_operations(api)),
    )


def _operations(api: dict[str, Any]) -> Iterator[str]:
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            rows = "".join(_rows(operation))
            yield f"<h3>{method.upper()} {escape(path)}</h3><p>{escape(operation.get('description', ''))}</p>"
            yield f"<table>{rows}</table>"


def _rows(operation: dict[str, Any]) -> Iterator[str]:
    for parameter in operation.get("parameters", ()):
        name = f"{parameter['in']} <code>{escape(parameter['name'])}</code>"
        yield f"<tr><td>{name}</td><td>{escape(parameter.get('description', ''))}</td></tr>"
    if "requestBody" in operation:
        yield f"<tr><td>body</td><td>{_types(operation['requestBody'])}</td></tr>"
    for status, response in operation["responses"].items():
        yield f"<tr><td>{status}</td><td>{escape(response['description'])} {_types(response)}</td></tr>"


def _types(owner: dict[str, Any]) -> str:
    return ", ".join(
        f"<code>{escape(name)}{_schema_name(media)}</code>" for name, media in owner.get("content", {}).items()
    )


def _schema_name(media: dict[str, Any]) -> str:
    reference = media.get("schema", {}).get("$ref", "")
    return f" {escape(reference.rpartition('/')[2])}" if reference else ""

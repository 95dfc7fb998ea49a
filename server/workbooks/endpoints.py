"""/workbooks: upload, edit, download, inspect."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import FileResponse
from pydantic import ValidationError

from compute.protocol import ModelDescription
from server.errors import Invalid, Malformed, UnsupportedMedia
from server.gateway.messages import Snapshot, WorkbookView
from server.kit.dependencies import ContextDep, TransactionDep
from server.kit.file_names import attachment, name_in_headers
from server.kit.problems import documented, field_errors
from server.kit.uploads import MultipartFile
from server.workbooks.models import Workbook
from server.workbooks.schemas import WorkbookDocument, WorkbookEdits
from server.workbooks.service import WorkbookService
from server.workbooks.storage import MEDIA_TYPES

RAW = (*MEDIA_TYPES.values(), "application/octet-stream")
BINARY = {"schema": {"type": "string", "format": "binary"}}
UPLOAD_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
            **dict.fromkeys(RAW, BINARY),
            "application/json": {"schema": {"$ref": "#/components/schemas/Snapshot"}},
        },
    },
    "parameters": [
        {
            "name": "X-File-Name",
            "in": "header",
            "schema": {"type": "string"},
            "description": "The file's name, percent-encoded, for a raw body.",
        }
    ],
}
FILE_CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The workbook's file.", "content": dict.fromkeys(MEDIA_TYPES.values(), BINARY)}
}

router = APIRouter(prefix="/workbooks", tags=["workbooks"])


def get_service(context: ContextDep, transaction: TransactionDep) -> WorkbookService:
    """This request's service."""
    return WorkbookService(context, transaction)


WorkbooksDep = Annotated[WorkbookService, Depends(get_service)]
WorkbookId = Annotated[str, Path(max_length=64, examples=["wb_01JD4W8Q6Y3V9Z0M5N7K2T1R8X"])]


@router.post(
    "",
    operation_id="uploadWorkbook",
    summary="Upload a workbook",
    status_code=201,
    response_model=WorkbookDocument,
    responses=documented(400, 403, 413, 415, 422, 500),
    openapi_extra=UPLOAD_BODY,
)
async def upload_workbook(request: Request, response: Response, workbooks: WorkbooksDep) -> Workbook:
    """Takes a workbook as multipart field `file`, as a raw body, or as cells in JSON (a Snapshot)."""
    content_type = request.headers.get("content-type", "")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == "application/json":
        workbook = await workbooks.build(_snapshot(await request.body()))
    elif media_type == "multipart/form-data":
        part = MultipartFile(content_type, request.stream())
        workbook = await workbooks.receive(part.pieces(), lambda: part.file_name)
    elif media_type in (known.lower() for known in RAW):
        name = name_in_headers(request.headers.get("x-file-name"), request.headers.get("content-disposition"))
        workbook = await workbooks.receive(request.stream(), lambda: name)
    else:
        raise UnsupportedMedia(
            f"A workbook cannot come as {media_type or 'nothing named'}. Send multipart/form-data, application/json "
            f"or one of {', '.join(RAW)}."
        )
    _locate(request, response, workbook)
    return workbook


@router.post(
    "/{workbook_id}/edits",
    operation_id="editWorkbook",
    summary="Change cells in a copy",
    status_code=201,
    response_model=WorkbookDocument,
    responses=documented(400, 403, 404, 413, 422, 500),
)
async def edit_workbook(
    workbook_id: WorkbookId, edits: WorkbookEdits, request: Request, response: Response, workbooks: WorkbooksDep
) -> Workbook:
    """Makes a new workbook: the original package with these cells changed and everything else kept."""
    workbook = await workbooks.edit(workbook_id, edits)
    _locate(request, response, workbook)
    return workbook


@router.get(
    "/{workbook_id}",
    operation_id="getWorkbook",
    summary="Name, size and hash",
    response_model=WorkbookDocument,
    responses=documented(403, 404, 422, 500),
)
async def get_workbook(workbook_id: WorkbookId, workbooks: WorkbooksDep) -> Workbook:
    """What is known of the workbook without opening it."""
    return await workbooks.get(workbook_id)


@router.get(
    "/{workbook_id}/file",
    operation_id="downloadWorkbook",
    summary="Download",
    response_class=FileResponse,
    responses=FILE_CONTENT | documented(403, 404, 422, 500),
)
async def download_workbook(workbook_id: WorkbookId, workbooks: WorkbooksDep) -> FileResponse:
    """The file, byte for byte as it came."""
    workbook, path = await workbooks.file(workbook_id)
    disposition = {"Content-Disposition": attachment(workbook.file_name)}
    return FileResponse(path, media_type=MEDIA_TYPES[workbook.kind], headers=disposition)


@router.get(
    "/{workbook_id}/model",
    operation_id="inspectWorkbook",
    summary="Inputs and outputs",
    responses=documented(403, 404, 422, 500),
)
async def inspect_workbook(workbook_id: WorkbookId, workbooks: WorkbooksDep) -> ModelDescription:
    """The uncertain inputs and the outputs found, and what cannot be evaluated, with its cells."""
    return await workbooks.model(workbook_id)


@router.get(
    "/{workbook_id}/cells",
    operation_id="readCells",
    summary="All cells",
    responses=documented(403, 404, 422, 500),
)
async def read_cells(workbook_id: WorkbookId, workbooks: WorkbooksDep) -> WorkbookView:
    """Every cell with what was typed and what it shows; formulas as a person types them."""
    return await workbooks.cells(workbook_id)


def _snapshot(body: bytes) -> Snapshot:
    try:
        return Snapshot.model_validate_json(body)
    except ValidationError as error:
        errors = error.errors()
        if errors[0]["type"] == "json_invalid":
            raise Malformed(f"The body is not JSON: {errors[0]['msg']}.") from error
        fields = field_errors(errors)
        shown = "; ".join(f"{each.field}: {each.message}" for each in fields[:3])
        raise Invalid(shown, fields=fields[:100]) from error


def _locate(request: Request, response: Response, workbook: Workbook) -> None:
    response.headers["Location"] = request.app.url_path_for("get_workbook", workbook_id=workbook.id)

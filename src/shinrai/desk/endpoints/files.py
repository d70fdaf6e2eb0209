"""Files of cases over the HTTP API: list, download, and attach by a note, as pages do."""

from hashlib import sha256
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import File, Form
from ninja.files import UploadedFile

from shinrai.accounts.endpoints import BearerKey, KeyRequest
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.rules.scope import Scope
from shinrai.api.fields import Line, Words
from shinrai.api.frame import ApiRouter
from shinrai.api.idempotency import IdempotencyKey
from shinrai.api.problems import Problem
from shinrai.desk.endpoints.bodies import StepAnswer
from shinrai.desk.endpoints.requests import (
    CASE,
    NUMBER,
    Number,
    Records,
    asked_case,
    how_it_stands,
    once,
    record_words,
)
from shinrai.desk.operations.actions import ActionRequest, act
from shinrai.desk.pages.files import sent_file
from shinrai.desk.queries.files import files_of
from shinrai.desk.queries.pack import case_pack
from shinrai.desk.rules.files import MOST_A_STEP, MOST_BYTES, BadFile, NewFile
from shinrai.units.json_values import json_values

router = ApiRouter(tags=["files"])
reads = BearerKey(Permission.READ)
acts = BearerKey(Permission.READ, Scope.WRITE)  # which actions, says the table of actions


@router.get(f"{CASE}/files", auth=reads, response=list[dict[str, Any]])
def list_files(request: KeyRequest, workspace: str, records: Records, key: Line) -> Any:
    """List the files of a case with the step each came with; names are masked."""
    head = asked_case(request, records, key)
    found = files_of(head.id)
    if found:
        record_words(request, "words of a case", f"{head.record}:{head.id}", [head.id])
    return [
        json_values(
            {
                "file": one.id,
                "step": step,
                "name": one.name,
                "media_type": one.media_type,
                "size": one.size,
                "at": one.at,
            }
        )
        for step, files in found.items()
        for one in files
    ]


@router.post(f"{CASE}/files", auth=acts, response={201: StepAnswer})
def attach_files(
    request: KeyRequest,
    workspace: str,
    records: Records,
    key: Line,
    files: File[list[UploadedFile]],
    words: Annotated[Words, Form()],
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Attach up to 5 images, PDFs or logs of 5 MB to a case, with a note of these words."""
    new = [NewFile(one.name or "", one.read(MOST_BYTES + 1)) for one in files[: MOST_A_STEP + 1]]

    def write() -> dict[str, Any]:
        head = asked_case(request, records, key)
        asked = ActionRequest(
            case_id=head.id,
            action="note",
            given={"words": words},
            by=request.member,
            at=request.at,
            files=new,
        )
        try:
            done = act(asked)
        except BadFile as error:
            raise Problem(422, fields={"files": error.text}) from error
        return {**how_it_stands(request, head.id), "steps": list(done.sequences)}

    parts = [
        words.encode(),
        *(
            part
            for one in new
            for part in (one.name.encode("utf-8", "backslashreplace"), one.content)
        ),
    ]
    return once(request, write, idempotency_key, b"".join(sha256(one).digest() for one in parts))


@router.get(
    f"{CASE}/files/{NUMBER}",
    auth=reads,
    openapi_extra={"responses": {200: {"content": {"*/*": {"schema": {"type": "string"}}}}}},
)
def download_file(
    request: KeyRequest, workspace: str, records: Records, key: Line, number: Number
) -> HttpResponse:
    """Download a file of a case, of the type that its content says."""
    return sent_file(request, asked_case(request, records, key), number)


@router.get(
    f"{CASE}/pack",
    auth=reads,
    openapi_extra={
        "responses": {200: {"content": {"text/markdown": {"schema": {"type": "string"}}}}}
    },
)
def read_pack(request: KeyRequest, workspace: str, records: Records, key: Line) -> HttpResponse:
    """Answer a case as one masked Markdown file: what an engineer, or an assistant, begins with."""
    head = asked_case(request, records, key)
    found = case_pack(
        workspace=request.workspace, record=head.record, key=head.source_key, at=request.at
    )
    record_words(request, "pack of a case", f"{head.record}:{head.id}", found.shown)
    return HttpResponse(found.text, content_type="text/markdown; charset=utf-8")

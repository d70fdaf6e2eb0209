"""What requests about cases share: the case in the address, how it stands, one write, the audit."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, Literal

from ninja import Path

from shinrai.accounts.endpoints import IN_WORKSPACE, KeyRequest
from shinrai.accounts.operations.audit import record_view
from shinrai.api.idempotency import answer_once
from shinrai.api.problems import Problem
from shinrai.desk.queries.documents import shown_case, standing_of_case
from shinrai.ledger.queries import CaseHead, case_head, case_heads
from shinrai.units.text import Text

# Slashes too, so that what is no number is said to be none, and is not taken for another address.
NUMBER: Final = "{given:number}"
Number = Annotated[int, Path(ge=0, lt=1 << 63)]
Records = Literal["investigations", "inquiries"]
RECORD: Final = {"investigations": "investigation", "inquiries": "inquiry"}
CASE: Final = IN_WORKSPACE + "/{records:records}/{given:key}"


def asked_case(request: KeyRequest, records: str, key: str) -> CaseHead:
    """Return the case that an address names. Raises: Problem."""
    head = case_head(workspace_id=request.workspace.id, record=RECORD[records], source_key=key)
    if head is None:
        raise Problem(404, Text("there is no case {key!r} in this workspace", key=key))
    return head


def how_it_stands(request: KeyRequest, case_id: int) -> dict[str, Any]:
    """Return how a case stands after a write."""
    head = case_heads([case_id])[case_id]
    found = shown_case(
        workspace=request.workspace, record=head.record, key=head.source_key, at=request.at
    )
    return standing_of_case(*found)


def once(
    request: KeyRequest,
    write: Callable[[], dict[str, Any]],
    key: str | None,
    body: bytes | None = None,
) -> Any:
    """Write, or answer as before if the key was used (see `answer_once`)."""
    return answer_once(request, write, key=key, caller=request.member.key, at=request.at, body=body)


def record_words(request: KeyRequest, what: str, subject: str, shown: Sequence[int] = ()) -> None:
    """Record in the audit that words were read."""
    record_view(
        workspace_id=request.workspace.id,
        what=what,
        subject=subject,
        at=request.at,
        by=request.member.key,
        shown=shown,
    )

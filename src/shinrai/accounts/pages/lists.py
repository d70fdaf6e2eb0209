"""Lists of the console, whose readers are written to the audit before they get a row."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.http import StreamingHttpResponse

from shinrai.accounts.operations.audit import Download, record_download, record_view
from shinrai.accounts.queries import MemberRecord
from shinrai.console.lists import TYPES, ListFilter, ListPage, ListSpec, Source, list_page

Row = TypeVar("Row")


@dataclass(frozen=True)
class ShownCases(Generic[Row]):
    """What a list shows of cases: what the audit calls it, and how a row names its case.

    `member` says who reads a row, where a list has rows of several workspaces. None: a visitor, who
    sees invented words only.
    """

    what: str
    case_id: Callable[[Row], int]
    subject: str = ""
    member: Callable[[Row], MemberRecord | None] | None = None


def recorded_list(
    request: Any,
    spec: ListSpec[Row],
    source: Source[Row],
    filters: Sequence[ListFilter] = (),
    cases: ShownCases[Row] | None = None,
) -> ListPage[Row] | StreamingHttpResponse:
    """Return the page of a list that the URL asks for, or its download (see `list_page`).

    Every download is recorded, and every page that shows `cases`, with their numbers.
    """
    is_download = request.GET.get("format") in TYPES
    reader: MemberRecord | None = getattr(request, "member", None)

    def recorded(sort: str, search: str, skip: int, most: int) -> tuple[Sequence[Row], int]:
        rows, count = source(sort, search, skip, most)
        read_by: dict[MemberRecord | None, list[Row]] = defaultdict(list)
        if is_download and not skip:
            read_by[reader] = []  # taking away an empty list is recorded too
        for row in rows:
            read_by[cases.member(row) if cases and cases.member else reader].append(row)
        for member, some in read_by.items():
            if member is None:
                continue  # a visitor, or a list of several workspaces
            shown = map(cases.case_id, some) if cases else ()
            there, by = member.workspace_id, member.key
            if is_download:
                download = Download(spec.name, len(some), shown)
                record_download(workspace_id=there, download=download, at=request.at, by=by)
            elif cases:
                record_view(
                    workspace_id=there,
                    what=cases.what,
                    subject=cases.subject or f"workspace:{there}",
                    at=request.at,
                    by=by,
                    shown=shown,
                )
        return rows, count

    return list_page(request, spec, recorded, filters)

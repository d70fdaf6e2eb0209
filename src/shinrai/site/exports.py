"""Lists over the HTTP API, as files: the download of a page, asked for by a key."""

import inspect
from copy import copy
from typing import Any, Final, Literal

from django.db import transaction
from django.http import QueryDict, StreamingHttpResponse
from django.urls import NoReverseMatch, resolve, reverse
from ninja import Schema
from pydantic import ConfigDict, Field

from shinrai.accounts.endpoints import IN_WORKSPACE, BearerKey, KeyRequest
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.api.fields import Line
from shinrai.api.frame import ApiRouter
from shinrai.api.problems import Problem
from shinrai.api.rate_limit import rate_headers
from shinrai.console.lists import TYPES
from shinrai.units.text import Text

router = ApiRouter(tags=["exports"])
# Pages of a workspace that are lists, by the names of their addresses; a test compares.
LISTS: Final = (
    *("queue", "board", "handover", "search", "objectives", "objective", "quality_cases"),
    *("quality_accounts", "topics", "findings", "finding_cases", "defects", "defect"),
    *("third_line", "releases", "release_cases", "workload", "imports", "import", "events"),
    *("trends", "sprint_digests", "sql_runs", "questions", "dashboards"),
    *("knowledge", "empty_searches", "solitary"),
    *("members", "api_keys", "audit", "audit_of_person", "audit_of_member"),
    *("notices", "report_schedules", "connections", "assistants", "system", "revenue"),
    *("usage", "usage_people", "usage_merges", "usage_quarantine", "usage_links"),
    *("missions", "missions_people", "missions_activities", "missions_pins", "missions_rests"),
    *("missions_policies", "revenue_contracts", "family_links", "initiatives", "initiative"),
    *("satisfaction", "satisfaction_quotes", "satisfaction_files", "surveys"),
    *("interviews", "interview_round", "interview_quotes"),
)
BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
FILES: Final = {media.partition(";")[0]: BINARY for media in TYPES.values()} | {
    "application/json": {"schema": {"type": "object"}}
}


class ExportBody(Schema):
    """A list to take away: `filters` are the parameters of its page, those of its path too."""

    model_config = ConfigDict(extra="forbid")

    list: Literal[LISTS]  # type: ignore[valid-type]
    format: Literal[tuple(TYPES)] = "csv"  # type: ignore[valid-type]
    filters: dict[Line, Line] = Field(default_factory=dict, max_length=20)


class ReadQuery(QueryDict):
    """A query string that remembers which of its parameters were read."""

    def __init__(self, given: dict[str, str]) -> None:
        super().__init__(mutable=True)
        self.read: set[str] = set()
        self.update(given)

    def __getitem__(self, key: str) -> Any:
        """Return a value, and remember it."""
        self.read.add(key)
        return super().__getitem__(key)


@router.post(
    f"{IN_WORKSPACE}/exports",
    auth=BearerKey(Permission.READ),
    openapi_extra={"responses": {200: {"description": "The file", "content": FILES}}},
)
def export_list(request: KeyRequest, workspace: str, body: ExportBody) -> Any:
    """Answer a list as the file that its page downloads; the audit has it as a download.

    What a key may not see on a page, it may not take away here.
    """
    view, place = _page(workspace, body)
    if not may(request.member, Permission(view.GUARD.removesuffix(" (open)"))):
        raise Problem(403, Text("the role of this key does not permit it"))
    asked = copy(request)
    asked.method = "GET"
    filters = {name: value for name, value in body.filters.items() if name not in place}
    query = ReadQuery(filters | {"format": body.format})
    asked.GET = query  # type: ignore[assignment]
    with transaction.atomic():  # what is refused is no download, and not in the audit
        answer = inspect.unwrap(view)(asked, **place)
        unknown = filters.keys() - query.read
        if unknown:
            said = Text("this list has no such filter")
            raise Problem(422, fields={f"filters.{name}": said for name in sorted(unknown)})
        if not isinstance(answer, StreamingHttpResponse):
            raise Problem(422, fields={"filters": Text("nothing is listed by these filters")})
    for name, value in rate_headers(request).items():
        answer[name] = value
    return answer


def _page(workspace: str, body: ExportBody) -> tuple[Any, dict[str, Any]]:
    """Return the view of a list, and the filters that are parts of its address."""
    tried: list[dict[str, str]] = [{}, *({name: body.filters[name]} for name in body.filters)]
    for place in tried:
        try:
            found = resolve(reverse(body.list, kwargs={"workspace": workspace, **place}))
        except NoReverseMatch:
            continue
        return found.func, {name: found.kwargs[name] for name in place}
    said = Text("this list is of one thing: name it, as the address of its page does")
    raise Problem(422, fields={"filters": said})

"""Search over the HTTP API: the answer of `shinrai search`, masked, and each hit with why."""

from typing import Annotated, Any, Literal

from ninja import Query, Schema
from pydantic import Field

from shinrai.accounts.endpoints import IN_WORKSPACE, BearerKey, KeyRequest
from shinrai.accounts.rules.permission import Permission
from shinrai.api.fields import Day, Line
from shinrai.api.frame import ApiRouter
from shinrai.desk.endpoints.requests import record_words
from shinrai.desk.queries.documents import search_document
from shinrai.desk.queries.search import MOST, SearchRequest, search_cases, span_of_days
from shinrai.units.json_values import json_values

router = ApiRouter(tags=["search"])
Words = Annotated[Line, Query(description="All of them must stand in one text; or a key.")]
First = Annotated[Day | None, Query(alias="from", description="Begun on this date or later.")]
Last = Annotated[Day | None, Query(alias="until", description="Begun on this date or earlier.")]
Most = Annotated[int, Query(ge=1, le=MOST, description="How many cases are answered.")]


class SearchFilters(Schema):
    """Which cases are searched."""

    record: Literal["inquiry", "investigation"] | None = None
    state: Literal["open", "closed"] | None = None
    topic: Line = Field("", description="The key of a topic.")


@router.get(f"{IN_WORKSPACE}/search", auth=BearerKey(Permission.READ), response=dict[str, Any])
def find_cases(
    request: KeyRequest,
    workspace: str,
    q: Words,
    filters: Query[SearchFilters],
    since: First = None,
    until: Last = None,
    limit: Most = MOST,
) -> Any:
    """Find cases by words, by key, or by a customer's exact identifier; the best come first.

    `has_more` says that there are more than are answered: add a word to find fewer.
    """
    there = request.workspace
    begins, ends = span_of_days(since, until, there.zone)
    found = search_cases(
        SearchRequest(
            workspace_id=there.id,
            words=q,
            at=request.at,
            record=filters.record or "",
            state=filters.state or "",
            topic=filters.topic,
            since=begins,
            until=ends,
        )
    )
    for number in found.customers:
        record_words(request, "cases of a customer", f"person:{number}")
    shown = [one.row.case_id for one in found.cases[:limit]]
    record_words(request, "words in the search", f"workspace:{there.id}", shown)
    return json_values(search_document(q, found, limit))

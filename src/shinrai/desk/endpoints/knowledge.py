"""Knowledge for a case over the HTTP API: answers that fit it, and a draft from it."""

from typing import Any, Final

from shinrai.accounts.endpoints import IN_WORKSPACE, BearerKey, KeyRequest
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.rules.scope import Scope
from shinrai.api.frame import ApiRouter
from shinrai.api.idempotency import IdempotencyKey
from shinrai.desk.endpoints.requests import CASE, Records, asked_case, once
from shinrai.desk.operations.article_drafts import draft_article
from shinrai.desk.queries.article_suggestions import suggestions_for
from shinrai.knowledge.queries.articles import article_named
from shinrai.knowledge.queries.documents import article_document, suggestion_document

router = ApiRouter(tags=["knowledge"])
reads: Final = BearerKey(Permission.READ)
writes: Final = BearerKey(Permission.ANSWER_INQUIRY, Scope.WRITE)


@router.get(f"{CASE}/suggestions", auth=reads, response=dict[str, Any])
def list_case_suggestions(request: KeyRequest, workspace: str, records: Records, key: str) -> Any:
    """Return up to three templates that fit what was asked in a case, best first."""
    head = asked_case(request, records, key)
    found = suggestions_for(request.workspace, head, at=request.at)
    return {"articles": [suggestion_document(one) for one in found]}


@router.post(
    IN_WORKSPACE + "/investigations/{given:key}/article-draft",
    auth=writes,
    response={201: dict[str, Any]},
)
def post_article_draft(
    request: KeyRequest, workspace: str, key: str, idempotency_key: IdempotencyKey = None
) -> Any:
    """Draft an article from an answered investigation; words are masked."""

    def write() -> dict[str, Any]:
        made = draft_article(
            case_id=asked_case(request, "investigations", key).id,
            at=request.at,
            by=request.member.key,
            owner=request.member.display_name,
        )
        found = article_named(workspace_id=request.workspace.id, key=made.key)
        return article_document(found)

    return once(request, write, idempotency_key)

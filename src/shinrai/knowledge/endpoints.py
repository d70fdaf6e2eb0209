"""Knowledge over the HTTP API: articles, their steps, search, and what fits a text."""

from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from ninja import Schema
from pydantic import ConfigDict, Field

from shinrai.accounts.endpoints import IN_WORKSPACE, BearerKey, KeyRequest
from shinrai.accounts.queries import members
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.rules.scope import Scope
from shinrai.api.fields import Clean, Line
from shinrai.api.frame import ApiRouter
from shinrai.api.idempotency import IdempotencyKey, answer_once
from shinrai.knowledge.operations.articles import change_state, mark_fresh, write_article
from shinrai.knowledge.queries.articles import article_named, articles
from shinrai.knowledge.queries.documents import (
    article_document,
    solitary_document,
    suggestion_document,
)
from shinrai.knowledge.queries.searches import searches_in_vain
from shinrai.knowledge.queries.solitary import solitary_rows
from shinrai.knowledge.queries.suggestions import search_articles, suggested_articles
from shinrai.knowledge.rules.article import article_fields

router = ApiRouter(tags=["knowledge"])
ALL = f"{IN_WORKSPACE}/knowledge"
ONE = f"{ALL}/articles/{{key}}"
reads = BearerKey(Permission.READ)
leads = BearerKey(Permission.AUDIT)
writes = BearerKey(Permission.ANSWER_INQUIRY, Scope.WRITE)


class ArticleBody(Schema):
    """What is written; of a new version only what changes."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    kind: Literal["template", "manual"] | None = None
    language: Literal["en", "ja"] | None = None
    title: Clean | None = Field(None, max_length=200)
    body: Clean | None = Field(None, max_length=20_000)
    topic: Clean | None = Field(None, max_length=100)
    owner: Clean | None = Field(None, max_length=80)
    review_on: Clean | None = Field(None, max_length=10)
    release: Clean | None = Field(None, max_length=80)
    valid_until: Clean | None = Field(None, max_length=10)

    def typed(self) -> dict[str, str]:
        return {name: value for name, value in self.dict().items() if value is not None}


class VersionBody(ArticleBody):
    """The text as it is now, and what else changes."""

    body: Clean = Field(min_length=1, max_length=20_000)


class NewArticleBody(VersionBody):
    """A new article; without a key it gets one from its title."""

    key: Clean = Field("", max_length=80)


class ArticleStepBody(Schema):
    """Publish it, retire it, or say what it was checked against and still true."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    step: Literal["published", "retired", "fresh"]
    checked: Clean = Field("", max_length=120)


@router.get(f"{ALL}/articles", auth=reads, response=dict[str, Any])
def list_articles(request: KeyRequest, workspace: str) -> Any:
    """List templates and manuals, with what makes them doubtful and how often they are used."""
    found = articles(workspace_id=request.workspace.id)
    return {"articles": [article_document(one) for one in found]}


@router.post(f"{ALL}/articles", auth=writes, response=dict[str, Any])
def post_article(
    request: KeyRequest,
    workspace: str,
    body: NewArticleBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Write a draft."""

    def write() -> dict[str, Any]:
        typed = body.typed()
        made = write_article(
            workspace_id=request.workspace.id,
            key=typed.pop("key", ""),
            fields=article_fields({"kind": "template", "language": "ja"} | typed),
            is_new=True,
            at=request.at,
            by=request.member.key,
        )
        return _article(request, made.key)

    return answer_once(
        request, write, key=idempotency_key, caller=request.member.key, at=request.at
    )


@router.get(ONE, auth=reads, response=dict[str, Any])
def read_article(request: KeyRequest, workspace: str, key: Line) -> Any:
    """Read an article."""
    return _article(request, key)


@router.post(f"{ONE}/versions", auth=writes, response=dict[str, Any])
def post_version(
    request: KeyRequest,
    workspace: str,
    key: Line,
    body: VersionBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Write an article anew."""

    def write() -> dict[str, Any]:
        before = article_named(workspace_id=request.workspace.id, key=key).fields
        typed = body.typed()
        dates = article_fields(typed)
        changed = {name: getattr(dates, name) for name in typed}
        write_article(
            workspace_id=request.workspace.id,
            key=key,
            fields=replace(before, **changed),
            is_new=False,
            at=request.at,
            by=request.member.key,
        )
        return _article(request, key)

    return answer_once(
        request, write, key=idempotency_key, caller=request.member.key, at=request.at
    )


@router.post(f"{ONE}/steps", auth=writes, response=dict[str, Any])
def post_article_step(
    request: KeyRequest,
    workspace: str,
    key: Line,
    body: ArticleStepBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Publish or retire an article, or say that it is still true."""
    mine: dict[str, Any] = {
        "workspace_id": request.workspace.id,
        "key": key,
        "at": request.at,
        "by": request.member.key,
    }

    def write() -> dict[str, Any]:
        if body.step == "fresh":
            mark_fresh(checked_against=body.checked, **mine)
        else:
            change_state(state=body.step, **mine)
        return _article(request, key)

    return answer_once(
        request, write, key=idempotency_key, caller=request.member.key, at=request.at
    )


@router.get(f"{ALL}/search", auth=reads, response=dict[str, Any])
def search_knowledge(
    request: KeyRequest, workspace: str, q: Annotated[Clean, Field(max_length=200)] = ""
) -> Any:
    """Search published articles by what a customer says."""
    found = search_articles(workspace_id=request.workspace.id, text=q, on=_today(request))
    return {"articles": [suggestion_document(one) for one in found]}


@router.get(f"{ALL}/suggestions", auth=reads, response=dict[str, Any])
def suggest_articles(
    request: KeyRequest,
    workspace: str,
    text: Annotated[Clean, Field(max_length=4000)] = "",
    topic: Annotated[Clean, Field(max_length=100)] = "",
) -> Any:
    """Return up to three templates that answer a text, best first."""
    found = suggested_articles(
        workspace_id=request.workspace.id, text=text, topic=topic, on=_today(request)
    )
    return {"articles": [suggestion_document(one) for one in found]}


@router.get(f"{ALL}/empty-searches", auth=reads, response=dict[str, Any])
def list_empty_searches(request: KeyRequest, workspace: str) -> Any:
    """List what was searched for in vain, masked."""
    found = searches_in_vain(workspace_id=request.workspace.id)
    return {"searches": [vars(one) for one in found]}


@router.get(f"{ALL}/one-person", auth=leads, response=dict[str, Any])
def list_solitary(request: KeyRequest, workspace: str) -> Any:
    """List the topics that one person alone answers."""
    names = {one.key: one.display_name for one in members(workspace_id=request.workspace.id)}
    rows = solitary_rows(workspace_id=request.workspace.id, names=names)
    return {"topics": [solitary_document(one) for one in rows]}


def _article(request: KeyRequest, key: str) -> dict[str, Any]:
    return article_document(article_named(workspace_id=request.workspace.id, key=key))


def _today(request: KeyRequest) -> Any:
    return request.at.astimezone(ZoneInfo(request.workspace.zone)).date()

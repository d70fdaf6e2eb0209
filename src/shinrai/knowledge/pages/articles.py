"""Pages of articles: the list, one of them with its versions, and the form it is written in."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.console.lists import ListColumn, ListFilter, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_text
from shinrai.knowledge.operations.articles import (
    change_state,
    decide_revision,
    mark_fresh,
    write_article,
)
from shinrai.knowledge.queries.articles import (
    ArticleRecord,
    UnknownArticle,
    article_named,
    articles,
    versions_of,
)
from shinrai.knowledge.queries.proposals import revision_proposals, version_changes
from shinrai.knowledge.queries.suggestions import SuggestedArticle, near_articles
from shinrai.knowledge.rules.article import (
    FIELDS,
    KINDS,
    STATES,
    VARIABLES,
    ArticleFields,
    BadArticle,
    article_fields,
)
from shinrai.knowledge.templatetags.knowledge import state_words, why_words
from shinrai.ledger.queries import case_heads
from shinrai.topics.queries import codebook

LIST = ListSpec[ArticleRecord](
    name="knowledge",
    columns=(
        ListColumn("title", _("Title"), lambda row: row.article.title, True),
        ListColumn("key", _("Key"), lambda row: row.key, is_shown=False),
        ListColumn("kind", _("Kind"), lambda row: reader_text(KINDS[row.fields.kind]), True),
        ListColumn("topic", _("Topic"), lambda row: row.fields.topic, True),
        ListColumn("state", _("State"), lambda row: state_words(row), True),
        ListColumn("why", _("Why it may be wrong"), lambda row: why_words(row), is_shown=False),
        ListColumn("owner", _("Owner"), lambda row: row.fields.owner, True),
        ListColumn("review", _("Review on"), lambda row: row.fields.review_on, True),
        ListColumn("uses", _("Uses"), lambda row: row.uses.used, True, is_number=True),
        ListColumn(
            "returned",
            _("Came back within 14 days"),
            lambda row: row.uses.returned.count,
            True,
            is_number=True,
        ),
    ),
    row="knowledge/_article.html",
    classes="cards pairs board",
)


@require_safe
@members_only
def article_list(request: MemberRequest) -> HttpResponseBase:
    """List templates and manuals; those that may be wrong are counted first."""
    every = articles(workspace_id=request.workspace.id)
    kept = [one for one in every if one.article.state != "retired"]
    # What somebody has to do something about comes first.
    kept.sort(key=lambda one: (not one.is_doubtful, one.article.state != "draft"))
    state = request.GET.get("state", "")
    rows = {
        "stale": [one for one in kept if one.is_doubtful],
        "review": [one for one in kept if one.article.is_review_due(_today(request))],
        "draft": [one for one in kept if one.article.state == "draft"],
        "retired": [one for one in every if one.article.state == "retired"],
    }
    choices = (
        ("stale", gettext("may be wrong")),
        ("review", gettext("review due")),
        ("draft", reader_text(STATES["draft"])),
        ("retired", reader_text(STATES["retired"])),
    )
    filters = (ListFilter("state", _("State"), choices),)
    listing = recorded_list(request, LIST, memory_source(rows.get(state, kept), LIST), filters)
    if not isinstance(listing, ListPage):
        return listing
    context = {
        "list": listing,
        "count": len(every),
        "stale": len(rows["stale"]),
        "drafts": len(rows["draft"]),
        "may_write": may(request.member, Permission.ANSWER_INQUIRY),
        "may_lead": may(request.member, Permission.AUDIT),
        "book": codebook(workspace_id=request.workspace.id),
    }
    return render(request, "knowledge/articles.html", context)


@require_safe
@members_only
def article(request: MemberRequest, key: str) -> HttpResponse:
    """Show an article as it is read, what makes it doubtful, and its versions."""
    return _article_page(request, key, {})


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.ANSWER_INQUIRY)
def edit(request: MemberRequest, key: str = "") -> HttpResponse:
    """Show the form of a new article, or of the next version of one, and keep what was typed."""
    found = _found(request, key) if key else None
    if request.method != "POST":
        typed = _typed_of(found.fields) if found else {"language": get_language() or "en"}
        if not found and request.member is not None:
            typed |= {"kind": "template", "owner": request.member.display_name}
        return _form(request, found, typed)
    typed = {name: str(request.POST.get(name, "")) for name in (*FIELDS, "key")}
    try:
        kept = write_article(
            workspace_id=request.workspace.id,
            key=key or typed["key"].strip(),
            fields=_fields(typed),
            is_new=found is None,
            at=request.at,
            by=author_of(request),
        )
    except BadArticle as error:
        return _form(request, found, typed, {error.field: reader_text(error.text)})
    messages.success(request, gettext("Kept. Whoever publishes it puts it among suggestions."))
    return redirect("article", request.workspace.slug, kept.key)


@require_POST
@writers_only(Permission.ANSWER_INQUIRY)
def article_step(request: MemberRequest, key: str) -> HttpResponse:
    """Publish, retire, confirm an article, or decide on a revision it proposes."""
    what = request.POST.get("what", "")
    mine: dict[str, Any] = {
        "workspace_id": request.workspace.id,
        "key": key,
        "at": request.at,
        "by": author_of(request),
    }
    found = _found(request, key)
    try:
        if what in ("published", "retired"):
            change_state(state=what, **mine)
        elif what == "fresh":
            mark_fresh(checked_against=request.POST.get("checked", ""), **mine)
        elif what in ("take", "decline"):
            _decide(request, found, is_taken=what == "take", **mine)
        else:
            raise Http404
    except BadArticle as error:
        wrong = {"wrong": {error.field: reader_text(error.text)}}
        return _article_page(request, key, wrong, status=422)
    said = {
        "published": gettext("Published. It is suggested from now on."),
        "retired": gettext("Retired. It is suggested no more."),
        "fresh": gettext("It counts as true from now on."),
        "take": gettext("The revision is in a new version."),
        "decline": gettext("Declined. It is not proposed again."),
    }
    messages.success(request, said[what])
    return redirect("article", request.workspace.slug, key)


def _decide(request: MemberRequest, found: ArticleRecord, *, is_taken: bool, **mine: Any) -> None:
    change = request.POST.get("change", "")
    proposals = revision_proposals(workspace_id=request.workspace.id, article=found.article)
    proposal = next((one for one in proposals if one.change == change), None)
    if proposal is None or (is_taken and proposal.body is None):
        raise Http404
    decide_revision(change=change, body=proposal.body if is_taken else None, **mine)


def _article_page(
    request: MemberRequest, key: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    found = _found(request, key)
    proposals = revision_proposals(workspace_id=request.workspace.id, article=found.article)
    if proposals:
        record_view(
            workspace_id=request.workspace.id,
            what="edits of a template",
            subject=f"article:{key}",
            at=request.at,
            by=author_of(request),
        )
    number = found.article.case_id
    origin = case_heads([number]).get(number) if number is not None else None
    versions = versions_of(workspace_id=request.workspace.id, key=key)
    context |= {
        "found": found,
        "is_review_due": found.article.is_review_due(_today(request)),
        "is_over": found.article.is_published and not found.article.is_valid(_today(request)),
        "proposals": proposals,
        "versions": version_changes(versions),
        "near": _near(request, found),
        "origin": origin,
        "may_write": may(request.member, Permission.ANSWER_INQUIRY),
        "book": codebook(workspace_id=request.workspace.id),
    }
    return render(request, "knowledge/article.html", context, status=status)


def _near(request: MemberRequest, found: ArticleRecord) -> tuple[SuggestedArticle, ...]:
    """Return what may say already what a draft says."""
    if found.article.state != "draft":
        return ()
    return near_articles(workspace_id=request.workspace.id, record=found, on=_today(request))


def _found(request: MemberRequest, key: str) -> ArticleRecord:
    try:
        return article_named(workspace_id=request.workspace.id, key=key)
    except UnknownArticle as error:
        raise Http404 from error


def _form(
    request: MemberRequest,
    found: ArticleRecord | None,
    typed: dict[str, str],
    wrong: dict[str, str] | None = None,
) -> HttpResponse:
    book = codebook(workspace_id=request.workspace.id)
    context = {
        "found": found,
        "near": _near(request, found) if found else (),
        "typed": typed,
        "wrong": wrong or {},
        "kinds": [(key, reader_text(words)) for key, words in KINDS.items()],
        "topics": [(one.key, reader_text(one.name)) for one in book.in_use],
        "variables": [(f"{{{key}}}", reader_text(words)) for key, words in VARIABLES.items()],
    }
    return render(request, "knowledge/edit.html", context, status=422 if wrong else 200)


def _typed_of(fields: ArticleFields) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in vars(fields).items()}


def _fields(typed: dict[str, str]) -> ArticleFields:
    return article_fields({name: typed[name] for name in FIELDS})


def _today(request: MemberRequest) -> date:
    return request.at.astimezone(ZoneInfo(request.workspace.zone)).date()

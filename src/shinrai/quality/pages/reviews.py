"""Pages of reviewing: a drawn answer, masked and without names, and four questions about it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, writers_only
from shinrai.accounts.rules.permission import Permission
from shinrai.console.reader import reader_text
from shinrai.quality.operations.reviewing import NotToBeReviewed, review_answer
from shinrai.quality.queries.reviews import (
    AnswerToReview,
    UnknownAnswer,
    answer_to_review,
    reviews_of,
)
from shinrai.quality.rules.criteria import (
    CRITERIA,
    DEFINITIONS,
    MARK_NAMES,
    MARKS,
    NAMES,
    VERSION,
    BadMarks,
)


@require_safe
@writers_only(Permission.REVIEW)
def reviews(request: MemberRequest) -> HttpResponse:
    """Show the answer that has waited longest for this member's review, and how many wait."""
    found = reviews_of(workspace_id=request.workspace.id, member=author_of(request))
    first = _shown(request, found.waiting[0]) if found.waiting else None
    return _page(request, {"list": found, "answer": first})


@require_safe
@writers_only(Permission.REVIEW)
def review(request: MemberRequest, answer_id: int) -> HttpResponse:
    """Show one drawn answer, with this member's own marks if they gave any."""
    found = reviews_of(workspace_id=request.workspace.id, member=author_of(request))
    return _page(request, {"list": found, "answer": _shown(request, answer_id)})


@require_POST
@writers_only(Permission.REVIEW)
def marks(request: MemberRequest, answer_id: int) -> HttpResponse:
    """Store this member's marks of an answer, and show the next answer."""
    given = {name: request.POST.get(name, "") for name in CRITERIA}
    try:
        review_answer(
            workspace_id=request.workspace.id,
            answer_id=answer_id,
            marks=given,
            at=request.at,
            by=author_of(request),
        )
    except UnknownAnswer as error:
        raise Http404 from error
    except NotToBeReviewed as error:
        messages.error(request, reader_text(error.text))
    except BadMarks as error:
        messages.error(request, reader_text(error.text))
        found = reviews_of(workspace_id=request.workspace.id, member=author_of(request))
        context = {"list": found, "answer": _shown(request, answer_id), "given": given}
        return _page(request, context, status=422)
    else:
        messages.success(request, gettext("Your review is kept."))
    return redirect("reviews", request.workspace.slug)


def _shown(request: MemberRequest, answer_id: int) -> AnswerToReview:
    try:
        found = answer_to_review(
            workspace_id=request.workspace.id, answer_id=answer_id, member=author_of(request)
        )
    except UnknownAnswer as error:
        raise Http404 from error
    record_view(
        workspace_id=request.workspace.id,
        what="words for a review",
        subject=f"inquiry:{found.case_id}",
        at=request.at,
        by=author_of(request),
        shown=[found.case_id],
    )
    return found


def _page(request: MemberRequest, context: dict[str, object], status: int = 200) -> HttpResponse:
    answer = context["answer"]
    own = answer.mine if isinstance(answer, AnswerToReview) else {}
    chosen = context.get("given") or own
    assert isinstance(chosen, dict)
    context["questions"] = [
        {
            "key": name,
            "name": reader_text(NAMES[name]),
            "definition": reader_text(DEFINITIONS[name]),
            "marks": [(m, reader_text(MARK_NAMES[m]), chosen.get(name) == m) for m in MARKS],
        }
        for name in CRITERIA
    ]
    context["codebook"] = VERSION
    return render(request, "quality/review.html", context, status=status)

"""The page of comments: masked, with their topics, and first of all whom they do not speak for."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.console.lists import ListColumn, ListFilter, ListPage, ListSpec
from shinrai.console.reader import reader_text
from shinrai.satisfaction.operations.answers import label_quote
from shinrai.satisfaction.queries.quotes import NO_TOPIC, Quote, QuoteQuestion, quotes, topic_counts
from shinrai.satisfaction.queries.responses import all_series
from shinrai.satisfaction.queries.sentences import comments_text
from shinrai.satisfaction.queries.surveys import UnknownSurvey, surveys
from shinrai.topics.queries import codebook
from shinrai.topics.rules.codebook import UnknownTopic

QUOTES = ListSpec[Quote](
    name="satisfaction_quotes",
    columns=(
        ListColumn("words", _("Comment"), lambda row: row.words),
        ListColumn("score", _("Score"), lambda row: row.score, True, is_number=True),
        ListColumn("wave", _("Wave"), lambda row: row.wave),
        ListColumn("at", _("When"), lambda row: row.at, True),
        ListColumn("topic", _("Topic"), lambda row: row.topic),
    ),
    row="satisfaction/_quote.html",
    usual="-at",
    a_page=25,
    most_rows=5_000,
    classes="cards quotes",
)


@require_safe
@members_only
def quotes_page(request: MemberRequest) -> HttpResponseBase:
    """List comments, masked; whoever reads them is recorded."""
    there = request.workspace
    book = codebook(workspace_id=there.id)
    topics = [(one.key, reader_text(one.name)) for one in book.in_use]
    keys = [one.key for one in surveys(workspace_id=there.id)]
    filters = (
        ListFilter("survey", _("Survey"), [(key, key) for key in keys]),
        ListFilter("topic", _("Topic"), [(NO_TOPIC, gettext("not labelled")), *topics]),
    )
    survey, topic = request.GET.get("survey", ""), request.GET.get("topic", "")
    survey = survey if survey in keys else ""
    topic = topic if topic in {NO_TOPIC, *(key for key, _name in topics)} else ""

    def source(sort: str, search: str, skip: int, most: int) -> tuple[Sequence[Quote], int]:
        asked = QuoteQuestion(
            survey, topic, search, not sort.startswith("-"), sort.removeprefix("-")
        )
        return quotes(workspace_id=there.id, asked=asked, skip=skip, most=most)

    record_view(
        workspace_id=there.id,
        what="comments of answers",
        subject=f"workspace:{there.id}",
        at=request.at,
        by=author_of(request),
    )
    listing = recorded_list(request, QUOTES, source, filters)
    if not isinstance(listing, ListPage):
        return listing
    counts = topic_counts(workspace_id=there.id)
    context = {
        "list": listing,
        "apart": _apart(request, survey),
        "topics": topics,
        "counts": [(key, name, counts[key]) for key, name in topics if key in counts],
        "names": dict(topics),
        "may_label": bool(topics) and may(request.member, Permission.LABEL),
        "back": request.get_full_path(),
    }
    return render(request, "satisfaction/quotes.html", context)


@require_POST
@writers_only(Permission.LABEL)
def quote_labels(request: MemberRequest, number: int) -> HttpResponse:
    """Label a comment with a topic, and return to the list."""
    try:
        label_quote(
            workspace_id=request.workspace.id,
            answer=number,
            topic=request.POST.get("topic", "")[:100],
            at=request.at,
            by=author_of(request),
        )
    except UnknownSurvey as error:
        raise Http404 from error
    except UnknownTopic as error:
        messages.error(request, reader_text(error.text))
    answer = redirect("satisfaction_quotes", request.workspace.slug)
    query = request.POST.get("query", "")[:500]
    answer["Location"] += f"?{query}#quote-{number}" if query else f"#quote-{number}"
    return answer


def _apart(request: MemberRequest, survey: str) -> list[tuple[str, str]]:
    """Return, for each series with comments, the score with one and without."""
    found = []
    for one in all_series(request.workspace, at=request.at, survey=survey or None):
        answers = [answer for wave in one.waves for answer in wave.responses]
        given: dict[bool, list[int]] = {True: [], False: []}
        for answer in answers:
            if answer.score is not None:
                given[answer.has_comment].append(answer.score)
        if given[True]:
            said = comments_text(one.score(given[True]), one.score(given[False]))
            found.append((one.survey, reader_text(said)))
    return found

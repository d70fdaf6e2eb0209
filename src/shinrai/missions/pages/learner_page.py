"""The page for learners, which stands in the product, and a look at it for the team.

Nobody signs in to the first, and no cookie is read or set: a signed address says who reads.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, open_to_all
from shinrai.api.embedding import framed_by
from shinrai.console.rules.wording import WEEKDAYS, language_of
from shinrai.missions.operations.attempts import offer_today
from shinrai.missions.queries.learner import (
    UnknownLearner,
    learner_named,
    pins_of,
    today_of,
    week_of_learner,
)
from shinrai.missions.queries.learner_page import (
    LearnerLink,
    PageSettings,
    UnusableLearnerLink,
    learner_link,
    link_signed,
    newest_learner,
    page_settings,
)
from shinrai.missions.rules.week import Mission
from shinrai.missions.rules.wording import HEADINGS, MINUTES, REASONS, week_text
from shinrai.units.text import LANGUAGES, Language, Text


@require_safe
@open_to_all
def learner_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show a learner's day, week and pins; what is recommended is noted as shown."""
    at, language = request.at, _language(request)  # type: ignore[attr-defined]
    shown, status, context = PageSettings(), 404, {}
    try:
        link = link_signed(token)
        shown, status = page_settings(link.learner.workspace.id), 410
        if at < link.expires_at:
            # A program that looks at an address before a child does asks by HEAD.
            notes = request.method == "GET" and not link.is_look
            status, context = 200, _context(link, notes=notes, at=at)
    except UnusableLearnerLink:
        pass
    template = "missions/learner.html" if context else "missions/learner_closed.html"
    with translation.override(language):
        body = render_to_string(
            template, {"page": shown, "headings": HEADINGS, "script": shown.script, **context}
        )
    answer = HttpResponse(body, status=status)
    answer["Content-Language"] = language
    answer["Referrer-Policy"] = "no-referrer"  # the address is the key
    answer["X-Robots-Tag"] = "noindex"
    return framed_by(answer, request, shown.origins)


@require_safe
@members_only
def look_at_learner_page(request: MemberRequest) -> HttpResponseBase:
    """Send the team to the page of a learner, without one to that of who studied last."""
    there = request.workspace
    asked = request.GET.get("learner", "")
    try:
        learner = learner_named(there, asked) if asked else newest_learner(there)
    except UnknownLearner as error:
        raise Http404 from error
    if learner is None:
        raise Http404
    if request.member is not None:
        record_view(
            workspace_id=there.id,
            what="page of a learner",
            subject=f"customer:{learner.id}",
            at=request.at,
            by=author_of(request),
        )
    link = learner_link(learner, at=request.at, is_look=True)
    return redirect(f"{link.path}?lang={language_of(translation.get_language())}")


def _context(link: LearnerLink, *, notes: bool, at: datetime) -> dict[str, Any]:
    learner = link.learner
    today = (offer_today if notes else today_of)(learner, at=at)
    week = week_of_learner(learner, at=at)
    return {
        "link": link,
        "today": today,
        "picks": [
            {
                "activity": one.activity,
                "reason": REASONS[one.reason],
                "minutes": MINUTES.using(count=one.activity.minutes),
                "is_done": one.activity.key in today.done,
            }
            for one in today.recommendations
        ],
        "week_text": week_text(week),
        "days": _days(week),
        # What was earned stands first, the newest in front.
        "pins": sorted(
            pins_of(learner, at=at),
            key=lambda pin: -pin.earned.on.toordinal() if pin.earned else 0,
        ),
    }


def _days(week: Mission) -> list[Text | None]:
    """Return the names of the days that were studied on, and None for each day still asked for.

    They are no calendar: which days stayed free shows nowhere.
    """
    done: list[Text | None] = [WEEKDAYS[day.weekday()] for day in week.active]
    asked = 0 if week.state == "rest" else week.days
    return done + [None] * (asked - len(done))


def _language(request: HttpRequest) -> Language:
    """Return the language asked for by the address or the browser; never by a cookie."""
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", "").lower())
    for wished in (request.GET.get("lang", ""), *(tag[:2] for tag, _ in accepted)):
        for known in LANGUAGES:
            if wished == known:
                return known
    return language_of(settings.LANGUAGE_CODE)

"""The pages on which a survey is made, seen as persons see it, and closed."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.api.embedding import read_origins
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.console.lists import ListColumn, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_language, reader_text
from shinrai.delivery.mail import has_server
from shinrai.satisfaction.operations.surveys import close_wave
from shinrai.satisfaction.operations.waves import AskRequest, begin_asking, renew_secret
from shinrai.satisfaction.queries.addresses import secret_of
from shinrai.satisfaction.queries.overview import (
    SurveyOverview,
    survey_overview,
    survey_overviews,
)
from shinrai.satisfaction.queries.surveys import UnknownSurvey
from shinrai.satisfaction.rules.survey import KINDS, BadSurvey, read_survey
from shinrai.satisfaction.rules.targeting import (
    ASKING_CHANNELS,
    CHILDREN,
    WHO,
    Targeting,
    read_targeting,
    shown_survey,
    usual_document,
)
from shinrai.units.errors import UserError
from shinrai.units.text import Text

KIND_WORDS: Final = {
    "csat": Text("How satisfied (CSAT, 1 to 5)"),
    "nps": Text("Would recommend (NPS, 0 to 10)"),
    "ces": Text("How easy (CES, 1 to 7)"),
    "free": Text("A free question"),
}
FIELDS: Final = (
    *("key", "kind", "en", "ja", "comment", "comment_en", "comment_ja", "channel", "who", "days"),
    *("share", "cap_days", "children", "signed", "origins", "opens_on", "closes_on", "breaks"),
)
LIST: Final = ListSpec[SurveyOverview](
    name="surveys",
    columns=(
        ListColumn("survey", _("Survey"), lambda row: row.survey.key, is_sortable=True),
        ListColumn("kind", _("Kind"), lambda row: row.survey.survey.kind, is_sortable=True),
        ListColumn("open", _("State"), lambda row: row.is_open, is_sortable=True),
        ListColumn("asked", _("Asked"), lambda row: row.asked, is_sortable=True, is_number=True),
        ListColumn(
            "answered", _("Answered"), lambda row: row.answered, is_sortable=True, is_number=True
        ),
        ListColumn("imported", _("From files"), lambda row: row.imported, True, is_number=True),
        ListColumn("version", _("Version"), lambda row: row.survey.number, is_number=True),
    ),
    row="satisfaction/_survey.html",
    usual="survey",
)


class BreaksSeries(UserError):
    """Other words: the answers before and after make no series."""


@require_safe
@members_only
def survey_list(request: MemberRequest) -> HttpResponseBase:
    """List the surveys, and how many were asked and answered."""
    rows = survey_overviews(workspace_id=request.workspace.id, at=request.at)
    page = recorded_list(request, LIST, memory_source(rows, LIST))
    if not isinstance(page, ListPage):
        return page
    context = {
        "list": page,
        "open_count": sum(one.is_open for one in rows),
        "may_set": may(request.member, Permission.PROMISE),
    }
    return render(request, "satisfaction/surveys.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.PROMISE)
def new_survey(request: MemberRequest) -> HttpResponseBase:
    """Make a survey and ask it from now on, or ask one again, with its words or with new ones."""
    typed = {
        name: " ".join(request.POST.get(name, "").replace("\0", "").split()) for name in FIELDS
    }
    wrong: UserError | None = None
    if request.method == "POST":
        try:
            wave = begin_asking(_asked(request, typed), at=request.at, by=author_of(request))
            messages.success(request, gettext("The survey is made. This is how it is asked."))
            return redirect("survey", request.workspace.slug, wave.survey.key)
        except UserError as error:
            wrong = error
    else:
        typed = _typed_before(request) or _usual()
    context = {
        "typed": typed,
        "wrong": reader_text(wrong.text) if wrong else "",
        "breaks": isinstance(wrong, BreaksSeries),
        "usual": {kind: usual_document(kind)["questions"][0]["words"] for kind in KINDS},
        "choices": {
            name: [(key, reader_text(text)) for key, text in words.items()]
            for name, words in (
                ("kind", KIND_WORDS),
                ("channel", ASKING_CHANNELS),
                ("who", WHO),
                ("children", CHILDREN),
            )
        },
        "has_mail": has_server(),
    }
    return render(request, "satisfaction/new_survey.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "HEAD"])
@never_cache
@members_only
def survey(request: MemberRequest, key: str) -> HttpResponse:
    """Show a survey as persons see it, how many were asked, and how it is put into a product."""
    return _survey_page(request, _found(request, key))


@require_http_methods(["POST"])
@never_cache
@writers_only(Permission.PROMISE)
def survey_change(request: MemberRequest, key: str) -> HttpResponse:
    """Close a survey, show its secret or give it a new one."""
    found, there, by = _found(request, key), request.workspace, author_of(request)
    what = request.POST.get("what", "")
    if what == "close":
        for one in found.waves:
            if one.is_open:
                close_wave(wave=one.wave, at=request.at, by=by)
        messages.success(request, gettext("Nobody is asked any more. What was answered stays."))
    elif what == "renew":
        renew_secret(workspace_id=there.id, survey=key, at=request.at, by=by)
        messages.success(request, gettext("The survey has a new secret; sign with it from now on."))
    elif what == "secret" and found.address:
        record_view(
            workspace_id=there.id,
            what="secret of a survey",
            subject=f"survey:{key}",
            at=request.at,
            by=by,
        )
        return _survey_page(request, found, secret=secret_of(found.address))
    else:
        raise Http404
    return redirect("survey", there.slug, key)


def _survey_page(request: MemberRequest, found: SurveyOverview, secret: str = "") -> HttpResponse:
    newest = found.waves[0] if found.waves else None
    context = {
        "found": found,
        "newest": newest,
        "shown": shown_survey(found.survey.survey, reader_language()),
        "kind": reader_text(KIND_WORDS[found.survey.survey.kind]),
        "rows": [
            (
                one,
                reader_text(ASKING_CHANNELS[one.wave.channel]),
                reader_text(WHO[one.targeting.who]),
                reader_text(CHILDREN[one.targeting.children]),
            )
            for one in found.waves
        ],
        "in_product": any(one.wave.channel == "app" for one in found.waves),
        "by_link": any(one.wave.channel == "link" and one.is_open for one in found.waves),
        "by_mail": any(one.wave.channel == "mail" for one in found.waves),
        "has_mail": has_server(),
        "secret": secret,
        "may_set": may(request.member, Permission.PROMISE),
    }
    return render(request, "satisfaction/survey.html", context)


def _found(request: MemberRequest, key: str) -> SurveyOverview:
    try:
        return survey_overview(workspace_id=request.workspace.id, key=key, at=request.at)
    except UnknownSurvey as error:
        raise Http404 from error


def _asked(request: MemberRequest, typed: Mapping[str, str]) -> AskRequest:
    """Return what the form asks for. Raises: UserError."""
    there, zone = request.workspace, zone_named(request.workspace.zone)
    document = _document(typed)
    try:
        before = survey_overview(workspace_id=there.id, key=typed["key"], at=request.at).survey
    except UnknownSurvey:
        before = None
    if before and before.wording != read_survey(document).wording and not typed["breaks"]:
        raise BreaksSeries(
            Text("These words differ from version {number}. Answers to other words make no series.",
                 number=before.number)
        )  # fmt: skip
    share = typed["share"].rstrip("%") or "100"
    targeting = read_targeting(
        {
            "who": typed["who"],
            "days": typed["days"],
            "share": float(share) / 100 if share.replace(".", "", 1).isdecimal() else share,
            "cap_days": typed["cap_days"],
            "children": typed["children"],
            "is_signed": typed["signed"] != "",
            "origins": read_origins(typed["origins"].split()),
        }
    )
    if typed["channel"] == "app" and not targeting.origins:
        raise BadSurvey(Text("Name the website of your product, such as https://app.example."))
    opens, closes = (_date(typed[name]) for name in ("opens_on", "closes_on"))
    return AskRequest(
        workspace_id=there.id,
        survey=typed["key"],
        channel=typed["channel"],
        targeting=targeting,
        opens_at=datetime.combine(opens, time(), zone) if opens else request.at,
        closes_at=datetime.combine(closes + timedelta(days=1), time(), zone) if closes else None,
        document=document,
    )


def _date(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise BadSurvey(Text("“{given}” is no date.", given=typed[:20])) from error


def _document(typed: Mapping[str, str]) -> dict[str, Any]:
    """Return the survey that was typed; words left empty are the usual ones."""
    kind = typed["kind"] if typed["kind"] in KINDS else "free"
    faces = typed["children"] == "smileys"
    if faces and kind != "csat":
        raise BadSurvey(Text("Children say by a face how it was: choose “How satisfied” for them."))
    found = usual_document(kind, faces=faces)
    first, *rest = found["questions"]
    for question, before in ((first, ""), *((one, "comment_") for one in rest)):
        own = {one: typed[before + one] for one in ("en", "ja") if typed[before + one]}
        question["words"] = own or question["words"]
    return {"kind": found["kind"], "questions": [first, *(rest if typed["comment"] else ())]}


def _usual() -> dict[str, str]:
    """Return a form as it is when it opens: a CSAT in the product, of everybody."""
    usual = Targeting()
    return {
        **dict.fromkeys(FIELDS, ""),
        "kind": "csat",
        "comment": "on",
        "channel": "app",
        "who": usual.who,
        "days": str(usual.days),
        "share": "100",
        "cap_days": str(usual.cap_days),
        "children": usual.children,
        "signed": "on",
    }


def _typed_before(request: MemberRequest) -> dict[str, str]:
    """Return the survey that the address names as it would be typed; {} without one."""
    key = request.GET.get("survey", "")
    if not key:
        return {}
    found = _found(request, key)
    first, *rest = found.survey.survey.questions
    typed = _usual() | {"key": key, "kind": found.survey.survey.kind}
    typed |= {one: first.words.get(one, "") for one in ("en", "ja")}
    typed["comment"] = "on" if rest else ""
    for one in rest[:1]:
        typed |= {f"comment_{language}": words for language, words in one.words.items()}
    for newest in found.waves[:1]:
        aimed = newest.targeting
        typed |= {
            "channel": newest.wave.channel,
            "who": aimed.who,
            "days": str(aimed.days),
            "share": f"{aimed.share * 100:g}",
            "cap_days": str(aimed.cap_days),
            "children": aimed.children,
            "signed": "on" if aimed.is_signed else "",
            "origins": " ".join(aimed.origins),
        }
    return typed

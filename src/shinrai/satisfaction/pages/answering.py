"""Where persons answer: the script in a product, and a page without any script.

Nobody signs in here, and no cookie is read or set.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from shinrai.accounts.pages.guards import open_to_all
from shinrai.api.embedding import embedded, refuse_strangers, script_answer
from shinrai.api.problems import Problem, problem_answer
from shinrai.console.reader import reader_language, reader_text
from shinrai.customers.queries import customer_by_identifier
from shinrai.satisfaction.operations.asking import (
    RefusedAnswer,
    ask_person,
    check_person,
    decline,
    stop_mails,
    take_answer,
    visitor,
)
from shinrai.satisfaction.queries.addresses import (
    OWN_PAGE,
    AddressRecord,
    ClosedSurvey,
    address_of,
    open_wave_of,
    read_link,
    standing_in,
)
from shinrai.satisfaction.queries.surveys import UnknownSurvey, WaveRecord, wave_numbered, waves
from shinrai.satisfaction.rules.survey import SCORED, BadSurveyAnswer, GivenAnswer
from shinrai.satisfaction.rules.targeting import read_targeting, shown_survey
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.usage.operations.events import ACTORS
from shinrai.usage.queries.actors import root_of

SCRIPT: Final = Path(__file__).parents[1] / "static" / "satisfaction" / "survey.js"
MOST_BODY: Final = 64_000
ASKS, ANSWERS = (300, 6_000), (60, 1_000)  # a minute: of an address, where a school sits, and all
MARK: Final = 64


def _of_survey(page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Find the survey that a token names, and let the websites it stands in read the answer."""

    @wraps(page)
    def found(request: Any, token: str) -> HttpResponse:
        address = address_of(token)
        if address is None:
            raise Http404
        there = waves(workspace_id=address.workspace_id, survey=address.survey)
        shown = {o for one in there for o in read_targeting(one.settings).origins}
        origins = sorted(shown)
        if request.method == "OPTIONS":
            return embedded(request, HttpResponse(status=204), origins)
        wished = request.GET.get("lang", "")
        language = wished if wished in ("en", "ja") else translation.get_language() or "en"
        try:
            limits = ASKS if page.__name__ == "ask" else ANSWERS
            if request.method == "POST":
                refuse_strangers(request, f"survey:{token}:{page.__name__}", origins, limits)
            with translation.override(language):
                answer = page(request, address)
        except Problem as problem:
            answer = problem_answer(request, problem)
        return embedded(request, answer, origins)

    return found


@require_safe
@open_to_all
@_of_survey
def script(_request: HttpRequest, address: AddressRecord) -> HttpResponse:
    """Send the script that asks in the pages of a product."""
    return script_answer(SCRIPT, {"address": address.url, "token": address.token})


@csrf_exempt  # it knows nobody, so nobody's name can be misused
@require_http_methods(["POST", "OPTIONS"])
@open_to_all
@_of_survey
def ask(request: Any, address: AddressRecord) -> HttpResponse:
    """Say whether a person is asked now, and what. Raises: Problem."""
    given = _json(request)
    language = str(given.get("language", ""))
    try:
        asked = ask_person(
            address=address,
            identifier=str(given.get("person", "")),
            signature=str(given.get("signature", "")),
            at=request.at,
        )
    except RefusedAnswer as error:
        raise Problem(422, error.text) from error
    except ClosedSurvey:
        return JsonResponse({"ask": False})
    if not asked.is_asked or asked.wave is None:
        return JsonResponse({"ask": False})
    spoken = "ja" if (language or reader_language()) == "ja" else "en"
    shown = shown_survey(asked.wave.survey.survey, spoken)  # type: ignore[arg-type]
    return JsonResponse({"ask": True, "wave": asked.wave.id, **shown})


@csrf_exempt
@require_http_methods(["POST", "OPTIONS"])
@open_to_all
@_of_survey
def answers(request: Any, address: AddressRecord) -> HttpResponse:
    """Store what a person answered in a product; sent again, it counts once. Raises: Problem."""
    given = _json(request)
    try:
        wave = wave_numbered(int(given.get("wave", 0)))
        if (wave.workspace_id, wave.survey.key, wave.channel) != (
            address.workspace_id,
            address.survey,
            "app",
        ):
            raise Http404
        identifier = str(given.get("person", ""))
        targeting = read_targeting(wave.settings)
        check_person(address, targeting, identifier, str(given.get("signature", "")))
        person = _asked(address, wave, identifier)
        if given.get("declined") is True:
            decline(wave=wave, person=person, at=request.at)
            return JsonResponse({"received": True}, status=201)
        values = given.get("values")
        answer = GivenAnswer(
            person,
            _mark(given.get("id")),
            values if isinstance(values, dict) else {},
            _moment(given.get("at"), request.at),
        )
        take_answer(wave, answer, at=request.at)
    except (ValueError, TypeError, UnknownSurvey, ClosedSurvey) as error:
        said = error.text if isinstance(error, UserError) else None
        raise Problem(422, said) from error
    return JsonResponse({"received": True}, status=201)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST", "OPTIONS"])
@never_cache
@open_to_all
@_of_survey
def survey_page(request: Any, address: AddressRecord) -> HttpResponse:
    """Ask on a page of ours: whoever has the link, or one person by a link of their own."""
    to = str(request.GET.get("to", ""))
    given = request.POST.dict()
    wrong: UserError | None = None
    try:
        link = read_link(address, to, at=request.at) if to else None
        wave = link.wave if link else open_wave_of(address, ("link",), request.at)
        if wave.channel not in OWN_PAGE or not wave.is_open(request.at):
            raise ClosedSurvey(Text("This survey is closed. Thank you for wanting to answer."))
    except ClosedSurvey as error:
        return _said(request, error.text, status=410)
    standing = standing_in(wave=wave.id, person=link.person) if link else None
    if standing and standing[0] == "answered" and request.method != "POST":
        return _said(request, Text("Your answer has arrived. Thank you."))
    if request.method == "POST":
        try:
            mark = _mark(given.get("id"))
            values = {
                one.key: _value(one.kind, given.get(one.key, ""))
                for one in wave.survey.survey.questions
            }
            person = (
                link.person
                if link
                else visitor(workspace_id=address.workspace_id, mark=mark, at=request.at)
            )
            take_answer(wave, GivenAnswer(person, mark, values, request.at), at=request.at)
            return redirect(f"{request.path}?{_query(request)}")
        except ClosedSurvey as error:
            return _said(request, error.text, status=410)
        except (BadSurveyAnswer, RefusedAnswer) as error:
            wrong = error
    elif request.GET.get("arrived"):
        return _said(request, Text("Your answer has arrived. Thank you."))
    context = {
        "shown": shown_survey(wave.survey.survey, reader_language()),
        "given": given,
        "wrong": reader_text(wrong.text) if wrong else "",
        "mark": given.get("id") or uuid4().hex,
        "other": "en" if reader_language() == "ja" else "ja",
        "to": to,
    }
    return render(request, "satisfaction/answer.html", context, status=422 if wrong else 200)


@csrf_exempt  # mail programs send one click for a person (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST", "OPTIONS"])
@never_cache
@open_to_all
@_of_survey
def stop_page(request: Any, address: AddressRecord) -> HttpResponse:
    """Let a person end all surveys by mail; a press, so that programs that look do not."""
    try:
        link = read_link(address, str(request.GET.get("to", "")), at=request.at)
    except ClosedSurvey as error:
        return _said(request, error.text, status=410)
    if request.method == "POST":
        stop_mails(workspace_id=address.workspace_id, person=link.person, at=request.at)
        return _said(request, Text("You get no more surveys by mail."))
    return render(request, "satisfaction/stop.html", {})


def _asked(address: AddressRecord, wave: WaveRecord, identifier: str) -> int:
    """Return the person who was asked in a wave. Raises: RefusedAnswer."""
    known = customer_by_identifier(
        workspace_id=address.workspace_id, source=ACTORS, identifier=identifier
    )
    person = root_of(address.workspace_id, known.id) if known else 0
    state = standing_in(wave=wave.id, person=person)
    if state is None or state[0] not in ("asked", "answered", "declined"):
        raise RefusedAnswer(Text("This person was not asked in this survey."))
    return person


def _json(request: Any) -> Mapping[str, Any]:
    try:
        given = json.loads(request.body[:MOST_BODY].decode().replace("\\u0000", ""))
    except (ValueError, RecursionError) as error:
        raise Problem(400) from error
    if not isinstance(given, dict):
        raise Problem(400)
    return given


def _mark(given: Any) -> str:
    """Return the id that the page of an answer made. Raises: RefusedAnswer."""
    if not isinstance(given, str) or not given.isalnum() or not 16 <= len(given) <= MARK:
        raise RefusedAnswer(Text("“id” is an id that the sender makes, such as a UUID."))
    return given


def _moment(given: Any, at: datetime) -> datetime:
    with suppress(ValueError, TypeError):
        found = datetime.fromisoformat(str(given))
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return at


def _value(kind: str, typed: str) -> Any:
    number = typed.strip()
    return int(number) if kind in SCORED and number.isdecimal() and len(number) < 4 else typed


def _query(request: Any) -> str:
    kept = request.GET.copy()
    kept["arrived"] = "1"
    return str(kept.urlencode())


def _said(request: Any, text: Text, *, status: int = 200) -> HttpResponse:
    return render(request, "satisfaction/said.html", {"said": reader_text(text)}, status=status)

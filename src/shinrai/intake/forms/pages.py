"""The pages of a form: its questions, the script that embeds it, and the receipt of who answered.

Nobody signs in here, and no cookie is read or set: the form stands in the pages of others.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from shinrai.accounts.pages.guards import open_to_all
from shinrai.accounts.queries import workspace_numbered
from shinrai.api.embedding import embedded, refuse_strangers, script_answer
from shinrai.api.problems import Problem, problem_answer
from shinrai.console.pages import takes
from shinrai.console.reader import reader_text
from shinrai.console.rules.wording import moment_text
from shinrai.desk.rules.case_facts import OF_INQUIRY, BadFiling
from shinrai.desk.rules.files import ACCEPTED, MOST_BYTES, NewFile
from shinrai.intake.forms.questions import (
    DUE,
    MOST_FILES,
    NUMBER,
    PAGE_WORDS,
    FormSpec,
    form_spec,
    read_answers,
)
from shinrai.intake.operations.receipts import handle_now, receive
from shinrai.intake.queries import connection_of_token, receipt_standing
from shinrai.intake.rules.channels import ConnectionView
from shinrai.objectives.queries.promise import promised_reply
from shinrai.units.errors import UserError
from shinrai.units.text import Text

SCRIPT: Final = Path(__file__).parents[1] / "static" / "intake" / "form.js"
MOST_BODY: Final = (MOST_FILES + 1) * MOST_BYTES  # so that one file too many is refused by the form
LEAST_S: Final = 2  # nobody reads and answers a form within it
TRAP: Final = "homepage"  # people do not see this field; what fills it in is a program


def _of_form(page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Find the form that a token names, and answer in the reader's language, framed and shared.

    Only the origins that the form names may frame it, and read what it answers.
    """

    @wraps(page)
    def found(request: HttpRequest, token: str, **named: Any) -> HttpResponse:
        there = connection_of_token(token)
        if there is None or there.kind != "form":
            raise Http404
        spec = form_spec(there.settings)
        wished = request.GET.get("lang") or translation.get_language() or ""
        with translation.override(wished if wished in spec.languages else spec.languages[0]):
            answer = page(request, there, spec, **named)
        return embedded(request, answer, spec.origins)

    return found


@csrf_exempt  # it knows nobody, so nobody's name can be misused
@require_http_methods(["GET", "HEAD", "POST", "OPTIONS"])
@open_to_all
@takes(MOST_BODY)
@_of_form
def form(request: Any, there: ConnectionView, spec: FormSpec) -> HttpResponse:
    """Ask what happened, as a page or as JSON, and store what is answered."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204)
    if request.method != "POST":
        if _wants_json(request):
            return JsonResponse(spec.document(_language()))
        return _asked(request, spec, request.GET.dict(), {})
    given: Mapping[str, Any] = {}
    try:
        refuse_strangers(request, f"form:{there.id}", spec.origins)
        given = _given(request)
        files = request.FILES.getlist("files")[: (MOST_FILES + 1) * spec.takes_files]
        return _stored(request, there, spec, given, files)
    except Problem as problem:
        if _wants_json(request):
            return problem_answer(request, problem)
        return _asked(request, spec, given or request.POST.dict(), problem.fields, problem)


@require_safe
@open_to_all
@_of_form
def script(_request: HttpRequest, there: ConnectionView, spec: FormSpec) -> HttpResponse:
    """Send the script that puts a form into the pages of a product."""
    config = {
        "address": f"{settings.SHINRAI_ADDRESS}{reverse('form', args=[there.token])}",
        "languages": {one: spec.document(one) for one in spec.languages},
        "accept": ACCEPTED,
        "most": MOST_FILES,
        "most_bytes": MOST_BYTES,
    }
    return script_answer(SCRIPT, config)


@require_safe
@open_to_all
@_of_form
def receipt(request: Any, there: ConnectionView, spec: FormSpec, mark: str) -> HttpResponse:
    """Say that it has arrived, under which number, and by when an answer comes."""
    said = _receipt(there, mark)
    if said is None:
        raise Http404
    said["number_text"] = said["number_text"] or reader_text(PAGE_WORDS["number_later"])
    context = {"spec": spec.document(_language()), **said}
    return render(request, "intake/form_receipt.html", context)


def _given(request: Any) -> Mapping[str, Any]:
    """Return what was sent, as a form or as JSON. Raises: Problem."""
    if request.content_type != "application/json":
        given: Mapping[str, Any] = request.POST.dict()
    else:
        try:
            given = json.loads(request.body)
        except (ValueError, RecursionError) as error:
            raise Problem(400) from error
        if not isinstance(given, dict) or not all(isinstance(one, str) for one in given.values()):
            raise Problem(422, Text("Send one object whose values are texts."))
    if given.get(TRAP):
        said = Text("A field that stays empty was filled in. Please send it once more.")
        raise Problem(422, said)
    if not _wants_json(request):
        try:
            began = signing.loads(given.get("began", ""), salt="form")
        except signing.BadSignature:
            began = request.at.timestamp()
        if request.at.timestamp() - began < LEAST_S:
            raise Problem(
                422, Text("That was very fast. Please look once more, and send it again.")
            )
    return given


def _stored(
    request: Any,
    there: ConnectionView,
    spec: FormSpec,
    given: Mapping[str, str],
    files: Sequence[Any],
) -> HttpResponse:
    """Store the answers, handle them if it is quick, and give the receipt. Raises: Problem."""
    sent = tuple(NewFile(one.name or "", one.read(MOST_BYTES + 1)) for one in files)
    zone = workspace_numbered(there.workspace_id).zone
    device = {"device": given.get("device") or _device(request)}
    try:
        answers = read_answers(spec, {**given, **device}, sent, zone=zone, at=request.at)
    except BadFiling as error:
        raise Problem(422, fields=error.wrong) from error
    body = json.dumps(answers.document()).encode()
    receive(connection_id=there.id, outside_id=answers.mark, body=body, at=request.at)
    handle_now(connection_id=there.id, outside_id=answers.mark, at=request.at)
    page = reverse("form_receipt", args=[there.token, answers.mark])
    query = urlencode({"lang": _language()})
    if not _wants_json(request):
        return redirect(f"{page}?{query}")
    said = {
        **(_receipt(there, answers.mark) or {}),
        "receipt": f"{settings.SHINRAI_ADDRESS}{page}?{query}",
    }
    return JsonResponse(said, status=201)


def _receipt(there: ConnectionView, mark: str) -> dict[str, Any] | None:
    """Return what a receipt says, as texts and for programs."""
    found = receipt_standing(connection_id=there.id, outside_id=mark)
    if found is None:
        return None
    (came_at, key), workspace = found, workspace_numbered(there.workspace_id)
    mode = form_spec(there.settings).mode
    try:
        due_at = promised_reply(workspace_id=workspace.id, mode=mode, at=came_at)
    except UserError:  # a calendar that cannot be read promises nothing
        due_at = None
    due = moment_text(due_at, zone=workspace.zone, near=came_at) if due_at else None
    return {
        "number": key or None,
        "received_at": came_at,
        "answer_due_at": due_at,
        "number_text": reader_text(NUMBER.using(key=key)) if key else "",
        "due_text": reader_text(DUE.using(due=due)) if due else "",
    }


def _asked(
    request: Any,
    spec: FormSpec,
    given: Mapping[str, Any],
    wrong: Mapping[str, Any],
    problem: Problem | None = None,
) -> HttpResponse:
    """Show the form with all that was typed."""
    known = {name: str(given.get(name) or "")[:500] for name in (*OF_INQUIRY, "user")}
    context = {
        "spec": spec.document(_language()),
        "own": {name: reader_text(text) for name, text in PAGE_WORDS.items()},
        "given": given,
        "known": {name: value for name, value in known.items() if value},
        "wrong": {name: reader_text(text) for name, text in wrong.items()},
        "refused": reader_text(problem.detail) if problem and problem.detail else "",
        "is_again": problem is not None,
        "had_files": bool(request.FILES),
        "mark": str(given.get("id") or uuid4()),
        "began": signing.dumps(int(request.at.timestamp()), salt="form"),
        "accept": ACCEPTED,
        "others": [one for one in spec.languages if one != _language()],
        "trap": TRAP,
    }
    status = problem.status if problem else 200
    answer = render(request, "intake/form.html", context, status=status)
    for name, value in (problem.headers if problem else {}).items():
        answer[name] = value
    return answer


def _device(request: Any) -> str:
    """Return what a browser says of its device: the system in brackets, and its own name."""
    agent = request.headers.get("User-Agent", "")
    _, _, rest = agent.partition("(")
    system, bracket, _ = rest.partition(")")
    return f"{system} · {agent.split()[-1]}" if bracket else agent


def _language() -> str:
    return "ja" if translation.get_language() == "ja" else "en"


def _wants_json(request: Any) -> bool:
    asked = str(request.headers.get("Accept", ""))
    return bool(request.content_type == "application/json") or asked.startswith("application/json")

"""The form of a promise: what a draft means and would have said, then saved with its calendar."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from shinrai.accounts.pages.guards import MemberRequest, author_of, writers_only
from shinrai.accounts.rules.permission import Permission
from shinrai.calendars.queries import calendars
from shinrai.calendars.rules.calendar_form import read_form, usual_form
from shinrai.calendars.rules.days import NothingOpen
from shinrai.calendars.rules.document import calendar_digest, read_calendar
from shinrai.calendars.rules.hours import Calendar
from shinrai.calendars.rules.moment_text import BadCalendarMoment, read_moment
from shinrai.console.reader import reader_text
from shinrai.objectives.operations.saving import save_objective
from shinrai.objectives.pages import NUL
from shinrai.objectives.queries.promise import drafted_promise
from shinrai.objectives.queries.showing import SavedVersion, newest_version
from shinrai.objectives.queries.standings import objective_names
from shinrai.objectives.rules.definition import Objective
from shinrai.objectives.rules.document import write_objective
from shinrai.objectives.rules.promise import (
    BadPromise,
    PromiseForm,
    free_name,
    promise_form,
    read_promise,
    worked_example,
)
from shinrai.objectives.templatetags.promises import usual_title
from shinrai.postgres.queue import request_refresh
from shinrai.units.text import Text

BEGINS = Text("the beginning")


@dataclass
class PromiseDraft:
    """A promise as it is being written: the typed fields, and what its errors are, by field."""

    form: PromiseForm
    start: str
    version: str
    base: Objective | None = None
    saved: SavedVersion | None = None
    usual: Mapping[str, Any] | None = None  # the hours to save with it, where no calendar is saved
    calendars: Mapping[str, tuple[Calendar, str]] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.PROMISE)
def new_objective(request: MemberRequest) -> HttpResponse:
    """Show the form of a promise; say what a drafted one means and would have said, or save it."""
    draft = _draft(request)
    if draft.saved is not None and promise_form(draft.saved.objective) is None:
        return render(request, "objectives/promise_by_command.html", {"saved": draft.saved})
    context: dict[str, Any] = {"draft": draft, "form": draft.form, "wrong": draft.wrong}
    try:
        calendar, digest = draft.calendars.get(draft.form.calendar, (None, ""))
        zone = calendar.version_at(request.at).zone if calendar else request.workspace.zone
        chosen = draft.form if calendar else replace(draft.form, calendar="")
        objective = read_promise(chosen, service=request.workspace.slug, zone=zone, base=draft.base)
        assert calendar is not None  # or its field is wrong
        start = read_moment(calendar, draft.start.replace(" ", "+"), BEGINS)
        context["example"] = worked_example(objective, calendar, start)
        if request.POST.get("deed") == "save":
            saved = _saved_promise(request, draft, objective)
            if saved is not None:
                return saved
        context["objective"] = objective
        context["drafted"] = drafted_promise(
            workspace_id=request.workspace.id,
            objective=objective,
            calendar=calendar,
            digest=digest,
            at=request.at,
        )
    except BadPromise as error:
        draft.wrong |= {name: reader_text(text) for name, text in error.wrong.items()}
    except (BadCalendarMoment, NothingOpen) as error:
        draft.wrong["start"] = reader_text(error.text)
    if request.htmx:
        return render(request, "objectives/_promise_says.html", context)
    status = 422 if draft.wrong and request.method == "POST" else 200
    return render(request, "objectives/new_objective.html", context, status=status)


def _draft(request: MemberRequest) -> PromiseDraft:
    """Return the draft: what was typed, or the named objective, or the usual promise."""
    there = request.workspace
    given = request.POST if request.method == "POST" else request.GET
    name = given.get("name", "").strip()
    saved = newest_version(workspace_id=there.id, name=name) if name and NUL not in name else None
    records = calendars(workspace_id=there.id)
    known = {one.name: (one.calendar, one.digest) for one in records}
    usual = None
    if not known:
        usual = read_form(usual_form(there.zone), None)
        known = {"office": (read_calendar(usual), calendar_digest(usual))}
    base = saved.objective if saved else None
    form = (base and promise_form(base)) or PromiseForm(calendar=next(iter(known)))
    first, _digest = known.get(form.calendar) or next(iter(known.values()))
    start = f"{first.local(request.at):%Y-%m-%dT%H:%M}"
    if request.method == "POST":
        typed = {key: given.get(key, "")[:400] for key in ("title", "number", "percent")}
        typed |= {key: given.get(key, "") for key in ("clock", "mode", "unit", "window")}
        form = PromiseForm(
            name=name,
            calendar=given.get("calendar", ""),
            pauses=tuple(given.getlist("pauses")),
            **typed,
        )
        start = given.get("start", "").strip()
    elif given.get("calendar") in known:
        form = replace(form, calendar=given["calendar"])
    version = given.get("version", "") if request.method == "POST" else ""
    return PromiseDraft(
        form=form,
        start=start,
        version=version or str(saved.number if saved else 0),
        base=base,
        saved=saved,
        usual=usual,
        calendars=known,
    )


def _saved_promise(
    request: MemberRequest, draft: PromiseDraft, objective: Objective
) -> HttpResponse | None:
    """Save the promise and show it; None if somebody else saved a version meanwhile."""
    there, saved = request.workspace, draft.saved
    is_outdated = saved is not None and draft.version != str(saved.number)
    if saved is not None and is_outdated and objective != draft.base:
        draft.wrong[""] = gettext(
            "Version %(number)s was saved meanwhile, and differs from this. Look at it, then save "
            "again."
        ) % {"number": saved.number}
        draft.version = str(saved.number)
        return None
    if saved is None:
        titled = objective.display_name or usual_title(draft.form)
        objective = replace(objective, display_name=titled)
        saved, objective = _same_or_new(there.id, draft, objective)
    document = saved.document if saved and saved.objective == objective else None
    with transaction.atomic():
        done = save_objective(
            workspace_id=there.id,
            document=document or write_objective(objective),
            calendars={draft.form.calendar: draft.usual} if draft.usual else None,
            at=request.at,
            by=author_of(request),
        )
        request_refresh()
    said = (
        gettext("The promise is kept as version %(number)s. Figures follow within a minute.")
        if done.is_new
        else gettext("Nothing was changed: this is version %(number)s.")
    )
    messages.success(request, said % {"number": done.version})
    return redirect("objective", there.slug, done.name)


def _same_or_new(
    workspace_id: int, draft: PromiseDraft, objective: Objective
) -> tuple[SavedVersion | None, Objective]:
    """Return the new promise under a free key, or the saved one that says the same.

    So a form that is sent twice saves one promise.
    """
    taken = objective_names(workspace_id=workspace_id)
    for name in taken:
        saved = newest_version(workspace_id=workspace_id, name=name)
        if saved is not None and saved.objective == replace(objective, name=name):
            return saved, saved.objective
    return None, replace(objective, name=free_name(draft.form.clock, taken))

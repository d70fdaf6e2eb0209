"""The form for a calendar: typed or uploaded, tried first, then saved."""

from typing import Any

import yaml
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from shinrai.accounts.pages.guards import MemberRequest, author_of, writers_only
from shinrai.accounts.rules.permission import Permission
from shinrai.calendars.operations import BadCalendarName, check_name, save_calendar
from shinrai.calendars.rules.days import NothingOpen
from shinrai.calendars.rules.document import read_calendar
from shinrai.calendars.rules.fields import BadCalendar, read_yaml
from shinrai.console.reader import reader_text
from shinrai.desk.queries.calendars import saved_revisions, unsaved_calendar_view
from shinrai.objectives.pages import NUL
from shinrai.objectives.queries.what_if import what_if
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.units.yaml_loader import BoundedLoader

LARGEST = 256 * 1024  # bytes; more than a year of an office's own dates ever took
EXAMPLE = """zone: Asia/Tokyo
weekly:
  mon: ["10:00-12:00", "13:00-18:00"]
  tue: ["10:00-12:00", "13:00-18:00"]
  wed: ["10:00-12:00", "13:00-18:00"]
  thu: ["10:00-12:00", "13:00-18:00"]
  fri: ["10:00-12:00", "13:00-18:00"]
holidays: JP
closed:
  - "12-29..01-03"
"""


class UnreadableUpload(UserError, ValueError):
    """The submitted calendar is too large, or is not readable as text."""


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.PROMISE)
def new_calendar(request: MemberRequest) -> HttpResponse:
    """Show the form; first show what a submitted calendar would change, then save it."""
    if request.method != "POST":
        return render(request, "desk/new_calendar.html", _begun(request))
    typed = {"name": request.POST.get("name", "").strip(), "text": request.POST.get("text", "")}
    try:
        typed["text"] = _text(request)
        document = _document(typed["text"])
        calendar = read_calendar(document)
        check_name(typed["name"])
        if request.POST.get("deed") == "save":
            return _saved(request, typed["name"], document)
        tried = {
            "view": unsaved_calendar_view(name=typed["name"], calendar=calendar, at=request.at),
            "change": what_if(
                workspace_id=request.workspace.id,
                name=typed["name"],
                calendar=calendar,
                at=request.at,
            ),
        }
    except (BadCalendar, BadCalendarName, NothingOpen, UnreadableUpload) as error:
        refused = {"asked": typed, "wrong": reader_text(error.text)}
        return render(request, "desk/new_calendar.html", refused, status=422)
    is_new = not _revisions(request, typed["name"])
    context: dict[str, Any] = {"asked": typed, "is_new": is_new} | tried
    return render(request, "desk/new_calendar.html", context)


def _begun(request: MemberRequest) -> dict[str, Any]:
    """Return the first content of the form: the named calendar's text, or an example."""
    name = request.GET.get("name", "").strip()
    found = _revisions(request, name)
    return {"asked": {"name": name or "office", "text": found[0].text if found else EXAMPLE}}


def _revisions(request: MemberRequest, name: str) -> Any:
    return saved_revisions(workspace=request.workspace, name=name) if NUL not in name else ()


def _text(request: MemberRequest) -> str:
    """Return the text from the form, or from the uploaded file if there is one.

    Raises: UnreadableUpload.
    """
    chosen = request.FILES.get("file")
    if not isinstance(chosen, UploadedFile):
        return str(request.POST.get("text", "")).replace("\r\n", "\n")
    if (chosen.size or 0) > LARGEST:
        raise UnreadableUpload(
            Text(
                "the file is larger than {largest} KiB; a calendar is a few lines of YAML",
                largest=LARGEST >> 10,
            ),
        )
    try:
        text: str = chosen.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableUpload(
            Text("the file is not UTF-8; save it again as UTF-8"),
        ) from error
    return text.replace("\r\n", "\n")


def _document(text: str) -> Any:
    """Parse the submitted YAML; YAML aliases are refused.

    Raises: UnreadableUpload, BadCalendar.
    """
    if NUL in text or len(text) > LARGEST or _has_aliases(text):
        raise UnreadableUpload(
            Text("this is no text of a calendar; paste a few lines of YAML"),
        )
    return read_yaml(text)


def _has_aliases(text: str) -> bool:
    try:
        return any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, BoundedLoader))
    except yaml.YAMLError:
        return False  # what is wrong with it is said where it is read


def _saved(request: MemberRequest, name: str, document: Any) -> HttpResponse:
    record = save_calendar(
        workspace_id=request.workspace.id,
        name=name,
        document=document,
        at=request.at,
        by=author_of(request),
    )
    said = gettext(
        "Saved as revision %(number)s. Clocks are computed again in the background, "
        "before anything is published."
    )
    messages.success(request, said % {"number": record.revision})
    return redirect("calendar", request.workspace.slug, record.name)

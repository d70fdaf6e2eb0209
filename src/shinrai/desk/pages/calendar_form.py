"""The form for a calendar: by day, as text or as a file; tried first, then saved."""

from typing import Any, Final
from urllib.parse import urlencode

import yaml
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from shinrai.accounts.pages.guards import MemberRequest, author_of, writers_only
from shinrai.accounts.rules.permission import Permission
from shinrai.calendars.operations import BadCalendarName, check_name, save_calendar
from shinrai.calendars.queries import calendars, written_text
from shinrai.calendars.rules.calendar_form import (
    BadCalendarForm,
    CalendarForm,
    field_of,
    read_form,
    usual_form,
    write_form,
)
from shinrai.calendars.rules.days import NothingOpen
from shinrai.calendars.rules.document import read_calendar
from shinrai.calendars.rules.fields import BadCalendar, read_yaml
from shinrai.calendars.rules.hours import WEEKDAYS
from shinrai.calendars.rules.time_zone import zone_names
from shinrai.console.reader import reader_text
from shinrai.console.rules.wording import WEEKDAYS as WEEKDAY_NAMES
from shinrai.desk.queries.calendars import saved_revisions, unsaved_calendar_view
from shinrai.objectives.pages import NUL
from shinrai.objectives.queries.what_if import what_if
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.units.yaml_loader import BoundedLoader

LARGEST = 256 * 1024  # bytes; more than a year of an office's own dates ever took
# Countries by name, as far as they have one in both languages; any ISO code can be typed.
COUNTRIES: Final[dict[str, Promise]] = {
    "JP": _("Japan"),
    "AU": _("Australia"),
    "CA": _("Canada"),
    "CN": _("China"),
    "DE": _("Germany"),
    "FR": _("France"),
    "GB": _("United Kingdom"),
    "IN": _("India"),
    "ID": _("Indonesia"),
    "KR": _("South Korea"),
    "PH": _("Philippines"),
    "SG": _("Singapore"),
    "TH": _("Thailand"),
    "TW": _("Taiwan"),
    "US": _("United States"),
    "VN": _("Vietnam"),
}
FIELDS = ("zone", "holidays", "closed", "special", "valid_from")
USUAL_NAME = "office"


class UnreadableUpload(UserError, ValueError):
    """The submitted calendar is too large, or is not readable as text."""


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.PROMISE)
def new_calendar(request: MemberRequest) -> HttpResponse:
    """Show the form; first show what a submitted calendar would change, then save it."""
    if request.method != "POST":
        return _form(request, _begun(request))
    name = request.POST.get("name", "").strip()
    is_text = "text" in request.POST or "file" in request.FILES
    typed: dict[str, Any] = {"name": name, "text": request.POST.get("text", "")}
    if not is_text:
        typed["form"] = _typed_form(request)
    try:
        if is_text:
            typed["text"] = _text(request)
            document = _document(typed["text"])
        else:
            found = _revisions(request, name)
            document = read_form(typed["form"], found[0].document if found else None)
        calendar = read_calendar(document)
        check_name(name)
        if request.POST.get("deed") == "save":
            return _saved(request, name, document)
        tried = {
            "view": unsaved_calendar_view(name=name, calendar=calendar, at=request.at),
            "change": what_if(
                workspace_id=request.workspace.id, name=name, calendar=calendar, at=request.at
            ),
        }
    except BadCalendarForm as error:
        wrong = {field: reader_text(text) for field, text in error.wrong.items()}
        return _form(request, {"asked": typed, "wrong_fields": wrong}, status=422)
    except (BadCalendar, BadCalendarName, NothingOpen, UnreadableUpload) as error:
        return _form(request, {"asked": typed} | _refused(error, is_text=is_text), status=422)
    is_new = not _revisions(request, name)
    return _form(request, {"asked": typed, "is_new": is_new} | tried)


def _form(request: MemberRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render the form with what was typed; each field of the week with its name and its error."""
    asked, wrong = context["asked"], context.get("wrong_fields", {})
    if form := asked.get("form"):
        days = zip(WEEKDAYS, WEEKDAY_NAMES, form.hours, strict=True)
        context["days"] = [
            (key, reader_text(label), hours, wrong.get(key, "")) for key, label, hours in days
        ]
        context["zones"], context["countries"] = sorted(zone_names()), COUNTRIES.items()
    context["then"] = request.GET.get("then") or request.POST.get("then", "")
    return render(request, "desk/new_calendar.html", context, status=status)


def _begun(request: MemberRequest) -> dict[str, Any]:
    """Return the first content of the form: the named calendar, or the usual office hours."""
    name = request.GET.get("name", "").strip()
    found = _revisions(request, name)
    usual = usual_form(request.workspace.zone)
    if request.GET.get("as") == "text":
        text = found[0].text if found else written_text(read_form(usual, None))
        return {"asked": {"name": name or _free_name(request), "text": text}}
    form = write_form(found[0].document) if found else usual
    return {"asked": {"name": name or _free_name(request), "form": form}}


def _free_name(request: MemberRequest) -> str:
    """Return the usual name of a calendar, with a number if it is taken."""
    taken = {one.name for one in calendars(workspace_id=request.workspace.id)}
    names = (USUAL_NAME, *(f"{USUAL_NAME}-{n}" for n in range(2, len(taken) + 2)))
    return next(name for name in names if name not in taken)


def _typed_form(request: MemberRequest) -> CalendarForm:
    hours = tuple(request.POST.get(day, "") for day in WEEKDAYS)
    return CalendarForm(hours=hours, **{name: request.POST.get(name, "") for name in FIELDS})


def _refused(
    error: BadCalendar | BadCalendarName | NothingOpen | UnreadableUpload, *, is_text: bool
) -> dict[str, Any]:
    """Return what is wrong: beside its field, if the form has one, else above all."""
    field = field_of(str(error.where)) if isinstance(error, BadCalendar) and not is_text else ""
    if isinstance(error, BadCalendar) and field:
        return {"wrong_fields": {field: reader_text(error.what)}}
    return {"wrong": reader_text(error.text)}


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
    if request.POST.get("then") == "promise":
        query = urlencode({"calendar": record.name})
        return redirect(f"{reverse('new_objective', args=[request.workspace.slug])}?{query}")
    return redirect("calendar", request.workspace.slug, record.name)

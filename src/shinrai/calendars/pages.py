"""Pages of declared events: the list with its form, declaring one or a file, removing one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may, members
from shinrai.accounts.rules.permission import Permission
from shinrai.calendars.operations import UnknownEvent, declare_events, remove_event
from shinrai.calendars.queries import EventRecord, declared_event, declared_events
from shinrai.calendars.rules.declared_events import (
    COLUMNS,
    KINDS,
    BadDeclaration,
    EventDeclaration,
    read_declaration,
    read_declarations,
)
from shinrai.console.lists import ListColumn, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_text
from shinrai.units.text import Text

LARGEST = 256 * 1024  # bytes


@dataclass(frozen=True)
class EventRow:
    """A declared event, with its kind and who declared it in the reader's language."""

    event: EventRecord
    kind: str
    declared_by: str


# The titles are those a CSV file may have, so that a download can be declared elsewhere.
EVENTS = ListSpec[EventRow](
    name="events",
    columns=(
        ListColumn("from", pgettext_lazy("event", "From"), lambda row: row.event.first_on, True),
        ListColumn(
            "to", pgettext_lazy("event", "To"), lambda row: row.event.last_on, is_shown=False
        ),
        ListColumn("kind", pgettext_lazy("event", "Kind"), lambda row: row.kind, True),
        ListColumn("name", _("Name"), lambda row: row.event.name, True),
        ListColumn("service", _("Service"), lambda row: row.event.service, True),
        ListColumn("declared_by", _("Declared by"), lambda row: row.declared_by),
        ListColumn("declared_at", _("Declared"), lambda row: row.event.declared_at, is_shown=False),
    ),
    row="calendars/_event.html",
    usual="-from",
)


@require_safe
@members_only
def events(request: MemberRequest) -> HttpResponseBase:
    """List the declared events; members who may can declare and remove them here."""
    return _shown(request)


@require_POST
@writers_only(Permission.PROMISE)
def declarations(request: MemberRequest) -> HttpResponseBase:
    """Declare one event, or all events of an uploaded CSV file."""
    typed = {name: request.POST.get(name, "") for name in COLUMNS}
    chosen = request.FILES.get("file")
    try:
        if isinstance(chosen, UploadedFile):
            return _declared(request, read_declarations(_text_of(chosen)))
        return _declared(request, (read_declaration(typed),))
    except BadDeclaration as error:
        return _shown(request, asked=typed, wrong=reader_text(error.text))


@require_POST
@writers_only(Permission.PROMISE)
def removals(request: MemberRequest, number: int) -> HttpResponse:
    """Remove an event; the page that follows offers to declare it again."""
    try:
        remove_event(
            workspace_id=request.workspace.id, number=number, at=request.at, by=author_of(request)
        )
    except UnknownEvent as error:
        raise Http404 from error
    answer = redirect("events", request.workspace.slug)
    answer["Location"] += f"?removed={number}"
    return answer


def _text_of(chosen: "UploadedFile[bytes]") -> str:
    if (chosen.size or 0) > LARGEST:
        raise BadDeclaration(
            Text("the file is larger than {most} KiB; declare fewer at once", most=LARGEST >> 10)
        )
    content = chosen.read()
    for encoding in ("utf-8-sig", "cp932"):  # as Excel saves CSV on a Japanese Windows
        try:
            text: str = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadDeclaration(Text("the file is no text; save the sheet as CSV (UTF-8) first"))


def _declared(request: MemberRequest, found: Iterable[EventDeclaration]) -> HttpResponse:
    every = tuple(found)
    added = declare_events(
        workspace_id=request.workspace.id, declarations=every, at=request.at, by=author_of(request)
    )
    words = {"added": len(added), "there": len(every) - len(added)}
    messages.success(request, gettext("%(added)s declared, %(there)s there already.") % words)
    return redirect("events", request.workspace.slug)


def _shown(
    request: MemberRequest, *, asked: Mapping[str, str] | None = None, wrong: str = ""
) -> HttpResponseBase:
    there = request.workspace.id
    names = {member.key: member.display_name for member in members(workspace_id=there)}
    rows = [
        EventRow(one, reader_text(KINDS[one.kind]), names.get(one.by) or gettext("by command"))
        for one in declared_events(workspace_id=there)
    ]
    listing = recorded_list(request, EVENTS, memory_source(rows, EVENTS))
    if not isinstance(listing, ListPage):
        return listing
    number = request.GET.get("removed", "")
    removed = (
        declared_event(workspace_id=there, number=int(number))
        if number.isdecimal() and len(number) < 10
        else None
    )
    context = {
        "list": listing,
        "latest": rows[0] if rows else None,
        "kinds": [(key, reader_text(text)) for key, text in KINDS.items()],
        "asked": asked or {},
        "wrong": wrong,
        "removed": removed if removed is not None and removed.is_removed else None,
        "may_declare": may(request.member, Permission.PROMISE),
    }
    return render(request, "calendars/events.html", context, status=422 if wrong else 200)

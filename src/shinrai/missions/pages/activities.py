"""The page of activities: what there is to study, and a file of them with what it would change."""

from typing import Any, Final

from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.console.lists import ListColumn, ListFilter, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_language, reader_text
from shinrai.missions.operations.declarations import declare_activities
from shinrai.missions.queries.lists import ActivityRecord, activity_changes, activity_records
from shinrai.missions.rules.rows import MOST_BYTES, UnreadableDeclaration, rows_in
from shinrai.units.errors import UserError
from shinrai.units.text import Text

SALT: Final = "missions.activities"
A_DAY_S: Final = 24 * 3600
MOST_NAMED: Final = 30  # keys of a change that are listed

# The titles are those a file may have, so that a download can be declared elsewhere.
ACTIVITIES = ListSpec[ActivityRecord](
    name="missions-activities",
    columns=(
        ListColumn("key", "key", lambda row: row.activity.key, True),
        ListColumn("subject", "subject", lambda row: row.activity.subject, True),
        ListColumn("unit", "unit", lambda row: row.activity.unit, True),
        ListColumn("minutes", "minutes", lambda row: row.activity.minutes, True, True),
        ListColumn("prerequisite", "prerequisite", lambda row: " ".join(row.activity.after)),
        ListColumn("title", "title", lambda row: row.activity.title, is_shown=False),
        ListColumn("title_ja", "title_ja", lambda row: row.activity.title_ja, is_shown=False),
        ListColumn("completions", _("Completions"), lambda row: row.completions, True, True),
        ListColumn("gone", _("Gone since"), lambda row: row.gone_at, True),
    ),
    row="missions/_activity.html",
    usual="",
)


@require_safe
@members_only
def missions_activities(request: MemberRequest) -> HttpResponseBase:
    """List the activities that are there, and those that are gone."""
    return _shown(request)


@require_POST
@writers_only(Permission.IMPORT)
def change_activities(request: MemberRequest) -> HttpResponseBase:
    """Say what a file would change, or declare what was said."""
    there = request.workspace
    try:
        if request.POST.get("rows"):
            rows = _signed_rows(request.POST["rows"])
            found = declare_activities(
                workspace_id=there.id, rows=rows, at=request.at, by=author_of(request)
            )
            said = gettext("{changed} declared anew or changed, {same} as before, {gone} gone.")
            counts = {"changed": found.changed, "same": found.same, "gone": found.gone}
            messages.success(request, said.format(**counts))
            return redirect("missions_activities", there.slug)
        chosen = request.FILES.get("file")
        if not isinstance(chosen, UploadedFile):
            raise UnreadableDeclaration(Text("choose a file of activities"))
        rows = rows_in(chosen.read(MOST_BYTES + 1), (chosen.name or "")[:80])
        if not rows:  # to retire all is done by command
            raise UnreadableDeclaration(Text("the file names no activity; nothing would be left"))
        changes = activity_changes(there.id, rows)
    except UserError as error:
        return _shown(request, wrong=reader_text(error.text))
    preview = {
        "changes": changes,
        "named": [
            (words, len(keys), keys[:MOST_NAMED])
            for words, keys in (
                (gettext("New"), changes.new),
                (gettext("Changed"), changes.changed),
                (gettext("Gone from now on"), changes.gone),
            )
            if keys
        ],
        "rows": signing.dumps(rows, salt=SALT, compress=True),
    }
    return _shown(request, preview=preview)


def _signed_rows(words: str) -> list[dict[str, Any]]:
    try:
        rows: list[dict[str, Any]] = signing.loads(words, salt=SALT, max_age=A_DAY_S)
    except signing.BadSignature as error:
        raise UnreadableDeclaration(
            Text("what was shown is a day old or was changed; choose the file once more")
        ) from error
    return rows


def _shown(
    request: MemberRequest, *, wrong: str = "", preview: dict[str, Any] | None = None
) -> HttpResponseBase:
    every = activity_records(request.workspace.id)
    state = request.GET.get("state", "there")
    rows = [row for row in every if state == "all" or (row.gone_at is None) == (state != "gone")]
    states = (("there", gettext("There now")), ("gone", gettext("Gone")), ("all", gettext("Both")))
    listing = recorded_list(
        request,
        ACTIVITIES,
        memory_source(rows, ACTIVITIES),
        filters=(ListFilter("state", _("State"), states),),
    )
    if not isinstance(listing, ListPage):
        return listing
    there = [row for row in every if row.gone_at is None]
    context = {
        "list": listing,
        "count": len(there),
        "gone": len(every) - len(there),
        "subjects": len({row.activity.subject for row in there}),
        "language": reader_language(),
        "wrong": wrong,
        "preview": preview,
        "may_change": may(request.member, Permission.IMPORT),
    }
    return render(request, "missions/activities.html", context, status=422 if wrong else 200)

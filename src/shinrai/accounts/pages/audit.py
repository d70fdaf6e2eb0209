"""The page of the audit: who saw and did what, and whether anybody tampered with it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shinrai.accounts import queries
from shinrai.accounts.pages.guards import MemberRequest, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import AuditRecord, MemberRecord
from shinrai.accounts.rules.audit import KIND_WORDS, AuditSearch
from shinrai.accounts.rules.audit_seal import BREAK_WORDS
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.templatetags.accounts import ENTRIES, audit_words
from shinrai.console.lists import ListColumn, ListFilter, ListPage, ListSpec, Source
from shinrai.console.reader import reader_text


@dataclass(frozen=True)
class AuditRow:
    """An entry of the audit, with its author if that is a member, and the names of both ends."""

    record: AuditRecord
    member: MemberRecord | None
    by: str
    subject: str


AUDIT = ListSpec[AuditRow](
    name="audit",
    columns=(
        ListColumn("at", _("When"), lambda row: row.record.at, is_sortable=True),
        ListColumn("by", _("By whom"), lambda row: row.by),
        ListColumn("kind", _("Kind"), lambda row: row.record.kind, is_shown=False),
        ListColumn("what", _("What"), lambda row: audit_words(row.record.what)),
        ListColumn("reason", _("Why"), lambda row: row.record.reason, is_shown=False),
        ListColumn("subject", _("Of what"), lambda row: row.subject),
        ListColumn(
            "cases", _("Case"), lambda row: " ".join(map(str, row.record.shown)), is_shown=False
        ),
        ListColumn("lines", _("Lines"), lambda row: row.record.lines, is_shown=False),
    ),
    row="accounts/_audit_entry.html",
    usual="-at",
    a_page=100,
    classes="cards",
)


@require_safe
@writers_only(Permission.AUDIT)
def audit(request: MemberRequest) -> HttpResponseBase:
    """List the audit: who saw and did what, newest first."""
    there = request.workspace.id
    kinds = ListFilter(
        "kind", _("Kind"), [(one, reader_text(said)) for one, said in KIND_WORDS.items()]
    )
    kind = request.GET.get("kind", "")
    asked = AuditSearch(kinds=(kind,) if kind in KIND_WORDS else ())
    page = recorded_list(request, AUDIT, audit_source(there, asked), (kinds,))
    if not isinstance(page, ListPage):
        return page
    seals = queries.audit_seals(workspace_id=there)
    breaks = [(minute, reader_text(BREAK_WORDS[kind])) for minute, kind in seals.breaks]
    until = seals.sealed_until and min(seals.sealed_until, request.at)
    context = {"list": page, "seals": seals, "sealed_until": until, "breaks": breaks}
    return render(request, "accounts/audit.html", context)


def audit_source(workspace_id: int, asked: AuditSearch) -> Source[AuditRow]:
    """Return the entries of the audit that are asked for, as a list sorts and searches them."""
    people = {one.key: one for one in queries.members(workspace_id=workspace_id)}
    names = {key: one.display_name for key, one in people.items()}

    def source(sort: str, search: str, skip: int, most: int) -> tuple[Sequence[AuditRow], int]:
        sought = replace(
            asked,
            text=search,
            keys=tuple(key for key, name in names.items() if _holds(name, search)),
            acts=tuple(what for what, words in ENTRIES.items() if _holds(str(words), search)),
        )
        found = queries.audit(
            workspace_id=workspace_id,
            limit=most,
            skip=skip,
            search=sought,
            oldest_first=sort == "at",
        )
        rows = [
            AuditRow(
                one,
                people.get(one.by),
                names.get(one.by, one.by),
                names.get(one.subject, one.subject),
            )
            for one in found
        ]
        return rows, queries.audit_count(workspace_id=workspace_id, search=sought)

    return source


def _holds(words: str, sought: str) -> bool:
    return sought.casefold() in words.casefold()

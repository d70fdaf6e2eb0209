"""The page of the installation: its backups, and published tables that were filled anew."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.pages.guards import MemberRequest, author_of, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import members
from shinrai.accounts.rules.permission import Permission
from shinrai.console.lists import ListColumn, ListPage, ListSpec, memory_source
from shinrai.postgres.queue import add_job, failed_at, has_workers, is_waiting
from shinrai.privacy.backups import BackupRecord, newest_backups
from shinrai.warehouse.repairs import repairs_since

TASK: Final = "site:make_backup"
OLD: Final = timedelta(days=7)
TOLD: Final = timedelta(days=30)
MOST: Final = 400
BACKUPS = ListSpec[BackupRecord](
    name="backups",
    columns=(
        ListColumn("at", _("When"), lambda row: row.at, is_sortable=True),
        ListColumn("by", _("By whom"), lambda row: row.by),
        ListColumn("name", _("File"), lambda row: row.name, is_sortable=True),
        ListColumn("size", _("Size"), lambda row: row.size, is_sortable=True, is_number=True),
        ListColumn("rows", _("Rows"), lambda row: row.rows, is_sortable=True, is_number=True),
        ListColumn("tables", _("Tables"), lambda row: row.tables, is_number=True, is_shown=False),
        ListColumn("expires", _("Kept until"), lambda row: row.expires_at, is_sortable=True),
        ListColumn("deleted", _("Deleted"), lambda row: row.deleted_at, is_shown=False),
    ),
    row="site/_backup.html",
    usual="-at",
    classes="cards",
)


@require_safe
@writers_only(Permission.OPEN_WORKSPACE)
def system(request: MemberRequest) -> HttpResponseBase:
    """Show when the last backup was, with a warning after a week, and every backup."""
    names = {one.key: one.display_name for one in members(workspace_id=request.workspace.id)}
    rows = [replace(row, by=names.get(row.by, row.by)) for row in newest_backups(most=MOST)]
    page = recorded_list(request, BACKUPS, memory_source(rows, BACKUPS))
    if not isinstance(page, ListPage):
        return page
    last = rows[0] if rows else None
    failed = failed_at(TASK)
    context = {
        "list": page,
        "last": last,
        "days": (request.at - last.at).days if last else None,
        "is_old": last is None or request.at - last.at > OLD,
        "is_waiting": is_waiting(TASK),
        "failed_at": failed if failed and (last is None or failed > last.at) else None,
        "has_workers": has_workers(),
        "repairs": repairs_since(request.at - TOLD),
        "kept": settings.SHINRAI_BACKUPS_KEPT,
        "kept_days": settings.SHINRAI_BACKUP_DAYS,
    }
    return render(request, "site/system.html", context)


@require_POST
@writers_only(Permission.OPEN_WORKSPACE)
def backups(request: MemberRequest) -> HttpResponse:
    """Have the worker make a backup in the home's folder `backups`."""
    by = author_of(request)
    if add_job(TASK, lock="site:backup", once="site:backup", by=by):
        record_action(
            workspace_id=request.workspace.id,
            what="ask for backup",
            subject="backups",
            at=request.at,
            by=by,
        )
    messages.success(
        request, gettext("The worker makes the backup; this page says when it is done.")
    )
    return redirect("system", request.workspace.slug)

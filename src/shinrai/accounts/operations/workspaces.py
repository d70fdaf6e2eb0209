"""Open workspaces and change their settings."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from shinrai.accounts import queries
from shinrai.accounts.models import (
    Organisation,
    RealDataArrival,
    Workspace,
)
from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.queries import UnknownWorkspace, WorkspaceRecord, workspace_named
from shinrai.accounts.rules.source_link import check_pattern
from shinrai.accounts.rules.workspace import (
    ASSUMED_ZONE,
    check_workspace,
    check_zone,
    is_zone_assumed,
)
from shinrai.postgres.queue import request_refresh
from shinrai.postgres.transactions import this_transaction
from shinrai.privacy.operations import set_masked_names
from shinrai.units.errors import UserError
from shinrai.units.text import Text


class WorkspaceExists(UserError):
    """Another workspace already has this slug."""


def workspace_to_fill(slug: str, *, at: datetime, by: str) -> WorkspaceRecord:
    """Return the workspace that something is imported into, opened if there is none yet.

    Raises: BadWorkspace.
    """
    try:
        return workspace_named(slug)
    except UnknownWorkspace:
        return open_workspace(slug=slug, name=slug, zone=None, simulated=False, at=at, by=by)


def open_workspace(
    *,
    slug: str,
    name: str,
    zone: str | None,
    simulated: bool,
    at: datetime,
    by: str,
    language: str = "en",
    organisation: str | None = None,
) -> WorkspaceRecord:
    """Open a workspace; if no organisation is given, one with its slug is used or made.

    Without a zone, its dates are in UTC until somebody sets one, and every page says that.
    Raises: WorkspaceExists, BadWorkspace.
    """
    check_workspace(slug=slug, name=name, zone=zone or ASSUMED_ZONE, language=language)
    try:
        with transaction.atomic():
            company, _made = Organisation.objects.get_or_create(
                slug=organisation or slug, defaults={"name": name, "opened_at": at}
            )
            row = Workspace.objects.create(
                organisation=company,
                slug=slug,
                name=name.strip(),
                zone=zone or ASSUMED_ZONE,
                zone_by=by if zone else "",
                language=language,
                declared_simulated=simulated,
                opened_at=at,
                opened_by=by,
            )
            record_action(
                workspace_id=row.pk,
                what="open workspace",
                subject=f"workspace:{row.pk}",
                at=at,
                by=by,
            )
    except IntegrityError as error:
        raise WorkspaceExists(
            Text("there is a workspace {slug!r} already; choose another address", slug=slug),
        ) from error
    return queries.workspace_named(slug)


def set_zone(
    *,
    workspace_id: int,
    zone: str,
    at: datetime,
    by: str,
    source: str = "",
    keep_said: bool = False,
) -> bool:
    """Set the time zone in which a workspace counts its dates; return whether the zone changed.

    The next catch-up computes every published date of the workspace again. `source` names what the
    zone was derived from, if nobody typed it. With `keep_said`, a zone that somebody set before is
    kept.
    Raises: BadWorkspace.
    """
    check_zone(zone)
    with transaction.atomic():
        row = Workspace.objects.select_for_update().get(pk=workspace_id)
        if keep_said and not is_zone_assumed(row.zone, row.zone_by):
            return False
        if row.zone == zone and row.zone_by:
            return False
        before, has_moved = row.zone, row.zone != zone
        row.zone, row.zone_by = zone, by
        row.save(update_fields=["zone", "zone_by"])
        if has_moved:
            Workspace.objects.filter(pk=workspace_id).update(zone_written_in=this_transaction())
        reason = f"{before} -> {zone}" + (f", from {source}" if source else "")
        subject = f"workspace:{workspace_id}"
        record_action(
            workspace_id=workspace_id,
            what="set time zone",
            subject=subject,
            reason=reason,
            at=at,
            by=by,
        )
    return has_moved


def change_zone(*, workspace_id: int, zone: str, at: datetime, by: str) -> bool:
    """Set a workspace's time zone and have its figures computed at once; return if it changed.

    Raises: BadWorkspace.
    """
    with transaction.atomic():
        is_changed = set_zone(workspace_id=workspace_id, zone=zone, at=at, by=by)
        if is_changed:
            request_refresh()
    return is_changed


def set_source_links(*, workspace_id: int, links: Mapping[str, str], at: datetime, by: str) -> bool:
    """Set for each source the pattern of a link that opens a case in it; "" removes the pattern.

    Returns whether anything changed. Raises: BadSourceLink.
    """
    kept = {source: pattern for source, pattern in links.items() if pattern}
    for pattern in kept.values():
        check_pattern(pattern)
    with transaction.atomic():
        row = Workspace.objects.select_for_update().get(pk=workspace_id)
        if row.source_links == kept:
            return False
        row.source_links = kept
        row.save(update_fields=["source_links"])
        record_action(
            workspace_id=workspace_id,
            what="set source links",
            subject=f"workspace:{workspace_id}",
            reason=", ".join(f"{source}: {pattern}" for source, pattern in kept.items()),
            at=at,
            by=by,
        )
    return True


def mark_real(*, workspace_id: int, reason: str, at: datetime, by: str) -> bool:
    """Record that real data was imported: reading now requires signing in.

    Return whether the workspace counted as simulated before.
    """
    with transaction.atomic():
        if RealDataArrival.objects.filter(workspace_id=workspace_id).exists():
            return False
        workspace = Workspace.objects.select_for_update().get(pk=workspace_id)
        if RealDataArrival.objects.filter(workspace_id=workspace_id).exists():
            return False
        RealDataArrival.objects.create(workspace_id=workspace_id, at=at, by=by, reason=reason)
        subject = f"workspace:{workspace_id}"
        record_action(
            workspace_id=workspace_id,
            what="real data arrived",
            subject=subject,
            reason=reason,
            at=at,
            by=by,
        )
        return workspace.declared_simulated


def change_masked_names(*, workspace_id: int, names: Sequence[str], at: datetime, by: str) -> None:
    """Keep the names that texts are shown without; the audit says how many, not which."""
    with transaction.atomic():
        set_masked_names(workspace_id=workspace_id, names=names, at=at)
        record_action(
            workspace_id=workspace_id,
            what="set masked names",
            subject=f"workspace:{workspace_id}",
            at=at,
            by=by,
        )

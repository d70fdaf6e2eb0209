"""Find out who was affected by a defect, as usage shows, and never wrote: work of the worker."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max

from shinrai.accounts.queries import WorkspaceRecord, workspace_numbered
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.desk.models import DefectFix, SilentAffected, TellBackStep
from shinrai.desk.queries.defects import DefectView, known_defect
from shinrai.desk.queries.tell_back import silent_policy
from shinrai.desk.rules.attributes import attributes_of
from shinrai.ledger.queries import standing_of
from shinrai.topics.queries import codebook
from shinrai.trends.queries.report import Trends

ANEW: Final = timedelta(days=1)  # events of usage may come late
LOOKED_AT: Final = timedelta(days=90)  # after a fix


def find_silent(*, at: datetime) -> int:
    """Find who was affected and never wrote, of fixes nobody is told of yet; return of how many.

    Nobody is looked for where a workspace tells none of them.
    """
    over = TellBackStep.objects.filter(kind="approved").values("fix_id")
    known = SilentAffected.objects.filter(at__gt=at - ANEW).values("fix_id")
    newest = DefectFix.objects.values("defect_id").annotate(last=Max("id")).values("last")
    due = DefectFix.objects.filter(pk__in=newest, at__gt=at - LOOKED_AT)
    due = due.exclude(pk__in=over).exclude(pk__in=known).order_by("id")
    count = 0
    for fix in due.select_related("defect"):
        if silent_policy(workspace_id=fix.defect.workspace_id) == "never":
            continue
        there = workspace_numbered(fix.defect.workspace_id)
        found = known_defect(workspace_id=there.id, number=fix.defect_id)
        try:
            persons = silent_affected(workspace=there, found=found, fixed_at=fix.at, at=at)
        except LookupError:  # no usage arrived yet
            persons = set()
        SilentAffected.objects.update_or_create(
            fix=fix, defaults={"persons": sorted(persons), "at": at}
        )
        count += 1
    return count


def silent_affected(
    *, workspace: WorkspaceRecord, found: DefectView, fixed_at: datetime, at: datetime
) -> set[int]:
    """Return whose usage shows the failure of the defect's topics between its begin and its fix.

    It begins with the first of its cases. Who wrote of it, or whose household did, is left out.
    """
    cases = [one.head.id for one in found.cases]
    cases += [one.head.parent_id for one in found.cases if one.head.parent_id]
    stands = standing_of(cases, workspace_id=workspace.id)
    book = codebook(workspace_id=workspace.id)
    topics = {
        book.counts_as(said) for some in stands.values() if (said := attributes_of(some).topic)
    }
    if not topics:
        return set()
    began = min((some[0].at for some in stands.values() if some), default=fixed_at)
    zone, trends = zone_named(workspace.zone), Trends(workspace, at)
    first, last = began.astimezone(zone).date(), fixed_at.astimezone(zone).date()
    affected = {
        person
        for topic in topics
        for person in trends.affected.silent_persons(topic, trends.every, first=first, last=last)
    }
    return affected - {one.person.customer for one in found.cases if one.person}

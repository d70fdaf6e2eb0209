"""The short report in one language, with the titles of the cases it names."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.desk.queries.titles import titles
from shinrai.ledger.queries import steps_of
from shinrai.reports.queries.prepared import prepared_part
from shinrai.reports.queries.schedules import ScheduleRecord
from shinrai.reports.rules.periods import Period
from shinrai.reports.rules.short import MADE_UP, ShortReport, payload, written
from shinrai.units.text import Text, translated


def short_report(
    *,
    workspace: WorkspaceRecord,
    period: Period,
    title: str,
    lines: Sequence[Mapping[str, Any]],
    language: str,
    with_titles: bool = True,
) -> ShortReport:
    """Return stored lines as they are read: titles are looked up now, so that erasing reaches them.

    Titles are masked, as everywhere.
    """
    cases = [line["case_id"] for line in lines if line["case_id"] is not None]
    about = {}
    if cases and with_titles:
        about = titles(steps_of(cases, workspace_id=workspace.id))
    whole = Text("{name}: {title}", name=workspace.name, title=title)
    return ShortReport(
        title=translated(whole, language),
        notice=translated(MADE_UP, language) if workspace.is_simulated else "",
        lines=tuple(written(lines, about, language)),
        address=f"{settings.SHINRAI_ADDRESS}/w/{workspace.slug}/reports/{period.query}",
    )


def message_content(
    workspace: WorkspaceRecord, schedule: ScheduleRecord, period: Period
) -> dict[str, Any] | None:
    """Return what a schedule sends of a period: a mail, or a webhook's body.

    None: the report was not prepared yet.
    """
    short = _prepared(workspace, schedule, period)
    if short is None:
        return None
    if schedule.channel == "mail":
        return {"subject": short.title, "text": short.mail}
    facts = {
        "workspace": workspace.slug,
        "period": period.name,
        "from": str(period.first),
        "to": str(period.last),
        "language": schedule.language,
    }
    return payload(short, schedule.channel, facts)


def preview(workspace: WorkspaceRecord, schedule: ScheduleRecord, period: Period) -> str:
    """Return what a schedule sends of a period as people read it; "" if it is not prepared yet."""
    short = _prepared(workspace, schedule, period)
    if short is None:
        return ""
    return {"slack": short.slack, "teams": short.teams}.get(schedule.channel, short.mail)


def _prepared(
    workspace: WorkspaceRecord, schedule: ScheduleRecord, period: Period
) -> ShortReport | None:
    part = prepared_part(workspace_id=workspace.id, period=period, language=schedule.language)
    if part is None:
        return None
    return short_report(
        workspace=workspace,
        period=period,
        title=part["title"],
        lines=part["lines"],
        language=schedule.language,
    )

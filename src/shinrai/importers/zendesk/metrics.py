"""Zendesk's own figures of a ticket: metric sets in both calendars, and SLA events."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from shinrai.importers.flatten.case_records import CaseRecords
from shinrai.importers.flatten.csv_tables import FlatRow, columns

COUNTS: Final = ("reopens", "replies", "assignee_stations", "group_stations")
IN_BOTH: Final = columns(
    "reply_time_in_minutes first_resolution_time_in_minutes "
    "full_resolution_time_in_minutes agent_wait_time_in_minutes "
    "requester_wait_time_in_minutes on_hold_time_in_minutes",
)
IN_SECONDS: Final = "reply_time_in_seconds"
TIMES: Final = (
    *COUNTS,
    *(f"{name}.{calendar}" for name in IN_BOTH for calendar in ("calendar", "business")),
    f"{IN_SECONDS}.calendar",
)
MOMENTS: Final = columns(
    "assigned_at initially_assigned_at solved_at status_updated_at "
    "latest_comment_added_at requester_updated_at assignee_updated_at",
)


def says_of(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of a metric set by column; those in two calendars as NAME.calendar etc."""
    found = {name: metrics.get(name) for name in (*COUNTS, *MOMENTS)}
    for name in TIMES:
        field, _, calendar = name.partition(".")
        if calendar:
            found[name] = (metrics.get(field) or {}).get(calendar)
    return found


def sla_rows(case: CaseRecords, policies: Sequence[Mapping[str, Any]]) -> Iterator[FlatRow]:
    """Yield SLA events as rows, each with the target at the time it was applied.

    A breach does not change the ticket, so its events may be pulled without it.
    """
    for held in case.of("metric_event"):
        event = held.value
        sla, status = event.get("sla") or event.get("group_sla") or {}, event.get("status") or {}
        yield (
            "sla",
            {
                "raw_file": held.file,
                "raw_line": held.line,
                "ticket_id": event["ticket_id"],
                "event": event["id"],
                "at": event.get("time"),
                "metric": event.get("metric"),
                "instance": event.get("instance_id"),
                "type": event.get("type"),
                "target_minutes": sla.get("target"),
                "business_hours": sla.get("business_hours"),
                "policy": (sla.get("policy") or {}).get("title"),
                "calendar": status.get("calendar"),
                "business": status.get("business"),
            },
        )
    ticket = next((held.value for held in case.of("ticket")), None)
    for held in case.of("applied") if ticket else ():
        for target in _targets(held.value, (ticket or {}).get("priority"), policies):
            yield (
                "sla",
                {
                    "raw_file": held.file,
                    "raw_line": held.line,
                    "ticket_id": (ticket or {})["id"],
                    "event": f"{held.value['at']}/{target['metric']}",
                    "at": held.value["at"],
                    "metric": target["metric"],
                    "type": "apply_sla",
                    "target_minutes": target["target"],
                    "business_hours": str(target.get("business_hours")).lower() == "true",
                    "policy": held.value["policy"],
                },
            )


def _targets(
    applied: Mapping[str, Any], priority: Any, policies: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return the targets of a policy in the version that was valid when it was applied."""
    newest: dict[str, Mapping[str, Any]] = {}
    for target in sorted(policies, key=lambda each: str(each["since"])):
        fits = target["sla_policy_id"] == applied["policy"] and target.get("priority") == priority
        if fits and str(target["since"]) <= str(applied["at"]):
            newest[str(target["metric"])] = target
    return [newest[metric] for metric in sorted(newest)]

"""Finds what a JSON document of Zendesk is, and its ticket: audits, metrics, names and so on.

A document is a page of the API, which may hold several kinds of records, or one record: a line of
the account export, a ticket with its comments.

**Source:** field names from developer.zendesk.com (tickets, ticket audits, ticket metrics, ticket
metric events, satisfaction ratings, incremental exports).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from shinrai.importers.flatten.case_records import CaseRecord
from shinrai.importers.flatten.json_files import RawRecord
from shinrai.importers.flatten.schema import Kind, many, of, reads, record
from shinrai.importers.flatten.values import case_record, name_of, unknown_record
from shinrai.importers.zendesk.metrics import COUNTS, IN_BOTH, IN_SECONDS, MOMENTS

STAFF: Final = frozenset({"agent", "admin"})
EVENTS_SHOWN: Final = frozenset(
    {"apply_sla", "apply_group_sla", "breach", "fulfill", "update_status"}
)
# What may stand in a document beside its records, or is of no use here.
PASSED_OVER: Final = frozenset(
    {"schedules", "holidays", "sla_policies", "organizations", "brands", "ticket_forms", "count"}
)
VIA: Final = record(
    channel=Kind.plain,
    source=record({"from": record(ticket_id=Kind.ref)}, rel=Kind.plain),
)
TICKET: Final = record(
    **of(Kind.ref, "requester_id submitter_id assignee_id group_id brand_id ticket_form_id"),
    **of(Kind.ref, "organization_id via_followup_source_id followup_source_id"),
    **of(many(Kind.ref), "collaborator_ids email_cc_ids follower_ids merged_ticket_ids"),
    **of(Kind.plain, "status priority type subject raw_subject description"),
    **of(Kind.at, "created_at updated_at"),
    **of(many(), "comments audits"),
    **of(record(), "metric_set metric_events"),
    id=Kind.key,
    tags=many(Kind.text),
    via=VIA,
)
COMMENT: Final = record(
    **of(Kind.plain, "type public plain_body body"),
    id=Kind.key,
    ticket_id=Kind.ref,
    author_id=Kind.ref,
    created_at=Kind.at,
    via=VIA,
)
EVENT: Final = record(
    **of(Kind.plain, "type field_name public plain_body body id"),
    **of(Kind.ref, "author_id comment_id"),
    via=VIA,
)
AUDIT: Final = record(
    id=Kind.key,
    ticket_id=Kind.ref,
    author_id=Kind.ref,
    created_at=Kind.at,
    via=VIA,
    events=many(EVENT),
)
METRIC_SET: Final = record(
    dict.fromkeys(COUNTS, Kind.number),
    **dict.fromkeys(MOMENTS, Kind.at),
    **dict.fromkeys((*IN_BOTH, IN_SECONDS), record(calendar=Kind.plain, business=Kind.plain)),
    ticket_id=Kind.key,
    updated_at=Kind.at,
)
TARGET: Final = record(
    target=Kind.plain, business_hours=Kind.plain, policy=record(title=Kind.plain)
)
METRIC_EVENT: Final = record(
    **of(Kind.plain, "type metric instance_id deleted"),
    id=Kind.key,
    ticket_id=Kind.key,
    time=Kind.at,
    sla=TARGET,
    group_sla=TARGET,
    status=record(calendar=Kind.plain, business=Kind.plain),
)
RATING: Final = record(
    ticket_id=Kind.key,
    **of(Kind.at, "created_at updated_at"),
    **of(Kind.plain, "score comment reason"),
)
NAMED: Final = record(id=Kind.ref, **of(Kind.plain, "role name email"))


def assign(raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord] | None:
    """Assign a document to its ticket; None if it is not known."""
    if "id" not in value and (_PAGES.keys() | PASSED_OVER) & value.keys():
        return _page(raw, value)
    kind = next((file for is_it, file in _RECORDS if is_it(value)), None)
    return None if kind is None else kind(raw, value)


def _page(raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord]:
    for name, file in _PAGES.items():
        held = value.get(name)
        one = [raw.at(name, held)] if isinstance(held, dict) else ()
        for each in (*raw.each(name, held), *one):
            its = each.value
            if name in ("comments", "audits") and isinstance(its, dict):
                its = {"ticket_id": value.get("ticket_id"), **its}
            yield from file(each, its)


@reads(TICKET)
def _ticket(raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord]:
    inside = ("comments", "audits", "metric_set", "metric_events")
    own = {key: kept for key, kept in value.items() if key not in inside}
    version = value.get("updated_at") or value.get("created_at")
    yield case_record(raw, value["id"], "ticket", value=own, version=version)
    yield from name_of(raw, "assignee", value.get("assignee_id"), "-")
    whose = {"ticket_id": value["id"]}
    for name, file in (("comments", _comment), ("audits", _audit)):
        for each in raw.each(name, value.get(name)):
            its: Any = each.value | whose if isinstance(each.value, dict) else None
            yield from file(each, its)
    if value.get("metric_set"):
        yield from _metric_set(raw.at("metric_set", None), {**value["metric_set"], **whose})
    for name, events in (value.get("metric_events") or {}).items():
        for event in raw.each(f"metric_events.{name}", events):
            yield from _metric_event(event, event.value)
    for other in value.get("merged_ticket_ids") or ():
        yield case_record(raw, other, "merged_into", value=str(value["id"]), version=version)


@reads(AUDIT)
def _audit(raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord]:
    if value.get("ticket_id") is None:
        yield unknown_record(raw)
        return
    yield case_record(raw, value["ticket_id"], "audit", value["id"], value)
    for event in value.get("events") or ():
        if event.get("field_name") == "assignee_id":
            yield from name_of(raw, "assignee", event.get("value"), "-")


@reads(COMMENT)
def _comment(raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord]:
    if value.get("ticket_id") is None:
        yield unknown_record(raw)
    else:
        yield case_record(raw, value["ticket_id"], "comment", value["id"], value)


@reads(METRIC_SET)
def _metric_set(raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord]:
    yield case_record(
        raw, value["ticket_id"], "metric_set", value=value, version=value.get("updated_at")
    )


@reads(METRIC_EVENT)
def _metric_event(raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord]:
    if value.get("type") in EVENTS_SHOWN and not value.get("deleted"):
        yield case_record(raw, value["ticket_id"], "metric_event", value["id"], value)


@reads(RATING)
def _rating(raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord]:
    version = value.get("updated_at") or value.get("created_at")
    yield case_record(raw, value["ticket_id"], "rating", value=value, version=version)


@reads(NAMED)
def _user(raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord]:
    if value.get("role") in STAFF:
        shown = value.get("name") or value.get("email")
        yield from name_of(raw, "staff", value.get("id"), shown)


@reads(NAMED)
def _group(raw: RawRecord, value: Mapping[str, Any]) -> Iterator[CaseRecord]:
    yield from name_of(raw, "group", value.get("id"), value.get("name"))


def _of_no_use(_raw: RawRecord, _value: Mapping[str, Any]) -> Iterator[CaseRecord]:
    yield from ()


File = Callable[[RawRecord, Mapping[str, Any]], Iterator[CaseRecord]]
_PAGES: Final[dict[str, File]] = {
    "users": _user,
    "user": _user,
    "groups": _group,
    "tickets": _ticket,
    "ticket": _ticket,
    "audits": _audit,
    "ticket_audits": _audit,
    "comments": _comment,
    "metric_sets": _metric_set,
    "ticket_metrics": _metric_set,
    "ticket_metric_events": _metric_event,
    "satisfaction_ratings": _rating,
}
_RECORDS: Final[tuple[tuple[Callable[[Mapping[str, Any]], bool], File], ...]] = (
    (lambda value: "id" in value and "status" in value and "requester_id" in value, _ticket),
    (lambda value: "events" in value and "author_id" in value, _audit),
    (lambda value: "reopens" in value and "ticket_id" in value, _metric_set),
    (lambda value: "instance_id" in value and "metric" in value, _metric_event),
    (lambda value: "score" in value and "ticket_id" in value, _rating),
    (lambda value: "role" in value and "id" in value, _user),
    (lambda value: "public" in value and "author_id" in value, _comment),
    (lambda value: "domain_names" in value or "intervals" in value, _of_no_use),
)

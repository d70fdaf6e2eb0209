"""The published table of inquiries: one row of numbers, moments and keys each, no message texts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa

from shinrai.calendars.rules.time_zone import midnight
from shinrai.inquiries.rules.replay import replay as replay_inquiry
from shinrai.investigations.rules.replay import Investigation
from shinrai.investigations.rules.replay import replay as replay_investigation
from shinrai.ledger.facts import LedgerCases
from shinrai.ledger.queries import (
    CaseHead,
    case_heads,
    investigations_under,
    standing_of,
    steps_of,
)
from shinrai.ledger.rules.minutes import worked_seconds
from shinrai.ledger.rules.steps import Step, standing
from shinrai.quality.facts.ground import Ground, all_grounds
from shinrai.quality.rules.business import NONE, business_columns, years_of
from shinrai.quality.rules.facts import inquiry_facts
from shinrai.units.moments import epoch_us, from_us
from shinrai.warehouse.fact_table import Earlier, FactTable
from shinrai.warehouse.tables import Column, Table, attributes, transposed

NO: Final = "it did not happen"
WORKSPACE: Final = Column("workspace_id", "int", "the workspace")
CASE: Final = (
    Column("case_id", "int", "the inquiry or investigation"),
    Column("case_key", "string", "its key in the source"),
    Column("source", "string", "where it came from"),
    Column("mode", "string", "via_cs, direct or proactive; modes never mix"),
    Column("phase", "string", "what it is now: open, waiting, solved, closed, cancelled, …"),
    Column("steps_count", "int", "how many steps stand"),
)

INQUIRIES = Table(
    name="inquiries",
    grain="one inquiry",
    key=("workspace_id", "case_id"),
    columns=(
        WORKSPACE,
        *CASE,
        Column("channel", "string", "mail, form, phone, chat, forum, sheet, other"),
        Column("customer_id", "int", "who asked, by number", null_means="the source does not say"),
        Column("follow_up_of", "string", "the key it goes on with", null_means="it names none"),
        Column("calendar", "string", "digest of the calendar's revision, or around_the_clock"),
        Column("received_us", "int", "when it arrived", null_means="no receipt is known"),
        Column("received_on", "date", "that date in the workspace's zone", null_means=NO),
        Column("received_day_ends_us", "int", "the midnight after it", null_means=NO),
        Column("effective_us", "int", "when it counts from", null_means="unknown"),
        Column("effective_on", "date", "that date, in the workspace's zone", null_means="unknown"),
        Column("effective_day_ends_us", "int", "the midnight after it", null_means="unknown"),
        Column("due_next_day_us", "int", "close of the next business day", null_means="unknown"),
        Column("first_reply_us", "int", "first human reply of substance", null_means=NO),
        Column("first_reply_s", "int", "from the effective moment to it", null_means=NO),
        Column("first_reply_open_s", "int", "of which the desk was open", null_means=NO),
        Column("first_outbound_s", "int", "from receipt to any first message", null_means=NO),
        Column("first_solved_us", "int", "when it was first solved", null_means=NO),
        Column("last_solved_us", "int", "when it was last solved", null_means=NO),
        Column("solved_count", "int", "how many steps say solved"),
        Column("returned_us", "int", "first return after the first solution", null_means=NO),
        Column("late_return_us", "int", "first return later than 14 days", null_means=NO),
        Column("cancelled_us", "int", "when it was cancelled", null_means=NO),
        Column("cancelled_for", "string", "spam, duplicate, merged, mistake", null_means=NO),
        Column("inbound_count", "int", "messages of substance from the customer"),
        Column("outbound_count", "int", "messages of substance to the customer"),
        Column("inbound_every_count", "int", "all messages from the customer"),
        Column("outbound_every_count", "int", "all messages to the customer"),
        Column("runs_count", "int", "answered runs, by messages of substance"),
        Column("unanswered_count", "int", "runs that wait for an answer, likewise"),
        Column("runs_every_count", "int", "answered runs, every message counted"),
        Column("unanswered_every_count", "int", "runs that wait, every message counted"),
        Column("judged_count", "int", "messages the rule of substance has judged"),
        Column("thanks_count", "int", "those it took for mere thanks"),
        Column("substance_rule", "int", "its version", null_means="no message was judged"),
        Column("highest_tier", "int", "highest tier that held it", null_means="no tiers known"),
        Column("consulted_tier", "int", "highest tier consulted", null_means="none was"),
        Column("held_tiers", "int", "bit N: tier N held it; 0: no tiers known"),
        Column("handovers_count", "int", "changes of group", null_means="no groups known"),
        Column("group_returns_count", "int", "returns to a group", null_means="no groups known"),
        Column("waits_customer_count", "int", "waits on the customer"),
        Column("waits_third_party_count", "int", "waits on a third party"),
        Column("waits_problem_count", "int", "waits on a problem"),
        Column("waits_unsure_count", "int", "waits of which the mapping guesses on whom"),
        Column("received_doubt", "string", "why not to average it", null_means="no doubt"),
        Column("reply_doubt", "string", "why not to average it", null_means="no doubt"),
        Column("solved_doubt", "string", "why not to average it", null_means="no doubt"),
        Column("any_doubt", "string", "first doubt about any step", null_means="no doubt"),
        Column("order_doubt", "bool", "the order of what was said is in doubt"),
        Column("solved_twice", "bool", "solved again with nothing between"),
        Column("out_of_order", "bool", "a step does not fit the one before it"),
        Column("overridden_count", "int", "messages of which a person said the rule was wrong"),
        Column("topic", "string", "as last labelled", null_means="never labelled"),
        Column(
            *("double_labels", "string", "what independent labellers said, sorted, a line each"),
            null_means="fewer than two labelled it independently",
        ),
        Column(
            *("account", "string", "the company it belongs to, by its number or key in the source"),
            null_means="the source names none, or several",
        ),
        Column(
            *("touched_us", "int", "when a person of ours last wrote, or opened it"),
            null_means=NO,
        ),
        Column("worked_s", "int", "written down on it and on investigations about it"),
        Column("version", "string", "of the product it is about", null_means="none is named"),
    ),
    version=4,
    parted_by="workspace_id",
)


@dataclass(frozen=True, slots=True)
class InquiryCase:
    """An inquiry with its valid steps, and the investigations about it with their seconds."""

    head: CaseHead
    steps: Sequence[Step]
    about: Sequence[Investigation]
    worked_below_s: int


def row(case: InquiryCase) -> dict[str, Any]:
    """Return the facts of one inquiry; `rows` adds business time, computed for whole columns."""
    facts = inquiry_facts(
        case.steps, replay_inquiry(case.steps), case.about, worked_below_s=case.worked_below_s
    )
    said = facts.messages
    return {
        **attributes(INQUIRIES, case.head),
        **attributes(INQUIRIES, facts),
        **attributes(INQUIRIES, said),
        "case_id": case.head.id,
        "case_key": case.head.source_key,
        "first_outbound_s": _seconds(facts.received_at, said.first_outbound_at),
        "solved_count": facts.solved_steps,
        "runs_count": said.runs.answered,
        "unanswered_count": said.runs.unanswered,
        "runs_every_count": said.runs_every.answered,
        "unanswered_every_count": said.runs_every.unanswered,
        "substance_rule": said.rule,
        "double_labels": "\n".join(facts.double_labels) or None,
    }


def rows(ids: list[int], ground: Ground, until: datetime | None, revision: int) -> pa.RecordBatch:
    """Return the rows of some inquiries; business time is computed for all of them at once."""
    made = [row(case) for case in _cases(ids, ground.workspace_id, until)]
    columns = transposed(made, INQUIRIES)
    received, replied = _moments(columns["received_us"]), _moments(columns["first_reply_us"])
    moments = [at for at in (*received, *replied) if at is not None]
    business = business_columns(ground.timetable(years_of(moments)), received, replied)
    effective = _moments(_known(business.effective_us))
    days = _Days(ground.zone)
    columns |= {
        "calendar": [ground.calendar_digest] * len(made),
        "received_on": days.of(received),
        "received_day_ends_us": days.ends(received),
        "effective_us": _known(business.effective_us),
        "effective_on": days.of(effective),
        "effective_day_ends_us": days.ends(effective),
        "due_next_day_us": _known(business.due_us),
        "first_reply_s": [
            # Answered before it counts, nobody waited.
            None if (waited := _seconds(since, at)) is None else max(0, waited)
            for since, at in zip(effective, replied, strict=True)
        ],
        "first_reply_open_s": _known(business.open_s),
        "revision": [revision] * len(made),
    }
    return INQUIRIES.batch(columns)


def _cases(ids: Sequence[int], workspace_id: int, until: datetime | None) -> list[InquiryCase]:
    """Read some inquiries, as at a moment if one is given, without those lacking valid steps."""
    steps = standing_of(ids, workspace_id=workspace_id, until=until)
    heads, below = case_heads(steps), investigations_under(steps)
    wanted = [number for listed in below.values() for number in listed]
    found = steps_of(wanted, workspace_id=workspace_id) if wanted else {}
    stood = {number: standing(those, until=until) for number, those in found.items()}
    about = {number: replay_investigation(those) for number, those in stood.items()}
    worked_s = {number: worked_seconds(those) for number, those in stood.items()}
    cases = []
    for case_id, stands in steps.items():
        mine = [number for number in below.get(case_id, ()) if number in about]
        worked_below_s = sum(worked_s[number] for number in mine)
        if stands:
            about_it = [about[number] for number in mine]
            cases.append(InquiryCase(heads[case_id], stands, about_it, worked_below_s))
    return cases


def _moments(column: Iterable[int | None]) -> list[datetime | None]:
    return [None if us is None else from_us(us) for us in column]


def _known(column: Any) -> list[int | None]:
    return [None if value == NONE else value for value in column.tolist()]


def _seconds(since: datetime | None, until: datetime | None) -> int | None:
    """Return the seconds between two moments; negative if they are in the wrong order."""
    if since is None or until is None:
        return None
    return (epoch_us(until) - epoch_us(since)) // 10**6


class _Days:
    """Dates in a time zone, by our own tzdata; each midnight is computed once."""

    def __init__(self, zone: str) -> None:
        self.name, self.zone = zone, ZoneInfo(zone)
        self.midnights: dict[date, int] = {}

    def of(self, moments: Iterable[datetime | None]) -> list[date | None]:
        return [None if at is None else at.astimezone(self.zone).date() for at in moments]

    def ends(self, moments: Iterable[datetime | None]) -> list[int | None]:
        return [None if day is None else self._end(day) for day in self.of(moments)]

    def _end(self, day: date) -> int:
        if day not in self.midnights:
            self.midnights[day] = epoch_us(midnight(self.name, day + timedelta(days=1)))
        return self.midnights[day]


def _tells_of_account(inquiries: Any, until_us: Any) -> Any:
    """Mark the inquiries that decide when an account first wrote and when it was last reached.

    They are needed as at an earlier moment too. An inquiry with a later touch is replayed from
    steps.
    """
    import ibis

    theirs = ibis.window(group_by=[inquiries.source, inquiries.account])
    touched_us = ibis.ifelse(
        inquiries.touched_us <= until_us, inquiries.touched_us, ibis.null("int64")
    )
    is_first = inquiries.received_us == inquiries.received_us.min().over(theirs)
    is_last = (touched_us == touched_us.max().over(theirs)).fill_null(False)
    return inquiries.account.notnull() & (is_first | is_last)


def _has_account(inquiries: Any) -> Any:
    return inquiries.account.notnull()


INQUIRY_FACTS: Final = FactTable(
    table=INQUIRIES,
    app="quality",
    cases=LedgerCases("inquiry", by_children=True),
    rows=rows,
    bases=all_grounds,
    began="received",
    earlier=Earlier(_tells_of_account, _has_account),
)
FACT_TABLES: Final = (INQUIRY_FACTS,)

"""The next step of an open case in one sentence, for whoever takes it over."""

from datetime import datetime
from typing import Final

from shinrai.console.rules.wording import moment_text
from shinrai.desk.rules.case_facts import fact_named
from shinrai.desk.rules.open_case import CaseStanding
from shinrai.units.text import Text

LINES: Final = {1: Text("CS"), 2: Text("CRE"), 3: Text("product engineers")}
WAITS: Final = {
    "customer": Text("Waits for the customer since {since}."),
    "third_party": Text("Waits for a third party since {since}."),
    "problem": Text("Waits for a known problem since {since}."),
}
# What sheets say was missing; what is sent back here names facts of its own.
CLASSES: Final = {
    "identity": Text("identity"),
    "evidence": Text("evidence"),
    "moment": Text("when it happened"),
    "other": Text("other"),
}


def next_step(stands: CaseStanding, due_at: datetime | None, *, is_late: bool, zone: str) -> Text:
    """Return who has to do what until when, derived from where the case stands."""
    since = moment_text(stands.held_since, zone=zone, near=stands.held_since)
    if stands.phase == "sent_back":
        if not stands.missing:
            return Text("The filer has to supply the missing facts, since {since}.", since=since)
        first, *rest = (CLASSES.get(fact) or fact_named(fact).name for fact in stands.missing)
        facts = Text("{fact}", fact=first)
        for fact in rest:
            facts = Text("{facts}, {fact}", facts=facts, fact=fact)
        return Text("The filer has to supply: {facts}.", facts=facts)
    if stands.waiting_on in WAITS:
        return WAITS[stands.waiting_on].using(since=since)
    who = LINES.get(stands.tier or 1, Text("tier {n}", n=stands.tier))
    if due_at is None:
        return Text("{who} has to answer; nothing says by when.", who=who)
    due = moment_text(due_at, zone=zone, near=stands.held_since)
    if is_late:
        return Text("{who} should have answered by {due}.", who=who, due=due)
    if not stands.about.person:
        return Text("{who} has to take it, and to answer by {due}.", who=who, due=due)
    return Text("{who} has to answer by {due}.", who=who, due=due)

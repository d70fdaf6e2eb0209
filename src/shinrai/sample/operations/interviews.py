"""Load the sample's round of interviews with guardians, by the operations that pages use."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.customers.queries import erased_among, person_links
from shinrai.sample.rules.interviews import (
    BEGINS,
    INTERVIEWS,
    NEEDS,
    ROUND,
    ROUND_KEY,
    SampleInterview,
)
from shinrai.satisfaction.operations.interviews import (
    InterviewEntry,
    declare_need,
    declare_round,
    invite_person,
    record_interview_step,
    remove_ended_words,
)
from shinrai.satisfaction.queries.interviews import rounds
from shinrai.satisfaction.rules.interview import drawing_order
from shinrai.usage.queries.actors import root_of
from shinrai.usage.rules.periods import today

BY: Final = "sample"


def has_interviews(there: WorkspaceRecord) -> bool:
    """Return whether a workspace has the sample's round."""
    return any(one.key == ROUND_KEY for one in rounds(workspace_id=there.id))


def load_interviews(there: WorkspaceRecord, *, at: datetime) -> bool:
    """Invite twelve guardians sixty days ago, and record what they said; False: too few guardians.

    They are drawn as the page draws them.
    """
    links = person_links(workspace_id=there.id, on=today(there.zone, at))
    learners = {root_of(there.id, one.learner_id) for one in links}
    guardians = {root_of(there.id, one.guardian_id) for one in links} - learners
    drawn = drawing_order(ROUND_KEY, guardians - erased_among(guardians))[: len(INTERVIEWS)]
    if len(drawn) < len(INTERVIEWS):
        return False
    begins = at - BEGINS
    with transaction.atomic():
        declare_round(workspace_id=there.id, key=ROUND_KEY, document=ROUND, at=begins, by=BY)
        for key, sentence in NEEDS.items():
            declare_need(workspace_id=there.id, key=key, sentence=sentence, at=begins, by=BY)
        for number, (person, said) in enumerate(zip(drawn, INTERVIEWS, strict=True)):
            invite_person(
                workspace_id=there.id, key=ROUND_KEY, person=person, how="hand", at=begins, by=BY
            )
            _record(there, person, said, begins + timedelta(days=2 + number))
        remove_ended_words(workspace=there, at=at, by=BY)
    return True


def _record(there: WorkspaceRecord, person: int, said: SampleInterview, at: datetime) -> None:
    def step(kind: str, words: str = "", days: int = 0, **given: Any) -> None:
        entry = InterviewEntry(there.id, ROUND_KEY, person, kind, given, words)
        record_interview_step(entry, at=at + timedelta(days=days), by=BY)

    if said.days is not None:
        until: date = today(there.zone, at) + timedelta(days=said.days)
        step("consented", scope=said.scope, until=f"{until}", given_by="self", how="form")
    if said.minutes:
        step("held", days=3, minutes=said.minutes)
    if said.note:
        step("note", said.note, days=3)
    for need, words in said.quotes:
        step("quote", words, days=3, need=need)
    if said.end in ("declined", "withdrawn"):
        step(said.end, days=9)

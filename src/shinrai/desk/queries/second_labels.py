"""Inquiries a person may label a second time: chosen at random, shown without labels."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shinrai.desk.queries.titles import masked
from shinrai.ledger.queries import case_heads, cases_between, standing_of
from shinrai.topics.queries import drawing
from shinrai.topics.rules.labels import is_drawn, labels_of

REACH = timedelta(days=28)  # after four weeks nobody remembers by what the codebook meant
ENOUGH = 1  # blind labels beside the first
SAID = ("received", "inbound", "outbound")


@dataclass(frozen=True)
class Waiting:
    """The first inquiry to label a second time, with its masked words, and how many there are."""

    case_id: int | None
    key: str
    said: tuple[tuple[str, str], ...]
    count: int
    per_mille: int


def waiting_for_second_label(*, workspace_id: int, member: str, at: datetime) -> Waiting:
    """Find the randomly chosen inquiries that this member can label a second time.

    Only inquiries labelled in the last four weeks, by others. The result holds no labels and no
    names of labellers.
    """
    how = drawing(workspace_id=workspace_id)
    drawn: list[int] = []
    if how.per_mille:
        found = cases_between(
            workspace_id=workspace_id,
            record="inquiry",
            kind="labelled",
            since=at - REACH,
            until=at + timedelta(microseconds=1),
        )
        drawn = [n for n in found if is_drawn(n, seed=how.seed, per_mille=how.per_mille)]
    steps = standing_of(drawn, workspace_id=workspace_id)
    wanted = []
    for case_id in drawn:
        labels = labels_of(steps.get(case_id, []))
        blind = sum(label.is_blind for label in labels)
        if labels and blind < ENOUGH and all(label.by != member for label in labels):
            wanted.append(case_id)
    if not wanted:
        return Waiting(None, "", (), 0, how.per_mille)
    first = wanted[0]
    said = [step for step in steps[first] if step.kind in SAID and step.words_id is not None]
    words = masked(step.words_id for step in said)
    return Waiting(
        case_id=first,
        key=case_heads([first])[first].source_key,
        said=tuple(
            (step.kind, words[step.words_id])
            for step in said
            if step.words_id is not None and step.words_id in words
        ),
        count=len(wanted),
        per_mille=how.per_mille,
    )

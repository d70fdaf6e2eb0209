"""The third line's inbox: cases product engineers hold or are asked about, with what they need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from shinrai.accounts.queries import members
from shinrai.accounts.rules.role import Role
from shinrai.desk.models import OpenCase
from shinrai.desk.queries.places import QueuePlace
from shinrai.desk.queries.queue import QueueRequest, queue_of
from shinrai.desk.queries.rows import BoardRow
from shinrai.desk.queries.titles import masked
from shinrai.desk.rules.defects import BadDefect, web_address
from shinrai.desk.rules.html_text import plain_text
from shinrai.desk.rules.third_line import (
    TELLING,
    TIER,
    ThirdLineAsk,
    asked_of_third_line,
    facts_of,
    version_of,
)
from shinrai.ledger.queries import standing_of
from shinrai.ledger.rules.steps import Step

MOST = 500  # cases of the inbox: a third line with more has another problem


@dataclass(frozen=True)
class ToldWords:
    """What one step tells of a case: its kind, and its masked words."""

    kind: str
    at: datetime
    words: str


@dataclass(frozen=True)
class ThirdLineCase:
    """A case of the inbox: how it stands, who asks, its facts, and what was written and tried.

    `version` is the one releases are counted by. `links` are the addresses that findings name.
    """

    row: BoardRow
    ask: ThirdLineAsk
    asker: str
    facts: Mapping[str, str]
    version: str
    told: tuple[ToldWords, ...]
    links: tuple[str, ...]


def third_line(place: QueuePlace, *, at: datetime) -> tuple[ThirdLineCase, ...]:
    """Return the cases of the third line, the most urgent first, those without due time last."""
    workspace_id = place.workspace.id
    staff = members(workspace_id=workspace_id)
    engineers = {one.key for one in staff if Role.PRODUCT_ENGINEER in one.roles}
    maybe = _maybe(workspace_id)
    stands = standing_of(maybe, workspace_id=workspace_id, until=at)
    found = []
    if not stands:
        return ()
    listed = queue_of(QueueRequest([place], at, case_ids=list(stands), most=MOST))
    for row in listed.rows:
        steps = stands[row.case_id]
        ask = asked_of_third_line(steps, row.holder, engineers)
        if ask is not None:
            found.append((row, ask, steps))
    words = masked(step.words_id for _, _, steps in found for step in steps if step.kind in TELLING)
    return tuple(
        ThirdLineCase(
            row=row,
            ask=ask,
            asker=place.names.persons.get(ask.by, ""),
            facts=facts_of(steps),
            version=version_of(steps),
            told=(told := _told(steps, words)),
            links=tuple(dict.fromkeys(_links(told))),
        )
        for row, ask, steps in found
    )


def _maybe(workspace_id: int) -> list[int]:
    """Return the open cases that may be with the third line; their steps decide."""
    every = OpenCase.objects.filter(workspace_id=workspace_id)
    held = every.filter(Q(tier__gte=TIER) | Q(waiting_on="problem"))
    asked = every.filter(case__steps__kind="consulted")
    found: dict[int, datetime] = {}
    for rows in (held, asked):
        found |= dict(rows.order_by("began_at").values_list("case_id", "began_at")[:MOST])
    return sorted(found, key=lambda case_id: found[case_id])[:MOST]


def _told(steps: Sequence[Step], words: Mapping[int, str]) -> tuple[ToldWords, ...]:
    said = (
        ToldWords(step.kind, step.at, plain_text(words[step.words_id]))
        for step in steps
        if step.kind in TELLING and step.words_id is not None and step.words_id in words
    )
    return tuple(one for one in said if one.words)


def _links(told: Sequence[ToldWords]) -> list[str]:
    """Return the lines of findings that are an address and nothing else."""
    found = []
    for one in told:
        for line in one.words.splitlines() if one.kind == "finding" else ():
            try:
                found.append(web_address(line))
            except BadDefect:
                continue
    return found

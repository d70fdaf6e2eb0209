"""The round of the stories: why do families stop in spring? Yui, Ren, Sora and Aoi are invited."""

from datetime import date, datetime
from typing import Any

from shinrai.satisfaction.operations.interviews import (
    InterviewEntry,
    declare_need,
    declare_round,
    invite_person,
    record_interview_step,
)
from tests.satisfaction.surveys import BY, moment, persons

ROUND: dict[str, Any] = {
    "title": "春にやめる理由",
    "question": "家庭が春に学習をやめるのは何があったときか",
    "guide": "1. 最後に使った日のことを教えてください。",
    "wanted": 4,
}
ALL = ["notes", "quotes_inside", "quotes_outside", "recording"]
NINTH, TENTH = moment(4, 9), moment(4, 10)
WORDS = "鈴木です。\n新学期は忙しくて。090-1234-5678"


def open_round(workspace_id: int, *, invited: tuple[str, ...] = ("yui", "ren")) -> dict[str, int]:
    """Declare the round and a need on 1 April, and invite persons by hand; return their numbers."""
    declare_round(workspace_id=workspace_id, key="spring", document=ROUND, at=moment(4, 1), by=BY)
    declare_need(
        workspace_id=workspace_id,
        key="time",
        sentence="短い時間で続けたい",
        at=moment(4, 1),
        by=BY,
    )
    who = persons(workspace_id, "yui", "ren", "sora", "aoi")
    for name in invited:
        invite_person(
            workspace_id=workspace_id,
            key="spring",
            person=who[name],
            how="hand",
            at=moment(4, 2),
            by=BY,
        )
    return who


def step(
    workspace_id: int,
    person: int,
    kind: str,
    words: str = "",
    at: datetime = TENTH,
    **given: Any,
) -> bool:
    """Record a step of a person in the round, on 10 April unless said otherwise."""
    entry = InterviewEntry(workspace_id, "spring", person, kind, given, words)
    return record_interview_step(entry, at=at, by=BY)


def consent(
    workspace_id: int,
    person: int,
    *scope: str,
    until: date = date(2026, 6, 30),
    at: datetime = NINTH,
) -> bool:
    """Record what a person said in person on 9 April."""
    given = {"scope": scope or ALL, "until": f"{until}", "given_by": "self", "how": "in_person"}
    return step(workspace_id, person, "consented", at=at, **given)

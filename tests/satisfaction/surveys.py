"""Surveys and persons of the stories: Yui, Ren, Sora and Aoi use the learning service."""

from datetime import UTC, datetime
from typing import Any

from shinrai.customers.operations import record_customers
from shinrai.satisfaction.operations.surveys import WaveRequest, declare_survey, open_wave
from shinrai.satisfaction.queries.surveys import WaveRecord
from shinrai.satisfaction.rules.survey import GivenAnswer

BY = "test"
NPS: dict[str, Any] = {
    "kind": "nps",
    "questions": [
        {"key": "recommend", "kind": "scale", "low": 0, "high": 10,
         "words": {"en": "Would you recommend us?", "ja": "おすすめしたいですか。"}},
        {"key": "why", "kind": "text", "words": {"en": "Why?", "ja": "理由を教えてください。"}},
    ],
}  # fmt: skip


def moment(month: int, day: int, hour: int = 0) -> datetime:
    """Return a moment of 2026."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


def persons(workspace_id: int, *names: str) -> dict[str, int]:
    """Record users of the service; return their numbers."""
    known = record_customers(
        workspace_id=workspace_id, source="usage", identifiers=names, at=moment(4, 1)
    )
    return {name: one.id for name, one in known.items()}


def nps_wave(workspace_id: int, key: str = "spring", month: int = 4) -> WaveRecord:
    """Open a wave of NPS on the first of a month."""
    at = moment(month, 1)
    survey = declare_survey(workspace_id=workspace_id, key="nps", document=NPS, at=at, by=BY)
    return open_wave(WaveRequest(workspace_id, key, survey, "app", at), at=at, by=BY)


def answer(person: int, key: str, score: int | None, why: str = "", day: int = 2) -> GivenAnswer:
    """Return an answer of April."""
    values = {"recommend": score, "why": why}
    return GivenAnswer(person, key, values, moment(4, day))

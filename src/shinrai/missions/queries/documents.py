"""Missions as documents: what the API and the commands answer, word for word the same."""

from collections.abc import Iterable
from typing import Any

from shinrai.missions.queries.declarations import Declared
from shinrai.missions.queries.learner import PinRecord, TodayRecord
from shinrai.missions.queries.learner_page import LearnerLink
from shinrai.missions.rules.pins import pin_title
from shinrai.missions.rules.week import Mission
from shinrai.missions.rules.wording import REASONS, told, week_text
from shinrai.units.text import LANGUAGES


def today_document(found: TodayRecord) -> dict[str, Any]:
    """Return what is recommended; `is_empty` says that there is nothing today."""
    return {
        "on": found.on.isoformat(),
        "policy": found.policy.name,
        "is_empty": not found.recommendations,
        "text": told(found.text),
        "recommendations": [
            {
                "activity": one.activity.key,
                "subject": one.activity.subject,
                "unit": one.activity.unit,
                "minutes": one.activity.minutes,
                "title": {language: one.activity.title_in(language) for language in LANGUAGES},
                "reason": one.reason,
                "words": told(REASONS[one.reason]),
                "is_done": one.activity.key in found.done,
            }
            for one in found.recommendations
        ],
    }


def week_document(found: Mission) -> dict[str, Any]:
    """Return a week's mission."""
    return {
        "text": told(week_text(found)),
        "start": found.start.isoformat(),
        "days": found.days,
        "active": [day.isoformat() for day in found.active],
        "state": found.state,
        "final_at": found.final_at.isoformat(),
    }


def pins_document(found: Iterable[PinRecord]) -> dict[str, Any]:
    """Return the pins of a learner; `earned_on` is null for those that can still be earned."""
    return {
        "pins": [
            {
                "key": one.rule.key,
                "title": pin_title(one.rule),
                "text": told(one.text),
                "earned_on": one.earned.on.isoformat() if one.earned else None,
                "version": one.earned.version if one.earned else None,
            }
            for one in found
        ]
    }


def link_document(found: LearnerLink) -> dict[str, Any]:
    """Return an address of a learner's page, and until when it opens."""
    return {"url": found.url, "expires_at": found.expires_at.isoformat()}


def declared_document(found: Declared) -> dict[str, Any]:
    """Return how many were declared anew or otherwise, stayed, and are gone."""
    return {"changed": found.changed, "same": found.same, "gone": found.gone}

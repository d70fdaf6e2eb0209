"""Missions as documents: what the API and the commands answer, word for word the same."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from shinrai.missions.queries.declarations import Declared
from shinrai.missions.queries.learner import PinRecord, TodayRecord
from shinrai.missions.rules.pins import pin_title
from shinrai.missions.rules.week import Mission
from shinrai.units.text import Text

# In a child's words; hiragana, as eight-year-olds read it.
REASONS: Final[Mapping[str, Text]] = {
    "review": Text("You did this a while ago. Do you still remember?"),
    "begun": Text("You began this. Shall we finish it?"),
    "weak": Text("This was a bit tricky. Shall we try once more?"),
    "next": Text("Something new is waiting here."),
}


def today_document(found: TodayRecord) -> dict[str, Any]:
    """Return what is recommended; `is_empty` says that there is nothing today."""
    return {
        "on": found.on.isoformat(),
        "policy": found.policy.name,
        "is_empty": not found.recommendations,
        "recommendations": [
            {
                "activity": one.activity.key,
                "subject": one.activity.subject,
                "unit": one.activity.unit,
                "minutes": one.activity.minutes,
                "title": {language: one.activity.title_in(language) for language in ("en", "ja")},
                "reason": one.reason,
                "words": {language: REASONS[one.reason][language] for language in ("en", "ja")},
                "is_done": one.activity.key in found.done,
            }
            for one in found.recommendations
        ],
    }


def week_document(found: Mission) -> dict[str, Any]:
    """Return a week's mission."""
    return {
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
                "earned_on": one.earned.on.isoformat() if one.earned else None,
                "version": one.earned.version if one.earned else None,
            }
            for one in found
        ]
    }


def declared_document(found: Declared) -> dict[str, Any]:
    """Return how many were declared anew or otherwise, stayed, and are gone."""
    return {"changed": found.changed, "same": found.same, "gone": found.gone}

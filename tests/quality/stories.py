"""Inquiries told in a line each: people of ミチノート, a learning service, in June 2026."""

from datetime import datetime, timedelta, timezone
from itertools import count

from shinrai.inquiries.rules.replay import replay
from shinrai.ledger.rules.steps import Step
from shinrai.quality.rules.facts import InquiryFacts, inquiry_facts

JST = timezone(timedelta(hours=9))


def june(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """Name a moment of June 2026 in Tokyo; the 1st is a Monday."""
    return datetime(2026, 6, day, hour, minute, tzinfo=JST)


def told(*steps: tuple) -> list[Step]:
    """Make steps of (moment, kind) or (moment, kind, {tier, by, detail…}), in the order told."""
    numbers = count(1)
    made = []
    for at, kind, *more in steps:
        given = dict(more[0]) if more else {}
        fields = {name: given.pop(name) for name in ("tier", "by", "role") if name in given}
        made.append(Step(next(numbers), at, at, kind, detail=given, **fields))
    return made


def facts(*steps: tuple, investigations=()) -> InquiryFacts:
    """Give the facts of a told inquiry."""
    made = told(*steps)
    return inquiry_facts(made, replay(made), investigations)

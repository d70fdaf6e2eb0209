"""Read what there is to say to guardians, what they want, and what was said and came of it."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shinrai.family.models import (
    Guardian,
    GuardianNotice,
    GuardianWish,
    NoticeDelivery,
    NoticeSchedule,
    PushSubscription,
)
from shinrai.family.queries.child import dinner_of, mission_of
from shinrai.family.queries.guardians import LinkedLearner, linked_learners
from shinrai.family.queries.study import ChildStudy
from shinrai.family.rules.notice import ChildFacts
from shinrai.family.rules.plan import CHANNELS, GuardianPlan, plan_of
from shinrai.family.rules.week import line_of
from shinrai.missions.rules.week import week_of
from shinrai.privacy.operations import read_words
from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import wilson
from shinrai.units.errors import UserError
from shinrai.units.share import Share
from shinrai.units.text import Text
from shinrai.units.unknown import Unknown

PINS_TOLD = timedelta(days=7)  # an older pin is no news any more, as of a link made today


class UnknownNotice(UserError, LookupError):
    """The guardian has no such notice."""


@dataclass(frozen=True)
class NoticeRecord:
    """A notice as it was made; no lines: they were erased. `states` are by channel."""

    id: int
    guardian: int
    learner: int
    kind: str
    lines: tuple[str, ...]
    why: str
    made_at: datetime
    read_at: datetime | None
    states: Mapping[str, str]

    @property
    def document(self) -> dict[str, Any]:
        """Return the notice as programs read it."""
        return {
            "notice": self.id,
            "kind": self.kind,
            "lines": list(self.lines),
            "why": self.why,
            "made_at": self.made_at.isoformat(),
            "read_at": self.read_at.isoformat() if self.read_at else None,
            "channels": dict(self.states),
        }


def plan_of_guardian(guardian_id: int) -> GuardianPlan:
    """Return what a guardian wants to be told, and when."""
    row = GuardianWish.objects.filter(guardian_id=guardian_id).order_by("-id").first()
    return plan_of(row.document if row else {})


def due_guardians(workspace_id: int, at: datetime, most: int) -> list[int]:
    """Return the guardians for whom it is to be looked now, the longest due first."""
    rows = NoticeSchedule.objects.filter(workspace_id=workspace_id, due_at__lte=at)
    return list(rows.order_by("due_at", "pk").values_list("pk", flat=True)[:most])


def open_subscriptions(guardian_id: int) -> dict[int, str]:
    """Return how the browsers are reached in which a guardian is told, by number."""
    rows = PushSubscription.objects.filter(guardian_id=guardian_id, ended_at=None).order_by("id")
    words_ids = dict(rows.values_list("id", "target_words_id"))
    words = read_words(words_ids.values())
    return {number: words[one] for number, one in words_ids.items() if one in words}


def child_facts(
    study: ChildStudy, link: LinkedLearner, *, guardian_id: int, week: date | None, language: str
) -> ChildFacts:
    """Return what is known of a child at a moment; with `week`, a date in it, of that week too."""
    today, zone = study.today, ZoneInfo(study.learner.workspace.zone)
    titles = {
        one.rule.key: (one.earned.on, (one.rule.title_ja if language == "ja" else "")
                       or one.rule.title or one.rule.key)
        for one in study.pins if one.earned
    }  # fmt: skip
    told = GuardianNotice.objects.filter(
        guardian_id=guardian_id, learner_id=link.learner, kind="pin"
    ).values_list("facts", flat=True)
    known = {key for facts in told for key in facts.get("pins", ())} if titles else set()
    news_since = max(today - PINS_TOLD, link.since.astimezone(zone).date())
    monday = week_of(week) if week else today
    return ChildFacts(
        name=link.name,
        today=today,
        last_on=max(study.days, default=None),
        rests=study.rests,
        line=line_of(study.days, start=monday, today=min(today, week)) if week else None,
        mission=mission_of(study, start=monday) if week else None,
        pins={key: title for key, (on, title) in titles.items() if on >= monday} if week else {},
        new_pins={
            key: title
            for key, (on, title) in titles.items()
            if on >= news_since and key not in known
        },
        dinner=dinner_of(study) if week else None,
    )


def notices_to(
    guardian_id: int,
    *,
    at: datetime,
    learner: int | None = None,
    unread: bool = False,
    channel: str = "",
) -> tuple[NoticeRecord, ...]:
    """Return what was said to a guardian, the newest first; of children they are linked with now.

    What was said about a link stays when it has ended.
    """
    linked = {one.learner for one in linked_learners(guardian_id, at)}
    rows = GuardianNotice.objects.filter(guardian_id=guardian_id, made_at__lte=at)
    rows = rows.filter(read_at=None) if unread else rows
    rows = rows.filter(learner_id=learner) if learner is not None else rows
    rows = rows.filter(deliveries__channel=channel).distinct() if channel else rows
    seen = [one for one in rows.order_by("-id") if one.kind == "link" or one.learner_id in linked]
    return notice_records(seen)


def notice_of(guardian_id: int, number: int, *, at: datetime) -> NoticeRecord:
    """Return one of a guardian's notices. Raises: UnknownNotice."""
    found = [one for one in notices_to(guardian_id, at=at) if one.id == number]
    if not found:
        raise UnknownNotice(Text("this guardian has no notice {number}", number=number))
    return found[0]


def notice_records(rows: Sequence[GuardianNotice]) -> tuple[NoticeRecord, ...]:
    """Return notices with their words, and how they stand by channel."""
    states: defaultdict[int, dict[str, str]] = defaultdict(dict)
    sent = NoticeDelivery.objects.filter(notice__in=rows).order_by("id")
    for number, channel, state in sent.values_list("notice_id", "channel", "state"):
        states[number][channel] = state if states[number].get(channel) != "sent" else "sent"
    words = read_words(row.words_id for row in rows if row.words_id)
    found = []
    for row in rows:
        said = json.loads(words.get(row.words_id or 0, '{"lines": [], "why": ""}'))
        found.append(
            NoticeRecord(
                id=row.id,
                guardian=row.guardian_id,
                learner=row.learner_id,
                kind=row.kind,
                lines=tuple(said["lines"]),
                why=said["why"],
                made_at=row.made_at,
                read_at=row.read_at,
                states=states[row.id],
            )
        )
    return tuple(found)


@dataclass(frozen=True)
class NoticeFigures:
    """What was said to guardians in a span of time: made, sent by channel, failed, opened.

    Opened: the guardian came to the page of the notice, of those that were sent by mail or push.
    No picture or changed address tells who read a mail.
    """

    since: datetime
    until: datetime
    made: Mapping[str, int]  # by kind
    sent: Mapping[str, int]  # by channel
    failed: int
    opened: Share
    bounced: int

    @property
    def interval(self) -> Interval | Unknown:
        """Return the 95 % interval of the share that was opened."""
        return wilson(self.opened.count, self.opened.of)

    @property
    def document(self) -> dict[str, Any]:
        """Return the figures as programs read them."""
        inside = self.interval
        return {
            "since": self.since,
            "until": self.until,
            "made": dict(self.made),
            "sent": dict(self.sent),
            "failed": self.failed,
            "opened": self.opened.count,
            "opened_of": self.opened.of,
            "interval": None if isinstance(inside, Unknown) else [inside.low, inside.high],
            "bounced": self.bounced,
        }


def notice_figures(workspace_id: int, *, since: datetime, until: datetime) -> NoticeFigures:
    """Count the notices made from a moment until another."""
    rows = GuardianNotice.objects.filter(
        workspace_id=workspace_id, made_at__gte=since, made_at__lt=until
    )
    gone = NoticeDelivery.objects.filter(notice__in=rows)
    sent = gone.filter(state="sent").values_list("notice_id", "channel").distinct()
    told = {number for number, channel in sent if channel != "app"}
    opened = set(rows.exclude(read_at=None).values_list("id", flat=True))
    by_channel = Counter(channel for _number, channel in sent)
    return NoticeFigures(
        since=since,
        until=until,
        made=Counter(rows.values_list("kind", flat=True)),
        sent={channel: by_channel[channel] for channel in CHANNELS},
        failed=gone.filter(state="failed").values("notice_id").distinct().count(),
        opened=Share(len(told & opened), len(told)),
        bounced=_bounced(workspace_id),
    )


def _bounced(workspace_id: int) -> int:
    rows = Guardian.objects.filter(workspace_id=workspace_id)
    return rows.exclude(bounced_at=None).count()

"""Sentences about an objective: the headline, then the facts behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from math import floor

from shinrai.calendars.rules.time_zone import zone_named
from shinrai.console.rules.wording import date_text
from shinrai.objectives.rules.budget import Attainment
from shinrai.objectives.rules.escalation import Level
from shinrai.objectives.rules.sentences.clocks import STARTED, STOPPED
from shinrai.objectives.rules.sentences.figures import (
    is_few,
    percent,
    percent_of_target,
    percent_range,
)
from shinrai.objectives.rules.standing import Standing
from shinrai.objectives.rules.windows import RollingWindow, WindowSpan
from shinrai.units.share import Share
from shinrai.units.text import Text
from shinrai.units.unknown import Unknown

LATE = {
    "investigation": (
        Text("no investigation is late"),
        Text("{count} investigation is late", "{count:,} investigations are late"),
    ),
    "acknowledgement": (
        Text("no acknowledgement is late"),
        Text("{count} acknowledgement is late", "{count:,} acknowledgements are late"),
    ),
    "first_reply": (
        Text("no first reply is late"),
        Text("{count} first reply is late", "{count:,} first replies are late"),
    ),
    "next_reply": (
        Text("no reply is late"),
        Text("{count} reply is late", "{count:,} replies are late"),
    ),
    "resolution_first": (
        Text("no solution is late"),
        Text("{count} solution is late", "{count:,} solutions are late"),
    ),
    "resolution_full": (
        Text("no full solution is late"),
        Text("{count} full solution is late", "{count:,} full solutions are late"),
    ),
    "held": (
        Text("no case is late"),
        Text("{count} case is late", "{count:,} cases are late"),
    ),
}
WINDOWS = {
    "1d": Text("today"),
    "1w": Text("this week"),
    "1M": Text("this month"),
    "1Q": Text("this quarter"),
    "1Y": Text("this year"),
}
LEVELS: dict[Level, Text] = {
    1: Text("it is likely to break: look at what is at risk first"),
    2: Text("misses come too thick for chance: ask product engineers for help"),
    3: Text("the misses of 30 days are used up: stop other work and fix the cause"),
    4: Text("the misses of 90 days are used up: tell the executives"),
}


def headline(standing: Standing) -> Text:
    """Return what is late, due next, and left of the budget; a lost window comes first."""
    late, following, left = _late(standing), _next(standing), _left(standing)
    if not standing.is_lost and following is None:
        return Text("{late:capfirst}; {left}.", late=late, left=left)
    if not standing.is_lost:
        return Text("{late:capfirst}, {next}; {left}.", late=late, next=following, left=left)
    if standing.late and following is not None:
        return Text("{left:capfirst}; {late}, {next}.", left=left, late=late, next=following)
    if standing.late or following is not None:
        rest = late if standing.late else following
        return Text("{left:capfirst}; {rest}.", left=left, rest=rest)
    return Text("{left:capfirst}.", left=left)


def headline_of_all(standings: Sequence[Standing]) -> Text:
    """Return how many objectives hold, followed by the headline of the first, the worst."""
    worst = standings[0]
    if len(standings) == 1:
        return headline(worst)
    return Text(
        "{promises:capfirst}. {title}: {headline}",
        promises=promises(standings),
        title=worst.objective.title,
        headline=headline(worst),
    )


def promises(standings: Sequence[Standing]) -> Text:
    """Return how many objectives hold; unknown ones are not counted as holding."""
    count, lost = len(standings), sum(one.is_lost for one in standings)
    if lost:
        if count == 1:
            return Text("the objective can no longer be kept")
        return Text("{lost} of {count} objectives can no longer be kept", lost=lost, count=count)
    holding = sum(one.outcome == "holds" for one in standings)
    if holding == count:
        return (
            Text("the objective still holds") if count == 1 else Text("every objective still holds")
        )
    if not holding:
        return Text("whether the objectives hold cannot be told yet")
    return Text(
        "{holding} of {count} objectives still hold, of the others it cannot be told yet",
        holding=holding,
        count=count,
    )


@dataclass(frozen=True)
class MissedAbout:
    """How many of a window's misses are about the topics that most of them are about."""

    count: int
    topics: tuple[Text, ...]


def loss(standing: Standing, about: MissedAbout | None = None) -> Text:
    """Return that a window is lost, in the words of that window, and how many misses it took."""
    allowed, used = standing.budget.allowed, standing.counts.misses
    where = window_name(standing, standing.span)
    tail = _used(used, 0 if isinstance(allowed, Unknown) else floor(allowed), about)
    if standing.outcome == "broken":
        return Text("{where:capfirst} was not kept: {tail}", where=where, tail=tail)
    return Text("{where:capfirst} can no longer be kept: {tail}", where=where, tail=tail)


def closed_loss(standing: Standing, span: WindowSpan, share: Share) -> Text:
    """Return that an earlier window closed without its target being met."""
    fits = floor((1 - standing.objective.target) * share.of)
    where, tail = window_name(standing, span), _used(share.of - share.count, fits, None)
    return Text("{where:capfirst} was not kept: {tail}", where=where, tail=tail)


def _used(used: int, fits: int, about: MissedAbout | None) -> Text:
    if not fits:
        return Text("{used:,} missed, none allowed at this volume", used=used)
    if about is None:
        return Text("{used:,} of {fits:,} misses used", used=used, fits=fits)
    return Text(
        "{used:,} of {fits:,} misses used, {count:,} of them about {topics}",
        used=used,
        fits=fits,
        count=about.count,
        topics=about.topics,
    )


def window_name(standing: Standing, span: WindowSpan) -> Text:
    """Return a window by name: November, or its dates; a rolling one by its length."""
    kind = standing.objective.window
    if isinstance(kind, RollingWindow):
        return Text("the promise of {days} days", days=kind.days)
    zone = zone_named(kind.zone)
    first, last = (
        at.astimezone(zone).date() for at in (span.start, span.end - timedelta.resolution)
    )
    if str(kind.length) == "1M" and first.day == 1:
        return Text("{on:%B}", context="window", on=first)
    begins, ends = (date_text(on, has_year=False) for on in (first, last))
    return Text("{begins} – {ends}", begins=begins, ends=ends)


def details(standing: Standing) -> list[Text]:
    """Return the facts behind the headline, one sentence each."""
    lines = [attained(standing)]
    counts, level = standing.counts, standing.escalation.level
    exempted = counts.exempt_kept + counts.exempt_missed
    if exempted:
        share = standing.attained_with_exempted.share
        lines.append(
            Text(
                "{exempted:,} handled beyond the target stand apart; with them {count:,} "
                "of {of:,}.",
                exempted=exempted,
                count=share.count,
                of=share.of,
            )
        )
    lines += _budget(standing)
    if isinstance(standing.break_probability, float):
        probability = percent(standing.break_probability)
        lines.append(Text("It is {probability} % likely to break.", probability=probability))
    if counts.is_paused_much:
        paused = percent(counts.paused_open_s / counts.open_s)
        lines.append(
            Text(
                "Clocks stood still for {paused} % of the open time: look at both clocks.",
                paused=paused,
            )
        )
    if level is not None:
        lines.append(Text("Escalation level {level}: {levels}.", level=level, levels=LEVELS[level]))
    return lines


def attained(standing: Standing) -> Text:
    """Return how many were kept of how many, with the interval and the target."""
    target = percent_of_target(standing.objective.target)
    if standing.attained.share.of == 0:
        where = window(standing)
        return Text(
            "Nothing has fallen due {where}: whether {target} % hold is unknown.",
            where=where,
            target=target,
        )
    kept = figure(standing.attained, standing.objective.target)
    return Text("Kept {kept}; the target is {target} %.", kept=kept, target=target)


def flow(standing: Standing) -> Text:
    """Return how many clocks started, were due and ended in the window's dates, of any window."""
    counts, clock = standing.counts, standing.objective.clock.clock
    started, stopped = STARTED[clock], STOPPED[clock]
    return Text(
        "{filed:,} {started}, {due:,} due, {answered:,} {stopped}",
        filed=counts.filed,
        started=started,
        due=counts.due,
        answered=counts.answered,
        stopped=stopped,
    )


def figure(attained: Attainment, target: Fraction | None = None) -> Text:
    """Return a share with its counts, per cent and interval: 47 of 52 (90 %, 79–96 %)."""
    share, interval = attained.share, attained.interval
    if share.of == 0 or isinstance(interval, Unknown):
        return Text("– (nothing to count)")
    whole = percent(Fraction(share.count, share.of), beside=target)
    low, high = percent_range(interval)
    return (
        Text(
            "{count:,} of {of:,} ({whole} %, {low}–{high} %, too few to tell)",
            count=share.count,
            of=share.of,
            whole=whole,
            low=low,
            high=high,
        )
        if is_few(share)
        else Text(
            "{count:,} of {of:,} ({whole} %, {low}–{high} %)",
            count=share.count,
            of=share.of,
            whole=whole,
            low=low,
            high=high,
        )
    )


def window(standing: Standing) -> Text:
    """Return the window in words: this month, in the last 30 days."""
    kind = standing.objective.window
    if isinstance(kind, RollingWindow):
        return Text("in the last {days} days", days=kind.days)
    if standing.at >= standing.span.end:
        zone, end = zone_named(kind.zone), standing.span.end
        first, last = (
            date_text(moment.astimezone(zone).date(), has_year=False)
            for moment in (standing.span.start, end - timedelta.resolution)
        )
        return Text("from {first} to {last}", first=first, last=last)
    return WINDOWS.get(str(kind.length), Text("this window"))


def _late(standing: Standing) -> Text:
    late = standing.late
    none, some = LATE[standing.objective.clock.clock]
    return Text(some.message, some.plural, count=late) if late else none


def _next(standing: Standing) -> Text | None:
    following = standing.next_due
    if following is None:
        return None
    at = following.by.astimezone(zone_named(standing.zone))
    count = following.count
    if following.is_today:
        return Text(
            "{count} is due by {at:%H:%M}", "{count:,} are due by {at:%H:%M}", count=count, at=at
        )
    return Text(
        "{count} is due by {day} {at:%H:%M}",
        "{count:,} are due by {day} {at:%H:%M}",
        count=count,
        day=date_text(at.date(), has_year=False),
        at=at,
    )


def _left(standing: Standing) -> Text:
    budget, where = standing.budget, window(standing)
    target = percent_of_target(standing.objective.target)
    if standing.outcome == "broken":
        return Text("the target of {target} % was broken {where}", target=target, where=where)
    if standing.outcome == "cannot_be_kept":
        return Text(
            "the target of {target} % can no longer be kept {where}", target=target, where=where
        )
    left, days = budget.misses_left, budget.days_for_one_miss
    if isinstance(left, Unknown):
        return Text("how many misses are left is unknown ({left})", left=left)
    if budget.allows_none and not isinstance(days, Unknown):
        return Text(
            "no miss fits at this volume, a window of {days} days would allow one", days=days
        )
    if left == 0:
        return Text("no more miss is left {where}", where=where)
    return Text(
        "one more miss is left {where}",
        "{count} more misses are left {where}",
        count=left,
        where=where,
    )


def _budget(standing: Standing) -> list[Text]:
    budget, counts = standing.budget, standing.counts
    arrivals, allowed = budget.arrivals, budget.allowed
    if isinstance(arrivals, Unknown) or isinstance(allowed, Unknown):
        return []
    fits = floor(allowed)  # cases are whole: a miss more than these is one too many
    if arrivals == 0:
        return [
            Text(
                "{misses:,} missed of {fits:,} allowed, with {known:,} due.",
                misses=counts.misses,
                fits=fits,
                known=budget.known,
            )
        ]
    expected, weeks, ahead = round(arrivals), standing.arrivals.weeks, counts.ahead
    return [
        Text(
            "{misses:,} missed of {fits:,} allowed: {fallen:,} fell due, {count:,} is in "
            "hand and {expected:,} more are expected, as in the last {weeks} weeks.",
            "{misses:,} missed of {fits:,} allowed: {fallen:,} fell due, {count:,} are "
            "in hand and {expected:,} more are expected, as in the last {weeks} weeks.",
            misses=counts.misses,
            fits=fits,
            fallen=counts.fallen,
            count=ahead,
            expected=expected,
            weeks=weeks,
        )
    ]

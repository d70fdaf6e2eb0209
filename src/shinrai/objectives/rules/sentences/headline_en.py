"""English sentences about an objective: the one its reader came for, then what it rests on."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from shinrai.calendars.rules.time_zone import zone_named
from shinrai.objectives.rules.budget import Attainment
from shinrai.objectives.rules.escalation import Level
from shinrai.objectives.rules.sentences.en import MONTHS, STARTED, STOPPED, WEEKDAYS
from shinrai.objectives.rules.sentences.figures import (
    is_few,
    one_decimal,
    percent,
    percent_of_target,
    percent_range,
)
from shinrai.objectives.rules.standing import Standing
from shinrai.objectives.rules.windows import RollingWindow
from shinrai.units.unknown import Unknown

NOUNS = {
    "investigation": ("investigation", "investigations"),
    "acknowledgement": ("acknowledgement", "acknowledgements"),
    "first_reply": ("first reply", "first replies"),
    "next_reply": ("reply", "replies"),
    "resolution_first": ("solution", "solutions"),
    "resolution_full": ("full solution", "full solutions"),
    "held": ("case", "cases"),
}
WINDOWS = {
    "1d": "today",
    "1w": "this week",
    "1M": "this month",
    "1Q": "this quarter",
    "1Y": "this year",
}
LEVELS: dict[Level, str] = {
    1: "it is likely to break: look at what is at risk first",
    2: "misses come too thick for chance: ask product engineers for help",
    3: "the misses of 30 days are used up: stop other work and fix the cause",
    4: "the misses of 90 days are used up: tell the executives",
}


def headline(standing: Standing) -> str:
    """Say what is late, what is due next, and what is left of the budget; a lost window first."""
    late = "" if standing.is_lost and not standing.late else _late(standing)
    pressing = ", ".join(part for part in (late, _next(standing)) if part)
    parts = [pressing, _left(standing)]
    said = "; ".join(part for part in (parts[::-1] if standing.is_lost else parts) if part)
    return f"{said[:1].upper()}{said[1:]}."


def headline_of_all(standings: Sequence[Standing]) -> str:
    """Say how many objectives hold, and of the worst, which comes first, its own headline."""
    worst, count = standings[0], len(standings)
    if count == 1:
        return headline(worst)
    said = promises(standings)
    return f"{said[:1].upper()}{said[1:]}. {worst.objective.title}: {headline(worst)}"


def promises(standings: Sequence[Standing]) -> str:
    """Say whether objectives hold; what cannot be told yet is not called holding."""
    count, lost = len(standings), sum(one.is_lost for one in standings)
    if lost:
        if count == 1:
            return "the objective can no longer be kept"
        return f"{lost} of {count} objectives can no longer be kept"
    holding = sum(one.outcome == "holds" for one in standings)
    if holding == count:
        return "the objective still holds" if count == 1 else "every objective still holds"
    if not holding:
        return "whether the objectives hold cannot be told yet"
    return f"{holding} of {count} objectives still hold, of the others it cannot be told yet"


def details(standing: Standing) -> list[str]:
    """Say what the headline rests on, one sentence a fact."""
    lines = [attained(standing)]
    exempted = standing.counts.exempt_kept + standing.counts.exempt_missed
    if exempted:
        share = standing.attained_with_exempted.share
        lines.append(
            f"{exempted} handled beyond the target stand apart; with them {share.count:,} of "
            f"{share.of:,}."
        )
    lines += _budget(standing)
    if isinstance(standing.break_probability, float):
        lines.append(f"It is {percent(standing.break_probability)} % likely to break.")
    if standing.counts.is_paused_much:
        counts = standing.counts
        paused = percent(counts.paused_open_s / counts.open_s)
        lines.append(f"Clocks stood still for {paused} % of the open time: look at both clocks.")
    level = standing.escalation.level
    if level is not None:
        lines.append(f"Escalation level {level}: {LEVELS[level]}.")
    return lines


def attained(standing: Standing) -> str:
    """Say how many were kept of how many, and how sure that is."""
    target = percent_of_target(standing.objective.target)
    if standing.attained.share.of == 0:
        return f"Nothing has fallen due {window(standing)}: whether {target} % hold is unknown."
    return f"Kept {figure(standing.attained, standing.objective.target)}; the target is {target} %."


def flow(standing: Standing) -> str:
    """Say what began, fell due and ended in the window's dates, whichever window it belongs to."""
    counts, clock = standing.counts, standing.objective.clock.clock
    return (
        f"{counts.filed:,} {STARTED[clock]}, {counts.due:,} due, "
        f"{counts.answered:,} {STOPPED[clock]}"
    )


def figure(attained: Attainment, target: Fraction | None = None) -> str:
    """Write a share so that it never stands alone: 47 of 52 (90 %, 79-96 %)."""
    share, interval = attained.share, attained.interval
    if share.of == 0 or isinstance(interval, Unknown):
        return "– (nothing to count)"
    whole = percent(Fraction(share.count, share.of), beside=target)
    low, high = percent_range(interval)
    few = ", too few to tell" if is_few(share) else ""
    return f"{share.count:,} of {share.of:,} ({whole} %, {low}–{high} %{few})"


def window(standing: Standing) -> str:
    """Name the window as people do: this month, in the last 30 days."""
    kind = standing.objective.window
    if isinstance(kind, RollingWindow):
        return f"in the last {kind.days} days"
    if standing.at >= standing.span.end:
        first, last = (
            _day(moment.astimezone(zone_named(kind.zone)).date())
            for moment in (standing.span.start, standing.span.end)
        )
        return f"from {first} to before {last}"
    return WINDOWS.get(str(kind.length), "this window")


def _late(standing: Standing) -> str:
    one, many = NOUNS[standing.objective.clock.clock]
    if standing.late == 0:
        return f"no {one} is late"
    return f"1 {one} is late" if standing.late == 1 else f"{standing.late:,} {many} are late"


def _next(standing: Standing) -> str:
    following = standing.next_due
    if following is None:
        return ""
    local = following.by.astimezone(zone_named(standing.zone))
    when = f"{local:%H:%M}" if following.is_today else f"{_day(local.date())} {local:%H:%M}"
    return f"{following.count:,} {'is' if following.count == 1 else 'are'} due by {when}"


def _left(standing: Standing) -> str:
    budget, where = standing.budget, window(standing)
    target = percent_of_target(standing.objective.target)
    if standing.outcome == "broken":
        return f"the target of {target} % was broken {where}"
    if standing.outcome == "cannot_be_kept":
        return f"the target of {target} % can no longer be kept {where}"
    left, days = budget.misses_left, budget.days_for_one_miss
    if isinstance(left, Unknown):
        return f"how many misses are left is unknown ({left.reason})"
    if budget.allows_none and not isinstance(days, Unknown):
        return f"no miss fits at this volume, a window of {days} days would allow one"
    if left == 0:
        return f"no more miss is left {where}"
    return f"{'one more miss is' if left == 1 else f'{left} more misses are'} left {where}"


def _budget(standing: Standing) -> list[str]:
    budget, counts = standing.budget, standing.counts
    arrivals, allowed = budget.arrivals, budget.allowed
    if isinstance(arrivals, Unknown) or isinstance(allowed, Unknown):
        return []
    missed = f"{counts.misses:,} missed of {one_decimal(allowed)} allowed"
    if arrivals == 0:
        return [f"{missed}, with {budget.known:,} due."]
    weeks = standing.arrivals.weeks
    return [
        f"{missed}: {counts.fallen:,} fell due, {counts.ahead:,} {_are(counts.ahead)} in hand and "
        f"{one_decimal(arrivals)} more are expected, as in the last {weeks} weeks."
    ]


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _day(on: date) -> str:
    return f"{WEEKDAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]}"

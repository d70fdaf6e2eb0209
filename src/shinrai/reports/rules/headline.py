"""The first sentence of a report: lost objectives, late and soon due cases, targets reached."""

from dataclasses import dataclass

from shinrai.console.rules.wording import MONTHS
from shinrai.reports.rules.periods import Period
from shinrai.units.text import Text, in_a_row


@dataclass(frozen=True)
class Headline:
    """The values of the first sentence; `judged` objectives had anything due.

    `met` of them reached their target.
    """

    period: Period
    is_over: bool
    late: int
    at_risk: int
    met: int
    judged: int
    objectives: int
    inquiries: int
    lost: tuple[Text | str, ...] = ()  # objectives whose own window is lost, with its dates
    lost_is_over: bool = False  # whether each of those windows had ended


# English says the same of what is over and of what still runs; Japanese does not.
REACHED_IT = Text("The objective reached its target.", context="over")
REACHES_IT = Text("The objective reached its target.", context="now")
MISSED_IT = Text("The objective missed its target.", context="over")
MISSES_IT = Text("The objective missed its target.", context="now")
ALL_REACHED = Text("All {judged} objectives reached their target.", context="over")
ALL_REACH = Text("All {judged} objectives reached their target.", context="now")
SOME_REACHED = Text("{met} of {judged} objectives reached their target.", context="over")
SOME_REACH = Text("{met} of {judged} objectives reached their target.", context="now")


def period_text(period: Period) -> Text:
    """Return a period as named in a sentence: week 47, November 2026, these dates."""
    if period.kind == "week":
        week = period.first.isocalendar().week
        return Text("week {week}", week=week)
    if period.kind == "month":
        return Text("{month} {on.year}", month=MONTHS[period.first.month - 1], on=period.first)
    return Text("these dates")


def against_text(period: Period, count: int) -> Text:
    """Return what a period is compared with, in words: the 8 weeks before."""
    if period.kind == "week":
        return Text("the {count} weeks before", count=count)
    if period.kind == "month":
        return Text("the {count} months before", count=count)
    return Text("the {days} days before", days=period.days)


def headline(told: Headline) -> Text:
    """Return a report in a sentence or two; a lost window comes first."""
    if not told.objectives:
        return Text(
            "{count} inquiry came in. Nothing is promised here yet.",
            "{count:,} inquiries came in. Nothing is promised here yet.",
            count=told.inquiries,
        )
    sentences = [_lost(told), _pressing(told), _reached(told)]
    return in_a_row(sentence for sentence in sentences if sentence is not None)


def _lost(told: Headline) -> Text | None:
    if not told.lost:
        return None
    first, more = told.lost[0], len(told.lost) - 1
    if told.lost_is_over and more:
        return Text(
            "The target of {first} and of {more} more is lost.",
            context="over",
            first=first,
            more=more,
        )
    if told.lost_is_over:
        return Text("The target of {first} is lost.", context="over", first=first)
    if more:
        return Text("The target of {first} and of {more} more is lost.", first=first, more=more)
    return Text("The target of {first} is lost.", first=first)


def _pressing(told: Headline) -> Text:
    """Return how many cases are late, and how many are due by the next close.

    If a window is lost, "nothing is late" is left out.
    """
    name, late, due = period_text(told.period), _late(told), _due(told)
    if told.is_over:
        if late is None:
            return Text("When {name} ended, {due}.", name=name, due=due)
        return Text("When {name} ended, {late}, and {due}.", name=name, late=late, due=due)
    if late is None:
        return Text("As {name} stands, {due}.", name=name, due=due)
    return Text("As {name} stands, {late}, and {due}.", name=name, late=late, due=due)


def _late(told: Headline) -> Text | None:
    if not told.late:
        nothing = Text("nothing was late") if told.is_over else Text("nothing is late")
        return None if told.lost else nothing
    if told.is_over:
        return Text("{count} case was late", "{count:,} cases were late", count=told.late)
    return Text(
        "{count} case is late", "{count:,} cases are late", context="report", count=told.late
    )


def _due(told: Headline) -> Text:
    if not told.at_risk:
        if told.is_over:
            return Text("none fell due by the next close")
        return Text("none fall due by the next close")
    if told.is_over:
        return Text("{count:,} fell due by the next close", count=told.at_risk)
    return Text(
        "{count} falls due by the next close",
        "{count:,} fall due by the next close",
        count=told.at_risk,
    )


def _reached(told: Headline) -> Text | None:
    """Return how many objectives reached their target; None if a window is lost and all did."""
    met, judged = told.met, told.judged
    if told.lost and met == judged:
        return None
    if not judged:
        return Text("Nothing fell due under any objective.")
    is_one = told.objectives == judged == 1
    if is_one and told.is_over:
        return REACHED_IT if met else MISSED_IT
    if is_one:
        return REACHES_IT if met else MISSES_IT
    if met == judged:
        return (ALL_REACHED if told.is_over else ALL_REACH).using(judged=judged)
    return (SOME_REACHED if told.is_over else SOME_REACH).using(met=met, judged=judged)

"""One person's month of habit, beside what their household asked."""

from datetime import date, timedelta
from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only
from shinrai.console.charts.bars import Bar, bars
from shinrai.console.charts.month import days_of_month
from shinrai.console.charts.svg import Drawing
from shinrai.desk.queries.household import household
from shinrai.objectives.pages import the_warehouse
from shinrai.usage.queries.actors import actors_merged
from shinrai.usage.queries.person import PersonHabit, UnknownActor, person_habit
from shinrai.usage.queries.scope import UsageScope

MUCH: Final = 10  # events of a day that is drawn as a full one
SOME: Final = 3


@require_safe
@members_only
def usage_person(request: MemberRequest, number: int) -> HttpResponse:
    """Show the days of a month on which a person used the service, and their household."""
    there = request.workspace
    scope = UsageScope(
        there.id, there.zone, request.at, the_warehouse(), persons=actors_merged(there.id)
    )
    try:
        habit = person_habit(scope, number)
    except UnknownActor as error:
        raise Http404 from error
    shown = _asked(request.GET.get("month", ""), habit)
    around = household(there.id, number, habit.actors, on=scope.today)
    if request.member is not None:
        record_view(
            workspace_id=there.id,
            what="days of use of a person",
            subject=f"customer:{number}",
            at=request.at,
            by=author_of(request),
            shown=[one.head.id for one in around.cases],
        )
    days = habit.of_month(shown)
    before, last = ((shown + timedelta(days=days)).replace(day=1) for days in (-1, 31))
    context = {
        "number": number,
        "habit": habit,
        "month": shown,
        "days": days,
        "pictures": [_picture(habit, one) for one in (before, shown)],
        "year": bars(
            [
                Bar(f"{start:%Y-%m}", count, str(count), f"?month={start:%Y-%m}")
                for start, count in habit.months(shown)
            ],
            prefix="year",
            title=_("Active days by month"),
        ),
        "before": before,
        "after": last if last <= habit.today else None,
        "household": around,
        "events": _events(habit, shown),
    }
    return render(request, "desk/person.html", context)


def _asked(text: str, habit: PersonHabit) -> date:
    """Return the first day of the month asked for; else of the newest with use."""
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        asked = habit.last_on.replace(day=1)
    return min(max(asked, habit.first_on.replace(day=1)), habit.today.replace(day=1))


def _picture(habit: PersonHabit, start: date) -> Drawing:
    def cell(day: date) -> tuple[str, str]:
        used = habit.days.get(day)
        count = used.events.total() if used else 0
        return _sort(count, day > habit.today), _title(day, count)

    active = len(habit.of_month(start))
    return days_of_month(
        start,
        cell,
        today=habit.today,
        desc=ngettext("{n} active day", "{n} active days", active).format(n=active),
        weekdays=tuple(str(WEEKDAYS_ABBR[(day - 1) % 7])[:2] for day in range(7)),  # Sunday first
    )


def _sort(count: int, is_to_come: bool) -> str:
    if not count:
        return "closed" if is_to_come else "none"
    return "much" if count >= MUCH else "some" if count >= SOME else "little"


def _title(day: date, count: int) -> str:
    if not count:
        return _("{day}: no use").format(day=f"{day:%m-%d}")
    return ngettext("{day}: {n} event", "{day}: {n} events", count).format(
        day=f"{day:%m-%d}", n=count
    )


def _events(habit: PersonHabit, start: date) -> list[tuple[str, int, int]]:
    """Return each event of the month: its name, how often, and on how many days."""
    found: dict[str, list[int]] = {}
    for day in habit.of_month(start):
        for name, count in day.events.items():
            of_name = found.setdefault(name, [0, 0])
            of_name[0] += count
            of_name[1] += 1
    return sorted(((name, *of_name) for name, of_name in found.items()), key=lambda one: -one[1])  # type: ignore[misc]

"""When an alert of a tile is raised: by a threshold, a weekday, missing data, or a rise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any, Final

from shinrai.explore.rules.answer import SqlAnswer
from shinrai.explore.rules.charts import chart_for, is_share, number
from shinrai.units.errors import UserError
from shinrai.units.text import Text

KINDS: Final[Mapping[str, Text]] = {
    "threshold": Text("a limit is passed"),
    "weekday": Text("it differs from the same weekday"),
    "no_data": Text("no data comes"),
    "rise": Text("it rises beyond chance"),
}
SIDES: Final = ("above", "below")
WEEKS: Final = 4  # of the same weekday
MOST_HOURS: Final = 24 * 90
# A day on which nothing is the matter raises it once in ten thousand: once in 27 years a tile.
RAREST: Final = 1e-4
FEWEST_DAYS: Final = 32  # 28 of a baseline, 3 between, and the day itself


class BadAlert(UserError, ValueError):
    """An alert that cannot be set."""


@dataclass(frozen=True)
class AlertRule:
    """What raises an alert; `value` is a limit, percent, or hours."""

    kind: str
    side: str = ""
    value: float | None = None

    def settings(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {"side": self.side, "value": self.value}


@dataclass(frozen=True)
class AlertState:
    """Whether an alert is raised, about which day, what was seen, and against what.

    `event` names it: one day's alert is sent once.
    """

    is_raised: bool
    event: str
    observed: float | None
    against: float | None


def alert_rule(kind: str, side: str, value: str) -> AlertRule:
    """Return an alert as typed.

    Raises: BadAlert, which says what to write.
    """
    if kind not in KINDS:
        raise BadAlert(Text("choose what raises the alert: {kinds}", kinds=", ".join(KINDS)))
    if kind == "rise":
        return AlertRule(kind)
    try:
        found = float(value.replace(",", "").replace("%", "").strip())
    except ValueError as error:
        raise BadAlert(
            Text("{value!r} is no number; write for example 40", value=value[:20])
        ) from error
    if kind == "no_data":
        if not 1 <= found <= MOST_HOURS:
            raise BadAlert(Text("write 1 to {most} hours", most=MOST_HOURS))
        return AlertRule(kind, "", found)
    if side not in SIDES:
        raise BadAlert(Text("choose above or below"))
    if kind == "weekday" and not 1 <= found <= 1000:
        raise BadAlert(Text("write 1 to 1000 percent"))
    return AlertRule(kind, side, found)


def judge(rule: AlertRule, answer: SqlAnswer, *, today: date, at: datetime) -> AlertState | None:
    """Return whether an answer raises an alert; None if it cannot be told from it.

    Days that are not over count only where passing a limit cannot be undone: above it.
    """
    chart = chart_for(answer.columns, answer.rows)
    if rule.kind == "no_data":
        return _missing(rule, answer, chart.x if chart.type == "line" else "", at)
    if chart.type == "figure":
        value = float(answer.rows[0][_place(answer, chart.y)])
        if rule.kind != "threshold":
            return None
        return AlertState(_passes(rule, value), today.isoformat(), value, rule.value)
    if chart.type != "line" or chart.series:
        return None
    days = _days(answer, chart.x, chart.y)
    closed = [one for one in days if one[0] < _last_open(days, today)]
    if rule.kind == "threshold":
        return _threshold(rule, days, closed)
    if rule.kind == "weekday":
        return _weekday(rule, closed)
    return _rise(closed)


def sentence(rule: AlertRule, judged: AlertState, *, tile: str, column: str = "") -> Text:
    """Return what a message says: what was seen, where, and against what."""
    share = is_share(column)
    seen = "" if judged.observed is None else number(judged.observed, share)
    against = "" if judged.against is None else number(judged.against, share)
    values = {"tile": tile, "on": judged.event, "seen": seen, "against": against}
    if not judged.is_raised:
        return Text("{tile}: back within its limits ({on}: {seen}).", **values)
    if rule.kind == "no_data":
        return Text("{tile}: no data since {on}.", **values)
    if rule.kind == "weekday":
        return Text("{tile}: {seen} on {on}; the same weekday had {against}.", **values)
    if rule.kind == "rise":
        return Text("{tile}: {seen} on {on}; {against} were to be expected.", **values)
    if rule.side == "above":
        return Text("{tile}: {seen} on {on}, above {against}.", **values)
    return Text("{tile}: {seen} on {on}, below {against}.", **values)


def _passes(rule: AlertRule, value: float) -> bool:
    assert rule.value is not None
    return value > rule.value if rule.side == "above" else value < rule.value


def _threshold(
    rule: AlertRule, days: Sequence[tuple[date, float]], closed: Sequence[tuple[date, float]]
) -> AlertState | None:
    looked_at = days if rule.side == "above" else closed
    if not looked_at:
        return None
    on, value = looked_at[-1]
    if not _passes(rule, value) and closed:
        on, value = closed[-1]
    return AlertState(_passes(rule, value), on.isoformat(), value, rule.value)


def _weekday(rule: AlertRule, closed: Sequence[tuple[date, float]]) -> AlertState | None:
    if not closed:
        return None
    on, value = closed[-1]
    known = dict(closed)
    before = [known[day] for n in range(1, WEEKS + 1) if (day := on - timedelta(weeks=n)) in known]
    if len(before) < WEEKS:
        return None
    usual = median(before)
    assert rule.value is not None
    change = 100 * (value - usual) / abs(usual) if usual else (0.0 if value == usual else 1e9)
    raised = change > rule.value if rule.side == "above" else change < -rule.value
    return AlertState(raised, on.isoformat(), value, usual)


def _missing(rule: AlertRule, answer: SqlAnswer, column: str, at: datetime) -> AlertState | None:
    assert rule.value is not None
    if not answer.rows:
        return AlertState(True, at.date().isoformat(), None, None)
    if not column:
        return AlertState(False, at.date().isoformat(), None, None)
    last = max(_date(row[_place(answer, column)]) for row in answer.rows)
    # A day has data until its end.
    quiet = at - datetime(last.year, last.month, last.day, tzinfo=at.tzinfo) - timedelta(days=1)
    return AlertState(quiet > timedelta(hours=rule.value), last.isoformat(), None, None)


def _rise(closed: Sequence[tuple[date, float]]) -> AlertState | None:
    """Judge the last day by those before it; days without a row had none."""
    from shinrai.statistics.outbreaks import daily_rises

    if not closed or any(value < 0 or value != int(value) for _, value in closed):
        return None
    first, last = closed[0][0], closed[-1][0]
    counts = [0] * ((last - first).days + 1)
    if len(counts) < FEWEST_DAYS:
        return None
    for on, value in closed:
        counts[(on - first).days] += int(value)
    watched = daily_rises([counts], alpha=RAREST)
    return AlertState(
        bool(watched.alarms[0, -1]),
        last.isoformat(),
        float(counts[-1]),
        round(float(watched.expected[0, -1]), 1),
    )


def _days(answer: SqlAnswer, x: str, y: str) -> list[tuple[date, float]]:
    on, value = _place(answer, x), _place(answer, y)
    return sorted(
        (_date(row[on]), float(row[value]))
        for row in answer.rows
        if row[on] is not None and row[value] is not None
    )


def _last_open(days: Sequence[tuple[date, float]], today: date) -> date:
    """Return the first date of the day, week or month that is not over."""
    if len(days) < 2:
        return today
    step = min((b[0] - a[0]).days for a, b in pairwise(days)) or 1
    return today if step < 7 else today - timedelta(days=step - 1)


def _place(answer: SqlAnswer, name: str) -> int:
    return next(number for number, one in enumerate(answer.columns) if one.name == name)


def _date(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])

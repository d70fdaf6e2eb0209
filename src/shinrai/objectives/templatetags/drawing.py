"""An objective's budget as a row of squares, in the reader's language."""

from datetime import timedelta
from fractions import Fraction
from math import floor
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shinrai.console.charts.budget_row import (
    Budget,
    Square,
    SquareState,
    is_bar,
)
from shinrai.console.reader import reader_language, reader_text
from shinrai.console.rules.wording import (
    grouped,
    moment_words,
    visible_words,
)
from shinrai.objectives.queries.standings import DueLine, ObjectiveReport
from shinrai.objectives.rules.from_cases import INVESTIGATION_CLOCKS
from shinrai.objectives.rules.sentences import standings
from shinrai.objectives.rules.standing import Standing
from shinrai.units.text import Text
from shinrai.units.unknown import Unknown

STATE_WORDS: dict[str, Promise] = {
    "kept": _("kept"),
    "missed": _("missed"),
    "overdue": _("overdue"),
    "running": _("running"),
    "paused": _("paused"),
    "void": _("void"),
    "exempt": _("exempt"),
}
DRAWN: dict[str, SquareState] = {
    "kept": "kept",
    "missed": "missed",
    "overdue": "overdue",
    "running": "running",
    "paused": "paused",
}


def budget_of(report: ObjectiveReport, *, where: str, query: str = "") -> Budget:
    """Return a report's budget as squares; `where` is the workspace's slug, "" makes no links."""
    stands = report.standing
    window = reader_text(standings.window(stands))
    title = gettext("Budget of %(objective)s, %(window)s") % {
        "objective": stands.objective.title,
        "window": window,
    }
    drawn = sum(state in DRAWN for state in report.due.states())
    if is_bar(drawn + _expected(report)):
        squares = _states_alone(report)
    else:
        squares = _told_squares(report, where=where, query=query)
    allowed = stands.budget.allowed
    return Budget(
        title=title,
        desc=reader_text(standings.attained(stands)),
        squares=tuple(squares),
        allowed=None if isinstance(allowed, Unknown) else floor(allowed),
        allowed_label="" if isinstance(allowed, Unknown) else _allowed_words(allowed, stands),
        state_words=tuple((DRAWN.get(s, "expected"), words) for s, words in key_of(report)),
    )


def _states_alone(report: ObjectiveReport) -> list[Square]:
    """Return one square per ticket without title or link, for tickets drawn together."""
    plain = {state: Square(state, "") for state in (*DRAWN.values(), "expected")}
    found = [plain[DRAWN[state]] for state in report.due.states() if state in DRAWN]
    return found + [plain["expected"]] * _expected(report)


def _told_squares(report: ObjectiveReport, *, where: str, query: str) -> list[Square]:
    """Return one square per ticket, with its case, its due moment and its link."""
    stands = report.standing
    squares = [
        Square(
            state=DRAWN[line.state],
            title=_square_words(line, stands),
            href=case_href(line, stands, where, query),
            group=group,
        )
        for line, group in _by_week(report)
    ]
    expected = gettext("expected, as in the last weeks")
    squares += [Square("expected", expected, group="") for _place in range(_expected(report))]
    return list(_same_group_to_the_end(squares))


def _expected(report: ObjectiveReport) -> int:
    arrivals = report.standing.budget.arrivals
    return 0 if isinstance(arrivals, Unknown) else round(arrivals)


def _same_group_to_the_end(squares: list[Square]) -> list[Square]:
    """Give the expected tickets the group of the last week."""
    last = next((s.group for s in reversed(squares) if s.group), "")
    return [s if s.group else Square(s.state, s.title, s.href, last) for s in squares]


def _by_week(report: ObjectiveReport) -> list[tuple[DueLine, str]]:
    """Return each ticket with the Monday of its week: 2 November, then 9, 16."""
    zone = ZoneInfo(report.standing.zone)
    named: list[tuple[DueLine, str]] = []
    month, group, monday = 0, "", None
    for line in report.lines:
        if line.state not in DRAWN:
            continue
        due = line.due_at.astimezone(zone)
        week = due.date() - timedelta(days=due.weekday())
        if week != monday:
            monday = week
            first = max(week, report.standing.span.start.astimezone(zone).date())
            if first.month != month:
                month = first.month
                group = reader_text(Text("{on.day} {on:%b}", on=first))
            else:
                group = reader_text(Text("{on.day}", on=first))
        named.append((line, group))
    return named


def _square_words(line: DueLine, standing: Standing) -> str:
    due = moment_words(
        line.due_at, zone=standing.zone, language=reader_language(), near=standing.at
    )
    return gettext("%(case)s, due %(due)s, %(state)s") % {
        "case": visible_words(line.case_key),
        "due": due,
        "state": STATE_WORDS[line.state],
    }


def case_href(line: DueLine, standing: Standing, where: str, query: str) -> str:
    if not where:
        return ""
    is_ours = standing.objective.clock.clock in INVESTIGATION_CLOCKS
    page = "investigation" if is_ours else "inquiry"
    return reverse(page, args=[where, line.case_key]) + query


def _allowed_words(allowed: Fraction, standing: Standing) -> str:
    return gettext("%(allowed)s misses allowed, %(used)s used") % {
        "allowed": grouped(floor(allowed)),
        "used": grouped(standing.counts.misses),
    }


def key_of(report: ObjectiveReport) -> list[tuple[str, str]]:
    stands, counts = report.standing, report.standing.counts
    expected = _expected(report)
    told = (
        ("kept", counts.kept, gettext("%(n)s kept")),
        ("kept", counts.kept_ahead, gettext("%(n)s done already, due later")),
        ("running", counts.running, gettext("%(n)s running")),
        ("paused", stands.paused, gettext("%(n)s paused, so without a due time")),
        ("missed", counts.missed, gettext("%(n)s missed")),
        ("overdue", counts.overdue, gettext("%(n)s overdue")),
        ("expected", expected, gettext("%(n)s still expected")),
    )
    return [(state, words % {"n": grouped(n)}) for state, n, words in told if n]

"""Made-up lives, budgets and lines that the tests and the gallery draw."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from shinrai.console.charts.axis import closures, day_marks
from shinrai.console.charts.budget_row import Budget, Square, SquareState
from shinrai.console.charts.marks import Event
from shinrai.console.charts.ribbon import Due, Life, Message, Pause, Stop, Stretch
from shinrai.console.charts.spark import Point, Spark
from shinrai.console.rules.wording import moment_words
from shinrai.units.text import Language

TOKYO = "Asia/Tokyo"
HERE = ZoneInfo(TOKYO)


def tokyo(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=HERE).astimezone(UTC)


def shut(start: datetime, end: datetime, *, lunch: bool = False) -> tuple:
    """Close the desk at night, at weekends, and for lunch if asked."""
    day = start.astimezone(HERE).replace(hour=0, minute=0) - timedelta(days=1)
    opened = []
    while day < end + timedelta(days=1):
        if day.weekday() < 5:
            hours = [(10, 12), (13, 18)] if lunch else [(10, 18)]
            opened += [
                (day.replace(hour=a).astimezone(UTC), day.replace(hour=b).astimezone(UTC))
                for a, b in hours
            ]
        day += timedelta(days=1)
    return closures(opened, start - timedelta(days=1), end + timedelta(days=7))


def two_days(language: Language) -> Life:
    """An investigation filed on Wednesday, sent back once, answered on Friday in time."""
    ja = language == "ja"
    filed, back, again = tokyo(6, 3, 14, 10), tokyo(6, 4, 10, 40), tokyo(6, 4, 13, 5)
    answered, due = tokyo(6, 5, 11, 20), tokyo(6, 5, 18)
    return _life(
        language,
        stretches=(
            Stretch(filed, back, "tier2", "CRE"),
            Stretch(back, again, "customer", "差し戻し中（CS）" if ja else "sent back to CS"),
            Stretch(again, answered, "tier2", "CRE"),
        ),
        pauses=(Pause(back, again, "差し戻し" if ja else "sent back"),),
        dues=(Due(due, _due(due, language)),),
        stop=Stop(answered, _stop(answered, language), "kept"),
        messages=(
            Message(filed, "theirs", "起票" if ja else "filed"),
            Message(back, "ours", "差し戻し" if ja else "sent back"),
            Message(again, "theirs", "再提出" if ja else "resubmitted"),
            Message(answered, "ours", "回答" if ja else "answered"),
        ),
    )


def over_a_weekend(language: Language) -> Life:
    """Filed on Friday, escalated to the product engineers, answered a day late."""
    ja = language == "ja"
    filed, up, vendor, home = tokyo(6, 5, 11), tokyo(6, 8, 11, 30), tokyo(6, 9, 10), tokyo(6, 9, 15)
    due, answered = tokyo(6, 9, 18), tokyo(6, 10, 12, 30)
    return _life(
        language,
        stretches=(
            Stretch(filed, up, "tier2", "CRE"),
            Stretch(up, vendor, "tier3", "開発" if ja else "product engineers"),
            Stretch(vendor, home, "third_party", "決済代行会社" if ja else "payment provider"),
            Stretch(home, answered, "tier2", "CRE"),
        ),
        dues=(Due(due, _due(due, language), missed=True),),
        stop=Stop(answered, _stop(answered, language), "missed"),
        messages=(
            Message(filed, "theirs", "起票" if ja else "filed"),
            Message(tokyo(6, 7, 22, 15), "theirs", "追記" if ja else "added a word"),
            Message(tokyo(6, 8, 10, 20), "ours", "確認中" if ja else "looking"),
            Message(answered, "ours", "回答" if ja else "answered"),
        ),
    )


def still_running(language: Language) -> Life:
    """Filed this morning, at risk, nobody has asked back."""
    ja = language == "ja"
    filed, now, due = tokyo(6, 4, 10, 30), tokyo(6, 5, 15, 40), tokyo(6, 8, 18)
    life = _life(
        language,
        stretches=(Stretch(filed, now, "tier1", "CS"),),
        dues=(Due(due, _due(due, language)),),
        stop=Stop(now, "いま 15:40" if ja else "now 15:40", "running"),
        messages=(Message(filed, "theirs", "起票" if ja else "filed"),),
        lunch=True,
    )
    return life


def five_weeks(language: Language) -> Life:
    """A long one, through many hands and Golden Week."""
    ja = language == "ja"
    a, b, c, d, e = (
        tokyo(4, 20, 16),
        tokyo(4, 22, 11),
        tokyo(5, 1, 15),
        tokyo(5, 8, 14),
        tokyo(5, 22, 17),
    )
    due = tokyo(4, 22, 18)
    return _life(
        language,
        stretches=(
            Stretch(a, b, "tier1", "CS"),
            Stretch(b, c, "tier2", "CRE"),
            Stretch(c, d, "customer", "お客さま" if ja else "customer"),
            Stretch(d, tokyo(5, 15, 12), "tier3", "開発" if ja else "product engineers"),
            Stretch(tokyo(5, 15, 12), e, "tier2", "CRE"),
        ),
        pauses=(Pause(c, d, "お客さまの返信待ち" if ja else "waiting for the customer"),),
        dues=(
            Due(tokyo(4, 21, 18), "初回返信" if ja else "first reply"),
            Due(due, _due(due, language), missed=True),
        ),
        stop=Stop(e, _stop(e, language), "missed"),
        messages=tuple(
            Message(tokyo(*at), side, "message")
            for at, side in (
                ((4, 20, 16, 0), "theirs"),
                ((4, 21, 11, 0), "ours"),
                ((5, 1, 15, 0), "ours"),
                ((5, 8, 9, 0), "theirs"),
                ((5, 19, 11, 0), "theirs"),
                ((5, 22, 17, 0), "ours"),
            )
        ),
    )


def half_a_year(language: Language) -> Life:
    """Longer than nights or weekends can be told apart."""
    a, b, c = tokyo(1, 13, 11), tokyo(2, 20, 11), tokyo(7, 3, 12)
    return _life(
        language,
        stretches=(Stretch(a, b, "tier2", "CRE"), Stretch(b, c, "tier3", "product engineers")),
        stop=Stop(c, _stop(c, language), "ended"),
    )


def _life(language, *, stretches, stop, dues=(), messages=(), pauses=(), lunch=False) -> Life:
    start = stretches[0].start
    end = max(stop.at, *(d.at for d in dues), stop.at)
    ja = language == "ja"
    return Life(
        title="1件の調査の流れ" if ja else "One investigation",
        desc="水曜に起票、金曜に回答" if ja else "Filed on Wednesday, answered on Friday.",
        stretches=stretches,
        stop=stop,
        dues=dues,
        messages=messages,
        pauses=pauses,
        closed=shut(start, end, lunch=lunch),
        marks=day_marks(start, end, zone=TOKYO, language=language),
        above="依頼者" if ja else "filer",
        below="当社" if ja else "us",
    )


def _due(at: datetime, language: Language) -> str:
    said = moment_words(at, zone=TOKYO, language=language, near=at)
    return f"期限 {said}" if language == "ja" else f"due {said}"


def _stop(at: datetime, language: Language) -> str:
    said = moment_words(at, zone=TOKYO, language=language, near=at)
    return f"回答 {said}" if language == "ja" else f"answered {said}"


def month_budget(language: Language) -> Budget:
    """52 due in June: 45 kept, 2 missed, 1 overdue, 4 running, and some still expected."""
    states: list[SquareState] = ["kept"] * 47
    for place, state in ((11, "missed"), (29, "missed"), (43, "overdue")):
        states[place] = state  # type: ignore[call-overload]
    states += ["running"] * 4 + ["paused"] + ["expected"] * 9
    weeks = ("6月1日", "8日", "15日", "22日") if language == "ja" else ("1 June", "8", "15", "22")
    return Budget(
        title="6月に期限が来る61件" if language == "ja" else "The 61 due in June",
        desc="",
        squares=tuple(
            Square(
                s,
                f"INV-{100 + i}",
                "" if s == "expected" else f"/cases/{i}/",
                weeks[min(i // 16, 3)],
            )
            for i, s in enumerate(states)
        ),
        allowed=3,
        allowed_label="許容3件、使用3件" if language == "ja" else "3 misses allowed, 3 used",
    )


def year_budget(language: Language) -> Budget:
    """More than can be drawn one by one: 3,128 kept, 61 missed, 40 running."""
    states: list[SquareState] = ["kept"] * 3128 + ["missed"] * 61 + ["running"] * 40
    return Budget(
        title="1年分" if language == "ja" else "A year",
        desc="",
        squares=tuple(Square(s, s) for s in states),
        allowed=32,
        allowed_label="許容32件、使用61件" if language == "ja" else "32 misses allowed, 61 used",
    )


def weekly_line(language: Language) -> Spark:
    """Twelve weeks of attainment, one of them without anything due, the last not over."""
    values = [0.93, 0.95, 0.9, None, 0.96, 0.97, 0.94, 0.9, 0.92, 0.96, 0.98, 0.9]
    return Spark(
        title="週ごとの達成率" if language == "ja" else "Attainment by week",
        desc="",
        points=tuple(
            Point(
                f"{3 + i // 4}/{1 + 7 * (i % 4)}",
                v,
                None if v is None else max(v - 0.09, 0),
                None if v is None else min(v + 0.05, 1),
                is_complete=i < 11,
                said="" if v is None else f"{v:.0%}",
            )
            for i, v in enumerate(values)
        ),
        bottom=0.5,
        top=1.0,
        target=0.95,
        target_label="95 %",
        events=(Event(7, "GW"),),
    )

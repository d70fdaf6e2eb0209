"""Simulate an investigation sheet up to a day: deterministic by seed, with its truth beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from shinrai.calendars.rules.business_time import due
from shinrai.calendars.rules.hours import Calendar
from shinrai.sample.rules.matters import (
    ENGINEERS,
    EXEMPTION,
    FILERS,
    MATTERS,
    MISSING,
    SERVICES,
    Matter,
)

TOKYO = ZoneInfo("Asia/Tokyo")
HEADER = (
    "管理番号", "起票日時", "起票者", "依頼元", "顧客ID", "サービス", "件名", "依頼内容", "優先度",
    "担当者", "ステータス", "差し戻し日時", "差し戻し理由", "再提出日時", "エスカレーション日時",
    "エスカレーション先", "回答日時", "判定", "回答（CS向け）", "KPI対象外", "KPI対象外理由",
    "取り下げ日時", "備考",
)  # fmt: skip
DAY_SECONDS = 8 * 3600


@dataclass(frozen=True)
class Truth:
    """What the simulation was told; a measure of the sample should find it again."""

    per_weekday: float = 4.2
    late_share: float = 0.06
    sent_back_share: float = 0.18
    escalated_share: float = 0.5
    exempt_share: float = 0.015
    withdrawn_share: float = 0.02
    median_business_hours: float = 6.0


def simulate(
    *, calendar: Calendar, first: date, until: datetime, seed: int, truth: Truth
) -> Iterator[dict[str, str]]:
    """Write the rows of a sheet from a day to a moment, as the team would have typed them.

    What lies after `until` has not happened yet: its cells are empty.
    """
    random = Random(seed)
    number = 0
    day = first
    while day <= until.astimezone(TOKYO).date():
        expected = truth.per_weekday if day.weekday() < 5 else truth.per_weekday / 6
        for filed in sorted(_moments(random, day, expected)):
            number += 1
            row = _row(random, calendar, number, filed, truth)
            if filed <= until:
                yield _as_of(row, until)
        day += timedelta(days=1)


def _moments(random: Random, day: date, expected: float) -> list[datetime]:
    """Draw a day's filings: a Poisson number, mostly between nine and nineteen."""
    count, left = 0, random.expovariate(1.0)
    while left < expected:
        count, left = count + 1, left + random.expovariate(1.0)
    midnight = datetime(day.year, day.month, day.day, tzinfo=TOKYO)
    minutes = (min(max(random.gauss(14 * 60, 165), 7 * 60), 23 * 60) for _ in range(count))
    return [midnight + timedelta(minutes=int(minute)) for minute in minutes]


@dataclass(frozen=True)
class _Row:
    words: dict[str, str]
    moments: dict[str, datetime]


def _row(random: Random, calendar: Calendar, number: int, filed: datetime, truth: Truth) -> _Row:
    matter: Matter = random.choices(MATTERS, weights=[m.weight for m in MATTERS])[0]
    words = {
        "管理番号": f"MN-{number:05d}",
        "起票者": random.choice(FILERS),
        "依頼元": f"ZD-{60000 + number * 7}",
        "顧客ID": f"U-{1_000_000 + random.randrange(30_000)}",
        "サービス": random.choices(SERVICES, weights=(4, 1))[0],
        "件名": matter.subject,
        "依頼内容": matter.question,
        "優先度": random.choices(("高", "中", "低"), weights=(2, 6, 2))[0],
        "担当者": random.choices(ENGINEERS, weights=(5, 3, 2))[0],
    }
    moments = {"起票日時": filed}
    is_late = random.random() < truth.late_share
    hours = random.lognormvariate(0, 0.6) * truth.median_business_hours
    seconds = (
        int(min(hours, 14.5) * 3600) if not is_late else int((25 + 8 * random.random()) * 3600)
    )
    begun = filed
    if random.random() < truth.sent_back_share:
        back = _after(calendar, filed, int(seconds * 0.3) + 600)
        again = _after(calendar, back, int(DAY_SECONDS * (0.2 + random.random())))
        moments |= {"差し戻し日時": back, "再提出日時": again}
        words["差し戻し理由"] = random.choice(MISSING)
        begun, seconds = again, int(seconds * 0.7)
    if random.random() < truth.withdrawn_share:
        moments["取り下げ日時"] = _after(calendar, begun, max(seconds // 2, 600))
        return _Row(words, moments)
    if matter.needs_engineers and random.random() < truth.escalated_share:
        moments["エスカレーション日時"] = _after(calendar, begun, seconds // 3)
        words["エスカレーション先"] = "開発チーム"
    if random.random() < truth.exempt_share:
        moments["KPI対象外"] = _after(calendar, begun, min(seconds // 4, 3600))
        words["KPI対象外理由"] = EXEMPTION
        seconds *= 3
    moments["回答日時"] = _after(calendar, begun, max(seconds, 900))
    words |= {"判定": matter.verdict, "回答（CS向け）": matter.answer}
    return _Row(words, moments)


def _after(calendar: Calendar, start: datetime, seconds: int) -> datetime:
    moment = due(calendar, start, seconds)
    if moment is None:  # pragma: no cover - without pauses there is always a due moment
        raise AssertionError("a due moment without pauses is never unknown")
    return moment.astimezone(TOKYO).replace(second=0, microsecond=0)


# What belongs to a moment appears in the sheet together with it.
_COMES_WITH = {
    "差し戻し理由": "差し戻し日時",
    "エスカレーション先": "エスカレーション日時",
    "KPI対象外理由": "KPI対象外",
    "判定": "回答日時",
    "回答（CS向け）": "回答日時",
}
_STATUS = (
    ("回答日時", "回答済"),
    ("取り下げ日時", "取り下げ"),
    ("エスカレーション日時", "エスカレーション"),
    ("再提出日時", "調査中"),
    ("差し戻し日時", "差し戻し"),
)


def _as_of(row: _Row, until: datetime) -> dict[str, str]:
    happened = {name: at for name, at in row.moments.items() if at <= until}
    cells = dict.fromkeys(HEADER, "")
    for name, at in happened.items():
        cells[name] = at.strftime("%Y/%m/%d %H:%M")
    for name, text in row.words.items():
        if name not in _COMES_WITH or _COMES_WITH[name] in happened:
            cells[name] = text
    cells["ステータス"] = next((said for name, said in _STATUS if name in happened), "調査中")
    return cells

"""Dates and their facts as a colleague would say them, in English and Japanese."""

from datetime import date, datetime, timedelta

from shinrai.calendars.rules.day_reasons import DayFacts, Fact
from shinrai.calendars.rules.hours import DAY, CalendarVersion
from shinrai.calendars.rules.open_state import OpenState
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.calendars.rules.year import Special

EN_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
JA_DAYS = "月火水木金土日"
EN_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def date_words(on: date, language: str) -> str:
    """Say a date: Wed 3 June 2026, 2026年6月3日（水）."""
    if language == "ja":
        return f"{on.year}年{on.month}月{on.day}日（{JA_DAYS[on.weekday()]}）"
    return f"{EN_DAYS[on.weekday()]} {on.day} {EN_MONTHS[on.month - 1]} {on.year}"


def moment_words(at: datetime, zone: str, language: str) -> str:
    """Say a moment on the clocks of a zone: Wed 3 June 2026 18:00."""
    local = at.astimezone(zone_named(zone))
    gap = "" if language == "ja" else " "
    return f"{date_words(local.date(), language)}{gap}{_time(local)}"


def day_words(day: DayFacts, language: str) -> str:
    """Say of a date when it is open and why: one line."""
    separator = "、" if language == "ja" else ", "
    said = [span_words(opens, closes, day, language) for opens, closes in day.spans]
    facts = [fact_words(fact, day, language) for fact in day.facts]
    hours = separator.join(said) or ("休み" if language == "ja" else "closed")
    why = separator.join(facts)
    if not why:
        return f"{date_words(day.on, language)}  {hours}"
    inside = f"（{why}）" if language == "ja" else f" ({why})"
    return f"{date_words(day.on, language)}  {hours}{inside}"


def fact_words(fact: Fact, day: DayFacts, language: str) -> str:
    """Say one fact about a date."""
    name = fact.name_ja if language == "ja" else fact.name
    en, ja = WORDS[fact.kind]
    text = ja if language == "ja" else en
    if fact.kind in ("holiday", "closed", "break") and name:
        text = f"{name}（{text}）" if language == "ja" else f"{text}: {name}"
    if fact.kind in ("break", "pause") and fact.span:
        gap = "" if language == "ja" else " "
        text = f"{text}{gap}{span_words(*fact.span, day, language)}"
    if fact.kind == "clock_change" and fact.span and fact.span[1]:
        hours = (fact.span[1] - fact.span[0]) / timedelta(hours=1)
        text = text.format(hours=f"{hours:g}")
    return text


WORDS = {
    "not_in_force": ("before the calendar's first version", "カレンダー開始前"),
    "skipped_date": ("the zone skipped this date", "このタイムゾーンには存在しない日"),
    "no_hours": ("no hours on this weekday", "定休日"),
    "holiday": ("holiday", "祝日"),
    "closed": ("closed", "休業日"),
    "dated_hours": ("hours of this date only", "この日だけの営業時間"),
    "break": ("break", "休止"),
    "clock_change": ("clocks change, the date has {hours} h", "時計の変更により{hours}時間の日"),
    "pause": ("paused", "停止"),
    "paused_at_close": ("paused at the close: does not count", "終業時に停止中のため数えない"),
}


def span_words(start: datetime, end: datetime | None, day: DayFacts, language: str) -> str:
    """Say a span on the clocks of a date: 10:00–18:00; dates that differ are said too."""
    zone = zone_named(day.zone)
    begins = _near(start.astimezone(zone), day.on, language)
    if end is None:
        return f"{begins}–"
    local = end.astimezone(zone)
    is_midnight = local.date() == day.on + DAY and not any((local.hour, local.minute, local.second))
    return f"{begins}–{'24:00' if is_midnight else _near(local, day.on, language)}"


def _near(local: datetime, on: date, language: str) -> str:
    if local.date() == on:
        return _time(local)
    if language == "ja":
        return f"{local.month}/{local.day} {_time(local)}"
    return f"{local.day} {EN_MONTHS[local.month - 1][:3]} {_time(local)}"


def _time(local: datetime) -> str:
    if local.microsecond:
        return local.strftime("%H:%M:%S.%f")
    return local.strftime("%H:%M:%S" if local.second else "%H:%M")


def elapsed_words(passed: timedelta, bounds: tuple[str, str], zone: str, language: str) -> str:
    """Say how much business time lies between two moments: one sentence."""
    seconds = f"{passed.total_seconds():,.6f}".rstrip("0").rstrip(".")
    start, end = bounds
    if language == "ja":
        return (
            f"{start}から{end}まで（{zone}）の営業時間は{length_words(passed, language)}"
            f"（{seconds}秒）です。"
        )
    return (
        f"{length_words(passed, language)} of business time ({seconds} s) passed between {start} "
        f"and {end} ({zone})."
    )


def due_words(effective: str, due: str | None, zone: str, language: str) -> str:
    """Say as when something counts, and when it is due: one sentence."""
    if language == "ja":
        tail = f"期限は{due}です" if due else "停止中のため期限はありません"
        return f"受付扱い日時は{effective}、{tail}（{zone}）。"
    tail = f"due {due}" if due else "paused, so there is no due time"
    return f"Counts as {effective}; {tail} ({zone})."


def length_words(length: timedelta, language: str) -> str:
    """Say a length in hours, minutes and seconds; never in days: a business day is not 24 h."""
    whole = length // timedelta(seconds=1)
    parts = (whole // 3600, whole // 60 % 60, whole % 60)
    units = ("時間", "分", "秒") if language == "ja" else (" h", " m", " s")
    said = [f"{part:,}{unit}" for part, unit in zip(parts, units, strict=True) if part]
    return ("" if language == "ja" else " ").join(said or [f"0{units[2]}"])


def now_words(now: OpenState, language: str) -> str:
    """Say whether a desk is open and until when: what follows its name in a sentence."""
    ja = language == "ja"
    if now.changes_at is None:
        if now.is_open:
            return "営業中です。閉まる予定はありません。" if ja else "is open now and never closes."
        return (
            "営業時間外です。次に開く予定はありません。"
            if ja
            else "is closed now and does not open again."
        )
    when = _when(now, language)
    if now.is_open:
        return f"営業中です。次の終業は{when}です。" if ja else f"is open now and closes {when}."
    why = _why_closed(now, language)
    if ja:
        return f"営業時間外です{f'（{why}）' if why else ''}。次は{when}に開きます。"
    return f"is closed now{f' ({why})' if why else ''} and opens {when}."


def _when(now: OpenState, language: str) -> str:
    assert now.changes_at is not None
    zone = zone_named(now.zone)
    there, here = now.changes_at.astimezone(zone), now.at.astimezone(zone)
    ahead = (there.date() - here.date()).days
    if ahead == 0:
        return f"本日{_time(there)}" if language == "ja" else f"today at {_time(there)}"
    if ahead == 1:
        return f"明日{_time(there)}" if language == "ja" else f"tomorrow at {_time(there)}"
    if language == "ja":
        day = f"{there.month}月{there.day}日（{JA_DAYS[there.weekday()]}）"
        return f"{day}{_time(there)}"
    day = f"{EN_DAYS[there.weekday()]} {there.day} {EN_MONTHS[there.month - 1]}"
    return f"on {day} at {_time(there)}"


def _why_closed(now: OpenState, language: str) -> str:
    """Name the holiday or the closed day; that it is night or lunch needs no reason."""
    for kind in ("holiday", "closed"):
        for fact in now.today.facts:
            if fact.kind == kind:
                return fact_words(fact, now.today, language)
    return ""


def weekly_words(version: CalendarVersion, language: str) -> str:
    """Say the hours of a week, days alike as one: Mon–Fri 10:00–12:00, 13:00–18:00."""
    names = JA_DAYS if language == "ja" else EN_DAYS
    comma, joint, until = ("、", "／", "〜") if language == "ja" else (", ", "; ", "–")
    said: list[str] = []
    first = 0
    for number in range(7):
        if number < 6 and version.weekly[number + 1] == version.weekly[first]:
            continue
        if version.weekly[first]:
            days = names[first] if first == number else f"{names[first]}{until}{names[number]}"
            hours = comma.join(str(h).replace("-", "–") for h in version.weekly[first])
            said.append(f"{days} {hours}")
        first = number + 1
    nothing = "曜日ごとの営業時間なし" if language == "ja" else "no weekly hours"
    return joint.join(said) or nothing


def special_words(special: Special, language: str) -> str:
    """Say the dates of a stretch that differs from the week: Tue 29 December – Sun 3 January."""
    first = date_words(special.first, language)
    if special.first == special.last:
        return first
    if language == "ja":
        year = f"{special.last.year}年" if special.last.year != special.first.year else ""
        on = special.last
        return f"{first}〜{year}{on.month}月{on.day}日（{JA_DAYS[on.weekday()]}）"
    begins = special.first
    year = f" {begins.year}" if special.last.year != begins.year else ""
    short = f"{EN_DAYS[begins.weekday()]} {begins.day} {EN_MONTHS[begins.month - 1]}{year}"
    return f"{short} – {date_words(special.last, language)}"

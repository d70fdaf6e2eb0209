"""The desk these tests watch: Tokyo, 10:00-18:00, Japanese holidays, shut at the year's end."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from shinrai.calendars.rules.document import read_calendar
from shinrai.calendars.rules.timetable import compile_calendar
from shinrai.objectives.rules.definition import BusinessDays, BusinessSeconds, ClockDefinition
from shinrai.objectives.rules.spans import ClockSpan

TOKYO = ZoneInfo("Asia/Tokyo")
OFFICE_DOCUMENT = {
    "zone": "Asia/Tokyo",
    "weekly": {day: ["10:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": "JP",
    "closed": ["12-29..01-03"],
}
OFFICE = read_calendar(OFFICE_DOCUMENT)
TIMETABLE = compile_calendar(OFFICE, date(2025, 1, 1), date(2029, 12, 31))

TWO_DAYS = ClockDefinition(
    "investigation", "via_cs", BusinessDays(2, "close"), "office", ("sent_back",)
)
SAME_TIME = ClockDefinition(
    "investigation", "via_cs", BusinessDays(2, "same_time"), "office", ("sent_back",)
)
SIXTEEN_HOURS = ClockDefinition(
    "investigation", "via_cs", BusinessSeconds(16 * 3600), "office", ("sent_back",)
)


def jst(text: str) -> datetime:
    """Read Tokyo wall time into UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO).astimezone(UTC)


def span(
    filed: str,
    answered: str | None = None,
    *,
    paused: tuple[tuple[str, str | None], ...] = (),
    case_id: int = 1,
    cancelled: str | None = None,
    spam: bool = False,
    exempted: str | None = None,
) -> ClockSpan:
    """Write a span by Tokyo wall time."""
    return ClockSpan(
        case_id=case_id,
        index=1,
        mode="via_cs",
        started_at=jst(filed),
        stopped_at=jst(answered) if answered else None,
        pauses=tuple((jst(since), jst(until) if until else None) for since, until in paused),
        cancelled_at=jst(cancelled) if cancelled else None,
        spam=spam,
        exempted_at=jst(exempted) if exempted else None,
    )


def objective_document(**spec: object) -> dict:
    """Write an objective that is right, with parts of its spec replaced or (None) left out."""
    written = {
        "service": "cre",
        "indicator": {
            "metadata": {"name": "investigations"},
            "spec": {"ratioMetric": {"rawType": "success", "raw": source()}},
        },
        "timeWindow": [month()],
        "budgetingMethod": "Occurrences",
        "objectives": [{"target": "0.95"}],
    } | spec
    return {
        "apiVersion": "openslo/v1",
        "kind": "SLO",
        "metadata": {"name": "investigations-2bd", "displayName": "Two business days"},
        "spec": {key: value for key, value in written.items() if value is not None},
    }


def source(**spec: object) -> dict:
    """Write a metric source that is right, with parts replaced or (None) left out."""
    written = {
        "clock": "investigation",
        "mode": "via_cs",
        "calendar": "office",
        "within": {"business_days": 2, "by": "close"},
        "pauses": ["sent_back"],
    } | spec
    clock = {key: value for key, value in written.items() if value is not None}
    return {"metricSource": {"type": "shinrai", "spec": clock}}


def month() -> dict:
    """Write a window of calendar months in Tokyo."""
    start = {"startTime": "2026-01-01 00:00:00", "timeZone": "Asia/Tokyo"}
    return {"duration": "1M", "calendar": start}


HOUR = timedelta(hours=1)

"""Moments, spans and shares in words, English and Japanese, for pages and reports.

Values arrive unrounded, and the words are never used in calculations.
"""

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Literal, Protocol
from unicodedata import category
from zoneinfo import ZoneInfo

from shinrai.units.share import Share
from shinrai.units.text import Language, Text, in_a_row, translated, verbatim
from shinrai.units.unknown import Unknown

Counted = Literal["messages", "people"] | None  # Japanese has words of its own to count them
MomentForm = Literal["moment", "date", "time", "full"]

# Written out rather than asked of the C library: a page must not change with the host's locale.
WEEKDAYS = (
    *(Text("Mon"), Text("Tue"), Text("Wed"), Text("Thu")),
    *(Text("Fri"), Text("Sat"), Text("Sun")),
)
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
SHORT_MONTHS = (
    *(Text("Jan"), Text("Feb"), Text("Mar"), Text("Apr"), Text("May"), Text("June")),
    *(Text("July"), Text("Aug"), Text("Sept"), Text("Oct"), Text("Nov"), Text("Dec")),
)

# Wider than this, an interval excludes so little that printing it would only look like knowledge.
TOO_WIDE = 0.5

# English sets the sign apart from its number, Japanese does not.
PERCENT = Text(" %")
MOST_DECIMALS = 9  # a share of fewer than a thousand million cases

STEERING = ("Cc", "Cf", "Zl", "Zp")  # Unicode's controls, formats, line and paragraph breaks
JOINERS = "\u200c\u200d"


class Bounds(Protocol):
    """The part of a `statistics.interval.Interval` that is used here: its two ends."""

    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...


def language_of(code: str | None) -> Language:
    """Return Japanese or English; every code that is not Japanese gives English."""
    return "ja" if (code or "").lower().startswith("ja") else "en"


def date_text(on: date, *, has_year: bool = True) -> Text:
    """Write a date: Fri 5 June 2026, 2026年6月5日（金）."""
    weekday, month = WEEKDAYS[on.weekday()], MONTHS[on.month - 1]
    if has_year:
        return Text("{weekday} {on.day} {month} {on.year}", weekday=weekday, on=on, month=month)
    return Text("{weekday} {on.day} {month}", weekday=weekday, on=on, month=month)


def dates_text(first: date, last: date) -> Text:
    """Write a date span: Mon 1 June – Tue 30 June 2026; a year that is the same only once."""
    begins, ends = date_text(first), date_text(last)
    if first.year == last.year:
        begins, ends = date_text(first, has_year=False), date_text(last, has_year=False)
        return Text("{begins} – {ends} {year}", begins=begins, ends=ends, year=first.year)
    return Text("{begins} – {ends}", begins=begins, ends=ends)


def date_words(at: datetime, *, zone: str, language: Language, near: datetime | None = None) -> str:
    """Write a date: Fri 5 June, 6月5日（金）; without its year if `near` is in the same year."""
    return moment_words(at, zone=zone, language=language, near=near, form="date")


def moment_words(
    at: datetime,
    *,
    zone: str,
    language: Language,
    near: datetime | None = None,
    form: MomentForm = "moment",
) -> str:
    """Write a moment in a time zone and a language."""
    return translated(moment_text(at, zone=zone, near=near, form=form), language)


def moment_text(
    at: datetime, *, zone: str, near: datetime | None = None, form: MomentForm = "moment"
) -> Text:
    """Write a moment in a time zone: Fri 5 June 18:00, 6月5日（金）18:00.

    The year is left out if `near` is in the same year. Form "full" adds the seconds, the year and
    the zone, for disputes about a minute.
    """
    here = ZoneInfo(zone)
    at = at.astimezone(here)
    if form == "time":
        return Text("{at:%H:%M}", at=at)
    is_near = form != "full" and near is not None and near.astimezone(here).year == at.year
    date = date_text(at.date(), has_year=not is_near)
    if form == "date":
        return date
    if form == "full":
        return Text("{date} {at:%H:%M:%S} ({zone})", date=date, at=at, zone=zone)
    return Text("{date} {at:%H:%M}", date=date, at=at)


def duration_text(span: timedelta) -> Text:
    """Write a duration: 6 h 40 m, 6時間40分; seconds only below an hour, and never days.

    Days are left out because a business day is not 24 hours, and readers would convert.
    """
    seconds = abs(span) // timedelta(seconds=1)
    # Below an hour a second can decide between kept and missed; above it, it only clutters.
    whole = length_text(seconds - seconds % 60 if seconds >= 3600 else seconds)
    return Text("−{whole}", whole=whole) if span < timedelta(0) and seconds else whole


def length_text(seconds: int) -> Text:
    """Write a duration, given in seconds, with all its hours, minutes and seconds."""
    hours, minutes, rest = seconds // 3600, seconds % 3600 // 60, seconds % 60
    parts = [
        *([Text("{hours:,} h", hours=hours)] if hours else []),
        *([Text("{minutes} m", minutes=minutes)] if minutes else []),
        *([Text("{seconds} s", seconds=rest)] if rest else []),
    ]
    return in_a_row(parts or [Text("{minutes} m", minutes=0)])


def duration_words(span: timedelta, *, language: Language) -> str:
    """Write a duration in a language."""
    return translated(duration_text(span), language)


def visible_words(text: str) -> str:
    """Replace invisible characters by their code in brackets: ⟨202E⟩, ⟨000A⟩.

    Marks of writing direction, line breaks and zero-width characters would make different keys look
    alike. Joiners are kept, as some scripts and emoji need them.
    """
    return "".join(
        f"⟨{ord(sign):04X}⟩" if category(sign) in STEERING and sign not in JOINERS else sign
        for sign in text
    )


def grouped(count: int) -> str:
    """Write a count with separators between thousands: 27,594."""
    return f"{count:,}"


def decimal_words(value: Fraction | float) -> str:
    """Write a number with one decimal, such as 2.6.

    Thousands are set apart, minus is a true minus.
    """
    return f"{float(value):,.1f}".replace("-", "−")


def percent_words(
    part: Fraction | float,
    *,
    language: Language,
    decimals: int = 0,
    target: Fraction | None = None,
) -> str:
    """Write a fraction of one as a percentage, in a language."""
    return translated(percent_text(part, decimals=decimals, target=target), language)


def percent_text(
    part: Fraction | float, *, decimals: int = 0, target: Fraction | None = None
) -> Text:
    """Write a fraction as a percentage: 90 %, 90%; only exact values give 100 or 0.

    `decimals` are for large counts, whose interval would otherwise have two equal ends. A fraction
    that differs from `target` is never rounded to it.
    """
    if target is not None and target != part:
        untrue = {target * 100} | ({Fraction(0)} if part > 0 else set())
        untrue |= {Fraction(100)} if part < 1 else set()
        decimals = next(
            (
                places
                for places in range(decimals, MOST_DECIMALS)
                if Fraction(f"{float(part) * 100:.{places}f}") not in untrue
            ),
            MOST_DECIMALS,
        )
    least = 10.0**-decimals
    shown = round(float(part) * 100, decimals)
    if shown >= 100 and part < 1:
        percent = f">{100 - least:.{decimals}f}"
    elif shown <= 0 and part > 0:
        percent = f"<{least:.{decimals}f}"
    else:
        percent = f"{shown:.{decimals}f}"
    return Text("{percent} %", percent=percent)


def kept_together(words: str, *, language: Language) -> str:
    """Write percent signs as the language does, never on another line than their number."""
    return words.replace(" %", translated(Text(" %"), language))


def share_words(
    share: Share,
    *,
    language: Language,
    interval: Bounds | Unknown | None = None,
    of: Counted = None,
    target: Fraction | None = None,
) -> str | Unknown:
    """Write a share with its count and total, in a language."""
    said = share_text(share, interval=interval, of=of, target=target)
    return said if isinstance(said, Unknown) else translated(said, language)


def share_text(
    share: Share,
    *,
    interval: Bounds | Unknown | None = None,
    of: Counted = None,
    target: Fraction | None = None,
) -> Text | Unknown:
    """Write a share with its count and total: 47 of 52 (90 %, 79–96 %)."""
    parts = share_parts(share, interval=interval, of=of, target=target)
    if isinstance(parts, Unknown):
        return parts
    return Text("{counts} ({inside})", counts=parts[0], inside=parts[1])


def share_parts(
    share: Share,
    *,
    interval: Bounds | Unknown | None = None,
    of: Counted = None,
    target: Fraction | None = None,
) -> tuple[Text, Text] | Unknown:
    """Write a share in two parts, shown in two sizes: 47 of 52 | 90 %, 79–96 %.

    An interval wider than half the scale is replaced by words: too few to tell.
    """
    part = share.fraction
    if isinstance(part, Unknown):
        return part
    if of == "messages":
        counts = Text("{count:,} of {of:,}", context="messages", count=share.count, of=share.of)
    elif of == "people":
        counts = Text("{count:,} of {of:,}", context="people", count=share.count, of=share.of)
    else:
        counts = Text("{count:,} of {of:,}", count=share.count, of=share.of)
    if interval is None or isinstance(interval, Unknown):
        return counts, percent_text(part, target=target)
    if interval.high - interval.low > TOO_WIDE:
        return counts, Text("too few to tell")
    decimals = int(round(interval.low * 100) == round(interval.high * 100))
    low, high = (f"{end * 100:.{decimals}f}" for end in (interval.low, interval.high))
    percent = percent_text(part, decimals=decimals, target=target)
    return counts, verbatim([percent, Text("{percent} %", percent=f"{low}–{high}")])

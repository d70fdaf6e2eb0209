"""Moments, spans and shares in words, English and Japanese, for pages and for reports alike.

Nothing is rounded before it comes here, and nothing that comes out is reckoned with again.
"""

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Literal, Protocol
from unicodedata import category
from zoneinfo import ZoneInfo

from shinrai.units.share import Share
from shinrai.units.text import Language, Text, in_a_row, translated, verbatim
from shinrai.units.unknown import Unknown

Counted = Literal["messages"] | None  # Japanese counts messages with a word of their own
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
    """What is read of a `statistics.interval.Interval`."""

    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...


def language_of(code: str | None) -> Language:
    """Choose between our two languages; whatever is not Japanese is read in English."""
    return "ja" if (code or "").lower().startswith("ja") else "en"


def date_text(on: date, *, has_year: bool = True) -> Text:
    """Write a date: Fri 5 June 2026, 2026年6月5日（金）."""
    weekday, month = WEEKDAYS[on.weekday()], MONTHS[on.month - 1]
    if has_year:
        return Text("{weekday} {on.day} {month} {on.year}", weekday=weekday, on=on, month=month)
    return Text("{weekday} {on.day} {month}", weekday=weekday, on=on, month=month)


def dates_text(first: date, last: date) -> Text:
    """Write a span of dates: Mon 1 June – Tue 30 June 2026; the year once if it is the same."""
    begins, ends = date_text(first), date_text(last)
    if first.year == last.year:
        begins, ends = date_text(first, has_year=False), date_text(last, has_year=False)
        return Text("{begins} – {ends} {year}", begins=begins, ends=ends, year=first.year)
    return Text("{begins} – {ends}", begins=begins, ends=ends)


def date_words(at: datetime, *, zone: str, language: Language, near: datetime | None = None) -> str:
    """Say a date: Fri 5 June, 6月5日（金）; the year is said unless `near` lies in it."""
    return moment_words(at, zone=zone, language=language, near=near, form="date")


def moment_words(
    at: datetime,
    *,
    zone: str,
    language: Language,
    near: datetime | None = None,
    form: MomentForm = "moment",
) -> str:
    """Say a moment in a zone and a language."""
    return translated(moment_text(at, zone=zone, near=near, form=form), language)


def moment_text(
    at: datetime, *, zone: str, near: datetime | None = None, form: MomentForm = "moment"
) -> Text:
    """Write a moment in a zone: Fri 5 June 18:00, 6月5日（金）18:00.

    The year is left out where `near` lies in it. `full` adds the seconds, the year and the zone,
    and is what a disputed minute needs.
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
    """Write a span: 6 h 40 m, 6時間40分; seconds only below an hour, and never in days.

    Days are left out because a business day is not 24 hours, and readers would convert.
    """
    seconds = abs(span) // timedelta(seconds=1)
    # Below an hour a second can decide between kept and missed; above it, it only clutters.
    whole = length_text(seconds - seconds % 60 if seconds >= 3600 else seconds)
    return Text("−{whole}", whole=whole) if span < timedelta(0) and seconds else whole


def length_text(seconds: int) -> Text:
    """Write a length with all its hours, minutes and seconds."""
    hours, minutes, rest = seconds // 3600, seconds % 3600 // 60, seconds % 60
    parts = [
        *([Text("{hours:,} h", hours=hours)] if hours else []),
        *([Text("{minutes} m", minutes=minutes)] if minutes else []),
        *([Text("{seconds} s", seconds=rest)] if rest else []),
    ]
    return in_a_row(parts or [Text("{minutes} m", minutes=0)])


def duration_words(span: timedelta, *, language: Language) -> str:
    """Say a span in a language."""
    return translated(duration_text(span), language)


def visible_words(text: str) -> str:
    """Write what steers a line instead of standing in it as its code: ⟨202E⟩, ⟨000A⟩.

    Marks that turn the direction of writing, line breaks and characters without a width would let
    one key look like another; joiners stay, scripts and emoji are written with them.
    """
    return "".join(
        f"⟨{ord(sign):04X}⟩" if category(sign) in STEERING and sign not in JOINERS else sign
        for sign in text
    )


def grouped(count: int) -> str:
    """Write a count with its thousands apart: 27,594."""
    return f"{count:,}"


def decimal_words(value: Fraction | float) -> str:
    """Write a number with one decimal, as budgets in tickets are shown: 2.6."""
    return f"{float(value):,.1f}".replace("-", "−")


def percent_words(
    part: Fraction | float,
    *,
    language: Language,
    decimals: int = 0,
    target: Fraction | None = None,
) -> str:
    """Say a share of one in percent, in a language."""
    return translated(percent_text(part, decimals=decimals, target=target), language)


def percent_text(
    part: Fraction | float, *, decimals: int = 0, target: Fraction | None = None
) -> Text:
    """Write a share of one in whole percent: 90 %, 90%; 100 and 0 are kept for when they are true.

    A decimal more is for large numbers, whose interval would begin and end at the same percent.
    `target` is one it is read beside: what misses it is never rounded to the target itself.
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
    """Write percent signs as the language does, each on one line with its number."""
    return words.replace(" %", translated(Text(" %"), language))


def share_words(
    share: Share,
    *,
    language: Language,
    interval: Bounds | Unknown | None = None,
    of: Counted = None,
    target: Fraction | None = None,
) -> str | Unknown:
    """Say a share with what it is a share of, in a language."""
    said = share_text(share, interval=interval, of=of, target=target)
    return said if isinstance(said, Unknown) else translated(said, language)


def share_text(
    share: Share,
    *,
    interval: Bounds | Unknown | None = None,
    of: Counted = None,
    target: Fraction | None = None,
) -> Text | Unknown:
    """Write a share with what it is a share of: 47 of 52 (90 %, 79–96 %)."""
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
    """Write a share in two parts, for pages that set them in two sizes: 47 of 52 | 90 %, 79–96 %.

    An interval wider than half of everything is said in words: too few to tell.
    """
    part = share.fraction
    if isinstance(part, Unknown):
        return part
    if of == "messages":
        counts = Text("{count:,} of {of:,}", context="messages", count=share.count, of=share.of)
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

"""Moments, spans and shares in words, English and Japanese, for pages and for reports alike.

Nothing is rounded before it comes here, and nothing that comes out is reckoned with again.
"""

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Literal, Protocol
from unicodedata import category
from zoneinfo import ZoneInfo

from shinrai.units.share import Share
from shinrai.units.unknown import Unknown

Language = Literal["en", "ja"]
MomentForm = Literal["moment", "date", "time", "full"]

# Written out rather than asked of the C library: a page must not change with the host's locale.
DAYS = {"en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), "ja": tuple("月火水木金土日")}
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

# Wider than this, an interval excludes so little that printing it would only look like knowledge.
TOO_WIDE = 0.5

# English sets the sign apart from its number, Japanese does not.
PERCENT = {"en": " %", "ja": "%"}
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


def date_words(at: datetime, *, zone: str, language: Language, near: datetime | None = None) -> str:
    """Say a date: Fri 5 June, 6月5日（金）; the year is said unless `near` lies in it."""
    local = at.astimezone(ZoneInfo(zone))
    same_year = near is not None and near.astimezone(ZoneInfo(zone)).year == local.year
    day = DAYS[language][local.weekday()]
    if language == "ja":
        year = "" if same_year else f"{local.year}年"
        return f"{year}{local.month}月{local.day}日（{day}）"
    return f"{day} {local.day} {MONTHS[local.month - 1]}" + ("" if same_year else f" {local.year}")


def moment_words(
    at: datetime,
    *,
    zone: str,
    language: Language,
    near: datetime | None = None,
    form: MomentForm = "moment",
) -> str:
    """Say a moment in a zone: Fri 5 June 18:00, 6月5日（金）18:00.

    `full` adds the seconds, the year and the zone, and is what a disputed minute needs.
    """
    local = at.astimezone(ZoneInfo(zone))
    if form == "time":
        return f"{local:%H:%M}"
    if form == "full":
        date = date_words(at, zone=zone, language=language)
        gap = "" if language == "ja" else " "
        return f"{date}{gap}{local:%H:%M:%S} ({zone})"
    date = date_words(at, zone=zone, language=language, near=near)
    if form == "date":
        return date
    return f"{date}{local:%H:%M}" if language == "ja" else f"{date} {local:%H:%M}"


def duration_words(span: timedelta, *, language: Language) -> str:
    """Say a span: 6 h 40 m, 6時間40分; seconds only below an hour, and never in days.

    Days are left out because a business day is not 24 hours, and readers would convert.
    """
    seconds = abs(span) // timedelta(seconds=1)
    sign = "−" if span < timedelta(0) and seconds else ""
    hours, minutes, rest = seconds // 3600, seconds % 3600 // 60, seconds % 60
    units = ("時間", "分", "秒") if language == "ja" else (" h", " m", " s")
    # Below an hour a second can decide between kept and missed; above it, it only clutters.
    counts = (hours, minutes, 0 if hours else rest)
    parts = [f"{grouped(n)}{unit}" for n, unit in zip(counts, units, strict=True) if n]
    return sign + ("" if language == "ja" else " ").join(parts or [f"0{units[1]}"])


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
    """Write a share of one in whole percent: 90 %, 90%; 100 and 0 are kept for when they are true.

    A decimal more is for large numbers, whose interval would begin and end at the same percent.
    `target` is one it is read beside: what misses it is never rounded to the target itself.
    """
    sign = PERCENT[language]
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
        return f">{100 - least:.{decimals}f}{sign}"
    if shown <= 0 and part > 0:
        return f"<{least:.{decimals}f}{sign}"
    return f"{shown:.{decimals}f}{sign}"


def kept_together(words: str, *, language: Language) -> str:
    """Write percent signs as the language does, each on one line with its number."""
    return words.replace(" %", "%" if language == "ja" else "\u00a0%")


def share_words(
    share: Share,
    *,
    language: Language,
    interval: Bounds | Unknown | None = None,
    counter: str = "件",
    target: Fraction | None = None,
) -> str | Unknown:
    """Say a share with what it is a share of: 47 of 52 (90 %, 79–96 %)."""
    parts = share_parts(share, language=language, interval=interval, counter=counter, target=target)
    if isinstance(parts, Unknown):
        return parts
    counts, inside = parts
    return f"{counts}（{inside}）" if language == "ja" else f"{counts} ({inside})"


def share_parts(
    share: Share,
    *,
    language: Language,
    interval: Bounds | Unknown | None = None,
    counter: str = "件",
    target: Fraction | None = None,
) -> tuple[str, str] | Unknown:
    """Say a share in two parts, for pages that set them in two sizes: 47 of 52 | 90 %, 79–96 %.

    An interval wider than half of everything is said in words: too few to tell.
    """
    part = share.fraction
    if isinstance(part, Unknown):
        return part
    counts = f"{grouped(share.count)} of {grouped(share.of)}"
    if language == "ja":
        counts = f"{grouped(share.of)}{counter}中{grouped(share.count)}{counter}"
    if interval is None or isinstance(interval, Unknown):
        return counts, percent_words(part, language=language, target=target)
    if interval.high - interval.low > TOO_WIDE:
        return counts, "少なすぎて判断できません" if language == "ja" else "too few to tell"
    comma = "、" if language == "ja" else ", "
    decimals = int(round(interval.low * 100) == round(interval.high * 100))
    low, high = (f"{end * 100:.{decimals}f}" for end in (interval.low, interval.high))
    percent = percent_words(part, language=language, decimals=decimals, target=target)
    return counts, f"{percent}{comma}{low}–{high}{PERCENT[language]}"

"""Words for work: kinds of job, tiers, hours with their interval."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.translation import get_language, gettext

from shinrai.console.charts.interval import Placed, interval_bar
from shinrai.console.charts.svg import Drawing
from shinrai.console.rules.wording import decimal_words
from shinrai.statistics.interval import Interval
from shinrai.topics.rules.codebook import Codebook
from shinrai.units.unknown import Unknown
from shinrai.workload.rules.jobs import Job, Weekly
from shinrai.workload.rules.kinds import JOBS, job_words

register = template.Library()
LEAST_S = 180  # less rounds to 0.0 hours


@register.filter
def job_word(job: str) -> str:
    """Name a kind of job."""
    return job_words(job, _language())


@register.simple_tag
def job_choices() -> list[tuple[str, str]]:
    """List the kinds of job one can choose."""
    return [(job, job_word(job)) for job in JOBS]


@register.filter
def tier_word(tier: int | None) -> str:
    """Name a tier, or say that nobody knows it."""
    if tier is None:
        return gettext("tier not known")
    return gettext("tier %(tier)s") % {"tier": tier}


@register.filter
def hours(seconds: float) -> str:
    """Write seconds as hours with one decimal: never 0.0 of what is not nothing."""
    return "<0.1" if 0 < seconds < LEAST_S else decimal_words(seconds / 3600)


@register.filter
def topic_name(topic: str, book: Codebook) -> str:
    """Call a topic by its name in the codebook, else by its key."""
    return book.name(topic, _language())


@register.filter
def minutes_each(job: Any) -> str:
    """Write the minutes a case takes on average."""
    return decimal_words(job.spent_s / 60 / job.cases)


@register.simple_tag
def job_bar(job: Job, jobs: Sequence[Job]) -> Drawing:
    """Draw how much a kind of job weighs beside the heaviest, with its interval."""
    most = max(max(one.high_s, one.spent_s) for one in jobs) or 1
    return interval_bar(Placed(job.spent_s / most, job.low_s / most, job.high_s / most), marks=())


@register.filter
def hours_a_week(found: Weekly | Unknown) -> Any:
    """Say how many hours a week asks, with the interval; or why nobody knows."""
    return _a_week(found, gettext("%(mean)s h a week"))


@register.filter
def times_a_week(found: Weekly | Unknown) -> Any:
    """Say how often a week something happens, with the interval; or why nobody knows."""
    return _a_week(found, gettext("%(mean)s times a week"))


def _a_week(found: Weekly | Unknown, words: str) -> Any:
    if isinstance(found, Unknown) or isinstance(found.mean, Unknown):
        return found if isinstance(found, Unknown) else found.mean
    is_small = 0 < found.mean < LEAST_S / 3600
    mean = words % {"mean": "<0.1" if is_small else decimal_words(found.mean)}
    if not isinstance(found.interval, Interval):
        return mean
    low, high = (decimal_words(end) for end in (found.interval.low, found.interval.high))
    said = gettext("(95 %%: %(low)s–%(high)s)") % {"low": low, "high": high}
    return format_html('{} <span class="of">{}</span>', mean, said)


def _language() -> str:
    return "ja" if (get_language() or "en").startswith("ja") else "en"

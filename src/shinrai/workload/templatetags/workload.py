"""Words for work: kinds of job, tiers, hours with their interval."""

from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext

from shinrai.statistics.interval import Interval
from shinrai.units.unknown import Unknown
from shinrai.workload.rules.jobs import Weekly
from shinrai.workload.rules.kinds import JOBS, job_words

register = template.Library()


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
    """Write seconds as hours with one decimal."""
    return str(number_format(seconds / 3600, decimal_pos=1, force_grouping=True))


@register.filter
def minutes_each(job: Any) -> str:
    """Write the minutes a case takes on average."""
    return str(number_format(job.spent_s / 60 / job.cases, decimal_pos=1))


@register.filter
def a_week(found: Weekly | Unknown) -> Any:
    """Say what a week brings on average, with its interval; or why nobody knows."""
    if isinstance(found, Unknown) or isinstance(found.mean, Unknown):
        return found if isinstance(found, Unknown) else found.mean
    mean = number_format(found.mean, decimal_pos=1)
    if not isinstance(found.interval, Interval):
        return str(mean)
    low, high = (
        number_format(end, decimal_pos=1) for end in (found.interval.low, found.interval.high)
    )
    return gettext("%(mean)s (95 %%: %(low)s to %(high)s)") % {
        "mean": mean,
        "low": low,
        "high": high,
    }


def _language() -> str:
    return "ja" if (get_language() or "en").startswith("ja") else "en"

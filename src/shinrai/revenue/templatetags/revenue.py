"""Template tags: what recurs, what was received and what ended, as rows of figures."""

from collections.abc import Sequence

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.translation import gettext

from shinrai.console.charts.spark import Point
from shinrai.console.figures import (
    ROW_HEIGHT,
    ROW_WIDTH,
    FigureLink,
    FigureRow,
    count_spark,
    page_marks,
    share_point,
    share_spark,
)
from shinrai.revenue.measures import MEASURES
from shinrai.revenue.queries.summary import CurrencyRevenue, MonthRevenue
from shinrai.revenue.rules.money import money_words
from shinrai.units.measure import Measure
from shinrai.units.unknown import Unknown

register = template.Library()


@register.simple_tag(takes_context=True)
def revenue_rows(context: Context, one: CurrencyRevenue) -> list[FigureRow]:
    """Return the figures of the last month that is over, each with its line by month."""
    last, currency, marks = one.last_complete, one.currency, page_marks(context)
    at = one.months.index(last)
    drawn = {
        "mrr": [(month, month.contracts.mrr_minor) for month in one.months],
        "received": [(month, month.payments.net_minor) for month in one.months],
    }
    asked = (
        (
            "mrr",
            "MRR",
            gettext("What do contracts bring in a month?"),
            last.contracts.in_force or last.contracts.in_force_before,
            Unknown("no contracts are recorded"),
        ),
        (
            "received",
            gettext("Money received"),
            gettext("What came in that month, less what was paid back?"),
            last.has_payments,
            Unknown("no payments are recorded"),
        ),
    )
    rows = [
        FigureRow(
            key=f"{key}-{currency}",
            name=name,
            question=question,
            said=money_words(drawn[key][at][1], currency) if is_known else unknown,
            over_time=count_spark(
                name,
                _points(drawn[key], currency),
                prefix=f"{key}-{currency}",
                marks=marks,
                width=ROW_WIDTH,
                height=ROW_HEIGHT,
            )
            if all(minor >= 0 for _month, minor in drawn[key])  # else a scale from 0 has no place
            else "",
            definition="#definitions",
        )
        for key, name, question, is_known, unknown in asked
    ]
    churn = [
        share_point(_label(month), month.churn, is_complete=not month.is_open, since=month.month)
        for month in one.months
    ]
    name = gettext("Contracts ended")
    is_known = bool(last.contracts.in_force_before)
    ended = FigureRow(
        key=f"ended-{currency}",
        name=name,
        question=gettext("How many of the contracts in force before the month ended in it?"),
        share=last.churn if is_known else None,
        said="" if is_known else Unknown("no contract was in force before"),
        over_time=share_spark(
            name, churn, prefix=f"ended-{currency}", marks=marks, width=ROW_WIDTH, height=ROW_HEIGHT
        )
        if is_known
        else "",
        definition="#definitions",
        links=_behind(context, last, "ended") if is_known else (),
    )
    return [*rows, ended, *_learner_rows(context, last, currency)]


def _behind(context: Context, of: MonthRevenue, part: str) -> tuple[FigureLink, ...]:
    address = reverse("revenue_contracts", args=[context["workspace"].slug])
    href = f"{address}?month={_label(of)}&part={part}"
    return (FigureLink(href, gettext("Contracts of a month")),)


def _learner_rows(context: Context, last: MonthRevenue, currency: str) -> list[FigureRow]:
    """Return the figures of learners; none where no contract is recorded."""
    if last.joined is None or not last.joined.contracts.of:
        return []
    linked, per_person = last.joined.contracts, last.per_active_person
    why = last.inactive_unknown
    unknown = Unknown(why) if why else Unknown("no learner was active")
    more = gettext("{count} of {of} contracts have a linked learner")
    return [
        FigureRow(
            key=f"arpu-{currency}",
            name=gettext("Per active learner"),
            question=gettext("What did contracts bring for each learner who was active?"),
            said=unknown if per_person is None else money_words(per_person, currency),
            more=more.format(count=linked.count, of=linked.of),
            definition="#definitions",
            links=_behind(context, last, "with_learner"),
        ),
        FigureRow(
            key=f"inactive-{currency}",
            name=gettext("Stayed away"),
            question=gettext("How many learners under contract had no active day in the month?"),
            share=None if why else last.joined.inactive,
            said=unknown if why else "",
            definition="#definitions",
        ),
    ]


@register.simple_tag
def declared_measures() -> tuple[Measure, ...]:
    """Return what is measured of revenue."""
    return MEASURES


def _points(drawn: Sequence[tuple[MonthRevenue, int]], currency: str) -> list[Point]:
    return [
        Point(
            _label(month),
            float(minor),
            is_complete=not month.is_open,
            title=f"{_label(month)}: {money_words(minor, currency)}",
            said=money_words(minor, currency),
            since=month.month,
        )
        for month, minor in drawn
    ]


def _label(month: MonthRevenue) -> str:
    return f"{month.month:%Y-%m}"

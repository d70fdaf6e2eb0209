"""Template tags: what recurs, what was received and what ended, as rows of figures."""

from collections.abc import Sequence

from django import template
from django.template import Context
from django.utils.translation import gettext

from shinrai.console.charts.spark import Point
from shinrai.console.figures import (
    ROW_HEIGHT,
    ROW_WIDTH,
    FigureRow,
    count_spark,
    page_marks,
    share_point,
    share_spark,
)
from shinrai.revenue.queries.summary import CurrencyRevenue, MonthRevenue
from shinrai.revenue.rules.money import money_words
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
    )
    return [*rows, ended]


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

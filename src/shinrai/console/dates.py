"""The date span of a page: read from its address, and as `console/_date_span.html` shows it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shinrai.console.addresses import query_with
from shinrai.console.reader import reader_text
from shinrai.console.rules.date_span import CHOICES, BadDateSpan, Choice, DateSpan, read_span

CHOICE_WORDS: dict[Choice, Promise] = {
    "this-week": _("This week"),
    "last-week": _("Last week"),
    "this-month": _("This month"),
    "last-month": _("Last month"),
    "90-days": _("90 days"),
    "all": _("Everything"),
}
BEFORE_WORDS: dict[str, Promise] = {
    "this-week": _("the same days of the week before"),
    "last-week": _("the week before"),
    "this-month": _("the same days of the month before"),
    "last-month": _("the month before"),
}
DATES = (
    "span",
    "from",
    "to",
    "days",
    "week",
    "month",
    "page",
)  # what another span takes the place of


@dataclass(frozen=True)
class SpanLink:
    """A span that can be chosen: its name, its address, and whether it is shown now."""

    label: str
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class PageDates:
    """The dates of a page: the span, or why there is none; the choices, and what was typed."""

    span: DateSpan | None
    wrong: str
    since: str
    until: str
    links: tuple[SpanLink, ...]
    kept: tuple[tuple[str, str], ...]

    @property
    def before(self) -> DateSpan | None:
        """Give the span before, if there is one to compare with."""
        return None if self.span is None else self.span.before

    @property
    def before_words(self) -> str:
        """Name the span before as a comparison does; empty where there is none."""
        if self.span is None or self.before is None:
            return ""
        if self.span.kind in BEFORE_WORDS:
            return str(BEFORE_WORDS[self.span.kind])
        if self.span.length == self.before.length:
            return gettext("the %(n)s days before") % {"n": self.span.length}
        return f"{self.before.since} – {self.before.until}"

    def shown_as(self, since: date, until: date) -> "PageDates":
        """Show other dates than were chosen here, as a page does that has pickers of its own."""
        same = self.span is not None and self.span.since == since
        links = self.links if same else tuple(replace(one, is_chosen=False) for one in self.links)
        return replace(self, since=str(since), until=str(until), links=links)


def page_dates(
    request: Any,
    *,
    zone: tzinfo,
    last: date | None = None,
    default: Choice = "90-days",
    choices: Collection[Choice] = CHOICES,
) -> PageDates:
    """Read the dates a page is asked about; where they are refused, `span` is None."""
    asked = request.GET
    wrong, span = "", None
    try:
        span = read_span(asked, at=request.at, zone=zone, last=last, default=default)
        if span.kind == "all" and "all" not in choices:
            span = read_span({}, at=request.at, zone=zone, last=last, default=default)
    except BadDateSpan as error:
        wrong = reader_text(error.text)
    typed = {name: asked.get(name, "").strip() for name in ("from", "to")}
    if span is not None:
        typed = {name: "" if value == "all" else value for name, value in span.dates.items()}
    kept = {name: value for name, value in asked.items() if name not in DATES}
    return PageDates(
        span=span,
        wrong=wrong,
        since=typed["from"],
        until=typed["to"],
        links=tuple(
            SpanLink(
                label=str(CHOICE_WORDS[choice]),
                href=query_with(kept, span=choice),
                is_chosen=span is not None and span.kind == choice,
            )
            for choice in choices
        ),
        kept=tuple(kept.items()),
    )

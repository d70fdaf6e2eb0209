"""The date span of a page, read from its URL, as `console/_date_span.html` shows it."""

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
    """A date span the reader can choose: its name, its URL, and whether it is chosen now."""

    label: str
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class PageDates:
    """The date span of a page, or the error about it; the links to others, the typed dates."""

    span: DateSpan | None
    wrong: str
    since: str
    until: str
    links: tuple[SpanLink, ...]
    kept: tuple[tuple[str, str], ...]

    @property
    def before(self) -> DateSpan | None:
        """Return the previous date span, to compare with; None if there is none."""
        return None if self.span is None else self.span.before

    @property
    def before_words(self) -> str:
        """Name the previous date span, as in "the 90 days before"; "" if there is none."""
        if self.span is None or self.before is None:
            return ""
        if self.span.kind in BEFORE_WORDS:
            return str(BEFORE_WORDS[self.span.kind])
        if self.span.length == self.before.length:
            return gettext("the %(n)s days before") % {"n": self.span.length}
        return f"{self.before.since} – {self.before.until}"

    def shown_as(self, since: date, until: date) -> "PageDates":
        """Return a copy that shows other dates, for a page with its own date fields."""
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
    """Read the date span from the URL; if it is refused, `span` is None and `wrong` has why."""
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

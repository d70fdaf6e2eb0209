"""The cases behind a figure, by page, from the published facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.quality.facts.inquiries import INQUIRIES
from shinrai.quality.facts.investigations import INVESTIGATIONS
from shinrai.quality.measures.behind import (
    LISTED,
    OF_ALL_CASES,
    OF_INVESTIGATIONS,
    behind,
    investigations_behind,
)
from shinrai.quality.measures.population import population
from shinrai.quality.measures.topical import with_topics
from shinrai.topics.facts import TOPICS
from shinrai.units.errors import UserError
from shinrai.units.moments import epoch_us, from_us
from shinrai.units.text import Text
from shinrai.warehouse.fresh import Fresh
from shinrai.warehouse.parameters import NAMED, of_shape, shape
from shinrai.warehouse.query import run_all
from shinrai.warehouse.store import Warehouse
from shinrai.warehouse.tables import Table

A_PAGE = 50
BEHIND = "behind"  # the table of a list's rows
PARTS = ("counted", "rest")  # any other: all
# What cases can be sorted by, and the column it takes.
ORDERS = {
    "case": "case_key",
    "received_at": "began_us",
    "first_reply_s": "waited_s",
    "solved_at": "ended_us",
    "came_back_at": "back_us",
    "round_trips": "trips",
    "due": "due_us",
    "tier": "tier",
    "handovers": "handovers",
    "sent_back_at": "sent_us",
}


class UnknownFigure(UserError, LookupError):
    """There is no list of cases behind a figure of this name."""


@dataclass(frozen=True)
class ListedCase:
    """One case behind a figure, with the values the figures use.

    `due_at` is the close of the next business day; `tier` the highest that held it or was asked.
    """

    id: int
    key: str
    record: str
    source: str
    phase: str
    began_at: datetime | None
    first_reply: timedelta | None
    ended_at: datetime | None
    back_at: datetime | None
    round_trips: int | None
    counted: bool
    doubt: str | None
    due_at: datetime | None
    tier: int | None
    handovers: int | None
    sent_back_at: datetime | None


@dataclass(frozen=True)
class Listing:
    """A page of cases, and how many are counted of all those behind the figure."""

    figure: str
    count: int
    of: int
    cases: tuple[ListedCase, ...]
    listed: int
    versions: dict[str, int]
    fresh: Fresh | None


def cases_behind(
    *,
    workspace: WorkspaceRecord,
    figure: str,
    at: datetime,
    warehouse: Warehouse,
    mode: str | None = None,
    since: date | None = None,
    until: date | None = None,
    part: str = "counted",
    topics: Sequence[str] = (),
    search: str = "",
    sort: str = "-received_at",
    skip: int = 0,
    most: int = A_PAGE,
) -> Listing:
    """List the cases a figure counts (`part` "counted"), those it does not ("rest"), or "all".

    With `topics`, only inquiries about one of these. `search` is a part of a case's key. `sort` is
    one of `ORDERS`, with a leading `-` in reverse. `listed` counts the cases found.
    Raises: UnknownFigure.
    """
    if figure not in LISTED:
        raise UnknownFigure(
            Text(
                "no list lies behind {figure!r}; there are: {listed}",
                figure=figure,
                listed=", ".join(LISTED),
            ),
        )
    values = {"at": epoch_us(at), "since": since, "until": until, "mode": mode}
    tables, rows = _rows_behind(figure, tuple(topics), shape(values))
    answers = run_all(
        warehouse,
        _page(rows, part, sort, skip, most, is_searched=bool(search)),
        tables=tables,
        within={"workspace_id": workspace.id},
        held={BEHIND: rows},
        parameters={**values, "search": search.casefold()},
    )
    [counts] = answers["counts"].records()
    count, of = int(counts["counted"] or 0), int(counts["of"])
    listed = int(answers["listed"].records()[0]["listed"])
    return Listing(
        figure=figure,
        count=count,
        of=of,
        cases=tuple(_case(row) for row in answers["rows"].records()),
        listed=listed,
        versions=dict(answers["rows"].versions),
        fresh=answers["rows"].fresh[tables[0].name],
    )


@lru_cache(maxsize=128)
def _rows_behind(
    figure: str, topics: tuple[str, ...], names: frozenset[str]
) -> tuple[list[Table], Any]:
    """Return the tables a list reads, and its rows; `proactive` lists both kinds of cases."""
    span = of_shape(names, "at", "since", "until", "mode")
    if figure in OF_INVESTIGATIONS:
        return [INVESTIGATIONS], _investigations(figure, **span)
    asked = _inquiries(figure, topics=topics, **span)
    if figure in OF_ALL_CASES:
        return [INQUIRIES, INVESTIGATIONS, TOPICS], asked.union(_investigations(figure, **span))
    return [INQUIRIES, TOPICS], asked


def _page(
    rows: Any, part: str, sort: str, skip: int, most: int, *, is_searched: bool
) -> dict[str, Any]:
    """Return what one page asks of the rows behind a figure.

    They are held, so that search, order and page share the long expression that selects them.
    """
    import ibis

    whole = kept = ibis.table(rows.schema(), name=BEHIND)
    if part in PARTS:
        kept = whole.filter(whole.counted if part == "counted" else ~whole.counted)
    if is_searched:
        kept = kept.filter(kept.case_key.lower().contains(NAMED["search"]))
    by = kept[ORDERS.get(sort.removeprefix("-"), "began_us")]
    order = by.desc(nulls_first=False) if sort.startswith("-") else by.asc(nulls_first=False)
    return {
        "counts": whole.aggregate(of=whole.count(), counted=whole.counted.sum()),
        "listed": kept.aggregate(listed=kept.count()),
        "rows": kept.order_by(order, kept.case_id).limit(most, offset=skip),
    }


def _inquiries(figure: str, *, at: Any, topics: Sequence[str], **asked: Any) -> Any:
    import ibis

    every = with_topics(INQUIRIES.unbound(), TOPICS.unbound())
    found = population(every, at=at, **asked)
    if topics:
        found = found.filter(found.about.isin(list(topics)))
    rows = behind(found, every, figure, at=at)
    return rows.select(
        "case_id",
        "case_key",
        "source",
        "phase",
        "counted",
        record=ibis.literal("inquiry"),
        began_us=rows.received_us,
        waited_s=rows.first_reply_s,
        ended_us=rows.first_solved_us,
        back_us=rows.back_us,
        trips=rows.runs_count,
        doubt=rows.any_doubt,
        due_us=rows.due_next_day_us,
        tier=rows.peak_tier,
        handovers=rows.handovers_count,
        sent_us=ibis.null("int64"),
    )


def _investigations(figure: str, *, at: Any, since: Any, until: Any, mode: Any) -> Any:
    import ibis

    rows = INVESTIGATIONS.unbound()
    rows = rows.filter(rows.filed_us <= at)
    if since is not None:
        rows = rows.filter(rows.filed_on >= since)
    if until is not None:
        rows = rows.filter(rows.filed_on <= until)
    if mode is not None:
        rows = rows.filter(rows["mode"] == mode)
    rows = investigations_behind(rows, figure, at=at)
    return rows.select(
        "case_id",
        "case_key",
        "source",
        "phase",
        "counted",
        record=ibis.literal("investigation"),
        began_us=rows.filed_us,
        waited_s=ibis.null("int64"),
        ended_us=rows.answered_us,
        back_us=rows.wrong_us,
        trips=ibis.null("int64"),
        doubt=rows.any_doubt,
        due_us=ibis.null("int64"),
        tier=ibis.null("int64"),
        handovers=ibis.null("int64"),
        sent_us=rows.sent_back_us,
    )


def _case(row: dict[str, Any]) -> ListedCase:
    return ListedCase(
        id=row["case_id"],
        key=row["case_key"],
        record=row["record"],
        source=row["source"],
        phase=row["phase"],
        began_at=_moment(row["began_us"]),
        first_reply=None if row["waited_s"] is None else timedelta(seconds=row["waited_s"]),
        ended_at=_moment(row["ended_us"]),
        back_at=_moment(row["back_us"]),
        round_trips=row["trips"],
        counted=bool(row["counted"]),
        doubt=row["doubt"],
        due_at=_moment(row["due_us"]),
        tier=row["tier"],
        handovers=row["handovers"],
        sent_back_at=_moment(row["sent_us"]),
    )


def _moment(us: int | None) -> datetime | None:
    return None if us is None else from_us(us)

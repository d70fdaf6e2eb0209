"""The accounts with an open inquiry, by page, longest silent first."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import ibis

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.quality.facts.inquiries import INQUIRIES
from shinrai.quality.measures.accounts import accounts
from shinrai.quality.measures.population import population
from shinrai.quality.queries.listing import A_PAGE, PARTS
from shinrai.units.moments import epoch_us, from_us
from shinrai.warehouse.fresh import Fresh
from shinrai.warehouse.parameters import NAMED, of_shape, shape
from shinrai.warehouse.query import run_all
from shinrai.warehouse.store import Warehouse

ORDERS = {"account": "account", "no_touch_since": "silent_us", "open": "open"}
MOST_MATTERS = 10  # that an account is listed with, the oldest first


@dataclass(frozen=True)
class OpenMatter:
    """An open inquiry of an account."""

    key: str
    received_at: datetime


@dataclass(frozen=True)
class ListedAccount:
    """An account, since when nobody of ours has reached it, and its open inquiries."""

    source: str
    account: str
    silent_since: datetime
    is_neglected: bool
    open: int
    matters: tuple[OpenMatter, ...]

    @property
    def more(self) -> int:
        """Return how many of its open inquiries are not listed with it."""
        return self.open - len(self.matters)


@dataclass(frozen=True)
class AccountList:
    """A page of accounts, and how many are neglected of all those with an open inquiry."""

    count: int
    of: int
    accounts: tuple[ListedAccount, ...]
    listed: int
    versions: dict[str, int]
    fresh: Fresh | None


def accounts_behind(
    *,
    workspace: WorkspaceRecord,
    at: datetime,
    warehouse: Warehouse,
    mode: str,
    since: date | None = None,
    until: date | None = None,
    part: str = "counted",
    search: str = "",
    sort: str = "no_touch_since",
    skip: int = 0,
    most: int = A_PAGE,
) -> AccountList:
    """List the accounts of a mode that are neglected ("counted"), others ("rest"), or "all"."""
    values = {"at": epoch_us(at), "since": since, "until": until, "mode": mode}
    held = _held(shape(values))
    answers = run_all(
        warehouse,
        _page(held, part, sort, skip, most, is_searched=bool(search)),
        tables=[INQUIRIES],
        within={"workspace_id": workspace.id},
        held=held,
        parameters={**values, "search": search.casefold()},
    )
    [counts] = answers["counts"].records()
    count, of = int(counts["counted"] or 0), int(counts["of"])
    theirs: dict[tuple[str, str], list[OpenMatter]] = defaultdict(list)
    for row in answers["oldest"].records():
        matter = OpenMatter(row["case_key"], from_us(row["received_us"]))
        theirs[row["source"], row["account"]].append(matter)
    return AccountList(
        count=count,
        of=of,
        accounts=tuple(
            _listed(row, theirs[row["source"], row["account"]]) for row in answers["rows"].records()
        ),
        listed=int(answers["listed"].records()[0]["listed"]),
        versions=dict(answers["rows"].versions),
        fresh=answers["rows"].fresh[INQUIRIES.name],
    )


@lru_cache(maxsize=16)
def _held(names: frozenset[str]) -> dict[str, Any]:
    """Return the open inquiries of the dates asked about, and the accounts they are of."""
    span = of_shape(names, "at", "since", "until", "mode")
    inquiries = INQUIRIES.unbound()
    found = population(inquiries, **span)
    every = accounts(found, inquiries, at=span["at"])
    is_open = found.counts & found.phase.isin(["open", "waiting"])
    matters = found.filter(is_open).select(
        "source", "account", "case_id", "case_key", "received_us"
    )
    return {"accounts": every.filter(every.open > 0), "matters": matters}


def _page(
    held: dict[str, Any], part: str, sort: str, skip: int, most: int, *, is_searched: bool
) -> dict[str, Any]:
    """Return what one page asks of the accounts and their open inquiries."""
    every = kept = ibis.table(held["accounts"].schema(), name="accounts")
    if part in PARTS:
        kept = every.filter(every.neglected if part == "counted" else ~every.neglected)
    if is_searched:
        kept = kept.filter(kept.account.lower().contains(NAMED["search"]))
    by = kept[ORDERS.get(sort.removeprefix("-"), "silent_us")]
    order = by.desc() if sort.startswith("-") else by.asc()
    shown = kept.order_by(order, kept.source, kept.account).limit(most, offset=skip)
    matters = ibis.table(held["matters"].schema(), name="matters")
    return {
        "counts": every.aggregate(of=every.count(), counted=every.neglected.sum()),
        "listed": kept.aggregate(listed=kept.count()),
        "rows": shown,
        "oldest": _oldest(matters, shown),
    }


def _oldest(matters: Any, shown: Any) -> Any:
    """List the oldest open inquiries of some accounts, at most `MOST_MATTERS` each."""
    theirs = matters.semi_join(shown, ["source", "account"])
    place = ibis.row_number().over(
        group_by=["source", "account"], order_by=[theirs.received_us, theirs.case_id]
    )
    first = theirs.mutate(place=place)
    first = first.filter(first.place < MOST_MATTERS)
    return first.select("source", "account", "case_key", "received_us", "place").order_by(
        "source", "account", "place"
    )


def _listed(row: dict[str, Any], matters: list[OpenMatter]) -> ListedAccount:
    return ListedAccount(
        source=row["source"],
        account=row["account"],
        silent_since=from_us(row["silent_us"]),
        is_neglected=bool(row["neglected"]),
        open=int(row["open"]),
        matters=tuple(matters),
    )

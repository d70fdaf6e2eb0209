"""Quality and objectives of a desk of three years: counted by day, after new steps, and as pages.

Everything is published and counted by day; then a thousand steps are appended by the ledger's
ordinary operation, to inquiries drawn from all three years, published and counted; then the pages
are asked for, each over other cases, dates and filters. What days add up to is counted from all
rows once more and has to be the same.
"""

import argparse
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import reduce
from operator import add
from statistics import median, quantiles
from typing import Any

from _database import close_database, open_database
from _desk import SLUG, make_desk
from _timing import Spent, machine, peak_mb, say, spent, table, verdict
from django.db import connection, transaction
from django.test import Client

from shinrai.accounts.queries import UnknownWorkspace, WorkspaceRecord, workspace_named
from shinrai.cli.moments import now
from shinrai.ledger.models import Case
from shinrai.ledger.operations.step_encoding import NewStep
from shinrai.ledger.operations.steps import append_steps
from shinrai.objectives.measures import DAY_COUNTS
from shinrai.objectives.operations.catching_up import catch_up, walk_alarms
from shinrai.objectives.operations.refreshing import refresh_clocks
from shinrai.objectives.queries.showing import shown_objectives
from shinrai.quality.measures.by_day import QUALITY
from shinrai.quality.queries.lines import lines_now
from shinrai.quality.queries.past_summary import quality_summary
from shinrai.quality.queries.summary import summary_now
from shinrai.quality.queries.topics import topic_report
from shinrai.quality.rules.figures import plain
from shinrai.warehouse.day_count_writer import count_days
from shinrai.warehouse.store import Warehouse

SIZE = 1_000_000
NEW = 1_000
ROUNDS = 5
ASKED = 100
WARM = 5
NOTES = {"calendar": "office", "zone": "Asia/Tokyo"}
AFTER_S = 5.0  # new steps are on the page
KINDS = ("inbound", "outbound", "assigned", "worked", "note")
DETAILS: dict[str, dict[str, Any]] = {
    "inbound": {"substantive": True},
    "outbound": {"substantive": True},
    "assigned": {"group": "front"},
    "worked": {"minutes": 5, "job": "reply"},
}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--size", type=int, default=SIZE, help="how many inquiries")
    size = asked.parse_args().size
    say(machine("django", "duckdb", "deltalake", "numpy"))
    warehouse = open_database()
    try:
        measure(size, warehouse)
    finally:
        close_database()


def measure(size: int, warehouse: Warehouse) -> None:
    """Measure all, measure after new steps, ask for pages."""
    try:
        there = workspace_named(SLUG)
    except UnknownWorkspace:
        there = make_desk(size, now=now().replace(microsecond=0), warehouse=warehouse)
    say(f"{size:,} inquiries, {_steps():,} steps")
    all_again(there, warehouse)
    after_new_steps(there, warehouse)
    pages(there, warehouse)
    say(f"at most {peak_mb():,.0f} MB in this process")


def everything(there: WorkspaceRecord, warehouse: Warehouse) -> dict[str, Callable[[], object]]:
    """Name what is measured: all figures of all dates and of 90 days, lines, every objective."""
    at = now()
    asked: dict[str, Any] = {"workspace": there}
    since = at.date() - timedelta(days=89)
    return {
        "every figure, all dates": lambda: summary_now(**asked),
        "every figure, 90 days": lambda: summary_now(**asked, since=since, until=at.date()),
        "12 months as lines": lambda: lines_now(**asked, today=at.date(), period="M", count=12),
        "13 weeks as lines": lambda: lines_now(**asked, today=at.date(), period="W", count=13),
        "topics": lambda: topic_report(**asked, since=since, until=at.date()),
        "both objectives": lambda: shown_objectives(
            workspace_id=there.id, at=at, warehouse=warehouse
        ),
    }


def all_again(there: WorkspaceRecord, warehouse: Warehouse) -> None:
    """Count everything by day, ask everything as pages do, and count it from all rows."""
    at = now()
    counting = {
        f"{counts.name} counted by day": spent(
            lambda counts=counts: count_days(  # type: ignore[misc]
                warehouse, counts, workspace_id=there.id, basis="", notes=NOTES, at=now()
            )
        )
        for counts in (QUALITY, *DAY_COUNTS)
    }
    counting["alarms walked"] = spent(lambda: walk_alarms(warehouse=warehouse, at=at))
    took = {name: spent(call) for name, call in everything(there, warehouse).items()}
    total = reduce(add, took.values())
    took["together"] = total
    took |= counting
    took["every figure, all dates, from all rows by DuckDB alone"] = spent(
        lambda: quality_summary(workspace=there, at=at, warehouse=warehouse)
    )
    rows = [[name, *_both(one)] for name, one in took.items()]
    table(["as pages ask, and as the worker counts", "took", "processor"], rows)
    verdict(
        f"{total.seconds:.1f} s for everything from published tables (under 10)",
        holds=total.seconds < 10,
    )


def _both(one: Spent) -> tuple[str, str]:
    return f"{1e3 * one.seconds:,.0f} ms", f"{1e3 * one.processor_s:,.0f} ms"


def _middle(rounds: Sequence[Spent]) -> Spent:
    return Spent(median(one.seconds for one in rounds), median(one.processor_s for one in rounds))


def after_new_steps(there: WorkspaceRecord, warehouse: Warehouse) -> None:
    """Append a thousand steps, publish them, measure everything; each time to other inquiries."""
    ids = list(
        Case.objects.filter(workspace_id=there.id, record="inquiry").values_list("id", flat=True)
    )
    draw = random.Random(20261128)
    rounds = [_round(there, warehouse, draw, draw.sample(ids, NEW)) for _ in range(ROUNDS)]
    middle = {name: _middle([one[name] for one in rounds]) for name in rounds[0]}
    totals = [reduce(add, one.values()) for one in rounds]
    middle["together"] = total = _middle(totals)
    rows = [[name, *_both(one)] for name, one in middle.items()]
    table([f"after {NEW:,} new steps (median of {ROUNDS})", "took", "processor"], rows)
    listed = ", ".join(f"{one.seconds:.2f}" for one in totals)
    verdict(
        f"{total.seconds:.2f} s after {NEW:,} new steps (under {AFTER_S:.0f}); each: {listed}",
        holds=total.seconds < AFTER_S,
    )
    _must_agree(there, warehouse)


def _round(
    there: WorkspaceRecord, warehouse: Warehouse, draw: random.Random, chosen: list[int]
) -> dict[str, Spent]:
    took = {"appended, their clocks refreshed": spent(lambda: append(there, chosen, draw))}
    at = now()
    took["published and counted by day"] = spent(lambda: catch_up(warehouse=warehouse, at=at))
    for name, call in everything(there, warehouse).items():
        took[name] = spent(call)
    return took


def append(there: WorkspaceRecord, chosen: list[int], draw: random.Random) -> None:
    """Append a step to each of some cases and refresh their clocks, in one transaction."""
    at = now()
    steps = []
    for case_id in chosen:
        kind = draw.choice(KINDS)
        detail = DETAILS.get(kind)
        steps.append(NewStep(case_id, at, kind, "staff:11", "agent", None, detail))
    with transaction.atomic():
        append_steps(workspace_id=there.id, steps=steps, count=len(steps), recorded_at=at)
        refresh_clocks(workspace_id=there.id, case_ids=chosen)


def _must_agree(there: WorkspaceRecord, warehouse: Warehouse) -> None:
    """Compare what was brought forward with what all rows say."""
    at = now()
    asked: dict[str, Any] = {"workspace": there, "at": at, "warehouse": warehouse}
    added = summary_now(workspace=there)
    assert added is not None
    anew = quality_summary(**{**asked, "at": added.at})
    if _rounded(plain(added.modes)) != _rounded(plain(anew.modes)):
        raise SystemExit("days added up differ from what all rows say")
    say("       days added up are what all rows say")


def _rounded(document: Any) -> Any:
    if isinstance(document, dict):
        return {name: _rounded(value) for name, value in document.items()}
    if isinstance(document, list):
        return [_rounded(value) for value in document]
    return round(document, 6) if isinstance(document, float) else document


def pages(there: WorkspaceRecord, warehouse: Warehouse) -> None:
    """Ask for every page a hundred times, each time for something else, and once after new steps.

    What is timed is the whole answer of the application to a request, middleware and templates
    included, without a network.
    """
    client = Client(SERVER_NAME="localhost")
    ids = list(Case.objects.filter(workspace_id=there.id, record="inquiry").values_list("id"))
    draw = random.Random(5)
    rows, slow = [], []
    for name, addresses in _addresses(there).items():
        append(there, [number for (number,) in draw.sample(ids, NEW)], draw)
        at = now()
        catch_up(warehouse=warehouse, at=at)
        first = _asked(client, next(addresses), "en")
        for _ in range(WARM):
            _asked(client, next(addresses), draw.choice(("en", "ja")))
        took = [_asked(client, next(addresses), "ja" if n % 2 else "en") for n in range(ASKED)]
        seconds = [one.seconds for one in took]
        processor = [one.processor_s for one in took]
        p95 = quantiles(seconds, n=20)[-1]
        by_clock = (first.seconds, median(seconds), p95, max(seconds))
        figures = (*by_clock, first.processor_s, median(processor), quantiles(processor, n=20)[-1])
        rows.append([name, *(f"{1e3 * figure:,.0f} ms" for figure in figures)])
        if name in ("overview", "queue", "quality", "one inquiry"):
            slow.append((name, p95))
    heads = ["page", "the first after 1,000 steps", "median", "19 of 20 within", "slowest"]
    heads += ["processor: the first", "median", "19 of 20 within"]
    table(heads, rows)
    for name, p95 in slow:
        verdict(f"{1e3 * p95:,.0f} ms for {name}, 19 of 20 (under 150)", holds=p95 < 0.15)


def _asked(client: Client, address: str, language: str) -> Spent:
    def ask() -> None:
        found = client.get(address, headers={"accept-language": language})
        if found.status_code != 200:
            raise SystemExit(f"{address} answers {found.status_code}")

    return spent(ask)


def _addresses(there: WorkspaceRecord) -> dict[str, Iterator[str]]:
    """Give addresses page by page, no end of them; of quality no span of dates twice."""
    draw = random.Random(3)
    base = f"/w/{there.slug}/"
    keys = {
        record: list(
            Case.objects.filter(workspace_id=there.id, record=record).values_list(
                "source_key", flat=True
            )
        )
        for record in ("inquiry", "investigation")
    }

    def queue() -> Iterator[str]:
        while True:
            record = draw.choice(("", "inquiry", "investigation"))
            state = draw.choice(("", "", "late", "at_risk", "running", "at_rest"))
            page = draw.choice((1, 1, 2, 5, 40))
            yield f"{base}queue/?record={record}&state={state}&page={page}"

    def spans(path: str) -> Iterator[str]:
        seen: set[date] = set()
        yield f"{base}{path}"
        while True:
            since = date.today() - timedelta(days=draw.randrange(1, 1095))  # noqa: DTZ011
            until = since + timedelta(days=draw.choice((6, 29, 89, 364, 1095)))
            if since not in seen:
                seen.add(since)
                yield f"{base}{path}?from={since}&to={until}"

    def cases(record: str, path: str) -> Iterator[str]:
        while True:
            yield f"{base}{path}/{draw.choice(keys[record])}/"

    def same(*paths: str) -> Iterator[str]:
        while True:
            yield f"{base}{draw.choice(paths)}"

    return {
        "overview": same(""),
        "queue": queue(),
        "quality": spans("quality/"),
        "one inquiry": cases("inquiry", "inquiries"),
        "one investigation": cases("investigation", "investigations"),
        "imports": same("imports/"),
        "topics": same("topics/?days=28", "topics/?days=91", "topics/?days=all"),
        "workload": same("workload/?days=28", "workload/?days=91", "workload/?days=364"),
    }


def _steps() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_step")
        [count] = cursor.fetchone()
    return int(count)


if __name__ == "__main__":
    main()

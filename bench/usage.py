"""Who came back: the product's answer from days of use, beside hand-written SQL over the events.

Events are made by hashes, always the same, and laid into the published tables as the worker and a
night's compaction leave them; that is not timed. Weekly retention over 52 weeks, and daily over 90
days, are then asked of the product, of DuckDB over the same files of events, and of ClickHouse's
engine (`chdb`) over a table in PostHog's shape, in turn. All three must agree on every cell. What
it costs to keep the days is measured by the worker's own function and by a night's rewriting.
`BENCH_HOME` names a folder in which tables stay, to be asked again.
"""

import argparse
import os
import site
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from _database import HOME
from _timing import Spent, machine, peak_mb, say, spent, table, verdict

site.addsitedir(str(Path(__file__).parents[1] / ".venv-bench"))  # after our own packages
import pyarrow as pa
from chdb.session import Session

from shinrai.usage.facts import DAYS, EVENTS
from shinrai.usage.operations.move import count_days
from shinrai.usage.queries.retention import RetentionRequest, RetentionTriangle, retention
from shinrai.usage.queries.scope import Span, UsageScope
from shinrai.warehouse.compaction import compact
from shinrai.warehouse.publication import append_rows
from shinrai.warehouse.store import Warehouse
from shinrai.warehouse.tables import Table

EVENTS_ASKED, PEOPLE, ROUNDS, CHUNK = 10_000_000, 100_000, 3, 5_000_000
WORKSPACE, ZONE, NAME = 7, "Asia/Tokyo", "studied"
FIRST, WEEKS = date(2025, 11, 30), 52  # a Sunday
AT = datetime(2026, 11, 29, 12, tzinfo=UTC)
EXTRA = 100_000  # the events of one batch of the worker

# People begin on any day of the year, stay 120 days on average, and use the service on some of
# them, five times on average, four in five of them to study.
MADE = """
    CREATE OR REPLACE TEMP TABLE acts AS
    WITH people AS (
        SELECT p, hash(p, 1) % 364 AS begins,
            -120 * ln((1 + hash(p, 2) % 9999) / 10000) AS stays,
            0.4 + hash(p, 3) % 1200 / 1000 AS keen
        FROM range({people}) AS t(p)
    ), used AS (
        SELECT p, d, hash(p, d, 4) AS h FROM people, range({first}, {last}) AS t(d)
        WHERE d BETWEEN begins AND begins + stays
            AND hash(p, d, 5) % 100000 < {daily} * keen * 100000
    )
    SELECT p AS actor_id, DATE '{begin}' + d::int AS zone_on, n, h,
        if(hash(h, n, 6) % 5 < 4, 'studied', 'opened') AS event,
        epoch_us(DATE '{begin}' + d::int) - 9 * 3600000000
            + (6 * 3600 + hash(h, n, 7) % 57600)::bigint * 1000000 AS happened_us
    FROM used, range(9) AS t(n) WHERE n <= h % 9
"""
AS_EVENTS = """
    SELECT 7 AS workspace_id, make_timestamp(happened_us)::date AS utc_on,
        printf('%016x%x', h, n) AS event_id, actor_id, event, happened_us,
        happened_us + 1000000 AS received_us, zone_on AS own_on, zone_on, NULL::bigint AS group_id,
        '{{"grade":' || actor_id % 6 || '}}' AS properties, {number} AS revision, false AS gone
    FROM acts ORDER BY happened_us
"""
AS_DAYS = """
    SELECT 7 AS workspace_id, actor_id, event, zone_on AS own_on, zone_on, count(*) AS event_count,
        min(happened_us) AS first_us, NULL::bigint AS group_id, 1 AS revision, false AS gone
    FROM acts GROUP BY ALL ORDER BY own_on, event, actor_id
"""
BY_DUCKDB = """
    WITH active AS (
        SELECT DISTINCT actor_id, {duck_bucket} AS bucket FROM read_parquet({files})
        WHERE event = 'studied' AND zone_on BETWEEN DATE '{since}' AND DATE '{until}'
    )
    SELECT a.bucket AS base, b.bucket - a.bucket AS col, count(*) AS people
    FROM active AS a JOIN active AS b ON a.actor_id = b.actor_id AND b.bucket >= a.bucket
    WHERE a.bucket < {cohorts} GROUP BY ALL
"""
# Source: posthog/hogql_queries/insights/retention_query_runner.py, in outline: an array of buckets
# per actor, unfolded into starts and distances, counted.
BY_CLICKHOUSE = """
    SELECT base, bucket - base AS col, count(DISTINCT person_id) AS people FROM (
        SELECT person_id, groupUniqArray({click_bucket}) AS buckets FROM events
        WHERE team_id = 7 AND event = 'studied'
            AND toDate(timestamp, 'Asia/Tokyo') BETWEEN '{since}' AND '{until}'
        GROUP BY person_id
    ) ARRAY JOIN buckets AS base ARRAY JOIN arrayFilter(b -> b >= base, buckets) AS bucket
    WHERE base < {cohorts} GROUP BY base, col
"""
POSTHOG = """
    CREATE TABLE events (uuid String, team_id Int64, event LowCardinality(String),
        timestamp DateTime64(6, 'UTC'), distinct_id Int64, person_id Int64, properties String)
    ENGINE = MergeTree PARTITION BY toYYYYMM(timestamp)
    ORDER BY (team_id, toDate(timestamp), event, cityHash64(distinct_id), cityHash64(uuid))
"""
INTO = """
    INSERT INTO events SELECT event_id, 7, event, fromUnixTimestamp64Micro(happened_us, 'UTC'),
        actor_id, actor_id, properties FROM file('{file}', Parquet)
"""


class Question(NamedTuple):
    """A question, as it is asked of the product; the others get it as dates and numbers."""

    name: str
    period: Any
    since: date
    cohorts: int
    periods: int
    most_s: float | None = None

    @property
    def until(self) -> date:
        days = self.cohorts + self.periods - 1 if self.period == "day" else 7 * WEEKS
        return self.since + timedelta(days=days - 1)

    def words(self) -> dict[str, Any]:
        """Return what the hand-written SQL is filled with; buckets are counted from `since`."""
        length = 7 if self.period == "week" else 1
        click = f"toDate(timestamp, '{ZONE}') - toDate('{self.since}')"
        return {
            "since": self.since,
            "until": self.until,
            "cohorts": self.cohorts,
            "duck_bucket": f"(zone_on - DATE '{self.since}') // {length}",
            "click_bucket": f"toInt32(intDiv({click}, {length}))",
        }

    def of_product(self, warehouse: Warehouse) -> RetentionTriangle:
        length = 7 if self.period == "week" else 1
        last = self.since + timedelta(days=length * self.cohorts - 1)
        span = Span(self.period, self.since, last)
        request = RetentionRequest(span, periods=self.periods, start=NAME, back=NAME)
        return retention(UsageScope(WORKSPACE, ZONE, AT, warehouse), request)


QUESTIONS = (
    Question("52 weeks", "week", FIRST, WEEKS, WEEKS, most_s=2),
    Question("90 days, a cohort", "day", FIRST + timedelta(days=150), 1, 90, most_s=0.3),
    Question("90 days, thirty cohorts", "day", FIRST + timedelta(days=150), 30, 90),
)
Cells = dict[tuple[int, int], int]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--events", type=int, default=EVENTS_ASKED, help="about how many events")
    asked.add_argument("--people", type=int, default=PEOPLE)
    asked.add_argument("--rounds", type=int, default=ROUNDS)
    asked.add_argument("--only-product", action="store_true", help="compare with nothing")
    given = asked.parse_args()
    say(f"{machine('duckdb', 'deltalake', 'ibis-framework', 'chdb')}; {load()}")
    warehouse = Warehouse(f"{HOME}/warehouse")
    if warehouse.delta(DAYS) is None:
        fill(warehouse, given.people, given.events)
    events, days = (rows_of(warehouse, of) for of in (EVENTS, DAYS))
    say(f"{events:,} events of {given.people:,} people, {days:,} days of use")
    say(f"files: events {mb(warehouse.place(EVENTS))}, days {mb(warehouse.place(DAYS))}; {load()}")
    measure(warehouse, given.rounds, is_alone=given.only_product)
    measure_keeping(warehouse, given.people, events)
    say(f"{peak_mb():,.0f} MB of memory at most, all engines in one process")


def load() -> str:
    return f"load {os.getloadavg()[0]:.1f}"


def mb(place: str) -> str:
    return f"{sum(one.stat().st_size for one in Path(place).rglob('*.parquet')) / 1e6:,.0f} MB"


def fill(warehouse: Warehouse, people: int, events: int) -> None:
    """Publish events some days at a time, as they come, and their days in one commit."""
    # On average 82.3 of the days on which somebody stays lie within the year; five events on each.
    daily = events / people / 5 / 82.3
    length = max(1, 364 * CHUNK // events)  # days of a part
    starts = range(0, 364, length)

    def parts() -> Iterator[pa.RecordBatch]:
        for number, first in enumerate(starts, 1):
            with closing(warehouse.connect()) as duck:
                made = {"first": first, "last": min(first + length, 364), "people": people}
                duck.execute(MADE.format(**made, daily=daily, begin=FIRST))
                rows = typed(duck.sql(AS_EVENTS.format(number=number)), EVENTS)
                publish(warehouse, EVENTS, rows, number)
                yield from typed(duck.sql(AS_DAYS), DAYS)

    append_rows(
        warehouse, DAYS, parts(), app="usage", since=None, upto=len(starts), at=AT, each_once=True
    )


def rows_of(warehouse: Warehouse, of: Table) -> int:
    delta = warehouse.delta(of)
    assert delta is not None
    return sum(pa.table(delta.get_add_actions(flatten=True))["num_records"].to_pylist())


def typed(rows: Any, of: Any) -> Iterator[pa.RecordBatch]:
    for batch in rows.to_arrow_reader(65_536):
        yield batch.cast(of.schema())


def publish(
    warehouse: Warehouse, of: Any, rows: Iterator[pa.RecordBatch], number: int, app: str = "usage"
) -> int:
    done = append_rows(
        warehouse, of, rows, app=app, since=number - 1 or None, upto=number, at=AT, each_once=True
    )
    return done.rows


def measure(warehouse: Warehouse, rounds: int, *, is_alone: bool) -> None:
    """Ask each question of each engine, in turn, and compare the answers."""
    session = None if is_alone else filled_clickhouse(warehouse)
    rows = []
    for question in QUESTIONS:
        engines: dict[str, Callable[[], Cells]] = {
            "product": partial(_product, warehouse, question)
        }
        if session is not None:
            engines["DuckDB over events"] = partial(_duckdb, warehouse, question)
            engines["ClickHouse over events"] = partial(_clickhouse, session, question)
        cells = {name: call() for name, call in engines.items()}  # a round that is not counted
        for name, found in cells.items():
            assert found == cells["product"], f"{name} differs on {question.name}"
        say(f"{question.name}: {len(cells)} engines agree on {len(cells['product']):,} cells")
        took: dict[str, list[Spent]] = {name: [] for name in engines}
        for _ in range(rounds):
            for name, call in engines.items():
                took[name].append(spent(call))
        ours = median(one.seconds for one in took["product"])
        for name, all_took in took.items():
            seconds = median(one.seconds for one in all_took)
            ratio = median(
                theirs.seconds / mine.seconds
                for theirs, mine in zip(all_took, took["product"], strict=True)
            )
            processor = median(one.processor_s for one in all_took)
            rows.append(
                [question.name, name, f"{seconds * 1000:,.0f} ms", f"{processor * 1000:,.0f} ms",
                 f"{ratio:.1f}", load()]
            )  # fmt: skip
        if question.most_s:
            told = f"{question.name}: {ours:.2f} s (at most {question.most_s} s)"
            verdict(told, holds=ours <= question.most_s)
    table(["question", "engine", "median", "processor", "times the product", ""], rows)


def _product(warehouse: Warehouse, question: Question) -> Cells:
    found = question.of_product(warehouse)
    return {
        (base, column): count
        for base, cohort in enumerate(found.cohorts)
        for column, count in enumerate(cohort.returned)
        if count
    }


def _duckdb(warehouse: Warehouse, question: Question) -> Cells:
    delta = warehouse.delta(EVENTS)
    assert delta is not None
    with closing(warehouse.connect()) as duck:
        sql = BY_DUCKDB.format(files=delta.file_uris(), **question.words())
        return _cells(duck.sql(sql).fetchall(), question)


def filled_clickhouse(warehouse: Warehouse) -> Session:
    delta = warehouse.delta(EVENTS)
    assert delta is not None
    session = Session(f"{HOME}/clickhouse")
    session.query("CREATE DATABASE IF NOT EXISTS bench")
    session.query("USE bench")
    session.query("SET max_threads = 2")
    session.query(POSTHOG)
    for file in delta.file_uris():
        session.query(INTO.format(file=file))
    session.query("OPTIMIZE TABLE events FINAL")
    return session


def _clickhouse(session: Session, question: Question) -> Cells:
    answer = str(session.query(BY_CLICKHOUSE.format(**question.words()), "CSV"))
    rows = [tuple(int(cell) for cell in line.split(",")) for line in answer.splitlines()]
    return _cells(rows, question)


def _cells(rows: list[Any], question: Question) -> Cells:
    return {(base, column): count for base, column, count in rows if column < question.periods}


def measure_keeping(warehouse: Warehouse, people: int, events: int) -> None:
    """Add batches as the worker does, then rewrite the days as a night does, and say the cost."""
    delta = warehouse.delta(EVENTS)
    assert delta is not None
    number = delta.transaction_version("usage")
    took = []
    with closing(warehouse.connect()) as duck:
        for late in range(1, 4):
            made = {"first": 363, "last": 364, "people": people}  # once more, under other ids
            duck.execute(MADE.format(**made, daily=0.5, begin=FIRST))
            duck.execute(f"UPDATE acts SET h = h + {late}")
            sql = f"FROM ({AS_EVENTS.format(number=number + late)}) ORDER BY hash(event_id)"
            rows = typed(duck.sql(f"{sql} LIMIT {EXTRA}"), EVENTS)
            count = publish(warehouse, EVENTS, rows, number + late)
            took.append((count, spent(lambda now=number + late: count_days(warehouse, now, AT))))
    count, best = sorted(took, key=lambda one: one[1].processor_s)[1]
    per_million = 1e6 / count
    say(f"days kept, batches of {count:,} events: {best.seconds * per_million:.1f} s a million")
    say(f"  of which processor {best.processor_s * per_million:.1f} s")
    whole = spent(lambda: compact(warehouse, DAYS, files_over=0))
    # Nights rewrite what grew by half: all sizes up to this one cost three times the last.
    a_million = 3e6 / events
    say(f"all days rewritten by a night: {whole.seconds:.1f} s, processor {whole.processor_s:.1f}")
    say(f"  in all {whole.seconds * a_million:.2f} s a million")


if __name__ == "__main__":
    main()

"""A search among a million inquiries: how long it takes, how large its index is, what a text costs.

Texts are cut from real ones, in Japanese and in English: the folder of `--data` (or `BENCH_DATA`)
holds `asdc_ja` and `thunderbird_forum`; without it nothing runs. Cases, words and pairs are written
by the operations that imports use, the indexes of pairs afterwards. Each of the 500 searches is
`search_cases` whole: candidates, decryption, masks, comparison, filters, rank and excerpts.
"""

import argparse
import csv
import gzip
import os
import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time

from _database import close_database, open_database
from _timing import machine, say, table, verdict
from django.db import connection, transaction

from shinrai.accounts.operations.workspaces import open_workspace
from shinrai.accounts.queries import UnknownWorkspace, workspace_named
from shinrai.cli.moments import now
from shinrai.customers.operations import KnownCustomer, record_customers
from shinrai.desk.operations.open_cases import refresh_open_cases
from shinrai.desk.queries.search import SearchRequest, search_cases
from shinrai.desk.queries.titles import first_line_of, indexed_text
from shinrai.desk.rules.html_text import plain_text
from shinrai.ledger.operations.batches import begin_batch, complete_batch
from shinrai.ledger.operations.cases import NewCase, record_cases
from shinrai.ledger.operations.step_encoding import NewStep, frame_steps, step_encoder
from shinrai.ledger.operations.steps import copy_steps
from shinrai.postgres.transactions import oldest_running_transaction
from shinrai.privacy.operations import store_words
from shinrai.search.operations import IndexedText, index_texts, note_indexed
from shinrai.search.rules import folded
from shinrai.site import database
from shinrai.units.moments import epoch_us

SIZE, CHUNK, MOST_MS = 1_000_000, 20_000, 200
SLUG, BY, YEARS = "bench", "bench", timedelta(days=3 * 365)
LENGTHS, EACH, COMMONEST, SAMPLE = (2, 3, 5), 150, 50, 20_000
HOUR_US = 3_600_000_000
GIN = {"texts_by_pairs": "search_textpairs", "titles_by_pairs": "search_titlepairs"}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--size", type=int, default=SIZE, help="how many inquiries")
    asked.add_argument("--data", type=Path, default=os.environ.get("BENCH_DATA"))  # noqa: TID251
    given = asked.parse_args()
    if given.data is None or not (given.data / "asdc_ja").is_dir():
        say("skipped: --data FOLDER (or BENCH_DATA) names the folder of asdc_ja, thunderbird_forum")
        return
    say(f"{machine('django', 'psycopg')}; load {os.getloadavg()[0]:.1f}")
    texts = Texts(given.data)
    open_database()
    try:
        at = now()
        try:
            there = workspace_named(SLUG)
        except UnknownWorkspace:
            there = open_workspace(
                slug=SLUG, name="Bench", zone="Asia/Tokyo", simulated=True, at=at - YEARS, by=BY
            )
            fill(there.id, given.size, texts, at)
        measure_searches(there.id, texts, at)
        measure_index(there.id, given.size, texts, at)
    finally:
        close_database()


class Texts:
    """Texts cut from real ones: three in four Japanese, one in four English."""

    def __init__(self, folder: Path) -> None:
        import pyarrow.parquet

        said = pyarrow.parquet.read_table(
            folder / "asdc_ja/crowd_utterances.parquet", columns=["text"]
        )
        self._said = [text for text in said["text"].to_pylist() if len(text) > 8]
        csv.field_size_limit(1 << 24)
        with gzip.open(folder / "thunderbird_forum/questions_2023_2024.csv.gz", "rt") as file:
            self._asked = [
                f"{row['title'][:120]}\n{plain_text(row['content'][:500])}"
                for row in csv.DictReader(file)
            ]

    def some(self, count: int, seed: int) -> list[str]:
        """Return so many texts, the same ones for the same seed."""
        draw = random.Random(seed)
        return [
            "".join(draw.choices(self._said, k=draw.randrange(2, 5)))
            if number % 4
            else draw.choice(self._asked)[: draw.randrange(80, 320)] + f" {draw.random():.6f}"
            for number in range(count)
        ]


def fill(workspace_id: int, size: int, texts: Texts, at: datetime) -> None:
    """Write inquiries of three years, and index their texts."""
    names = [f"customer {number}" for number in range(size // 10)]
    known = list(
        record_customers(
            workspace_id=workspace_id, source=BY, identifiers=names, at=at - YEARS
        ).values()
    )
    with database.as_owner(), connection.cursor() as cursor:
        how = {name: _definition(cursor, name) for name in GIN}
        for name in GIN:
            cursor.execute(f"DROP INDEX {name}")
    batch = begin_batch(
        workspace_id=workspace_id, source=BY, mapping={}, files=[], fingerprint=BY, at=at, by=BY
    )
    started = perf_counter()
    for start in range(0, size, CHUNK):
        some = texts.some(min(CHUNK, size - start), start)
        with transaction.atomic():
            index_texts(
                workspace_id=workspace_id,
                texts=write_cases(workspace_id, batch, start, some, known, (size, at)),
            )
    complete_batch(batch_id=batch, report={}, at=at)
    with connection.cursor() as cursor:  # written by the worker after an import, for all cases
        cursor.execute("SELECT id FROM ledger_case WHERE right(source_key, 2) = '00'")
        still_open = [case_id for (case_id,) in cursor.fetchall()]
    refresh_open_cases(workspace_id=workspace_id, case_ids=still_open)
    say(f"{size:,} inquiries and the pairs of their texts in {perf_counter() - started:,.0f} s")
    started = perf_counter()
    with database.as_owner(), connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for statement in how.values():
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE")
    say(f"indexes of pairs in {perf_counter() - started:,.0f} s")
    note_indexed(upto=oldest_running_transaction())


def _definition(cursor: object, name: str) -> str:
    cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])  # type: ignore[attr-defined]
    return str(cursor.fetchone()[0])  # type: ignore[attr-defined]


def write_cases(
    workspace_id: int,
    batch: int,
    start: int,
    some: Sequence[str],
    known: Sequence[KnownCustomer],
    span: tuple[int, datetime],
) -> list[IndexedText]:
    """Write inquiries with one text each, replied to an hour later; all but 1 % were solved."""
    size, at = span
    apart_us = epoch_us(at) - epoch_us(at - YEARS)
    people = [known[(start + number) % len(known)] for number in range(len(some))]
    ids = record_cases(
        workspace_id=workspace_id,
        cases=[
            NewCase("inquiry", BY, f"Q-{start + n:07d}", one.key_id, one.id)
            for n, one in enumerate(people)
        ],
    )
    words = store_words(
        [(one.key_id, one.key, text) for one, text in zip(people, some, strict=True)]
    )
    moments = [
        epoch_us(at - YEARS) + (start + n) * (apart_us - 3 * HOUR_US) // size
        for n in range(len(some))
    ]
    opens = {"mode": "via_cs", "channel": "mail"}

    def steps() -> list[NewStep]:
        told = []
        for n, (case_id, us, lie) in enumerate(zip(ids, moments, words, strict=True)):
            lives = [
                ("received", "customer:1", "customer", opens, lie),
                ("outbound", "staff:7", "agent", {"substantive": True}, None),
                ("solved", "staff:7", "agent", {}, None),
            ][: 3 if n % 100 else 2]
            for order, (kind, by, role, detail, lies) in enumerate(lives):
                moment = us + order * HOUR_US
                tail = (BY, str(order), order)
                told.append(NewStep(case_id, moment, kind, by, role, None, detail, lies, *tail))
        return told

    write = step_encoder(workspace_id=workspace_id, recorded_at=at, batch_id=batch)
    copy_steps(frame_steps(write(*step) for step in steps()))
    first = at - YEARS
    shown = [indexed_text(text) for text in some]
    return [
        IndexedText(lie, case, first + timedelta(microseconds=us - epoch_us(first)), text, title)
        for lie, case, us, text, title in zip(
            words, ids, moments, shown, map(first_line_of, shown), strict=True
        )
    ]


def searches(texts: Texts) -> list[tuple[str, str]]:
    """Return (kind, words): the commonest pairs, and parts of texts, as (length, words)."""
    draw, sample = random.Random(13), texts.some(SAMPLE, 0)
    count = Counter(
        pair for text in sample for word in folded(text).split() for pair in pairwise(word)
    )
    found = [("commonest", "".join(pair)) for pair, _ in count.most_common(COMMONEST)]
    for length in LENGTHS:
        parts = (
            word
            for text in iter(lambda: draw.choice(sample), "")
            for word in cut(text, length, draw)
        )
        found += [(f"{length} characters", part) for part in islice(parts, EACH)]
    return found


def cut(text: str, length: int, draw: random.Random) -> list[str]:
    """Return a part of one of a text's words; Latin words are searched from their beginning."""
    words = [word for word in text.split() if len(word) >= length]
    if not words:
        return []
    word = draw.choice(words)
    start = 0 if word[0] < "\u0250" else draw.randrange(len(word) - length + 1)
    return [word[start : start + length]]


def measure_searches(workspace_id: int, texts: Texts, at: datetime) -> None:
    """Search 500 times, every third with a filter, and print what was waited for."""
    took: dict[str, list[float]] = {}
    found = Counter[str]()
    wanted = searches(texts)
    filters = ({}, {}, {"state": "open"}, {}, {}, {"until": at - timedelta(days=365)})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    worked: list[float] = []
    slowest: list[tuple[float, str, str]] = []
    load = os.getloadavg()[0]
    for number, (kind, words) in enumerate(wanted):
        narrowed = filters[number % len(filters)]
        request = SearchRequest(workspace_id, words, at, **narrowed)  # type: ignore[arg-type]
        begun, before = perf_counter(), processor_s(pid)
        answer = search_cases(request)
        seconds = perf_counter() - begun
        worked.append(processor_s(pid) - before)
        label = kind + (", " + "".join(narrowed) if narrowed else "")
        took.setdefault(label, []).append(seconds)
        found[label] += len(answer.cases)
        slowest.append((seconds, words, label))
    rows = [
        [label, str(len(some)), *_spread(some), f"{found[label] / len(some):.0f}"]
        for label, some in took.items()
    ]
    every = [one for some in took.values() for one in some]
    rows.append(
        ["all", str(len(every)), *_spread(every), f"{sum(found.values()) / len(every):.0f}"]
    )
    table(["searched", "how often", "p50", "p95", "most", "cases"], rows)
    say(f"load {load:.1f} to {os.getloadavg()[0]:.1f}; processor time of Python and PostgreSQL:")
    say("p50 {}, p95 {}, most {}".format(*_spread(worked)))
    for seconds, words, label in sorted(slowest)[-5:]:
        say(f"{1e3 * seconds:6.0f} ms  {words!r} ({label})")
    # By the clock if the machine is idle; on a busy one that is mostly waiting for one's turn.
    is_busy = load > (os.cpu_count() or 1)
    p95 = 1e3 * quantiles(worked if is_busy else every, n=20, method="inclusive")[-1]
    of = " of processor time: the machine is busy" if is_busy else ""
    verdict(f"p95 {p95:.0f} ms (at most {MOST_MS}){of}", holds=p95 <= MOST_MS)


def processor_s(pid: int) -> float:
    """Return the processor time that this process and its server process have had, in seconds."""
    return process_time() + int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def _spread(seconds: Sequence[float]) -> list[str]:
    p95 = quantiles(seconds, n=20, method="inclusive")[-1]
    return [f"{1e3 * one:,.0f} ms" for one in (median(seconds), p95, max(seconds))]


def measure_index(workspace_id: int, size: int, texts: Texts, at: datetime) -> None:
    """Print how large the index is, and what 1,000 more texts cost with it in place."""
    with connection.cursor() as cursor:
        for name in (*GIN.values(), *GIN):
            cursor.execute("SELECT pg_relation_size(%s)", [name])
            mb = cursor.fetchone()[0] / (1 << 20)
            say(f"{name}: {mb:,.0f} MB, {1024 * mb / size:.2f} kB a text")
    some = texts.some(1_000, 7)
    known = record_customers(workspace_id=workspace_id, source=BY, identifiers=["new"], at=at)
    batch = begin_batch(
        workspace_id=workspace_id, source="more", mapping={}, files=[], fingerprint=f"{at}", at=at,
        by=BY,
    )  # fmt: skip
    with transaction.atomic():
        more = write_cases(workspace_id, batch, size, some, [*known.values()], (size + 1_000, at))
        started = perf_counter()
        index_texts(workspace_id=workspace_id, texts=more)
        say(f"{perf_counter() - started:.2f} ms to index a text, of 1,000 at once")
        transaction.set_rollback(True)


if __name__ == "__main__":
    main()

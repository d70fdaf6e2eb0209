"""How long an import takes, against a bare COPY of the rows it ends in.

A log of inquiries is generated as CSV, about ten steps each; a process of its own imports it into a
fresh database, and the memory of that process and of the one it starts is watched. Then the steps
that stand are read back and sent once more by COPY into a table with the same columns, a primary
key and an index on the source's keys: the same machine, server and rows, but no work between. Both
take turns, round by round, each in a workspace of its own; the ratio is that of the round in the
middle. Beside the time that passes stands the processor time of both sides, the server's included:
other work on the machine changes that less. `--texts` gives every message some words, encrypted
under its customer's key; `--order time` mixes the cases as a log does that is written as things
happen.
"""

import argparse
import csv
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from _database import HOME, close_database, open_database
from _timing import machine, rate, say, table, timed, verdict
from django.db import connection, transaction
from psycopg.types.json import Jsonb

from shinrai.site import database

SIZE = 100_000
ROUNDS = 3
MOST_TIMES = 3
MOST_MB = 1024
AHEAD = 50_000
LOOK_EVERY_S = 0.2
TOKYO = timezone(timedelta(hours=9))
FIRST = datetime(2025, 1, 6, 9, tzinfo=TOKYO)
COLUMNS = ("inquiry", "event", "at", "what", "who", "customer", "group", "line", "channel", "text")
COLUMNS_SENT = (
    "id", "workspace_id", "case_id", "at", "recorded_at", "kind", "by", "role", "tier", "detail",
    "words_id", "source", "source_key", "source_order", "corrects", "batch_id",
)  # fmt: skip
NAMES = ", ".join(f'"{name}"' for name in COLUMNS_SENT)
MAPPING = """
mapping: bench_log
source: bench
record: inquiry
tables:
  steps:
    rows: steps
    zone: in_cell
    moments: [iso]
    key: inquiry
    revision: event
    order: event
    customer: customer
    at: at
    kind:
      column: what
      words: {created: received, mail in: inbound, mail out: outbound, taken: assigned,
              handed up: escalated, pending: waiting, back: resumed, done: solved, closed: closed}
    by: {column: who, person: staff}
    role: agent
    tier: {column: line, words: {L1: 1, L2: 2, L3: 3}}
    fields: {mode: {fixed: via_cs}, channel: {column: channel, words: {Mail: mail, Form: form}}}
    detail: {group: {column: group}}
    text: text
"""
WORDS = (
    "写真を送ってもマルつけが終わりません。アプリは入れ直しました。",
    "お問い合わせありがとうございます。機種と OS の版をお知らせください。",
    "The streak shows 0 although we practised every day this week.",
    "原因が分かりました。明日の更新で直ります。ご不便をおかけしました。",
)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--size", type=int, default=SIZE, help="how many inquiries")
    asked.add_argument("--rounds", type=int, default=ROUNDS, help="an odd number")
    asked.add_argument("--texts", action="store_true", help="with words in every message")
    asked.add_argument("--order", choices=("case", "time"), default="case", help="of the rows")
    known = asked.parse_args()
    say(machine("django", "psycopg", "numpy", "msgspec"))
    try:
        measure(known.size, known.rounds, has_texts=known.texts, by_time=known.order == "time")
    finally:
        close_database()


def measure(size: int, rounds: int, *, has_texts: bool, by_time: bool) -> None:
    """Import a generated log, then send the same rows by COPY, in turn, and compare."""
    open_database()
    path = Path(HOME) / "log.csv"
    count = write_log(path, size, has_texts=has_texts, by_time=by_time)
    say(f"{size:,} inquiries, {count:,} rows, {path.stat().st_size / 1e6:,.0f} MB of CSV")
    found = [_round(f"bench-{number}", path, count) for number in range(1, rounds + 1)]
    table(
        ["", "import", "COPY, parsed", "COPY, as text", "times as long", "processor time", "load"],
        [
            [
                str(number),
                *(f"{took.passed:.1f} s" for took in run[:3]),
                f"{run[0].passed / run[1].passed:.2f}",
                f"{run[0].spent:.1f} / {run[1].spent:.1f} s = {run[0].spent / run[1].spent:.2f}",
                run[3],
            ]
            for number, run in enumerate(found, start=1)
        ],
    )
    imported, copied, again, _ = sorted(found, key=lambda run: run[0].passed / run[1].passed)[
        rounds // 2
    ]
    say(f"import {rate(count, imported.passed)}, COPY of them parsed {rate(count, copied.passed)}")
    times = imported.passed / copied.passed
    verdict(f"{times:.1f} times as long as COPY (at most {MOST_TIMES})", holds=times <= MOST_TIMES)
    say(f"       {imported.passed / again.passed:.1f} times as long as COPY of text written before")
    memory_mb = max(run[0].memory_mb for run in found)
    verdict(f"{memory_mb:,.0f} MB at most (below {MOST_MB:,})", holds=memory_mb < MOST_MB)


class Took(NamedTuple):
    """How long something took, how much processor time on both sides, and memory of its own."""

    passed: float
    spent: float
    memory_mb: float = 0.0


def _round(workspace: str, path: Path, count: int) -> tuple[Took, Took, Took, str]:
    """Import, then copy; and the load meanwhile, for whoever reads the figures."""
    last = _last_step()
    memory_mb: list[float] = []
    imported = _took(lambda: memory_mb.append(_in_another_process(workspace, path, count)))
    imported = imported._replace(memory_mb=memory_mb[0])
    copied, again = copy_of_the_steps(last)
    return imported, copied, again, f"{os.getloadavg()[1]:.1f}"


def _took(work: Callable[[], object]) -> Took:
    before = _spent()
    passed = timed(work)
    return Took(passed, _spent() - before)


def _spent() -> float:
    """Add up the processor time of this process, of its children, and of the whole server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = _stat(cursor.fetchone()[0])[1]
    now = os.times()
    ticks = sum(map(int, _stat(server)[11:15]))
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            found = _stat(folder.name)
        except OSError:
            continue
        if found[1] == server:
            ticks += int(found[11]) + int(found[12])
    own = now.user + now.system + now.children_user + now.children_system
    return own + ticks / os.sysconf("SC_CLK_TCK")


def _stat(process: str | int) -> list[str]:
    """Read what Linux says of a process, from its state on: see proc(5)."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def _in_another_process(workspace: str, path: Path, count: int) -> float:
    """Import by the command itself, so that time and memory are what a person meets; say MB."""
    mapping = path.with_suffix(".yaml")
    mapping.write_text(MAPPING, encoding="utf-8")
    command = [str(Path(sys.executable).parent / "shinrai"), "import", "csv", str(path)]
    command += ["--workspace", workspace, "--mapping", str(mapping), "--json"]
    most = 0.0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as importing:
        while True:
            try:
                told, _ = importing.communicate(timeout=LOOK_EVERY_S)
                break
            except subprocess.TimeoutExpired:
                most = max(most, sum(map(_memory_mb, _family(importing.pid))))
    if importing.returncode:
        raise SystemExit(importing.returncode)
    report = json.loads(told)
    if report["steps"] != count or report["quarantined"]:
        raise SystemExit(f"not every row became a step: {told}")
    return most


def _family(process: int) -> list[int]:
    """Name a process and all that it started, and they."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parents[int(folder.name)] = int(_stat(folder.name)[1])
    found = [process]
    for known in found:  # grows while it is walked
        found += [child for child, parent in parents.items() if parent == known]
    return found


def _memory_mb(process: int) -> float:
    """Read how much memory is a process's own: shared pages by its share in them, proc(5)."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _last_step() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(max(id), 0) FROM ledger_step")
        return int(cursor.fetchone()[0])


def copy_of_the_steps(last: int = 0) -> tuple[Took, Took]:
    """Send steps once more, as rows that lie ready, into a table with the indexes asked for.

    Twice: as values that psycopg writes, and as the text it would have made of them.
    """
    _make_bare_table()
    passed = spent = 0.0
    while rows := _steps_after(last):
        last = rows[-1][0]
        some = _took(lambda rows=rows: _send(rows))  # type: ignore[misc]
        passed, spent = passed + some.passed, spent + some.spent
    lying = Path(HOME) / "steps.txt"
    asked = f"COPY (SELECT {NAMES} FROM bare ORDER BY id) TO STDOUT"
    with (
        connection.cursor() as cursor,
        lying.open("wb") as file,
        cursor.cursor.copy(asked) as out,
    ):
        for block in out:
            file.write(block)
    _make_bare_table()
    return Took(passed, spent), _took(lambda: _send_text(lying))


def _make_bare_table() -> None:
    with database.as_owner(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare")
        cursor.execute(f"CREATE TABLE bare AS SELECT {NAMES} FROM ledger_step LIMIT 0")
        cursor.execute("ALTER TABLE bare ADD PRIMARY KEY (id)")
        cursor.execute("CREATE INDEX ON bare (source, source_key)")
        cursor.execute("GRANT SELECT, INSERT ON bare TO PUBLIC")


def _steps_after(last: int) -> list[tuple[Any, ...]]:
    place = COLUMNS_SENT.index("detail")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {NAMES} FROM ledger_step WHERE id > %s ORDER BY id LIMIT %s", [last, AHEAD]
        )
        rows = cursor.fetchall()
    return [(*row[:place], Jsonb(json.loads(row[place])), *row[place + 1 :]) for row in rows]


def _send(rows: Iterable[Sequence[Any]]) -> None:
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.cursor.copy(f"COPY bare ({NAMES}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _send_text(path: Path) -> None:
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        path.open("rb") as file,
        cursor.cursor.copy(f"COPY bare ({NAMES}) FROM STDIN") as copy,
    ):
        while block := file.read(1 << 20):
            copy.write(block)


def write_log(path: Path, size: int, *, has_texts: bool, by_time: bool) -> int:
    """Write a log of so many inquiries; say how many rows it has."""
    draw = random.Random(20261124)
    rows: Iterator[tuple[str, ...]] = (
        row for number in range(size) for row in _inquiry(draw, number, size, has_texts=has_texts)
    )
    if by_time:
        rows = iter(sorted(rows, key=lambda row: row[2]))
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        count = 0
        while some := list(islice(rows, AHEAD)):
            out.writerows(some)
            count += len(some)
    return count


def _inquiry(
    draw: random.Random, number: int, size: int, *, has_texts: bool
) -> Iterator[tuple[str, ...]]:
    """Tell one inquiry: received, taken, messages to and fro, waits, solved, closed."""
    told = ["created", "mail in", "taken"]
    while len(told) < 8 and draw.random() < 0.85:
        told += draw.choice(
            (["mail out"], ["mail in"], ["mail out", "pending", "mail in", "back"], ["handed up"])
        )
    told += ["mail out", "done", "closed"]
    at = FIRST + timedelta(seconds=number * (365 * 86_400 // size) + draw.randrange(3600))
    customer, agent = f"U-{draw.randrange(size // 3 + 1)}", f"agent{draw.randrange(40):02d}"
    channel, group = draw.choice(("Mail", "Form")), f"team-{draw.randrange(8)}"
    line = 1
    for place, what in enumerate(told):
        line = min(line + (what == "handed up"), 3)
        ours = what not in ("created", "mail in")
        text = draw.choice(WORDS) + f" ({number})" if has_texts and what.startswith("mail") else ""
        yield (
            f"INQ-{number:07d}",
            str(place + 1),
            at.isoformat(),
            what,
            agent if ours else "",
            customer,
            group if what in ("taken", "handed up") else "",
            f"L{line}" if what in ("taken", "handed up") else "",
            channel if not place else "",
            text,
        )
        at += timedelta(seconds=draw.randrange(60, 40_000))


if __name__ == "__main__":
    main()

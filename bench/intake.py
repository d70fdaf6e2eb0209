"""The door for events: how many a second are stored for good, how soon they count, and memory.

Senders in one process post batches of 100 events, as Segment's libraries do, to the console served
as in production, with its worker beside it; PostgreSQL syncs to disk. Before it, the same rows go
by bare COPY into the same table, 100 a commit, over as many connections: what could be had at
best. A ratio is of those two rates. Processor time is of all processes together.
"""

import argparse
import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from statistics import median

import psycopg
from _database import HOME, close_database, open_database
from _timing import machine, rate, say, table, verdict
from django.db import connection

from shinrai.accounts.operations.api_keys import make_key
from shinrai.accounts.operations.workspaces import open_workspace
from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope
from shinrai.cli.moments import now
from shinrai.usage.facts import DAYS
from shinrai.usage.models import InboxEvent
from shinrai.usage.operations.events import encoded
from shinrai.usage.rules.dialects.messages import message_events
from shinrai.usage.rules.event import RowIds
from shinrai.warehouse.store import Warehouse

BATCH, SENDERS, PORT, PEOPLE = 100, 6, 8133, 20_000
TARGET, COUNTED_S = 15_000, 5
_numbers = count()  # of batches
TICKS = os.sysconf("SC_CLK_TCK")
COPY = "COPY usage_inboxevent (workspace_id, document, received_at) FROM STDIN"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=int, default=30, help="how long events are sent")
    asked.add_argument("--workers", type=int, default=1, help="as of `shinrai serve`")
    given = asked.parse_args()
    say(machine("granian", "psycopg", "deltalake"))
    open_database(is_durable=True)
    try:
        there = open_workspace(
            slug="bench", name="Bench", zone="Asia/Tokyo", simulated=False, at=now(), by="bench"
        )
        made = {"role": Role.CS_AGENT, "label": "app", "at": now(), "by": "bench"}
        key = make_key(workspace_id=there.id, scope=Scope.EVENTS, **made).secret
        bare = by_copy(there.id, seconds=min(given.seconds, 10))
        command = [sys.executable, "-m", "shinrai.site", "serve", "--port", str(PORT)]
        command += ["--workers", str(given.workers)]
        server = subprocess.Popen(command, env=os.environ | {"SHINRAI_HOME": HOME})  # noqa: TID251
        try:
            by_http(key, server.pid, given.seconds, bare)
        finally:
            server.terminate()
            server.wait(timeout=60)
    finally:
        close_database()


def bodies() -> Iterator[bytes]:
    """Yield batches of events that nobody sent before."""
    for number in _numbers:
        at = now().isoformat()
        batch = [
            {
                "type": "track", "userId": f"user-{(number * 7919 + one) % PEOPLE}",
                "event": "lesson_completed", "messageId": f"{number:012d}-{one:03d}-4f2a-9c1b",
                "timestamp": at, "originalTimestamp": None, "anonymousId": None,
                "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
                "integrations": {},
                "properties": {"lesson": "kuku-7", "minutes": 12, "grade": 3, "again": False},
            }
            for one in range(BATCH)
        ]  # fmt: skip
        yield json.dumps({"batch": batch, "sentAt": at}).encode()


def at_once(send: Callable[[], Iterator[float]], seconds: int) -> tuple[int, float, list[float]]:
    """Let all senders send for some seconds; how many batches, in which time, and each one's."""
    took: list[float] = []
    began = time.monotonic()

    def work() -> None:
        for one in send():
            took.append(one)
            if time.monotonic() - began > seconds:
                return

    threads = [threading.Thread(target=work) for _ in range(SENDERS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return len(took), time.monotonic() - began, took


def by_copy(workspace_id: int, *, seconds: int) -> float:
    """Write the rows that such batches become by COPY alone; return how many a second."""
    at, batch = now(), json.loads(next(bodies()))["batch"]
    events = [
        encoded(event)
        for one in batch
        for event in message_events(one, dialect="segment", received_at=at, ids=RowIds())
    ]
    address = {**connection.get_connection_params(), "cursor_factory": psycopg.Cursor}
    address.pop("context", None)

    def send() -> Iterator[float]:
        with psycopg.connect(**address, autocommit=True) as mine, mine.cursor() as cursor:
            while True:
                began = time.monotonic()
                with cursor.copy(COPY) as copy:
                    for document in events:
                        copy.write_row((workspace_id, document, at))
                yield time.monotonic() - began

    batches, took_s, _ = at_once(send, seconds)
    InboxEvent.objects.all().delete()
    return batches * BATCH / took_s


def by_http(key: str, server: int, seconds: int, bare: float) -> None:
    """Send through the door, and look meanwhile at memory, and at what is counted."""

    def send() -> Iterator[float]:
        line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        for body in bodies():
            began = time.monotonic()
            line.request("POST", "/v1/batch", body, {"Authorization": f"Bearer {key}"})
            answer = line.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"the door answered {answer.status}")
            yield time.monotonic() - began

    wait_for_server()
    at_once(send, 3)  # everything is loaded, everybody was seen
    until_counted()
    idle_s = seen(send)
    before, spent = memory(server), processor_s(server)
    batches, took_s, took = at_once(send, seconds)
    used, waiting = processor_s(server) - spent, InboxEvent.objects.count()
    after = memory(server)
    caught_up_s = until_counted()
    events = batches * BATCH
    table(
        ["what", "figure"],
        [
            ["events a second through the door, each a row, committed", rate(events, took_s)],
            ["processor time an event", f"{used / events * 1e6:.0f} µs"],
            ["bare COPY of such rows, 100 a commit", rate(round(bare), 1)],
            ["door beside COPY", f"{events / took_s / bare:.2f}"],
            ["an answer, median", f"{median(took) * 1e3:.0f} ms"],
            ["sent until counted in a day, nothing else to do", f"{idle_s:.1f} s"],
            ["waiting when sending ended", f"{waiting:,}, gone after {caught_up_s:.1f} s"],
            *(
                [f"memory of {name}, then and now", f"{before.get(name, 0):.0f}, {mb:.0f} MB"]
                for name, mb in after.items()
            ),
        ],
    )  # fmt: skip
    verdict(f"{rate(events, took_s)} (at least {TARGET:,}/s)", holds=events / took_s >= TARGET)
    verdict(f"counted after {idle_s:.1f} s (at most {COUNTED_S})", holds=idle_s <= COUNTED_S)


def seen(send: Callable[[], Iterator[float]]) -> float:
    """Send one batch and return how long it takes until the days count it."""
    before, began = counted(), time.monotonic()
    next(send())
    while counted() == before:
        time.sleep(0.05)
    return time.monotonic() - began


def counted() -> int:
    """Return the newest version of the table of days, which each batch that is counted raises."""
    delta = Warehouse(f"{HOME}/warehouse").delta(DAYS)
    return -1 if delta is None else delta.version()


def until_counted() -> float:
    """Wait until nothing waits any more, and return how long that took."""
    began = time.monotonic()
    while InboxEvent.objects.exists():
        time.sleep(0.1)
    return time.monotonic() - began


def wait_for_server() -> None:
    for _ in range(120):
        try:
            http.client.HTTPConnection("127.0.0.1", PORT, timeout=5).request("GET", "/")
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise SystemExit("the server did not start")


def processes(server: int) -> dict[int, str]:
    """Return what runs for the server: its own processes, its worker, and PostgreSQL."""
    parents, names = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text().rpartition(")")[2].split()
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (OSError, UnicodeDecodeError):
            continue
        parents[int(folder.name)], names[int(folder.name)] = int(stat[1]), words
    found = {}
    for pid, words in names.items():
        is_ours, one = False, pid
        while one:
            is_ours, one = is_ours or one == server, parents.get(one, 0)
        if is_ours:
            found[pid] = "the worker" if " worker " in words else "the server"
        elif words.startswith("postgres:") or "bin/postgres " in words:
            found[pid] = "PostgreSQL"
    return found


def memory(server: int) -> dict[str, float]:
    """Return how many MB the server and the worker hold now."""
    found: dict[str, float] = {}
    for pid, name in processes(server).items():
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        if name != "PostgreSQL":  # whose processes share what they hold
            found[name] = found.get(name, 0) + pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    return found


def processor_s(server: int) -> float:
    """Return how many seconds of processors the server, its worker and PostgreSQL have used."""
    total = 0
    for pid in processes(server):
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += sum(map(int, stat[11:13]))
    return total / TICKS


if __name__ == "__main__":
    main()

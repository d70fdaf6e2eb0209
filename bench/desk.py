"""Fifty people at work on a desk of three years: how long lists take, and how long actions do.

The desk of `_desk` gets 2,000 open inquiries and 500 open investigations that are worked here.
Then the console is served as in production, and fifty members, each in a thread of their own and
signed in, look at the queue, open a case and act on it, with a pause between as people have.
A time is what the client waits, so it counts what waits in line for the server as well.
"""

import argparse
import os
import random
import subprocess
import sys
import threading
import time
from collections import defaultdict
from datetime import timedelta
from statistics import median, quantiles

import httpx
from _database import HOME, close_database, open_database
from _desk import SLUG, make_desk
from _timing import machine, say, table, timed, verdict
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from shinrai.accounts.models import User
from shinrai.accounts.operations.members import invite
from shinrai.accounts.queries import UnknownWorkspace, WorkspaceRecord, workspace_named
from shinrai.accounts.rules.role import Role
from shinrai.cli.moments import now
from shinrai.desk.operations.open_cases import rebuild_open_cases
from shinrai.desk.operations.steps import file_investigation, follow_steps
from shinrai.inquiries.operations import receive_inquiry
from shinrai.ledger.queries import case_heads

SIZE, PEOPLE, PORT = 1_000_000, 50, 8124
INQUIRIES, INVESTIGATIONS = 2_000, 500
LISTS_MS, ACTIONS_MS = 150, 250
LISTS = ("queue/", "queue/?record=inquiry", "investigations/", "queue/?sort=-age&q=INQ-1")
ROLES = (Role.CS_AGENT, Role.CRE_ENGINEER, Role.MANAGER)
BACKEND = "django.contrib.auth.backends.ModelBackend"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--size", type=int, default=SIZE, help="how many inquiries")
    asked.add_argument("--seconds", type=int, default=120, help="how long they work")
    asked.add_argument("--pause", type=float, default=8.0, help="seconds between two requests")
    given = asked.parse_args()
    say(machine("django", "granian", "psycopg"))
    warehouse = open_database()
    try:
        try:
            there = workspace_named(SLUG)
        except UnknownWorkspace:
            there = make_desk(given.size, now=now().replace(microsecond=0), warehouse=warehouse)
            say(f"{timed(lambda: rebuild_open_cases(workspace_id=there.id)):.1f} s for open cases")
        cases = open_cases(there)
        say(f"{given.size:,} inquiries, {len(cases):,} of them open and worked here")
        with_server(there, cases, given.seconds, given.pause)
    finally:
        close_database()


def open_cases(there: WorkspaceRecord) -> list[tuple[str, int, str]]:
    """Receive inquiries and file investigations of the last two days; (record, id, key) of each."""
    draw, at, found = random.Random(12), now(), []
    mark = f"{at:%H%M%S}"
    for number in range(INQUIRIES + INVESTIGATIONS):
        moment = at - timedelta(minutes=draw.randrange(2 * 24 * 60))
        if number < INQUIRIES:
            key = f"NOW-{mark}-{number}"
            case_id = receive_inquiry(
                workspace_id=there.id, source_key=key, at=moment, by="customer:1", mode="direct",
                words=f"入れません {number}",
            )  # fmt: skip
            follow_steps(case_heads([case_id])[case_id], (), by="customer:1", at=moment)
            found.append(("inquiry", case_id, key))
        else:
            key = f"INV-{mark}-{number}"
            case_id = file_investigation(
                workspace_id=there.id, source_key=key, at=moment, by="staff:7",
                words=f"画面が白い {number}",
            )  # fmt: skip
            found.append(("investigation", case_id, key))
    return found


def cookies_of(there: WorkspaceRecord, number: int) -> dict[str, str]:
    """Sign a member in, as the page does, and return the cookie of their session."""
    email = f"member{number}@bench.example"
    invite(
        email=email, workspace_id=there.id, roles=[ROLES[number % len(ROLES)]],
        display_name=f"Member {number}", at=now(), by="bench",
    )  # fmt: skip
    user = User.objects.get(email=email)
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return {"shinrai_session": str(session.session_key)}


def with_server(
    there: WorkspaceRecord, cases: list[tuple[str, int, str]], seconds: int, pause: float
) -> None:
    """Serve the console, let everybody work for some seconds, and print what they waited."""
    signed_in = [cookies_of(there, number) for number in range(PEOPLE)]
    command = [sys.executable, "-m", "shinrai.site", "serve", "--port", str(PORT)]
    server = subprocess.Popen(command, env=os.environ | {"SHINRAI_HOME": HOME})  # noqa: TID251
    times: dict[str, list[float]] = defaultdict(list)
    refused: dict[int, int] = defaultdict(int)
    try:
        wait_for_server()
        ends = time.monotonic() + seconds
        people = [
            threading.Thread(
                target=work, args=(number, cookies, cases, ends, pause, times, refused)
            )
            for number, cookies in enumerate(signed_in)
        ]
        for one in people:
            one.start()
        for one in people:
            one.join()
    finally:
        server.terminate()
        server.wait(timeout=60)
    rows = [
        [name, f"{len(took):,}", f"{median(took) * 1e3:,.0f} ms", f"{p95(took):,.0f} ms"]
        for name, took in sorted(times.items())
    ]
    table(["what", "how often", "median", "p95"], rows)
    say(f"answers beside 200 and 302: {dict(refused)}")
    lists, actions = (
        p95([one for name, took in times.items() if name.startswith(part) for one in took])
        for part in ("list", "action")
    )
    verdict(f"lists p95 {lists:.0f} ms (at most {LISTS_MS})", holds=lists <= LISTS_MS)
    verdict(f"actions p95 {actions:.0f} ms (at most {ACTIONS_MS})", holds=actions <= ACTIONS_MS)


def p95(took: list[float]) -> float:
    """Return the 95th percentile in milliseconds."""
    return 1e3 * (quantiles(took, n=20)[-1] if len(took) > 1 else took[0])


def wait_for_server() -> None:
    for _ in range(120):
        try:
            httpx.get(f"http://localhost:{PORT}/accounts/login/", timeout=5)
        except httpx.HTTPError:
            time.sleep(0.5)
        else:
            return
    raise SystemExit("the server did not start")


def work(
    number: int,
    cookies: dict[str, str],
    cases: list[tuple[str, int, str]],
    ends: float,
    pause: float,
    times: dict[str, list[float]],
    refused: dict[int, int],
) -> None:
    """Work as one person: a list, a case, an action, again and again until the end."""
    draw = random.Random(number)
    mine = cases[number::PEOPLE]
    client = httpx.Client(base_url=f"http://localhost:{PORT}", cookies=cookies, timeout=30)
    client.get("/accounts/login/")  # for the cookie against forged requests
    time.sleep(draw.random() * pause)

    def ask(name: str, path: str, data: dict[str, str] | None = None) -> None:
        started = time.monotonic()
        if data is None:
            answer = client.get(f"/w/{SLUG}/{path}")
        else:
            token = client.cookies.get("shinrai_csrf") or ""
            answer = client.post(
                f"/w/{SLUG}/{path}", data=data | {"csrfmiddlewaretoken": token},
                headers={"Referer": f"http://localhost:{PORT}/"},
            )  # fmt: skip
        times[name].append(time.monotonic() - started)
        if answer.status_code not in (200, 302):
            refused[answer.status_code] += 1
        time.sleep(max(0.0, draw.gauss(pause, pause / 4)))

    while time.monotonic() < ends:
        path = draw.choice(LISTS)
        ask(f"list {path}", path)
        record, case_id, key = draw.choice(mine)
        folder = "inquiries" if record == "inquiry" else "investigations"
        ask(f"case of {folder}", f"{folder}/{key}/")
        ask("action note", f"cases/{case_id}/actions/note/", {"words": "確認しました"})
        if number % len(ROLES) < 2 and record == "inquiry":
            reply = {"message": "お試しください", "then": "open"}
            ask("action reply", f"cases/{case_id}/actions/reply/", reply)


if __name__ == "__main__":
    main()

"""A desk of three years with a generated log: the same one for the same size, whoever runs it.

About ten steps an inquiry: mails to and fro, waits, groups and tiers, reopenings, customers who
come again, minutes worked; some came to CRE directly, a few were opened by us. One in twenty has
an investigation; two objectives judge the desk. Three in five came with a topic, one in five from
one of 5,000 companies; one in a hundred was labelled by two people independently. The last 20,000
inquiries have words, as a queue shows them.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from _timing import say
from django.db import connection, transaction

from shinrai.accounts.operations.workspaces import open_workspace
from shinrai.accounts.queries import WorkspaceRecord, workspace_named
from shinrai.calendars.operations import save_calendar
from shinrai.customers.operations import KnownCustomer, record_customers
from shinrai.ledger.operations.batches import begin_batch, complete_batch
from shinrai.ledger.operations.cases import NewCase, record_cases
from shinrai.ledger.operations.step_encoding import NewStep, frame_steps, step_encoder
from shinrai.ledger.operations.steps import copy_steps
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.objectives.operations.refreshing import recompute_clocks
from shinrai.objectives.operations.saving import save_objective
from shinrai.privacy.operations import store_words
from shinrai.sample.rules.hours import OFFICE
from shinrai.sample.rules.promises import INVESTIGATIONS, NEXT_DAY
from shinrai.site import database
from shinrai.units.moments import epoch_us
from shinrai.warehouse.store import Warehouse

SLUG, SOURCE, BY = "bench", "bench", "bench"
YEARS = timedelta(days=3 * 365)
WITH_WORDS = 20_000
INVESTIGATED = 20  # one in so many
CHUNK = 20_000
BATCHES = 12
SECOND_US, HOUR_US = 1_000_000, 3_600_000_000
GROUPS = ("front", "billing", "accounts", "apps", "cre", "product")
JOBS = ("reply", "record_check", "billing_check", "investigation", "sorting")
TOPICS = tuple(f"topic_{number:02}" for number in range(1, 31))
ACCOUNTS = 5_000
WORDS = (
    "写真を送ってもマルつけが終わりません。アプリは入れ直しました。",
    "お支払いの確認メールが届きません。どこを見ればよいですか。",
    "The streak shows 0 although we practised every day this week.",
    "兄弟で使うとき、前の記録が消えてしまいます。",
)


@dataclass
class Life:
    """One case about to be written: whose it is, and its steps."""

    customer: int | None
    steps: list[tuple[int, str, str, str, int | None, dict[str, object] | None]]


def make_desk(size: int, *, now: datetime, warehouse: Warehouse) -> WorkspaceRecord:
    """Open the workspace, fill its ledger, compute its clocks, publish everything."""
    opened = open_workspace(
        slug=SLUG, name="Bench", zone="Asia/Tokyo", simulated=True, at=now - YEARS, by=BY
    )
    save_calendar(workspace_id=opened.id, name="office", document=OFFICE, at=now - YEARS, by=BY)
    for document in (INVESTIGATIONS, NEXT_DAY):
        save_objective(workspace_id=opened.id, document=document, at=now - YEARS, by=BY)
    steps = _fill(opened.id, size, now)
    say(f"{size:,} inquiries and {size // INVESTIGATED:,} investigations, {steps:,} steps written")
    _look_over_tables()
    recompute_clocks(workspace_id=opened.id)
    say("clocks computed")
    _look_over_tables()
    catch_up(warehouse=warehouse, at=now)
    say("published")
    return workspace_named(SLUG)


def _look_over_tables() -> None:
    """Have PostgreSQL count what lies there now, as it does by itself a minute later."""
    with database.as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _fill(workspace_id: int, size: int, now: datetime) -> int:
    draw = random.Random(20261127)
    known = _customers(workspace_id, now)
    lives = _lives(draw, size, now)
    written = 0
    for number in range(BATCHES):
        first, last = size * number // BATCHES, size * (number + 1) // BATCHES
        batch_id = begin_batch(
            workspace_id=workspace_id,
            source=SOURCE,
            mapping={},
            files=[{"name": f"log-{number + 1:02}.csv", "rows": last - first}],
            fingerprint=f"{SOURCE}{number}",
            at=now,
            by=BY,
        )
        for start in range(first, last, CHUNK):
            some = [next(lives) for _ in range(start, min(start + CHUNK, last))]
            with transaction.atomic():
                written += _write(workspace_id, batch_id, start, some, known, size, now)
        complete_batch(batch_id=batch_id, report={"steps": written}, at=now)
    return written


def _customers(workspace_id: int, now: datetime) -> list[KnownCustomer]:
    """Meet those customers whose words are kept; all others are numbers alone."""
    names = [f"customer {number}" for number in range(WITH_WORDS // 10)]
    found = record_customers(workspace_id=workspace_id, source=SOURCE, identifiers=names, at=now)
    return list(found.values())


def _write(
    workspace_id: int,
    batch_id: int,
    start: int,
    lives: list[Life],
    known: list[KnownCustomer],
    size: int,
    now: datetime,
) -> int:
    draw = random.Random(start)
    heads, words = [], {}
    for number, life in enumerate(lives, start=start):
        person = known[number % len(known)] if number >= size - WITH_WORDS else None
        heads.append(
            NewCase(
                record="inquiry",
                source=SOURCE,
                source_key=f"INQ-{number:07d}",
                key_id=person.key_id if person else None,
                customer_id=life.customer,
            )
        )
        if person:
            words[number - start] = (person.key_id, person.key, draw.choice(WORDS) + f" {number}")
    ids = record_cases(workspace_id=workspace_id, cases=heads)
    lie = dict(zip(words, store_words(list(words.values())), strict=True)) if words else {}
    asked = [place for place in range(len(lives)) if (start + place) % INVESTIGATED == 0]
    below = record_cases(
        workspace_id=workspace_id,
        cases=[
            NewCase(
                record="investigation",
                source=SOURCE,
                source_key=f"CRE-{start + place:07d}",
                parent_id=ids[place] if (start + place) % 100 else None,
            )
            for place in asked
        ],
    )
    count = 0

    def steps() -> Iterator[NewStep]:
        nonlocal count
        for place, life in enumerate(lives):
            for order, (us, kind, by, role, tier, detail) in enumerate(life.steps):
                told = lie.get(place) if order == 0 else None
                count += 1
                yield NewStep(
                    ids[place], us, kind, by, role, tier, detail, told, SOURCE, f"{order}", order
                )
        for place, case_id in zip(asked, below, strict=True):
            told_of = _inquired(draw, lives[place], now)
            for order, (us, kind, by, role, detail) in enumerate(told_of):
                count += 1
                yield NewStep(case_id, us, kind, by, role, None, detail, None, SOURCE, "", order)

    write = step_encoder(workspace_id=workspace_id, recorded_at=now, batch_id=batch_id)
    copy_steps(frame_steps(write(*step) for step in steps()))
    return count


def _lives(draw: random.Random, size: int, now: datetime) -> Iterator[Life]:
    """Draw the lives of inquiries in the order in which they arrived."""
    ends = epoch_us(now) // SECOND_US * SECOND_US
    starts, apart = ends - int(YEARS.total_seconds()) * SECOND_US, 0
    apart = (ends - starts) // size
    recent: list[int] = []
    for number in range(size):
        us = starts + number * apart // SECOND_US * SECOND_US
        customer: int | None = 1_000_000 + draw.randrange(size // 2 + 1)
        if recent and draw.random() < 0.12:
            customer = draw.choice(recent)
        elif draw.random() < 0.03:
            customer = None
        if customer is not None:
            recent.append(customer)
            if len(recent) > 4_000:
                del recent[:2_000]
        yield _life(draw, us, customer, ends)


def _life(draw: random.Random, us: int, customer: int | None, ends: int) -> Life:
    luck = draw.random
    mode = "via_cs" if luck() < 0.86 else "direct" if luck() < 0.95 else "proactive"
    agent, group = f"staff:{draw.randrange(10, 60)}", draw.choice(GROUPS[:4])
    channel = draw.choice(("mail", "form", "chat"))
    told: list[tuple[int, str, str, str, int | None, dict[str, object] | None]] = []

    def tell(kind, by=agent, role="agent", tier=None, detail=None) -> bool:  # type: ignore[no-untyped-def]
        if us <= ends:
            told.append((us, kind, by, role, tier, detail))
        return us <= ends

    def pass_time(up_to_h: float) -> None:
        nonlocal us
        us += (60 + int(luck() * up_to_h * 3_600)) * SECOND_US

    opens: dict[str, object] = {"mode": mode, "channel": channel}
    if luck() < 0.6:
        opens["topic"] = draw.choice(TOPICS)
    if luck() < 0.2:
        opens["account"] = f"A-{draw.randrange(ACCOUNTS)}"
    tell("received", f"customer:{customer or 0}", "customer", 1, opens)
    if luck() < 0.01:
        for labeller in ("staff:3", "staff:4"):
            said = {"topic": draw.choice(TOPICS[:3]), "purpose": "agreement", "codebook": 1}
            tell("labelled", labeller, detail=said)
    pass_time(6)
    tell("assigned", tier=1, detail={"group": group})
    for _ in range(1 + (luck() < 0.45) + (luck() < 0.2) + (luck() < 0.07)):
        pass_time(14)
        tell("outbound", detail={"substantive": True})
        if luck() < 0.12:
            pass_time(4)
            tell("waiting", detail={"on": draw.choice(("customer", "customer", "third_party"))})
        if luck() < 0.75:
            pass_time(40)
            tell("inbound", f"customer:{customer or 0}", "customer", None, {"substantive": True})
        if luck() < 0.4:
            pass_time(3)
            tell("worked", detail={"minutes": draw.randrange(2, 45), "job": draw.choice(JOBS)})
    if luck() < 0.25:
        pass_time(5)
        tell("escalated", tier=2, detail={"group": "cre"})
        if luck() < 0.3:
            pass_time(9)
            tell("consulted", "staff:5", "engineer", 3)
        if luck() < 0.2:
            pass_time(9)
            tell("escalated", "staff:5", "engineer", 3, {"group": "product"})
        if luck() < 0.6:
            pass_time(9)
            tell("returned", tier=1, detail={"group": group})
    pass_time(9)
    tell("outbound", detail={"substantive": True})
    if luck() < 0.02:
        return Life(customer, told)
    pass_time(20)
    if luck() < 0.01:
        tell("cancelled", detail={"reason": draw.choice(("spam", "duplicate"))})
        return Life(customer, told)
    tell("solved")
    if luck() < 0.08:
        pass_time(500)
        tell("inbound", f"customer:{customer or 0}", "customer", None, {"substantive": True})
        tell("reopened")
        pass_time(40)
        tell("outbound", detail={"substantive": True})
        tell("solved")
    pass_time(100)
    tell("closed", "system", "system")
    return Life(customer, told)


def _inquired(
    draw: random.Random, life: Life, now: datetime
) -> Iterator[tuple[int, str, str, str, dict[str, object] | None]]:
    """Tell one investigation: filed some time after the inquiry came, perhaps sent back."""
    ends, us = epoch_us(now), life.steps[0][0]
    told: list[tuple[str, float, dict[str, object] | None]] = [
        ("filed", 20, {"mode": "via_cs"}),
        ("acknowledged", 8, None),
    ]
    if draw.random() < 0.3:
        told += [("sent_back", 20, {"missing": ["device"]}), ("resubmitted", 40, None)]
    if draw.random() < 0.15:
        told += [("waiting", 10, {"on": "customer"}), ("resumed", 60, None)]
    told.append(("finding", 20, {"verdict": draw.choice(("defect", "as_designed", "unknown"))}))
    if draw.random() < 0.98:
        told.append(("answered", 10, None))
    if draw.random() < 0.03:
        told += [("reopened", 100, None), ("answered", 20, None)]
    for kind, up_to_h, detail in told:
        us += (60 + int(draw.random() * up_to_h * 3_600)) * SECOND_US
        if us > ends and kind != "filed":
            return
        asks = kind in ("filed", "resubmitted")
        by = "staff:7" if asks else f"staff:{20 + us % 9}"
        yield min(us, ends), kind, by, "cs" if asks else "engineer", detail

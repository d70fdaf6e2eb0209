"""An earlier moment from published facts and the cases under way then is what all steps say."""

import random
from datetime import date, timedelta

import pytest

from shinrai.desk.operations.steps import file_investigation
from shinrai.desk.operations.steps import take_step as take
from shinrai.ledger.rules.refusals import StepRefused
from shinrai.quality.queries.past_summary import quality_summary
from shinrai.quality.queries.periods import PeriodAsked, period_quality
from shinrai.warehouse.refresh import refresh
from shinrai.warehouse.store import Warehouse
from tests.quality.stories import june
from tests.quality.test_publishing import received, step, warehouse, workspace

__all__ = ["warehouse", "workspace"]
pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ("outbound", "inbound", "solved", "reopened", "note", "waiting", "resumed", "escalated")


def lived(workspace, lot):
    """Thirty inquiries of June, some with an investigation that is filed late, sent back, wrong."""
    for number in range(30):
        at = june(1) + timedelta(minutes=lot.randrange(24 * 1440))
        mode = lot.choice(("via_cs", "via_cs", "direct"))
        account = lot.choice((None, "S-1", "S-2", "S-3"))
        case_id = received(workspace, f"T-{number}", at, mode=mode, account=account)
        for _ in range(lot.randrange(7)):
            at += timedelta(minutes=lot.randrange(1, 4000))
            kind = lot.choice(KINDS)
            words = "こちらの件です" if kind in ("outbound", "inbound") else None
            try:
                step(case_id, kind, at, words=words, detail={"on": "customer"})
            except StepRefused:
                continue
        if lot.random() < 0.4:
            filed_at = at + timedelta(minutes=lot.randrange(1, 9000))
            investigation = file_investigation(
                workspace_id=workspace.id,
                source_key=f"C-{number}",
                at=filed_at,
                by="staff:2",
                words="?",
                inquiry_id=case_id,
            )
            for kind in ("sent_back", "resubmitted", "answered", "contradicted")[
                : lot.randrange(5)
            ]:
                filed_at += timedelta(minutes=lot.randrange(1, 4000))
                take(case_id=investigation, kind=kind, at=filed_at, by="staff:3", role="engineer")


def same(quick, whole):
    for name in ("inquiries", "steps", "investigations", "figures", "modes", "proactive"):
        assert getattr(quick, name) == getattr(whole, name), name
    assert quick.from_steps
    assert whole.from_steps
    read = {"inquiries", "investigation_facts", "topics", "sampled_answers"}
    assert set(quick.versions) == read
    assert whole.versions == {}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_figures_are_the_same(workspace, warehouse, tmp_path, seed):
    lot = random.Random(seed)
    lived(workspace, lot)
    received(workspace, "later", june(1) + timedelta(days=90))
    refresh(warehouse, at=june(30))
    empty = Warehouse(str(tmp_path / "empty"))

    for _ in range(4):
        at = june(2) + timedelta(minutes=lot.randrange(50 * 1440))
        since = lot.choice((None, date(2026, 6, lot.randrange(1, 20))))
        asked = {"workspace": workspace, "at": at, "since": since}
        quick = quality_summary(**asked, warehouse=warehouse)
        whole = quality_summary(**asked, warehouse=empty)

        same(quick, whole)


def test_since_when_an_account_is_silent_reaches_back_beyond_the_dates(
    workspace, warehouse, tmp_path
):
    """Each has a matter of June 2026 open, and one of April 2025; S-3 one from before that too.

    S-1's old one was answered on 5 June, S-2's never, S-3's on 1 May and again after the moment
    asked about; S-4's on 2 May, its June matter only then.
    """
    received(workspace, "F-S-3", june(1) - timedelta(days=500), account="S-3")
    long_ago = june(1) - timedelta(days=400)
    old = {
        account: received(workspace, f"O-{account}", long_ago, account=account)
        for account in ("S-1", "S-2", "S-3", "S-4")
    }
    new = {
        account: received(workspace, f"N-{account}", june(10), account=account) for account in old
    }
    for case_id, at in (
        (old["S-1"], june(5)),
        (old["S-3"], june(1) - timedelta(days=31)),
        (old["S-3"], june(25)),
        (old["S-4"], june(1) - timedelta(days=30)),
        (new["S-4"], june(26)),
    ):
        step(case_id, "outbound", at, words="直りました。もう一度お試しください。")
    refresh(warehouse, at=june(30))
    asked = {"workspace": workspace, "at": june(20), "since": june(9).date()}

    quick = quality_summary(**asked, warehouse=warehouse)
    whole = quality_summary(**asked, warehouse=Warehouse(str(tmp_path / "empty")))

    same(quick, whole)
    found = quick.figures["neglected"]
    assert [(one["account"], one["silent_since"]) for one in found["accounts"]] == [
        ("S-2", long_ago),
        ("S-3", june(1) - timedelta(days=31)),
        ("S-4", june(1) - timedelta(days=30)),
    ]
    assert (found["count"], found["of"]) == (3, 4)


def test_a_week_beside_those_before(workspace, warehouse):
    """T-1 and T-2 came in the week of 8 June, T-3 the week before; T-4 after the moment asked."""
    for key, day in (("T-1", 8), ("T-2", 10), ("T-3", 3), ("T-4", 16)):
        received(workspace, key, june(day, 11))
    refresh(warehouse, at=june(30))

    found = period_quality(
        PeriodAsked(
            workspace=workspace,
            warehouse=warehouse,
            at=june(15),
            before=date(2026, 6, 1),
            since=date(2026, 6, 8),
            until=date(2026, 6, 14),
            period="W",
        ),
        spans=[
            (date(2026, 6, 1), date(2026, 6, 7)),
            (date(2026, 6, 8), date(2026, 6, 14)),
        ],
    )

    assert (found.found.inquiries, found.before.inquiries) == (2, 1)
    weeks = found.lines["via_cs"]
    assert [(week.inquiries, week.is_over) for week in weeks] == [(1, True), (2, True)]

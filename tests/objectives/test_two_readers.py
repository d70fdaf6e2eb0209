"""One clock, two readers: at any moment the queue and the window say the same, ticket by ticket."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from shinrai.desk.operations.steps import file_investigation, take_step
from shinrai.ledger.rules.refusals import StepRefused
from shinrai.objectives.facts import CLOCK_FACTS, CLOCKS
from shinrai.objectives.measures import clocks_due, states
from shinrai.objectives.queries.lines import clocks_now
from shinrai.objectives.queries.standings import objective_report
from shinrai.warehouse.fact_table import publish
from shinrai.warehouse.query import run
from shinrai.warehouse.store import Warehouse
from tests.objectives.test_story import june, warehouse, workspace

__all__ = ["warehouse", "workspace"]

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = (
    "assigned",
    "sent_back",
    "resubmitted",
    "waiting",
    "resumed",
    "answered",
    "withdrawn",
    "reopened",
    "exempted",
)


def lived(workspace, dice):
    """Let forty investigations live through June as chance has it; refused steps did not happen."""
    for number in range(40):
        at = june(1, 8) + timedelta(minutes=dice.randrange(20 * 1440))
        case_id = file_investigation(
            workspace_id=workspace.id, source_key=f"R-{number}", at=at, by="staff:1", words="?"
        )
        for _ in range(dice.randrange(7)):
            at += timedelta(minutes=dice.randrange(1, 2000))
            detail = {"on": dice.choice(("customer", "third_party", "problem"))}
            try:
                take_step(
                    case_id=case_id,
                    kind=dice.choice(KINDS),
                    at=at,
                    by="staff:2",
                    role="engineer",
                    detail=detail,
                )
            except StepRefused:
                continue


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_both_readers_agree_ticket_by_ticket(workspace, warehouse, seed):
    dice = random.Random(seed)
    lived(workspace, dice)
    publish(warehouse, CLOCK_FACTS, at=june(30))
    last = june(30) + timedelta(days=10)
    moments = [last + timedelta(minutes=dice.randrange(60 * 24 * 60)) for _ in range(5)]
    due = [line.row.due_at for line in clocks_now(workspace_id=workspace.id, at=last) if line]
    moments += [at for at in due if at is not None and at > june(28)][:3]

    for at in moments:
        everything = clocks_now(workspace_id=workspace.id, at=at, is_open=False)
        queue = {(line.row.case_id, line.row.index): line.state for line in everything}
        published = run(
            warehouse,
            states(CLOCKS.unbound(), at=at),
            tables=[CLOCKS],
            within={"workspace_id": workspace.id},
        )
        window = {(row["case_id"], row["index"]): row["state"] for row in published.records()}
        assert window == queue
        assert len(queue) >= 40


def test_a_windows_counts_are_those_of_the_declared_measure(workspace, warehouse):
    lived(workspace, random.Random(4))
    publish(warehouse, CLOCK_FACTS, at=june(30))
    at = june(30) + timedelta(days=30)
    report = objective_report(
        workspace_id=workspace.id, name="two-days", at=at, warehouse=warehouse, span=None
    )
    span = report.standing.span

    measured = run(
        warehouse,
        clocks_due(CLOCKS.unbound(), at=at, since=span.start, until=span.end),
        tables=[CLOCKS],
        within={"workspace_id": workspace.id},
    )

    assert {row["state"]: row["count"] for row in measured.records()} == Counter(
        line.state for line in report.lines
    )


def test_refreshing_step_by_step_equals_computing_everything_again(workspace):
    from shinrai.objectives.models import Clock
    from shinrai.objectives.operations.refreshing import recompute_clocks

    lived(workspace, random.Random(5))
    fields = [f.name for f in Clock._meta.fields if f.name not in ("id", "written_in")]
    before = list(Clock.objects.order_by("case_id", "index").values_list(*fields))

    Clock.objects.all().delete()
    recompute_clocks(workspace_id=workspace.id)

    assert before
    assert list(Clock.objects.order_by("case_id", "index").values_list(*fields)) == before


@pytest.mark.parametrize("seed", [6, 7])
def test_an_earlier_moment_is_the_same_from_published_clocks_and_from_all_steps(
    workspace, warehouse, tmp_path, seed
):
    """Only what was under way then is replayed; a warehouse without clocks has all replayed."""
    dice = random.Random(seed)
    lived(workspace, dice)
    file_investigation(
        workspace_id=workspace.id, source_key="later", at=june(29), by="staff:1", words="?"
    )
    publish(warehouse, CLOCK_FACTS, at=june(30))
    empty = Warehouse(str(tmp_path / "empty"))

    for _ in range(6):
        at = june(1) + timedelta(minutes=dice.randrange(25 * 1440))
        asked = {"workspace_id": workspace.id, "name": "two-days", "at": at}
        quick = objective_report(**asked, warehouse=warehouse)
        whole = objective_report(**asked, warehouse=empty)

        assert quick.lines == whole.lines
        assert quick.standing == whole.standing
        assert quick.freshness.table_versions
        assert not whole.freshness.table_versions

"""田中 pays for two children under one contract; what was linked wrongly is linked anew."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner

from shinrai.accounts.models import AuditEntry
from shinrai.customers.commands import group
from shinrai.customers.models import PersonLink
from shinrai.customers.operations import record_customers
from shinrai.customers.queries import payers, person_links
from tests.cast import Cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 15, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def persons(cast: Cast) -> None:
    for source, names in (("usage", ["hana", "ken"]), ("revenue", ["tanaka"])):
        record_customers(workspace_id=cast.workspace.id, source=source, identifiers=names, at=NOW)


def ask(*words: str) -> Any:
    with time_machine.travel(NOW, tick=False):
        return CliRunner().invoke(group, [*words, "-w", "tanuki", "--json"])


def link(
    learner: str, guardian: str = "revenue:tanaka", since: str = "2026-04-01", *more: str
) -> Any:
    return ask("link", learner, guardian, "--contract", "K-1", "--from", since,
               "--proof", "申込書 12", *more)  # fmt: skip


def test_a_guardian_of_two_counts_once_per_contract(cast: Cast) -> None:
    assert link("usage:hana").exit_code == link("usage:ken").exit_code == 0
    found = json.loads(ask("links").stdout)
    assert (len(found["links"]), found["payers"]) == (2, 1)
    assert found["links"][0]["proof"] == "申込書 12"
    assert AuditEntry.objects.filter(what="persons linked").count() == 2


def test_the_newest_link_counts_on_its_days_and_the_old_one_stays_written(cast: Cast) -> None:
    link("usage:hana")
    link("usage:hana", "revenue:tanaka", "2026-05-01", "--until", "2026-06-01")

    def holding(on: date) -> int:
        return len(payers(person_links(workspace_id=cast.workspace.id, on=on)))

    days = (date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 31), date(2026, 6, 1))
    assert [holding(day) for day in days] == [0, 1, 1, 0]
    assert PersonLink.objects.count() == 2
    assert person_links(workspace_id=cast.simulated.id, on=date(2026, 5, 1)) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("usage:nobody",), "no customer"),
        (("usage:hana", "usage:hana"), "own guardian"),
        (("usage:hana", "revenue:tanaka", "2026-04-01", "--until", "2026-04-01"), "before"),
    ],
)
def test_what_cannot_be_is_refused(words: tuple[str, ...], said: str) -> None:
    done = link(*words)
    assert done.exit_code == 2
    assert said in done.output
    assert PersonLink.objects.count() == 0

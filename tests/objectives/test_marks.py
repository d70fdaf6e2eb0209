"""What charts mark at たぬき塾: a release, an import, a new version of a promise, the codebook."""

from dataclasses import replace
from datetime import date

import pytest

from shinrai.calendars.operations import declare_events, remove_event, save_calendar
from shinrai.calendars.queries import declared_events
from shinrai.calendars.rules.declared_events import EventDeclaration
from shinrai.ledger.models import Batch, BatchCompletion, BatchWithdrawal
from shinrai.objectives.operations.saving import save_objective
from shinrai.objectives.queries.marks import marks_of
from shinrai.quality.measures.declared import SOLVED
from shinrai.topics.operations.codebook import define_topic
from shinrai.warehouse.measure_versions import record_versions
from tests.cast import Cast
from tests.desk.stage import OFFICE, promise, tokyo

pytestmark = pytest.mark.django_db
RELEASE = EventDeclaration("release", "App 6.0", date(2026, 6, 3), date(2026, 6, 3), "ミチノート")


def marked(cast: Cast) -> list[tuple[str, str]]:
    return [(str(mark.first_on), mark.label) for mark in marks_of(cast.workspace)]


def imported(cast: Cast, source: str, at) -> Batch:
    batch = Batch.objects.create(
        workspace_id=cast.workspace.id, source=source, mapping={}, files=[], fingerprint=source,
        started_at=at, by="test",
    )  # fmt: skip
    BatchCompletion.objects.create(batch=batch, at=at, report={})
    return batch


def test_nothing_happened(cast: Cast) -> None:
    assert marked(cast) == []


def test_a_release_is_marked_until_it_is_removed(cast: Cast) -> None:
    there = cast.workspace.id
    declare_events(workspace_id=there, declarations=[RELEASE], at=tokyo(3, 9), by="test")

    assert marked(cast) == [("2026-06-03", "App 6.0 (ミチノート)")]
    [event] = declared_events(workspace_id=there)
    remove_event(workspace_id=there, number=event.id, at=tokyo(4, 9), by="test")
    assert marked(cast) == []


def test_an_import_is_marked_on_its_date_there_until_it_is_withdrawn(cast: Cast) -> None:
    """At half past midnight in Tokyo it is still the day before in UTC."""
    imported(cast, "zendesk", tokyo(5, 0, 30))
    wrong = imported(cast, "jira", tokyo(6, 9))
    BatchWithdrawal.objects.create(batch=wrong, at=tokyo(6, 10), by="test", reason="twice")

    assert marked(cast) == [("2026-06-05", "import zendesk")]


def test_a_measure_that_counts_otherwise_than_before_is_marked(cast: Cast) -> None:
    """It came with version 1 on 1 June; on 8 June a new program counts by version 2."""
    for day, measure in ((1, SOLVED), (2, SOLVED), (8, replace(SOLVED, version=2))):
        record_versions([measure], at=tokyo(day, 9))

    assert marked(cast) == [("2026-06-08", "changed: solved, version 2")]


def test_only_later_versions_of_definitions_are_changes(cast: Cast) -> None:
    there = cast.workspace.id
    save_calendar(workspace_id=there, name="office", document=OFFICE, at=tokyo(1, 9), by="test")
    save_objective(workspace_id=there, document=promise(), at=tokyo(1, 9), by="test")
    define_topic(workspace_id=there, key="login", name_en="Sign-in", at=tokyo(1, 9), by="test")
    assert marked(cast) == []

    within = {"business_days": "3", "by": "close"}
    save_objective(workspace_id=there, document=promise(within=within), at=tokyo(8, 9), by="test")
    for key in ("billing", "video"):
        define_topic(workspace_id=there, key=key, name_en=key, at=tokyo(9, 9), by="test")

    labels = [label for _on, label in marked(cast)]
    assert labels == ["changed: within-2-days", "codebook changed"]

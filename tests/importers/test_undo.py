"""Imports taken back, given up, and what an erased person leaves."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shinrai.importers.models import Observation
from shinrai.importers.queries import import_record, imports
from shinrai.importers.run.undo import AlreadyComplete, give_up_import, undo_import
from shinrai.ledger.models import Case
from shinrai.privacy.operations import erase_person
from tests.importers.desk import ANSWERED, FILED, NOON, SHEET, Desk

pytestmark = pytest.mark.django_db

Write = Callable[..., Path]


class TestUndo:
    def test_a_wrong_export_leaves_as_if_it_had_never_come(self, desk: Desk, write: Write) -> None:
        desk.bring(SHEET, write(FILED, ("2", *ANSWERED[1:])))
        before = desk.told()
        wrong = desk.bring(SHEET, write(ANSWERED, ("2", *FILED[1:]), ("3", *FILED[1:])))
        assert desk.told() != before
        assert wrong.batch is not None

        undone = undo_import(batch_id=wrong.batch, reason="wrong file", at=NOON, by="staff:1")

        assert undone.cases == 3
        assert desk.told() == before
        record = import_record(wrong.batch)
        assert record is not None
        assert (record.state, record.withdrawn_reason) == ("withdrawn", "wrong file")

    def test_the_first_of_two_leaves_what_the_second_said(self, desk: Desk, write: Write) -> None:
        """The second import had found the filing unchanged; now it alone speaks for it."""
        first = desk.bring(SHEET, write(FILED, ("2", *FILED[1:])))
        desk.bring(SHEET, write(ANSWERED))
        assert first.batch is not None

        undo_import(batch_id=first.batch, reason="", at=NOON, by="staff:1")

        assert desk.kinds("1") == ["filed", "answered"]
        assert desk.kinds("2") == []

    def test_nothing_is_deleted(self, desk: Desk, write: Write) -> None:
        report = desk.bring(SHEET, write(FILED))
        before = desk.raw_count()
        assert report.batch is not None

        undo_import(batch_id=report.batch, reason="", at=NOON, by="staff:1")

        assert desk.raw_count() == before
        assert desk.told() == []


class TestUnfinished:
    def test_an_import_that_stopped_is_invisible_reported_and_can_be_given_up(
        self, desk: Desk, write: Write
    ) -> None:
        def stop(phase: str, _done: int, _total: int) -> None:
            if phase == "derived":
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            desk.bring(SHEET, write(FILED), progress=stop)
        assert desk.told() == []

        report = desk.bring(SHEET, write(("2", *FILED[1:])))
        [left] = report.unfinished
        assert left.state == "unfinished"
        assert desk.kinds("1") == []

        give_up_import(batch_id=left.id, at=NOON)
        assert [record.state for record in imports(workspace_id=desk.id)] == [
            "complete",
            "given_up",
        ]
        assert not Observation.objects.filter(batch_id=left.id).exists()

    def test_one_that_is_complete_cannot_be_given_up(self, desk: Desk, write: Write) -> None:
        report = desk.bring(SHEET, write(FILED))
        assert report.batch is not None

        with pytest.raises(AlreadyComplete, match="undo"):
            give_up_import(batch_id=report.batch, at=NOON)


class TestErased:
    def test_the_next_import_does_not_bring_a_person_back(self, desk: Desk, write: Write) -> None:
        desk.bring(SHEET, write(FILED))
        case = Case.objects.get()
        assert case.key_id is not None
        erase_person(
            workspace_id=desk.id,
            key_id=case.key_id,
            source_keys=[("person", "our-sheet", "U-1")],
            at=NOON,
        )

        report = desk.bring(SHEET, write(ANSWERED, ("2", "U-2", *FILED[2:])))

        assert (report.counts.erased, report.counts.investigations) == (1, 1)
        assert desk.kinds("1") == ["filed"]
        assert desk.told("1")[0][7] is None

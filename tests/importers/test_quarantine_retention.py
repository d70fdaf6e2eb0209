"""Rows set aside are forgotten after 90 days, with words and key; the ledger stays as it is."""

from datetime import timedelta

import pytest

from shinrai.importers import queries
from shinrai.importers.models import QuarantinedRow, Run
from shinrai.importers.run.quarantine import LIFE, forget_set_aside
from shinrai.ledger.models import BatchCompletion, Step
from shinrai.privacy.models import PersonKey, SealedWords
from tests.importers.desk import ANSWERED, FILED, NOON, SHEET, Desk

pytestmark = pytest.mark.django_db

BAD = ("2", "U-9", "2026/6/31 11:00", "森下", "花村さまの件", "", "", "")


def test_on_the_91st_day_the_row_its_words_and_its_key_are_gone(desk: Desk, write) -> None:
    report = desk.bring(SHEET, write(ANSWERED, BAD))
    [row] = queries.quarantined(batch_id=report.batch, with_rows=True)
    assert row.row is not None
    assert "花村" in row.row
    key_id = Run.objects.get(batch_id=report.batch).key_id
    words_id = QuarantinedRow.objects.get().words_id
    others = SealedWords.objects.exclude(id=words_id).count()
    steps = list(Step.objects.order_by("id").values())

    assert forget_set_aside(at=NOON + LIFE - timedelta(seconds=1)) == 0
    assert QuarantinedRow.objects.count() == 1
    assert forget_set_aside(at=NOON + timedelta(days=91)) == 1

    assert not QuarantinedRow.objects.exists()
    assert not PersonKey.objects.filter(id=key_id).exists()
    assert not SealedWords.objects.filter(id=words_id).exists()
    assert SealedWords.objects.count() == others
    assert list(Step.objects.order_by("id").values()) == steps
    assert BatchCompletion.objects.get().report["quarantined"] == 1
    assert forget_set_aside(at=NOON + timedelta(days=91)) == 0


def test_an_import_cut_off_so_long_ago_is_given_up(desk: Desk, write) -> None:
    class CutOff(Exception):
        pass

    def cut(phase: str, _done: int, _total: int) -> None:
        if phase == "observed":
            raise CutOff

    path = write(FILED, BAD)
    with pytest.raises(CutOff):
        desk.bring(SHEET, path, progress=cut)
    [record] = queries.imports(workspace_id=desk.id)
    assert record.state == "unfinished"

    assert forget_set_aside(at=NOON + timedelta(days=91)) == 1

    [record] = queries.imports(workspace_id=desk.id)
    assert record.state == "given_up"
    assert not QuarantinedRow.objects.exists()
    assert desk.bring(SHEET, path).counts.quarantined == 1  # the same files may come again

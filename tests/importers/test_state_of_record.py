"""A sheet's case belongs to the sheet: what we note here outlives its imports and withdrawals."""

from pathlib import Path

import pytest

from shinrai.accounts.operations.members import invite
from shinrai.accounts.queries import members
from shinrai.accounts.rules.role import Role
from shinrai.desk.operations.actions import ActionRequest, act
from shinrai.desk.rules.actions import ActionRefused
from shinrai.importers.run.undo import undo_import
from shinrai.ledger.models import Case
from tests.importers.desk import ANSWERED, FILED, NOON, SHEET, Desk, open_desk, sheet

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.records]


@pytest.fixture
def desk() -> Desk:
    return open_desk("desk")


def takahashi(desk: Desk):
    invite(
        email="takahashi@desk.example", workspace_id=desk.id, roles=[Role.CRE_ENGINEER],
        display_name="高橋", at=NOON, by="test",
    )  # fmt: skip
    return next(one for one in members(workspace_id=desk.id) if one.display_name == "高橋")


def do(desk: Desk, action: str, member, **given: str) -> None:
    case = Case.objects.get(workspace_id=desk.id, source_key="1")
    act(ActionRequest(case.pk, action, given, member, NOON))


def test_a_note_stays_through_a_new_sheet_a_withdrawal_and_the_same_sheet_again(
    desk: Desk, tmp_path: Path
) -> None:
    first = desk.bring(SHEET, sheet(tmp_path / "may.csv", FILED))
    member = takahashi(desk)
    do(desk, "note", member, words="ログを見た")

    second = desk.bring(SHEET, sheet(tmp_path / "june.csv", ANSWERED))
    assert desk.kinds("1") == ["filed", "answered", "note"]

    for report in (second, first):
        undo_import(batch_id=report.batch, reason="wrong month", at=NOON, by="staff:1")
    assert desk.kinds("1") == ["note"]

    desk.bring(SHEET, sheet(tmp_path / "again.csv", ANSWERED))
    assert desk.kinds("1") == ["filed", "answered", "note"]


def test_what_only_the_sheet_may_say_is_refused_here(desk: Desk, tmp_path: Path) -> None:
    desk.bring(SHEET, sheet(tmp_path / "may.csv", FILED))
    member = takahashi(desk)

    with pytest.raises(ActionRefused, match="worked in our-sheet"):
        do(desk, "take", member)

    assert desk.kinds("1") == ["filed"]

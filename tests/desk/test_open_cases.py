"""Rows of open cases: written with each step, followed after imports, and equal to the steps."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shinrai.desk.models import OpenCase
from shinrai.desk.operations.open_cases import (
    follow_open_cases,
    rebuild_open_cases,
    refresh_open_cases,
)
from shinrai.desk.operations.steps import file_investigation, take_step
from shinrai.desk.rules.attributes import attributes_of
from shinrai.desk.rules.open_case import case_standing
from shinrai.inquiries.operations import receive_inquiry
from shinrai.inquiries.operations import take_step as take_inquiry_step
from shinrai.ledger.operations.batches import complete_batch, withdraw_batch
from shinrai.ledger.rules.refusals import StepRefused
from tests.cast import Cast
from tests.desk.stage import tokyo
from tests.ledger.test_operations import begun, filed, workspace
from tests.quality.stories import june, told

__all__ = ["workspace"]
SATO, SUZUKI = "staff:1", "staff:2"
KINDS = {
    "investigation": (
        *("acknowledged", "assigned", "escalated", "sent_back", "resubmitted", "waiting"),
        *("resumed", "finding", "answered", "withdrawn", "reopened"),
    ),
    "inquiry": (
        *("assigned", "escalated", "returned", "waiting", "resumed", "outbound", "solved"),
        *("reopened", "closed", "cancelled", "restored"),
    ),
}
MOVED = ("assigned", "escalated", "returned")
DETAIL = {
    "assigned": {"to": SATO},
    "waiting": {"on": "customer"},
    "sent_back": {"missing": ["device"]},
    "finding": {"verdict": "defect"},
    "cancelled": {"reason": "spam"},
}


def rows(workspace_id: int) -> list[dict]:
    return list(OpenCase.objects.filter(workspace_id=workspace_id).order_by("pk").values())


def received(cast: Cast, key: str = "Q-1") -> int:
    return receive_inquiry(
        workspace_id=cast.workspace.id, source_key=key, at=tokyo(1, 10), by="customer", words="件名"
    )


@pytest.mark.django_db
class TestWithEachStep:
    def test_a_case_is_listed_until_it_is_ended_and_again_when_it_comes_back(
        self, cast: Cast
    ) -> None:
        there = cast.workspace.id
        case_id = file_investigation(
            workspace_id=there, source_key="INV-1", at=tokyo(1, 10), by=SATO, words="白い"
        )

        def step(kind: str, hour: int) -> None:
            detail = DETAIL.get(kind)
            at = tokyo(1, hour)
            take_step(
                case_id=case_id, kind=kind, at=at, by=SUZUKI, role="cre", detail=detail, words="x"
            )

        step("assigned", 11)
        step("sent_back", 12)
        [row] = rows(there)
        assert (row["person"], row["tier"], row["holder"]) == (SATO, 2, "filer")
        assert (row["phase"], row["waiting_on"], row["awaits_us"]) == ("sent_back",) * 2 + (False,)
        assert (row["began_at"], row["held_since"]) == (tokyo(1, 10), tokyo(1, 12))

        step("resubmitted", 13)
        step("answered", 14)
        assert rows(there) == []

        step("reopened", 15)
        [row] = rows(there)
        assert (row["awaits_us"], row["last_kind"]) == (True, "reopened")

    @pytest.mark.parametrize("record", list(KINDS))
    @settings(
        max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(data=st.data())
    def test_whatever_happens_the_rows_are_those_computed_anew(
        self, cast: Cast, record: str, data: st.DataObject
    ) -> None:
        there = cast.workspace.id
        key = uuid4().hex
        if record == "inquiry":
            case_id = received(cast, key)
            refresh_open_cases(workspace_id=there, case_ids=[case_id])
        else:
            case_id = file_investigation(
                workspace_id=there, source_key=key, at=tokyo(1, 10), by=SATO, words="白い"
            )
        for number, kind in enumerate(
            data.draw(st.lists(st.sampled_from(KINDS[record]), max_size=7))
        ):
            try:
                take_step(
                    case_id=case_id,
                    kind=kind,
                    at=tokyo(1, 10) + timedelta(hours=number + 1),
                    by=SUZUKI,
                    role="cre",
                    tier=data.draw(st.sampled_from([None, 1, 2, 3])) if kind in MOVED else None,
                    detail=DETAIL.get(kind),
                    words="x",
                )
            except StepRefused:
                continue
        kept = rows(there)

        count = rebuild_open_cases(workspace_id=there)

        assert rows(there) == kept
        assert count == len(kept)


def follow_all() -> None:
    """Follow twice: a transaction that just begins in another database holds the first run back."""
    follow_open_cases()
    follow_open_cases()


@pytest.mark.django_db(transaction=True)
class TestTheWorkerFollows:
    def test_what_was_written_elsewhere_is_listed_and_goes_when_it_is_solved(
        self, cast: Cast
    ) -> None:
        case_id = received(cast)
        assert rows(cast.workspace.id) == []
        assert follow_open_cases() == 1
        assert [row["case_id"] for row in rows(cast.workspace.id)] == [case_id]

        take_inquiry_step(
            case_id=case_id, kind="solved", at=tokyo(1, 12), by=SATO, role="agent", words=""
        )
        assert follow_open_cases() == 0
        assert rows(cast.workspace.id) == []

    def test_what_did_not_change_is_left_alone(self, cast: Cast) -> None:
        received(cast)
        follow_open_cases()
        OpenCase.objects.all().delete()

        assert follow_open_cases() == 0

    def test_an_import_is_listed_once_it_counts_and_no_more_once_withdrawn(
        self,
        workspace,
    ) -> None:
        batch_id = begun(workspace)
        case_id = filed(workspace, batch_id)
        follow_all()
        assert rows(workspace.id) == []

        complete_batch(batch_id=batch_id, report={}, at=tokyo(1, 10))
        follow_all()
        assert [row["case_id"] for row in rows(workspace.id)] == [case_id]

        withdraw_batch(batch_id=batch_id, reason="wrong file", at=tokyo(2, 10), by=SATO)
        follow_all()
        assert rows(workspace.id) == []


class TestStanding:
    def test_of_an_inquiry_that_waits_for_its_customer(self) -> None:
        found = case_standing(
            "inquiry",
            told(
                (june(1, 9), "received"),
                (june(1, 10), "escalated", {"tier": 2}),
                (june(1, 11), "waiting", {"on": "customer"}),
            ),
        )

        assert found is not None
        assert (found.tier, found.holder, found.waiting_on) == (2, "customer", "customer")
        assert (found.held_since, found.awaits_us) == (june(1, 11), False)

    def test_of_steps_that_begin_no_case_there_is_none(self) -> None:
        assert case_standing("inquiry", told((june(1, 9), "outbound"))) is None
        assert case_standing("investigation", ()) is None

    def test_who_hands_a_case_to_another_line_has_it_no_more(self) -> None:
        steps = told(
            (june(1, 9), "received"),
            (june(1, 10), "assigned", {"to": SATO}),
            (june(1, 11), "escalated", {"tier": 2}),
        )

        assert attributes_of(steps).person == ""
        named = (june(1, 12), "escalated", {"tier": 3, "to": SUZUKI})
        assert attributes_of([*steps, *told(named)]).person == SUZUKI

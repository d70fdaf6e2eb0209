"""The board and a case, as frozen answers, on named days."""

from datetime import datetime, timedelta

import pytest

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.desk.queries import board
from shinrai.desk.queries.case import case_view
from shinrai.desk.queries.places import queue_place
from shinrai.desk.queries.queue import Queue, QueueRequest
from shinrai.desk.queries.rows import BoardRow
from shinrai.desk.queries.titles import LONGEST, first_line
from shinrai.investigations.queries import UnknownInvestigation
from shinrai.privacy.rules.masking import mask
from tests.cast import Cast
from tests.desk.stage import NOW, open_desk, tokyo

HOURS = timedelta(hours=1)


@pytest.fixture
def desk(cast: Cast) -> WorkspaceRecord:
    open_desk(cast.simulated)
    return cast.simulated


def board_of(workspace: WorkspaceRecord, at: datetime, *, is_now: bool) -> Queue:
    """Give the board, from stored rows or from the steps up to a moment."""
    place = queue_place(workspace, None, at=at, record="investigation")
    return board.board_of(QueueRequest([place], at), is_now=is_now)


def keys(found: Queue) -> dict[str, list[str]]:
    return {name: [r.case_key for r in found.rows if r.group == name] for name in found.counts}


def first(found: Queue, group: str) -> BoardRow:
    return next(row for row in found.rows if row.group == group)


@pytest.mark.django_db
class TestBoard:
    @pytest.mark.parametrize("is_now", [True, False])
    def test_tuesday_afternoon(self, desk, is_now: bool) -> None:
        """The database and the steps give the same lists: nothing happened after this moment."""
        found = board_of(desk, NOW, is_now=is_now)

        assert keys(found) == {
            "late": ["INV-2"],
            "at_risk": ["INV-3"],
            "running": ["INV-4"],
            "at_rest": ["INV-5"],
        }
        assert found.places[0].closes_at == tokyo(9, 18)
        assert found.places[0].closes_today(NOW)

    def test_time_left_and_late_are_business_time(self, desk) -> None:
        found = board_of(desk, NOW, is_now=True)

        # INV-2 was due at Monday's close; on Tuesday the desk has been open for five hours.
        assert first(found, "late").business_time == -5 * HOURS
        assert first(found, "at_risk").business_time == 3 * HOURS
        assert first(found, "running").business_time == 11 * HOURS
        assert first(found, "at_rest").business_time is None

    def test_who_holds_it_and_for_what_it_rests(self, desk) -> None:
        found = board_of(desk, NOW, is_now=True)

        assert first(found, "late").holder == "tier:2"
        assert first(found, "at_rest").holder == "filer"
        assert first(found, "at_rest").paused_for == "sent_back"

    def test_friday_morning_knew_nothing_of_what_came(self, desk) -> None:
        found = board_of(desk, tokyo(5, 11), is_now=False)

        assert keys(found) == {
            "late": [],
            "at_risk": [],
            # INV-1's Thursday still counts: it was resubmitted before the close.
            "running": ["INV-2"],
            "at_rest": [],
        } | {"at_risk": ["INV-1"]}

    def test_on_saturday_the_next_close_is_mondays(self, desk) -> None:
        found = board_of(desk, tokyo(6, 12), is_now=False)

        assert found.places[0].closes_at == tokyo(8, 18)
        assert not found.places[0].closes_today(tokyo(6, 12))
        assert keys(found)["at_risk"] == ["INV-2"]

    def test_an_empty_workspace_has_an_empty_board(self, cast: Cast) -> None:
        found = board_of(cast.workspace, NOW, is_now=True)

        assert found.in_hand == 0
        assert found.rows == ()


@pytest.mark.django_db
class TestCase:
    def test_a_case_with_its_clock_and_its_words_masked(self, desk) -> None:
        found = case_view(workspace_id=desk.id, source_key="INV-1", at=NOW)

        assert found.title == "画面が白い"
        assert found.verdict == "defect"
        assert found.clock is not None
        assert found.clock.facts.state == "kept"
        assert found.clock.facts.due_at == tokyo(5, 18)
        assert [step.kind for step in found.steps] == [
            "filed",
            "sent_back",
            "resubmitted",
            "finding",
            "answered",
        ]
        assert "〔mail〕" in found.steps[0].words
        assert "example.jp" not in found.steps[0].words
        assert found.steps[0].who == "森下"

    def test_a_case_as_it_stood_before_it_came_back(self, desk) -> None:
        found = case_view(workspace_id=desk.id, source_key="INV-1", at=tokyo(4, 12))

        assert found.holder == "filer"
        assert found.clock is not None
        assert found.clock.facts.state == "paused"
        assert [step.kind for step in found.steps] == ["filed", "sent_back"]

    def test_a_case_of_another_workspace_is_unknown(self, desk, cast: Cast) -> None:
        with pytest.raises(UnknownInvestigation, match="INV-1"):
            case_view(workspace_id=cast.workspace.id, source_key="INV-1", at=NOW)


class TestTitles:
    def test_masks_before_it_cuts(self) -> None:
        """A mail address across the cut must not leave its first half readable."""
        words = "x" * (LONGEST - 8) + " yui@example.jp"

        assert "yui" not in first_line(mask(words))
        assert len(first_line(mask(words))) <= LONGEST

    def test_is_the_first_line_that_says_anything(self) -> None:
        assert first_line("\n  \n 通知が届かない \nつづき") == "通知が届かない"
        assert first_line("") == ""

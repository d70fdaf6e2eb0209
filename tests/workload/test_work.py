"""Minutes written down on a case, published, added up, shown."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from shinrai.desk.operations.steps import file_investigation, take_step
from shinrai.inquiries.operations import receive_inquiry
from shinrai.ledger.operations.step_encoding import NewStep
from shinrai.ledger.operations.steps import append_steps
from shinrai.topics.rules.codebook import Codebook
from shinrai.warehouse.fact_table import publish
from shinrai.warehouse.refresh import refresh
from shinrai.warehouse.store import Warehouse
from shinrai.workload.facts import WORK_FACTS
from shinrai.workload.operations.presence import (
    beat,
    forget_presence,
    measure_presence,
    take_presence,
)
from shinrai.workload.queries.documents import summary_document, summary_words
from shinrai.workload.queries.presence import measured_s
from shinrai.workload.queries.summary import work_now, work_summary
from tests.cast import Cast
from tests.downloads import column

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)  # 10:00 in Tokyo


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(str(tmp_path / "tables"))


NO_BOOK = Codebook(0, {})


def inquiry(cast: Cast, key: str, at: datetime = MONDAY, mode: str = "via_cs") -> int:
    return receive_inquiry(
        workspace_id=cast.workspace.id,
        source_key=key,
        at=at,
        by="customer:1",
        words="動きません",
        mode=mode,
    )


def worked(
    case_id: int, minutes: int, *, tier: int | None, at: datetime, job: str = "reply"
) -> None:
    take_step(
        case_id=case_id,
        kind="worked",
        at=at,
        by="staff:1",
        role="agent",
        tier=tier,
        detail={"minutes": minutes, "job": job},
    )


class TestPublishing:
    def test_what_is_written_down_later_is_added_and_nothing_twice(
        self, cast: Cast, warehouse: Warehouse
    ) -> None:
        first, second = inquiry(cast, "Q-1"), inquiry(cast, "Q-2")
        worked(first, 10, tier=1, at=MONDAY + timedelta(hours=1))
        publish(warehouse, WORK_FACTS, at=MONDAY)
        worked(first, 5, tier=1, at=MONDAY + timedelta(hours=2))
        worked(second, 30, tier=2, at=MONDAY + timedelta(hours=3), job="investigate")
        publish(warehouse, WORK_FACTS, at=MONDAY)
        again = publish(warehouse, WORK_FACTS, at=MONDAY)

        found = work_summary(
            workspace=cast.workspace, at=MONDAY + timedelta(days=1), warehouse=warehouse
        )

        assert again.done_before
        [mode] = found.modes
        assert [(job.job, job.tier, job.cases, job.spent_s // 60) for job in mode.jobs] == [
            ("investigate", 2, 1, 30),
            ("reply", 1, 1, 15),
        ]

    def test_a_wrong_figure_that_is_corrected_to_nothing_leaves_the_sum(
        self, cast: Cast, warehouse: Warehouse
    ) -> None:
        case = inquiry(cast, "Q-3")
        wrong = take_step(
            case_id=case,
            kind="worked",
            at=MONDAY,
            by="staff:1",
            role="agent",
            tier=1,
            detail={"minutes": 600, "job": "reply"},
        )
        publish(warehouse, WORK_FACTS, at=MONDAY)
        append_steps(
            workspace_id=cast.workspace.id,
            steps=[
                NewStep(
                    case,
                    MONDAY,
                    "corrected",
                    "staff:1",
                    "agent",
                    detail={"instead": None, "why": "typed into the wrong case"},
                    corrects=wrong,
                )
            ],
            count=1,
            recorded_at=MONDAY + timedelta(hours=1),
            batch_id=None,
        )
        publish(warehouse, WORK_FACTS, at=MONDAY)

        found = work_summary(
            workspace=cast.workspace, at=MONDAY + timedelta(days=1), warehouse=warehouse
        )

        assert found.modes == ()
        assert "no work is written down" in summary_words(found, NO_BOOK)["en"]

    def test_the_document_says_hours_and_why_not(self, cast: Cast, warehouse: Warehouse) -> None:
        case = file_investigation(
            workspace_id=cast.workspace.id,
            source_key="CRE-1",
            at=MONDAY,
            by="staff:1",
            words="点数が消えた",
        )
        worked(case, 60, tier=3, at=MONDAY + timedelta(hours=2), job="data_fix")
        publish(warehouse, WORK_FACTS, at=MONDAY)

        found = work_summary(
            workspace=cast.workspace, at=MONDAY + timedelta(days=1), warehouse=warehouse
        )

        via_cs = summary_document(found)["modes"]["via_cs"]
        assert via_cs["minutes"] == 60
        assert via_cs["tier3_hours_a_week"] == {"unknown": "no whole week lies in these dates"}

    def test_who_wrote_no_minutes_down_worked_an_unknown_time_and_never_none(
        self, cast: Cast, warehouse: Warehouse
    ) -> None:
        """CS wrote 2 minutes; product engineers were asked twice and wrote nothing down."""
        case = inquiry(cast, "Q-5")
        worked(case, 2, tier=1, at=MONDAY + timedelta(hours=1), job="reply")
        direct = inquiry(cast, "D-5", mode="direct")
        for asked in (case, direct):
            take_step(
                case_id=asked,
                kind="consulted",
                at=MONDAY + timedelta(hours=2),
                by="staff:1",
                role="agent",
                tier=3,
            )
        publish(warehouse, WORK_FACTS, at=MONDAY + timedelta(days=8))
        found = work_summary(
            workspace=cast.workspace,
            at=MONDAY + timedelta(days=8),
            warehouse=warehouse,
            since=MONDAY.date(),
            until=MONDAY.date() + timedelta(days=6),
        )

        modes = summary_document(found)["modes"]
        none = {"unknown": "not recorded: nobody wrote minutes down"}
        assert modes["via_cs"]["tier3_hours_a_week"] == none
        assert modes["via_cs"]["tier3_interruptions_a_week"]["mean"] == 1
        assert modes["via_cs"]["hours_a_week_by_tier"].keys() == {"1"}
        assert modes["direct"]["minutes"] == none
        for language, words in (("en", "nobody wrote minutes down"), ("ja", "記録がありません")):
            said = summary_words(found, NO_BOOK)[language]
            assert said.count(words) == 3  # of tier 3 in both ways, and of all that came directly
            assert "0.0 h" not in said
            assert "<0.1 h" in said


class TestDayCounts:
    def test_days_add_up_to_what_all_entries_say(self, cast: Cast, warehouse: Warehouse) -> None:
        """Sixty jobs in fifty days, also of one case on several days; some lie ahead."""
        lot = random.Random(20260601)
        cases = [inquiry(cast, f"Q-{n}", mode=lot.choice(("via_cs", "direct"))) for n in range(12)]
        for case in cases[:6]:
            detail = {"topic": lot.choice(("login", "billing"))}
            take_step(
                case_id=case, kind="labelled", at=MONDAY, by="staff:1", role="agent", detail=detail
            )
        for _ in range(60):
            case, at = lot.choice(cases), MONDAY + timedelta(hours=lot.randrange(50 * 24))
            if lot.random() < 0.2:
                take_step(case_id=case, kind="consulted", at=at, by="staff:1", role="agent", tier=3)
            else:
                tier, job = lot.choice((None, 1, 2, 3)), lot.choice(("reply", "investigate"))
                worked(case, lot.randrange(1, 90), tier=tier, at=at, job=job)
        at = MONDAY + timedelta(days=40)
        refresh(warehouse, at=at)
        asked = {"workspace": cast.workspace, "until": at.date()}

        for days in (40, 20, 8):
            since = at.date() - timedelta(days=days)
            page = work_now(since=since, **asked)
            command = work_summary(at=at, warehouse=warehouse, since=since, **asked)

            assert page == command
            assert sum(job.cases for mode in command.modes for job in mode.jobs) > 3

    def test_before_the_worker_counted_the_page_says_so(self, cast: Cast, settings) -> None:
        inquiry(cast, "Q-1")
        client = cast.owner.client()
        before = client.get("/w/tanuki/workload/").content.decode()
        refresh(Warehouse(settings.SHINRAI_WAREHOUSE), at=MONDAY)
        after = client.get("/w/tanuki/workload/").content.decode()

        assert "The figures are not made yet" in before
        assert "Nobody wrote minutes down" in after


class TestPresence:
    def test_counts_from_beat_to_beat_but_not_a_silence(self, cast: Cast) -> None:
        case, there = inquiry(cast, "Q-4"), cast.workspace.id

        def at(seconds: int) -> int:
            moment = MONDAY + timedelta(seconds=seconds)
            return beat(workspace_id=there, case_id=case, member="staff:1", at=moment)

        assert [at(0), at(30), at(60), at(600), at(630)] == [0, 30, 60, 60, 90]

    def test_of_two_open_pages_only_the_one_in_use_counts(self, cast: Cast) -> None:
        one, two = inquiry(cast, "Q-5"), inquiry(cast, "Q-6")
        there = cast.workspace.id
        for second, case in enumerate((one, two, one, two)):
            beat(
                workspace_id=there,
                case_id=case,
                member="staff:1",
                at=MONDAY + timedelta(seconds=10 * second),
            )

        assert measured_s(case_id=one, member="staff:1") == 0
        assert measured_s(case_id=two, member="staff:1") == 0

    def test_is_handed_over_once_and_forgotten_after_a_week(self, cast: Cast) -> None:
        case, there = inquiry(cast, "Q-7"), cast.workspace.id
        for seconds in (0, 60):
            beat(
                workspace_id=there,
                case_id=case,
                member="staff:1",
                at=MONDAY + timedelta(seconds=seconds),
            )

        assert take_presence(case_id=case, member="staff:1") == 60
        assert take_presence(case_id=case, member="staff:1") == 0
        beat(workspace_id=there, case_id=case, member="staff:1", at=MONDAY)
        assert forget_presence(at=MONDAY + timedelta(days=8)) == 1


class TestDoors:
    def test_suzuki_writes_ten_minutes_down(self, cast: Cast) -> None:
        case = inquiry(cast, "Q-8")
        client = cast.agent.client()

        answer = client.post(
            f"/w/tanuki/cases/{case}/work/",
            {"minutes": "10", "job": "reply", "back": "/w/tanuki/inquiries/Q-8/"},
        )

        assert answer.status_code == 302
        assert answer["Location"] == "/w/tanuki/inquiries/Q-8/"

    def test_minutes_that_cannot_be_stay_in_the_field_and_are_said(self, cast: Cast) -> None:
        case = inquiry(cast, "Q-7")
        page = "/w/tanuki/inquiries/Q-7/"

        answer = cast.agent.client().post(
            f"/w/tanuki/cases/{case}/work/",
            {"minutes": "ten", "job": "meeting", "back": page},
            follow=True,
        )

        shown = answer.content.decode()
        assert answer.redirect_chain == [(f"{page}?minutes=ten&job=meeting", 302)]
        assert "is no number of minutes" in shown
        assert 'value="ten"' in shown
        assert '<option value="meeting" selected>' in shown

    def test_the_stranger_and_the_guardian_do_not(self, cast: Cast) -> None:
        case = inquiry(cast, "Q-9")
        for person in (cast.stranger, cast.guardian):
            answer = person.client().post(f"/w/tanuki/cases/{case}/work/", {"minutes": "10"})
            assert answer.status_code in (302, 403, 404)
            assert answer.get("Location", "").startswith(("", "/accounts/"))

    def test_a_case_of_another_workspace_is_not_there(self, cast: Cast) -> None:
        case = inquiry(cast, "Q-10")

        answer = cast.stranger.client().post(f"/w/elsewhere/cases/{case}/work/", {"minutes": "1"})

        assert answer.status_code == 404

    def test_beats_are_kept_only_where_presence_is_measured(self, cast: Cast) -> None:
        case = inquiry(cast, "Q-11")
        client = cast.agent.client()
        url = f"/w/tanuki/cases/{case}/presence/"

        assert client.post(url).json() == {"measured": None}
        measure_presence(workspace_id=cast.workspace.id, on=True, at=MONDAY, by="test")
        assert client.post(url).json() == {"measured": 0}

    def test_the_page_says_that_nothing_is_known_yet(self, cast: Cast) -> None:
        answer = cast.owner.client().get("/w/tanuki/workload/")

        assert answer.status_code == 200
        assert "Nobody wrote minutes down" in answer.content.decode()

    def test_the_case_page_offers_it_to_members_and_proposes_what_was_measured(
        self, cast: Cast
    ) -> None:
        """Suzuki had the page open for three minutes; another reader of it sees nothing of that."""
        case = inquiry(cast, "Q-12")
        client, page = cast.agent.client(), "/w/tanuki/inquiries/Q-12/"
        plain = client.get(page).content.decode()
        measure_presence(workspace_id=cast.workspace.id, on=True, at=MONDAY, by="test")
        assert cast.agent.member is not None
        for seconds in (0, 90, 180):
            beat(
                workspace_id=cast.workspace.id,
                case_id=case,
                member=cast.agent.member.key,
                at=MONDAY + timedelta(seconds=seconds),
            )

        measured = client.get(page).content.decode()
        others = cast.engineer.client().get(page).content.decode()

        assert f"/w/tanuki/cases/{case}/work/" in plain
        assert "presence.js" not in plain
        assert "presence.js" in measured
        assert 'size="4" value="3"' in measured
        assert 'value="3"' not in others


class TestThePageOfWork:
    """On 1 June tier 2 replied to two matters for 30 minutes each and tried one out for 120."""

    @pytest.fixture
    def there(self, cast: Cast, warehouse: Warehouse, settings) -> Cast:
        settings.SHINRAI_WAREHOUSE = str(warehouse.root)
        for key, minutes, job in (
            ("Q-1", 30, "reply"),
            ("Q-2", 30, "reply"),
            ("Q-3", 120, "reproduce"),
        ):
            worked(inquiry(cast, key), minutes, tier=2, at=MONDAY, job=job)
        publish(warehouse, WORK_FACTS, at=MONDAY + timedelta(days=8))
        return cast

    def test_kinds_of_job_are_sorted_searched_and_taken_away(self, there: Cast) -> None:
        client, here = there.owner.client(), "/w/tanuki/workload/?days=28"
        with time_machine.travel(MONDAY + timedelta(days=8), tick=False):
            hours = column(client, here, "hours")
            turned = column(client, f"{here}&sort=cases", "cases")
            none = column(client, f"{here}&q=nothing", "job")
            page = client.get(here).content.decode()

        assert hours == [2.0, 1.0]
        assert turned == [1, 2]
        assert none == []
        assert "2.0 of 3.0 hours written down" in page

    def test_every_span_that_can_be_chosen_is_a_page(self, there: Cast) -> None:
        client = there.owner.client()
        with time_machine.travel(MONDAY + timedelta(days=8), tick=False):
            for asked in ("span=last-week", "span=this-month", "span=all", "days=364", ""):
                assert client.get(f"/w/tanuki/workload/?{asked}").status_code == 200, asked
            refused = client.get("/w/tanuki/workload/?from=soon")

        assert refused.status_code == 422
        assert "soon is no date" in refused.content.decode()

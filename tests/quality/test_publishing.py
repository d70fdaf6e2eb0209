"""Published facts follow the ledger: what a rebuild would say, at the cost of what is new."""

import random
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection

from shinrai.accounts.operations.workspaces import open_workspace
from shinrai.calendars.operations import save_calendar
from shinrai.desk.operations.steps import file_investigation
from shinrai.inquiries.operations import receive_inquiry, take_step
from shinrai.ledger.operations.batches import begin_batch, complete_batch, withdraw_batch
from shinrai.ledger.operations.cases import NewCase, record_cases
from shinrai.ledger.operations.step_encoding import NewStep
from shinrai.ledger.operations.steps import append_steps
from shinrai.objectives.operations.catching_up import catch_up, settle_calendars
from shinrai.objectives.operations.saving import save_objective
from shinrai.quality.facts.ground import ground_of
from shinrai.quality.facts.inquiries import INQUIRIES
from shinrai.quality.facts.investigations import INVESTIGATIONS
from shinrai.quality.queries.documents import summary_document
from shinrai.quality.queries.past_summary import quality_summary
from shinrai.quality.queries.words import summary_words
from shinrai.topics.operations.codebook import define_topic, merge_label
from shinrai.warehouse.models import FactBasis
from shinrai.warehouse.query import run
from shinrai.warehouse.refresh import refresh
from shinrai.warehouse.store import Warehouse
from tests.objectives.test_story import OBJECTIVE, OFFICE
from tests.quality.stories import june

pytestmark = pytest.mark.django_db(transaction=True)
SLOW = {"zone": "Asia/Tokyo", "weekly": {"wed": ["10:00-12:00"]}}


@pytest.fixture
def workspace():
    return open_workspace(
        slug="michi", name="ミチノート", zone="Asia/Tokyo", simulated=True, at=june(1), by="test"
    )


@pytest.fixture
def warehouse(tmp_path):
    return Warehouse(str(tmp_path / "warehouse"))


def received(workspace, key, at, **given):
    return receive_inquiry(
        workspace_id=workspace.id,
        source_key=key,
        at=at,
        by="customer:1",
        words="連続記録が消えました",
        **given,
    )


def step(case_id, kind, at, **given):
    take_step(case_id=case_id, kind=kind, at=at, by="staff:2", role="agent", **given)


def rows_of(workspace, warehouse, table=INQUIRIES):
    answer = run(warehouse, table.unbound(), tables=[table], within={"workspace_id": workspace.id})
    return {row["case_key"]: row for row in answer.records()}


def summary(workspace, warehouse, at, **given):
    refresh(warehouse, at=at)
    return summary_document(
        quality_summary(workspace=workspace, warehouse=warehouse, at=at, **given)
    )


class TestFollowing:
    def test_one_step_publishes_one_inquiry(self, workspace, warehouse):
        inoue = received(workspace, "T-1", june(1, 9))
        received(workspace, "T-2", june(1, 9))
        assert refresh(warehouse, at=june(1))["inquiries"].rows == 2
        assert refresh(warehouse, at=june(1))["inquiries"].rows == 0

        step(inoue, "outbound", june(1, 10), words="お調べします")

        assert refresh(warehouse, at=june(1))["inquiries"].rows == 1
        assert rows_of(workspace, warehouse)["T-1"]["first_reply_s"] == 3600

    def test_an_investigation_moves_the_inquiry_it_is_about(self, workspace, warehouse):
        about = received(workspace, "T-1", june(1, 9))
        refresh(warehouse, at=june(1))

        file_investigation(
            workspace_id=workspace.id,
            source_key="C-1",
            at=june(1, 10),
            by="staff:2",
            words="記録を確認してください",
            inquiry_id=about,
        )

        done = refresh(warehouse, at=june(1))
        assert (done["inquiries"].rows, done["investigation_facts"].rows) == (1, 1)
        assert rows_of(workspace, warehouse)["T-1"]["highest_tier"] == 2
        assert rows_of(workspace, warehouse, INVESTIGATIONS)["C-1"]["inquiry_id"] == about

    def test_an_import_comes_and_goes_whole(self, workspace, warehouse):
        batch_id = imported(workspace, ["T-1", "T-2"])
        assert refresh(warehouse, at=june(2))["inquiries"].rows == 0

        complete_batch(batch_id=batch_id, report={}, at=june(2))
        refresh(warehouse, at=june(2))
        assert set(rows_of(workspace, warehouse)) == {"T-1", "T-2"}

        withdraw_batch(batch_id=batch_id, reason="wrong file", at=june(3), by="staff:1")
        refresh(warehouse, at=june(3))
        assert rows_of(workspace, warehouse) == {}

    def test_step_by_step_it_comes_to_what_a_rebuild_says(self, workspace, warehouse, tmp_path):
        """A hundred steps in an order drawn by lot, published now and then."""
        lot = random.Random(20260601)
        cases = [received(workspace, f"T-{n}", june(1, n % 24)) for n in range(8)]
        for number in range(100):
            kind = lot.choice(("outbound", "inbound", "note", "labelled", "rated"))
            words = "こちらの件です" if kind in ("outbound", "inbound") else None
            step(lot.choice(cases), kind, june(2) + timedelta(hours=number), words=words)
            if not lot.randrange(9):
                refresh(warehouse, at=june(9))
        refresh(warehouse, at=june(9))
        anew = Warehouse(str(tmp_path / "anew"))
        refresh(anew, at=june(9))

        assert rows_of(workspace, warehouse) == rows_of(workspace, anew)

    def test_what_is_still_being_written_is_not_passed_by(self, workspace, warehouse, other_books):
        """Mori's note is begun before, and committed after, the publishing in between."""
        case_id = received(workspace, "T-1", june(1, 9))
        refresh(warehouse, at=june(1))
        with other_books.cursor() as mori:
            mori.execute("BEGIN")
            mori.execute(
                "INSERT INTO ledger_step (workspace_id, case_id, at, recorded_at, kind, by, role,"
                " detail, source, source_key, source_order)"
                " VALUES (%s, %s, %s, %s, 'note', 'staff:3', 'engineer', '{}', 'shinrai', '', 0)",
                [workspace.id, case_id, june(1, 10), june(1, 10)],
            )
            received(workspace, "T-2", june(1, 11))
            refresh(warehouse, at=june(1, 12))
            before = rows_of(workspace, warehouse)["T-1"]["steps_count"]
            mori.execute("COMMIT")
        refresh(warehouse, at=june(1, 13))

        assert before == 1
        assert rows_of(workspace, warehouse)["T-1"]["steps_count"] == 2


class TestCalendars:
    def test_without_one_the_desk_never_closes_and_the_answer_says_so(self, workspace, warehouse):
        received(workspace, "T-1", june(6, 15))

        found = summary(workspace, warehouse, june(9))

        assert found["calendar"]["name"] is None
        assert "around the clock" in found["calendar"]["note"]

    def test_the_only_one_is_used_and_a_change_of_it_moves_everything(self, workspace, warehouse):
        mail = received(workspace, "T-1", june(6, 15))
        step(mail, "outbound", june(8, 11), words="お調べします")
        refresh(warehouse, at=june(9))
        save_calendar(workspace_id=workspace.id, name="office", document=OFFICE, at=june(9), by="t")

        found = summary(workspace, warehouse, june(10))

        assert found["calendar"]["name"] == "office"
        assert found["first_reply"]["median_business_s"] == 3600
        assert found["same_day"]["count"] == 1
        assert refresh(warehouse, at=june(10))["inquiries"].rows == 0

    def test_a_change_of_it_and_a_withdrawal_at_once(self, workspace, warehouse):
        batch_id = imported(workspace, ["T-1"])
        complete_batch(batch_id=batch_id, report={}, at=june(2))
        received(workspace, "T-2", june(6, 15))
        refresh(warehouse, at=june(9))

        withdraw_batch(batch_id=batch_id, reason="wrong file", at=june(9), by="staff:1")
        save_calendar(workspace_id=workspace.id, name="office", document=OFFICE, at=june(9), by="t")
        refresh(warehouse, at=june(9))

        assert set(rows_of(workspace, warehouse)) == {"T-2"}

    def test_rows_of_before_their_basis_was_noted_are_not_made_again(self, workspace, warehouse):
        received(workspace, "T-1", june(6, 15))
        refresh(warehouse, at=june(9))
        FactBasis.objects.all().delete()

        done = refresh(warehouse, at=june(9))

        assert [one.rows for one in done.values()] == [0] * len(done)
        noted = FactBasis.objects.filter(workspace_id=workspace.id)
        assert set(noted.values_list("table", flat=True)) == done.keys()

    def test_of_several_the_one_that_replies_are_promised_by(self, workspace, warehouse):
        for name, document in (("office", OFFICE), ("slow", SLOW)):
            save_calendar(
                workspace_id=workspace.id, name=name, document=document, at=june(1), by="t"
            )
        assert ground_of(workspace).calendar_name is None

        save_objective(workspace_id=workspace.id, document=reply_objective(), at=june(1), by="t")
        settle_calendars()

        assert ground_of(workspace).calendar_name == "office"

    def test_another_one_can_be_asked_for_and_is_not_remembered(self, workspace, warehouse):
        mail = received(workspace, "T-1", june(2, 10))
        step(mail, "outbound", june(3, 11), words="お調べします")
        for name, document in (("office", OFFICE), ("slow", SLOW)):
            save_calendar(
                workspace_id=workspace.id, name=name, document=document, at=june(1), by="t"
            )

        found = summary(workspace, warehouse, june(9), calendar="slow")

        assert (found["calendar"]["name"], found["from_steps"]) == ("slow", True)
        assert found["first_reply"]["median_business_s"] == 3600
        assert ground_of(workspace).calendar_name is None


class TestSummary:
    def test_an_earlier_moment_is_answered_as_it_was(self, workspace, warehouse):
        mail = received(workspace, "T-1", june(1, 9))
        step(mail, "solved", june(5, 9))

        then = summary(workspace, warehouse, june(3))
        now = summary(workspace, warehouse, june(30))

        assert (then["from_steps"], now["from_steps"]) == (True, False)
        assert "unknown" in then["solved"]
        assert now["solved"]["count"] == 1
        published = {"inquiries", "investigation_facts", "topics", "sampled_answers"}
        assert now["versions"].keys() == published

    def test_modes_never_mix(self, workspace, warehouse):
        received(workspace, "T-1", june(1, 9))
        received(workspace, "T-2", june(1, 9), mode="direct")

        found = summary(workspace, warehouse, june(9))
        one = summary(workspace, warehouse, june(9), mode="direct")

        assert found["inquiries"] == 2
        assert found["solved"]["unknown"].startswith("modes never mix")
        assert set(found["modes"]) == {"via_cs", "direct"}
        assert (one["mode"], one["inquiries"]) == ("direct", 1)
        assert "modes" not in one

    def test_one_topic_takes_along_what_was_merged_into_it(self, workspace, warehouse):
        for key, label in (("T-1", "login"), ("T-2", "ログイン不可"), ("T-3", "billing")):
            mail = received(workspace, key, june(1, 9))
            step(mail, "labelled", june(1, 10), detail={"topic": label})
        given = {"workspace_id": workspace.id, "at": june(2), "by": "staff:1"}
        define_topic(**given, key="login", name_ja="ログイン")
        merge_label(**given, label="ログイン不可", into="login")
        step(mail, "solved", june(3, 9))

        now = summary(workspace, warehouse, june(9), topic="ログイン不可")
        then = summary(workspace, warehouse, june(1, 12), topic="ログイン不可")

        assert (now["topic"], now["inquiries"]) == ("login", 2)
        assert (then["topic"], then["inquiries"], then["from_steps"]) == ("ログイン不可", 1, True)
        assert now["agreement"]["unknown"].startswith("agreement is asked of all topics")

    @pytest.mark.parametrize("language", ["en", "ja"])
    def test_every_figure_is_said_with_what_it_means(self, workspace, warehouse, language):
        mail = received(workspace, "T-1", june(1, 9))
        step(mail, "outbound", june(1, 10), words="お調べします")
        step(mail, "solved", june(2, 9))
        refresh(warehouse, at=june(30))
        found = quality_summary(workspace=workspace, warehouse=warehouse, at=june(30))

        words = summary_words(found)[language]

        assert "{" not in words
        assert ("初回返信: 100.0%" if language == "ja" else "first reply: 100.0%") in words
        share = "0.0%（1 通中 0 通" if language == "ja" else "0.0% (0 of 1; 95 %: 0.0% to 79.3%)"
        name = "人による訂正" if language == "ja" else "overridden by people"
        assert f"{name}: {share}" in words
        assert len(words.splitlines()) > 2 * 20

    def test_catching_up_brings_facts_along_with_clocks(self, workspace, warehouse):
        received(workspace, "T-1", june(1, 9))

        assert catch_up(warehouse=warehouse, at=june(2)).facts == 1


def imported(workspace, keys):
    batch_id = begin_batch(
        workspace_id=workspace.id,
        source="desk",
        mapping={},
        files=[],
        fingerprint="f",
        at=june(1),
        by="staff:1",
    )
    cases = record_cases(
        workspace_id=workspace.id, cases=[NewCase("inquiry", "desk", key) for key in keys]
    )
    append_steps(
        workspace_id=workspace.id,
        steps=[NewStep(case_id, june(1), "received") for case_id in cases],
        count=len(cases),
        recorded_at=june(1),
        batch_id=batch_id,
    )
    return batch_id


def reply_objective():
    import copy

    document = copy.deepcopy(OBJECTIVE)
    document["metadata"]["name"] = "replies"
    indicator = document["spec"]["indicator"]["spec"]["thresholdMetric"]
    indicator["metricSource"]["spec"] |= {"clock": "first_reply", "pauses": []}
    return document


@pytest.fixture
def other_books():
    """A second connection to the same books, as another process would have."""
    import psycopg

    entry = connection.settings_dict
    with psycopg.connect(
        host=entry["HOST"],
        port=entry["PORT"] or None,
        dbname=entry["NAME"],
        user=entry["USER"],
        password=entry["PASSWORD"],
        autocommit=True,
    ) as other:
        yield other


def test_a_table_of_what_seldom_changes_does_not_look_through_all_the_rest_again(
    workspace, warehouse, monkeypatch
):
    """For weeks no investigation is filed: each day's publishing asks about that day alone."""
    from shinrai.ledger import facts

    asked = []
    changed = facts.changed_cases

    def noted(*, since, upto):
        asked.append((since, upto))
        return changed(since=since, upto=upto)

    monkeypatch.setattr(facts, "changed_cases", noted)
    for day in (1, 2, 3, 4):
        received(workspace, f"T-{day}", june(day))
        refresh(warehouse, at=june(day))

    of_investigations = asked[1::3]  # each day: of inquiries, of investigations, of work
    assert len(of_investigations) == 3
    for before, now in pairwise(of_investigations):
        assert now[0] == before[1]
    file_investigation(
        workspace_id=workspace.id,
        source_key="C-1",
        at=june(5),
        by="staff:2",
        words="記録を確認してください",
        inquiry_id=None,
    )
    refresh(warehouse, at=june(5))
    assert len(rows_of(workspace, warehouse, INVESTIGATIONS)) == 1

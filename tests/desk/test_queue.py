"""The queue as one works with it: usual filters, one's own, all workspaces, many cases at once.

Friday 31 July at noon in Tanuki Juku: INV-2 to INV-6 of June and July, and three inquiries: Q-0 is
with Suzuki (CS), Q-1 waits for its customer, Q-2 was brought from Zendesk and labelled by nobody.
"""

import re

import pytest
import time_machine

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.operations.members import invite
from shinrai.accounts.rules.role import Role
from shinrai.desk.models import OpenCase, SavedFilter
from shinrai.desk.operations.open_cases import refresh_open_cases
from shinrai.desk.operations.steps import take_step
from shinrai.inquiries.operations import receive_inquiry
from shinrai.ledger.models import Case, Step
from shinrai.search.operations import IndexedText, index_texts
from shinrai.topics.operations.codebook import define_topic
from tests.cast import BY, Cast, Person
from tests.desk.stage import open_desk, queue_now, tokyo
from tests.desk.test_overview import LATER
from tests.desk.test_pages import lead, shown
from tests.downloads import csv_rows, json_rows

pytestmark = [pytest.mark.django_db, pytest.mark.end_to_end]
QUEUE = "/w/tanuki/queue/"
DEEDS = f"{QUEUE}deeds/"


@pytest.fixture
def desk(cast: Cast, settings, tmp_path) -> Cast:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    there = cast.workspace.id
    open_desk(cast.workspace)
    ids = [
        receive_inquiry(
            workspace_id=there,
            source_key=f"Q-{number}",
            at=tokyo(30, 11 + number, month=7),
            by="customer",
            words="請求書がほしい",
        )
        for number in range(3)
    ]
    suzuki = key(cast.agent)
    given = {"at": tokyo(30, 15, month=7), "by": suzuki, "role": "agent"}
    take_step(case_id=ids[0], kind="assigned", detail={"to": suzuki}, **given)
    take_step(case_id=ids[1], kind="waiting", detail={"on": "customer"}, **given)
    Case.objects.filter(pk=ids[2]).update(source="zendesk")
    refresh_open_cases(workspace_id=there, case_ids=ids)
    return cast


def key(person: Person) -> str:
    assert person.member is not None
    return person.member.key


def keys(client, query: str = "") -> list[str]:
    with time_machine.travel(LATER, tick=False):
        return [row["case"] for row in json_rows(client, f"{QUEUE}?{query}")]


def number(desk: Cast, source_key: str) -> int:
    return Case.objects.get(workspace_id=desk.workspace.id, source_key=source_key).pk


class TestViews:
    def test_what_no_objective_covers_stands_last_the_oldest_first(self, desk: Cast) -> None:
        assert keys(desk.agent.client()) == [
            *("INV-2", "INV-3", "INV-4", "INV-6", "INV-5"),
            *("Q-0", "Q-1", "Q-2"),
        ]

    @pytest.mark.parametrize(
        ("view", "found"),
        [
            ("mine", ["Q-0"]),
            ("my_tier", ["Q-0", "Q-1", "Q-2"]),
            ("unassigned", ["INV-2", "INV-3", "INV-4", "INV-6", "INV-5", "Q-1", "Q-2"]),
            ("at_risk", []),
            ("for_us", ["INV-2", "INV-3", "INV-4", "INV-6", "Q-0", "Q-2"]),
            ("late", ["INV-2", "INV-3", "INV-4"]),
        ],
    )
    def test_each_view_has_as_many_cases_as_its_tab_says(
        self, desk: Cast, view: str, found: list[str]
    ) -> None:
        assert keys(desk.agent.client(), f"view={view}") == found
        assert queue_now(desk.workspace, LATER, member=desk.agent.member).views[view] == len(found)

    def test_a_visitor_has_no_view_of_their_own(self, desk: Cast) -> None:
        assert list(queue_now(desk.workspace, LATER).views) == [
            *("unassigned", "at_risk", "for_us", "late"),
        ]

    def test_views_are_narrowed_by_other_filters_too(self, desk: Cast) -> None:
        assert keys(desk.agent.client(), "view=unassigned&record=inquiry") == ["Q-1", "Q-2"]
        assert keys(desk.agent.client(), f"person={key(desk.agent)}") == ["Q-0"]

    def test_a_title_is_found_before_and_after_it_is_indexed(self, desk: Cast) -> None:
        assert keys(desk.agent.client(), "q=請求書") == ["Q-0", "Q-1", "Q-2"]
        words = Step.objects.get(case_id=number(desk, "Q-0"), kind="received").words_id
        there = desk.workspace.id
        title = "請求書がほしい"
        text = IndexedText(words, number(desk, "Q-0"), LATER, title, title)
        index_texts(workspace_id=there, texts=[text])
        assert keys(desk.agent.client(), "q=請求書&view=mine") == ["Q-0"]

    def test_topics_that_were_merged_are_one_choice(self, desk: Cast) -> None:
        define(desk, "bill")
        take_step(
            case_id=number(desk, "Q-0"),
            kind="labelled",
            at=LATER,
            by=key(desk.agent),
            role="agent",
            detail={"topic": "bill"},
        )
        assert keys(desk.agent.client(), "topic=bill") == ["Q-0"]
        assert keys(desk.agent.client(), "sort=topic")[0] == "Q-0"
        assert keys(desk.agent.client(), "sort=-topic")[0] == "Q-0"  # unknown ones stand last


class TestSavedFilters:
    def test_a_member_keeps_one_under_a_name_and_nobody_else_sees_it(self, desk: Cast) -> None:
        client = desk.agent.client()
        kept = {"name": "質問", "query": "record=inquiry&sort=age&q=ひみつ&page=3"}
        client.post(f"{QUEUE}filters/", kept)

        with time_machine.travel(LATER, tick=False):
            mine = shown(client, f"{QUEUE}?sort=age&record=inquiry")
            other = shown(desk.engineer.client(), QUEUE)
        assert '<a href="?record=inquiry&amp;sort=age" aria-current="true">質問</a>' in mine
        assert "質問" not in other
        assert "ひみつ" not in SavedFilter.objects.get().query  # it may be a customer's name

        gone = SavedFilter.objects.get().pk
        desk.engineer.client().post(f"{QUEUE}filters/", {"delete": gone})
        assert SavedFilter.objects.exists()
        client.post(f"{QUEUE}filters/", {"delete": gone})
        assert not SavedFilter.objects.exists()

    @pytest.mark.parametrize("given", [{"name": ""}, {"name": "x" * 41}, {"query": "q=a"}])
    def test_without_a_name_or_a_filter_it_is_refused(self, desk: Cast, given: dict) -> None:
        client = desk.agent.client()
        client.post(f"{QUEUE}filters/", {"name": "n", "query": "view=late", **given})

        assert not SavedFilter.objects.exists()


class TestEverywhere:
    def test_a_member_of_two_workspaces_has_one_list_by_due_moment(self, desk: Cast) -> None:
        open_desk(desk.simulated)
        invite(
            email="suzuki@tanuki.example",
            workspace_id=desk.simulated.id,
            roles=[Role.CRE_ENGINEER],
            display_name="鈴木",
            at=LATER,
            by=BY,
        )
        with time_machine.travel(LATER, tick=False):
            client = desk.agent.client()
            rows = json_rows(client, "/queue/?record=investigation")
            mine = json_rows(client, "/queue/?view=my_tier")
            page = shown(client, "/queue/")

        assert [(row["case"], row["workspace"]) for row in rows[:4]] == [
            *(("INV-2", "たぬき塾"), ("INV-2", "きつね塾")),
            *(("INV-3", "たぬき塾"), ("INV-3", "きつね塾")),
        ]
        assert {(row["kind"], row["workspace"]) for row in mine} == {
            ("inquiry", "たぬき塾"),  # an agent there, an engineer here
            ("investigation", "きつね塾"),
        }
        assert "/w/kitsune/investigations/INV-2/" in page
        seen = AuditEntry.objects.filter(kind="view", what="titles in the queue")
        assert {entry.workspace_id for entry in seen} == {desk.workspace.id, desk.simulated.id}

    def test_a_stranger_and_nobody_see_nothing_of_it(self, desk: Cast) -> None:
        with time_machine.travel(LATER, tick=False):
            for person in (desk.stranger, desk.guardian, desk.nobody):
                assert "INV-2" not in shown(person.client(), "/queue/")


class TestManyAtOnce:
    def test_it_is_confirmed_with_exactly_the_cases_and_then_done(self, desk: Cast) -> None:
        client, to = desk.owner.client(), key(desk.engineer)
        ids = [number(desk, one) for one in ("INV-2", "Q-1", "Q-2")]
        with time_machine.travel(LATER, tick=False):
            asked = shown(
                client, DEEDS + "?deed=assign&to=" + to + "".join(f"&case={n}" for n in ids)
            )
            assert "assigned" not in kinds_of(ids[0])
            said = client.post(DEEDS, {"deed": "assign", "to": to, "case": ids}, follow=True)

        assert lead(asked) == "2 cases will be assigned to 高橋."
        assert "Q-2 is worked in zendesk: assign it there" in asked
        assert re.findall(r'name="case" value="(\d+)"', asked) == [str(ids[0]), str(ids[1])]
        page = said.content.decode()
        assert "2 cases are assigned." in page
        assert "1 was refused: Q-2 is worked in zendesk: assign it there" in page
        assert set(OpenCase.objects.filter(person=to).values_list("pk", flat=True)) == set(ids[:2])
        assert "assigned" not in kinds_of(ids[2])

    def test_labels_go_to_inquiries_of_any_source_alone(self, desk: Cast) -> None:
        define(desk, "bill")
        ids = [number(desk, one) for one in ("INV-2", "Q-2")]
        with time_machine.travel(LATER, tick=False):
            said = desk.agent.client().post(
                DEEDS, {"deed": "label", "topic": "bill", "case": ids}, follow=True
            )

        assert "1 case is labelled." in said.content.decode()
        assert "INV-2 is an investigation" in said.content.decode()
        assert OpenCase.objects.get(pk=ids[1]).topic == "bill"

    def test_an_agent_may_not_assign_an_investigation_nor_reach_another_workspace(
        self, desk: Cast
    ) -> None:
        other = open_desk(desk.simulated)["INV-2"]
        given = {"deed": "assign", "to": "me", "case": [number(desk, "INV-2"), other]}
        with time_machine.travel(LATER, tick=False):
            said = desk.agent.client().post(DEEDS, given, follow=True).content.decode()
            strange = desk.stranger.client().post(DEEDS, given)

        assert "INV-2: your role may not assign it" in said
        assert "assigned" not in kinds_of(other)
        assert strange.status_code == 404

    @pytest.mark.parametrize(
        "given",
        [
            {},
            {"case": "1", "to": "staff:999999"},
            {"case": "x" * 30, "to": "me"},
            {"case": "1", "deed": "label", "topic": "no-such"},
        ],
    )
    def test_nothing_chosen_changes_nothing(self, desk: Cast, given: dict) -> None:
        before = Step.objects.count()
        assert desk.owner.client().get(DEEDS, given).status_code == 302
        assert desk.owner.client().post(DEEDS, given).status_code == 302
        assert Step.objects.count() == before


class TestHandover:
    def test_every_open_case_says_its_next_step(self, desk: Cast) -> None:
        take_step(
            case_id=number(desk, "INV-4"),
            kind="sent_back",
            at=tokyo(30, 16, month=7),
            by=key(desk.engineer),
            role="cre",
            words="?",
            detail={"missing": ["version", "スクリーンショット"]},
        )
        with time_machine.travel(LATER, tick=False):
            rows = csv_rows(desk.engineer.client(), "/w/tanuki/handover/")
            page = shown(desk.engineer.client(), "/w/tanuki/handover/", "ja")

        assert {row["Case"]: row["Next step"] for row in rows} == {
            "INV-2": "CRE should have answered by Mon 8 June 18:00.",
            "INV-3": "CRE should have answered by Tue 9 June 18:00.",
            "INV-4": "The filer has to supply: version, スクリーンショット.",
            "INV-5": "The filer has to supply the missing facts, since Mon 8 June 15:00.",
            "INV-6": "CRE has to take it, and to answer by Tue 4 August 18:00.",
            "Q-0": "CS has to answer; nothing says by when.",
            "Q-1": "Waits for the customer since Thu 30 July 15:00.",
            "Q-2": "CS has to answer; nothing says by when.",
        }
        assert "7月30日（木）15:00からお客さまの返信を待っています。" in page
        assert next(row for row in rows if row["Case"] == "Q-0")["Person"] == "鈴木"


def define(desk: Cast, topic: str) -> None:
    define_topic(
        workspace_id=desk.workspace.id,
        key=topic,
        name_en="Bill",
        name_ja="請求",
        definition="x",
        at=LATER,
        by=BY,
    )


def kinds_of(case_id: int) -> list[str]:
    return list(Step.objects.filter(case_id=case_id).values_list("kind", flat=True))

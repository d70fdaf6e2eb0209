"""Kobayashi brings the trends of June into the sprint, and asks in July what became of them."""

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pytest
import time_machine
from click.testing import CliRunner
from django.utils.html import strip_tags

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope
from shinrai.customers.queries import person_keys
from shinrai.desk.operations.defects import fix_defect, link_defect
from shinrai.desk.queries.defects import defects
from shinrai.ledger.queries import case_head
from shinrai.privacy.operations import destroy_key
from shinrai.reports.commands.sprint import group
from shinrai.reports.models import DigestItem
from shinrai.reports.operations.digest_preparing import draft_digest, prepare_digest
from shinrai.reports.operations.digests import (
    DigestRefused,
    add_proposal,
    close_digest,
    decide_item,
    edit_item,
    open_digest,
)
from shinrai.reports.queries.digest_documents import digest_document, digest_file
from shinrai.reports.queries.digests import DigestRecord, digest_named
from shinrai.reports.rules.digest import BadDigest, DecisionRequest, DigestRequest
from shinrai.reports.tasks import prepare_sprint
from shinrai.satisfaction.models import SurveyAnswer
from shinrai.satisfaction.operations.answers import label_quote, record_answers
from shinrai.topics.operations.codebook import define_topic
from tests.api.caller import key_of
from tests.reports.sprint_stage import AFTER, LATER, NEXT, SPRINT, Desk, open_sprint
from tests.satisfaction.surveys import answer, moment, nps_wave, persons

pytestmark = [pytest.mark.django_db(transaction=True)]
BY = "member:kobayashi"
TICKET = "https://tracker.example.com/DEV-12"
PLACE = "/w/kitsune/sprint/"


@pytest.fixture
def desk(settings, tmp_path) -> Desk:
    return open_sprint(settings, tmp_path)


@pytest.fixture
def drafted(desk: Desk) -> Desk:
    draft_digest(workspace=desk.workspace, asked=SPRINT, at=LATER, by=BY)
    return desk


def items(found: DigestRecord) -> list[tuple[str, str, str]]:
    return [(one.kind, one.topic, one.horizon) for one in found.items]


def number(found: DigestRecord, kind: str, topic: str) -> int:
    [one] = [one.number for one in found.items if (one.kind, one.topic) == (kind, topic)]
    return one


def decide(desk: Desk, kind: str, topic: str, **asked) -> DigestRecord:
    found = digest_named(workspace_id=desk.workspace.id, key="2026-S24")
    return decide_item(
        workspace=desk.workspace, key="2026-S24", number=number(found, kind, topic),
        asked=DecisionRequest(**asked), at=LATER, by=BY,
    )  # fmt: skip


def test_the_first_digest_has_what_rose_and_is_heavy_by_people_not_by_mails(drafted: Desk) -> None:
    found = digest_named(workspace_id=drafted.workspace.id, key="2026-S24")

    assert items(found) == [
        ("rise", "login", ""),
        ("rise", "grading", ""),
        ("chronic", "billing", ""),
        ("proposal", "login", "short"),
        ("proposal", "billing", "middle"),
    ]  # 50 mails of one person are no rise, nor are 14 equal advertisements
    login, grading, billing = (found.items[n].evidence for n in range(3))
    assert (login["customers"], login["silent"]["silent"]) == (9, 21)
    assert login["event"]["name"] == "5.3"
    assert grading["customers"] == 12
    assert (billing["customers"], billing["weeks"]) == (39, 13)
    assert billing["a_month"]["n"] == 12
    assert billing["a_month"]["low"] < 13.0 < billing["a_month"]["high"]
    assert "unknown" in billing["minutes"]
    assert found.past == ()


def test_the_next_begins_with_what_became_of_it_and_nothing_falls_between(drafted: Desk) -> None:
    """Login is taken and fixed, billing declined; nobody speaks of grading."""
    there = drafted.workspace.id
    decide(drafted, "proposal", "login", verdict="taken", ticket=TICKET, owner="森")
    found = decide(
        drafted, "proposal", "billing", verdict="declined", reason="The invoice changes in autumn."
    )
    assert found.undecided == [number(found, "rise", "grading")]
    closed = close_digest(workspace_id=there, key="2026-S24", at=LATER, by=BY)
    assert closed.carried == (number(found, "rise", "grading"),)
    head = case_head(workspace_id=there, record="inquiry", source_key="OUT-0")
    assert head is not None
    link_defect(case_id=head.id, url=TICKET, title="Sign-in", at=LATER, by=BY)
    [defect] = defects(workspace_id=there)
    fix_defect(workspace_id=there, defect_id=defect.id, release="5.4", at=LATER, by=BY)
    client = drafted.cast.agent.client()
    item = client.get(f"{PLACE}2026-S24/", {"lang": "en"}).content.decode()
    assert f"/w/kitsune/defects/{defect.id}/" in item, "where people are told is one step away"
    drafted.publish(AFTER)

    new = draft_digest(workspace=drafted.workspace, asked=NEXT, at=AFTER, by=BY)

    past = {(one.item.kind, one.item.topic): one for one in new.past}
    asked = {(one.kind, one.topic) for one in closed.items if one.kind != "quote"}
    assert set(past) == asked, "every item of the last digest is accounted for"
    login = past["proposal", "login"]
    assert login.defect is not None
    assert (login.defect["release"], login.defect["told"]) == ("5.4", {"count": 0, "of": 1})
    assert login.found["weeks"]["answer"] == "fell"
    assert login.found["weeks"]["before"] == 9
    assert past["proposal", "billing"].item.verdict == "declined"
    [carried] = [one for one in new.items if one.carried_from]
    assert (carried.topic, carried.carried_from) == ("grading", "2026-S24")
    page = client.get(f"{PLACE}2026-S25/", {"lang": "en"}).content.decode()
    first = page.index("What became of the last digest")
    assert first < page.index("What rose")
    words = " ".join(strip_tags(page).split())
    assert "Fixed in 5.4; told 0 of 1." in words
    assert "Customers a week fell from 2.2 to 0.0" in words
    assert "Declined. Reason: The invoice changes in autumn." in words
    assert "carried over from 2026-S24" in words
    assert f"/w/kitsune/defects/{defect.id}/" in page


@pytest.mark.parametrize("decided", [("rise",), ("chronic", "proposal")])
def test_whatever_is_decided_every_item_is_in_the_next_digest(
    drafted: Desk, decided: tuple[str, ...]
) -> None:
    found = digest_named(workspace_id=drafted.workspace.id, key="2026-S24")
    for one in found.items:
        if one.kind in decided:
            decide_item(
                workspace=drafted.workspace, key=found.key, number=one.number,
                asked=DecisionRequest("later", until=date(2026, 7, 1)), at=LATER, by=BY,
            )  # fmt: skip
    close_digest(workspace_id=drafted.workspace.id, key=found.key, at=LATER, by=BY)

    new = draft_digest(workspace=drafted.workspace, asked=NEXT, at=AFTER, by=BY)

    told = {one.item.id for one in new.past}
    assert told == {one.id for one in found.items}
    covered = {one.topic for one in found.items if one.kind in decided and one.kind == "proposal"}
    back = {(one.kind, one.topic) for one in new.items if one.carried_from}
    assert back == {
        (one.kind, one.topic)
        for one in found.items
        if one.kind in decided or one.kind == "proposal" or one.topic not in covered
    }


def test_people_read_edit_decide_and_close_on_the_page(drafted: Desk) -> None:
    client = drafted.cast.owner.client()
    with time_machine.travel(LATER, tick=False):
        ours = _member_of_kitsune(drafted)
        page = ours.get(f"{PLACE}2026-S24/", {"lang": "en"}).content.decode()
        assert "21 more were affected and wrote nothing" in page
        assert "release=all&amp;topic=login&amp;mode=&amp;from=2026-06-20" in page
        refused = ours.post(f"{PLACE}2026-S24/items/1/", {"deed": "decide", "verdict": "declined"})
        assert refused.status_code == 422
        assert "Say why it is declined" in refused.content.decode()
        long = ours.post(f"{PLACE}2026-S24/items/4/", {"deed": "edit", "text": "あ" * 10_000})
        assert long.status_code == 422
        assert "あ" * 10_000 in long.content.decode(), "what was typed is not lost"
        said = {"deed": "edit", "text": "Sign in by passkey <b>", "horizon": "long", "place": "1"}
        ours.post(f"{PLACE}2026-S24/items/4/", said)
        ours.post(f"{PLACE}2026-S24/steps/", {"deed": "add", "text": "Ask", "horizon": "short"})
        page = ours.get(f"{PLACE}2026-S24/", {"lang": "en"}).content.decode()
        assert "Sign in by passkey &lt;b&gt;" in page
        assert "Proposed by people" in page
        closed = ours.post(f"{PLACE}2026-S24/steps/", {"deed": "close"}, follow=True)
        assert "come into the next digest by themselves" in closed.content.decode()
        late = ours.post(f"{PLACE}2026-S24/items/1/", {"deed": "decide", "verdict": "taken",
                                                       "owner": "Mori"})  # fmt: skip
        assert late.status_code == 422
        assert "is closed: it stays as it was" in late.content.decode()
        listed = ours.get(PLACE, {"lang": "en"}).content.decode()
    assert "The last digest, 2026-S24, is closed" in listed
    whats = set(AuditEntry.objects.values_list("what", flat=True))
    assert {"open digest", "prepare digest", "edit digest", "close digest"} <= whats
    assert client.get(f"{PLACE}2026-S99/").status_code == 404


def _member_of_kitsune(desk: Desk):
    from shinrai.accounts.operations.members import invite

    invite(
        email="kobayashi@tanuki.example", workspace_id=desk.workspace.id, roles=[Role.MANAGER],
        display_name="小林", at=LATER, by=BY,
    )  # fmt: skip
    return desk.cast.manager.client()


def test_it_is_taken_along_as_notes_issues_and_a_file_for_jira(drafted: Desk) -> None:
    there = drafted.workspace.id
    edit_item(workspace_id=there, key="2026-S24", number=5, text="=HYPERLINK(1)", at=LATER, by=BY)
    found = digest_named(workspace_id=there, key="2026-S24", has_words=True)

    notes = digest_file(found, "markdown", "en")
    assert notes.startswith("# Sprint digest 2026-S24: 2026-06-08 to 2026-06-21\n")
    assert "- It began 1 day after 5.3.\n" in notes
    issues = [json.loads(line) for line in digest_file(found, "github", "en").splitlines()]
    assert [set(one) for one in issues] == [{"title", "body", "labels"}] * 2
    assert issues[0]["labels"] == ["sprint-digest", "horizon-short"]
    rows = list(csv.DictReader(io.StringIO(digest_file(found, "jira", "ja"))))
    assert list(rows[0]) == ["Summary", "Description", "Issue Type", "Labels", "Priority"]
    assert rows[1]["Summary"] == "'=HYPERLINK(1)", "a spreadsheet computes nothing"
    decide(drafted, "proposal", "login", verdict="declined", reason="no")
    one = digest_named(workspace_id=there, key="2026-S24")
    assert len(digest_file(one, "github", "en").splitlines()) == 1, "what is declined is no issue"
    assert digest_document(one)["undecided"] == [2, 3, 5]


def test_commands_do_what_the_page_does(desk: Desk) -> None:
    def run(*words: str) -> tuple[int, str]:
        answer = CliRunner().invoke(group, ["sprint", *words, "--workspace", "kitsune"])
        return answer.exit_code, answer.output

    with time_machine.travel(LATER, tick=False):
        assert run("draft", "--key", "S24", "--to", "2026-06-21")[0] == 0
        assert run("draft", "--key", "S25")[0] == 2, "one digest is open at a time"
        assert run("propose", "S24", "--text", "Ask them", "--horizon", "long")[0] == 0
        assert run("edit", "S24", "6", "--text", "Ask all of them")[0] == 0
        assert run("decide", "S24", "1", "declined")[0] == 2
        assert run("decide", "S24", "1", "taken", "--owner", "Mori")[0] == 0
        assert "Ask all of them" in run("show", "S24")[1]
        assert run("export", "S24", "--format", "jira")[1].startswith("Summary,Description")
        assert run("close", "S24")[0] == 0
        code, said = run("list", "--json")
    assert code == 0
    [one] = json.loads(said)["digests"]
    assert (one["state"], one["items"][0]["decision"]["owner"]) == ("closed", "Mori")


class TestWithoutInquiries:
    """An empty company, on Monday 22 June."""

    @pytest.fixture(autouse=True)
    def empty(self, cast, settings, tmp_path):
        settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
        self.there = cast.workspace
        self.cast = cast

    def opened(self, asked: DigestRequest = SPRINT) -> DigestRecord:
        return open_digest(workspace=self.there, asked=asked, at=LATER, by=BY)

    @pytest.mark.parametrize(
        ("asked", "field"),
        [
            (replace(SPRINT, last=date(2026, 7, 5)), "last"),
            (replace(SPRINT, first=date(2026, 6, 22)), "first"),
            (replace(SPRINT, first=date(2020, 1, 1)), "first"),
            (replace(SPRINT, key="../etc"), "key"),
            (replace(SPRINT, key="new"), "key"),
        ],
    )
    def test_a_period_or_key_that_cannot_be_is_refused(self, asked, field) -> None:
        with pytest.raises(BadDigest) as refused:
            self.opened(asked)
        assert refused.value.field == field

    def test_a_second_open_digest_is_refused_and_one_of_the_same_days_too(self) -> None:
        self.opened()
        with pytest.raises(DigestRefused):
            self.opened(replace(SPRINT, key="again"))
        prepared = prepare_digest(workspace=self.there, key="2026-S24", at=LATER, by=BY)
        assert prepared.items == ()
        assert prepare_digest(workspace=self.there, key="2026-S24", at=LATER, by=BY) == prepared
        close_digest(workspace_id=self.there.id, key="2026-S24", at=LATER, by=BY)
        with pytest.raises(BadDigest):
            self.opened(replace(SPRINT, key="again"))

    def test_while_it_is_prepared_nothing_is_decided_and_the_page_says_so(self) -> None:
        client = self.cast.manager.client()
        with time_machine.travel(LATER, tick=False):
            made = client.post("/w/tanuki/sprint/new/", {"first": "2026-06-08",
                               "last": "2026-06-21", "key": "S24"}, follow=True)  # fmt: skip
            assert (
                "being prepared" in strip_tags(made.content.decode())
                or "準備" in made.content.decode()
            )
            wrong = client.post("/w/tanuki/sprint/new/", {"first": "x", "last": "2026-06-21"})
        assert wrong.status_code == 422
        with pytest.raises(DigestRefused):
            close_digest(workspace_id=self.there.id, key="S24", at=LATER, by=BY)

    def test_a_program_does_the_same_over_the_api(self) -> None:
        key = key_of(self.there, Role.CRE_ENGINEER, Scope.WRITE)
        with time_machine.travel(LATER, tick=False):
            asked = {"first": "2026-06-08", "last": "2026-06-21", "key": "S24"}
            assert key.post("sprint-digests", **asked).json()["state"] == "preparing"
            assert key.post("sprint-digests/S24/close").status_code == 409, "not prepared yet"
            prepare_sprint("tanuki", "S24")
            key.post("sprint-digests/S24/items", text="=Ask", horizon="long")
            one = "sprint-digests/S24/items/1"
            assert key.put(one, text="+Ask all").json()["items"][0]["text"] == "+Ask all"
            refused = key.post(f"{one}/decisions", verdict="declined")
            assert refused.status_code == 422
            key.post(f"{one}/decisions", verdict="taken", owner="Mori")
            closed = key.post("sprint-digests/S24/close").json()
            assert (closed["state"], closed["carried"]) == ("closed", [])
            assert key.post(f"{one}/decisions", verdict="taken", owner="S").status_code == 409
            file = key.get("sprint-digests/S24/files/jira").content.decode()
            assert "'+Ask all" in file
            assert key.get("sprint-digests/S99").status_code == 404
            [listed] = key.get("sprint-digests").json()["digests"]
        assert listed["items"][0]["decision"]["owner"] == "Mori"
        assert AuditEntry.objects.filter(kind="export").exists()

    def test_a_proposal_needs_words_a_horizon_and_no_more_than_a_page(self) -> None:
        draft_digest(workspace=self.there, asked=SPRINT, at=LATER, by=BY)
        asked = {"workspace_id": self.there.id, "key": "2026-S24", "at": LATER, "by": BY}
        for text, horizon in (("", "long"), ("Ask", "soon"), ("x" * 10_240, "long")):
            with pytest.raises(BadDigest):
                add_proposal(**asked, text=text, horizon=horizon)
        made = add_proposal(**asked, text="Ask", horizon="long")
        decision = DecisionRequest("later", until=date(2026, 6, 1))
        with pytest.raises(BadDigest):
            decide_item(workspace=self.there, key=made.key, number=1, asked=decision, at=LATER,
                        by=BY)  # fmt: skip


def test_a_quote_is_masked_and_gone_once_its_author_is_erased(desk: Desk) -> None:
    """Aoi writes in April about her bill, with her number."""
    there = desk.workspace.id
    define_topic(
        workspace_id=there, key="billing", name_en="Billing", name_ja="請求", at=LATER, by=BY
    )
    [aoi] = persons(there, "aoi").values()
    said = answer(aoi, "1", 3, "請求が分かりません。電話は090-1234-5678です。")
    record_answers(wave=nps_wave(there), answers=[said], at=moment(4, 2))
    number = SurveyAnswer.objects.get().pk
    label_quote(workspace_id=there, answer=number, topic="billing", at=LATER, by=BY)
    draft_digest(workspace=desk.workspace, asked=SPRINT, at=LATER, by=BY)

    [quote] = DigestItem.objects.filter(kind="quote")
    assert quote.evidence == {"answer": number, "survey": "nps", "score": 3}
    client = _member_of_kitsune(desk)
    page = client.get(f"{PLACE}2026-S24/", {"lang": "en"}).content.decode()
    assert "請求が分かりません" in page
    assert "090-1234-5678" not in page
    assert AuditEntry.objects.filter(what="quotes of a digest").exists()
    [key] = person_keys(workspace_id=there, numbers=[aoi]).values()
    destroy_key(workspace_id=there, key_id=key)
    page = client.get(f"{PLACE}2026-S24/", {"lang": "en"}).content.decode()
    assert "請求が分かりません" not in page
    assert "These words are no longer there" in page

"""E-401 is fixed in 3.3 on Wednesday 10 June: whom a mail reaches, and whom it never does."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail

from shinrai.accounts.models import Workspace
from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope
from shinrai.customers.operations import LinkRequest, link_persons, record_customers
from shinrai.delivery.models import Outbox
from shinrai.delivery.sender import send_due
from shinrai.desk.models import SilentAffected, ToldBack
from shinrai.desk.operations import silent_affected
from shinrai.desk.operations.defects import fix_defect, link_defect
from shinrai.desk.operations.silent_affected import find_silent
from shinrai.desk.operations.tell_back import (
    approve_text,
    follow_tell_backs,
    propose_text,
    set_silent_policy,
)
from shinrai.desk.queries.tell_back import tell_back
from shinrai.desk.rules.defects import BadDefect
from shinrai.erasure.operations.persons import CustomerName, erase
from shinrai.family.operations.guardians import GuardianDetails
from shinrai.family.operations.links import claim_code, confirm_link, make_code
from shinrai.inquiries.operations import receive_inquiry
from shinrai.usage.operations.events import ACTORS
from tests.api.caller import key_of
from tests.cast import Cast
from tests.desk.stage import tokyo

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
TEXT = "{title}は {release} で直りました。"
FIXED = tokyo(10, 12)
HANAKO, TARO, KIMURA = "hanako@example.com", "taro@example.com", "kimura@example.com"


@pytest.fixture(autouse=True)
def _here(settings: Any, tmp_path: Any) -> None:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def customers(cast: Cast, *names: str, source: str = "desk") -> dict[str, int]:
    found = record_customers(
        workspace_id=cast.workspace.id, source=source, identifiers=names, at=tokyo(1, 9)
    )
    return {name: one.id for name, one in found.items()}


def fix(cast: Cast, number: int, release: str = "3.3", at: Any = FIXED) -> None:
    fix_defect(workspace_id=cast.workspace.id, defect_id=number, release=release, at=at, by="s")


def defect(cast: Cast, *names: str, source: str = "desk") -> int:
    """Let these write of no sound, and fix it."""
    number = 0
    for place, name in enumerate(names, 1):
        found = record_customers(
            workspace_id=cast.workspace.id, source=source, identifiers=[name], at=tokyo(1, 9)
        )[name]
        case_id = receive_inquiry(
            workspace_id=cast.workspace.id, source_key=f"Q-{place}", at=tokyo(8, 9),
            by="customer:1", words="無音です", customer=(found.id, found.key_id),
        )  # fmt: skip
        number = link_defect(
            case_id=case_id, url="https://t.example/E-401", title="無音", at=tokyo(8, 10), by="s"
        )
    fix(cast, number)
    return number


def link(cast: Cast, learner: int, guardian: int, until: date | None = None) -> None:
    there = (cast.workspace.id, learner, guardian, "C-1", date(2026, 5, 1), until, "form")
    link_persons(LinkRequest(*there), at=tokyo(1, 9), by="test")


def silent(cast: Cast, number: int, *persons: int, policy: str = "mail") -> None:
    """Let the worker have found these."""
    set_silent_policy(workspace_id=cast.workspace.id, silent=policy, at=FIXED, by="staff:1")
    fix_id = there(cast, number).fix_id
    SilentAffected.objects.update_or_create(
        fix_id=fix_id, defaults={"persons": sorted(persons), "at": FIXED}
    )


def there(cast: Cast, number: int) -> Any:
    found = tell_back(workspace=cast.workspace, number=number, at=FIXED)
    assert found is not None
    return found


def states(cast: Cast, number: int) -> dict[int, str]:
    return {one.person: one.state for one in there(cast, number).recipients if one.person}


def tell(cast: Cast, number: int) -> int:
    by, boss = cast.engineer.member, cast.manager.member
    assert by is not None
    assert boss is not None
    propose_text(workspace=cast.workspace, number=number, text=TEXT, at=FIXED, by=by.key)
    return approve_text(workspace=cast.workspace, number=number, at=FIXED, by=boss)


def sent() -> dict[str, Any]:
    send_due(clock=lambda: FIXED + timedelta(minutes=1))
    return {one.to[0]: one for one in mail.outbox}


class TestChildren:
    def test_a_child_whose_guardian_has_gone_is_never_written_to(self, cast: Cast) -> None:
        """Hana signs in by a mail address of her own; her guardian's link ended on 1 June."""
        number = defect(cast, "hana@school.example")
        people = customers(cast, "hana@school.example", KIMURA)
        link(cast, people["hana@school.example"], people[KIMURA], until=date(2026, 6, 1))

        assert states(cast, number) == {people["hana@school.example"]: "no_guardian"}
        with pytest.raises(BadDefect, match="nobody to write to"):
            tell(cast, number)
        assert not Outbox.objects.exists()

    def test_nor_when_the_guardian_was_erased(self, cast: Cast) -> None:
        number = defect(cast, "hana@school.example")
        people = customers(cast, "hana@school.example", KIMURA)
        link(cast, people["hana@school.example"], people[KIMURA])
        assert states(cast, number)[people["hana@school.example"]] == "ready"

        erase(CustomerName(cast.workspace, "desk", KIMURA), at=FIXED, by="staff:1")

        assert states(cast, number)[people["hana@school.example"]] == "no_guardian"

    def test_a_guardian_who_gave_an_address_for_weekly_mail_is_told(self, cast: Cast) -> None:
        number = defect(cast, "hana", source=ACTORS)
        made = make_code(workspace=cast.workspace, learner="hana", at=tokyo(2, 9), by="test")
        claim = claim_code(
            workspace=cast.workspace, guardian="g-1", code=made.code,
            details=GuardianDetails(address=KIMURA), at=tokyo(2, 9), by="test",
        )  # fmt: skip
        assert claim is not None
        assert claim.guardian is not None
        hana = claim.learner
        assert states(cast, number) == {hana: "no_guardian"}  # both sides did not say so yet

        confirm_link(
            workspace=cast.workspace, learner_id=hana, guardian_id=claim.guardian,
            at=tokyo(2, 10), by="test",
        )  # fmt: skip
        assert tell(cast, number) == 1
        assert list(sent()) == [KIMURA]
        assert follow_tell_backs(at=FIXED + timedelta(minutes=2)) == 1  # Hana's case

    def test_two_siblings_and_their_mother_are_one_mail(self, cast: Cast) -> None:
        number = defect(cast, "hana", "ken", KIMURA)
        people = customers(cast, "hana", "ken", KIMURA)
        for child in ("hana", "ken"):
            link(cast, people[child], people[KIMURA])

        assert set(states(cast, number).values()) == {"ready"}
        assert tell(cast, number) == 1
        assert list(sent()) == [KIMURA]
        assert follow_tell_backs(at=FIXED + timedelta(minutes=2)) == 3
        assert set(states(cast, number).values()) == {"sent"}


class TestSilent:
    def test_who_is_not_known_to_be_an_adult_is_left_alone(self, cast: Cast) -> None:
        number = defect(cast, HANAKO)
        people = customers(cast, TARO, KIMURA, "hana")
        link(cast, people["hana"], people[KIMURA])
        silent(cast, number, people[TARO], people[KIMURA])
        assert states(cast, number)[people[TARO]] == "unsure"
        assert states(cast, number)[people[KIMURA]] == "ready"

        silent(cast, number, people[TARO], people["hana"], policy="all")
        assert states(cast, number)[people[TARO]] == "ready"
        assert there(cast, number).recipients[-1].written_to in (people[KIMURA], people[TARO])

    def test_their_mail_says_why_it_came_and_how_to_stop(self, cast: Cast) -> None:
        number = defect(cast, HANAKO)
        people = customers(cast, TARO)
        silent(cast, number, people[TARO], policy="all")
        tell(cast, number)
        mails = sent()

        unasked, asked = mails[TARO], mails[HANAKO]
        assert unasked.subject != asked.subject
        assert "List-Unsubscribe" not in asked.extra_headers
        assert unasked.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        stop = unasked.extra_headers["List-Unsubscribe"].strip("<>")
        assert stop in unasked.body
        path = "/told/" + stop.partition("/told/")[2]

        visitor = cast.nobody.client()
        assert "<button" in visitor.get(path).content.decode()
        fix(cast, number, "3.4", FIXED + timedelta(days=1))
        silent(cast, number, people[TARO], policy="all")
        assert states(cast, number)[people[TARO]] == "ready"  # a program that looked stops nothing
        assert visitor.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert states(cast, number)[people[TARO]] == "stopped"
        assert visitor.post("/told/stop/nonsense/").status_code == 410

    def test_nothing_is_approved_before_the_worker_has_looked(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        number = defect(cast, HANAKO)
        taro = customers(cast, TARO)[TARO]
        monkeypatch.setattr(silent_affected, "silent_affected", lambda **_: {taro})
        assert find_silent(at=FIXED) == 0  # they are told nothing here
        set_silent_policy(workspace_id=cast.workspace.id, silent="all", at=FIXED, by="staff:1")
        with pytest.raises(BadDefect, match="looked up"):
            tell(cast, number)

        assert (find_silent(at=FIXED), find_silent(at=FIXED)) == (1, 0)
        boss = cast.manager.member
        assert boss is not None
        assert approve_text(workspace=cast.workspace, number=number, at=FIXED, by=boss) == 2
        assert find_silent(at=FIXED + timedelta(days=2)) == 0  # everybody was told


class TestWaiting:
    def test_a_newer_release_takes_back_what_did_not_leave(self, cast: Cast) -> None:
        number = defect(cast, HANAKO)
        tell(cast, number)
        fix(cast, number, "3.4", FIXED + timedelta(seconds=1))

        assert sent() == {}
        assert tell(cast, number) == 1
        assert "3.4" in sent()[HANAKO].body

    def test_erasing_one_takes_their_mail_and_leaves_the_others(self, cast: Cast) -> None:
        number = defect(cast, HANAKO, TARO)
        people = customers(cast, HANAKO, TARO)
        tell(cast, number)
        erase(CustomerName(cast.workspace, "desk", HANAKO), at=FIXED, by="staff:1")
        assert not Outbox.objects.filter(state="waiting").exists()
        assert states(cast, number) == {people[HANAKO]: "erased", people[TARO]: "waiting"}

        for minute in (1, 2):
            follow_tell_backs(at=FIXED + timedelta(minutes=minute))
        assert list(sent()) == [TARO]
        follow_tell_backs(at=FIXED + timedelta(minutes=3))
        assert states(cast, number)[people[TARO]] == "sent"
        assert ToldBack.objects.count() == 1

    def test_erasing_afterwards_empties_what_was_sent(self, cast: Cast) -> None:
        number = defect(cast, HANAKO)
        tell(cast, number)
        sent()
        erase(CustomerName(cast.workspace, "desk", HANAKO), at=FIXED, by="staff:1")

        [row] = Outbox.objects.all()
        assert (row.content, bytes(row.target)) == ({}, b"")


class TestRefused:
    def test_without_a_mail_server_and_in_made_up_data(self, cast: Cast, settings: Any) -> None:
        number = defect(cast, HANAKO)
        settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
        with pytest.raises(BadDefect, match="No mail server"):
            tell(cast, number)
        Workspace.objects.filter(pk=cast.workspace.id).update(declared_simulated=True)
        page = cast.manager.client().get(
            f"/w/tanuki/defects/{number}/tell-back/", headers={"Accept-Language": "en"}
        )

        assert "This workspace is simulated: no mail leaves it." in page.content.decode()
        assert not Outbox.objects.exists()


class TestApi:
    def test_one_key_proposes_and_another_approves(self, cast: Cast) -> None:
        number = defect(cast, HANAKO)
        one, other = (key_of(cast.workspace, Role.CRE_ENGINEER, Scope.WRITE) for _ in range(2))
        path = f"defects/{number}/tell-back"
        with time_machine.travel(FIXED, tick=False):
            assert one.post(path, text=TEXT).status_code == 201
            assert one.post(f"{path}/approve").status_code == 422
            assert other.post(f"{path}/return", reason="shorter").status_code == 201
            one.post(path, text=TEXT)

            assert other.post(f"{path}/approve").json()["messages"] == 1
        found = one.get(path).json()
        assert (found["told_back"], found["cases"]) == (
            {"count": 0, "of": 1},
            {"count": 0, "of": 1},
        )
        assert list(sent()) == [HANAKO]

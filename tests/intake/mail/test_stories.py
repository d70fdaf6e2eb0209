"""Tuesday 9 June 2026 at Tanuki Juku: mail comes in, is answered, goes round, comes back."""

from datetime import timedelta
from typing import Any

import pytest

from shinrai.customers.queries import customer_by_identifier
from shinrai.delivery import sender
from shinrai.delivery.models import Outbox
from shinrai.desk.models import CaseFile
from shinrai.desk.operations.actions import ActionRequest, act
from shinrai.erasure.operations.persons import CustomerName, erase
from shinrai.inquiries.queries import inquiries_of
from shinrai.inquiries.rules.replay import Inquiry
from shinrai.intake.mail.message import LARGEST
from shinrai.intake.mail.replies import settle_sent
from shinrai.intake.mail.tokens import message_id
from shinrai.intake.models import Connection, Receipt, Thread
from shinrai.intake.operations.receipts import handle_waiting
from shinrai.intake.operations.threads import retry_thread, tell_threads
from shinrai.intake.queries import connection_view, untold_threads
from shinrai.investigations.rules.replay import replay
from shinrai.ledger.models import Case
from shinrai.ledger.queries import steps_of
from shinrai.ledger.rules.steps import Step, standing
from shinrai.privacy.operations import read_words
from tests.cast import Cast, Person
from tests.desk.stage import NOW, OFFICE, promise, tokyo
from tests.intake.mail.mailbox import ADDRESS, YUI, come, connect_mailbox, mail

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 200


@pytest.fixture
def there(cast: Cast) -> int:
    return connect_mailbox(cast.workspace, hosts="kitsune.example")


def state(cast: Cast, case_id: int) -> Inquiry:
    return inquiries_of([case_id], workspace_id=cast.workspace.id)[case_id]


def steps(cast: Cast, case_id: int) -> list[Step]:
    return standing(steps_of([case_id], workspace_id=cast.workspace.id)[case_id])


def words(cast: Cast, case_id: int) -> list[str]:
    found = [step.words_id for step in steps(cast, case_id) if step.words_id is not None]
    read = read_words(found)
    return [read[one] for one in found]


def reply(case_id: int, by: Person, text: str, *, then: str = "solved", at: Any = NOW) -> None:
    assert by.member is not None
    given = {"message": text, "then": then}
    act(ActionRequest(case_id, "reply", given, by.member, at + MINUTE))


def sent() -> list[dict[str, Any]]:
    tell_threads(clock=lambda: NOW + 2 * MINUTE)
    return list(Outbox.objects.order_by("id").values_list("content", flat=True))


def settle(there: int) -> None:
    row = Connection.objects.get(id=there)
    settle_sent(connection_view(row), at=NOW + timedelta(hours=1))


# --- what opens an inquiry --------------------------------------------------------------------


def test_a_mail_opens_an_inquiry_whose_clock_begins_where_our_host_took_it_in(
    cast: Cast, there: int
) -> None:
    one = mail(at=tokyo(9, 11))
    one.replace_header("Date", "Mon, 01 Jun 2020 10:00:00 +0900")  # whatever a sender likes
    del one["Received"]
    for line in (
        "from mx.kitsune.example by store.kitsune.example; Tue, 09 Jun 2026 12:30:00 +0900",
        "from home.example by mx.kitsune.example; Tue, 09 Jun 2026 11:00:00 +0900",
        "from lies.example by mx.kitsune.example; Tue, 02 Jun 2026 11:00:00 +0900",
    ):
        one["Received"] = line

    [found] = come(there, one)

    assert found["state"] == "done"
    assert state(cast, found["case"]).received_at == tokyo(9, 11)
    assert words(cast, found["case"]) == ["Pen\n\nThe pen draws nothing."]
    customer = customer_by_identifier(workspace_id=cast.workspace.id, source="mail", identifier=YUI)
    assert customer is not None
    assert Case.objects.get().customer_id == customer.id


@pytest.mark.parametrize("charset", ["iso-2022-jp", "shift_jis", "euc-jp", "utf-8"])
def test_japanese_is_read_in_the_charsets_it_comes_in(cast: Cast, there: int, charset: str) -> None:
    one = mail()
    one.set_content("ペンで何も描けません。", charset=charset)
    one.replace_header("Subject", "ペンについて")

    [found] = come(there, one)

    assert words(cast, found["case"]) == ["ペンについて\n\nペンで何も描けません。"]


def test_html_becomes_text_and_nothing_of_it_runs(cast: Cast, there: int) -> None:
    one = mail()
    one.set_content(
        "<style>p{}</style><p>The <b>pen</b></p><script>alert(1)</script><p>is white.</p>",
        subtype="html",
    )

    [found] = come(there, one)

    assert words(cast, found["case"]) == ["Pen\n\nThe pen\n\nis white."]


def test_files_are_kept_by_their_content_and_the_others_are_named(cast: Cast, there: int) -> None:
    one = mail()
    one.add_attachment(PNG, maintype="image", subtype="png", filename="../../pen.png")
    one.add_attachment(b"MZ\x90\0", maintype="image", subtype="png", filename="pen2.png")

    [found] = come(there, one)

    [kept] = CaseFile.objects.all()
    assert (kept.media_type, read_words([kept.name_words_id])) == (
        "image/png",
        {kept.name_words_id: ".. .. pen.png"},
    )
    assert "pen2.png" in words(cast, found["case"])[0]


def test_the_same_mail_twice_is_one_and_another_of_its_name_is_another(
    cast: Cast, there: int
) -> None:
    again = mail()
    again.replace_header("Received", "from list.example by mx.kitsune.example; " + again["Date"])
    other = mail("Quite another matter.", by="ren@home.example")

    found = come(there, mail(), again, other)

    assert found[0] == found[1]
    assert Case.objects.count() == 2


# --- what opens nothing -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Auto_Submitted": "auto-replied"}, "Auto-Submitted"),
        ({"X_Autoreply": "yes"}, "X-Autoreply"),
        ({"Precedence": "bulk"}, "Precedence"),
        ({"subject": "Automatic reply: Pen"}, "Subject"),
        ({"subject": "【自動返信】お問い合わせありがとうございます"}, "Subject"),
        ({"subject": "不在通知：6月9日"}, "Subject"),
        ({"X_Loop": ADDRESS}, "our own mail"),
        ({"by": ADDRESS}, "our own mail"),
        ({"by": "MAILER-DAEMON@mx.home.example"}, "mail server"),
    ],
)
def test_a_machine_opens_nothing_and_the_reason_is_shown(
    there: int, headers: dict[str, str], why: str
) -> None:
    [found] = come(there, mail(**headers))

    assert (found["state"], found["case"]) == ("ignored", None)
    assert why in found["why"]


@pytest.mark.parametrize("subject", ["自動返信メールが届きません", "Automatic replies fail"])
def test_who_asks_about_automatic_answers_is_no_machine(there: int, subject: str) -> None:
    [found] = come(there, mail(subject=subject))

    assert found["state"] == "done"


def test_two_machines_that_answer_each_other_are_stopped(there: int) -> None:
    found = come(there, *(mail(name=f"{n}@home.example") for n in range(22)))

    assert [one["state"] for one in found] == ["done"] * 20 + ["ignored"] * 2
    assert "within an hour" in found[-1]["why"]


def test_a_mail_to_ten_thousand_opens_nothing(there: int) -> None:
    one = mail()
    one.replace_header("To", ", ".join(f"p{n}@home.example" for n in range(10_000)))

    [found] = come(there, one.as_bytes())

    assert "a mailing" in found["why"]


def test_of_a_mail_of_50_megabytes_the_text_is_taken_and_the_size_is_said(
    cast: Cast, there: int
) -> None:
    one = mail()
    one.add_attachment(b"\0" * (LARGEST * 5 // 2), maintype="video", subtype="mp4", filename="v")

    [found] = come(there, one.as_bytes())

    assert len(bytes(Receipt.objects.get().body)) < LARGEST
    [said] = words(cast, found["case"])
    assert "The pen draws nothing." in said
    assert "only its text was taken" in said


def test_of_a_mail_a_thousand_parts_deep_what_can_be_read_is_taken(cast: Cast, there: int) -> None:
    head = mail().as_bytes().partition(b"Content-Type")[0]
    parts = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
        for n in range(1000)
    )

    [found] = come(there, head + parts + b"\r\nThe pen draws nothing.")

    assert "parts of this mail are broken" in words(cast, found["case"])[0]


def test_nothing_is_kept_of_who_was_erased(cast: Cast, there: int) -> None:
    come(there, mail())
    erase(CustomerName(cast.workspace, "mail", YUI), at=NOW, by="staff:1")

    [found] = come(there, mail("It is me again.", name="two@home.example"))

    assert (found["case"], found["state"]) == (None, "ignored")
    assert "erased" in found["why"]


def test_erasing_reaches_what_came_and_opened_nothing(cast: Cast, there: int) -> None:
    come(there, mail(), mail("I am away.", name="two@home.example", Auto_Submitted="auto-replied"))
    assert Receipt.objects.exclude(body=b"").count() == 1

    erase(CustomerName(cast.workspace, "mail", YUI), at=NOW, by="staff:1")

    assert not Receipt.objects.exclude(body=b"").exists()


# --- threads ----------------------------------------------------------------------------------


def test_an_answer_goes_on_with_its_inquiry_and_its_quotations_are_dropped(
    cast: Cast, there: int
) -> None:
    [first] = come(there, mail())
    reply(first["case"], cast.agent, "Which tablet?", then="waiting")
    ours = next(one["headers"]["Message-ID"] for one in sent() if one["text"][:5] == "Which")
    answer = mail(
        "An iPad.\n\nOn Tue, 9 Jun 2026, Help wrote:\n> Which tablet?\n",
        subject="something else",
        name="two@home.example",
        answers=[ours.strip("<>")],
        at=NOW + 5 * MINUTE,
    )

    [found] = come(there, answer, at=NOW + 5 * MINUTE)

    assert found["case"] == first["case"]
    assert words(cast, first["case"])[-1] == "An iPad."
    assert state(cast, first["case"]).phase == "open"


def test_the_same_subject_alone_is_another_matter(there: int) -> None:
    found = come(there, mail(), mail(subject="Re: Pen", name="two@home.example"))

    assert found[0]["case"] != found[1]["case"]


def test_a_name_that_we_did_not_give_proves_nothing(there: int) -> None:
    [first] = come(there, mail())
    thread = Thread.objects.get().id
    forged = f"shinrai.{thread}.1.{'0' * 20}@kitsune.example"

    [found] = come(there, mail(name="two@home.example", answers=[forged]))

    assert found["case"] != first["case"]


def test_who_answers_the_mail_of_another_begins_a_matter_of_their_own(
    cast: Cast, there: int
) -> None:
    [first] = come(there, mail())
    stranger = mail(by="x@else.example", name="x@else.example", answers=["one@home.example"])

    [found] = come(there, stranger)

    assert found["case"] != first["case"]
    key = Case.objects.get(id=first["case"]).source_key
    assert key in words(cast, found["case"])[0]


@pytest.mark.parametrize(("said", "phase"), [("It broke again.", "open"), ("Thanks!", "solved")])
def test_more_than_thanks_reopens_what_was_solved(
    cast: Cast, there: int, said: str, phase: str
) -> None:
    [first] = come(there, mail())
    reply(first["case"], cast.agent, "Update the app.")

    come(
        there,
        mail(said, name="two@home.example", answers=["one@home.example"], at=NOW + 9 * MINUTE),
        at=NOW + 9 * MINUTE,
    )

    assert state(cast, first["case"]).phase == phase


# --- replies ----------------------------------------------------------------------------------


def test_the_first_mail_is_confirmed_with_the_time_of_an_answer(cast: Cast, there: int) -> None:
    from shinrai.calendars.operations import save_calendar
    from shinrai.objectives.operations.saving import save_objective

    start = tokyo(1, 9)
    at = {"at": start, "by": "test"}
    save_calendar(workspace_id=cast.workspace.id, name="office", document=OFFICE, **at)
    document = promise(clock="first_reply", pauses=[])
    save_objective(workspace_id=cast.workspace.id, document=document, **at)
    come(there, mail())

    [content] = sent()

    assert "You will hear from us by Thu 11 June 18:00." in content["text"]
    assert content["headers"]["Auto-Submitted"] == "auto-replied"
    assert content["headers"]["In-Reply-To"] == "<one@home.example>"
    assert content["subject"] == "Re: Pen"


def test_a_reply_says_what_was_written_in_the_thread_and_is_no_machines(
    cast: Cast, there: int
) -> None:
    [first] = come(there, mail("ペンが動きません。"))
    reply(first["case"], cast.agent, "yui@home.example 様、アプリを更新してください。")

    receipt, content = sent()

    assert "受け付けました" in receipt["text"]
    assert content["text"].startswith("yui@home.example 様、アプリを更新してください。")
    assert "Auto-Submitted" not in content["headers"]
    thread = Thread.objects.get()
    outbound = next(s for s in steps(cast, first["case"]) if s.kind == "outbound")
    assert content["headers"]["Message-ID"] == message_id(thread.id, outbound.sequence, ADDRESS)


def test_who_wants_no_automatic_answer_gets_none(there: int) -> None:
    come(there, mail(X_Auto_Response_Suppress="All"))

    assert sent() == []


def report(to: str, action: str = "failed") -> bytes:
    """Write what a mail server says of a mail of ours, as RFC 3464 has it."""
    text = (
        "From: MAILER-DAEMON@mx.home.example\r\nTo: help@kitsune.example\r\nSubject: Sorry\r\n"
        "Message-ID: <r@mx.home.example>\r\nDate: Tue, 09 Jun 2026 15:00:00 +0900\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; "
        'boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\n'
        f"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        f"Action: {action}\r\nStatus: 5.1.1\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: {to}\r\n--b--\r\n"
    )
    return text.encode()


def test_a_bounce_is_noted_in_the_case_and_stands_at_its_thread(cast: Cast, there: int) -> None:
    [first] = come(there, mail())
    reply(first["case"], cast.agent, "Update the app.")
    ours = sent()[-1]["headers"]["Message-ID"]

    [found] = come(there, report(ours), at=NOW + 3 * MINUTE)
    tell_threads(clock=lambda: NOW + 4 * MINUTE)

    assert (found["state"], found["case"]) == ("ignored", first["case"])
    assert words(cast, first["case"])[-1].count("5.1.1") == 1
    [(thread, _record, _key)] = untold_threads(workspace_id=cast.workspace.id)
    assert "5.1.1" in thread.error
    assert Case.objects.count() == 1


def test_what_the_server_refuses_stands_as_undelivered_and_can_be_sent_again(
    cast: Cast, there: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shinrai.delivery.errors import NotDelivered
    from shinrai.units.text import Text

    [first] = come(there, mail())
    sent()

    def refuse(*_given: Any, **_more: Any) -> None:
        raise NotDelivered(Text("the mail server refused the message (550)"))

    monkeypatch.setattr(sender.mail, "send", refuse)
    sender.send_due(clock=lambda: NOW + 3 * MINUTE)
    settle(there)
    assert "550" in words(cast, first["case"])[-1]
    [(thread, _record, _key)] = untold_threads(workspace_id=cast.workspace.id)
    assert thread.is_given_up

    gone: list[str] = []
    monkeypatch.setattr(sender.mail, "send", lambda to, **_more: gone.append(to))
    assert retry_thread(workspace_id=cast.workspace.id, number=thread.id, at=NOW)
    sent()
    sender.send_due(clock=lambda: NOW + 4 * MINUTE)
    settle(there)

    assert gone == [YUI]
    assert untold_threads(workspace_id=cast.workspace.id) == []


def test_what_erasing_another_took_out_of_the_outbox_is_written_anew(
    cast: Cast, there: int
) -> None:
    come(there, mail(), mail(by="ren@home.example", name="two@home.example"))
    assert len(sent()) == 2
    erase(CustomerName(cast.workspace, "mail", "ren@home.example"), at=NOW, by="staff:1")
    assert Outbox.objects.count() == 0

    settle(there)

    assert [one["headers"]["In-Reply-To"] for one in sent()] == ["<one@home.example>"]


# --- CS files by mail -------------------------------------------------------------------------


def test_cs_files_by_mail_answers_a_sending_back_and_gets_the_plain_answer(cast: Cast) -> None:
    there = connect_mailbox(cast.workspace, opens="investigation", investigation="as_designed")
    morishita = "morishita@kitsune.example"
    [filed] = come(there, mail("Is it so?\nVersion: 3.2", by=morishita))
    [receipt] = sent()
    assert "Screen:" in receipt["text"]
    assert "Version:" not in receipt["text"]

    engineer = cast.engineer.member
    assert engineer is not None
    given = {"missing": "screen\ndevice"}
    act(ActionRequest(filed["case"], "send_back", given, engineer, NOW + MINUTE))
    assert "Screen:" in sent()[-1]["text"]
    thread = mail(
        "Screen: lesson\nIt is an iPad.",
        by=morishita,
        name="two@kitsune.example",
        answers=["one@home.example"],
    )
    [found] = come(there, thread, at=NOW + 3 * MINUTE)

    assert found["case"] == filed["case"]
    resubmitted = next(s for s in steps(cast, filed["case"]) if s.kind == "resubmitted")
    assert resubmitted.detail["screen"] == "lesson"
    given = {"verdict": "as_designed", "technical": "see spec", "plain": "It is meant so."}
    act(ActionRequest(filed["case"], "answer", given, engineer, NOW + 4 * MINUTE))
    assert sent()[-1]["text"].startswith("It is meant so.")
    assert replay(steps(cast, filed["case"])).phase == "answered"
    assert handle_waiting(clock=lambda: NOW) == 0

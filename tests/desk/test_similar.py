"""Earlier cases like one: 高橋 opens an investigation and sees how the like of it was answered.

Measured with real words, by the ranking alone (400 titles drawn, each against all others, pairs
weighed by a sample of 2,000): of banking77's 10,003 questions in 77 intents, for 93 % one of the
same intent stood in the first five, and 69 % of the five were of it (by chance 6 % and 1.3 %); of
clinc150's 15,000 in 150 intents for 90 %, and 73 % (by chance 3 % and 0.7 %). They are English
and short, of one sentence; of Japanese there was nothing to measure by, only the rows below.
Through the database, with 40,000 titles of banking77, each about four times: 60 titles took 150
ms (median) and 195 ms (p95) on two busy cores; of the five other titles, 64 to 72 % were of the
same intent.
"""

import pytest
import time_machine

from shinrai.accounts.models import AuditEntry
from shinrai.desk.operations.labels import label_inquiry
from shinrai.desk.operations.search_index import index_changed_words
from shinrai.desk.operations.steps import file_investigation, take_step
from shinrai.desk.queries.similar import similar_cases
from shinrai.inquiries.operations import receive_inquiry
from shinrai.ledger.queries import case_heads
from shinrai.privacy.operations import erase_person
from shinrai.topics.operations.codebook import define_topic
from tests.cast import Cast
from tests.desk.stage import tokyo

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
# key, title, answer
ANSWERED = (
    ("INV-1", "パスワードを再設定してもログインできない", "古いアプリを消すと入れます。"),
    ("INV-2", "請求書の宛名を変えたい", "設定の「請求」で変えられます。"),
    ("INV-3", "動画の音が途中で消える", "次の版で直ります。090-1234-5678 へお電話ください。"),
    ("INV-4", "The invoice shows the wrong company name", "It can be changed under Billing."),
    ("INV-5", "Push notifications do not arrive on Android", "Allow them in the settings."),
)


@pytest.fixture
def desk(cast: Cast) -> Cast:
    for number, (key, title, answer) in enumerate(ANSWERED, start=1):
        case_id = file(cast, key, title, tokyo(number, 10))
        for kind, words, detail in (
            ("finding", "", {"verdict": "operation_error"}),
            ("answered", answer, {}),
        ):
            take_step(
                case_id=case_id, kind=kind, at=tokyo(number, 15), by="staff:1", role="engineer",
                detail=detail, words=words or None,
            )  # fmt: skip
    return cast


def file(cast: Cast, key: str, title: str, at) -> int:
    return file_investigation(
        workspace_id=cast.workspace.id, source_key=key, at=at, by="staff:9", words=title
    )


def like(cast: Cast, case_id: int) -> list[str]:
    index_changed_words()
    found = similar_cases(workspace_id=cast.workspace.id, case_id=case_id, at=tokyo(20, 12))
    return [one.head.source_key for one in found]


@pytest.mark.parametrize(
    ("asked", "best"),
    [
        ("ログインできません。パスワードは再設定しました", "INV-1"),
        ("請求書の宛名が違うので変更したい", "INV-2"),
        ("wrong company on our invoice", "INV-4"),
        ("no push notification on my Android phone", "INV-5"),
    ],
)
def test_what_was_asked_in_other_words_stands_first(desk: Cast, asked: str, best: str) -> None:
    assert like(desk, file(desk, "INV-9", asked, tokyo(15, 10)))[0] == best


def test_what_has_nothing_in_common_is_not_shown(desk: Cast) -> None:
    assert like(desk, file(desk, "INV-9", "退会手続", tokyo(15, 10))) == []


def test_only_answered_earlier_other_matters_are_shown(desk: Cast) -> None:
    title = "動画の音が途中で消える"
    mine = file(desk, "INV-9", title, tokyo(15, 10))
    file(desk, "INV-10", title, tokyo(14, 10))  # open
    later = file(desk, "INV-11", title, tokyo(16, 10))
    take_step(case_id=later, kind="answered", at=tokyo(16, 11), by="staff:1", role="engineer")

    assert like(desk, mine) == ["INV-3"]


def test_a_topic_in_common_lifts_an_inquiry_above_one_as_like(desk: Cast) -> None:
    there = desk.workspace.id
    define_topic(workspace_id=there, key="sound", name_ja="音", at=tokyo(1, 9), by="test")
    numbers = {}
    for key, day in (("Q-1", 8), ("Q-2", 9), ("Q-3", 15)):
        numbers[key] = receive_inquiry(
            workspace_id=there,
            source_key=key,
            at=tokyo(day, 9),
            by="customer:1",
            words="音が割れる",
        )
    for key in ("Q-1", "Q-2"):
        for kind, words in (("outbound", "イヤホンを替えてお試しください。"), ("solved", None)):
            take_step(
                case_id=numbers[key], kind=kind, at=tokyo(10, 9), by="staff:1", role="agent",
                words=words,
            )  # fmt: skip
    assert like(desk, numbers["Q-3"])[:2] == ["Q-2", "Q-1"]

    for key in ("Q-1", "Q-3"):
        label_inquiry(
            case_id=numbers[key], topic="sound", at=tokyo(16, 9), by="staff:1", role="agent"
        )

    assert like(desk, numbers["Q-3"])[:2] == ["Q-1", "Q-2"]


def test_erased_words_are_neither_found_nor_shown(desk: Cast) -> None:
    mine = file(desk, "INV-9", ANSWERED[2][1], tokyo(15, 10))
    [one] = similar_of(desk, mine)
    assert one.answer.startswith("次の版で直ります。")

    key_id = case_heads([one.head.id])[one.head.id].key_id
    erase_person(
        workspace_id=desk.workspace.id, key_id=key_id, source_keys=[["x"]], at=tokyo(16, 9)
    )

    assert similar_of(desk, mine) == []


def similar_of(desk: Cast, case_id: int) -> list:
    index_changed_words()
    return list(similar_cases(workspace_id=desk.workspace.id, case_id=case_id, at=tokyo(20, 12)))


def test_the_page_masks_and_is_kept_in_the_audit_and_closed_to_strangers(desk: Cast) -> None:
    mine = file(desk, "INV-9", ANSWERED[2][1], tokyo(15, 10))
    index_changed_words()
    address = f"/w/tanuki/cases/{mine}/similar/"
    with time_machine.travel(tokyo(20, 12), tick=False):
        part = desk.agent.client().get(address, headers={"hx-request": "true"})
        whole = desk.agent.client().get(address)
        case = desk.agent.client().get("/w/tanuki/investigations/INV-9/").content.decode()
        closed = [p.client().get(address).status_code for p in (desk.stranger, desk.nobody)]

    text = part.content.decode()
    assert "次の版で直ります。" in text
    assert "090-1234-5678" not in text + whole.content.decode()
    assert "<html" not in text
    assert "<html" in whole.content.decode()
    assert f'hx-get="{address}"' in case
    assert closed == [404, 302]
    seen = AuditEntry.objects.filter(what="titles of similar cases")
    assert {entry.subject for entry in seen} == {f"investigation:{mine}"}

"""What a kind of investigation asks for, and how what was typed is read."""

from datetime import UTC, datetime

import pytest

from shinrai.desk.rules.case_facts import (
    FACT,
    KNOWN,
    SHIPPED,
    AskedFact,
    BadFiling,
    CaseFact,
    MissingFacts,
    fact_fields,
    facts_named,
    missing_facts,
    read_facts,
    read_kind,
    stored_facts,
    write_facts,
)

NOON = datetime(2026, 6, 3, 3, 0, tzinfo=UTC)  # 12:00 in Tokyo
BROKEN = SHIPPED[0].facts
GIVEN = {
    "happened_at": "2026-06-03T11:40",
    "steps_tried": "再起動した\r\n変わらない",
    "screen": " Lesson  player ",
    "version": "4.2.0",
    "device": "iPhone 15",
    "account": "yui@example.jp",
}


def read(asked, given, **more):
    return read_facts(asked, given, zone="Asia/Tokyo", at=NOON, **more)


def test_sealed_facts_go_to_the_words_and_the_others_stay_flat() -> None:
    found = read(BROKEN, GIVEN)

    assert found.open == {
        "happened_at": "2026-06-03T11:40+09:00",
        "screen": "Lesson player",
        "version": "4.2.0",
        "device": "iPhone 15",
    }
    assert found.words("en") == "Steps tried: 再起動した\n変わらない\nAccount: yui@example.jp"
    assert found.words("ja").startswith("試したこと: 再起動した")


def test_an_open_fact_is_masked_because_it_stays_when_a_person_is_erased() -> None:
    found = read(facts_named(["screen"]), {"screen": "mail from yui@example.jp"})

    assert "yui" not in found.open["screen"]


@pytest.mark.parametrize("lacking", GIVEN)
def test_every_missing_fact_is_named_at_its_field(lacking: str) -> None:
    given = {key: value for key, value in GIVEN.items() if key != lacking} | {"version": "4.2.0"}
    if lacking == "version":
        given["version"] = "  "

    with pytest.raises(MissingFacts) as refused:
        read(BROKEN, given)

    assert refused.value.missing == (lacking,) == missing_facts(BROKEN, given)
    assert list(refused.value.wrong) == [FACT + lacking]
    for language in ("en", "ja"):
        assert KNOWN[lacking].name[language] in refused.value.text[language]  # type: ignore[index]


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("happened_at", "yesterday"),
        ("happened_at", "2026-06-03T12:01"),  # a minute ahead
        ("happened_at", "1989-12-31T12:00"),
        ("happened_at", "0001-01-01T00:00"),
        ("screen", "x" * 201),
        ("device", "a\0b"),
        ("steps_tried", "x" * 1_000_000),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_field(key: str, typed: str) -> None:
    with pytest.raises(BadFiling) as refused:
        read(BROKEN, GIVEN | {key: typed})

    assert list(refused.value.wrong) == [FACT + key]
    assert len(str(refused.value)) < 300


def test_what_is_asked_but_not_required_may_be_left_out() -> None:
    asked = (AskedFact(KNOWN["screen"], is_required=False), AskedFact(KNOWN["attachments"]))

    with pytest.raises(MissingFacts) as refused:
        read(asked, {})

    assert refused.value.missing == ("attachments",)
    assert read(asked, {}, has_files=True).open == {}


def test_a_sending_back_names_known_facts_and_others_by_words() -> None:
    asked = facts_named(["device", "学習記録のID"])

    fields = fact_fields(asked, {"device": "iPad"}, {})
    found = read(asked, {"device": "iPad", "学習記録のID": "R-7"})

    assert [(field.name, field.value) for field in fields] == [
        ("fact:device", "iPad"),
        ("fact:学習記録のID", ""),
    ]
    assert found.words("ja") == "学習記録のID: R-7"


class TestKind:
    def test_is_stored_and_read_as_it_was_typed(self) -> None:
        own = [AskedFact(CaseFact("記録のID", "記録のID"), is_required=False)]
        kind = read_kind("own-1", " 記録が消えた ", {"screen": "required", "device": "asked"}, own)

        assert kind.name == "記録が消えた"
        assert stored_facts(write_facts(kind.facts)) == kind.facts
        assert [(one.fact.key, one.is_required) for one in kind.facts] == [
            ("screen", True),
            ("device", False),
            ("記録のID", False),
        ]
        assert kind.facts[-1].fact.is_sealed, "it may name a person"

    @pytest.mark.parametrize(
        "own", [["screen"], ["ID", "ID"], ["x" * 81], [f"f{n}" for n in range(21)]]
    )
    def test_refuses_twice_the_same_too_long_and_too_many(self, own: list[str]) -> None:
        with pytest.raises(BadFiling):
            read_kind("", "a", {}, [AskedFact(CaseFact(name, name)) for name in own])

"""The codebook of たぬき塾 in spring 2026: topics come, change their names, and merge."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.topics.rules.codebook import (
    DEFINED,
    ENDED,
    MERGED,
    BadTopic,
    TopicChange,
    UnknownTopic,
    check_change,
    codebook_of,
)


def april(day: int) -> datetime:
    return datetime(2026, 4, day, tzinfo=UTC)


def defined(number: int, key: str, **more: str) -> TopicChange:
    return TopicChange(
        number, DEFINED, key, april(min(number, 30)), "staff:1", **{"name_en": key} | more
    )


def merged(number: int, key: str, into: str) -> TopicChange:
    return TopicChange(number, MERGED, key, april(min(number, 30)), "staff:1", into=into)


SPRING = (
    defined(1, "login", name_ja="ログイン"),
    defined(2, "password", parent="login"),
    defined(3, "login", name_ja="サインイン", name_en="Sign-in", gate="0.8"),
    merged(4, "ログイン不可", "login"),
    merged(5, "password", "login"),
)


class TestCodebook:
    def test_a_renamed_topic_keeps_its_key_and_its_beginning(self) -> None:
        login = codebook_of(SPRING).topics["login"]

        assert (login.name["ja"], login.name["en"]) == ("サインイン", "Sign-in")
        assert (login.since, login.definitions, login.codebook) == (april(1), 2, 3)

    def test_what_it_was_on_a_day_is_still_there(self) -> None:
        then = codebook_of(SPRING, until=april(2))

        assert then.version == 2
        assert then.topics["login"].name["ja"] == "ログイン"
        assert [topic.key for topic in then.in_use] == ["login", "password"]

    def test_merged_labels_count_as_what_they_were_merged_into(self) -> None:
        book = codebook_of(SPRING)

        assert [book.counts_as(it) for it in ("ログイン不可", "password", "login", "billing")] == [
            *("login", "login", "login"),
            "billing",
        ]
        assert [topic.key for topic in book.in_use] == ["login"]
        assert book.topics["password"].until == april(5)

    def test_a_merged_topic_defined_anew_is_itself_again(self) -> None:
        book = codebook_of([*SPRING, defined(6, "password")])

        assert book.counts_as("password") == "password"
        assert book.topics["password"].is_in_use

    def test_nobody_labels_with_a_topic_that_has_ended(self) -> None:
        book = codebook_of([*SPRING, TopicChange(6, ENDED, "login", april(6), "staff:1")])

        assert book.in_use == ()
        with pytest.raises(UnknownTopic) as refused:
            book.topic("login")
        assert "まだなし" in refused.value.text["ja"]

    def test_a_merge_of_a_merge_is_followed_to_its_end(self) -> None:
        book = codebook_of([*SPRING, defined(6, "access"), merged(7, "login", "access")])

        assert book.counts_as("ログイン不可") == "access"


class TestWhatCannotBe:
    @pytest.mark.parametrize(
        ("change", "why"),
        [
            (defined(6, "Log In"), "cannot be a topic's key"),
            (defined(6, "billing", name_en=" "), "needs a name"),
            (defined(6, "billing", gate="1.5"), "is no gate"),
            (defined(6, "billing", gate="high"), "is no gate"),
            (defined(6, "login", parent="login"), "cannot lie beneath"),
            (merged(6, "login", "login"), "already counts as"),
            (merged(6, "password", "login"), "already counts as"),
            (merged(6, " ", "login"), "can be merged"),
        ],
    )
    def test_is_refused_in_words(self, change: TopicChange, why: str) -> None:
        with pytest.raises(BadTopic, match=why):
            check_change(codebook_of(SPRING), change)

    def test_a_parent_that_lies_beneath(self) -> None:
        book = codebook_of([defined(1, "login"), defined(2, "password", parent="login")])

        with pytest.raises(BadTopic, match="lies beneath it"):
            check_change(book, defined(3, "login", parent="password"))
        with pytest.raises(BadTopic, match="move them first"):
            check_change(book, TopicChange(3, ENDED, "login", april(3), "staff:1"))

    def test_merging_into_what_is_not_in_use(self) -> None:
        with pytest.raises(UnknownTopic):
            check_change(codebook_of(SPRING), merged(6, "login", "password"))


KEYS = ("a", "b", "c", "d")


@given(st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(("", *KEYS))), max_size=25))
def test_whatever_is_merged_every_label_counts_as_one_that_counts_as_itself(deeds) -> None:
    changes: list[TopicChange] = []
    for key, into in deeds:
        number = len(changes) + 1
        wanted = merged(number, key, into) if into else defined(number, key)
        try:
            changes.append(check_change(codebook_of(changes), wanted))
        except (BadTopic, UnknownTopic):
            continue

    book = codebook_of(changes)
    for key in KEYS:
        assert book.counts_as(book.counts_as(key)) == book.counts_as(key)
        if key in book.topics and book.topics[key].into:
            assert book.topics[book.counts_as(key)].into == ""

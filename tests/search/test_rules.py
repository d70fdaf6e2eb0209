"""Folding, pairs of characters, and excerpts: without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.search.rules import excerpt, folded, holds, pairs, sought_pairs

pytestmark = pytest.mark.pure
SIGNS = "画面が白いガガｶﾞがｱｲﾌｫﾝアイフォンＡａZ09 　\nあーっッゝヽ〔mail〕éß㍿ﬁ"
TEXTS = st.text(alphabet=st.one_of(st.sampled_from(SIGNS), st.characters(codec="utf-8")))


@pytest.mark.parametrize(
    ("text", "search"),
    [
        ("昨日から画面が白いままです", "画面"),
        ("ﾛｸﾞｲﾝできません", "ログイン"),
        ("ろぐいんできません", "ログイン"),
        ("ログインデキマセン", "できません"),
        ("ＥＲＲＯＲ　４０４", "error 404"),
        ("the invoice is wrong", "WRONG inv"),
        ("E404とログに出る", "404"),
        ("アプリにloginできない", "login"),
    ],
)
def test_finds_words_however_they_are_written(text: str, search: str) -> None:
    assert holds(folded(text), folded(search).split())


@pytest.mark.parametrize(
    ("text", "search"),
    [
        ("please start again", "art"),
        ("画面が白い", "面画"),
        ("白い", "白い画面"),
        ("the cat", "at"),
    ],
)
def test_does_not_find_what_is_not_there(text: str, search: str) -> None:
    assert not holds(folded(text), folded(search).split())


def test_a_word_is_found_although_its_letters_stood_inside_another_before() -> None:
    assert holds(folded("restart the art lesson"), ["art"])


@given(TEXTS, st.data())
def test_no_text_that_holds_words_is_missed_by_its_pairs(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    search = text[start : start + data.draw(st.integers(1, 5))]

    if holds(folded(text), folded(search).split()):
        assert sought_pairs(search) <= pairs(text)


@given(TEXTS, st.data())
def test_an_excerpt_is_cut_from_the_text_and_marks_what_was_sought(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    words = folded(text[start : start + 3]).split()
    parts = excerpt(text, words)

    said = "".join(part.words for part in parts)
    assert said.removeprefix("…").removesuffix("…") in " ".join(text.split())
    for part in parts:
        if part.is_found:
            assert any(word[0] in folded(part.words) for word in words)


@pytest.mark.parametrize(
    ("text", "search", "marked"),
    [
        ("長い前置きです。" * 9 + "画面がｶﾞﾀｶﾞﾀ揺れます", "ガタガタ", ["ｶﾞﾀｶﾞﾀ"]),
        ("Ｌｏｇｉｎできない。login できない", "login", ["Ｌｏｇｉｎ", "login"]),
        ("請求書が\n届かない", "届か 請求", ["請求", "届か"]),
    ],
)
def test_an_excerpt_marks_words_as_they_were_written(
    text: str, search: str, marked: list[str]
) -> None:
    parts = excerpt(text, folded(search).split())

    assert [part.words for part in parts if part.is_found] == marked

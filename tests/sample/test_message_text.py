"""The words: every place is filled, thanks carry nothing, everything else does."""

from hypothesis import given
from hypothesis import strategies as st

from shinrai.inquiries.rules.substantive import is_substantive
from shinrai.sample.rules import phrases_en, phrases_ja
from shinrai.sample.rules.message_text import DRAWS, MessageContext, message_text
from shinrai.sample.rules.steps import TEXT, TEXTS
from shinrai.sample.rules.subjects import SUBJECTS

speaking = st.builds(
    MessageContext,
    text=st.integers(1, len(TEXTS) - 2),
    matter=st.integers(0, len(SUBJECTS) - 1),
    voice=st.integers(0, 3),
    english=st.booleans(),
    template=st.booleans(),
)
draws = st.lists(st.integers(0, 2**30), min_size=DRAWS, max_size=DRAWS)


@given(speaking, draws)
def test_no_place_is_left_empty_and_the_draws_decide(who: MessageContext, drawn: list[int]) -> None:
    words = message_text(who, drawn)

    assert words
    assert "{" not in words
    assert words == message_text(who, drawn)


def test_no_thanks_carry_anything() -> None:
    every = (*phrases_ja.THANKS, *phrases_en.THANKS)

    assert [words for words in every if is_substantive(words)] == []


@given(speaking, draws)
def test_only_thanks_carry_nothing(who: MessageContext, drawn: list[int]) -> None:
    assert is_substantive(message_text(who, drawn)) == (who.text != TEXT["thanks"])


def test_both_languages_speak_of_every_matter() -> None:
    keys = {matter.key for matter in SUBJECTS}

    for phrases in (phrases_ja, phrases_en):
        assert set(phrases.HAPPENED) == keys
        assert set(phrases.ANSWERS) == keys


def test_children_and_guardians_do_not_sound_alike() -> None:
    first = [0, 0, 0, 0, 99, 0, 1, 0, 0, 0]  # no face, and no finger slips
    polite = message_text(MessageContext(TEXT["opening"], 0, 0, False, False), first)
    child = message_text(MessageContext(TEXT["opening"], 0, 2, False, False), first)

    assert polite == (
        "お世話になっております。先週から、子どもの連続記録が０に戻っています。"
        "お手数ですが、ご確認をお願いいたします。"
    )
    assert child == "れんぞくきろくがなくなってたなおして〜"

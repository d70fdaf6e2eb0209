"""Words that a source kept as HTML are shown as text; what somebody typed stays as typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.desk.rules.html_text import plain_text


def test_paragraphs_stay_apart_and_marks_are_gone() -> None:
    words = "<p>My mail is gone.</p>\n<p>Since <strong>Sunday</strong>, &amp; nobody helps.</p>"

    assert plain_text(words) == "My mail is gone.\n\nSince Sunday, & nobody helps."


def test_a_link_keeps_its_words() -> None:
    assert plain_text('See <a href="https://example.org/">here</a>.<br>Thanks') == (
        "See here.\nThanks"
    )


@pytest.mark.parametrize(
    "words",
    ["請求書がほしい <b>至急</b>", "a < b and c > d", "<script>alert(1)</script>", "1 &lt; 2"],
)
def test_what_was_typed_stays_as_typed(words: str) -> None:
    assert plain_text(words) == words


@given(st.text(alphabet=st.characters(exclude_characters="<")))
def test_words_without_marks_are_untouched(words: str) -> None:
    assert plain_text(words) == words

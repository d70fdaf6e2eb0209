"""Names that a workspace lists are masked in every spelling, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.privacy.operations import masked_names, masker, set_masked_names
from shinrai.privacy.rules.masking import mask
from shinrai.privacy.rules.names import BadNames, mask_with_names, name_pattern, read_names
from tests.cast import Cast
from tests.desk.stage import tokyo

NAMES = ("山田 太郎", "ヤマダ", "Taro Yamada", "test-account-01", "name")
PATTERN = name_pattern(NAMES)
PIECES = st.sampled_from(
    [
        *(
            "山田",
            "太郎",
            "ヤマダ",
            "ﾔﾏﾀﾞ",
            "ガ",
            "ﾞ",
            "Taro",
            "Yamada",
            "name",
            "〔mail〕",
            "〔name〕",
        ),
        *(
            " ",
            "　",
            "です",
            "\n",
            "㍿",
            "é",
            "e\u0301",
            "090-1234-5678",
            "taro@example.com",
            "ſ",
            "İ",
        ),
    ]
)
TALK = st.lists(PIECES, max_size=20).map("".join)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("山田太郎です", "〔name〕です"),
        ("山田　太郎さん", "〔name〕さん"),
        ("ﾔﾏﾀﾞ様より", "〔name〕様より"),
        ("TARO  YAMADA wrote", "〔name〕 wrote"),
        ("ｔａｒｏ　ｙａｍａｄａ", "〔name〕"),
        ("login test-account-01 fails", "login 〔name〕 fails"),
        ("taro@example.com の山田太郎", "〔mail〕 の〔name〕"),
        ("ヤマダヤマダ", "〔name〕〔name〕"),
        ("㍿ヤマダ", "㍿〔name〕"),
    ],
)
def test_hides_a_name_in_its_spellings(words: str, shown: str) -> None:
    assert mask_with_names(words, PATTERN) == shown


@pytest.mark.parametrize(
    "words", ["山田さん", "Taro", "Tarot Yamadaya", "rename it", "test-account-012", "ヤマ"]
)
def test_leaves_what_is_no_name(words: str) -> None:
    assert mask_with_names(words, PATTERN) == words


@given(TALK)
def test_hides_all_of_them_and_says_no_more_than_was_there(words: str) -> None:
    shown = mask_with_names(words, PATTERN)
    rest = shown.replace("〔name〕", "\0")

    assert mask_with_names(shown, PATTERN) == shown
    assert "山田太郎" not in rest
    assert "ヤマダ" not in rest
    signs = iter(mask(words))
    assert all(sign in signs for sign in rest if sign not in "\0"), "in the same order"


def test_without_names_a_text_is_masked_as_ever() -> None:
    assert name_pattern(()) is None
    assert mask_with_names("090-1234-5678 山田太郎", None) == "〔tel〕 山田太郎"


def test_names_are_read_one_a_line() -> None:
    assert read_names(" 山田  太郎 \r\n\nヤマダ\nヤマダ\0\n") == ("山田 太郎", "ヤマダ")
    assert read_names("") == ()


@pytest.mark.parametrize(
    "typed", ["山", "a", "x" * 101, "\n".join(f"name{n}" for n in range(1001))]
)
def test_a_name_that_would_hide_everything_is_refused(typed: str) -> None:
    with pytest.raises(BadNames):
        read_names(typed)


@pytest.mark.django_db
def test_names_lie_sealed_and_belong_to_their_workspace(cast: Cast) -> None:
    there = cast.workspace.id
    set_masked_names(workspace_id=there, names=NAMES, at=tokyo(1, 9))

    assert masked_names(workspace_id=there) == NAMES
    assert masker(workspace_id=there)("山田太郎") == "〔name〕"
    assert masker(workspace_id=cast.simulated.id)("山田太郎") == "山田太郎"

    set_masked_names(workspace_id=there, names=(), at=tokyo(1, 10))

    assert masker(workspace_id=there)("山田太郎") == "山田太郎"

"""Kana stand above kanji: by marks in our texts, by declared readings of titles."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from shinrai.missions.rules.activity import Activity, BadActivity, declared
from shinrai.missions.rules.furigana import of_marked, of_title, written
from shinrai.missions.templatetags.missions import child, child_title
from shinrai.units.text import verbatim

TODAY = "今日《きょう》の おすすめ"


def test_a_marked_text_is_written_in_three_ways() -> None:
    assert written(of_marked(TODAY), "kana") == "きょうの おすすめ"
    assert written(of_marked(TODAY), "kanji") == "今日の おすすめ"
    assert child(verbatim(TODAY), "furigana") == (
        "<ruby>今日<rp>（</rp><rt>きょう</rt><rp>）</rp></ruby>の おすすめ"
    )


@pytest.mark.parametrize(
    ("title", "reading", "pieces"),
    [
        ("くり上がりの足し算", "くりあがりのたしざん", "くり 上/あ がりの 足/た し 算/ざん"),
        ("七のだんの九九", "しちのだんのくく", "七/しち のだんの 九九/くく"),
        ("モンシロの育ち方", "もんしろのそだちかた", "モンシロの 育/そだ ち 方/かた"),
        ("3けたの足し算", "3けたの たしざん", "3けたの 足/た し 算/ざん"),
        ("時々", "ときどき", "時々/ときどき"),
        ("今日", "あした の よてい", "今日/あした の よてい"),
        ("たし算", "ひきざん", "たし算/ひきざん"),  # they do not fit: above the whole
        ("Lesson 1", "", "Lesson 1"),
    ],
)  # fmt: skip
def test_a_title_gets_kana_above_its_kanji(title: str, reading: str, pieces: str) -> None:
    found = of_title(title, reading)
    said = " ".join(f"{base}/{read}" if read else base for base, read in found)
    assert said.replace(" ", "") == pieces.replace(" ", "")


@given(title=st.text("一二あいアa ", max_size=30), reading=st.text("あいうア ", max_size=30))
def test_no_sign_of_a_title_is_lost(title: str, reading: str) -> None:
    assert written(of_title(title, reading), "kanji") == title


def test_what_a_product_declares_is_no_html() -> None:
    bold = Activity("a", "s", "u", 1, title_ja="<b>山</b>", reading="<i>やま</i>")
    with translation.override("ja"):
        said = child_title(bold, "furigana")
    assert "<b>" not in said
    assert "<i>" not in said


def test_only_japanese_titles_are_read_so() -> None:
    [one] = declared(
        [{"key": "a", "subject": "s", "unit": "u", "minutes": 1,
          "title": "Mountain", "title_ja": "山", "reading": "やま"}]
    )  # fmt: skip
    with translation.override("en"):
        assert child_title(one, "furigana") == "Mountain"
    with translation.override("ja"):
        assert child_title(one, "kana") == "山"
        assert "<rt>やま</rt>" in child_title(one, "furigana")
    with pytest.raises(BadActivity, match="reading is longer"):
        declared([{"key": "a", "subject": "s", "unit": "u", "minutes": 1, "reading": "や" * 200}])

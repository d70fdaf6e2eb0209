"""Words open under their own key alone; masks hide what names a person and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.privacy.rules.masking import mask
from shinrai.privacy.rules.sealing import (
    SealBroken,
    keyed_hash,
    new_key,
    seal,
    unseal,
    unwrap,
    wrap,
)


class TestSealing:
    @given(st.text())
    def test_opens_what_it_sealed(self, words):
        key = new_key()

        assert unseal(key, seal(key, words)) == words

    def test_another_persons_key_opens_nothing(self):
        with pytest.raises(SealBroken):
            unseal(new_key(), seal(new_key(), "花子さんの成績が見られません"))

    def test_the_same_words_never_look_the_same(self):
        key = new_key()

        assert seal(key, "同じ") != seal(key, "同じ")

    def test_a_wrapped_key_needs_this_houses_master_key(self):
        ours, theirs, key = new_key(), new_key(), new_key()

        assert unwrap(ours, wrap(ours, key)) == key
        with pytest.raises(SealBroken, match="SHINRAI_MASTER_KEY"):
            unwrap(theirs, wrap(ours, key))

    def test_a_hash_keeps_its_parts_apart(self):
        master = new_key()

        assert keyed_hash(master, "ab", "c") != keyed_hash(master, "a", "bc")
        assert keyed_hash(master, "ab") != keyed_hash(new_key(), "ab")


class TestMasking:
    @pytest.mark.parametrize(
        ("words", "shown"),
        [
            ("連絡先は hanako@example.co.jp です", "連絡先は 〔mail〕 です"),
            ("電話は03-1234-5678まで", "電話は〔tel〕まで"),
            ("携帯 ０９０－１２３４－５６７８", "携帯 〔tel〕"),
            ("〒150-0001 渋谷区", "〔postcode〕 渋谷区"),
            ("カード 4111 1111 1111 1111 が使えない", "カード 〔card〕 が使えない"),
            ("call +44 20 7946 0958 please", "call 〔tel〕 please"),
        ],
    )
    def test_hides_what_names_a_person(self, words, shown):
        assert mask(words) == shown

    @pytest.mark.parametrize(
        "words",
        ["2026-06-02 11:00 に起票", "エラー 404 と 12:34:56", "バージョン 115.3.1", "3年2組の12人"],
    )
    def test_leaves_dates_versions_and_counts(self, words):
        assert mask(words) == words

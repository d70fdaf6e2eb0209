"""Words open under their own key alone; masks hide what names a person and nothing else."""

import re
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.privacy.rules.encryption import (
    DecryptionFailed,
    decrypt,
    encrypt,
    keyed_hash,
    new_key,
    unwrap_key,
    wrap_key,
)
from shinrai.privacy.rules.masking import mask


class TestSealing:
    @given(st.text())
    def test_opens_what_it_sealed(self, words):
        key = new_key()

        assert decrypt(key, encrypt(key, words)) == words

    def test_another_persons_key_opens_nothing(self):
        with pytest.raises(DecryptionFailed):
            decrypt(new_key(), encrypt(new_key(), "花子さんの成績が見られません"))

    def test_the_same_words_never_look_the_same(self):
        key = new_key()

        assert encrypt(key, "同じ") != encrypt(key, "同じ")

    def test_a_wrapped_key_needs_this_houses_master_key(self):
        ours, theirs, key = new_key(), new_key(), new_key()

        assert unwrap_key(ours, wrap_key(ours, key)) == key
        with pytest.raises(DecryptionFailed, match="SHINRAI_MASTER_KEY"):
            unwrap_key(theirs, wrap_key(ours, key))

    def test_a_hash_keeps_its_parts_apart(self):
        master = new_key()

        assert keyed_hash(master, "ab", "c") != keyed_hash(master, "a", "bc")
        assert keyed_hash(master, "ab") != keyed_hash(new_key(), "ab")


# What masking looks at, alone and joined: digits, separators, scripts, words, masks themselves.
PIECES = st.sampled_from(
    [
        *"0123456789 .-+()@:/－ー．＠０９",
        *("03", "090", "1234", "5678", "415", "〒", "マイナンバー", "太郎", "taro", "jp", "です"),
        *("〔tel〕", "〔mail〕", "123456789018", "4111111111111111", "150-0001", "\n"),
    ]
)
TALK = st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=60)
MASKS = re.compile("〔(?:mail|tel|card|postcode|my number)〕")


class TestMasking:
    @pytest.mark.parametrize(
        ("words", "shown"),
        [
            ("連絡先は hanako@example.co.jp です", "連絡先は 〔mail〕 です"),
            ("連絡先はtaro@example.comです。", "連絡先は〔mail〕です。"),
            ("taro@例え.jp", "〔mail〕"),
            ("taro@example。com", "〔mail〕"),
            ("taro@exam\u200bple.jp", "〔mail〕"),
            ("090\u200b-1234-\u20605678", "〔tel〕"),
            ("太郎＠example．com", "〔mail〕"),
            ("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｃｏｍ", "〔mail〕"),
            ("電話は03-1234-5678まで", "電話は〔tel〕まで"),
            ("携帯 ０９０－１２３４－５６７８", "携帯 〔tel〕"),
            ("０３ー１２３４ー５６７８", "〔tel〕"),
            ("03‐1234‐5678", "〔tel〕"),
            ("(03)1234-5678", "〔tel〕"),
            ("（０３）１２３４－５６７８", "〔tel〕"),
            ("080.1234.5678", "〔tel〕"),
            ("090 1234 5678", "〔tel〕"),
            ("TEL:0312345678", "TEL:〔tel〕"),
            ("+819012345678", "〔tel〕"),
            ("+81 (0)90-1234-5678", "〔tel〕"),
            ("+1 (415) 555-2671", "〔tel〕"),
            ("415-555-2671", "〔tel〕"),
            ("call +44 20 7946 0958 please", "call 〔tel〕 please"),
            ("〒150-0001 渋谷区", "〔postcode〕 渋谷区"),
            ("〒1500001", "〔postcode〕"),
            ("郵便番号は1500001です", "郵便番号は〔postcode〕です"),
            ("1500001 東京都渋谷区", "〔postcode〕 東京都渋谷区"),
            ("1500001", "〔postcode〕"),
            ("カード 4111 1111 1111 1111 が使えない", "カード 〔card〕 が使えない"),
            ("4111-1111-1111-1111", "〔card〕"),
            ("4111 - 1111 - 1111 - 1111", "〔card〕"),
            ("４１１１　１１１１　１１１１　１１１１", "〔card〕"),
            ("４１１１－１１１１－１１１１－１１１１", "〔card〕"),
            ("3782 822463 10005", "〔card〕"),
            ("card:378282246310005", "card:〔card〕"),
            ("マイナンバーは 123456789012 です", "マイナンバーは 〔my number〕 です"),
            ("個人番号：１２３４ ５６７８ ９０１２", "個人番号：〔my number〕"),
            ("My Number: 1234-5678-9018", "My Number: 〔my number〕"),
        ],
    )
    def test_hides_what_names_a_person(self, words, shown):
        assert mask(words) == shown

    @pytest.mark.parametrize(
        "words",
        [
            *("2026-06-02 11:00 に起票", "10:00-18:00", "2026-06-01T10:00:00+09:00"),
            *("10-12-2026", "202606011000", "20260601", "エラー 404 と 12:34:56"),
            *("バージョン 115.3.1", "1.2.3.4", "192.168.100.100", "0.123456789"),
            *("1,234,567円", "3@1.50", "3年2組の12人", "ZD-51302", "注文番号1234567"),
            *("order 1234567890", "ORD-0312345678", "伝票 4901234567894", "123456789012"),
            *("123456789018", "4111111111111112", "550e8400-e29b-41d4-a716-446655440000"),
            *("伝票 4111 1111 1111 1112", "4929-0312-3456-7890", "9111 1111 1111 1111"),
            "４１１１－１１１１－１１１１－１１１２",
        ],
    )
    def test_leaves_moments_versions_amounts_and_keys(self, words):
        assert mask(words) == words

    @given(TALK)
    def test_what_was_masked_is_masked(self, words):
        assert mask(mask(words)) == mask(words)

    @given(TALK)
    def test_never_says_more_than_was_there(self, words):
        signs = iter(words)

        assert all(sign in signs for sign in MASKS.sub("", mask(words))), "in the same order"

    @pytest.mark.parametrize(
        "piece",
        ["1 ", "a", "a@", "a.", "0-", "(", "090-1234-", "太", "1", "x@y.jp ", "a@1.1.", "個人番号"],
    )
    def test_time_grows_with_the_length_of_words_whatever_they_are(self, piece):
        def seconds(length):
            began = process_time()
            mask(piece * (length // len(piece)) + "@")
            return process_time() - began

        assert seconds(160_000) < 12 * max(seconds(20_000), 0.01), "eight times as long"

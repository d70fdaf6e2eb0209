"""Patterns of members' mappings: as quick for any text, and read as people mean them."""

import json
import re
import time
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.importers.mapping_files import parse
from shinrai.importers.rules.mapping.node import BadMapping
from shinrai.importers.rules.moment_formats import compile_format
from shinrai.importers.rules.patterns import UnknownPattern, pattern

SIGNS = "aZ09_ -.]\t\n\u3000\xa0\x1f\x85\u2028２八日あアé̈²½Ⅷ٣,{}^"


WRITTEN = [
    r"\d", r"\D", r"\s", r"\S", r"\w", r"\W", r"[\d]", r"[^\d]", r"[\s]", r"[^\s]", r"[\S]",
    r"[^\S]", r"[\w.]", r"[^\w]", r"[\s\S]", r"[\D]", r"[]a]", r"[^]a]", r"\u3042",
    r"[\u3042-\u3093]",
    r"^\w+\Z", r"a{,2}Z", r"[a{,2}]", r"[[a]", r"(?i)Z", r"[^\[\]]",
]  # fmt: skip


@given(
    st.sampled_from(WRITTEN),
    st.text(st.sampled_from(SIGNS) | st.characters(exclude_categories=["Cs"]), max_size=6),
)
def test_it_says_of_every_text_what_python_says(written: str, text: str) -> None:
    with warnings.catch_warnings(action="ignore"):
        asked = re.compile(written).search(text)
    assert bool(pattern(written).search(text)) == bool(asked)


def test_full_width_digits_are_digits() -> None:
    assert pattern(r"^\d{3}号$").search("１２３号")
    assert not pattern(r"^\d+$").search("一二三")


@pytest.mark.parametrize("written", [r"(a+)+$", r"(a|a)*$", r"(.*a){20}$", r"(\w+\s?)+!$"])
def test_no_pattern_is_slow(written: str) -> None:
    """Each of them takes Python hours for this cell."""
    began = time.perf_counter()
    pattern(written).search("a" * 40 + "!?")
    pattern(written).search("a" * 100_000 + "?")
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    "written",
    [r"VIP(?=様)", r"(?<!x)a", r"(a)\1", r"(?P<n>a)(?P=n)", r"(?x)a b", "(", r"[\W]", "a" * 3_000,
     "\ud800", "(?:(?:a{500}){500})"],
)  # fmt: skip
def test_what_cannot_be_matched_so_is_refused_with_its_place(written: str) -> None:
    with pytest.raises(UnknownPattern):
        pattern(written)
    document = (
        "mapping: mine\nsource: mine\nrecord: inquiry\ntables:\n  t:\n    rows: cases\n"
        "    key: no\n    steps: [{kind: received, at: at}]\n    fields:\n"
        f"      account: {{column: a, first_match: [{{matches: {json.dumps(written)}, is: x}}]}}\n"
    )
    if written != "\ud800":
        with pytest.raises(BadMapping, match=r"account.first_match.*matches: the pattern"):
            parse(document, where="mine.yaml")


def test_a_way_of_writing_moments_is_not_slow_either() -> None:
    """Thirty blanks between two words, and a cell of a thousand."""
    read = compile_format("a" + " " * 30 + "b%Y")
    began = time.perf_counter()
    assert read.fullmatch("a" + " " * 1_000 + "c2026") is None
    assert read.fullmatch("a b2026")
    assert time.perf_counter() - began < 1

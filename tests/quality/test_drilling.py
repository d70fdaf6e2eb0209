"""Every figure opens its rows, and there are as many of them as the figure says."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils.html import strip_tags

from shinrai.objectives.operations.catching_up import catch_up
from shinrai.quality.measures.behind import LISTED
from shinrai.quality.pages.figures import SECTIONS
from shinrai.quality.queries.listing import A_PAGE
from shinrai.quality.rules import reasons
from shinrai.quality.rules.drilling import share_behind
from shinrai.quality.rules.figures import share_figure, unknown_figure
from shinrai.quality.rules.remedies import REMEDIES, remedy_words
from shinrai.sample.operations.company import load_sample
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown
from shinrai.warehouse.store import Warehouse
from tests.desk.test_pages import shown
from tests.sample.conftest import TUESDAY

QUALITY = "/w/michi/quality/"
LINK = re.compile(r'<a href="(/w/michi/quality/cases/\?[^"]+)">(.*?)</a>', re.S)
SAID = re.compile(r"([\d,]+) of ([\d,]+) are counted")
NUMBER = re.compile(r"\d[\d,]*")
SIZE = 300
NEXT_MINUTE = TUESDAY + timedelta(minutes=1)


def plain(page: str) -> str:
    return " ".join(strip_tags(page).split())


def number(words: str) -> int:
    found = NUMBER.search(words)
    assert found, words
    return int(found[0].replace(",", ""))


def rows_of(client: Client, address: str) -> int:
    """Walk all pages of a list and count its rows."""
    rows, at = 0, f"{address}&page=1"
    while True:
        page = shown(client, at)
        rows += page.count("<a data-open ")
        onward = re.search(r'rel="next" href="([^"]+)"', page)
        if onward is None:
            return rows
        at = f"{QUALITY}cases/{unescape(onward[1])}"


@pytest.mark.end_to_end
@pytest.mark.django_db(transaction=True)
def test_the_rows_behind_every_figure_of_the_sample_are_as_many_as_it_says(
    settings, tmp_path: Path
) -> None:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    load_sample(examples=None, at=TUESDAY, tell=lambda _: None, inquiries=SIZE)
    seen: set[str] = set()
    client = Client()
    with time_machine.travel(NEXT_MINUTE, tick=False):
        catch_up(warehouse=Warehouse(settings.SHINRAI_WAREHOUSE), at=NEXT_MINUTE)
        page = shown(client, f"{QUALITY}?from=all")
        for link, words in LINK.findall(page):
            address = unescape(link)
            figure, part = (
                parse_qs(urlsplit(address).query).get(name, [""])[0] for name in ("figure", "part")
            )
            if not NUMBER.search(strip_tags(words)):  # the link beside a warning
                continue
            told = SAID.search(plain(shown(client, address)))
            assert told
            count, of = (number(n) for n in told.groups())
            assert number(strip_tags(words)) == (of - count if part else count), address
            assert f"{count:,} of {of:,}" in plain(page), address
            if number(strip_tags(words)) <= 3 * A_PAGE:
                assert rows_of(client, address) == number(strip_tags(words)), address
            seen.add(figure)

    assert seen == set(LISTED) - {"open", "flagged"}


class TestShareBehind:
    def test_a_share_is_its_own_list(self) -> None:
        assert share_behind("solved", share_figure(3, 5, reasons.NOTHING_SOLVED)) == Share(3, 5)

    def test_handovers_are_listed_by_those_that_had_any(self) -> None:
        assert share_behind("handovers", {"of": 10, "none": 7, "mean": 0.4}) == Share(3, 10)

    def test_tiers_are_listed_by_those_that_went_above_one(self) -> None:
        assert share_behind("highest_tier", {"1": 7, "2": 2, "3": 1}) == Share(3, 10)

    def test_repeat_contact_is_listed_once_topics_are_known(self) -> None:
        on_any = share_figure(2, 8, reasons.NOT_SETTLED)
        known = share_figure(1, 5, reasons.NO_TOPIC_SETTLED, any_topic=on_any)

        assert share_behind("repeat_contact", known) == Share(1, 5)
        assert share_behind("repeat_contact", unknown_figure(reasons.NO_TOPICS)) is None

    @pytest.mark.parametrize("key", [key for _, keys in SECTIONS for key in keys])
    def test_what_is_unknown_has_no_list(self, key: str) -> None:
        assert share_behind(key, unknown_figure(reasons.NO_MESSAGES)) is None


class TestRemedies:
    def test_every_reason_that_is_told_says_what_would_help(self) -> None:
        told = {found for found in vars(reasons).values() if isinstance(found, Unknown)}

        assert told - set(REMEDIES) == {reasons.MODES_MIX}  # never told where one mode is shown

    def test_an_unforeseen_reason_promises_nothing(self) -> None:
        assert remedy_words(Unknown("the moon was full")) == ""

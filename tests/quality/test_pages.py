"""Quality on the screen: every figure with its n and its reason, and the cases behind each."""

import re
from dataclasses import replace

import pytest
import time_machine
from django.utils.html import strip_tags

from shinrai.desk.pages import figure_cases as pages
from shinrai.quality.measures.behind import LISTED
from shinrai.quality.measures.declared import MEASURES
from shinrai.quality.pages.figures import SECTIONS
from tests.cast import Cast
from tests.desk.test_overview import LATER, desk, published, seen
from tests.downloads import column, csv_rows, json_rows

__all__ = ["desk", "published"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
QUALITY = "/w/kitsune/quality/"
CASES = f"{QUALITY}cases/?from=all"


def plain(page: str) -> str:
    return " ".join(strip_tags(page).split())


OF_FINDINGS = {"findings", "defects_fixed"}  # these have a page of their own


def test_every_declared_measure_has_its_place() -> None:
    shown = {key for _, keys in SECTIONS for key in keys} | {"proactive"} | OF_FINDINGS

    assert shown == {measure.key for measure in MEASURES}


def test_says_how_good_support_is_in_a_sentence(published: Cast) -> None:
    page = plain(seen(published, QUALITY))

    assert "Of 2 inquiries through CS, 100 % were answered by the next business day;" in page
    assert "whether solutions held is not known yet" in page


def test_what_is_not_known_says_why(published: Cast) -> None:
    page = plain(seen(published, QUALITY))

    for reason in ("no topics have been labelled", "fewer than two reviewers", "14 days old"):
        assert reason in page


def test_how_often_the_rule_of_substance_was_overridden_is_a_share(published: Cast) -> None:
    page = plain(seen(published, QUALITY))

    assert re.search(r"People overrode it for 0 of \d+ \(", page)


def test_every_figure_leads_to_its_definition(published: Cast) -> None:
    page = seen(published, QUALITY)

    for measure in MEASURES:
        if measure.key not in OF_FINDINGS:
            assert f'id="measure-{measure.key}"' in page
            assert f'href="#measure-{measure.key}"' in page


def test_cases_lie_behind_every_figure(published: Cast) -> None:
    for figure in LISTED:
        page = seen(published, f"{CASES}&figure={figure}&part=all")

        found = re.search(r"([\d,]+) of ([\d,]+) are counted", plain(page))
        assert found, figure
        assert len(re.findall(r"<a data-open ", page)) == int(found[2]), figure


def test_the_solved_one_is_listed_and_leads_to_its_page(published: Cast) -> None:
    page = seen(published, f"{CASES}&figure=solved")

    assert "1 of 2 are counted" in plain(page)
    assert 'href="/w/kitsune/inquiries/Q-1/"' in page
    assert "Q-2" not in page


def test_sent_back_investigations_are_listed(published: Cast) -> None:
    page = seen(published, f"{CASES}&figure=sent_back")

    assert "2 of 6 are counted" in plain(page)
    assert 'href="/w/kitsune/investigations/INV-5/"' in page


def test_what_cannot_be_listed_is_not_found(published: Cast) -> None:
    for asked in ("figure=nothing", "figure=solved&from=soon"):
        assert published.nobody.client().get(f"{QUALITY}cases/?{asked}").status_code == 404


def test_dates_that_cannot_be_are_refused_in_words(published: Cast) -> None:
    for asked in ("from=soon", "from=2026-07-02&to=2026-07-01", "to=9999-12-31"):
        answer = published.nobody.client().get(f"{QUALITY}?{asked}")

        assert answer.status_code == 422
        assert "These dates cannot be looked at." in answer.content.decode()


def test_an_earlier_span_has_its_own_figures(published: Cast) -> None:
    page = plain(seen(published, f"{QUALITY}?from=2026-07-30&to=2026-07-30"))

    assert "Of 1 inquiry through CS" in page


def test_figures_that_are_not_made_yet_are_not_said_to_be_nothing(desk: Cast) -> None:
    """The cases are in the books, and no worker has published their facts."""
    page = seen(desk, QUALITY)

    assert "The figures are not made yet." in page
    assert "shinrai quality summary --workspace kitsune" in page


class TestTheCasesBehindAFigure:
    def test_are_turned_over_and_taken_away(self, published: Cast, monkeypatch) -> None:
        monkeypatch.setattr(pages, "CASES", replace(pages.CASES, a_page=1))
        second = seen(published, f"{CASES}&figure=solved&part=all&page=2")
        client = published.nobody.client()
        with time_machine.travel(LATER, tick=False):
            keys = column(client, f"{CASES}&figure=solved&part=all", "case")
            [row] = csv_rows(client, f"{CASES}&figure=solved")
            turned = column(client, f"{CASES}&figure=solved&part=all&sort=-case", "case")
            found = column(client, f"{CASES}&figure=solved&part=all&q=q-2", "case")

        assert "Page 2 of 2" in plain(second)
        assert (turned, found) == (["Q-2", "Q-1"], ["Q-2"])
        assert sorted(keys) == ["Q-1", "Q-2"]
        assert (row["Case"], row["Counted"]) == ("Q-1", "True")

    def test_end_where_their_download_says(self, published: Cast, monkeypatch) -> None:
        monkeypatch.setattr(pages, "CASES", replace(pages.CASES, most_rows=1))
        page = seen(published, f"{CASES}&figure=solved&part=all")
        with time_machine.travel(LATER, tick=False):
            rows = json_rows(published.nobody.client(), f"{CASES}&figure=solved&part=all")

        assert "(the first 1)" in plain(page)
        assert len(rows) == 1


class TestDates:
    def test_a_month_is_set_against_the_days_before(self, published: Cast) -> None:
        """Yui wrote on 28 July and Aoi on the 30th; in June nobody did."""
        page = plain(seen(published, f"{QUALITY}?span=this-month"))

        assert "Of 2 inquiries through CS" in page
        assert "Compared with 2026-06-01 – 2026-06-30" in page

    def test_a_figure_says_how_it_changed_from_the_span_before(self, published: Cast) -> None:
        page = plain(seen(published, f"{QUALITY}?from=2026-07-29&to=2026-07-30"))

        assert "o detectable change from the 2 days before" in page

    def test_every_choice_is_a_page_and_keeps_the_mode(self, published: Cast) -> None:
        page = seen(published, f"{QUALITY}?mode=via_cs")

        for link in re.findall(r'href="(\?mode=via_cs&amp;span=[^"]+)"', page):
            assert seen(published, QUALITY + link.replace("&amp;", "&"))

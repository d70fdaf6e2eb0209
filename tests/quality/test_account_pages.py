"""Neglected accounts on the screen: さくら塾 and みどり学園 at Kitsune Juku's desk in July."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils.html import strip_tags

from shinrai.desk.operations.steps import take_step
from shinrai.inquiries.operations import receive_inquiry
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.desk.stage import tokyo
from tests.desk.test_overview import LATER, desk, seen
from tests.downloads import column, csv_rows

__all__ = ["desk"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
QUALITY = "/w/kitsune/quality/"
ACCOUNTS = f"{QUALITY}accounts/?mode=direct&from=all"


@pytest.fixture
def schools(desk: Cast, settings) -> Cast:
    """さくら塾 wrote on 20 June and heard nothing; みどり学園 was answered yesterday."""
    for account, day, month in (("さくら塾", 20, 6), ("みどり学園", 21, 6)):
        case_id = receive_inquiry(
            workspace_id=desk.simulated.id,
            source_key=f"A-{day}",
            at=tokyo(day, 11, month=month),
            by="customer",
            words="先生の画面が開きません",
            mode="direct",
            account=account,
        )
    take_step(
        case_id=case_id,
        kind="outbound",
        at=LATER - timedelta(days=1),
        by="staff:1",
        role="engineer",
        words="直りました。もう一度お試しください。",
    )
    catch_up(warehouse=Warehouse(settings.SHINRAI_WAREHOUSE), at=LATER)
    return desk


def plain(page: str) -> str:
    return " ".join(strip_tags(page).split())


def test_the_figure_leads_to_the_accounts_it_is_of(schools: Cast) -> None:
    page = seen(schools, f"{QUALITY}?mode=direct&from=all")
    row = page[page.index('id="figure-neglected"') :]
    row = row[: row.index("</tr>")]

    assert "1 of 2" in plain(row)
    assert "Falling use is not recorded here" in plain(row)
    found = re.search(r'href="(/w/kitsune/quality/accounts/[^"]+)"', row)
    assert found
    listed = plain(seen(schools, found[1].replace("&amp;", "&")))
    assert "1 of 2 accounts with an open matter have had no touch for 30 days." in listed
    assert "さくら塾" in listed
    assert "みどり学園" in listed


def test_where_no_account_waits_the_page_says_so(schools: Cast) -> None:
    """Schools write to us directly: by way of CS none waits, which is not 0 of 0."""
    none = plain(seen(schools, f"{QUALITY}accounts/?mode=via_cs&from=all"))

    assert "No account has an open matter." in none
    assert "0 of 0" not in none


def test_who_is_neglected_is_listed_with_what_is_open(schools: Cast) -> None:
    page = seen(schools, ACCOUNTS)

    assert "さくら塾" in page
    assert 'href="/w/kitsune/inquiries/A-20/"' in page
    assert "みどり学園" not in page
    assert "みどり学園" in seen(schools, f"{ACCOUNTS}&part=rest")


def test_it_is_said_in_japanese(schools: Cast) -> None:
    page = plain(seen(schools, ACCOUNTS, "ja"))

    assert "未解決の件がある取引先2件のうち、1件に30日以上接点がありません。" in page


def test_without_a_mode_or_with_dates_that_are_none_there_is_no_list(schools: Cast) -> None:
    for asked in ("", "?mode=all", "?mode=direct&from=soon"):
        answer = schools.nobody.client().get(f"{QUALITY}accounts/{asked}")

        assert answer.status_code == 404


def test_they_are_taken_away_with_what_is_open_of_each(schools: Cast) -> None:
    with time_machine.travel(LATER, tick=False):
        client = schools.nobody.client()
        names = column(client, f"{ACCOUNTS}&part=all", "account")
        [row] = csv_rows(client, ACCOUNTS)

    assert names == ["さくら塾", "みどり学園"]
    assert (row["Account (company)"], row["Open inquiries, oldest first"]) == ("さくら塾", "A-20")

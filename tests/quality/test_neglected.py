"""Neglected accounts on rows typed by hand: the schools that ミチノート serves, in June 2026."""

from datetime import timedelta

import pytest

from shinrai.accounts.operations.workspaces import open_workspace
from shinrai.desk.operations.steps import file_investigation, take_step
from shinrai.inquiries.operations import receive_inquiry
from shinrai.quality.queries.account_list import MOST_MATTERS, accounts_behind
from shinrai.quality.queries.documents import summary_document
from shinrai.quality.queries.past_summary import quality_summary
from shinrai.quality.queries.summary import summary_now
from shinrai.quality.queries.words import summary_words
from shinrai.quality.rules.beside import beside_words
from shinrai.units.moments import epoch_us
from shinrai.warehouse.fact_table import publish
from shinrai.warehouse.refresh import refresh
from shinrai.warehouse.store import Warehouse
from shinrai.workload.facts import WORK_FACTS
from shinrai.workload.queries.summary import work_summary
from tests.quality.stories import june
from tests.quality.test_measures import NOW, asked, figures

__all__ = ["figures"]
THIRTY = timedelta(days=30)
HOUR = 3600


def theirs(number, account, *, silent=None, received=None, **given):
    """Make an inquiry of May of an account, last touched so long before the moment asked."""
    at = received or NOW - timedelta(days=60)
    touched = {} if silent is None else {"touched_us": NOW - silent}
    return asked(number, at, account=account, **touched, **given)


class TestTheFigure:
    def test_is_of_accounts_with_an_open_matter(self, figures):
        """S-1 was written to on the 29th, S-2 in May, S-3 in May too, but nothing of it is open."""
        found = figures(
            [
                theirs(1, "S-1", silent=timedelta(days=1)),
                theirs(2, "S-1", silent=timedelta(days=40)),
                theirs(3, "S-2", silent=timedelta(days=40), phase="waiting"),
                theirs(4, "S-3", silent=timedelta(days=40), solved=june(2)),
                theirs(5, None, silent=timedelta(days=90)),
            ]
        )["neglected"]

        assert (found["count"], found["of"]) == (1, 2)
        assert [(one["account"], one["open"]) for one in found["accounts"]] == [("S-2", 1)]
        assert found["accounts"][0]["silent_since"] == NOW - timedelta(days=40)

    @pytest.mark.parametrize(("short", "count"), [(timedelta(0), 1), (timedelta.resolution, 0)])
    def test_thirty_days_are_thirty_times_24_hours(self, figures, short, count):
        found = figures([theirs(1, "S-1", silent=THIRTY - short)])["neglected"]

        assert (found["count"], found["of"]) == (count, 1)

    def test_who_was_never_touched_is_silent_since_it_first_wrote(self, figures):
        """S-1 wrote on 1 May and again in June; S-2 wrote for the first time on 29 June."""
        in_may = june(1) - timedelta(days=31)
        found = figures(
            [
                theirs(1, "S-1", received=in_may, solved=in_may),
                theirs(2, "S-1", received=june(20, 9)),
                theirs(3, "S-2", received=june(29, 9)),
            ]
        )["neglected"]

        assert [one["account"] for one in found["accounts"]] == ["S-1"]
        assert found["of"] == 2
        assert found["open_as_long"] == 0  # what is open of S-1 came ten days ago

    def test_what_is_open_as_long_is_told_apart(self, figures):
        in_may = june(1) - timedelta(days=20)
        found = figures([theirs(1, "S-1", received=in_may), theirs(2, "S-2", received=june(29))])

        assert (found["neglected"]["count"], found["neglected"]["open_as_long"]) == (1, 1)

    def test_a_touch_counts_whatever_way_and_whenever_its_matter_came(self, figures):
        """What we wrote first yesterday, in a case of May, keeps S-1 from being neglected."""
        in_may = june(1) - timedelta(days=20)
        rows = [
            theirs(1, "S-1", received=in_may, mode="proactive", silent=timedelta(days=1)),
            theirs(2, "S-1", received=june(1)),
        ]

        found = figures(rows, mode="via_cs", since=june(1).date())["neglected"]

        assert (found["count"], found["of"]) == (0, 1)

    def test_a_matter_received_on_other_dates_is_not_looked_at(self, figures):
        rows = [theirs(1, "S-1", received=june(1)), theirs(2, "S-2", received=june(2))]
        first, none = (
            figures(rows, since=since.date(), until=since.date())["neglected"]
            for since in (june(1), june(3))
        )

        assert first["of"] == 1
        assert "no accounts in the source" in none["unknown"]

    def test_two_sources_may_number_their_accounts_alike(self, figures):
        found = figures(
            [
                theirs(1, "7", source="zendesk", silent=timedelta(days=1)),
                theirs(2, "7", source="jira", silent=timedelta(days=40)),
            ]
        )["neglected"]

        assert [one["source"] for one in found["accounts"]] == ["jira"]
        assert (found["count"], found["of"]) == (1, 2)

    def test_what_was_cancelled_is_not_open(self, figures):
        gone = theirs(1, "S-1", phase="cancelled", cancelled_us=june(2), cancelled_for="spam")

        assert "no account has an open matter" in figures([gone])["neglected"]["unknown"]

    def test_without_accounts_it_is_unknown(self, figures):
        assert figures([asked(1, june(1))])["neglected"] == {"unknown": "no accounts in the source"}

    def test_falling_use_is_said_not_to_be_known(self, figures):
        found = figures([theirs(1, "S-1")])["neglected"]

        assert "no use" in found["falling_use"]["unknown"]


class TestTopAccount:
    def test_is_the_share_of_hours_whose_account_is_known(self, figures):
        found = figures(
            [
                theirs(1, "S-1", worked_s=2 * HOUR),
                theirs(2, "S-1", worked_s=4 * HOUR, solved=june(2)),
                theirs(3, "S-2", worked_s=2 * HOUR),
                asked(4, june(1), worked_s=9 * HOUR),
            ]
        )["neglected"]["top_account_hours"]

        assert (found["account"], found["spent_s"], found["of_s"]) == ("S-1", 6 * HOUR, 8 * HOUR)
        assert (found["share"], found["accounts"]) == (0.75, 2)
        assert found["without_account_s"] == 9 * HOUR

    def test_of_two_with_as_many_hours_the_first_by_name_is_named(self, figures):
        found = figures([theirs(1, "S-2", worked_s=HOUR), theirs(2, "S-1", worked_s=HOUR)])

        assert found["neglected"]["top_account_hours"]["account"] == "S-1"

    def test_is_unknown_where_nobody_wrote_minutes_down(self, figures):
        found = figures([theirs(1, "S-1")])["neglected"]["top_account_hours"]

        assert "no minutes" in found["unknown"]


@pytest.fixture
def workspace():
    return open_workspace(
        slug="michi", name="ミチノート", zone="Asia/Tokyo", simulated=True, at=june(1), by="test"
    )


@pytest.fixture
def warehouse(tmp_path):
    return Warehouse(str(tmp_path / "warehouse"))


def came(workspace, key, at, account=None, **given):
    return receive_inquiry(
        workspace_id=workspace.id,
        source_key=key,
        at=at,
        by="customer:1",
        words="先生の画面が開きません",
        account=account,
        **given,
    )


def took(case_id, kind, at, **given):
    take_step(case_id=case_id, kind=kind, at=at, by="staff:2", role="agent", **given)


@pytest.mark.django_db(transaction=True)
class TestFromTheLedger:
    def test_by_time_alone_an_account_becomes_neglected(self, workspace, warehouse, monkeypatch):
        """さくら塾 asked again after our answer of 2 June; みどり学園 got one on the 30th."""
        sakura = came(workspace, "T-1", june(1, 9), "さくら塾", mode="direct")
        midori = came(workspace, "T-2", june(1, 9), "みどり学園", mode="direct")
        came(workspace, "T-3", june(3), mode="direct")
        took(sakura, "outbound", june(2, 9), words="設定をお確かめください。手順はこちらです。")
        took(sakura, "inbound", june(3, 9), words="まだ開きません。どうすればよいですか？")
        took(midori, "outbound", june(30, 9), words="直りました。もう一度お試しください。")
        refresh(warehouse, at=june(30, 10))
        monkeypatch.setattr("shinrai.warehouse.refresh.STANDS", timedelta(0))

        told = []
        for at in (june(2, 9) + THIRTY - timedelta(seconds=1), june(2, 9) + THIRTY):
            asked_at = {"workspace": workspace, "at": at, "warehouse": warehouse}
            whole = summary_document(quality_summary(**asked_at))["neglected"]
            refresh(warehouse, at=at)
            kept = summary_document(summary_now(workspace=workspace))["neglected"]
            assert kept == whole
            told.append((whole["count"], whole["of"]))

        assert told == [(0, 2), (1, 2)]
        for language, words in (
            (
                "en",
                "neglected: 50.0% (1 of 2; 95 %: 9.5% to 90.5%). Of these, 1 has waited with an",
            ),
            ("en", "Falling use is not recorded here; only open matters are looked at."),
            ("ja", "置き去り: 50.0%（2 件中 1 件、95% 区間 9.5%〜90.5%）。うち1件は、"),
        ):
            assert words in summary_words(quality_summary(**asked_at))[language]
        assert whole["accounts"][0] == {
            "source": "shinrai",
            "account": "さくら塾",
            "silent_since": june(2, 9),
            "open": 1,
        }

    def test_hours_are_those_that_workload_adds_up(self, workspace, warehouse):
        """S-1's inquiry took 40 minutes, and the investigation about it 80; S-2's took 60."""
        first, second = (
            came(workspace, f"T-{n}", june(1, 9), f"S-{n}", mode="direct") for n in (1, 2)
        )
        about = file_investigation(
            workspace_id=workspace.id,
            source_key="C-1",
            at=june(1, 10),
            by="staff:2",
            words="?",
            inquiry_id=first,
        )
        for case_id, minutes in ((first, 40), (about, 80), (second, 60), (second, 5000)):
            took(case_id, "worked", june(2), detail={"minutes": minutes, "job": "reply"})
        refresh(warehouse, at=june(3))
        publish(warehouse, WORK_FACTS, at=june(3))

        at = {"workspace": workspace, "at": june(3), "warehouse": warehouse}
        hours = quality_summary(**at, mode="direct").figures["neglected"]["top_account_hours"]
        worked = sum(mode.spent_s for mode in work_summary(**at).modes)

        assert (hours["account"], hours["share"]) == ("S-1", 2 / 3)
        assert hours["of_s"] == worked == 3 * HOUR

    def test_they_are_listed_with_what_is_open_of_them(self, workspace, warehouse):
        """さくら塾 waits with twelve matters, みどり学園 with one and was answered."""
        for number in range(MOST_MATTERS + 2):
            came(workspace, f"S-{number}", june(1, 9 + number), "さくら塾")
        midori = came(workspace, "M-1", june(2), "みどり学園")
        at = june(1, 9) + THIRTY
        took(midori, "outbound", at - timedelta(days=1), words="直りました。お試しください。")
        refresh(warehouse, at=at)
        where = {"workspace": workspace, "at": at, "warehouse": warehouse, "mode": "via_cs"}

        counted, rest, both = (
            accounts_behind(**where, part=part) for part in ("counted", "rest", "all")
        )

        assert (counted.count, counted.of) == (1, 2)
        [sakura] = counted.accounts
        assert (sakura.account, sakura.silent_since, sakura.is_neglected) == (
            "さくら塾",
            june(1, 9),
            True,
        )
        assert [one.key for one in sakura.matters] == [f"S-{n}" for n in range(MOST_MATTERS)]
        assert (sakura.open, sakura.more) == (MOST_MATTERS + 2, 2)
        assert [one.account for one in rest.accounts] == ["みどり学園"]
        assert both.accounts == (*counted.accounts, *rest.accounts)
        assert accounts_behind(**{**where, "mode": "direct"}, part="all").of == 0


class TestWords:
    def test_what_is_not_known_and_the_top_account_are_said(self, figures):
        rows = [theirs(1, "S-1", silent=timedelta(days=40), worked_s=HOUR)]
        found = figures(rows)["neglected"]
        found["falling_use"] = {}

        english, japanese = (
            [text[lang] for text in beside_words("neglected", found)] for lang in ("en", "ja")
        )

        assert "Most hours fell on S-1: 1.0 h of 1.0 h (100 %)." in english
        assert any("Falling use is not recorded" in said for said in english)
        assert len(japanese) == len(english)
        assert any("S-1" in said for said in japanese)

    def test_nothing_is_said_of_accounts_where_none_are_named(self, figures):
        assert beside_words("neglected", figures([asked(1, june(1))])["neglected"]) == []


def test_a_moment_is_exact():
    assert epoch_us(NOW - THIRTY) == epoch_us(NOW) - 30 * 24 * HOUR * 10**6

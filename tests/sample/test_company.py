"""The simulated company: the same by seed, nothing from the future, and its truth to be found."""

import csv
import hashlib
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shinrai.console.rules.changes import count_change
from shinrai.sample.operations.company import write_company
from shinrai.sample.rules.arrivals import DAY_US, EPOCH, TOKYO_US, VIA_CS
from shinrai.sample.rules.company import TOKYO, Company, simulate
from shinrai.sample.rules.known_truth import known_truth
from shinrai.sample.rules.log import log_rows
from shinrai.sample.rules.scenario import days_of, scenario_until, season
from shinrai.sample.rules.sheet import MOMENTS, sheet_rows
from shinrai.sample.rules.subjects import PLACES
from shinrai.sample.rules.truth import Truth
from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import wilson
from shinrai.units.moments import epoch_us
from tests.sample.conftest import SMALL, THURSDAY, TUESDAY

moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31)).map(
    lambda at: at.replace(tzinfo=TOKYO)
)


def digest(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}


def drawn_on(company: Company, on: date) -> int:
    start = (on - EPOCH).days * DAY_US - TOKYO_US
    at = company.found.at_us
    return int(((at >= start) & (at < start + DAY_US)).sum())


def in_days(company: Company, first: date, days: int) -> int:
    return sum(drawn_on(company, first + timedelta(days=n)) for n in range(days))


def fits(told: float, share: dict[str, int]) -> bool:
    """Ask whether what was drawn could come from what was told."""
    interval = wilson(share["count"], share["of"], 0.999)
    assert isinstance(interval, Interval)
    return interval.low <= told <= interval.high


class TestTheSameStory:
    def test_the_same_seed_and_moment_write_the_same_bytes(self, tmp_path: Path) -> None:
        for name, seed in (("one", 1), ("two", 1), ("other", 2)):
            write_company(tmp_path / name, until=TUESDAY, inquiries=400, seed=seed)

        assert digest(tmp_path / "one") == digest(tmp_path / "two")
        assert set(digest(tmp_path / "one").values()).isdisjoint(
            digest(tmp_path / "other").values()
        )

    def test_two_days_later_the_log_only_grew(self) -> None:
        tuesday = list(log_rows(simulate(until=TUESDAY, truth=SMALL)))
        thursday = list(log_rows(simulate(until=THURSDAY, truth=SMALL)))

        assert set(tuesday) < set(thursday)

    def test_two_days_later_what_stood_in_the_sheet_stands(self) -> None:
        tuesday = list(sheet_rows(simulate(until=TUESDAY, truth=Truth(inquiries=4_000))))
        later = simulate(until=THURSDAY, truth=Truth(inquiries=4_000))
        thursday = {row["管理番号"]: row for row in sheet_rows(later)}

        for row in tuesday:
            now = thursday[row["管理番号"]]
            assert all(now[name] == row[name] for name in MOMENTS if row[name])

    @given(moments)
    @settings(max_examples=12, deadline=None)
    def test_nothing_has_happened_after_the_moment(self, until: datetime) -> None:
        company = simulate(until=until, truth=SMALL)

        assert (company.happened["at_us"] <= epoch_us(until)).all()
        for row in log_rows(company):
            assert datetime.fromisoformat(row[2]) <= until
        for cells in sheet_rows(company):
            told = [cells[name] for name in MOMENTS if cells[name]]
            read = [datetime.strptime(at, "%Y/%m/%d %H:%M").replace(tzinfo=TOKYO) for at in told]
            assert all(at <= until for at in read)
            assert bool(cells["回答（CS向け）"]) == bool(cells["回答日時"])

    @given(moments)
    @settings(max_examples=12, deadline=None)
    def test_every_inquiry_begins_with_its_receipt(self, until: datetime) -> None:
        steps = simulate(until=until, truth=SMALL).steps
        firsts = np.flatnonzero(np.diff(steps["inquiry"], prepend=-1))

        assert (steps["kind"][firsts] == 0).all()
        assert (np.bincount(steps["inquiry"][steps["kind"] == 0]) == 1).all()


class TestItsTruth:
    def test_it_has_about_as_many_inquiries_as_it_was_told(self, company: Company) -> None:
        drawn = known_truth(company)["drawn"]

        assert drawn["inquiries"] == pytest.approx(40_000, rel=0.04)
        assert 2_000 < drawn["investigations"] < 3_500

    def test_rates_lie_in_their_intervals(self, company: Company) -> None:
        drawn, told = known_truth(company)["drawn"], company.truth

        assert fits(told.reopened_share, drawn["reopened_14"])
        assert fits(told.sent_back_share, drawn["sent_back"])
        assert fits(1 - told.reply_late_share, drawn["next_business_day"])

    def test_templates_do_what_they_were_told(self, company: Company) -> None:
        """Same-day replies rise by nine points; the rush is drawn out of the comparison."""
        outcomes, found = company.outcomes, company.found
        calm = (found.mode == VIA_CS) & (outcomes.same_day_share >= company.truth.same_day_share)
        is_same_day = outcomes.reply_day == 0
        after = is_same_day[calm & outcomes.templates].mean()
        before = is_same_day[calm & ~outcomes.templates].mean()

        gain = company.truth.templates_same_day_gain
        assert after - before == pytest.approx(gain, abs=0.015)

    def test_the_signature_does_nothing(self, company: Company) -> None:
        start = (company.scenario.signature_on - EPOCH).days * DAY_US - TOKYO_US
        solo = company.outcomes.rounds == 1
        ours = (company.found.mode == VIA_CS) & company.outcomes.templates
        after = solo[ours & (company.found.at_us >= start)].mean()
        before = solo[ours & (company.found.at_us < start)].mean()

        assert after == pytest.approx(before, abs=0.02)

    def test_every_inquiry_but_spam_has_its_topic(self, company: Company) -> None:
        told = known_truth(company)

        assert len(told["topic_of"]) + told["drawn"]["by_fate"]["spam"] == len(
            np.unique(company.happened["inquiry"])
        )


class TestTheYear:
    def test_april_is_the_peak_and_new_year_is_quiet(self, company: Company) -> None:
        april = in_days(company, date(2026, 4, 8), 14)
        june = in_days(company, date(2026, 6, 3), 14)
        new_year = in_days(company, date(2025, 12, 29), 6)
        before = in_days(company, date(2025, 12, 8), 6)

        assert april > 1.4 * june
        assert new_year < 0.5 * before

    def test_terms_end_busily_and_summer_ends_with_homework(self) -> None:
        days = days_of(scenario_until(date(2026, 11, 24)))
        level = dict(zip(days, season(days), strict=True))

        assert level[date(2026, 7, 14)] > 1.2 > 0.9 > level[date(2026, 8, 10)]
        assert level[date(2026, 8, 30)] > 1.3
        assert level[date(2026, 5, 2)] < 0.9

    def test_the_outage_brings_its_burst(self, company: Company) -> None:
        on = company.scenario.outage.on

        assert drawn_on(company, on) > 2 * drawn_on(company, on - timedelta(days=7))

    def test_the_last_release_raised_wrong_marks_beyond_chance(self, company: Company) -> None:
        """A fortnight from release 6.0 on, 9 September 2026, against the fortnight before."""
        release = company.scenario.releases[-1]
        days = (company.found.at_us + TOKYO_US) // DAY_US - (release.on - EPOCH).days
        about = company.found.matter == PLACES[release.matter]

        now, before = (int((about & (days >= at) & (days < at + 14)).sum()) for at in (0, -14))

        assert count_change(now, before, days=14, days_before=14).at_least > 0.1
        told = {event["name"]: event["topic"] for event in known_truth(company)["events"][-1:]}
        assert told == {"release 6.0": "grading"}

    def test_it_declares_what_has_happened_and_nothing_ahead(self, company: Company) -> None:
        declared = company.scenario.declarations(TUESDAY.date())

        names = [one.name for one in declared]
        assert "アプリ 6.0" in names
        assert names.count("学年末") == 3
        assert all(one.last_on <= TUESDAY.date() for one in declared)
        early = company.scenario.declarations(date(2026, 9, 8))
        assert "アプリ 6.0" not in [one.name for one in early]

    def test_the_service_grows(self, company: Company) -> None:
        first = in_days(company, date(2023, 11, 1), 28)
        last = in_days(company, date(2026, 10, 27), 28)

        assert last > 1.7 * first

    def test_one_household_writes_and_writes(self, company: Company) -> None:
        [(_, most), *_] = Counter(company.found.customer.tolist()).most_common(1)

        assert most > 30


def test_the_log_names_staff_by_family_name_only(tmp_path: Path) -> None:
    """Nobody real: family names of the cast, and customers by a number."""
    from shinrai.sample.rules.step_builder import STAFF

    written = write_company(tmp_path, until=TUESDAY, inquiries=400)
    with written.log.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))

    assert {row["by"] for row in rows} - {""} <= set(STAFF)
    assert all(len(name) <= 3 for name in STAFF)
    assert all(row["customer"].startswith("U-") for row in rows if row["customer"])
    told = "\n".join(row["text"] for row in rows)
    assert not any(name in told for name in STAFF)

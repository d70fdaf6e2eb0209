"""Real logs: what must come out of them does."""

import csv
import gzip
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shinrai.importers.rules.moments import MomentReader
from shinrai.ledger.models import Step
from tests.importers.desk import Desk, open_desk

pytestmark = [pytest.mark.django_db, pytest.mark.end_to_end]

NOW = datetime(2026, 11, 20, tzinfo=UTC)
INCIDENTS_IN_HALVES = 2_000


@pytest.fixture
def incidents(shared: Path) -> Path:
    return shared / "data" / "servicenow_incidents" / "incident_event_log_2016_03_04.csv.gz"


class TestTheForum:
    def test_every_question_and_message_comes_out_and_what_is_wrong_is_flagged(
        self, shared: Path
    ) -> None:
        desk = open_desk(zone="UTC")
        folder = shared / "data" / "thunderbird_forum"

        report = desk.bring("thunderbird_forum", *sorted(folder.glob("*.csv.gz")), at=NOW)

        counts = report.counts
        assert (counts.inquiries, counts.messages, counts.rows) == (27_594, 59_855, 87_449)
        assert (counts.quarantined, counts.erased) == (0, 0)
        flags = {flag.code: flag for flag in report.flags}
        assert flags["answered_before_asked"].count == 12
        assert flags["answered_before_asked"].text["en"].endswith("(2023-04-12)")
        assert "2023-11-30" in flags["zone_jump"].text["en"]
        assert "2023-12-01" in flags["zone_jump"].text["ja"]
        doubted = Step.objects.filter(detail__doubt="zone_jump")
        until = datetime(2023, 12, 1, tzinfo=UTC)
        early = Step.objects.filter(at__lt=until).exclude(
            detail__doubt__in=("answered_before_asked", "followed_up_before_asked")
        )
        assert doubted.count() == early.count() > 0


class TestTheIncidents:
    def test_no_row_is_lost_and_twice_changes_nothing(self, incidents: Path) -> None:
        desk = open_desk(zone="UTC")

        first = desk.bring("servicenow_incidents", incidents, at=NOW)
        again = desk.bring("servicenow_incidents", incidents, at=NOW)

        assert (first.counts.rows, first.counts.inquiries) == (101_045, 17_136)
        assert (first.counts.quarantined, first.counts.erased) == (0, 0)
        assert (again.counts.steps, again.counts.corrected) == (0, 0)
        assert again.counts.unchanged == first.counts.steps
        ahead = [flag.examples for flag in first.flags if flag.code == "look_ahead"]
        assert ahead == [("resolved_at",), ("closed_at",)]

    def test_two_halves_by_date_equal_the_whole(self, incidents: Path, tmp_path: Path) -> None:
        early, late, whole = halves(incidents, tmp_path)
        desks: list[Desk] = []
        for slug, files in (
            ("whole", [whole]),
            ("forwards", [early, late]),
            ("backwards", [late, early]),
        ):
            desk = open_desk(slug, zone="UTC")
            for file in files:
                desk.bring("servicenow_incidents", file, at=NOW)
            desks.append(desk)

        once, forwards, backwards = (desk.told() for desk in desks)

        assert forwards == once
        assert backwards == once

    def test_an_earlier_view_knows_nothing_of_the_end(
        self, incidents: Path, tmp_path: Path
    ) -> None:
        """Incident 0000047 was resolved on 1 March at 09:52; on 29 February nobody knew."""
        early, _, _ = halves(incidents, tmp_path)
        desk = open_desk(zone="UTC")
        desk.bring("servicenow_incidents", early, at=NOW)

        told = [(step[1].strftime("%d %H:%M"), step[2]) for step in desk.told("0000047")]

        assert told == [
            ("29 04:40", "received"),
            ("29 04:57", "assigned"),
            ("29 05:30", "assigned"),
            ("01 09:14", "assigned"),
            ("01 09:14", "waiting"),
            ("01 09:52", "solved"),
            ("06 10:00", "closed"),
        ]
        late_by = datetime(2016, 3, 7, 18, tzinfo=UTC)
        assert max(step[1] for step in desk.told()) <= late_by


def halves(path: Path, folder: Path) -> tuple[Path, Path, Path]:
    """Cut the first incidents by the date of their rows, as two exports of two weeks would be."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    first = list(dict.fromkeys(row[0] for row in rows))[:INCIDENTS_IN_HALVES]
    kept = [row for row in rows if row[0] in set(first)]
    at = header.index("sys_updated_at")
    reader = MomentReader(("%d/%m/%Y %H:%M",), "UTC")
    cut = reader.read("7/3/2016 18:00")
    written = []
    for name, part in (
        ("early", [row for row in kept if reader.read(row[at]) <= cut]),
        ("late", [row for row in kept if reader.read(row[at]) > cut]),
        ("whole", kept),
    ):
        out = io.StringIO()
        csv.writer(out).writerows([header, *part])
        written.append(folder / f"{name}.csv")
        written[-1].write_text(out.getvalue(), encoding="utf-8")
    early, late, whole = written
    return early, late, whole

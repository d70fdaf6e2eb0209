"""An import killed at any point goes on where it stopped; two at once do not mix."""

import base64
import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connections
from yaml import safe_load

from shinrai.importers.run.lock import ImportRunning
from shinrai.objectives.facts import CLOCK_FACTS, CLOCKS
from shinrai.objectives.models import Clock
from shinrai.objectives.operations.saving import save_objective
from shinrai.postgres.failpoints import POINTS
from shinrai.warehouse.fact_table import publish
from shinrai.warehouse.query import run
from shinrai.warehouse.store import Warehouse
from tests.importers.desk import EXAMPLE, NOON, Desk, open_desk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]

ROOT = Path(__file__).parents[2]
MAPPING = "investigations_sheet_ja"
SHEET = EXAMPLE / "chousa_irai_2026.csv"


def other_process(
    point: str, path: Path = SHEET, warehouse: Path | None = None
) -> subprocess.Popen[str]:
    books = connections["default"].settings_dict
    address = (
        f"postgresql://{quote(books['USER'])}:{quote(books['PASSWORD'], safe='')}@/"
        f"{books['NAME']}?host={quote(books['HOST'], safe='')}"
    )
    environment = os.environ | {
        "DATABASE_URL": address,
        "SHINRAI_MASTER_KEY": base64.b64encode(settings.SHINRAI_MASTER_KEY).decode(),
        "DJANGO_SETTINGS_MODULE": "shinrai.site.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }
    command = [sys.executable, "-m", "tests.importers.import_process", "desk", MAPPING, str(path)]
    return subprocess.Popen(
        [*command, point, *([] if warehouse is None else [str(warehouse)])],
        env=environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def killed(point: str, path: Path = SHEET, warehouse: Path | None = None) -> None:
    with other_process(point, path, warehouse) as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, errors


class TestKilled:
    @pytest.mark.parametrize(
        "point",
        ["observing:3", "observed:3", "deriving:5", "derived:5", "completing:1", "completing:2"],
    )
    def test_nothing_counts_and_the_same_command_goes_on(self, desk: Desk, point: str) -> None:
        killed(point)
        assert desk.told() == []

        report = desk.bring(MAPPING, SHEET)

        whole = open_desk("whole")
        once = whole.bring(MAPPING, SHEET)
        assert report.is_resumed
        assert report.counts == once.counts
        assert report.flags == once.flags
        assert desk.told() == whole.told()
        assert desk.raw_count() == whole.raw_count()

    def test_killed_again_and_again_it_still_arrives(self, desk: Desk) -> None:
        for point in ("observed:1", "observing:2", "observed:3", "deriving:2", "derived:9"):
            killed(point)

        report = desk.bring(MAPPING, SHEET)

        assert report.counts.steps == desk.raw_count() == 144

    def test_another_file_does_not_go_on_with_it(self, desk: Desk) -> None:
        killed("derived:5")

        report = desk.bring(MAPPING, EXAMPLE / "chousa_irai_2026.xlsx")

        assert not report.is_resumed
        assert [record.state for record in report.unfinished] == ["unfinished"]
        assert report.counts.steps == len(desk.told()) == 144


OF_IMPORTS = [point for point in POINTS if point.startswith("import.")]
OF_PUBLISHING = [point for point in POINTS if point.startswith("publish.")]
ONCE = {
    "import.begun",
    "import.hours_judged",
    "import.completing",
    "import.clocks_refreshed",
    "import.complete",
    "publish.all_handed_over",
    "publish.committed",
}


class TestEveryNamedPoint:
    """On Tuesday evening somebody pulls the plug; on Wednesday the same command is given again."""

    @pytest.fixture
    def measured(self, desk: Desk) -> Desk:
        document = safe_load((EXAMPLE / "objective.yaml").read_text("utf-8"))
        clock = document["spec"]["indicator"]["spec"]["ratioMetric"]["raw"]["metricSource"]["spec"]
        clock["calendar"] = "office"
        save_objective(
            workspace_id=desk.id,
            document=document,
            calendars={"office": safe_load((EXAMPLE / "calendar.yaml").read_text("utf-8"))},
            at=NOON,
            by="staff:1",
        )
        return desk

    @pytest.mark.parametrize("point", OF_IMPORTS)
    def test_an_import_goes_on_and_nothing_is_lost_or_doubled(
        self, measured: Desk, point: str
    ) -> None:
        killed(f"{point}:{1 if point in ONCE else 3}")
        is_complete = point == "import.complete"
        assert bool(measured.told()) == bool(Clock.objects.exists()) == is_complete

        report = measured.bring(MAPPING, SHEET)

        whole = open_desk("whole")
        once = whole.bring(MAPPING, SHEET)
        assert report.is_resumed == (not is_complete)
        assert report.counts.rows == once.counts.rows
        assert report.counts.steps + report.counts.unchanged == once.counts.steps
        assert measured.told() == whole.told()
        assert measured.raw_count() == whole.raw_count()
        assert Clock.objects.filter(gone=False).count() == report.counts.investigations

    @pytest.mark.parametrize("point", OF_PUBLISHING)
    def test_a_publishing_is_finished_by_the_next(
        self, measured: Desk, point: str, tmp_path: Path
    ) -> None:
        killed(f"{point}:{1 if point in ONCE else 3}", warehouse=tmp_path / "there")
        assert measured.told()

        there, anew = Warehouse(str(tmp_path / "there")), Warehouse(str(tmp_path / "anew"))
        published = publish(there, CLOCK_FACTS, at=NOON)
        publish(anew, CLOCK_FACTS, at=NOON)

        assert published.done_before == (point == "publish.committed")
        assert clocks_in(there) == clocks_in(anew)
        assert len(clocks_in(there)) == Clock.objects.filter(gone=False).count() > 0


def clocks_in(warehouse: Warehouse) -> list[str]:
    return sorted(map(repr, run(warehouse, CLOCKS.unbound(), tables=[CLOCKS]).records()))


class TestTwoAtOnce:
    def test_the_second_is_refused_and_told_who_is_at_it(self, desk: Desk) -> None:
        with other_process("wait") as first:
            assert first.stdout is not None
            assert first.stdout.readline() == "waiting\n"

            with pytest.raises(ImportRunning) as error:
                desk.bring(MAPPING, SHEET)
            first.communicate("go\n", timeout=60)

        assert "by staff:1" in str(error.value)
        assert "2026-11-20 03:00" in str(error.value)
        assert len(desk.told()) == 144

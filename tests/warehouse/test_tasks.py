"""What the timetable deletes: files that no version of the last week lists, of every table."""

import os
from pathlib import Path

import pytest

from shinrai.quality.facts.inquiries import INQUIRIES
from shinrai.warehouse.fact_table import publish
from shinrai.warehouse.kept_versions import KEPT, keep_version
from shinrai.warehouse.store import Warehouse
from shinrai.warehouse.tasks import clear_files
from shinrai.workload.facts import WORK, WORK_FACTS
from tests.warehouse.library import LOANS, MONDAY, NORTH, Loan, publish_loans

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO_S = 200 * 3600


def test_old_files_of_every_table_are_deleted(settings, tmp_path: Path) -> None:
    """A killed publisher left a file beside the work published, and one beside the list."""
    warehouse = Warehouse(str(tmp_path / "warehouse"))
    settings.SHINRAI_WAREHOUSE = warehouse.root
    publish(warehouse, WORK_FACTS, at=MONDAY)
    publish_loans(warehouse, Loan(NORTH, 1))
    keep_version(warehouse, LOANS, 1, why="report 7", at=MONDAY)
    left = [Path(warehouse.place(table)) / "part-left.snappy.parquet" for table in (WORK, KEPT)]
    for file in left:
        file.write_bytes(b"half")
        then = file.stat().st_mtime - LONG_AGO_S
        os.utime(file, (then, then))

    clear_files()

    assert not any(file.exists() for file in left)
    assert not Path(warehouse.place(INQUIRIES)).exists()

"""Real logs, replayed by the command: in order, shuffled, in parts and again, they say the same.

What the Open University's students submitted, by assessments; what a MOOC's learners watched, by
videos. Each way of replaying has a workspace of its own.
"""

import gzip
import json
import random
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from click.testing import CliRunner

from shinrai.accounts.operations.workspaces import open_workspace
from shinrai.missions.commands.learners import group
from shinrai.missions.models import AttemptRow
from shinrai.missions.operations.declarations import declare_activities, declare_pins
from tests.cast import BY
from tests.missions.stage import goals

pytestmark = pytest.mark.django_db
EARLY = datetime(2013, 1, 1, tzinfo=UTC)
STARTS = {
    "2013B": "2013-02-01",
    "2013J": "2013-10-01",
    "2014B": "2014-02-01",
    "2014J": "2014-10-01",
}
WAYS = ("in order", "shuffled", "in parts, and again")
PINS: list[dict[str, Any]] = [
    {"key": "two", "kind": "days", "count": 2},
    {"key": "many", "kind": "activities", "count": 5},
    {"key": "well", "kind": "score", "count": 3, "score": 80},
]
Write = Callable[[Path, list[Any]], object]


def replayed(
    folder: Path, rows: list[Any], shelf: list[str], write: Write, *options: str, **asked: Any
) -> list[str]:
    """Replay rows in each way; return what all goals say after it, and how many attempts count."""
    activities = [{"key": key, "subject": "s", "unit": "u", "minutes": 5} for key in shelf]
    said = []
    for way in WAYS:
        slug = f"replay-{WAYS.index(way)}"
        there = open_workspace(
            slug=slug, name=way, zone="Europe/London", simulated=False, at=EARLY, by=BY
        )
        declare_activities(workspace_id=there.id, rows=activities, at=EARLY, by=BY)
        declare_pins(workspace_id=there.id, rows=PINS, at=EARLY, by=BY)
        mixed = rows if way == WAYS[0] else random.Random(way).sample(rows, len(rows))
        size = len(rows) if way != WAYS[2] else len(rows) // 3 + 1
        parts = [mixed[first : first + size] for first in range(0, len(mixed), size)]
        if way == WAYS[2]:
            parts += [*parts[1:], rows]
        files = [folder / f"{slug}-{number}" for number in range(len(parts))]
        for file, part in zip(files, parts, strict=True):
            write(file, part)
        names = [str(file) for file in files]
        words = ["import", *names, "--workspace", slug, "--json", *options]
        done = CliRunner().invoke(group, words)
        assert done.exit_code == 0, done.output
        assert sum(one["refused"] for one in json.loads(done.output)["files"]) == 0
        count = AttemptRow.objects.filter(workspace_id=there.id).count()
        said.append(f"{count} {goals(there, **asked)}")
    return said


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    return tmp_path


def test_submissions_at_the_open_university(folder: Path, shared: Path) -> None:
    source = shared / "data" / "oulad_without_clicks"
    terms = pq.read_table(source / "assessment.parquet").to_pylist()
    zero = {str(one["id_assessment"]): STARTS[one["code_presentation"]] for one in terms}
    table = pq.read_table(source / "student_assessment.parquet")
    rows = [one for one in table.to_pylist() if one["id_student"] % 700 == 0]
    mapping = {
        "actor": "id_student",
        "id": ["id_assessment", "id_student"],
        "event": {"fixed": "activity_completed"},
        "at": "date_submitted",
        "day_zero": {"column": "id_assessment", **zero},
        "properties": ["id_assessment", "score"],
    }
    path = folder / "mapping.yaml"
    path.write_text(yaml.safe_dump(mapping), "utf-8")

    def write(file: Path, part: list[Any]) -> None:
        pq.write_table(pa.Table.from_pylist(part, schema=table.schema), file)

    said = replayed(
        folder, rows, sorted(zero), write, "--mapping", str(path), "--activity", "id_assessment",
        names=sorted({str(one["id_student"]) for one in rows}),
        at=datetime(2014, 12, 1, tzinfo=UTC), weeks=95,
    )  # fmt: skip

    assert len(rows) > 150
    assert said == [said[0]] * len(WAYS)
    assert said[0].startswith(f"{len(rows)} ")


def test_videos_of_a_course(folder: Path, shared: Path) -> None:
    """A video that played counts as completed."""
    source = shared / "data" / "xapi_fun_mooc" / "statements.jsonl.gz"
    with gzip.open(source, "rt", encoding="utf-8") as file:
        lines = [line for line in file if json.loads(line)["verb"]["id"].endswith("/played")][:200]
    statements = [json.loads(line) for line in lines]
    assert len({date.fromisoformat(one["timestamp"][:10]) for one in statements}) > 3

    said = replayed(
        folder, lines, sorted({one["object"]["id"] for one in statements}),
        lambda file, part: file.write_text("".join(part), "utf-8"),
        "--completed", "played", "--activity", "object",
        names=sorted({one["actor"]["account"]["name"] for one in statements}),
        at=datetime(2021, 12, 10, tzinfo=UTC), weeks=3,
    )  # fmt: skip

    assert said == [said[0]] * len(WAYS)
    assert said[0].startswith("200 ")

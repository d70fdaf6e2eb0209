"""Sheets as people keep them: from the file to a due moment a row, with nobody's help.

Each folder of `sheets` has a file and `expected.json`: what a person who reads the sheet says of
it, worked out apart from the program (`sheet_makers`). Only what is stated there is compared.
"""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from shinrai.site.command_entries import ENTRIES
from shinrai.units.errors import UserError

SHEETS = Path(__file__).parent / "sheets"
EXPECTED = {
    path.parent.name: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(SHEETS.glob("*/expected.json"))
}
READ = [name for name, expected in EXPECTED.items() if "refused" not in expected]
REFUSED = [name for name, expected in EXPECTED.items() if "refused" in expected]
ASKED = [name for name, expected in EXPECTED.items() if "asked_without_answers" in expected]
A_SECOND = timedelta(seconds=1)  # a serial number of a day holds no more
MOMENTS = ("filed_at", "answered_at", "due_at")

COMMAND = next(entry for entry in ENTRIES if entry.name == "try")
pytestmark = pytest.mark.django_db(transaction=True)


class Outcome(NamedTuple):
    """What the command did."""

    exit_code: int
    words: str
    answer: dict[str, Any]


def attempt(file: Path, *options: str) -> Outcome:
    """Run `shinrai try FILE --json`."""
    result = CliRunner().invoke(COMMAND.load(), [str(file), *options, "--json"])
    if isinstance(result.exception, UserError):
        return Outcome(1, result.exception.text["en"], {})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    answer = json.loads(result.stdout) if result.exit_code == 0 else {}
    return Outcome(result.exit_code, result.output, answer)


def options(name: str, *, with_answers: bool = True) -> list[str]:
    expected = EXPECTED[name]
    given = expected["answers"] if with_answers else {}
    words = [word for pair in given.items() for word in ("--answer", "=".join(pair))]
    if "at" in expected:
        words += ["--at", expected["at"]]
    if "calendar" in expected:
        words += ["--calendar", str(SHEETS / name / expected["calendar"])]
    return words


def attempt_sheet(name: str) -> dict[str, Any]:
    expected = EXPECTED[name]
    for earlier in expected.get("before", ()):
        assert attempt(SHEETS / name / earlier, *options(name)).exit_code == 0
    outcome = attempt(SHEETS / name / expected["file"], *options(name))
    assert outcome.exit_code == 0, outcome.words
    return outcome.answer


def said(words: str | None, zone: str, *, as_day: bool) -> str | datetime | None:
    if words is None:
        return None
    at = datetime.fromisoformat(words)
    local = (
        at.replace(tzinfo=ZoneInfo(zone)) if at.tzinfo is None else at.astimezone(ZoneInfo(zone))
    )
    return local.date().isoformat() if as_day else local


def is_same(expected: Any, got: Any, zone: str) -> bool:
    """Compare two moments to the second, or the days of both if only a day is expected."""
    as_day = isinstance(expected, str) and len(expected) == len("2026-11-02")
    one = expected if as_day else said(expected, zone, as_day=False)
    other = said(got, zone, as_day=as_day)
    if isinstance(one, datetime) and isinstance(other, datetime):
        return abs(one - other) <= A_SECOND
    return bool(one == other)


def differences(expected: dict[str, Any], got: dict[str, Any]) -> list[str]:
    """Say what is wrong in the answers about one sheet, a line each."""
    zone, found = expected["zone"], []
    for role, columns in expected.get("roles", {}).items():
        if got["roles"].get(role) != columns:
            found.append(f"{role}: {got['roles'].get(role)}, is {columns}")
    rows = {case["row"]: case for case in got["cases"]}
    apart = {entry["row"] for entry in expected["set_aside"]} | set(expected["mentioned"])
    stated = {case["row"] for case in expected["cases"]}
    found += [f"row {row}: is no case" for row in sorted(rows.keys() - stated - apart)]
    for case in expected["cases"]:
        found += case_differences(case, rows.get(case["row"]), zone)
    left_out = {entry["row"] for entry in got["left_out"]}
    aside = {(entry["row"], entry["field"]) for entry in got["set_aside"]}
    found += [f"row {row}: not left out" for row in expected["left_out"] if row not in left_out]
    for entry in expected["set_aside"]:
        if (entry["row"], entry["field"]) not in aside:
            found.append(f"row {entry['row']}: {entry['field']} not set aside")
    named = left_out | {row for row, _ in aside}
    found += [f"row {row}: nothing said" for row in expected["mentioned"] if row not in named]
    found += [f"{e}: no reason" for e in (*got["left_out"], *got["set_aside"]) if not e["why"]]
    return found


def case_differences(case: dict[str, Any], got: dict[str, Any] | None, zone: str) -> list[str]:
    if got is None:
        return [f"row {case['row']}: missing"]
    found = [
        f"row {case['row']}: {name} {got[name]}, is {case[name]}"
        for name in MOMENTS
        if name in case and not is_same(case[name], got[name], zone)
    ]
    for name in ("key", "kept"):
        if name in case and got[name] != case[name]:
            found.append(f"row {case['row']}: {name} {got[name]!r}, is {case[name]!r}")
    spans = list(zip(case["sent_back"], got["sent_back"], strict=False))
    if len(spans) != max(len(case["sent_back"]), len(got["sent_back"])) or not all(
        is_same(mine, theirs, zone)
        for span, other in spans
        for mine, theirs in zip(span, other, strict=True)
    ):
        found.append(f"row {case['row']}: sent back {got['sent_back']}, is {case['sent_back']}")
    return found


@pytest.mark.parametrize("name", READ)
def test_every_row_has_its_due_moment(name: str) -> None:
    assert differences(EXPECTED[name], attempt_sheet(name)) == []


@pytest.mark.parametrize("name", ASKED)
def test_what_only_a_person_knows_is_asked(name: str) -> None:
    """Without answers it does not wait: it asks, and says what it took."""
    file = SHEETS / name / EXPECTED[name]["file"]

    outcome = attempt(file, *options(name, with_answers=False))

    assert outcome.exit_code == 0, outcome.words
    asked = {question["name"]: question for question in outcome.answer["asked"]}
    for question in EXPECTED[name]["asked_without_answers"]:
        assert asked[question]["why"]
        assert asked[question]["taken"] is not None


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_without_cases_is_refused_with_a_sentence(name: str) -> None:
    outcome = attempt(SHEETS / name / EXPECTED[name]["file"], *options(name))

    assert outcome.exit_code != 0
    assert "Traceback" not in outcome.words
    assert any(re.search(about, outcome.words, re.I) for about in EXPECTED[name]["refused"])


@pytest.mark.end_to_end
def test_a_hundred_thousand_rows(tmp_path: Path) -> None:
    """Filed a minute apart on 2 November 2026 from 9:00, again and again; all due on the 5th."""
    rows = (
        f"N-{n},2026/11/02 {9 + n // 60 % 9:02}:{n % 60:02},2026/11/{5 + n % 2:02} 18:00"
        for n in range(100_000)
    )
    file = tmp_path / "many.csv"
    file.write_text("\n".join(["番号,依頼日時,回答日時", *rows, ""]), encoding="utf-8")

    outcome = attempt(
        file, "--answer", "zone=Asia/Tokyo", "--at", "2026-12-01T09:00:00+09:00",
    )  # fmt: skip

    assert outcome.exit_code == 0, outcome.words
    cases = outcome.answer["cases"]
    assert [case["row"] for case in cases] == list(range(2, 100_002))
    due = ZoneInfo("Asia/Tokyo")
    assert {
        datetime.fromisoformat(case["due_at"]).astimezone(due).isoformat() for case in cases
    } == {"2026-11-05T18:00:00+09:00"}
    assert sum(case["kept"] for case in cases) == 50_000

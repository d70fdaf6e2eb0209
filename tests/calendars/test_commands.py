"""Commands over calendar files, as people type them."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from shinrai.calendars.commands.calendars import group
from shinrai.cli.errors import ExitCode

DESK = """
zone: Asia/Tokyo
weekly: {mon: ["10:00-18:00"], tue: ["10:00-18:00"], wed: ["10:00-18:00"],
         thu: ["10:00-18:00"], fri: ["10:00-18:00"]}
holidays: JP
closed: ["12-29..01-03"]
"""
FOUNDING = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nSUMMARY:創立記念日\r\n"
    "DTSTART;VALUE=DATE:20260603\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.fixture
def desk(tmp_path):
    path = tmp_path / "desk.yaml"
    path.write_text(DESK, encoding="utf-8")
    return path


def run(*words):
    """Type a command; English unless told otherwise."""
    return CliRunner().invoke(group, [*map(str, words), "--lang", "en"])


def answered(*words):
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


class TestElapsed:
    def test_counts_business_seconds(self, desk):
        """Tuesday 2 June 2026 11:00 to Thursday 15:00, sent back for four hours on Wednesday."""
        span = ("elapsed", "--calendar", desk, "2026-06-02T11:00", "2026-06-04T15:00")

        assert answered(*span) == {"business_seconds": 72_000}
        assert answered(*span, "--pause", "2026-06-03T10:00/2026-06-03T14:00") == {
            "business_seconds": 57_600
        }
        assert answered(*span, "--pause", "2026-06-03T10:00/") == {"business_seconds": 25_200}

    def test_offsets_are_followed_where_they_are_given(self, desk):
        """02:00 UTC is 11:00 in Tokyo."""
        with_offset = answered(
            "elapsed", "--calendar", desk, "2026-06-02T02:00Z", "2026-06-02T12:00+09:00"
        )

        assert with_offset == {"business_seconds": 3600}

    def test_fractions_of_a_second_are_told(self, desk):
        span = ("2026-06-02T11:00:00.25", "2026-06-02T11:00:01")

        assert answered("elapsed", "--calendar", desk, *span) == {"business_seconds": 0.75}

    def test_says_it_in_a_sentence(self, desk):
        result = run("elapsed", "--calendar", desk, "2026-06-02T11:00", "2026-06-02T12:30")

        assert result.stdout == (
            "1 h 30 m of business time (5,400 s) passed between Tue 2 June 2026 11:00 and "
            "Tue 2 June 2026 12:30 (Asia/Tokyo).\n"
        )


class TestDue:
    def test_by_the_close_of_the_second_business_day(self, desk):
        """Filed at closing time of Tuesday: counts as Wednesday, due on Friday."""
        due = ("due", "--calendar", desk, "2026-06-02T18:00", "--business-days", 2)

        assert answered(*due, "--by", "close") == {
            "effective_at": "2026-06-03T10:00:00+09:00",
            "due_at": "2026-06-05T18:00:00+09:00",
        }
        assert answered(*due, "--by", "same-time")["due_at"] == "2026-06-05T10:00:00+09:00"

    def test_after_business_seconds(self, desk):
        due = answered("due", "--calendar", desk, "2026-05-01T17:00", "--business-seconds", 57_600)

        assert due["due_at"] == "2026-05-08T17:00:00+09:00"

    def test_while_paused_there_is_no_due_time(self, desk):
        due = ("due", "--calendar", desk, "2026-06-02T11:00", "--business-days", 2, "--by", "close")
        still = (*due, "--pause", "2026-06-03T10:00/")

        assert answered(*still)["due_at"] is None
        assert "paused, so there is no due time" in run(*still).stdout

    def test_tells_the_days_between(self, desk):
        result = run(
            "due", "--calendar", desk, "2026-05-01T18:30", "--business-days", 2, "--by", "close"
        )

        lines = result.stdout.splitlines()
        assert lines[0] == (
            "Counts as Thu 7 May 2026 10:00; due Mon 11 May 2026 18:00 (Asia/Tokyo)."
        )
        assert "  Wed 6 May 2026  closed (holiday: Substitute Holiday)" in lines

    def test_speaks_japanese(self, desk):
        result = CliRunner().invoke(
            group,
            [
                *("due", "--calendar", str(desk), "2026-06-02T18:00", "--business-days", "2"),
                *("--by", "close", "--lang", "ja"),
            ],
        )

        assert result.stdout.splitlines()[0] == (
            "受付扱い日時は2026年6月3日（水）10:00、期限は2026年6月5日（金）18:00です（Asia/Tokyo）。"
        )

    def test_a_check_names_the_parts_of_a_country(self, tmp_path):
        desk = tmp_path / "glasgow.yaml"
        desk.write_text('zone: Europe/London\nweekly: {mon: ["09:00-17:00"]}\nholidays: GB\n')

        checked = run("check", "--calendar", desk)

        assert checked.exit_code == 0
        assert "GB-SCT" in checked.stderr

    def test_warns_beyond_what_has_been_announced(self, desk):
        due = ("due", "--calendar", desk, "2028-06-01T12:00", "--business-seconds", 60)

        assert "official until 2027-12-31" in answered(*due)["warnings"][0]
        assert "warning: holidays of JP" in run(*due).stderr


ASKED_WRONGLY = {
    "no target": (["2026-06-02T11:00"], "give one target"),
    "two targets": (
        ["2026-06-02T11:00", "--business-days", "2", "--business-seconds", "5", "--by", "close"],
        "give one target",
    ),
    "which reading": (["2026-06-02T11:00", "--business-days", "2"], "two ways"),
    "seconds by close": (
        ["2026-06-02T11:00", "--business-seconds", "2", "--by", "close"],
        "--by close|same-time",
    ),
    "negative": (["2026-06-02T11:00", "--business-seconds", "-1"], "-1 s cannot be"),
    "negative days": (
        ["2026-06-02T11:00", "--business-days", "-1", "--by", "close"],
        "-1 business days cannot be",
    ),
    "a date": (["2026-06-02", "--business-seconds", "60"], "say the time too"),
    "no moment": (["yesterday", "--business-seconds", "60"], "'yesterday' is no moment"),
    "far year": (["3026-06-02T11:00", "--business-seconds", "60"], "outside the years 1900"),
    "no pause": (
        ["2026-06-02T11:00", "--business-seconds", "60", "--pause", "2026-06-02T12:00"],
        "is not FROM/TO",
    ),
    "pause backwards": (
        [
            *("2026-06-02T11:00", "--business-seconds", "60"),
            *("--pause", "2026-06-02T12:00/2026-06-02T11:00"),
        ],
        "ends before it starts",
    ),
}


class TestRefusals:
    @pytest.mark.parametrize(("words", "said"), ASKED_WRONGLY.values(), ids=list(ASKED_WRONGLY))
    def test_what_was_asked_wrongly(self, desk, words, said):
        result = run("due", "--calendar", desk, *words)

        assert result.exit_code == ExitCode.ASKED_WRONGLY
        assert said in result.stderr
        assert result.stdout == ""

    def test_more_than_ten_years_cannot_be_said(self, desk):
        result = run("due", "--calendar", desk, "2026-06-02T11:00", "--business-seconds", 10**9)

        assert result.exit_code == ExitCode.COULD_NOT_SAY
        assert "within 10 years" in result.stderr

    def test_a_bad_calendar_says_where(self, tmp_path):
        bad = tmp_path / "bad.yaml"
        bad.write_text('zone: Asia/Tokyo\nweekly: {mon: ["10:00-10:00"]}\n', encoding="utf-8")

        result = run(
            "due", "--calendar", bad, "2026-06-02T11:00", "--business-seconds", 1, "--json"
        )

        assert result.exit_code == ExitCode.ASKED_WRONGLY
        assert json.loads(result.stdout)["error"]["where"] == "weekly.mon[0]"
        assert "weekly.mon[0]" in result.stderr

    @pytest.mark.parametrize("command", ["check", "show"])
    def test_files_that_cannot_be_read(self, tmp_path, command):
        bounds = () if command == "check" else ("--from", "2026-06-01", "--to", "2026-06-02")
        cp932 = tmp_path / "cp932.yaml"
        cp932.write_bytes("zone: 東京\n".encode("cp932"))

        for path, said in ((tmp_path / "none.yaml", "check the path"), (cp932, "is not UTF-8")):
            result = run(command, "--calendar", path, *bounds)
            assert result.exit_code == ExitCode.ASKED_WRONGLY
            assert said in result.stderr
            assert str(path) in result.stderr


class TestShow:
    def test_lists_each_date(self, desk):
        days = answered("show", "--calendar", desk, "--from", "2026-05-06", "--to", "2026-05-07")[
            "days"
        ]

        assert days == [
            {
                "on": "2026-05-06",
                "zone": "Asia/Tokyo",
                "is_business_day": False,
                "open": [],
                "reasons": [
                    {"kind": "holiday", "name": "Substitute Holiday", "name_ja": "振替休日"}
                ],
            },
            {
                "on": "2026-05-07",
                "zone": "Asia/Tokyo",
                "is_business_day": True,
                "open": [["2026-05-07T10:00:00+09:00", "2026-05-07T18:00:00+09:00"]],
                "reasons": [],
            },
        ]

    def test_reversed_dates_are_refused_with_the_right_order(self, desk):
        result = run("show", "--calendar", desk, "--from", "2026-05-07", "--to", "2026-05-06")

        assert result.exit_code == ExitCode.ASKED_WRONGLY
        assert "--from 2026-05-06 --to 2026-05-07" in result.stderr

    def test_follows_the_files_beside_it(self, tmp_path):
        (tmp_path / "days").mkdir()
        (tmp_path / "days" / "office.ics").write_text(FOUNDING, encoding="utf-8-sig", newline="")
        desk = tmp_path / "desk.yaml"
        desk.write_text(f"{DESK}closed_ics: days/office.ics\n", encoding="utf-8-sig")

        result = run("show", "--calendar", desk, "--from", "2026-06-03", "--to", "2026-06-03")

        assert result.stdout == "Wed 3 June 2026  closed (closed: 創立記念日)\n"

    def test_a_file_that_is_named_but_missing(self, tmp_path):
        desk = tmp_path / "desk.yaml"
        desk.write_text(f"{DESK}closed_ics: office.ics\n", encoding="utf-8")

        result = run("check", "--calendar", desk)

        assert result.exit_code == ExitCode.ASKED_WRONGLY
        assert str(tmp_path / "office.ics") in result.stderr


class TestCheck:
    def test_a_good_one(self, desk):
        answer = answered("check", "--calendar", desk)

        assert answer["ok"] is True
        assert answer["versions"][0]["holidays"] == ["JP"]
        assert len(answer["digest"]) == 64

    @pytest.mark.parametrize(
        ("text", "where"),
        [
            ('zone: Asia/Tokyo\nweekly: {mon: ["10:00-10:00"]}', "weekly.mon[0]"),
            ("zone: [", "line 1"),
            ("zone: Asia/Tokyo", "weekly"),
        ],
        ids=["no length", "no YAML", "no hours"],
    )
    def test_the_answer_is_no_with_the_reason(self, tmp_path, text, where):
        bad = tmp_path / "bad.yaml"
        bad.write_text(text, encoding="utf-8")

        result = run("check", "--calendar", bad, "--json")

        assert result.exit_code == ExitCode.NO
        assert json.loads(result.stdout)["error"]["where"] == where

    def test_hours_that_are_all_in_the_past_are_no_calendar(self, tmp_path):
        past = tmp_path / "past.yaml"
        past.write_text('zone: UTC\nhours: {2020-01-01: ["10:00-12:00"]}\n', encoding="utf-8")

        result = run("check", "--calendar", past)

        assert result.exit_code == ExitCode.NO
        assert "within 10 years" in result.stderr


def test_business_time_stands_on_files_alone():
    """It answers at once: neither Django nor NumPy is loaded."""
    script = (
        "import sys, shinrai.calendars.commands.calendars\n"
        "print([name for name in ('django', 'numpy', 'holidays', 'icalendar') "
        "if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert done.stdout.strip() == "[]"

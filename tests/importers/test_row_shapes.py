"""Logs, forums, steps and Jira: every shape of row, in any order."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from shinrai.importers.run.undo import undo_import
from tests.importers.desk import (
    FORUM,
    LOG,
    NOON,
    Desk,
    open_desk,
    sheet,
)

pytestmark = pytest.mark.django_db

Write = Callable[..., Path]


LOG_COLUMNS = ("no", "rev", "who", "opened", "at", "by", "state", "group", "resolved")
LOG_ROWS = (
    ("7", "0", "u1", "2026/6/1 9:00", "2026/6/1 9:05", "ann", "New", "cs", "2026/6/3 10:00"),
    ("7", "1", "u1", "2026/6/1 9:00", "2026/6/1 11:00", "ann", "Wait", "cs", "2026/6/3 10:00"),
    ("7", "2", "u1", "2026/6/1 9:00", "2026/6/2 9:00", "ben", "Wait", "cre", "2026/6/3 10:00"),
    ("7", "3", "u1", "2026/6/1 9:00", "2026/6/3 10:00", "ben", "Done", "cre", "2026/6/3 10:00"),
    ("8", "0", "u2", "2026/6/2 8:00", "2026/6/2 8:01", "ann", "New", "cs", ""),
)


class TestALog:
    @pytest.fixture
    def log(self, tmp_path: Path) -> Callable[..., Path]:
        number = iter(range(9))

        def written(*rows: tuple[str, ...]) -> Path:
            return sheet(tmp_path / f"log{next(number)}.csv", *rows, columns=LOG_COLUMNS)

        return written

    def test_a_columns_future_is_flagged_and_never_a_step(self, desk: Desk, log: Write) -> None:
        report = desk.bring(LOG, log(*LOG_ROWS))

        assert desk.kinds("7") == ["received", "assigned", "waiting", "assigned", "solved"]
        [flag] = [flag for flag in report.flags if flag.code == "look_ahead"]
        assert (flag.examples, flag.count) == (("resolved",), 3)

    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    def test_two_halves_in_either_order_make_one_whole(
        self, desk: Desk, log: Write, order: tuple[int, int]
    ) -> None:
        halves = [log(*LOG_ROWS[:2]), log(*LOG_ROWS[2:])]
        for place in order:
            desk.bring(LOG, halves[place])
        whole = open_desk("whole")
        whole.bring(LOG, log(*LOG_ROWS))

        assert desk.told() == whole.told()

    def test_a_row_taken_twice_is_an_update_across_files(self, desk: Desk, log: Write) -> None:
        desk.bring(LOG, log(*LOG_ROWS))
        changed = (*LOG_ROWS[1][:6], "New", *LOG_ROWS[1][7:])

        report = desk.bring(LOG, log(changed))

        assert desk.kinds("7") == ["received", "assigned", "assigned", "waiting", "solved"]
        assert report.counts.corrected == 1
        assert report.counts.steps == 1


class TestAForum:
    @pytest.fixture
    def files(self, tmp_path: Path) -> tuple[Path, Path]:
        asked = sheet(
            tmp_path / "q.csv",
            ("1", "ann", "2026-06-02T11:00Z", "Where is my mail?"),
            ("2", "ben", "2026-06-02T12:00Z", "It crashes"),
            columns=("id", "who", "asked", "text"),
        )
        said = sheet(
            tmp_path / "a.csv",
            ("91", "1", "2026-06-02T11:30Z", "cat", "Look in the other folder"),
            ("92", "1", "2026-06-02T11:40Z", "ann", "Thank you!"),
            ("93", "2", "2026-06-02T11:50Z", "cat", "Too early"),
            ("94", "3", "2026-06-02T11:50Z", "cat", "An answer to nothing"),
            columns=("aid", "question", "posted", "author", "body"),
        )
        return asked, said

    def test_two_tables_make_one_story(self, desk: Desk, files: tuple[Path, Path]) -> None:
        report = desk.bring(FORUM, *reversed(files))

        assert (report.counts.inquiries, report.counts.messages, report.counts.rows) == (2, 3, 6)
        told = desk.told("1")
        assert [(step[2], step[3], step[4]) for step in told] == [
            ("received", "ann", "customer"),
            ("outbound", "cat", "volunteer"),
            ("inbound", "ann", "customer"),
        ]
        assert [step[6].get("substantive") for step in told] == [None, True, False]
        assert told[1][7] == "Look in the other folder"

    def test_what_looks_wrong_is_flagged_and_marked(
        self, desk: Desk, files: tuple[Path, Path]
    ) -> None:
        report = desk.bring(FORUM, *files)

        flags = {flag.code: flag for flag in report.flags}
        assert flags["answered_before_asked"].examples == ("2",)
        assert flags["orphan"].examples == ("3",)
        assert desk.told("2")[0][6]["doubt"] == "answered_before_asked"

    def test_answers_may_come_before_their_questions(
        self, desk: Desk, files: tuple[Path, Path]
    ) -> None:
        asked, said = files
        early = desk.bring(FORUM, said)
        assert (early.counts.inquiries, early.counts.steps) == (0, 0)
        desk.bring(FORUM, asked)
        whole = open_desk("whole")
        whole.bring(FORUM, asked, said)

        assert desk.told() == whole.told()


STEPS = """
mapping: steps
source: our-steps
record: inquiry
tables:
  log:
    rows: steps
    zone: Asia/Tokyo
    key: case
    revision: id
    order: id
    fields: {mode: {fixed: direct}}
    kind: {column: what, words: {来た: received, 返した: outbound, 済: solved, メモ: nothing}}
    at: when
    by: {column: who, person: staff}
    role: agent
    text: body
"""


class TestALogOfSteps:
    def test_each_row_is_a_step_and_a_word_nobody_foresaw_is_set_aside(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        log = sheet(
            tmp_path / "steps.csv",
            ("A", "1", "来た", "2026/6/2 10:00", "ann", "It crashes"),
            ("A", "2", "返した", "2026/6/2 10:00", "ben", "Thanks"),
            ("A", "3", "済", "2026/6/2 10:00", "ben", ""),
            ("A", "4", "メモ", "2026/6/2 10:00", "ben", ""),
            ("A", "5", "?!", "2026/6/2 10:00", "ben", ""),
            columns=("case", "id", "what", "when", "who", "body"),
        )

        report = desk.bring(STEPS, log)

        told = desk.told("A")
        assert [(step[2], step[7]) for step in told] == [
            ("received", "It crashes"),
            ("outbound", "Thanks"),
            ("solved", None),
        ]
        assert told[0][6] == {"mode": "direct"}
        assert told[1][6] == {"substantive": False, "substantive_rule": 1}
        assert "nothing says what the cell means" in report.set_aside[0].reason["en"]
        assert report.set_aside[0].cell == "?!"


class TestAClockThatTurned:
    def test_is_seen_across_two_imports_and_marks_what_the_first_brought(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        """April was written eight hours behind; nothing in it alone could tell."""
        random = Random(5)
        rows: list[tuple[str, ...]] = []
        for day in range(60):
            turn = timedelta(hours=8) if day >= 30 else timedelta()
            for n in range(9):
                at = datetime(2026, 4, 1, 14, tzinfo=UTC) + timedelta(
                    days=day, minutes=round(random.gauss(0, 120))
                )
                rows.append((f"{day}-{n}", "u1", (at + turn).isoformat(), "?"))
        columns = ("id", "who", "asked", "text")
        april, may = (
            sheet(tmp_path / f"{number}.csv", *part, columns=columns)
            for number, part in enumerate((rows[:270], rows[270:]))
        )
        whole = open_desk("whole")

        first = desk.bring(FORUM, april)
        second = desk.bring(FORUM, may)
        once = whole.bring(FORUM, april, may)

        assert first.flags == ()
        assert [flag.code for flag in second.flags] == ["zone_jump"]
        assert (second.counts.steps, second.counts.corrected) == (270, 270)
        assert second.flags == once.flags
        assert {step[6].get("doubt") for step in desk.told("0-0")} == {"zone_jump"}
        assert {step[6].get("doubt") for step in desk.told("59-0")} == {None}
        assert [step[:8] for step in desk.told()] == [step[:8] for step in whole.told()]

        assert second.batch is not None
        undo_import(batch_id=second.batch, reason="", at=NOON, by="staff:1")
        assert {step[6].get("doubt") for step in desk.told("0-0")} == {None}


JIRA = """Issue key,Summary,Status,Priority,Reporter,Assignee,Created,Resolved,Resolution,Labels,\
Labels,Comment,Comment,Description
CRE-1,Streak lost,Done,High,Ann,Ben,02/Jun/26 11:00 AM,04/Jun/26 5:20 PM,Done,app,ios,\
"03/Jun/26 9:00 AM;Ben;Which device; and when?",03/Jun/26 9:30 AM;Ann;iPad,"It says 0
since today"
CRE-2,Coupon,Waiting for customer,Low,Ann,Ben,02/Jun/26 11:05 AM,,,,,,,?
CRE-3,Same,Done,Low,Ann,Ben,02/Jun/26 11:06 AM,02/Jun/26 11:10 AM,Duplicate,,,,,?
"""


CLOUD = """要約,課題キー,課題 ID,作業タイプ,ステータス,プロジェクト キー,優先度,解決状況,\
担当者,担当者 ID,報告者,報告者 ID,作成日,更新日,最終閲覧日,解決日,ラベル,ラベル,説明,\
カスタムフィールド (学校コード),コメント,コメント,コメント
連続記録が消えた,CRE-7,10007,調査,完了,CRE,高,完了,森,557058:mori,倉田,557058:kurata,\
02/6月/26 11:00 午前,04/6月/26 5:20 午後,,04/6月/26 5:20 午後,app,ios,0 になります,S-77,\
03/6月/26 9:00 午前;557058:mori;端末は?,03/6月/26 9:30 午前;557058:kurata;iPad; 最新です,
"""


class TestJira:
    def test_repeated_columns_are_all_read(self, desk: Desk, tmp_path: Path) -> None:
        path = tmp_path / "jira.csv"
        path.write_text(JIRA, encoding="utf-8")

        report = desk.bring("jira_csv", path)

        assert report.counts.investigations == 3
        told = desk.told("CRE-1")
        assert [step[2] for step in told] == ["filed", "note", "note", "answered"]
        assert told[0][6]["labels"] == ["app", "ios"]
        assert told[0][7] == "Streak lost\n\nIt says 0\nsince today"
        assert told[1][7] == "Which device; and when?"
        assert told[0][1] == datetime(2026, 6, 2, 2, tzinfo=UTC)
        assert desk.kinds("CRE-3") == ["filed", "withdrawn"]
        codes = {flag.code for flag in report.flags}
        assert codes == {"zone_assumed", "waits_without_a_moment"}

    def test_an_export_of_cloud_in_japanese_is_read_by_its_own_names(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        """Ids stand beside names, columns come several times, and months are 6月."""
        path = tmp_path / "jira.csv"
        path.write_text(CLOUD, encoding="utf-8-sig")

        report = desk.bring("jira_csv", path)

        told = desk.told("CRE-7")
        assert [(step[2], step[3]) for step in told] == [
            ("filed", "倉田"),
            ("note", "557058:mori"),
            ("note", "557058:kurata"),
            ("answered", "森"),
        ]
        assert told[0][1] == datetime(2026, 6, 2, 2, tzinfo=UTC)  # 11:00 in Tokyo
        assert told[3][1] == datetime(2026, 6, 4, 8, 20, tzinfo=UTC)
        assert (told[0][6]["kind"], told[0][6]["labels"]) == ("調査", ["app", "ios"])
        assert {flag.code for flag in report.flags} == {"zone_assumed"}

    def test_a_gzipped_export_is_the_same(self, desk: Desk, tmp_path: Path) -> None:
        path = tmp_path / "jira.csv.gz"
        path.write_bytes(gzip.compress(JIRA.encode()))

        assert desk.bring("jira_csv", path).counts.investigations == 3


STATES = """
mapping: two
source: two
record: inquiry
tables:
  tickets:
    rows: cases
    zone: in_cell
    key: id
    customer: who
    steps: [{kind: received, at: asked, by: {column: who, person: customer}, role: customer}]
  states:
    rows: states
    zone: in_cell
    belongs_to: {table: tickets, column: ticket}
    customer: who
    revision: [ticket, entry]
    order: entry
    at: at
    by: {column: by, person: staff}
    role: {column: acts, words: {C: customer, A: agent}}
    state:
      column: state
      words: {open: open, wait: {waiting: customer}, merged: {cancelled: merged}}
    detail: {into: into}
"""


@pytest.mark.django_db
def test_states_that_belong_to_a_ticket_say_who_acted_and_what_goes_with_the_state(
    desk: Desk, tmp_path: Path
) -> None:
    tickets = sheet(tmp_path / "t.csv", ("7", "花子", "2026-06-01T00:10:00Z"),
                    columns=("id", "who", "asked"))  # fmt: skip
    columns = ("ticket", "who", "entry", "at", "by", "acts", "state", "into")
    states = sheet(
        tmp_path / "s.csv",
        ("7", "花子", "1", "2026-06-01T00:30:00Z", "倉田", "A", "wait", ""),
        ("7", "花子", "2", "2026-06-02T01:00:00Z", "", "C", "open", ""),
        ("7", "花子", "3", "2026-06-02T02:00:00Z", "倉田", "A", "merged", "6"),
        columns=columns,
    )

    desk.bring(STATES, tickets, states)

    told = sorted(desk.told("7"), key=lambda step: step[1])
    assert [(step[2], step[3], step[4], step[6]) for step in told] == [
        ("received", "花子", "customer", {}),
        ("waiting", "倉田", "agent", {"on": "customer"}),
        ("resumed", "花子", "customer", {}),
        ("cancelled", "倉田", "agent", {"reason": "merged", "into": "6"}),
    ]

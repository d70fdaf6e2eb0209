"""Event logs: read as a stream, laid flat, brought in like any table."""

import csv
import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.importers.tables.table import UnreadableTable
from shinrai.importers.xes.events import events, is_xes
from shinrai.importers.xes.flatten import flatten

LOG = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <global scope="event"><string key="org:group" value="UNKNOWN"/></global>
  <trace>
    <string key="concept:name" value="たぬき-1"/>
    <event>
      <string key="concept:name" value="受付"/>
      <date key="time:timestamp" value="2026-06-03T14:10:00+09:00"/>
      <string key="org:resource" value="森下"><string key="role" value="CS"/></string>
    </event>
    <event>
      <string key="concept:name" value="解決"/>
      <date key="time:timestamp" value="2026-06-05T11:20:00+09:00"/>
      <list key="tags"><values>
        <string key="tag" value="白い画面"/><string key="tag" value="iPad"/>
      </values></list>
    </event>
    <string key="priority" value="高"/>
  </trace>
  <trace><string key="concept:name" value="たぬき-2"/></trace>
</log>
"""


def written(folder: Path, text: str, name: str = "log.xes") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def flat(folder: Path, *paths: Path) -> list[list[dict[str, str]]]:
    target = folder / "flat"
    target.mkdir()
    return [table(path) for path in flatten(paths, target)]


class TestFlat:
    def test_an_event_is_a_row_with_what_its_trace_says(self, tmp_path: Path) -> None:
        [[received, solved]] = flat(tmp_path, written(tmp_path, LOG))

        assert received == {
            "event:index": "1",
            "xes:file": "log.xes",
            "xes:line": "6",
            "case:concept:name": "たぬき-1",
            "case:priority": "高",
            "concept:name": "受付",
            "time:timestamp": "2026-06-03T14:10:00+09:00",
            "org:resource": "森下",
            "org:resource.role": "CS",
            "tags.tag": "",
        }
        assert (solved["event:index"], solved["xes:line"]) == ("2", "11")
        assert (solved["tags.tag"], solved["org:resource"]) == ("白い画面;iPad", "")

    def test_the_same_log_gives_the_same_bytes_compressed_or_not(self, tmp_path: Path) -> None:
        plain = written(tmp_path, LOG)
        packed = tmp_path / "packed" / "log.xes"
        packed.parent.mkdir()
        packed.write_bytes(gzip.compress(LOG.encode()))
        (tmp_path / "flat").mkdir()

        one, other = flatten([plain, packed], tmp_path / "flat")

        assert one.read_bytes() == other.read_bytes()
        assert one.name == other.name == "log.xes.csv"

    @given(
        st.lists(
            st.dictionaries(
                st.text("abcé:", min_size=1, max_size=3),
                st.text('x"\n,<&;日本', max_size=6),
                min_size=1,
                max_size=4,
            ),
            min_size=1,
            max_size=8,
        )
    )
    def test_every_value_stands_under_its_name_in_its_row(
        self, tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]]
    ) -> None:
        from xml.sax.saxutils import quoteattr

        folder = tmp_path_factory.mktemp("log")
        body = "".join(
            "<event>"
            + "".join(
                f"<string key={quoteattr(name)} value={quoteattr(value)}/>"
                for name, value in row.items()
            )
            + "</event>"
            for row in rows
        )

        [found] = flat(folder, written(folder, f"<log><trace>{body}</trace></log>"))

        told = [
            {name: row[name] for name in row if name in known and row[name]}
            for row, known in zip(found, rows, strict=True)
        ]
        assert told == [{n: v for n, v in row.items() if v} for row in rows]

    def test_a_long_log_is_handed_out_trace_by_trace(self, tmp_path: Path) -> None:
        """The events of a trace are there before the log ends, so nothing need hold it whole."""
        trace = '<trace><event><string key="a" value="b"/></event></trace>\n'
        path = written(tmp_path, "<log>" + trace * 60_000 + "<oops")

        first = next(events(path))

        assert first.values == {"a": "b"}
        with pytest.raises(UnreadableTable):
            list(events(path))


class TestRefused:
    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ('<!DOCTYPE log [<!ENTITY a "aaaa">]><log/>', "document type"),
            ("<html><body/></html>", "no event log"),
            ("<log><trace><event>", "line 1: this is not XML"),
            ("number,state\n1,open\n", "this is not XML"),
            ("<log><trace/></log>", "no event in this log"),
            ("<log>" + "<trace>" * 80, "deep"),
            ("", "empty"),
        ],
    )
    def test_a_file_that_is_no_event_log_says_what_to_do(
        self, tmp_path: Path, text: str, says: str
    ) -> None:
        with pytest.raises(UnreadableTable, match=says) as refused:
            flat(tmp_path, written(tmp_path, text))

        assert refused.value.text["ja"] != refused.value.text["en"]

    def test_a_compressed_log_that_is_cut_off(self, tmp_path: Path) -> None:
        path = tmp_path / "log.xes.gz"
        path.write_bytes(gzip.compress(LOG.encode())[:200])

        with pytest.raises(UnreadableTable, match="cut off"):
            flat(tmp_path, path)

    def test_no_file_and_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableTable, match="no such file"):
            flatten([tmp_path / "no.xes"], tmp_path)
        other = tmp_path / "other"
        other.mkdir()
        with pytest.raises(UnreadableTable, match="folder"):
            flatten([tmp_path], other)

    def test_a_log_is_told_by_how_it_begins(self, tmp_path: Path) -> None:
        assert is_xes(written(tmp_path, LOG))
        assert not is_xes(written(tmp_path, "a,b\n1,2\n", "t.csv"))
        assert not is_xes(tmp_path / "no.xes")


@pytest.mark.django_db
@pytest.mark.end_to_end
class TestRealLogs:
    NOW = datetime(2026, 11, 20, tzinfo=UTC)

    def test_volvo(self, shared: Path, tmp_path: Path) -> None:
        """7,554 incidents: how far up each went, who waited, how often it changed hands."""
        from shinrai.inquiries.queries import all_inquiries
        from tests.importers.desk import open_desk

        desk = open_desk(zone="UTC")
        log = shared / "data" / "bpic2013_volvo" / "bpic2013_incidents.xes.gz"

        report = desk.bring("bpic2013_volvo", *flatten([log], tmp_path), at=self.NOW)

        assert (report.counts.rows, report.counts.inquiries) == (65_533, 7_554)
        assert report.counts.quarantined == 0
        lives = [life for _, life in all_inquiries(workspace_id=desk.id)]
        highest = [life.highest_tier for life in lives]
        assert {tier: highest.count(tier) for tier in (1, 2, 3)} == {1: 4_546, 2: 2_468, 3: 540}
        waited = sum(any(p.reason == "customer" for p in life.pauses) for life in lives)
        assert waited == 2_495
        handovers = [len(life.groups) - 1 for life in lives]
        assert (handovers.count(0), max(handovers)) == (3_734, 31)

    def test_italy(self, shared: Path, tmp_path: Path) -> None:
        """4,580 tickets; a copy of the log whose clock somebody turned is found out beside it."""
        from shinrai.ledger.queries import all_standing
        from tests.importers.desk import open_desk

        desk = open_desk(zone="UTC")
        folder = shared / "data" / "helpdesk_italy"

        [log] = flatten([folder / "helpdesk.xes.gz"], tmp_path)
        report = desk.bring("helpdesk_italy", log, at=self.NOW)

        assert (report.counts.rows, report.counts.inquiries) == (21_348, 4_580)
        assert report.counts.quarantined == 0
        kinds = [
            [step.kind for step in steps]
            for _, steps in all_standing(workspace_id=desk.id, record="inquiry")
        ]
        assert sum(told.count("solved") > 1 for told in kinds) == 386
        assert sum("reopened" in told for told in kinds) == 152
        assert sum("waiting" in told for told in kinds) == 1_236

        turned = desk.bring(
            COPY, folder / "helpdesk_tax2017_variant.csv.gz", at=self.NOW, dry_run=True
        )

        flags = {flag.code: flag for flag in turned.flags}
        assert "+8 / +9 h" in flags["clock_turned"].text["en"]
        assert "clock_turned" not in {flag.code for flag in report.flags}


COPY = """
mapping: copy
source: helpdesk-italy
record: inquiry
tables:
  events:
    rows: steps
    zone: UTC
    moments: ["%Y-%m-%d %H:%M:%S"]
    key: CaseID
    revision: [CompleteTimestamp, ActivityID]
    at: CompleteTimestamp
    kind: {column: ActivityID, words: {"1": received}, otherwise: note}
"""

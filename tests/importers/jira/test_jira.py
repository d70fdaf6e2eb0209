"""Hanako's request in Jira: from files, in any form, again, next week, and taken back."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shinrai.importers.jira.source import JIRA, flatten
from shinrai.importers.models import QuarantinedRow
from shinrai.importers.run.undo import undo_import
from tests.importers.desk import NOON, Desk, open_desk
from tests.importers.fakes.pulled import files_in
from tests.importers.jira.desk_of_jira import (
    HANAKO,
    KURATA,
    MORI,
    RULE,
    change,
    comment,
    document,
    item,
    moment,
    names,
    reopened,
    whole,
)

LIFE = [
    ("06-01 00:10", "received"),
    ("06-01 00:10", "assigned"),  # to CS
    ("06-01 00:30", "assigned"),  # to Kurata
    ("06-01 00:40", "outbound"),
    ("06-01 00:41", "waiting"),
    ("06-02 01:00", "inbound"),
    ("06-02 01:00", "resumed"),
    ("06-02 01:30", "assigned"),  # to Mori of CRE
    ("06-02 01:30", "note"),
    ("06-03 05:00", "outbound"),
    ("06-03 05:00", "solved"),
    ("06-03 06:00", "rated"),
]


def life(desk: Desk, case: str = "HELP-1") -> list[tuple[str, str]]:
    """Say what happened to an issue, and when."""
    told = [(f"{step[1].astimezone(UTC):%m-%d %H:%M}", step[2]) for step in desk.told(case)]
    return sorted(told)


def written(path: Path, *records: Any) -> Path:
    """Write records, one a line."""
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), "utf-8")
    return path


def embedded(kept: dict[str, Any]) -> dict[str, Any]:
    """Give an issue as one request shows it, with everything inside."""
    fields = {
        **kept["issue"]["fields"],
        "comment": {"comments": kept["comments"], "total": len(kept["comments"])},
        **{f"customfield_1009{sla['id']}": sla for sla in kept["sla"]},
    }
    log = {"histories": list(reversed(kept["changelog"])), "total": len(kept["changelog"])}
    return {**kept["issue"], "fields": fields, "changelog": log}


def _apart(kept: dict[str, Any]) -> list[dict[str, Any]]:
    """Give an issue, which says how many there are, and what belongs to it record by record."""
    number, own = kept["issue"]["id"], {**kept["issue"]}
    own["changelog"] = {"total": len(kept["changelog"]), "histories": []}
    own["fields"] = {**own["fields"], "comment": {"total": len(kept["comments"])}}
    belonging = [*kept["changelog"], *kept["comments"], *kept["sla"]]
    return [own, *({**record, "issue_id": number} for record in belonging)]


class TestFlat:
    def test_the_same_records_give_the_same_bytes_in_any_order_and_form(
        self, tmp_path: Path
    ) -> None:
        page = {"issues": [embedded(reopened()), embedded(whole())], "isLast": True}
        forms = [
            (names(), whole(), reopened()),
            (page, names()["statuses"], names()["fields"]),
        ]
        told = []
        for number, records in enumerate(forms):
            folder = tmp_path / str(number)
            folder.mkdir()
            tables = flatten([written(tmp_path / f"{number}.json", *records)], folder)
            told.append({path.name: _without_raw(path) for path in tables})

        assert told[0] == told[1]
        assert set(told[0]) == {
            "issues.csv", "states.csv", "comments.csv", "customs.csv", "ratings.csv", "sla.csv",
        }  # fmt: skip

    @given(st.permutations([names(), *_apart(whole()), *_apart(reopened())]))
    @settings(max_examples=20, deadline=None)
    def test_records_apart_in_any_order_are_the_same_records(
        self, tmp_path_factory: pytest.TempPathFactory, records: list[Any]
    ) -> None:
        folders = [tmp_path_factory.mktemp("flat") for _ in range(2)]
        told = [
            {path.name: _without_raw(path) for path in flatten([file], folder)}
            for folder, file in zip(
                folders,
                (
                    written(folders[0] / "a.ndjson", *records),
                    written(folders[1] / "b.ndjson", names(), whole(), reopened()),
                ),
                strict=True,
            )
        ]

        assert told[0] == told[1]

    def test_a_field_of_your_own_is_a_column_by_its_name(self, tmp_path: Path) -> None:
        issues, *_ = flatten([written(tmp_path / "a.ndjson", names(), whole())], tmp_path)

        [head, row] = _without_raw(issues)
        told = dict(zip(head, row, strict=True))
        assert (told["custom.学校コード"], told["custom.担当グループ"]) == ("S-77", "CRE")
        assert told["request_type"] == "使い方"
        assert told["description"] == "昨日まで 40 日でした。\n0 になっています。"

    def test_an_issue_that_moved_keeps_the_key_it_was_created_under(self, tmp_path: Path) -> None:
        moved = whole()
        moved["issue"]["key"] = "CRE-9"
        moved["changelog"].append(
            change(9, moment(2, "11:00"), KURATA, item("Key", "HELP-1", "CRE-9"))
        )

        issues, *_ = flatten([written(tmp_path / "a.ndjson", moved)], tmp_path)

        [head, row] = _without_raw(issues)
        told = dict(zip(head, row, strict=True))
        assert (told["issue"], told["key_now"], told["project"]) == ("HELP-1", "CRE-9", "HELP")


def _without_raw(path: Path) -> list[list[str]]:
    import csv

    with path.open(encoding="utf-8", newline="") as file:
        return [row[:-2] for row in csv.reader(file)]


@pytest.mark.django_db
class TestFromFiles:
    def test_a_life_is_told_whole(self, desk: Desk, tmp_path: Path) -> None:
        report = files_in(JIRA, written(tmp_path / "t.ndjson", names(), whole()))

        assert life(desk) == sorted(LIFE)
        assert (report.counts.quarantined, report.flags) == (0, ())
        told = desk.told("HELP-1")
        received, waits = (
            next(step for step in told if step[2] == kind) for kind in ("received", "waiting")
        )
        assert received[6]["channel"] == "form"
        assert received[6]["kind"] == "使い方"
        assert (waits[3], waits[6]) == ("Kurata", {"on": "customer"})
        handed = [step[6] for step in told if step[2] == "assigned"]
        assert {"group": "CRE", "to": "Mori"} in handed
        resumed = next(step for step in told if step[2] == "resumed")
        assert (resumed[3], resumed[4]) == ("system", "system")  # by a rule
        rated = next(step for step in told if step[2] == "rated")
        assert (rated[3], rated[6]) == (received[3], {"scale": "1-5", "score": "5"})

    def test_the_one_organisation_is_the_account_of_several_none_is_known(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        """さくら塾 asks alone in HELP-1; HELP-2 is shared with みどり学園."""
        sort = {"custom": "com.atlassian.servicedesk:sd-customer-organizations"}
        known = names()
        known["fields"] = [
            *known["fields"], {"id": "customfield_1", "name": "Organizations", "schema": sort},
        ]  # fmt: skip
        alone, shared = whole(), reopened()
        sakura, midori = {"id": "1", "name": "さくら塾"}, {"id": "2", "name": "みどり学園"}
        alone["issue"]["fields"]["customfield_1"] = [sakura]
        shared["issue"]["fields"]["customfield_1"] = [sakura, midori]
        files_in(JIRA, written(tmp_path / "a.ndjson", known, alone, shared))

        keys = [one["issue"]["key"] for one in (alone, shared)]
        named = [desk.told(key)[0][6]["account"] for key in keys]
        assert named == [["さくら塾"], ["さくら塾", "みどり学園"]]

    def test_who_sees_a_comment_says_which_way_it_went(self, desk: Desk, tmp_path: Path) -> None:
        """Internal, kept to a role, or marked so in a data center: none of them went out."""
        request = whole()
        request["comments"] = [
            comment(41, moment(1, "09:40"), KURATA, "見えます"),
            comment(42, moment(1, "09:50"), KURATA, "内部", jsdPublic=False),
            comment(43, moment(1, "09:51"), MORI, "役割だけ", visibility={"value": "Agents"}),
            comment(44, moment(1, "09:52"), MORI, "属性で", properties=[
                {"key": "sd.public.comment", "value": {"internal": True}}]),
            comment(45, moment(1, "09:53"), RULE, "受け付けました"),
            comment(46, moment(1, "09:54"), HANAKO, "はい、そうです"),
        ]  # fmt: skip

        files_in(JIRA, written(tmp_path / "t.ndjson", names(), request))

        said = [
            (step[7], step[2], step[3], step[6].get("automatic", False))
            for step in desk.told("HELP-1")
            if step[2] in ("inbound", "outbound", "note")
        ]
        assert sorted(said) == sorted([
            ("見えます", "outbound", "Kurata", False), ("内部", "note", "Kurata", False),
            ("役割だけ", "note", "Mori", False), ("属性で", "note", "Mori", False),
            ("受け付けました", "outbound", "system", True),
            ("はい、そうです", "inbound", "qm:hanako", False),
        ])  # fmt: skip

    def test_agents_become_members_who_cannot_sign_in(self, desk: Desk, tmp_path: Path) -> None:
        from shinrai.accounts.queries import members

        files_in(JIRA, written(tmp_path / "t.ndjson", names(), whole(), reopened()))

        met = [m for m in members(workspace_id=desk.id) if m.source == "jira"]
        assert sorted(member.display_name for member in met) == ["Kurata", "Mori"]

    def test_twice_changes_nothing(self, desk: Desk, tmp_path: Path) -> None:
        first = files_in(JIRA, written(tmp_path / "t.ndjson", names(), whole(), reopened()))
        again = files_in(JIRA, written(tmp_path / "u.json", {"issues": [
            embedded(reopened()), embedded(whole())]}, names()))  # fmt: skip

        assert (again.counts.steps, again.counts.corrected) == (0, 0)
        assert again.counts.unchanged == first.counts.steps

    def test_two_halves_are_the_whole(self, desk: Desk, tmp_path: Path) -> None:
        """What was known on Tuesday at eleven, and all of it on Friday, against Friday alone."""
        half = whole()
        half["issue"]["fields"] |= {
            "updated": moment(2, "11:00"), "status": {"id": "1", "name": "Waiting for support"},
            "resolution": None, "resolutiondate": None,
        }  # fmt: skip
        half["changelog"], half["comments"] = half["changelog"][:4], half["comments"][:3]
        for name in ("customfield_10012", "customfield_10013"):
            half["issue"]["fields"][name] = None
        other = open_desk("other")

        files_in(JIRA, written(tmp_path / "a.ndjson", names(), half))
        second = files_in(JIRA, written(tmp_path / "b.ndjson", names(), whole(), reopened()))

        assert second.counts.corrected == 0
        told = desk.told()
        assert other.told() == []
        undo_import(batch_id=second.batch or 0, reason="", at=NOON, by="staff:1")
        assert life(desk) == sorted(LIFE)[:9]
        once = files_in(JIRA, written(tmp_path / "c.ndjson", names(), whole(), reopened()))
        assert once.batch is not None
        assert desk.told() == told

    def test_next_weeks_reopening_is_a_step_at_its_own_time(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        files_in(JIRA, written(tmp_path / "t.ndjson", names(), whole()))
        later = whole()
        later["issue"]["fields"] |= {"updated": moment(8, "12:00"), "resolution": None}
        later["changelog"].append(
            change(99, moment(8, "12:00"), HANAKO, item("resolution", "Done", None),
                   item("status", "Resolved", "Waiting for support"))
        )  # fmt: skip

        report = files_in(
            JIRA, written(tmp_path / "u.ndjson", names(), later), at=NOON + timedelta(days=7)
        )

        assert (report.counts.steps, report.counts.corrected) == (1, 0)
        [step] = [step for step in desk.told("HELP-1") if step[2] == "reopened"]
        assert (step[1], step[4]) == (datetime(2026, 6, 8, 3, tzinfo=UTC), "customer")

    def test_a_duplicate_is_cancelled_as_one(self, desk: Desk, tmp_path: Path) -> None:
        same = whole()
        same["changelog"][4]["items"][0]["toString"] = "Duplicate"
        same["issue"]["fields"]["resolution"] = {"name": "Duplicate"}

        files_in(JIRA, written(tmp_path / "t.ndjson", names(), same))

        [gone] = [step for step in desk.told("HELP-1") if step[2] == "cancelled"]
        assert (gone[3], gone[6]) == ("Mori", {"reason": "duplicate"})
        assert "solved" not in desk.kinds("HELP-1")

    def test_a_status_of_ones_own_is_read_by_its_sort_and_flagged(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        own = whole()
        own["changelog"][1]["items"] = [item("status", "Waiting for support", "Looking closely")]
        own["changelog"][2]["items"] = [item("status", "Looking closely", "Waiting for support")]

        report = files_in(JIRA, written(tmp_path / "t.ndjson", names(), own))

        assert [(flag.code, flag.count) for flag in report.flags] == [("guessed_meaning", 1)]
        assert "waiting" not in desk.kinds("HELP-1")

    def test_what_nobody_can_read_is_set_aside_and_told_where(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        strange = whole()
        del strange["issue"]["fields"]["status"]["statusCategory"]
        strange["changelog"][4]["items"][1] |= {"to": "77", "toString": "On the moon"}
        alone = {"issue_id": "555", **comment(1, moment(1, "09:00"), KURATA, "どこの？")}

        report = files_in(
            JIRA, written(tmp_path / "t.ndjson", {"what": "is this"}, names(), strange, alone)
        )

        assert report.counts.quarantined == 3 == QuarantinedRow.objects.count()
        reasons = " ".join(row.reason["en"] for row in report.set_aside)
        assert "On the moon" in {row.cell for row in report.set_aside}
        assert "none of the records" in reasons
        assert "an issue that is not among these records" in reasons

    def test_without_its_changelog_an_issue_says_what_is_unknown(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        report = files_in(JIRA, written(tmp_path / "t.json", names(), whole()["issue"]))

        assert {flag.code: flag.count for flag in report.flags} == {
            "no_state_history": 1,
            "no_messages": 1,
        }
        assert desk.kinds("HELP-1") == ["received", "assigned", "solved", "rated"]

    def test_a_changelog_that_is_cut_off_is_flagged(self, desk: Desk, tmp_path: Path) -> None:
        cut = embedded(whole())
        cut["changelog"]["histories"] = cut["changelog"]["histories"][:2]
        cut["fields"]["comment"]["comments"] = cut["fields"]["comment"]["comments"][:1]

        report = files_in(JIRA, written(tmp_path / "t.json", names(), cut))

        assert {flag.code for flag in report.flags} == {"history_cut", "messages_cut"}

    def test_taken_back_it_is_gone(self, desk: Desk, tmp_path: Path) -> None:
        report = files_in(JIRA, written(tmp_path / "t.ndjson", names(), whole()))

        undo_import(batch_id=report.batch or 0, reason="wrong desk", at=NOON, by="staff:1")

        assert desk.told() == []


@pytest.mark.django_db
class TestFromAWarehouse:
    def test_the_tables_of_a_load_tell_what_they_hold(self, desk: Desk, shared: Path) -> None:
        """Four issues; two of them name a status that the table of statuses has not."""
        report = files_in(JIRA, shared / "data" / "connector_seeds" / "jira")

        assert (report.counts.inquiries, report.counts.quarantined) == (4, 2)
        assert {flag.code: flag.count for flag in report.flags} == {
            "no_state_history": 4,
            "no_messages": 4,
        }
        assert {row.cell for row in report.set_aside} == {"#10003"}

    def test_a_history_of_fields_is_a_history(self, desk: Desk, tmp_path: Path) -> None:
        """Ken's issue: To Do on Monday at nine, in progress at ten, done on Tuesday at five."""
        tables = {
            "issue": "id,key,created,updated,reporter,assignee,status,summary,resolved\n"
            "7,TP-7,2026-06-01 09:00:00,2026-06-02 17:00:00,u1,u2,30,Broken,2026-06-02 17:00:00\n",
            "issue_field_history": "field_id,issue_id,time,value,author_id\n"
            "status,7,2026-06-01 09:00:00.120,10,u1\n"
            "status,7,2026-06-01 10:00:00,20,u2\n"
            "assignee,7,2026-06-01 10:00:00,u2,u2\n"
            "status,7,2026-06-02 17:00:00,30,u2\n",
            "comment": "id,issue_id,author_id,body,created,updated,is_public\n"
            "1,7,u2,We know,2026-06-01 10:05:00,2026-06-01 10:05:00,true\n"
            "2,7,u1,Thanks a lot for looking?,2026-06-01 11:05:00,2026-06-01 11:05:00,true\n"
            "3,7,u2,It is the cache,2026-06-01 12:05:00,2026-06-01 12:05:00,false\n",
            "status": "id,name,status_category_id\n10,To Do,2\n20,In Progress,4\n30,Done,3\n",
            "user": "id,name,email\nu1,Ken,\nu2,Ota,\n",
        }
        for name, text in tables.items():
            (tmp_path / f"{name}.csv").write_text(text, "utf-8")

        report = files_in(JIRA, tmp_path)

        assert report.flags == ()
        assert life(desk, "TP-7") == [
            ("06-01 09:00", "received"),
            ("06-01 10:00", "assigned"),
            ("06-01 10:05", "outbound"),
            ("06-01 11:05", "inbound"),
            ("06-01 12:05", "note"),
            ("06-02 17:00", "solved"),
        ]


class TestRichText:
    def test_a_document_reads_as_its_page_does(self) -> None:
        from shinrai.importers.jira.rich_text import plain

        page = document("一行目", "二行目")
        page["content"].append({"type": "bulletList", "content": [
            {"type": "listItem", "content": [{"type": "paragraph", "content": [
                {"type": "mention", "attrs": {"text": "@Mori"}}, {"type": "text", "text": " へ"},
                {"type": "hardBreak"},
                {"type": "inlineCard", "attrs": {"url": "https://example.jp"}}]}]}]})  # fmt: skip

        assert plain(page) == "一行目\n二行目\n@Mori へ\nhttps://example.jp"
        assert plain("already *plain*") == "already *plain*"
        assert plain(document()) is None

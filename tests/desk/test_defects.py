"""Defects: 高橋 links an investigation and two inquiries to one ticket, and people are told."""

import pytest
import time_machine
from django.utils.html import strip_tags

from shinrai.accounts.models import AuditEntry
from shinrai.desk.operations.defects import fix_defect, link_defect, record_told_back
from shinrai.desk.operations.steps import file_investigation, take_step
from shinrai.desk.queries.defects import defect_view, defects, defects_of
from shinrai.desk.rules.defects import BadDefect, DefectPerson, persons_of, told_share, web_address
from shinrai.inquiries.operations import receive_inquiry
from shinrai.ledger.models import Case, Step
from shinrai.ledger.queries import standing_of
from shinrai.quality.rules.investigations import defect_state
from shinrai.units.share import Share
from tests.cast import Cast
from tests.desk.stage import tokyo
from tests.desk.test_pages import lead, shown
from tests.downloads import csv_rows

TICKET = "https://tracker.example.com/DEV-12"
HERE = "/w/tanuki/defects/"
records = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(cast: Cast) -> dict[str, int]:
    """Q-1 and Q-2 of customer 7, Q-3 of nobody known, and INV-1 about Q-1."""
    there = cast.workspace.id
    numbers = {
        key: receive_inquiry(
            workspace_id=there, source_key=key, at=tokyo(3, 9), by="customer:7", words=words,
            channel="mail",
        )
        for key, words in (("Q-1", "山田です。音が出ません"), ("Q-2", "まだ無音"), ("Q-3", "無音"))
    }  # fmt: skip
    Case.objects.filter(source_key__in=("Q-1", "Q-2")).update(customer_id=7)
    numbers["INV-1"] = file_investigation(
        workspace_id=there, source_key="INV-1", at=tokyo(3, 10), by=cast.agent.member.key,
        words="音の調査", inquiry_id=numbers["Q-1"],
    )  # fmt: skip
    take_step(
        case_id=numbers["INV-1"], kind="finding", at=tokyo(3, 12), by="staff:1", role="engineer",
        detail={"verdict": "defect"},
    )  # fmt: skip
    return numbers


def link(case_id: int, url: str = TICKET, title: str = "Sound stops") -> int:
    return link_defect(case_id=case_id, url=url, title=title, at=tokyo(4, 10), by="staff:1")


def fix(cast: Cast, number: int, release: str = "2.4", day: int = 5) -> None:
    fix_defect(
        workspace_id=cast.workspace.id, defect_id=number, release=release, at=tokyo(day, 10),
        by="staff:1",
    )  # fmt: skip


def tell(cast: Cast, number: int, key: str, day: int = 6) -> None:
    view = defect_view(workspace_id=cast.workspace.id, number=number)
    assert view is not None
    [row] = [one.row for one in view.cases if one.head.source_key == key]
    record_told_back(workspace_id=cast.workspace.id, row=row, at=tokyo(day, 10), by="staff:2")


@records
class TestLinking:
    def test_an_investigations_defect_concerns_its_inquiry(self, cast: Cast, desk) -> None:
        number = link(desk["INV-1"])

        for key in ("INV-1", "Q-1"):
            [one] = defects_of(case_id=desk[key]).linked
            assert (one.id, one.url, one.title) == (number, TICKET, "Sound stops")
            notes = Step.objects.filter(case_id=desk[key], kind="note")
            assert [(n.detail["purpose"], n.detail["defect"]) for n in notes] == [
                ("defect", number)
            ]

    def test_the_same_address_is_the_same_defect_and_linked_once(self, cast: Cast, desk) -> None:
        numbers = {link(desk["Q-2"]), link(desk["Q-2"]), link(desk["Q-3"], f" {TICKET} ", "")}

        assert len(numbers) == 1
        assert [one.inquiries for one in defects(workspace_id=cast.workspace.id)] == [2]
        assert Step.objects.filter(case_id=desk["Q-2"], kind="note").count() == 1

    def test_an_inquiry_brought_from_elsewhere_is_linked_too(self, cast: Cast, desk) -> None:
        Case.objects.filter(pk=desk["Q-3"]).update(source="zendesk")

        number = link(desk["Q-3"])

        assert [one.id for one in defects_of(case_id=desk["Q-3"]).linked] == [number]

    def test_nothing_is_written_where_the_title_is_missing(self, cast: Cast, desk) -> None:
        before = Step.objects.count()

        with pytest.raises(BadDefect, match="Title"):
            link(desk["INV-1"], title="  ")

        assert (Step.objects.count(), defects(workspace_id=cast.workspace.id)) == (before, ())


@pytest.mark.parametrize(
    "text",
    ["DEV-12", "javascript:alert(1)", "ftp://x/y", "https://", "https://a b", "http://[", ""],
)
def test_only_addresses_of_the_web_are_tickets(text: str) -> None:
    with pytest.raises(BadDefect):
        web_address(text)


def test_a_customer_is_told_once_and_anew_after_another_fix() -> None:
    told, later = tokyo(6, 10), tokyo(8, 10)
    rows = [DefectPerson(7, told), DefectPerson(7, None), DefectPerson(None, None)]

    assert len(persons_of(rows)) == 2
    assert told_share(rows, None) == Share(0, 0)
    assert told_share(rows, tokyo(5, 10)) == Share(1, 2)
    assert told_share(rows, later) == Share(0, 2)


@records
class TestFixAndTelling:
    def test_told_counts_persons(self, cast: Cast, desk) -> None:
        for key in ("INV-1", "Q-2", "Q-3"):
            number = link(desk[key])
        fix(cast, number)
        tell(cast, number, "Q-2")

        [row] = defects(workspace_id=cast.workspace.id)
        assert (row.inquiries, row.customers, row.told, row.release) == (3, 1, Share(1, 2), "2.4")

        fix(cast, number, "2.5", day=7)
        [row] = defects(workspace_id=cast.workspace.id)
        assert (row.told, row.release) == (Share(0, 2), "2.5")

    def test_nobody_is_told_before_it_is_fixed(self, cast: Cast, desk) -> None:
        number = link(desk["Q-1"])

        with pytest.raises(BadDefect, match="not fixed yet"):
            tell(cast, number, "Q-1")

    def test_another_workspaces_defect_is_unknown(self, cast: Cast, desk) -> None:
        number = link(desk["Q-1"])

        with pytest.raises(BadDefect, match="no such defect"):
            fix_defect(
                workspace_id=cast.simulated.id,
                defect_id=number,
                release="1",
                at=tokyo(5, 9),
                by="x",
            )
        assert defect_view(workspace_id=cast.simulated.id, number=number) is None

    def test_the_figure_of_fixed_defects_follows(self, cast: Cast, desk) -> None:
        def state() -> str | None:
            steps = standing_of([desk["INV-1"]], workspace_id=cast.workspace.id)
            return defect_state(steps[desk["INV-1"]], "defect")

        assert state() is None
        number = link(desk["INV-1"])
        assert state() == "linked"
        fix(cast, number)
        assert state() == "fixed"


@records
@pytest.mark.end_to_end
class TestPages:
    def test_whom_to_tell(self, cast: Cast, desk) -> None:
        number = link(desk["INV-1"])
        fix(cast, number)
        client = cast.agent.client()
        with time_machine.travel(tokyo(9, 15), tick=False):
            page = shown(client, f"{HERE}{number}/")
            client.post(f"{HERE}{number}/told/", {"row": row_of(cast, number, "Q-1")})
            rows = csv_rows(client, f"{HERE}{number}/?sort=case")
            listed = csv_rows(client, HERE)

        message = page.partition("<textarea")[2].partition("</textarea>")[0]
        assert "2.4" in message
        assert "山田" not in message  # no words of a customer
        assert lead(page) == "Fixed in 2.4: 0 of 1 told."
        by_key = {row["Case"]: row for row in rows}
        assert by_key["Q-1"]["Filed by"] == "鈴木"
        assert by_key["Q-1"]["Channel"] == "mail"
        assert by_key["Q-1"]["Told"].startswith("2026-06-09")
        assert by_key["INV-1"]["Told"] == ""
        assert (listed[0]["Told"], listed[0]["To tell"]) == ("1", "1")

    def test_takahashi_links_from_the_case_and_a_wrong_address_is_kept(
        self, cast: Cast, desk
    ) -> None:
        client = cast.engineer.client()
        address = f"/w/tanuki/cases/{desk['INV-1']}/defects/"
        with time_machine.travel(tokyo(9, 15), tick=False):
            wrong = client.post(address, {"url": "DEV-12", "title": "無音"}, follow=True)
            right = client.post(address, {"url": TICKET, "title": "無音"}, follow=True)

        typed = wrong.content.decode()
        assert 'value="DEV-12"' in typed
        assert 'value="無音"' in typed
        text = right.content.decode()
        assert 'href="/w/tanuki/defects/' in text
        assert TICKET in strip_tags(text)  # in the timeline
        entry = AuditEntry.objects.get(what="link defect")
        assert entry.by == cast.engineer.member.key

    def test_who_may(self, cast: Cast, desk) -> None:
        number = link(desk["INV-1"])
        row = row_of(cast, number, "Q-1")
        with time_machine.travel(tokyo(9, 15), tick=False):
            for who, told in (("agent", 403), ("stranger", 404), ("nobody", 403)):
                client = cast.everybody[who].client()
                fixes = client.post(f"{HERE}{number}/fixes/", {"release": "2"})
                assert fixes.status_code == told, who
            for who in ("guardian", "stranger", "nobody"):
                client = cast.everybody[who].client()
                assert client.get(f"{HERE}{number}/").status_code in (302, 404)
                assert client.post(f"{HERE}{number}/told/", {"row": row}).status_code in (403, 404)
        assert defects(workspace_id=cast.workspace.id)[0].fixed_at is None


def row_of(cast: Cast, number: int, key: str) -> str:
    view = defect_view(workspace_id=cast.workspace.id, number=number)
    assert view is not None
    return next(str(one.row) for one in view.cases if one.head.source_key == key)

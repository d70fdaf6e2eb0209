"""Days added up come to what counting everything comes to, whatever happened between."""

import random
from datetime import date, timedelta

import pytest

from shinrai.accounts.operations.workspaces import open_workspace
from shinrai.calendars.operations import save_calendar
from shinrai.ledger.models import Step
from shinrai.ledger.operations.batches import begin_batch, complete_batch, withdraw_batch
from shinrai.ledger.operations.cases import NewCase, record_cases
from shinrai.ledger.operations.step_encoding import NewStep
from shinrai.ledger.operations.steps import append_steps
from shinrai.quality.facts.inquiries import INQUIRIES
from shinrai.quality.facts.investigations import INVESTIGATIONS
from shinrai.quality.measures.population import population
from shinrai.quality.measures.trends import filed, trends
from shinrai.quality.queries.day_counts import NAME, AskedDates, counted_days, counts_by_period
from shinrai.quality.queries.lines import lines_now
from shinrai.quality.queries.past_summary import _count, counted_of, quality_summary
from shinrai.quality.queries.summary import summary_now
from shinrai.quality.queries.topics import topic_report
from shinrai.quality.rules.figures import plain
from shinrai.topics.operations.codebook import define_topic, merge_label
from shinrai.warehouse.compaction import compact
from shinrai.warehouse.day_counts import day_numbers
from shinrai.warehouse.models import DayCount
from shinrai.warehouse.query import run
from shinrai.warehouse.refresh import refresh
from shinrai.warehouse.store import Warehouse
from shinrai.workload.queries.summary import work_now
from tests.objectives.test_story import OFFICE
from tests.quality.stories import june

pytestmark = pytest.mark.django_db(transaction=True)
SHORT = {"zone": "Asia/Tokyo", "weekly": {"mon": ["10:00-12:00"], "thu": ["13:00-18:00"]}}
KINDS = (
    *("outbound", "outbound", "inbound", "solved", "solved", "reopened", "waiting", "resumed"),
    *("escalated", "returned", "consulted", "cancelled", "closed", "assigned", "worked"),
)
COMPANIES = ("S-1", "S-2", "S-3", "さくら塾")
TOKYO = "Asia/Tokyo"
EVER = AskedDates(None, None, TOKYO)
SPANS = (
    EVER,
    AskedDates(june(1).date(), june(9).date(), TOKYO),
    AskedDates(None, june(4).date(), TOKYO),
)


@pytest.fixture(autouse=True)
def moments_are_counted_one_by_one(monkeypatch):
    monkeypatch.setattr("shinrai.warehouse.refresh.STANDS", timedelta(0))


@pytest.fixture
def workspace():
    return open_workspace(
        slug="michi", name="ミチノート", zone="Asia/Tokyo", simulated=True, at=june(1), by="test"
    )


@pytest.fixture(autouse=True)
def counted_at_every_refresh(monkeypatch):
    """Count again however little time passed."""
    monkeypatch.setattr("shinrai.warehouse.refresh.STANDS", timedelta(0))


@pytest.fixture
def warehouse(tmp_path):
    return Warehouse(str(tmp_path / "warehouse"))


class Desk:
    """A desk at which anything happens, drawn by lot; the moment only goes forward."""

    def __init__(self, workspace, warehouse, seed):
        self.there, self.warehouse, self.lot = workspace, warehouse, random.Random(seed)
        self.at = june(1, 9)
        self.inquiries, self.investigations, self.batches = [], [], []
        self.counts_as = {}
        self.deeds = (
            *([self.receives] * 5),
            *([self.takes_a_step] * 12),
            *([self.publishes] * 5),
            *([self.waits] * 3),
            *([self.labels] * 4),
            *(
                self.files,
                self.files,
                self.changes_the_codebook,
                self.corrects,
                self.corrects,
                self.imports,
                self.withdraws,
            ),
            *(self.compacts, self.changes_its_hours),
        )

    def one(self):
        self.lot.choice(self.deeds)()

    def publishes(self):
        refresh(self.warehouse, at=self.at)

    def changes_the_codebook(self):
        """Have a label count as the other of two topics from now on."""
        label = self.lot.choice(("sync", "bill"))
        topic = "apps" if self.counts_as.get(label) == "billing" else "billing"
        self.counts_as[label] = topic
        asked = {"workspace_id": self.there.id, "at": self.at, "by": "staff:1"}
        define_topic(key=topic, name_en=topic, definition="As told", **asked)
        merge_label(label=label, into=topic, **asked)

    def waits(self):
        self.at += timedelta(hours=self.lot.choice((1, 7, 30, 24 * 6, 24 * 15)))

    def receives(self, batch_id=None):
        number = len(self.inquiries)
        [case_id] = record_cases(
            workspace_id=self.there.id,
            cases=[
                NewCase(
                    *("inquiry", "desk", f"T-{number}"),
                    customer_id=self.lot.choice((None, 1, 1, 2, 2)),
                )
            ],
        )
        self.inquiries.append(case_id)
        mode = self.lot.choice(("via_cs", "via_cs", "direct", "proactive"))
        detail = {"mode": mode, "channel": "mail"}
        if account := self.lot.choice((None, *COMPANIES)):
            detail["account"] = account
        if number and self.lot.random() < 0.3:
            detail["follow_up_of"] = f"T-{self.lot.randrange(number)}"
        if self.lot.random() < 0.1:
            detail["doubt"] = "zone_jump"
        self._append(case_id, "received", batch_id=batch_id, tier=1, detail=detail)

    def comes_from(self, account):
        """Receive an inquiry of an account, and say its number."""
        number = len(self.inquiries)
        case = NewCase("inquiry", "desk", f"A-{number}")
        [case_id] = record_cases(workspace_id=self.there.id, cases=[case])
        self.inquiries.append(case_id)
        self._append(case_id, "received", detail={"mode": "via_cs", "account": account})
        return case_id

    def takes_a_step(self, batch_id=None):
        if not self.inquiries:
            return
        self.at += timedelta(minutes=self.lot.randrange(1, 200))
        kind = self.lot.choice(KINDS)
        detail = {"substantive": self.lot.random() < 0.8, "rule": 1}
        if kind in ("assigned", "escalated", "returned"):
            detail = {"group": self.lot.choice("ab")}
        if kind == "waiting":
            detail = {"on": self.lot.choice(("customer", "third_party", "problem"))}
        if kind == "cancelled":
            detail = {"reason": self.lot.choice(("spam", "duplicate"))}
        if kind == "worked":
            detail = {"job": "reply", "minutes": self.lot.choice((5, 5, 30, -1))}
        tier = self.lot.choice((1, 2, 3)) if kind in ("escalated", "consulted") else None
        case_id = self.lot.choice(self.inquiries)
        self._append(case_id, kind, batch_id=batch_id, tier=tier, detail=detail)

    def labels(self):
        if not self.inquiries:
            return
        case_id, purpose = self.lot.choice(self.inquiries), {}
        people = [self.lot.choice(("staff:3", "staff:4"))]
        if self.lot.random() < 0.4:
            people, purpose = ["staff:3", "staff:4"], {"purpose": "agreement"}
        for by in people:
            detail = {"topic": self.lot.choice(("sync", "bill")), **purpose}
            self._append(case_id, "labelled", by=by, detail=detail)

    def files(self):
        number = len(self.investigations)
        [case_id] = record_cases(
            workspace_id=self.there.id,
            cases=[
                NewCase(
                    *("investigation", "desk", f"C-{number}"),
                    parent_id=self.lot.choice((None, *self.inquiries[-2:])),
                )
            ],
        )
        self.investigations.append(case_id)
        detail = {"mode": "via_cs"}
        if self.lot.random() < 0.3:
            detail["topic"] = "bill"
        if self.inquiries and self.lot.random() < 0.5:
            detail["inquiry_reference"] = f"T-{self.lot.randrange(len(self.inquiries) + 3)}"
        self._append(case_id, "filed", detail=detail)
        for kind in self.lot.sample(("sent_back", "resubmitted", "finding", "answered"), 3):
            self.at += timedelta(minutes=5)
            self._append(case_id, kind, detail={"missing": ["device"], "verdict": "defect"})

    def corrects(self):
        steps = list(Step.objects.exclude(kind="corrected").order_by("?")[:1])
        for wrong in steps:
            instead = self.lot.choice((None, wrong.kind, "note", "outbound"))
            self._append(
                wrong.case_id,
                "corrected",
                at=wrong.at,
                corrects=wrong.id,
                detail={**wrong.detail, "instead": instead, "why": "typed wrongly"},
            )

    def imports(self):
        batch_id = begin_batch(
            workspace_id=self.there.id,
            source="desk",
            mapping={},
            files=[],
            fingerprint=str(len(self.batches)),
            at=self.at,
            by="staff:1",
        )
        for _ in range(4):
            self.receives(batch_id)
            self.takes_a_step(batch_id)
        complete_batch(batch_id=batch_id, report={}, at=self.at)
        self.batches.append(batch_id)

    def withdraws(self):
        if self.batches:
            batch_id = self.batches.pop()
            withdraw_batch(batch_id=batch_id, reason="wrong", at=self.at, by="staff:1")

    def compacts(self):
        for table in (INQUIRIES, INVESTIGATIONS):
            compact(self.warehouse, table, files_over=1)

    def changes_its_hours(self):
        document = self.lot.choice((OFFICE, SHORT))
        save_calendar(
            workspace_id=self.there.id, name="office", document=document, at=self.at, by="test"
        )

    def _append(self, case_id, kind, *, at=None, batch_id=None, by="staff:2", **given):
        step = NewStep(case_id, at or self.at, kind, by=by, role="agent", **given)
        append_steps(
            workspace_id=self.there.id,
            steps=[step],
            count=1,
            recorded_at=self.at,
            batch_id=batch_id,
        )


def tidy(rows):
    """Put rows in an order, so that they can be compared; times to what a float can tell."""
    return sorted(
        (
            {k: round(v, 6) if isinstance(v, float) else v for k, v in sorted(row.items())}
            for row in rows
        ),
        key=repr,
    )


def rounded(document):
    """Round every float of a document to what a float can tell."""
    if isinstance(document, dict):
        return {name: rounded(value) for name, value in document.items()}
    if isinstance(document, list):
        return [rounded(value) for value in document]
    return round(document, 6) if isinstance(document, float) else document


def counted_anew(desk, span):
    found, _ = _count(
        *(desk.warehouse, desk.there.id, desk.at, span.since, span.until, None),
        zone=desk.there.zone,
    )
    return counted_of(found)


def counted_on(desk, span):
    """Have the worker count, and add the days up as a page does."""
    refresh(desk.warehouse, at=desk.at)
    fill, found = counted_days(workspace_id=desk.there.id, asked=span)
    assert fill.at == desk.at
    return found


class TestDaysAddUp:
    @pytest.mark.parametrize("seed", range(3))
    def test_to_what_counting_all_rows_says(self, workspace, warehouse, seed):
        """Steps, corrections, imports and their withdrawal, calendars, compaction, and time."""
        desk = Desk(workspace, warehouse, seed)
        desk.imports()
        for number in range(10):
            for _ in range(14 if number < 9 else 0):
                desk.one()
            if number == 9:  # at last a company writes, and nobody does anything for a month
                desk.comes_from(COMPANIES[0])
                desk.at += timedelta(days=31)
            desk.publishes()
            span = SPANS[number % len(SPANS)]
            anew, added = counted_anew(desk, span), counted_on(desk, span)

            assert added.modes == anew.modes
            for name in set(anew.__dataclass_fields__) - {"modes"}:
                mine, all_rows = getattr(added, name), getattr(anew, name)
                assert tidy(mine) == tidy(all_rows), (name, span)
        assert sum(row["neglected"] for row in added.account_counts)

    def test_weeks_are_what_counting_all_rows_by_week_says(self, workspace, warehouse):
        desk = Desk(workspace, warehouse, 7)
        for _ in range(60):
            desk.one()
        desk.publishes()
        mondays = [date(2026, 6, 1) + timedelta(weeks=n) for n in range(30)]
        counted_on(desk, EVER)
        _, numbers = day_numbers(NAME, workspace_id=workspace.id, questions=["counts"])
        weeks = counts_by_period(numbers["counts"], mondays)
        asked = trends(population(INQUIRIES.unbound(), at=desk.at), at=desk.at, period="W")
        within = {"workspace_id": workspace.id}
        rows = run(warehouse, asked, tables=[INQUIRIES], within=within).records()
        wanted = [{name: row[name] for name in rows[0]} for row in weeks]

        assert tidy(wanted) == tidy(rows)

    def test_investigations_are_what_counting_them_by_week_says(self, workspace, warehouse):
        desk = Desk(workspace, warehouse, 8)
        for _ in range(6):
            desk.files()
            desk.waits()
        desk.publishes()
        asked = filed(INVESTIGATIONS.unbound(), period="W")
        rows = run(
            warehouse, asked, tables=[INVESTIGATIONS], within={"workspace_id": workspace.id}
        ).records()
        counted_on(desk, EVER)
        _, numbers = day_numbers(NAME, workspace_id=workspace.id, questions=["investigations"])
        mondays = sorted(row["since_on"] for row in rows)
        found = counts_by_period(numbers["investigations"], mondays)

        assert {row["since_on"]: row["filed"] for row in rows} == {
            row["since_on"]: row["investigations"] for row in found
        }
        assert sum(row["filed"] for row in rows) == 6

    def test_two_weeks_after_a_solution_it_is_settled(self, workspace, warehouse):
        desk = Desk(workspace, warehouse, 1)
        for _ in range(12):
            desk.receives()
        desk.at = june(3)
        for case_id in desk.inquiries[:2]:
            desk._append(case_id, "solved")
        desk.publishes()
        desk.at = june(17) - timedelta(seconds=1)
        before = counted_on(desk, EVER)
        desk.at = june(17)
        after = counted_on(desk, EVER)

        assert (before.sum("settled"), after.sum("settled")) == (0, 2)

    def test_a_month_without_a_touch_is_seen_though_nothing_happens(self, workspace, warehouse):
        """S-1 was answered on 3 June and asked again; S-2 wrote on the 3rd, S-3 on the 9th."""
        desk = Desk(workspace, warehouse, 1)
        desk.at = june(3)
        first, _ = (desk.comes_from(account) for account in ("S-1", "S-2"))
        desk._append(first, "outbound", detail={"substantive": True})
        desk.at = june(9)
        desk.comes_from("S-3")
        desk._append(first, "inbound", detail={"substantive": True})
        desk.publishes()
        told = []
        for day in (june(3), june(9)):
            for short in (timedelta.resolution, timedelta(0)):
                desk.at = day + timedelta(days=30) - short
                found = counted_on(desk, EVER)
                told += [(row["neglected"], row["open"]) for row in found.account_counts]
                assert tidy(found.longest_silent) == tidy(counted_anew(desk, EVER).longest_silent)

        assert told == [(0, 3), (2, 3), (2, 3), (3, 3)]

    def test_an_inquiry_that_no_longer_names_its_account_is_no_longer_its(
        self, workspace, warehouse
    ):
        desk = Desk(workspace, warehouse, 1)
        wrong = desk.comes_from("S-1")
        for _ in range(9):
            desk.comes_from("S-2")
        desk.publishes()
        before = counted_on(desk, EVER).account_counts
        [step] = Step.objects.filter(case_id=wrong)
        detail = {"mode": "via_cs", "instead": "received", "why": "typed wrongly"}
        desk._append(wrong, "corrected", at=step.at, corrects=step.id, detail=detail)
        desk.publishes()
        after = counted_on(desk, EVER)

        assert [row["accounts"] for row in before] == [2]
        assert [row["accounts"] for row in after.account_counts] == [1]
        assert tidy(after.longest_silent) == tidy(counted_anew(desk, EVER).longest_silent)


class TestRows:
    def test_a_count_of_an_earlier_moment_does_not_replace_a_later_one(self, workspace, warehouse):
        desk = Desk(workspace, warehouse, 1)
        desk.receives()
        desk.publishes()
        desk.at = june(9)
        counted_on(desk, EVER)
        desk.receives()
        refresh(warehouse, at=june(8))

        fill, _ = counted_days(workspace_id=workspace.id, asked=EVER)

        assert fill.at == june(9)

    def test_days_that_did_not_change_are_not_written_again(self, workspace, warehouse):
        """Inquiries of 1 and 2 June; on the 2nd one of them is answered."""
        desk = Desk(workspace, warehouse, 1)
        desk.receives()
        desk.at = june(2, 9)
        desk.receives()
        desk.publishes()
        counted_on(desk, EVER)
        before = dict(DayCount.objects.filter(question="counts").values_list("on", "id"))
        desk._append(desk.inquiries[1], "outbound", detail={"substantive": True})
        desk.publishes()
        counted_on(desk, EVER)
        after = dict(DayCount.objects.filter(question="counts").values_list("on", "id"))

        assert before[june(1).date()] == after[june(1).date()]
        assert before[june(2).date()] != after[june(2).date()]

    def test_one_workspace_reads_nothing_of_another(self, workspace, warehouse):
        desk = Desk(workspace, warehouse, 1)
        desk.receives()
        desk.publishes()
        other = open_workspace(
            slug="kumo", name="クモ", zone="UTC", simulated=True, at=june(1), by="test"
        )
        counted_on(desk, EVER)
        refresh(warehouse, at=desk.at)

        _, found = counted_days(workspace_id=other.id, asked=EVER)

        assert found.sum("inquiries") == 0
        assert topic_report(workspace=other).modes == ()
        assert work_now(workspace=other, since=None, until=None).modes == ()


class TestByTopic:
    def test_a_codebook_that_joins_two_labels_makes_a_second_matter_of_them(
        self, workspace, warehouse
    ):
        """Aoi asks about sync and, nine days later, about a bill; Ren finds the cause."""
        desk = Desk(workspace, warehouse, 1)
        sync, bill = (self.asks(desk, key, at) for key, at in (("T-1", june(1)), ("T-2", june(11))))
        self.says(desk, sync, "sync", june(1))
        self.says(desk, bill, "bill", june(11))
        for by in ("staff:3", "staff:4"):
            self.says(desk, sync, {"staff:3": "sync", "staff:4": "bill"}[by], june(2), by=by)
        desk._append(sync, "solved", at=june(2))
        self.finds(desk, names="T-2", at=june(12))
        desk.at = june(20)
        desk.publishes()

        apart = self.told(desk)
        desk.changes_the_codebook()
        for label in ("sync", "bill"):
            if desk.counts_as.get(label) is None:
                self.merges(desk, label, into=next(iter(desk.counts_as.values())))
        desk.publishes()
        joined = self.told(desk)

        [topic] = set(desk.counts_as.values())
        assert apart == (1, 0, ["bill\nsync\nsync"], [("staff:5", "bill")])
        assert joined == (1, 1, ["\n".join([topic] * 3)], [("staff:5", topic)])

    def asks(self, desk, key, at):
        case = NewCase("inquiry", "desk", key, customer_id=1)
        [case_id] = record_cases(workspace_id=desk.there.id, cases=[case])
        desk._append(case_id, "received", at=at, tier=1, detail={"mode": "via_cs"})
        return case_id

    def says(self, desk, case_id, topic, at, *, by=None):
        detail = {"topic": topic} | ({"purpose": "agreement"} if by else {})
        desk._append(case_id, "labelled", at=at, by=by or "staff:2", detail=detail)

    def finds(self, desk, *, names, at):
        case = NewCase("investigation", "desk", "C-1")
        [case_id] = record_cases(workspace_id=desk.there.id, cases=[case])
        detail = {"mode": "via_cs", "inquiry_reference": names}
        desk._append(case_id, "filed", at=at, detail=detail)
        desk._append(case_id, "finding", at=at, by="staff:5", detail={"verdict": "defect"})

    def merges(self, desk, label, *, into):
        desk.counts_as[label] = into
        there = desk.there.id
        merge_label(workspace_id=there, label=label, into=into, at=desk.at, by="staff:1")

    def told(self, desk):
        """Say how many solutions were settled and repeated, what two said, and who found what."""
        found = counted_on(desk, EVER)
        [again] = found.repeats_on_topic
        said = [row["double_labels"] for row in found.double_labels]
        who = [(row["finder"], row["about"]) for row in found.findings]
        return int(again["settled"]), int(again["repeated"]), said, who


class TestAnswers:
    def test_a_page_says_what_the_command_says(self, workspace, warehouse):
        desk = Desk(workspace, warehouse, 3)
        for _ in range(80):
            desk.one()
        desk.publishes()
        asked = {"workspace": workspace, "at": desk.at, "warehouse": warehouse}

        refresh(warehouse, at=desk.at)
        page, command = summary_now(workspace=workspace), quality_summary(**asked)

        assert rounded(plain(page.modes)) == rounded(plain(command.modes))
        assert page.versions == command.versions
        assert (page.inquiries, page.steps) == (command.inquiries, command.steps)

    def test_steps_that_lie_ahead_are_not_counted_on_a_line(self, workspace, warehouse):
        desk = Desk(workspace, warehouse, 3)
        desk.receives()
        desk.at = june(20)
        desk.receives()
        desk.at = june(10)
        desk.publishes()

        refresh(warehouse, at=june(10))
        found = lines_now(workspace=workspace, today=june(10).date(), period="M", count=1)

        assert sum(stretch.inquiries for lines in found.values() for stretch in lines) == 1

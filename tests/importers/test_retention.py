"""Words go some months after the end of their case; counts, figures and steps stay.

Hanako's case ended on 4 June and Jiro's on 20 October; Hanako's question of 1 July is still open,
Mei (U-3) had one case, answered on 5 June. It is Friday 20 November 2026.
"""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from click.testing import CliRunner

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.operations.members import add_member
from shinrai.accounts.queries import workspace_named
from shinrai.accounts.rules.role import Role
from shinrai.customers.models import Person
from shinrai.customers.queries import customer_by_identifier
from shinrai.desk.operations.files import attach_files
from shinrai.desk.operations.open_cases import follow_open_cases
from shinrai.desk.operations.search_index import index_changed_words
from shinrai.desk.rules.files import NewFile
from shinrai.erasure.commands import group
from shinrai.erasure.operations import retention
from shinrai.erasure.operations.persons import ImportUnderWay
from shinrai.erasure.tasks import retain_words
from shinrai.ledger.models import Case, Step
from shinrai.privacy.models import PersonKey, SealedWords
from shinrai.privacy.operations import read_words, retention_of
from shinrai.privacy.rules.retention import BadRetention, months_before, read_months
from shinrai.search.models import TextPairs, TitlePairs
from tests.importers.desk import NOON, SHEET, Desk, open_desk
from tests.importers.test_erasure import holding

ROWS = (
    ("1", "U-1", "2026/6/2 11:00", "森下", "花子さまの古い件", "", "", "2026/6/4 17:20"),
    ("2", "U-2", "2026/10/1 11:00", "森下", "次郎さまの件", "", "", "2026/10/20 17:20"),
    ("3", "U-1", "2026/7/1 11:00", "森下", "花子さまの続く件", "", "", ""),
    ("4", "U-3", "2026/6/3 11:00", "森下", "芽衣さまの件", "", "", "2026/6/5 10:00"),
    ("5", "", "2026/6/3 12:00", "森下", "名のない件", "", "", "2026/6/5 10:00"),
)
NIGHT = NOON + timedelta(hours=14)


@pytest.fixture
def kept(desk: Desk, write) -> Desk:
    """The five cases, imported, followed and indexed."""
    bring(desk, write(*ROWS))
    return desk


def bring(desk: Desk, path) -> None:
    desk.bring(SHEET, path)
    follow_open_cases()
    index_changed_words()


def words() -> set[str]:
    every = SealedWords.objects.values_list("id", flat=True)
    return set(read_words(every).values())


def set_months(desk: Desk, months: int | None = 3) -> None:
    retention.set_retention(workspace_id=desk.id, months=months, at=NOON, by="staff:1")


def run(at=NIGHT) -> int:
    return retention.erase_old_words(workspace=workspace_named("desk"), at=at)


def told() -> list[int]:
    rows = AuditEntry.objects.filter(what="erase old words").order_by("id")
    return list(rows.values_list("lines", flat=True))


@pytest.mark.django_db(transaction=True)
class TestANight:
    def test_words_of_what_ended_three_months_ago_go_and_all_else_stays(self, kept: Desk) -> None:
        steps = list(Step.objects.order_by("id").values())
        cases = Case.objects.count()
        shown = retention.preview(workspace_id=kept.id, months=3, at=NOON)
        set_months(kept)

        assert (shown.cases, shown.is_all) == (3, True)
        assert run() == 3
        assert words() == {"次郎さまの件", "花子さまの続く件", "U-1", "U-2"}
        assert list(Step.objects.order_by("id").values()) == steps
        assert Case.objects.count() == cases
        left = set(SealedWords.objects.values_list("id", flat=True))
        for pairs in (TitlePairs, TextPairs):
            assert set(pairs.objects.values_list("words_id", flat=True)) <= left
        assert told() == [3]

    def test_the_next_night_has_only_what_is_newly_due(self, kept: Desk, monkeypatch) -> None:
        set_months(kept)
        run()
        asked: list[int] = []
        ended = retention._ended
        monkeypatch.setattr(
            retention, "_ended", lambda *given: asked.extend(given[1]) or ended(*given)
        )

        assert run(NIGHT + timedelta(days=1)) == 0
        assert asked == [], "nothing ended in that day of August"
        assert run(NIGHT + timedelta(days=62)) == 1, "Jiro's"
        assert told() == [3, 0, 1]

    def test_a_key_that_nothing_needs_is_off_the_disk_and_one_in_use_stays(
        self, fresh_files, write
    ) -> None:
        there = open_desk()
        bring(there, write(*ROWS))
        keys = {one.key_id: bytes(one.key.wrapped) for one in Person.objects.order_by("id")}
        hanako, _, mei = keys
        set_months(there)

        run()

        assert set(keys) - set(PersonKey.objects.values_list("id", flat=True)) == {mei}
        assert holding(keys[mei]) == [], "what lies in the log and in old pages cannot be opened"
        assert holding(keys[hanako]) != []

    def test_files_and_an_answer_under_way_go_too(self, kept: Desk) -> None:
        case = Case.objects.get(source_key="1")
        first = Step.objects.filter(case=case).order_by("id")[0]
        log = NewFile("花子.log", "花子さまの記録".encode())
        attach_files(case_id=case.id, sequence=first.id, files=[log], at=NOON, by="x")
        set_months(kept)

        run()

        assert [one for one in words() if "花子.log" in one or "記録" in one] == []

    def test_a_period_made_longer_and_shorter_again_misses_nothing(self, kept: Desk, write) -> None:
        set_months(kept, 1)
        assert run() == 4
        set_months(kept, 12)
        run()
        late = ("9", "U-2", "2026/8/3 11:00", "森下", "遅れて来た件", "", "", "2026/8/4 17:20")
        bring(kept, write(late))
        assert run() == 0
        set_months(kept, 1)

        assert run() == 1
        assert "遅れて来た件" not in words()


@pytest.mark.django_db(transaction=True)
class TestWhoComesBack:
    def test_the_same_rows_bring_no_words_back_and_new_words_go_the_next_night(
        self, kept: Desk, write
    ) -> None:
        set_months(kept)
        run()
        steps = Step.objects.count()

        bring(kept, write(*ROWS))
        assert "芽衣さまの件" not in words()
        assert Step.objects.count() == steps
        bring(kept, write((*ROWS[3][:4], "芽衣さまの件、再掲", *ROWS[3][5:])))
        assert "芽衣さまの件、再掲" in words()

        assert run(NIGHT + timedelta(days=1)) == 1
        assert "芽衣さまの件、再掲" not in words()

    def test_a_customer_whose_name_went_is_the_same_and_named_again(
        self, kept: Desk, write
    ) -> None:
        def mei():
            return customer_by_identifier(
                workspace_id=kept.id, source="our-sheet", identifier="U-3"
            )

        before = mei()
        set_months(kept)
        run()
        assert (mei().id, mei().identifier) == (before.id, None)

        bring(
            kept, write(("7", "U-3", "2026/11/2 11:00", "森下", "芽衣さまの新しい件", "", "", ""))
        )

        assert (mei().id, mei().identifier) == (before.id, "U-3")
        assert "芽衣さまの新しい件" in words()
        assert Case.objects.get(source_key="7").customer_id == before.id


@pytest.mark.django_db(transaction=True)
class TestCutOff:
    def test_a_killed_run_is_taken_up_and_all_of_it_is_told(self, kept: Desk, monkeypatch) -> None:
        class Killed(Exception):
            pass

        set_months(kept)
        parts = []
        erase = retention._erase

        def killed(*given):
            if len(parts) == 2:
                raise Killed
            parts.append(given)
            return erase(*given)

        with monkeypatch.context() as patch:
            patch.setattr(retention, "TOGETHER", 1)
            patch.setattr(retention, "_erase", killed)
            with pytest.raises(Killed):
                run()
        assert told() == []

        assert run() == 3
        assert words() == {"次郎さまの件", "花子さまの続く件", "U-1", "U-2"}
        assert told() == [3]

    def test_of_a_key_whose_cases_come_in_parts_nothing_is_left(
        self, desk: Desk, write, monkeypatch
    ) -> None:
        monkeypatch.setattr(retention, "TOGETHER", 1)
        old = [(str(n), "U-3", *ROWS[3][2:]) for n in range(4)]
        bring(desk, write(*old))
        [key_id] = PersonKey.objects.filter(id__in=Person.objects.values("key")).values_list(
            "id", flat=True
        )
        set_months(desk)

        assert run() == 4
        assert words() == set()
        assert not PersonKey.objects.filter(id=key_id).exists()

    def test_while_an_import_runs_or_is_not_followed_nothing_is_erased(
        self, kept: Desk, write
    ) -> None:
        set_months(kept)
        desk_words = words()
        kept.bring(SHEET, write(("8", "U-4", "2026/6/1 11:00", "森下", "開いた件", "", "", "")))

        with pytest.raises(ImportUnderWay):
            run()
        assert desk_words < words(), "the open case is not yet known to be open"

        follow_open_cases()
        assert run() == 3
        assert "開いた件" in words()


@pytest.mark.django_db
class TestTheCommand:
    def asked(self, *given: str) -> tuple[int, dict]:
        shown = CliRunner().invoke(group, ["retention", "--workspace", "desk", "--json", *given])
        return shown.exit_code, json.loads(shown.stdout) if shown.exit_code == 0 else {}

    def test_says_sets_and_takes_back(self, kept: Desk) -> None:
        assert self.asked()[1]["months"] is None
        code, found = self.asked("--months", "3")
        assert (code, found["months"]) == (0, 3)
        assert self.asked("--never")[1]["months"] is None
        assert retention_of(workspace_id=kept.id) is None
        rows = AuditEntry.objects.filter(what="set retention").order_by("id")
        assert list(rows.values_list("reason", flat=True)) == ["3", ""]

    @pytest.mark.parametrize("wrong", [("--months", "0"), ("--months", "3", "--never")])
    def test_refuses(self, kept: Desk, wrong) -> None:
        assert self.asked(*wrong)[0] == 2
        assert retention_of(workspace_id=kept.id) is None


@pytest.mark.django_db(transaction=True)
def test_the_worker_does_it_for_every_workspace_that_says_so(kept: Desk, monkeypatch) -> None:
    monkeypatch.setattr("shinrai.importers.tasks.now", lambda: NIGHT)
    retain_words()
    assert "芽衣さまの件" in words()
    set_months(kept)

    retain_words()

    assert "芽衣さまの件" not in words()


class TestTheMonths:
    @pytest.mark.parametrize(
        ("at", "months", "before"),
        [("2026-03-31", 1, "2026-02-28"), ("2026-01-15", 1, "2025-12-15"),
         ("2024-02-29", 12, "2023-02-28"), ("2026-11-20", 600, "1976-11-20")],
    )  # fmt: skip
    def test_go_back_by_the_calendar(self, at: str, months: int, before: str) -> None:
        day = datetime.fromisoformat(at).replace(tzinfo=UTC)
        assert months_before(day, months).date().isoformat() == before

    @pytest.mark.parametrize("typed", ["", "0", "601", "x", "-3", "1.5", "99999999999"])
    def test_are_read_or_refused(self, typed: str) -> None:
        assert read_months(" 12 ") == 12
        with pytest.raises(BadRetention):
            read_months(typed)


@pytest.mark.django_db(transaction=True)
class TestThePage:
    ADDRESS = "/w/desk/settings/retention/"

    def test_an_owner_sees_what_would_go_before_it_is_set(self, kept: Desk, cast) -> None:
        client = owner_of(kept, cast).client()
        assert self.ADDRESS in client.get("/w/desk/settings/").content.decode()

        with time_machine.travel(NOON, tick=False):
            before = client.get(self.ADDRESS).content.decode()
            shown = client.get(f"{self.ADDRESS}?months=3").content.decode()
            assert retention_of(workspace_id=kept.id) is None
            wrong = client.post(self.ADDRESS, {"months": "0.5"})
            done = client.post(self.ADDRESS, {"months": "3"}, follow=True).content.decode()

        assert "Words stay until they are erased by hand." in before
        assert "3 cases would lose their words tonight" in shown
        assert (wrong.status_code, 'value="0.5"' in wrong.content.decode()) == (422, True)
        assert "Words are erased 3 months after the end of their case." in done
        run()
        assert (
            "3 cases lost their words in the last run." in client.get(self.ADDRESS).content.decode()
        )
        client.post(self.ADDRESS)
        assert retention_of(workspace_id=kept.id) is None

    def test_nobody_else_may(self, kept: Desk, cast) -> None:
        owner_of(kept, cast)
        others = [one for part, one in cast.everybody.items() if part != "owner"]

        assert {one.client().post(self.ADDRESS, {"months": "1"}).status_code for one in others} <= {
            403,
            404,
        }
        assert retention_of(workspace_id=kept.id) is None


def owner_of(desk: Desk, cast):
    """Let Sato own the desk."""
    add_member(
        workspace_id=desk.id,
        display_name=cast.owner.name,
        user_id=cast.owner.user.pk,
        roles=[Role.OWNER],
        at=NOON,
        by="test",
    )
    return cast.owner

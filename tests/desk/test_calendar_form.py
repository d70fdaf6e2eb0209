"""Saving a calendar by page: tried first, what would move counted, and only then kept."""

import random
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import strip_tags

from shinrai.calendars.models import CalendarRevision
from shinrai.calendars.operations import save_calendar
from shinrai.calendars.rules.document import read_calendar
from shinrai.objectives.models import Clock
from shinrai.objectives.operations.refreshing import recompute_outdated_clocks
from shinrai.objectives.queries.what_if import what_if
from tests.cast import Cast, Person
from tests.desk.stage import NOW, OFFICE, open_desk, tokyo

pytestmark = [pytest.mark.django_db, pytest.mark.end_to_end]
NEW = "/w/tanuki/new-calendar/"
SHORT_FRIDAY = {**OFFICE, "weekly": {**OFFICE["weekly"], "fri": ["10:00-11:00"]}}
SHORT_FRIDAY_TEXT = """zone: Asia/Tokyo
weekly:
  mon: ["10:00-18:00"]
  tue: ["10:00-18:00"]
  wed: ["10:00-18:00"]
  thu: ["10:00-18:00"]
  fri: ["10:00-11:00"]
holidays: JP
"""


@pytest.fixture
def desk(cast: Cast) -> Cast:
    open_desk(cast.workspace)
    return cast


def post(person: Person, language: str = "en", **form):
    with time_machine.travel(NOW, tick=False):
        return person.client().post(NEW, form, headers={"accept-language": language})


def words(answer) -> str:
    return " ".join(strip_tags(answer.content.decode()).split())


class TestWhatIf:
    def test_by_hand_a_short_friday(self, desk: Cast) -> None:
        """By a Friday that closes at 11:00, two of six move.

        INV-1, filed Wed 3, is due Fri 5 11:00 and was answered at 11:20: kept, and would be missed.
        INV-3, filed Fri 5 12:00, counts as Mon 8 and is due Wed 10, not Tue 9: still in hand. Those
        filed Thu 4, Mon 8 and Fri 31 July 10:00 count as they did, and INV-5 rests.
        """
        found = what_if(
            workspace_id=desk.workspace.id,
            name="office",
            calendar=read_calendar(SHORT_FRIDAY),
            at=NOW,
        )

        assert (found.of, found.looked_at, found.moved) == (6, 6, 2)
        assert (found.going, found.lost, found.won) == (1, 1, 0)
        in_hand, answered = found.examples
        assert (in_hand.case_key, in_hand.due_at, in_hand.would_be) == (
            "INV-3",
            tokyo(9, 18),
            tokyo(10, 18),
        )
        assert (answered.case_key, answered.due_at, answered.would_be) == (
            "INV-1",
            tokyo(5, 18),
            tokyo(5, 11),
        )
        assert (answered.state, answered.would_state) == ("kept", "missed")

    def test_the_same_hours_move_nothing(self, desk: Cast) -> None:
        found = what_if(
            workspace_id=desk.workspace.id, name="office", calendar=read_calendar(OFFICE), at=NOW
        )

        assert (found.of, found.moved, found.examples) == (6, 0, ())

    @pytest.mark.parametrize("seed", [1, 2])
    def test_it_is_what_saving_does(self, desk: Cast, seed: int) -> None:
        dice = random.Random(seed)
        closed = [str((NOW + timedelta(days=dice.randrange(-8, 9))).date()) for _ in range(3)]
        document = {**OFFICE, "closed": sorted(set(closed))}
        there = desk.workspace.id
        said = what_if(workspace_id=there, name="office", calendar=read_calendar(document), at=NOW)
        before = dict(Clock.objects.values_list("case_id", "due_at"))

        save_calendar(workspace_id=there, name="office", document=document, at=NOW, by="test")
        recompute_outdated_clocks()

        after = dict(Clock.objects.values_list("case_id", "due_at"))
        changed = {case_id for case_id in after if after[case_id] != before[case_id]}
        assert said.moved == len(changed)
        assert {moved.would_be for moved in said.examples} == {after[c] for c in changed}

    def test_a_calendar_nobody_is_judged_by(self, desk: Cast) -> None:
        found = what_if(
            workspace_id=desk.workspace.id, name="night", calendar=read_calendar(OFFICE), at=NOW
        )

        assert (found.objectives, found.of, found.moved) == ((), 0, 0)


class TestPage:
    def test_trying_says_what_would_move_and_keeps_nothing(self, desk: Cast) -> None:
        answer = post(desk.owner, name="office", text=SHORT_FRIDAY_TEXT, deed="try")

        page = words(answer)
        assert answer.status_code == 200
        assert "2 of 6 clocks would be due at another moment, 1 of them in hand." in page
        assert "kept → missed" in page
        assert "Save this calendar" in page
        assert CalendarRevision.objects.count() == 1

    def test_saving_adds_a_revision_and_says_so(self, desk: Cast) -> None:
        answer = post(desk.engineer, name="office", text=SHORT_FRIDAY_TEXT, deed="save")

        assert answer.status_code == 302
        assert answer["Location"] == "/w/tanuki/calendars/office/"
        latest = CalendarRevision.objects.order_by("-number").first()
        assert latest is not None
        assert (latest.number, latest.by) == (2, desk.engineer.member.key)

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            ("en", "weekly.mon[0]: "),
            ("ja", "weekly.mon[0]: "),
        ],
    )
    def test_a_bad_one_is_refused_in_the_readers_language_and_what_was_typed_stays(
        self, desk: Cast, language: str, said: str
    ) -> None:
        text = 'zone: Asia/Tokyo\nweekly:\n  mon: ["10:00-nine"]  # 月曜\n'

        answer = post(desk.owner, language, name="office", text=text, deed="save")

        page = answer.content.decode()
        assert answer.status_code == 422
        assert said in words(answer)
        assert "# 月曜" in page
        assert ("このカレンダーは保存できません。" in page) == (language == "ja")
        assert CalendarRevision.objects.count() == 1

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "zone: [",
            "zone: Asia/Tokyo\nweekly: {}",
            "a: &a [x, x]\nb: &b [*a, *a]\nzone: *b",
            "zone: Asia/Tokyo\nweekly: {mon: ['09:00-17:00']}\nclosed_ics: /etc/passwd",
            "zone: Mars/Olympus\nweekly: {mon: ['09:00-17:00']}",
        ],
    )
    def test_what_is_no_calendar(self, desk: Cast, text: str) -> None:
        answer = post(desk.owner, name="office", text=text, deed="save")

        assert answer.status_code == 422
        assert CalendarRevision.objects.count() == 1

    @pytest.mark.parametrize("name", ["", " " * 3, "a\x00b", "x" * 81])
    def test_what_is_no_name(self, desk: Cast, name: str) -> None:
        answer = post(desk.owner, name=name, text=SHORT_FRIDAY_TEXT, deed="save")

        assert answer.status_code == 422
        assert CalendarRevision.objects.count() == 1

    def test_a_file_takes_the_place_of_what_was_typed(self, desk: Cast) -> None:
        file = SimpleUploadedFile("desk.yaml", SHORT_FRIDAY_TEXT.encode())

        answer = post(desk.owner, name="office", text="", file=file, deed="try")

        assert answer.status_code == 200
        assert "10:00-11:00" in answer.content.decode()

    def test_a_file_that_is_no_text(self, desk: Cast) -> None:
        file = SimpleUploadedFile("desk.yaml", "営業".encode("cp932"))

        answer = post(desk.owner, "ja", name="office", text="", file=file, deed="try")

        assert answer.status_code == 422
        assert "UTF-8 で保存し直してください" in words(answer)

    def test_who_may(self, desk: Cast) -> None:
        expected = {"owner": 200, "agent": 403, "engineer": 200}
        expected |= {"product_engineer": 403, "manager": 200}
        expected |= {"guardian": 404, "stranger": 404, "nobody": 302}

        got = {
            part: person.client().get(NEW).status_code for part, person in desk.everybody.items()
        }

        assert got == expected

    def test_who_may_not_save_is_not_offered_it(self, desk: Cast) -> None:
        address = "/w/tanuki/calendars/office/"

        assert NEW in desk.owner.client().get(address).content.decode()
        assert NEW not in desk.agent.client().get(address).content.decode()

    def test_the_form_begins_with_what_the_calendar_says_now(self, desk: Cast) -> None:
        page = desk.owner.client().get(f"{NEW}?name=office").content.decode()

        assert "10:00-18:00" in page
        assert 'value="office"' in page


class TestByDay:
    """The form by day; nobody writes YAML."""

    HOURS = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "10:00-18:00")
    TYPED = HOURS | {"sat": "", "sun": "", "zone": "Asia/Tokyo", "holidays": "JP"}

    def test_it_begins_with_the_usual_hours(self, cast: Cast) -> None:
        page = cast.owner.client().get(NEW).content.decode()

        assert 'name="mon" value="09:00-18:00"' in page
        assert 'name="holidays" value="JP"' in page

    def test_a_saved_one_is_shown_and_changed(self, desk: Cast) -> None:
        page = desk.owner.client().get(f"{NEW}?name=office").content.decode()
        assert 'name="fri" value="10:00-18:00"' in page

        tried = post(desk.owner, name="office", deed="try", **(self.TYPED | {"fri": "10-11"}))
        assert "2 of 6 clocks would be due at another moment, 1 of them in hand." in words(tried)

        saved = post(desk.owner, name="office", deed="save", **(self.TYPED | {"fri": "10-11"}))
        assert saved.status_code == 302
        latest = CalendarRevision.objects.order_by("-number").first()
        assert latest is not None
        assert latest.document["weekly"]["fri"] == ["10:00-11:00"]

    def test_the_same_hours_make_no_revision(self, desk: Cast) -> None:
        post(desk.owner, name="office", deed="save", **self.TYPED)

        assert CalendarRevision.objects.count() == 1

    def test_what_is_wrong_stands_at_its_field(self, desk: Cast) -> None:
        wrong = {"mon": "nine to six", "wed": "9:00-12:00, 11:00-18:00"}

        answer = post(desk.owner, name="office", deed="save", **(self.TYPED | wrong))

        assert answer.status_code == 422
        assert "are no hours: write 9:00-18:00" in words(answer)
        assert 'value="nine to six"' in answer.content.decode()
        answer = post(
            desk.owner, name="office", deed="save", **(self.TYPED | {"wed": wrong["wed"]})
        )
        assert answer.status_code == 422
        assert 'name="wed"' in answer.content.decode().partition('aria-invalid="true"')[0]

    def test_from_the_promise_one_comes_back_to_it(self, desk: Cast) -> None:
        answer = post(desk.owner, name="夜間", deed="save", then="promise", **self.TYPED)

        assert answer["Location"] == "/w/tanuki/new-objective/?calendar=%E5%A4%9C%E9%96%93"
        assert "夜間" in desk.owner.client().get(answer["Location"]).content.decode()

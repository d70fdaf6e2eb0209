"""Making and changing a promise by page. It is Tuesday 9 June 2026, 15:00 in Tokyo."""

from html import unescape

import pytest
import time_machine
from django.utils.html import strip_tags

from shinrai.accounts.models import AuditEntry
from shinrai.calendars.queries import calendars
from shinrai.objectives.models import Clock, ObjectiveVersion
from shinrai.objectives.operations.saving import save_objective
from shinrai.objectives.queries.showing import newest_version
from shinrai.objectives.queries.standings import objective_names
from shinrai.objectives.rules.definition import BusinessDays
from tests.cast import Cast, Person
from tests.desk.stage import NOW, OBJECTIVE, open_desk, promise

pytestmark = [pytest.mark.django_db, pytest.mark.end_to_end]
NEW = "/w/tanuki/new-objective/"
TYPED = {
    "clock": "investigation",
    "mode": "via_cs",
    "number": "2",
    "unit": "close",
    "percent": "90",
    "window": "month",
    "calendar": "office",
    "pauses": ["sent_back"],
    "start": "2026-06-09T15:00",
    "version": "0",
}


@pytest.fixture
def desk(cast: Cast, settings, tmp_path) -> Cast:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    open_desk(cast.workspace)
    return cast


def post(person: Person, language: str = "en", htmx: bool = False, **form):
    headers = {"accept-language": language} | ({"hx-request": "true"} if htmx else {})
    with time_machine.travel(NOW, tick=False):
        return person.client().post(NEW, TYPED | form, headers=headers)


def get(person: Person, address: str = NEW, language: str = "en"):
    with time_machine.travel(NOW, tick=False):
        return person.client().get(address, headers={"accept-language": language})


def words(answer) -> str:
    return " ".join(unescape(strip_tags(answer.content.decode())).split())


class TestDrafting:
    def test_an_example_and_the_last_months_stand_beside_what_is_typed(self, desk: Cast) -> None:
        """By the close of the next business day INV-1, filed Wed 3, would have been late; INV-2
        still is, and so is INV-3, filed Fri 5: nothing of three was kept."""
        page = words(post(desk.engineer, number="1", deed="show"))

        assert "Filed Tue 9 June 15:00: due Wed 10 June 18:00" in page
        assert "June 2026 so far 0 of 3" in page
        assert ObjectiveVersion.objects.count() == 1

    def test_while_one_types_only_what_it_says_is_sent(self, desk: Cast) -> None:
        answer = post(desk.engineer, htmx=True, number="3")

        assert "<html" not in answer.content.decode()
        assert "due Fri 12 June 18:00" in words(answer)
        assert 'id="promise-months" hx-swap-oob' in answer.content.decode()

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            ("en", "Within: 'two' is no such number"),
            ("ja", "'two' は使えません。0〜2,000 の整数を入力してください"),
        ],
    )
    def test_errors_are_said_in_the_forms_own_terms_and_what_was_typed_stays(
        self, desk: Cast, language: str, said: str
    ) -> None:
        answer = post(desk.engineer, language, number="two", deed="save")

        assert answer.status_code == 422
        assert said in words(answer)
        assert 'value="two"' in answer.content.decode()
        assert ObjectiveVersion.objects.count() == 1

    def test_a_calendar_nobody_saved_is_refused(self, desk: Cast) -> None:
        answer = post(desk.engineer, calendar="night", deed="save")

        assert answer.status_code == 422
        assert "choose a calendar" in words(answer)

    @pytest.mark.parametrize(
        "typed",
        [
            {"number": "2000"},
            {"start": "soon"},
            {"start": ""},
            {"title": "a\x00b"},
            {"calendar": "off\x00ice"},
            {"clock": "held-9", "mode": "pigeon", "unit": "moons", "window": "own"},
            {"pauses": ["lunch"]},
        ],
    )
    def test_nothing_that_cannot_be_computed_is_saved(self, desk: Cast, typed: dict) -> None:
        assert post(desk.engineer, deed="save", **typed).status_code == 422
        assert ObjectiveVersion.objects.count() == 1

    def test_a_key_with_a_nul_is_no_promise(self, desk: Cast) -> None:
        assert get(desk.engineer, f"{NEW}?name=a%00b").status_code == 200


class TestSaving:
    def test_a_new_objective_is_the_first_version_and_judges_what_is_on_record(
        self, desk: Cast
    ) -> None:
        answer = post(desk.engineer, number="1", title="翌営業日に回答", deed="save")

        assert answer["Location"] == "/w/tanuki/objectives/investigation/"
        saved = newest_version(workspace_id=desk.workspace.id, name="investigation")
        assert saved is not None
        assert (saved.number, saved.by) == (1, desk.engineer.member.key)
        assert saved.objective.title == "翌営業日に回答"
        assert Clock.objects.filter(objective__name="investigation").count() == 6
        entry = AuditEntry.objects.get(what="save objective", subject="objective:investigation")
        assert (entry.by, entry.reason) == (desk.engineer.member.key, "version 1")

    def test_its_page_counts_at_once_before_anything_is_published(self, desk: Cast) -> None:
        post(desk.engineer, number="1", deed="save")

        assert "0 of 3" in words(get(desk.engineer, "/w/tanuki/objectives/investigation/"))

    def test_sending_the_form_twice_makes_one_promise(self, desk: Cast) -> None:
        for _ in range(2):
            answer = post(desk.engineer, number="1", deed="save")

        assert answer["Location"] == "/w/tanuki/objectives/investigation/"
        assert set(objective_names(workspace_id=desk.workspace.id)) == {OBJECTIVE, "investigation"}
        assert ObjectiveVersion.objects.count() == 2

    def test_changing_one_makes_a_new_version_that_judges_from_now_on(self, desk: Cast) -> None:
        form = words(get(desk.owner, f"{NEW}?name={OBJECTIVE}"))
        assert "A new version judges what begins from now on." in form

        answer = post(
            desk.owner,
            name=OBJECTIVE,
            version="1",
            title="Within two days",
            number="3",
            deed="save",
        )

        assert answer["Location"] == f"/w/tanuki/objectives/{OBJECTIVE}/"
        saved = newest_version(workspace_id=desk.workspace.id, name=OBJECTIVE)
        assert saved is not None
        assert (saved.number, saved.valid_from) == (2, NOW)
        assert saved.objective.clock.within == BusinessDays(3, "close")

    def test_what_says_the_same_makes_no_version(self, desk: Cast) -> None:
        """The command wrote its numbers as text, and another kind of metric: it is the same."""
        post(desk.owner, name=OBJECTIVE, version="1", title="Within two days", deed="save")

        assert ObjectiveVersion.objects.count() == 1

    def test_who_saves_after_somebody_else_is_told(self, desk: Cast) -> None:
        changed = promise(within={"business_days": "5", "by": "close"})
        save_objective(workspace_id=desk.workspace.id, document=changed, at=NOW, by="test")

        answer = post(desk.owner, name=OBJECTIVE, version="1", number="3", deed="save")

        assert answer.status_code == 422
        assert "Version 2 was saved meanwhile" in words(answer)
        assert ObjectiveVersion.objects.count() == 2

    def test_what_the_form_cannot_say_is_left_to_the_command(self, desk: Cast) -> None:
        document = promise("minutes", within={"business_seconds": "61"})
        save_objective(workspace_id=desk.workspace.id, document=document, at=NOW, by="test")

        page = words(get(desk.owner, f"{NEW}?name=minutes"))

        assert "This promise says more than the form can" in page
        assert "shinrai objectives add minutes.yaml --workspace tanuki" in page


class TestFirstPromise:
    """Tanuki Juku has people, and nothing else yet."""

    def test_the_usual_hours_are_saved_with_it(self, cast: Cast) -> None:
        page = words(get(cast.owner))
        assert "Monday to Friday, 9:00–18:00 in Asia/Tokyo" in page
        assert "Nothing of this kind fell due in the last three months" in page

        assert post(cast.owner, deed="save").status_code == 302

        [calendar] = calendars(workspace_id=cast.workspace.id)
        assert calendar.name == "office"
        assert calendar.calendar.versions[0].holidays.countries == ("JP",)

    @pytest.mark.parametrize("page", ["objectives/", "queue/"])
    def test_pages_without_a_promise_lead_to_the_form(self, cast: Cast, page: str) -> None:
        assert f'href="{NEW}"' in get(cast.engineer, f"/w/tanuki/{page}").content.decode()
        told = get(cast.agent, f"/w/tanuki/{page}").content.decode()
        assert f'href="{NEW}"' not in told
        assert "shinrai objectives add" in told


def test_only_those_who_may_promise_come_in(desk: Cast) -> None:
    told = {who: post(person, deed="save") for who, person in desk.everybody.items()}

    assert {who: one.status_code for who, one in told.items()} == {
        "owner": 302,
        "engineer": 302,
        "manager": 302,
        "agent": 403,
        "product_engineer": 403,
        "guardian": 404,
        "stranger": 404,
        "nobody": 403,
    }

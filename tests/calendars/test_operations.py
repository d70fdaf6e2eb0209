"""Calendars in the database: revisions are added, never changed."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from django.db import ProgrammingError, connection, transaction

from shinrai.calendars.commands.calendars import group
from shinrai.calendars.models import CalendarRevision
from shinrai.calendars.operations import BadCalendarName, save_calendar
from shinrai.calendars.queries import UnknownCalendar, calendar_named, calendars
from shinrai.calendars.rules.business_time import effective
from shinrai.calendars.rules.document import read_calendar
from shinrai.calendars.rules.fields import BadCalendar

AT = datetime(2026, 6, 1, tzinfo=UTC)
OFFICE = {"zone": "Asia/Tokyo", "weekly": {"mon": ["10:00-19:00"]}, "holidays": "JP"}
SHORTER = {**OFFICE, "weekly": {"mon": ["10:00-18:00"]}}


@pytest.fixture
def save(cast):
    def save(document=OFFICE, *, name="desk", workspace=cast.workspace, at=AT):
        return save_calendar(
            workspace_id=workspace.id, name=name, document=document, at=at, by="test"
        )

    return save


class TestSaving:
    def test_what_was_saved_holds(self, cast, save):
        saved = save()

        found = calendar_named(workspace_id=cast.workspace.id, name="desk")

        assert found == saved
        assert found.calendar == read_calendar(OFFICE)
        assert (found.revision, found.by, found.saved_at) == (1, "test", AT)

    def test_something_new_is_a_new_revision(self, cast, save):
        first, second = save(), save(SHORTER, at=AT + timedelta(days=1))

        assert (first.id, first.revision, second.revision) == (second.id, 1, 2)
        assert first.digest != second.digest
        found = calendar_named(workspace_id=cast.workspace.id, name="desk")
        assert found.calendar == read_calendar(SHORTER)
        assert CalendarRevision.objects.count() == 2

    def test_the_same_again_adds_nothing(self, save):
        reordered = dict(reversed(OFFICE.items()))

        assert save().revision == save(reordered, at=AT + timedelta(days=1)).revision == 1
        assert CalendarRevision.objects.count() == 1

    def test_going_back_is_a_revision_too(self, save):
        assert [save(document).revision for document in (OFFICE, SHORTER, OFFICE)] == [1, 2, 3]

    def test_workspaces_do_not_see_each_other(self, cast, save):
        save()

        with pytest.raises(UnknownCalendar, match="saved are: none"):
            calendar_named(workspace_id=cast.simulated.id, name="desk")

    def test_a_bad_calendar_leaves_nothing_behind(self, cast, save):
        with pytest.raises(BadCalendar, match="weekly"):
            save({"zone": "Asia/Tokyo"})

        assert calendars(workspace_id=cast.workspace.id) == ()

    @pytest.mark.parametrize(
        "name", ["", " desk", "a\nb", "x" * 81], ids=["no", "blank", "line", "long"]
    )
    def test_names_nobody_could_type(self, save, name):
        with pytest.raises(BadCalendarName):
            save(name=name)

    def test_an_unknown_name_names_the_others(self, cast, save):
        save(), save(name="nights")

        with pytest.raises(UnknownCalendar, match="saved are: desk, nights"):
            calendar_named(workspace_id=cast.workspace.id, name="desks")

    def test_the_books_let_nobody_change_a_revision(self, save):
        save()

        for deed in (
            "UPDATE calendars_calendarrevision SET number = 7",
            "DELETE FROM calendars_calendarrevision",
        ):
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(deed)

    def test_a_calendar_is_read_once(self, cast, save):
        """It remembers the days it worked out, whoever asks."""
        save()
        one, other = (calendar_named(workspace_id=cast.workspace.id, name="desk") for _ in "ab")
        effective(one.calendar, AT)

        assert one.calendar is other.calendar


class TestCommands:
    @pytest.fixture
    def desk(self, tmp_path):
        path = tmp_path / "desk.yaml"
        path.write_text(json.dumps(OFFICE), encoding="utf-8")
        return path

    def run(self, *words):
        return CliRunner().invoke(group, [*map(str, words), "--json", "--lang", "en"])

    def test_add_and_list(self, cast, desk):
        added = self.run("add", desk, "--workspace", "tanuki")
        again = self.run("add", desk, "--workspace", "tanuki", "--name", "CRE desk")
        listed = self.run("list", "--workspace", "tanuki")

        assert json.loads(added.stdout)["revision"] == json.loads(again.stdout)["revision"] == 1
        assert [row["name"] for row in json.loads(listed.stdout)["calendars"]] == [
            "CRE desk",
            "desk",
        ]

    def test_an_unknown_workspace(self, cast, desk):
        result = self.run("add", desk, "--workspace", "nowhere")

        assert result.exit_code == 2
        assert "nowhere" in json.loads(result.stdout)["error"]["what"]

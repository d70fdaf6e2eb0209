"""The product's own flag tells the arm by usage events: Hina, Ren and Yui open lessons."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shinrai.accounts.models import AuditEntry
from shinrai.initiatives.models import Exposure
from shinrai.initiatives.operations.exposures import take_in_flags
from shinrai.initiatives.operations.steps import (
    AmendRequest,
    amend_initiative,
    close_initiative,
    declare_initiative,
)
from shinrai.initiatives.pages.fields import fields_of, typed_in, typed_of
from shinrai.initiatives.queries.records import exposed_counts, initiative_named
from shinrai.initiatives.rules.declaration import BadInitiative, declaration_in
from shinrai.usage.operations.events import receive_events
from shinrai.usage.operations.move import move_all
from shinrai.usage.rules.event import UsageEvent
from shinrai.warehouse.store import Warehouse
from tests.cast import BY, Cast
from tests.initiatives.stage import DAY, END, KOBAYASHI, START, WEEK, asker, declaration, typed

__all__ = ["typed"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("typed")]
FLAG = {"design": "flag", "flag_event": "lesson_opened", "flag_property": "variant"}


def declare(cast: Cast, **changes: Any) -> None:
    asks = asker(cast.workspace, START - WEEK)
    declare_initiative(asks, declaration(**{**FLAG, **changes}), by=KOBAYASHI)


def noon(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 3, tzinfo=UTC)


def opened(person: str, variant: Any, on: date = START, **more: Any) -> UsageEvent:
    name = more.pop("name", "lesson_opened")
    said = {} if variant is None else {"variant": variant}
    mark = f"{person}-{variant}-{on}-{name}"
    return UsageEvent(
        mark, person, name, noon(on) + more.pop("later", timedelta()), properties=said
    )


def arrive(cast: Cast, tables: Path, *events: UsageEvent, at: datetime) -> None:
    """The product sends events, and the worker moves them into the tables."""
    receive_events(workspace_id=cast.workspace.id, events=events, received_at=at)
    move_all(Warehouse(str(tables)), at=at)


def test_an_event_tells_the_arm_and_is_noted_once(cast: Cast, tmp_path: Path) -> None:
    declare(cast)
    first, later = noon(START) + DAY, noon(START) + 2 * DAY
    events = [opened("hina", "new"), opened("ren", "control"), opened("yui", "new")]
    arrive(cast, tmp_path, *events, at=first)
    arrive(cast, tmp_path, *events, opened("hina", "new", START + DAY), at=later)

    assert exposed_counts(cast.workspace, "templates") == {"new": 2, "control": 1}
    assert {one.exposed_at for one in Exposure.objects.all()} == {noon(START)}, "when it happened"
    [entry] = AuditEntry.objects.filter(what="take in flags")
    assert (entry.lines, entry.by) == (3, "worker")


def test_the_first_stands_whatever_is_said_later(cast: Cast, tmp_path: Path) -> None:
    """Hina's flag changes within one batch and in a later one; a file cannot change it either."""
    declare(cast)
    morning, evening = opened("hina", "control"), opened("hina", "new", later=timedelta(hours=6))
    arrive(cast, tmp_path, evening, morning, at=noon(START) + DAY)
    arrive(cast, tmp_path, opened("hina", "new", START + DAY), at=noon(START) + 2 * DAY)
    file = tmp_path / "flags.csv"
    file.write_text("person,arm\nhina,new\nyui,new\n", encoding="utf-8")
    taken = take_in_flags(asker(cast.workspace, START + WEEK), "templates", file, by=BY)

    assert (taken.new, taken.known) == (1, 1)
    assert exposed_counts(cast.workspace, "templates") == {"control": 1, "new": 1}


@pytest.mark.parametrize(
    "event",
    [
        opened("hina", "new", START - DAY),
        opened("hina", "new", END + DAY),
        opened("hina", "blue"),
        opened("hina", None),
        opened("hina", "new", name="lesson_closed"),
    ],
    ids=["before the start", "after the end", "no arm of ours", "no value", "another event"],
)
def test_what_tells_no_arm_notes_nobody(cast: Cast, tmp_path: Path, event: UsageEvent) -> None:
    declare(cast)
    arrive(cast, tmp_path, event, opened("ren", "new", START), at=noon(END) + 2 * DAY)

    assert exposed_counts(cast.workspace, "templates") == {"new": 1}


def test_the_first_and_the_last_day_count(cast: Cast, tmp_path: Path) -> None:
    declare(cast)
    events = [opened("hina", "new", START), opened("ren", "control", END)]
    arrive(cast, tmp_path, *events, at=noon(END) + DAY)

    assert exposed_counts(cast.workspace, "templates") == {"new": 1, "control": 1}


def test_a_flag_that_is_on_or_off_has_arms_of_these_names(cast: Cast, tmp_path: Path) -> None:
    declare(cast, arms={"false": 50, "true": 50})
    arrive(cast, tmp_path, opened("hina", True), opened("ren", False), at=noon(START) + DAY)

    assert exposed_counts(cast.workspace, "templates") == {"true": 1, "false": 1}


def test_a_closed_initiative_takes_no_more(cast: Cast, tmp_path: Path) -> None:
    declare(cast)
    close_initiative(asker(cast.workspace, END + DAY), "templates", "kept", by=KOBAYASHI)
    arrive(cast, tmp_path, opened("hina", "new"), at=noon(END) + 2 * DAY)

    assert not Exposure.objects.exists()


class TestDeclaring:
    def test_event_and_property_belong_together(self) -> None:
        for name in ("flag_event", "flag_property"):
            with pytest.raises(BadInitiative, match="Name both") as caught:
                declaration_in(declaration(**{**FLAG, name: " "}))
            assert caught.value.field == name

    def test_who_names_no_event_keeps_the_hash(self) -> None:
        plain = declaration_in(declaration(design="flag"))
        assert "flag_event" not in plain.document
        assert declaration_in(declaration(**{**FLAG, "design": "none"})).document.keys() == (
            plain.document.keys()
        )
        named = declaration_in(declaration(**FLAG))
        assert named.digest != plain.digest
        assert declaration_in(named.document) == named

    def test_the_form_shows_and_reads_what_was_declared(self) -> None:
        named = declaration_in(declaration(**FLAG))
        typed = typed_in(typed_of(named))
        assert typed["flag_event"] == "lesson_opened"
        assert declaration_in({**fields_of(typed), "key": named.key}) == named

    def test_another_event_after_the_start_lowers_the_grade(self, cast: Cast) -> None:
        declare(cast)
        asked = AmendRequest("templates", {"flag_event": "app_opened"}, "renamed in the app")
        amend_initiative(asker(cast.workspace, START + DAY), asked, by=KOBAYASHI)

        [one] = initiative_named(cast.workspace, "templates", today=START + DAY).amendments
        assert one.lowers
        assert one.pairs == [("flag_event", "lesson_opened", "app_opened")]

"""A calendar saved by an earlier release, whose iCalendar feed is refused by today's rules.

On Tuesday 9 June 2026 the office's feed closes Friday 5 June and Wednesday 10 June; since the
release of that morning its second event, with two starts, is refused.
"""

import json
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.utils.html import strip_tags

from shinrai.calendars.models import CalendarRevision, SavedCalendar
from shinrai.calendars.operations import save_calendar
from shinrai.calendars.queries import calendar_named
from shinrai.calendars.rules.document import calendar_digest, read_calendar
from shinrai.calendars.rules.stored_document import read_stored_calendar
from shinrai.desk.operations.steps import file_investigation, take_step
from shinrai.objectives.models import Clock, Objective, ObjectiveVersion, Verdict
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.objectives.operations.refreshing import recompute_outdated_clocks
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.desk.stage import NOW, OFFICE, open_desk, promise, tokyo
from tests.desk.test_everybody import PAGES

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]


def feed(*days: str) -> str:
    starts = [f"DTSTART;VALUE=DATE:{day}" for day in days]
    event = ["BEGIN:VEVENT", "UID:1", "SUMMARY:Off", *starts, "END:VEVENT"]
    return "\r\n".join(["BEGIN:VCALENDAR", *event, "END:VCALENDAR", ""])


REFUSED = {**OFFICE, "closed_ics": [feed("20260605"), feed("20260610", "20260612")]}
MENDED = {**OFFICE, "closed_ics": [feed("20260605"), feed("20260610")]}


def store(workspace_id: int, document: dict, name: str = "office") -> None:
    """Store a document as a release stored it whose rules accepted it."""
    saved, _ = SavedCalendar.objects.get_or_create(workspace_id=workspace_id, name=name)
    CalendarRevision.objects.create(
        calendar=saved,
        number=saved.revisions.count() + 1,
        document=document,
        digest=calendar_digest(document),
        saved_at=NOW,
        by="test",
    )


@pytest.fixture
def warehouse(tmp_path, settings) -> Warehouse:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    return Warehouse(settings.SHINRAI_WAREHOUSE)


@pytest.fixture
def desk(cast: Cast, warehouse: Warehouse) -> dict[str, int]:
    cases = open_desk(cast.workspace)
    open_desk(cast.simulated)
    store(cast.workspace.id, REFUSED)
    return cases


def due_times(workspace_id: int) -> dict[int, object]:
    clocks = Clock.objects.filter(workspace_id=workspace_id, gone=False)
    return dict(clocks.values_list("case_id", "due_at"))


def shown(cast: Cast, page: str, language: str = "en") -> str:
    with time_machine.travel(NOW, tick=False):
        client = cast.owner.client()
        answer = client.get(f"/w/tanuki/{page}", headers={"accept-language": language})
    assert answer.status_code == 200, page
    return " ".join(unescape(strip_tags(answer.content.decode())).split())


def test_what_is_refused_is_left_out_and_nothing_else() -> None:
    stored = read_stored_calendar(REFUSED)

    assert stored.calendar == read_calendar({**OFFICE, "closed_ics": [feed("20260605")]})
    assert stored.refused is not None
    assert "file 2, line 2: event 'Off' has 2 lines DTSTART" in str(stored.refused)
    assert read_stored_calendar(MENDED).refused is None


def test_where_all_is_refused_the_desk_never_closes() -> None:
    """The zone was renamed since, and hours overlap."""
    stored = read_stored_calendar({"zone": "Asia/Edo", "weekly": {"mon": ["09:00-12:00"] * 2}})

    [version] = stored.calendar.versions
    assert (version.zone, str(version.weekly[6][0])) == ("UTC", "00:00-24:00")
    assert "Asia/Edo" in str(stored.refused)


@pytest.mark.parametrize("page", [*PAGES, "calendars/", "new-calendar/?name=office"])
def test_every_page_answers(cast: Cast, desk: dict[str, int], page: str) -> None:
    shown(cast, page)


def test_the_calendars_page_says_what_is_refused_and_what_to_do(
    cast: Cast, desk: dict[str, int]
) -> None:
    en, ja = (shown(cast, "calendars/office/", language) for language in ("en", "ja"))

    assert "closed_ics: file 2, line 2: event 'Off' has 2 lines DTSTART" in en
    assert (
        "Due times computed before stand, and no verdict is frozen, until it is saved again" in en
    )
    assert "Change these hours" in en
    assert "DTSTART が2行あります" in ja
    assert "もう一度保存するまで" in ja


def test_the_worker_goes_on_and_due_times_stand(
    cast: Cast, desk: dict[str, int], warehouse: Warehouse
) -> None:
    there, before = cast.workspace.id, due_times(cast.workspace.id)

    caught_up = catch_up(warehouse=warehouse, at=tokyo(1, 9, month=8))

    assert caught_up.recomputed == 0
    assert due_times(there) == before
    frozen = Verdict.objects.values_list("version__objective__workspace_id", flat=True)
    assert set(frozen) == {cast.simulated.id}  # others go on
    assert recompute_outdated_clocks() == 0


def test_an_answer_is_counted_by_the_due_time_there_was(
    cast: Cast, desk: dict[str, int], warehouse: Warehouse
) -> None:
    """By what is left of the calendar INV-3 would be due a day later; it was Tuesday's close."""
    there, before = cast.workspace.id, due_times(cast.workspace.id)
    cre = "staff:mori"

    take_step(
        case_id=desk["INV-3"],
        kind="answered",
        at=tokyo(9, 15, 30),
        by=cre,
        role="cre",
        words="はい",
    )
    filed = file_investigation(
        workspace_id=there, source_key="INV-7", at=tokyo(9, 16), by=cre, words="新しい件"
    )

    answered = Clock.objects.get(case_id=desk["INV-3"])
    assert (answered.stopped_at, answered.due_at) == (tokyo(9, 15, 30), before[desk["INV-3"]])
    assert Clock.objects.get(case_id=filed).due_at == tokyo(11, 18)  # without Wednesday the 10th


def test_saving_it_again_mends_it(cast: Cast, desk: dict[str, int], warehouse: Warehouse) -> None:
    there, form = cast.workspace.id, {"name": "office", "text": json.dumps(MENDED)}
    with time_machine.travel(NOW, tick=False):
        tried = cast.owner.client().post("/w/tanuki/new-calendar/", form | {"deed": "try"})
        saved = cast.owner.client().post("/w/tanuki/new-calendar/", form | {"deed": "save"})
    assert (tried.status_code, saved.status_code) == (200, 302)
    assert calendar_named(workspace_id=there, name="office").refused is None
    assert "is refused now" not in shown(cast, "calendars/office/")

    caught_up = catch_up(warehouse=warehouse, at=NOW)

    assert caught_up.recomputed == 1
    dues = due_times(there)
    assert dues[desk["INV-2"]] == tokyo(9, 18)  # Friday the 5th is closed
    assert dues[desk["INV-4"]] == tokyo(11, 18)  # and Wednesday the 10th
    catch_up(warehouse=warehouse, at=tokyo(1, 9, month=8))
    assert Verdict.objects.filter(version__objective__workspace_id=there).exists()


def test_what_a_later_release_accepts_again_is_computed_again(
    cast: Cast, desk: dict[str, int], monkeypatch
) -> None:
    filed = file_investigation(
        workspace_id=cast.workspace.id, source_key="INV-7", at=tokyo(9, 16), by="x", words="件"
    )
    monkeypatch.setattr(
        "shinrai.calendars.queries.read_stored_calendar", lambda _: read_stored_calendar(MENDED)
    )
    monkeypatch.setattr("shinrai.calendars.queries._read", {})

    assert recompute_outdated_clocks() == 1
    assert Clock.objects.get(case_id=filed).due_at == tokyo(12, 18)


def test_a_calendar_inside_an_objective(cast: Cast, desk: dict[str, int]) -> None:
    row = Objective.objects.create(workspace_id=cast.workspace.id, name="inline")
    ObjectiveVersion.objects.create(
        objective=row,
        number=1,
        document=promise("inline", calendar=REFUSED),
        saved_at=NOW - timedelta(days=9),
        by="test",
    )

    shown(cast, "objectives/inline/")
    recompute_outdated_clocks()
    save_calendar(workspace_id=cast.workspace.id, name="other", document=OFFICE, at=NOW, by="test")

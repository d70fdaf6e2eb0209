"""Kobayashi declares, measures and closes; what was said before cannot be unsaid after."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from shinrai.accounts.models import AuditEntry
from shinrai.customers.operations import LinkRequest, link_persons, record_customers
from shinrai.initiatives.models import Exposure, InitiativeStep
from shinrai.initiatives.operations.exposures import (
    BadExposures,
    assign_person,
    take_in_flags,
)
from shinrai.initiatives.operations.steps import (
    AmendRequest,
    InitiativeRefused,
    amend_initiative,
    close_initiative,
    declare_initiative,
    declare_not_measured,
    note_case,
)
from shinrai.initiatives.queries.records import initiative_named, initiatives
from shinrai.initiatives.queries.results import Asker, Results, results_of
from shinrai.initiatives.rules.declaration import BadInitiative
from shinrai.initiatives.rules.progress import grade_of
from tests.cast import BY, Cast
from tests.desk.stage import open_desk
from tests.initiatives.stage import DAY, END, KOBAYASHI, START, WEEK, asker, declaration, typed

__all__ = ["typed"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("typed")]
Typed = list[tuple[date, str, str, int, float]]


def declare(cast: Cast, on: date = START - WEEK, **changes: Any) -> None:
    declare_initiative(asker(cast.workspace, on), declaration(**changes), by=KOBAYASHI)


def results(cast: Cast, on: date) -> Results:
    asks = asker(cast.workspace, on)
    return results_of(asks, initiative_named(cast.workspace, "templates", today=asks.today))


class TestDeclaring:
    def test_the_hash_is_in_the_audit_before_the_start(self, cast: Cast) -> None:
        declare(cast)

        found = initiative_named(cast.workspace, "templates", today=START - WEEK)
        entry = AuditEntry.objects.get(what="declare initiative")
        assert (entry.subject, entry.reason) == ("initiative:templates", found.digest)
        assert entry.at.date() < START

    @pytest.mark.parametrize(
        ("on", "changes", "says"),
        [
            (START, {}, "declared before it starts"),
            (START + WEEK, {}, "declared before it starts"),
            (START - WEEK, {"kpi": "happiness"}, "is no KPI"),
            (START - WEEK, {"only": {"planet": "x"}}, "is not known by 'planet'"),
            (START - WEEK, {"only": {"school": "nobody's"}}, "This would be about nobody"),
        ],
    )
    def test_what_cannot_be_declared_is_refused_in_a_sentence(
        self, cast: Cast, on: date, changes: dict[str, Any], says: str
    ) -> None:
        with pytest.raises(BadInitiative, match=says):
            declare(cast, on, **changes)
        assert not InitiativeStep.objects.exists()

    def test_a_key_is_given_once(self, cast: Cast) -> None:
        declare(cast)
        with pytest.raises(BadInitiative, match="already"):
            declare(cast)

    def test_what_is_not_measured_says_why_and_has_no_grade(self, cast: Cast) -> None:
        asks = asker(cast.workspace, START)
        given = {"key": "visits", "name": "Visits", "owner": "Sato", "reason": ""}
        with pytest.raises(BadInitiative, match="reason"):
            declare_not_measured(asks, given, by=KOBAYASHI)
        declare_not_measured(asks, {**given, "reason": "two schools only"}, by=KOBAYASHI)

        [found] = initiatives(cast.workspace, today=START)
        assert (found.state, found.reason) == ("not_measured", "two schools only")
        assert grade_of(found).key == "none"


class TestAmending:
    def test_its_kpi_edited_after_the_start_lowers_the_grade(self, cast: Cast) -> None:
        declare(cast, design="assignment")
        asked = AmendRequest("templates", {"kpi": "kindly"}, "it looked better")
        found = amend_initiative(asker(cast.workspace, START + DAY), asked, by=KOBAYASHI)

        assert grade_of(found).key == "measured"
        assert found.digest != found.declared.digest
        assert found.amendments[0].reason == "it looked better"

    @pytest.mark.parametrize(
        ("changes", "reason", "says"),
        [
            ({"kpi": "kindly"}, " ", "Say why"),
            ({"owner": "Kobayashi"}, "nothing", "Nothing would be otherwise"),
            ({"starts_on": START + WEEK}, "late", "is not moved"),
            ({"only": {"school": "nobody's"}}, "narrower", "about nobody"),
        ],
    )
    def test_what_cannot_be_amended_leaves_it_as_it_was(
        self, cast: Cast, changes: dict[str, Any], reason: str, says: str
    ) -> None:
        declare(cast)
        asks = asker(cast.workspace, START + DAY)
        with pytest.raises((InitiativeRefused, BadInitiative), match=says):
            amend_initiative(asks, AmendRequest("templates", changes, reason), by=KOBAYASHI)
        assert InitiativeStep.objects.count() == 1


class TestResults:
    def test_before_and_after_are_counted_and_only_whole_days(
        self, cast: Cast, typed: Typed
    ) -> None:
        declare(cast)
        typed += [(START + place * WEEK, "", "", 40, 36) for place in range(9)]
        typed += [(END + DAY, "", "", 40, 0)]

        running, over = results(cast, START + 4 * WEEK), results(cast, END + DAY)
        assert (running.before.of, running.before.total) == (320, 256)
        assert (running.now.of, running.now.total, running.done) == (160, 144, 4)
        assert (over.now.of, over.done, over.main.verdict) == (360, 9, "better")
        assert str(over.sentence).startswith("+10.0 points [")

    def test_groups_that_begin_later_are_what_the_first_is_held_against(
        self, cast: Cast, typed: Typed
    ) -> None:
        later = START + 4 * WEEK
        starts = {"school-1": START, "school-2": later}
        declare(cast, design="staggered", group="school", starts=starts)
        for place in range(8):
            typed += [(START + place * WEEK, school, "", 20, 10) for school in starts]

        found = results(cast, START + 8 * WEEK)
        assert (found.main.before.of, found.main.now.of) == (80, 240)
        assert found.grade.key == "association"


class TestClosing:
    def test_without_a_baseline_it_is_refused(self, cast: Cast, typed: Typed) -> None:
        declare(cast)
        typed[:] = [(START, "", "", 40, 30)]  # the import that told of before was taken back

        with pytest.raises(InitiativeRefused, match="there is no baseline"):
            close_initiative(asker(cast.workspace, END + DAY), "templates", "good", by=KOBAYASHI)
        assert not InitiativeStep.objects.filter(kind="closed").exists()

    def test_before_its_start_it_is_refused(self, cast: Cast) -> None:
        declare(cast)
        with pytest.raises(InitiativeRefused, match="has not started"):
            close_initiative(asker(cast.workspace, START - DAY), "templates", "", by=KOBAYASHI)

    def test_closed_it_keeps_its_figures_and_takes_no_more(self, cast: Cast, typed: Typed) -> None:
        declare(cast)
        typed.append((START, "", "", 40, 36))
        asks = asker(cast.workspace, END + DAY)
        found = close_initiative(asks, "templates", "we keep them", by=KOBAYASHI)

        assert found.closed
        assert found.state == "closed"
        assert found.closed.document["now"] == [40, 36.0, None]
        asked = AmendRequest("templates", {"kpi": "kindly"}, "late")
        with pytest.raises(InitiativeRefused, match="is closed"):
            amend_initiative(asks, asked, by=KOBAYASHI)


class TestBeyondTheKpi:
    def test_a_case_that_is_there_is_noted_with_its_reason(self, cast: Cast) -> None:
        declare(cast)
        open_desk(cast.workspace)
        asks = asker(cast.workspace, START)
        note_case(asks, "templates", "INV-1", "the child had an exam", by=KOBAYASHI)
        for case, reason, says in (("NO-1", "x", "no case"), ("INV-1", " ", "Say why")):
            with pytest.raises(InitiativeRefused, match=says):
                note_case(asks, "templates", case, reason, by=KOBAYASHI)

        [note] = initiative_named(cast.workspace, "templates", today=START).notes
        assert (note.document["case"], note.document["record"]) == ("INV-1", "investigation")


class TestArms:
    @pytest.fixture
    def running(self, cast: Cast) -> Asker:
        declare(cast, design="assignment", arms={"control": 50, "new": 50})
        return asker(cast.workspace, START + WEEK)

    def test_asked_again_a_person_gets_the_same_and_is_noted_once(self, running: Asker) -> None:
        first = assign_person(running, "templates", "hina")
        again = assign_person(running, "templates", "hina")

        assert (first.arm, first.is_new, again.is_new) == (again.arm, True, False)
        assert Exposure.objects.count() == 1

    def test_amended_shares_take_nobody_out_of_their_arm(self, running: Asker) -> None:
        people = [f"L-{n}" for n in range(12)]
        before = [assign_person(running, "templates", one).arm for one in people]
        asked = AmendRequest("templates", {"arms": {"control": 1, "new": 99}}, "it works")
        amend_initiative(running, asked, by=KOBAYASHI)

        assert "control" in before
        assert [assign_person(running, "templates", one).arm for one in people] == before

    def test_before_the_start_everybody_goes_without_and_nothing_is_noted(
        self, running: Asker
    ) -> None:
        early = asker(running.workspace, START - DAY)

        assert {assign_person(early, "templates", f"L-{n}").arm for n in range(9)} == {"control"}
        assert not Exposure.objects.exists()

    def test_guardians_write_and_count_in_the_arm_of_their_learner(
        self, running: Asker, typed: Typed
    ) -> None:
        there = running.workspace.id
        arm = assign_person(running, "templates", "hina").arm
        known = {
            name: record_customers(
                workspace_id=there, source=source, identifiers=[name], at=running.at
            )[name].id
            for source, name in (("usage", "hina"), ("desk", "tanaka"))
        }
        link = LinkRequest(there, known["hina"], known["tanaka"], "", START, None, "form")
        link_persons(link, at=running.at, by=BY)
        typed.append((START, "", str(known["tanaka"]), 3, 2))
        typed.append((START, "", "999999", 5, 5))  # nobody we ever assigned

        found = results_of(
            running, initiative_named(running.workspace, "templates", today=running.today)
        )
        counted = {one.name: one.sums.of for one in found.arms}
        assert counted == {"control": 0, "new": 0} | {arm: 3}

    def test_a_flag_that_lost_people_is_warned_of_and_lowers_the_grade(
        self, cast: Cast, tmp_path: Path
    ) -> None:
        declare(cast, design="flag")
        file = tmp_path / "flags.csv"
        lines = [f"L-{n},{'control' if n % 3 else 'new'}" for n in range(300)]
        file.write_text("person,arm\n" + "\n".join(lines), encoding="utf-8")
        asks = asker(cast.workspace, START + WEEK)
        first = take_in_flags(asks, "templates", file, by=BY)
        again = take_in_flags(asks, "templates", file, by=BY)

        assert (first.new, again.new, again.known) == (300, 0, 300)
        found = results(cast, START + WEEK)
        assert found.is_mismatched
        assert found.grade.key == "measured"

    def test_a_file_with_a_wrong_arm_is_taken_in_not_at_all(
        self, cast: Cast, tmp_path: Path
    ) -> None:
        declare(cast, design="flag")
        file = tmp_path / "flags.csv"
        file.write_text("person,arm\nL-1,new\nL-2,blue\n", encoding="utf-8")

        with pytest.raises(BadExposures, match="Line 3"):
            take_in_flags(asker(cast.workspace, START + timedelta(1)), "templates", file, by=BY)
        assert not Exposure.objects.exists()

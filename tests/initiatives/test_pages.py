"""Kobayashi declares on the page, edits the KPI after the start, and sees what that costs."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope
from shinrai.initiatives.models import InitiativeStep
from tests.api.caller import key_of
from tests.cast import Cast
from tests.initiatives.stage import END, START, WEEK, declaration, typed

__all__ = ["typed"]
pytestmark = pytest.mark.django_db
PLACE = "/w/tanuki/initiatives/"
TYPED = {
    "name": "回答テンプレート", "hypothesis": "Templates save a day.", "arrow": "cs_support",
    "kpi": "in_time", "direction": "up", "effect": "10", "owner": "Kobayashi", "hours": "20",
    "starts_on": str(START), "ends_on": str(END), "baseline_weeks": "8", "design": "assignment",
    "arms": "control 50, new 50", "key": "templates",
}  # fmt: skip


def at(on: date) -> Any:
    return time_machine.travel(datetime(on.year, on.month, on.day, 3, tzinfo=UTC), tick=False)


def text(client: Client, address: str, language: str = "en", **form: str) -> str:
    headers = {"Accept-Language": language}
    answer = (
        client.post(address, form, headers=headers, follow=True)
        if form
        else client.get(address, headers=headers)
    )
    return str(answer.content.decode())


@pytest.mark.usefixtures("typed")
class TestPages:
    def test_checked_declared_amended_and_the_grade_falls(self, cast: Cast) -> None:
        client = cast.manager.client()
        with at(START - WEEK):
            assert "No initiative is declared yet" in text(client, PLACE)
            checked = text(client, f"{PLACE}new/", **TYPED, deed="check")
            assert "With 40 cases a week you need" in checked
            assert 'value="control 50, new 50"' in checked
            assert not InitiativeStep.objects.exists()
            declared = text(client, f"{PLACE}new/", **TYPED, deed="declare")
            assert "It starts on 2026-09-07" in declared
            assert InitiativeStep.objects.get().digest in declared
            assert "figures of <time" in declared
        with at(START + WEEK):
            assert "<strong>association</strong>" in text(client, f"{PLACE}templates/")
            assert "It has started" in text(client, f"{PLACE}templates/amend/")
            changed = {**TYPED, "kpi": "kindly", "reason": "it looks better"}
            amended = text(client, f"{PLACE}templates/amend/", **changed)
            assert "the grade is lower now" in amended
            assert "<strong>measured</strong>" in amended
            assert "<del>in_time</del> → kindly" in amended

    def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(self, cast: Cast) -> None:
        client = cast.manager.client()
        with at(START + WEEK):
            answer = client.post(f"{PLACE}new/", {**TYPED, "deed": "declare"})
        page = answer.content.decode()

        assert answer.status_code == 422
        assert "It is declared before it starts" in page
        assert 'value="Kobayashi"' in page
        assert "Templates save a day." in page

    def test_closing_without_a_baseline_keeps_what_was_concluded(
        self, cast: Cast, typed: list[Any]
    ) -> None:
        client = cast.manager.client()
        with at(START - WEEK):
            text(client, f"{PLACE}new/", **TYPED, deed="declare")
        typed.clear()
        with at(END + WEEK):
            steps = f"{PLACE}templates/steps/"
            closed = text(client, steps, deed="close", conclusion="we keep them")
            japanese = text(client, steps, "ja", deed="close", conclusion="続けます")

        assert "there is no baseline" in closed
        assert "we keep them</textarea>" in closed
        assert "施策前の値がない" in japanese

    def test_not_measured_stands_in_the_list_with_its_reason(self, cast: Cast) -> None:
        client = cast.manager.client()
        with at(START):
            form = {"name": "Visits", "owner": "Sato", "reason": "two schools", "key": ""}
            page = text(client, f"{PLACE}new/", **form, deed="not_measured")
            listed = text(client, PLACE, "ja")
            csv = client.get(f"{PLACE}?format=csv").getvalue().decode()

        assert "Declared not measured, because: two schools" in page
        assert "測らない" in listed
        assert "initiative-1" in csv

    def test_a_flag_is_declared_in_the_form_and_its_event_stays_readable(self, cast: Cast) -> None:
        """Before the first exposure there is no p: nothing is not the same as no difference."""
        client = cast.manager.client()
        flag = {"design": "flag", "flag_event": "lesson_opened", "flag_property": "variant"}
        with at(START - WEEK):
            form = text(client, f"{PLACE}new/")
            page = text(client, f"{PLACE}new/", **{**TYPED, **flag}, deed="declare")

        assert form.index("If persons are divided") < form.index("Usage event that says")
        assert "told by variant of the usage event lesson_opened" in page
        assert "p = 1" not in page

    def test_words_of_members_are_never_markup(self, cast: Cast) -> None:
        client = cast.manager.client()
        with at(START - WEEK):
            name = "<script>alert(1)</script>"
            page = text(client, f"{PLACE}new/", **{**TYPED, "name": name}, deed="declare")

        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


@pytest.mark.usefixtures("typed")
def test_a_program_declares_once_and_asks_who_gets_what(cast: Cast) -> None:
    """Sent twice under one idempotency key it is declared once; an arm is sticky."""
    key = key_of(cast.workspace, Role.OWNER, Scope.WRITE).secret
    there = "/api/v1/workspaces/tanuki"
    client = Client(headers={"Authorization": f"Bearer {key}"})
    fields = declaration(design="assignment", starts_on=str(START), ends_on=str(END))
    with at(START - WEEK):
        sent = [
            client.post(
                f"{there}/initiatives", {"fields": fields}, content_type="application/json",
                headers={"Idempotency-Key": "one"},
            )
            for _ in range(2)
        ]  # fmt: skip
        wrong = client.post(
            f"{there}/initiatives", {"fields": {**fields, "kpi": "x"}},
            content_type="application/json",
        )  # fmt: skip
    with at(START):
        asked = f"{there}/assignments?initiative=templates&person=hina"
        first, again = client.get(asked).json(), client.get(asked).json()
        read = client.get(f"{there}/initiatives/templates").json()

    assert [one.status_code for one in sent] == [200, 200]
    assert wrong.status_code in (400, 422)
    assert first["arm"] == again["arm"]
    assert (first["is_new"], again["is_new"]) == (True, False)
    assert sum(arm["people"] for arm in read["arms"]) == 1

"""Kobayashi has a tile watched: one message when it is passed, one when it is over."""

from base64 import b64decode
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shinrai.accounts.models import AuditEntry
from shinrai.delivery.models import Outbox
from shinrai.delivery.targets import UnusableTarget
from shinrai.explore.models import AlertEvent
from shinrai.explore.operations.alerts import AlertPlace, check_alert, end_alert, set_alert
from shinrai.explore.operations.links import BadLink, make_link, revoke_link
from shinrai.explore.queries.alerts import alert_history, alerts
from shinrai.explore.queries.links import link_of, open_links
from shinrai.explore.rules.alerts import AlertRule, BadAlert
from shinrai.explore.rules.answer import AnswerColumn, SqlAnswer
from tests.cast import Cast

pytestmark = pytest.mark.django_db
PLACE = ("desk", "inquiries")
TILE = AlertPlace("desk", "inquiries", "Inquiries a day", {})
LIMIT = AlertRule("threshold", "above", 40)
COLUMNS = (AnswerColumn("on", "date"), AnswerColumn("inquiries", "number"))


def at(day: int, hour: int = 3) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def november(*counts: int) -> SqlAnswer:
    """Answer inquiries of each day from 1 November on."""
    first = date(2026, 11, 1)
    rows = tuple((first + timedelta(days=n), count) for n, count in enumerate(counts))
    return SqlAnswer(COLUMNS, rows, {"inquiries": 1}, 0.01)


def watch(cast: Cast, rule: AlertRule = LIMIT, **changed: Any) -> int:
    target = ("mail", "team@example.com", "en")
    values: dict[str, Any] = {"place": PLACE, "rule": rule, "target": target, "by": "kobayashi"}
    return set_alert(workspace_id=cast.workspace.id, at=at(1), **(values | changed))


def check(cast: Cast, answer: SqlAnswer, when: datetime) -> bool:
    return check_alert(workspace=cast.workspace, place=TILE, answer=answer, at=when)


def subjects() -> list[str]:
    return [row.content["subject"] for row in Outbox.objects.order_by("id")]


class TestRaised:
    def test_once_for_as_long_as_it_lasts_and_once_when_it_is_over(self, cast: Cast) -> None:
        watch(cast)

        assert not check(cast, november(20, 22), at(2))
        assert check(cast, november(20, 22, 41), at(3))
        assert not check(cast, november(20, 22, 45), at(3, 5))
        assert not check(cast, november(20, 22, 45, 50), at(4))
        assert check(cast, november(20, 22, 45, 50, 12), at(6))
        assert not check(cast, november(20, 22, 45, 50, 12, 13), at(7))
        assert subjects() == [
            "Inquiries a day: 41 on 2026-11-03, above 40.",
            "Inquiries a day: back within its limits (2026-11-05: 12).",
        ]

    def test_a_second_time_is_a_second_event(self, cast: Cast) -> None:
        watch(cast)
        for counts, day in (((41,), 1), ((41, 3), 3), ((41, 3, 44), 3)):
            check(cast, november(*counts), at(day))

        assert [row.event for row in AlertEvent.objects.order_by("id")] == [
            "2026-11-01",
            "2026-11-01:over",
            "2026-11-03",
        ]

    def test_the_mail_has_the_picture_and_the_link(self, cast: Cast) -> None:
        watch(cast)
        check(cast, november(20, 22, 41), at(3))
        content = Outbox.objects.get().content

        [[name, media_type, picture]] = content["files"]
        assert (name, media_type) == ("chart.png", "image/png")
        assert b64decode(picture).startswith(b"\x89PNG")
        assert "/w/tanuki/dashboards/desk/" in content["text"]

    @pytest.mark.parametrize("channel", ["slack", "teams", "json"])
    def test_channels_get_the_sentence(self, cast: Cast, channel: str, settings: Any) -> None:
        settings.SHINRAI_PRIVATE_TARGETS = True
        watch(cast, target=(channel, "http://127.0.0.1:9/hook", "ja"))
        check(cast, november(41), at(1))

        assert "41" in str(Outbox.objects.get().content)

    def test_without_an_alert_nothing_is_looked_at(self, cast: Cast) -> None:
        assert not check(cast, november(500), at(1))


class TestSet:
    def test_a_new_alert_takes_the_place_of_the_old_one(self, cast: Cast) -> None:
        watch(cast)
        watch(cast, AlertRule("threshold", "above", 100))
        found = alerts(workspace_id=cast.workspace.id)

        assert [one.rule.value for one in found] == [100]
        assert not check(cast, november(41), at(1))

    def test_an_ended_one_raises_nothing(self, cast: Cast) -> None:
        watch(cast)

        assert end_alert(workspace_id=cast.workspace.id, place=PLACE, at=at(2), by="kobayashi")
        assert not end_alert(workspace_id=cast.workspace.id, place=PLACE, at=at(2), by="kobayashi")
        assert not check(cast, november(41), at(3))
        assert {"set alert", "end alert"} <= set(AuditEntry.objects.values_list("what", flat=True))

    def test_the_address_is_shown_in_part(self, cast: Cast) -> None:
        watch(cast)
        [found] = alerts(workspace_id=cast.workspace.id)

        assert found.shown == "t…@example.com"

    def test_the_history_says_what_became_of_each_message(self, cast: Cast) -> None:
        watch(cast)
        check(cast, november(41), at(1))
        check(cast, november(41, 3), at(3))
        history = alert_history(alerts(workspace_id=cast.workspace.id))

        assert [(one.event, one.is_over) for one in history] == [
            ("2026-11-01", True),
            ("2026-11-01", False),
        ]
        assert {one.delivery.state for one in history if one.delivery} == {"waiting"}

    def test_other_workspaces_have_their_own(self, cast: Cast) -> None:
        watch(cast)

        assert alerts(workspace_id=cast.simulated.id) == ()

    def test_what_cannot_be_reached_is_refused(self, cast: Cast) -> None:
        with pytest.raises(UnusableTarget):
            watch(cast, target=("mail", "nobody", "en"))
        with pytest.raises(BadAlert):
            watch(cast, target=("pigeon", "team@example.com", "en"))


class TestLinks:
    def make(self, cast: Cast, days: int = 30) -> str:
        return make_link(
            workspace_id=cast.workspace.id, dashboard="desk", days=days, at=at(1), by="kobayashi"
        )

    def test_open_until_it_expires(self, cast: Cast) -> None:
        token = self.make(cast)
        found = link_of(token, at=at(29))

        assert found is not None
        assert found.dashboard == "desk"
        assert link_of(token, at=at(1) + timedelta(days=30)) is None
        assert link_of(token[:-1], at=at(2)) is None

    def test_revoked_it_shows_nothing(self, cast: Cast) -> None:
        token = self.make(cast)
        [link] = open_links(workspace_id=cast.workspace.id, dashboard="desk", at=at(2))
        mine = {"workspace_id": cast.workspace.id, "number": link.id, "at": at(2), "by": "sato"}

        assert not revoke_link(**(mine | {"workspace_id": cast.simulated.id}))
        assert revoke_link(**mine)
        assert not revoke_link(**mine)
        assert link_of(token, at=at(2)) is None
        assert open_links(workspace_id=cast.workspace.id, dashboard="desk", at=at(2)) == ()

    def test_the_secret_is_stored_nowhere(self, cast: Cast) -> None:
        token = self.make(cast)

        assert token not in str(AuditEntry.objects.values())

    @pytest.mark.parametrize("days", [0, 366])
    def test_for_a_day_to_a_year(self, cast: Cast, days: int) -> None:
        with pytest.raises(BadLink, match="1 to 365 days"):
            self.make(cast, days)

"""Sato and Kobayashi press at the same moment: nobody is invited twice, nothing stands twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from shinrai.satisfaction.models import InterviewStep
from shinrai.satisfaction.operations.interviews import (
    declare_round,
    draw_invitations,
    invite_person,
)
from shinrai.satisfaction.rules.interview import BadInterview
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.satisfaction.interviews import ROUND, consent, open_round, step
from tests.satisfaction.surveys import moment
from tests.usage.filling import Act, fill

pytestmark = pytest.mark.django_db(transaction=True)
TENTH = moment(4, 10)


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Let each member do theirs in a thread of its own; return what came back, or its refusal."""
    start = Barrier(len(deeds))

    def do(deed: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            start.wait()
            return deed()
        except BadInterview as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


def invited() -> list[int]:
    rows = InterviewStep.objects.filter(kind="invited")
    return sorted(rows.values_list("person_id", flat=True))


@pytest.fixture
def draw(cast: Cast, tmp_path: Path) -> Callable[[str, str, int], Any]:
    """Yui, Ren, Sora and Aoi studied in April; two rounds would like to meet them."""
    there, warehouse = cast.workspace, Warehouse(str(tmp_path))
    who = open_round(there.id, invited=())
    acts = [Act(one, moment(4, 5)) for one in who.values()]
    fill(warehouse, acts, zone=there.zone, workspace_id=there.id)
    document = ROUND | {"targeting": {"who": "active", "days": 28, "cap_days": 30}}
    for key in ("spring", "other"):
        declare_round(workspace_id=there.id, key=key, document=document, at=moment(4, 3), by="sato")

    def drawn(by: str, key: str, count: int) -> Any:
        return draw_invitations(
            workspace=there, key=key, count=count, how="hand", warehouse=warehouse, at=TENTH, by=by
        )

    return drawn


def test_two_who_draw_for_a_round_draw_different_persons(
    draw: Callable[[str, str, int], Any],
) -> None:
    first, second = at_once(
        lambda: draw("sato", "spring", 2), lambda: draw("kobayashi", "spring", 2)
    )
    assert sorted((*first, *second)) == invited()
    assert len(set(invited())) == 4


def test_two_who_draw_for_two_rounds_ask_nobody_twice_within_the_pause(
    draw: Callable[[str, str, int], Any],
) -> None:
    done = at_once(lambda: draw("sato", "spring", 3), lambda: draw("kobayashi", "other", 3))

    assert sorted(map(len, done)) == [1, 3]
    assert len(set(invited())) == len(invited()) == 4


def test_one_person_is_invited_by_one_of_two(cast: Cast) -> None:
    there = cast.workspace.id
    yui = open_round(there, invited=())["yui"]

    def invite(by: str) -> int:
        return invite_person(
            workspace_id=there, key="spring", person=yui, how="hand", at=TENTH, by=by
        )

    done = at_once(lambda: invite("sato"), lambda: invite("kobayashi"))

    [refused] = [one for one in done if one != yui]
    assert "invited on 2026-04-10 already" in str(refused)
    assert invited() == [yui]


def test_what_two_write_down_is_there_once(cast: Cast) -> None:
    there = cast.workspace.id
    yui = open_round(there)["yui"]

    def twice(deed: Callable[[], bool]) -> list[bool]:
        return sorted(at_once(deed, deed))

    assert twice(lambda: consent(there, yui)) == [False, True]
    for kind, given in (("held", {"minutes": 30}), ("note", {}), ("quote", {"need": "time"})):
        done = twice(lambda kind=kind, given=given: step(there, yui, kind, "same words", **given))  # type: ignore[misc]
        assert done == [False, True]
    assert step(there, yui, "note", "other words")

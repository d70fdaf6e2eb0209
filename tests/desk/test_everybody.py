"""Every page of the desk and of its figures, tried by each of the cast."""

import pytest
import time_machine

from tests.cast import MEMBERS, Cast
from tests.desk.stage import OBJECTIVE, open_desk
from tests.desk.test_overview import LATER, desk

__all__ = ["desk"]
pytestmark = [pytest.mark.django_db, pytest.mark.end_to_end]
PAGES = (
    "",
    "queue/",
    "queue/?sort=priority&q=INV&person=staff:1",
    "queue/?view=unassigned&state=late&sort=-age",
    "handover/",
    "search/?q=INV-",
    "investigations/",
    "investigations/?state=late&sort=-age",
    "investigations/INV-1/",
    "quality/",
    "quality/cases/?figure=solved",
    "topics/",
    "topics/agreement/",
    "topics/codebook/",
    "findings/",
    "findings/cases/?verdict=defect",
    "events/",
    "defects/",
    "third-line/",
    "releases/",
    "releases/cases/?topic=all",
    "workload/",
    "reports/schedules/",
    "objectives/",
    f"objectives/{OBJECTIVE}/",
)


@pytest.mark.parametrize("page", PAGES)
def test_of_a_real_workspace_members_see_it_and_nobody_else(desk: Cast, page: str) -> None:
    open_desk(desk.workspace)
    with time_machine.travel(LATER, tick=False):
        told = {
            who: person.client().get(f"/w/tanuki/{page}") for who, person in desk.everybody.items()
        }

    assert {who: told[who].status_code for who in MEMBERS} == dict.fromkeys(MEMBERS, 200)
    for who in ("guardian", "stranger"):
        assert told[who].status_code in (403, 404), who
        assert "INV-" not in told[who].content.decode()
    assert told["nobody"].status_code == 302
    assert told["nobody"].headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("page", PAGES)
def test_of_a_simulated_one_everybody_sees_it(desk: Cast, page: str) -> None:
    with time_machine.travel(LATER, tick=False):
        for who, person in desk.everybody.items():
            assert person.client().get(f"/w/kitsune/{page}").status_code == 200, who

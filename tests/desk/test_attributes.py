"""What a list says of a case: who works on it, how urgent it is, and what it is about."""

from shinrai.desk.rules.attributes import attributes_of
from tests.quality.stories import june, told

SATO, SUZUKI = "staff:1", "staff:2"


def test_an_investigation_is_with_whom_it_was_last_assigned_to() -> None:
    filing = {"assignee": SATO, "priority": "high", "service": "ミチノート", "topic": "login"}
    filed = (june(1, 9), "filed", filing)
    moved = (june(1, 10), "assigned", {"to": SUZUKI, "by": SATO})

    alone, after = attributes_of(told(filed)), attributes_of(told(filed, moved))

    assert (alone.person, alone.priority, alone.service, alone.topic) == (
        *(SATO, "high", "ミチノート", "login"),
    )
    assert after.person == SUZUKI


def test_an_inquiry_that_names_nobody_is_with_who_wrote_last() -> None:
    steps = told(
        (june(1, 9), "received"),
        (june(1, 10), "outbound", {"by": SATO}),
        (june(1, 11), "outbound", {"by": "system"}),
        (june(1, 12), "inbound", {"by": "customer"}),
    )

    assert attributes_of(steps).person == SATO


def test_a_source_without_services_has_the_group_that_holds_it() -> None:
    steps = told(
        (june(1, 9), "received", {"group": "Billing"}),
        (june(1, 10), "escalated", {"group": "Tier 2", "tier": 2}),
    )

    assert attributes_of(steps).service == "Tier 2"


def test_nothing_is_made_up() -> None:
    found = attributes_of(told((june(1, 9), "received")))

    assert (found.person, found.priority, found.service, found.topic) == ("", "", "", "")

"""Meeting customers: the same one again, and one who was erased never."""

from datetime import UTC, datetime

import pytest

from shinrai.accounts.operations.workspaces import open_workspace
from shinrai.customers.models import Person
from shinrai.customers.operations import record_customers
from shinrai.privacy.operations import erase_person, open_keys, read_words

MONDAY = datetime(2026, 6, 1, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def meet():
    there = open_workspace(
        slug="michi", name="ミチ", zone="Asia/Tokyo", simulated=True, at=MONDAY, by="test"
    )

    def meeting(*names):
        return record_customers(workspace_id=there.id, source="sheet", identifiers=names, at=MONDAY)

    meeting.workspace = there
    return meeting


def test_the_same_customer_is_met_once(meet):
    first = meet("U-1", "U-2")
    again = meet("U-2", "U-2")

    assert again["U-2"].id == first["U-2"].id
    assert Person.objects.count() == 2


def test_the_books_alone_do_not_know_who_it_is(meet):
    meet("hanako@example.co.jp")
    person = Person.objects.get()

    assert b"hanako" not in bytes(person.mark)
    assert read_words([person.name_words_id]) == {person.name_words_id: "hanako@example.co.jp"}


def test_an_erased_customer_is_never_met_again(meet):
    known = meet("U-1")["U-1"]
    erase_person(
        workspace_id=meet.workspace.id,
        key_id=known.key_id,
        source_keys=[("person", "sheet", "U-1")],
        at=MONDAY,
    )

    assert meet("U-1", "U-2").keys() == {"U-2"}


def test_a_key_held_open_is_gone_once_it_is_destroyed(meet):
    """Hanako is erased while an import that met her is under way; Taro's key still stands."""
    met = meet("Hanako", "Taro")
    held = {known.key_id: known.key for known in met.values()}
    erase_person(
        workspace_id=meet.workspace.id,
        key_id=met["Hanako"].key_id,
        source_keys=[("person", "sheet", "Hanako")],
        at=MONDAY,
    )

    assert open_keys(held, held) == {met["Taro"].key_id: met["Taro"].key}
    assert open_keys(held) == {met["Taro"].key_id: met["Taro"].key}

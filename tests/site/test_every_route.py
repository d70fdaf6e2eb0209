"""Every address, tried by every role, by strangers and by nobody: its guard's permission decides.

The addresses come from site/urls.py and what is permitted from accounts' table; a new page is
tried without a word here.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from shinrai.accounts.rules.permission import Permission, is_permitted
from tests.cast import MEMBERS, Cast
from tests.desk.stage import NOW, open_desk

pytestmark = [pytest.mark.django_db, pytest.mark.end_to_end]

# Something that fits into each gap of an address, by its name, else by its converter.
SAMPLES = {"key": "INV-1", "name": "office", "int": "1", "str": "x", "given": "x", "slug": "x"}
# Routes of others, which check for themselves: signing in and out, and choosing a language.
NOT_OURS = ("allauth.", "django.views.i18n")
OF_PROGRAMS = "/api/v1/"  # tried by keys: test_api.py
GAP = re.compile(r"<(?:(\w+):)?(\w+)>")
REFUSED, TAKES_ANOTHER_METHOD = {403, 404}, 405


@cache
def routes() -> tuple[tuple[str, Any], ...]:
    """List every address with its view."""

    def walk(patterns: list[Any], before: str) -> Iterator[tuple[str, Any]]:
        for pattern in patterns:
            address = before + str(pattern.pattern)
            if address.startswith(OF_PROGRAMS):
                continue
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, address)
            elif isinstance(pattern, URLPattern):
                yield address, pattern.callback

    return tuple(walk(get_resolver().url_patterns, "/"))


def filled(address: str, slug: str) -> str:
    def sample(gap: re.Match[str]) -> str:
        kind, name = gap.groups()
        return slug if name == "workspace" else SAMPLES.get(name) or SAMPLES[kind or "str"]

    return GAP.sub(sample, address)


def of_workspaces() -> Iterator[tuple[str, Permission, bool]]:
    """Yield each address of a workspace, what its guard asks for, and whether reading is open."""
    for address, view in routes():
        if address.startswith("/w/"):
            yield address, Permission(view.GUARD.removesuffix(" (open)")), "(open)" in view.GUARD


def asked_answer(client: Client, address: str) -> Any:
    """Read an address, or send an empty form where it takes nothing else."""
    answer = client.get(address)
    return answer if answer.status_code != TAKES_ANOTHER_METHOD else client.post(address)


def asked(client: Client, address: str) -> tuple[str, int]:
    """Ask for an address; method and status."""
    answer = asked_answer(client, address)
    return answer.wsgi_request.method, answer.status_code


@pytest.fixture
def desk(cast: Cast, settings, tmp_path, monkeypatch) -> Iterator[Cast]:
    """A desk with cases, so that pages have something to show."""
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    monkeypatch.setitem(SAMPLES, "case_id", str(open_desk(cast.workspace)["INV-1"]))
    with time_machine.travel(NOW, tick=False):
        yield cast


def test_every_route_has_a_guard() -> None:
    unguarded = [
        address
        for address, view in routes()
        if not view.__module__.startswith(NOT_OURS) and not hasattr(view, "GUARD")
    ]

    assert unguarded == [], "mark it members_only, writers_only or open_to_all"


def test_what_lies_under_a_workspace_is_guarded_by_it() -> None:
    loose = [
        address
        for address, view in routes()
        if address.startswith("/w/") and getattr(view, "GUARD", "open_to_all") == "open_to_all"
    ]

    assert loose == []


@pytest.mark.parametrize("part", MEMBERS)
def test_a_role_opens_what_the_table_permits_and_nothing_else(desk: Cast, part: str) -> None:
    person = desk.members[part]
    client = person.client()
    wrong = []
    for address, permission, _open in of_workspaces():
        assert person.member
        method, status = asked(client, filled(address, "tanuki"))
        is_right = (
            status < 500 and status not in {403, TAKES_ANOTHER_METHOD}
            if is_permitted(person.member.roles, permission)
            else status == 403
        )
        if not is_right:
            wrong.append((method, address, permission.value, status))

    assert wrong == []


@pytest.mark.parametrize("part", ["guardian", "stranger", "nobody"])
def test_who_does_not_belong_learns_and_changes_nothing(desk: Cast, part: str) -> None:
    client = desk.everybody[part].client()
    wrong = []
    for address, _permission, _open in of_workspaces():
        there = filled(address, "tanuki")
        answer = client.get(there)
        is_sent_to_sign_in = answer.headers.get("Location", "").startswith("/accounts/login/?next=")
        expected = is_sent_to_sign_in if part == "nobody" else answer.status_code in REFUSED
        if not expected and answer.status_code != TAKES_ANOTHER_METHOD:
            wrong.append(("GET", there, answer.status_code))
        for slug in ("tanuki", "kitsune"):
            there = filled(address, slug)
            for method in ("post", "put", "delete", "patch"):
                status = getattr(client, method)(there).status_code
                if status not in REFUSED | {TAKES_ANOTHER_METHOD}:
                    wrong.append((method, there, status))

    assert wrong == []


def test_of_made_up_data_nobody_reads_what_is_open_and_nothing_else(desk: Cast) -> None:
    wrong = []
    for address, _permission, is_open in of_workspaces():
        answer = desk.nobody.client().get(filled(address, "kitsune"))
        expected = answer.status_code < 500 if is_open else answer.status_code in {302, 403, 405}
        if not expected or (is_open and "/accounts/login/" in answer.headers.get("Location", "")):
            wrong.append((address, answer.status_code))

    assert wrong == []


def test_pages_of_no_workspace_break_for_nobody(desk: Cast) -> None:
    wrong = []
    for part, person in desk.everybody.items():
        for address, view in routes():
            if not address.startswith("/w/") and not view.__module__.startswith(NOT_OURS):
                method, status = asked(person.client(), filled(address, "tanuki"))
                if status >= 500:
                    wrong.append((part, method, address, status))

    assert wrong == []

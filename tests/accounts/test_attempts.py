"""How often somebody may try a password: counted for all processes, by who really asks."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client

from shinrai.accounts import tasks

pytestmark = pytest.mark.django_db
TOO_MANY = 429
PROXY = "10.0.0.1"


def tried(number: int, *, peer: str = PROXY, forwarded: str = "") -> int:
    """Try a wrong password for an address of its own; the status."""
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    form = {"login": f"{number}@example.com", "password": "guess-after-guess"}
    return Client(REMOTE_ADDR=peer).post("/accounts/login/", form, **headers).status_code


def refused_after(**named: str) -> int | None:
    """Say how many attempts were answered before one was refused; None for forty answered."""
    return next((n for n in range(40) if tried(n, **named) == TOO_MANY), None)


def test_attempts_are_counted_where_all_processes_see_them() -> None:
    tried(1)

    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM accounts_cache")
        keys = " ".join(key for (key,) in cursor.fetchall())
    assert PROXY in keys


def test_without_a_setting_the_header_is_not_believed() -> None:
    """Who guesses passwords names another address each time, in vain."""
    answered = [tried(n, forwarded=f"192.0.2.{n}") for n in range(40)]

    assert TOO_MANY in answered


def test_behind_a_proxy_each_reader_is_counted_alone(settings: LazySettings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    assert refused_after(forwarded="192.0.2.7") is not None
    assert tried(50, forwarded="192.0.2.8") != TOO_MANY


def test_what_a_reader_adds_before_the_proxy_counts_for_nothing(settings: LazySettings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    answered = [tried(n, forwarded=f"203.0.113.{n}, 192.0.2.7") for n in range(40)]

    assert TOO_MANY in answered


def test_what_ran_out_is_deleted_by_the_timetable() -> None:
    at = datetime.now(UTC)
    for key, days in (("old", -1), ("new", 1)):
        Session.objects.create(
            session_key=key, session_data="", expire_date=at + timedelta(days=days)
        )
        cache.set(key, 1, timeout=days * 86_400)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_cache VALUES ('ip', '', %s)", [at - timedelta(minutes=1)]
        )

    tasks.forget_sessions()

    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_cache WHERE expires < now()")
        assert cursor.fetchone() == (0,)
    assert cache.get("new") == 1

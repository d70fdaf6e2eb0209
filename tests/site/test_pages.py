"""What a reader sees when a page could not be."""

from importlib import import_module

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from shinrai.accounts import queries
from shinrai.site import pages
from tests.cast import Cast


def get_while(error: Exception, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str, str]:
    def fails(**_: object) -> None:
        raise error

    import_module("shinrai.site.urls")  # or pages first read here would keep what is planted
    monkeypatch.setattr(queries, "workspaces_of", fails)
    answer = Client(raise_request_exception=False).get("/")
    return answer.status_code, answer.headers.get("Retry-After", ""), answer.content.decode()


@pytest.mark.django_db
class TestBroken:
    @pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")])
    def test_closed_books_are_said_and_the_reader_may_come_again(
        self, error: Exception, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        status, again, page = get_while(error, monkeypatch)

        assert status == 503
        assert int(again) > 0
        assert "The books are closed" in page

    def test_all_else_is_ours_and_says_nothing_of_the_inside(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        status, _again, page = get_while(ValueError("佐藤 paid 500"), monkeypatch)

        assert status == 500
        assert "佐藤" not in page

    def test_a_full_disk_is_named_since_waiting_does_not_help(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pages, "free_mb_of_full_disk", lambda: 3)

        status, _again, page = get_while(OperationalError("gone"), monkeypatch)

        assert status == 503
        assert "The disk of the database is full." in page
        assert "may be starting" not in page


@pytest.mark.django_db
class TestCaches:
    """After signing out, Back shows nothing: no browser and no proxy keeps a page."""

    @pytest.mark.parametrize(
        "address",
        [
            "/",
            "/w/tanuki/",
            "/w/tanuki/queue/",
            "/w/tanuki/imports/",
            "/w/tanuki/nowhere/",
            "/nowhere/",
            "/accounts/login/",
            "/accounts/links/spent/",
        ],
    )
    def test_no_page_is_kept(self, cast: Cast, address: str) -> None:
        for person in (cast.engineer, cast.stranger, cast.nobody):
            kept = person.client().get(address).headers["Cache-Control"]

            assert {"no-store", "private"} <= {part.strip() for part in kept.split(",")}

    def test_what_is_the_same_for_all_may_be_kept(self) -> None:
        answer = Client().get("/static/console/shinrai.css")
        answer.close()

        assert "no-store" not in answer.headers.get("Cache-Control", "")

"""What a reader sees when a page could not be."""

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from shinrai.accounts import queries


def get_while(error: Exception, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str, str]:
    def fails(**_: object) -> None:
        raise error

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

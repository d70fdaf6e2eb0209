"""Where the database lies, when somebody says so."""

import pytest

from shinrai.site import database
from shinrai.site.environment import BadSetting


class TestDatabaseUrl:
    def test_is_read_with_its_escapes_and_options(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(
            "DATABASE_URL", "postgresql://app:p%40ss@db.example:6543/shin%20rai?sslmode=require"
        )

        known = database.known_addresses()

        assert known.app == {
            "HOST": "db.example",
            "PORT": "6543",
            "NAME": "shin rai",
            "USER": "app",
            "PASSWORD": "p@ss",
            "OPTIONS": {"sslmode": "require"},
        }
        assert not known.is_private

    def test_a_socket_is_named_by_its_folder(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgresql:///shinrai?host=/var/run/postgresql")

        assert database.known_addresses().app["HOST"] == "/var/run/postgresql"

    def test_the_owner_may_have_an_address_of_its_own(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgresql://app:a@db/shinrai")
        monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner:o@db/shinrai")

        known = database.known_addresses()

        assert (known.app["USER"], known.owner["USER"]) == ("app", "owner")

    @pytest.mark.parametrize(
        "url",
        [
            "mysql://a:secret@b/c",
            "postgresql://a:secret@b",
            "secret",
            "postgresql://a:secret@b:x/c",
        ],
    )
    def test_a_wrong_one_is_refused_without_repeating_its_password(
        self, monkeypatch: pytest.MonkeyPatch, url: str
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", url)

        with pytest.raises(BadSetting, match="DATABASE_URL must look like") as caught:
            database.known_addresses()

        assert "secret" not in str(caught.value)


def test_nothing_is_started_by_asking_where_the_books_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(database, "_holds", [])

    assert database.known_addresses().app["HOST"] == "/shinrai-books-are-not-open"

"""The one command: what it imports, what it says, and with which code it ends."""

import json
import subprocess
import sys
from typing import Any

import click
import pytest
from django.db import connection

from shinrai.accounts import queries
from shinrai.cli.errors import ExitCode, answer_is_no
from shinrai.cli.frame import StandardCommand, StandardGroup
from shinrai.site import main
from shinrai.site.command_entries import ENTRIES
from tests.cast import Cast


def run(*words: str) -> int:
    return main.run(words)


class TestHelp:
    def test_lists_every_group_and_imports_none(self) -> None:
        script = (
            "import sys; from shinrai.site import main; code = main.run(['--help']); "
            "print(code, *(m for m in ('django', 'numpy', 'duckdb', 'shinrai.accounts.commands')"
            " if m in sys.modules))"
        )

        said = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        ).stdout

        assert said.splitlines()[-1] == "0"
        assert all(f"  {entry.name} " in said for entry in ENTRIES if entry.is_there)

    def test_business_time_stands_on_no_books(self) -> None:
        """`shinrai calendars` is for anybody with a file: no Django, no server, no home."""
        script = (
            "import sys; from shinrai.site import main; code = main.run(['calendars', '--help']); "
            "print(code, *(m for m in ('django', 'psycopg', 'duckdb') if m in sys.modules))"
        )

        said = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        ).stdout

        assert said.splitlines()[-1] == "0"

    def test_speaks_japanese(self, capsys: pytest.CaptureFixture[str]) -> None:
        from shinrai.cli.language import choose_language

        try:
            assert run("--lang", "ja") == 0
        finally:
            choose_language("en")

        assert "コマンド" in capsys.readouterr().out

    def test_asking_for_help_starts_no_server(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def never(**_: Any) -> None:
            raise AssertionError("the books were opened")

        monkeypatch.setattr("shinrai.site.database.open_database", never)
        monkeypatch.setattr(sys, "argv", ["shinrai", "accounts", "add", "--help"])

        assert main.run() == 0


class TestExitCodes:
    @pytest.fixture
    def command(self, monkeypatch: pytest.MonkeyPatch) -> Any:
        """Stand one command of the test's choice where `shinrai` looks."""

        def stand(body: Any) -> None:
            monkeypatch.setattr(
                main.RootGroup, "get_command", lambda *_: click.Command("try", callback=body)
            )

        return stand

    def test_yes_is_0(self, command: Any) -> None:
        command(lambda: None)

        assert run("try") == ExitCode.YES

    def test_no_is_3(self, command: Any) -> None:
        command(answer_is_no)

        assert run("try") == ExitCode.NO

    def test_asked_wrongly_is_2(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("nonsense") == ExitCode.ASKED_WRONGLY
        assert run("--colour") == ExitCode.ASKED_WRONGLY
        assert capsys.readouterr().out == ""

    def test_what_broke_is_1_with_a_reference_and_no_traceback(
        self, command: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def breaks() -> None:
            raise ZeroDivisionError("of nothing")

        command(breaks)

        assert run("try") == ExitCode.COULD_NOT_SAY
        said = capsys.readouterr().err
        assert "ZeroDivisionError: of nothing" in said
        assert "--debug" in said
        assert "Traceback" not in said

    def test_debug_shows_where(self, command: Any, capsys: pytest.CaptureFixture[str]) -> None:
        def breaks() -> None:
            raise ZeroDivisionError("of nothing")

        command(breaks)

        assert run("--debug", "try") == ExitCode.COULD_NOT_SAY
        assert "Traceback" in capsys.readouterr().err

    def test_a_wrong_setting_is_asked_wrongly(
        self, command: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from shinrai.site import environment

        command(lambda: environment.read_bool("A", False, environment={"A": "maybe"}))

        assert run("try") == ExitCode.ASKED_WRONGLY
        assert "A is 'maybe'" in capsys.readouterr().err


@pytest.mark.django_db
class TestAccounts:
    def test_adding_somebody_prints_a_link_that_signs_in(
        self, cast: Cast, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code = run("accounts", "add", "Yui@Tanuki.example", "-w", "tanuki", "--role", "manager",
                   "--name", "結衣", "--json")  # fmt: skip

        answer = json.loads(capsys.readouterr().out)
        assert code == 0
        assert answer["email"] == "yui@tanuki.example"
        assert answer["link"].startswith("http://localhost:8000/accounts/links/")
        names = {m.display_name for m in queries.members(workspace_id=cast.workspace.id)}
        assert "結衣" in names

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("add", "a@b.jp", "-w", "nowhere", "--role", "owner"), "no workspace 'nowhere'"),
            (("add", "a@b.jp", "-w", "tanuki", "--role", "boss"), "the roles are cs_agent"),
            (("add", "nobody", "-w", "tanuki", "--role", "owner"), "no mail address"),
            (("link", "who@b.jp"), "accounts add who@b.jp"),
            (("list", "-w", "nowhere"), "no workspace"),
            (("add", "a@b.jp"), "Missing option"),
        ],
    )
    def test_what_cannot_be_is_refused_with_a_way_on(
        self,
        cast: Cast,
        capsys: pytest.CaptureFixture[str],
        words: tuple[str, ...],
        said: str,
    ) -> None:
        assert run("accounts", *words) == ExitCode.ASKED_WRONGLY
        assert said in capsys.readouterr().err

    def test_listing_names_roles(self, cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("accounts", "list", "--workspace", "tanuki", "--json") == 0

        members = json.loads(capsys.readouterr().out)["members"]
        assert [(m["name"], m["roles"]) for m in members] == [
            ("佐藤", ["owner"]),
            ("鈴木", ["cs_agent"]),
            ("高橋", ["cre_engineer"]),
            ("森", ["product_engineer"]),
            ("小林", ["manager"]),
        ]


@pytest.mark.django_db
def test_tables_out_of_date_on_a_server_of_others_are_not_touched(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from shinrai.site import database, migration

    entry = connection.settings_dict
    given = {"app": entry, "owner": entry, "is_private": False}
    monkeypatch.setattr(database, "open_database", lambda **_: database.DatabaseAddresses(**given))
    monkeypatch.setattr(migration, "unapplied", lambda: ("ledger.0002",))
    monkeypatch.setattr(migration, "migrate", lambda: pytest.fail("it migrated"))

    assert run("accounts", "list", "-w", "tanuki") == ExitCode.COULD_NOT_SAY
    assert "shinrai migrate" in capsys.readouterr().err


@pytest.mark.django_db
def test_a_role_that_may_not_make_tables_is_told_which_variable_to_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from django.db import ProgrammingError

    from shinrai.site import migration

    def refused() -> None:
        raise ProgrammingError("permission denied for schema public")

    monkeypatch.setattr(migration, "migrate", refused)

    assert run("migrate") == ExitCode.ASKED_WRONGLY
    said = capsys.readouterr().err
    assert "permission denied for schema public" in said
    assert "DATABASE_OWNER_URL" in said


@pytest.mark.parametrize(
    "entry",
    [entry for entry in ENTRIES if entry.needs_database and entry.is_there],
    ids=lambda entry: entry.name,
)
def test_a_command_opens_the_database_it_needs(entry) -> None:
    """Only the frame's own classes prepare it: a plain command would find no database at all."""
    assert isinstance(entry.load(), StandardCommand | StandardGroup), entry.name

"""What PostgreSQL forbids the application, whatever our code tries."""

import threading
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from shinrai.site import database, migration

pytestmark = pytest.mark.django_db


def refused(statement: str) -> bool:
    """Try a statement as the application; say whether PostgreSQL refused it for want of rights."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError as error:
        return isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege)
    return False


def first_column(table: str) -> str:
    with connection.cursor() as cursor:
        return connection.introspection.get_table_description(cursor, table)[0].name


def test_steps_and_the_audit_are_append_only() -> None:
    tables = migration.append_only_tables()

    assert {"accounts_auditentry", "accounts_rolegrant", "accounts_realdataarrival"} <= set(tables)


@pytest.mark.parametrize("table", migration.append_only_tables())
def test_an_append_only_table_can_be_read_and_nothing_else_but_added_to(table: str) -> None:
    column = first_column(table)
    tries = {
        "update": f"UPDATE {table} SET {column} = {column}",
        "delete": f"DELETE FROM {table}",
        "truncate": f"TRUNCATE {table}",
        "disable trigger": f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        "add trigger": f"CREATE TRIGGER t BEFORE INSERT ON {table} EXECUTE FUNCTION f()",
        "drop": f"DROP TABLE {table}",
        "alter": f"ALTER TABLE {table} ADD COLUMN spare int",
        "own": f"ALTER TABLE {table} OWNER TO shinrai_app",
        "grant": f"GRANT UPDATE ON {table} TO shinrai_app WITH GRANT OPTION",
    }

    passed = [name for name, statement in tries.items() if not refused(statement)]

    assert passed in ([], ["grant"]), "a grant without the right is a warning, and does nothing"
    assert refused(tries["update"])
    assert not refused(f"SELECT {column} FROM {table} LIMIT 1")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE public.mine (n int)",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "SET ROLE shinrai_owner",
        "SET SESSION AUTHORIZATION shinrai_owner",
        "SET session_replication_role = replica",
        "DELETE FROM django_migrations",
        "COPY accounts_workspace TO PROGRAM 'cat'",
        "SELECT pg_read_file('postgresql.conf')",
    ],
)
def test_the_application_owns_nothing_and_becomes_nobody_else(statement: str) -> None:
    assert refused(statement)


def test_the_application_works_as_itself_on_tables_of_the_owner() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (user,) = cursor.fetchone()
        cursor.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
        owners = cursor.fetchall()

    assert user == "shinrai_app"
    assert owners == [("shinrai_owner",)]


@pytest.mark.django_db(transaction=True)
class TestMigrate:
    def test_a_second_time_there_is_nothing_to_do(self) -> None:
        done = migration.migrate()

        assert done.applied == ()
        assert done.guarded

    def test_rights_that_drifted_are_set_straight(self, owner_cursor: psycopg.Cursor[Any]) -> None:
        owner_cursor.execute("GRANT UPDATE ON accounts_auditentry TO shinrai_app")
        assert not refused("UPDATE accounts_auditentry SET what = what")

        migration.migrate()

        assert refused("UPDATE accounts_auditentry SET what = what")

    @pytest.mark.parametrize("table", ["django_migrations", "accounts_workspace"])
    def test_tables_whose_migration_was_killed_before_it_gave_rights_are_not_up_to_date(
        self, owner_cursor: psycopg.Cursor[Any], table: str
    ) -> None:
        assert migration.is_up_to_date()
        owner_cursor.execute(f"REVOKE ALL ON {table} FROM shinrai_app".encode())

        assert not migration.is_up_to_date()
        migration.migrate()
        assert migration.is_up_to_date()

    def test_who_looks_while_somebody_migrates_waits(
        self, owner_cursor: psycopg.Cursor[Any]
    ) -> None:
        owner_cursor.execute("SELECT pg_advisory_lock(%s)", [migration.MIGRATING])
        answers: list[bool] = []

        def look() -> None:
            answers.append(migration.is_up_to_date())
            connection.close()

        other = threading.Thread(target=look)
        other.start()
        other.join(0.5)
        assert not answers, "it looked at tables somebody was changing"
        owner_cursor.execute("SELECT pg_advisory_unlock(%s)", [migration.MIGRATING])
        other.join(20)

        assert answers == [True]

    def test_what_a_transaction_test_left_is_cleared_by_the_owner(self) -> None:
        organisation = apps.get_model("accounts", "Organisation")
        assert organisation.objects.count() == 0
        organisation.objects.create(
            slug="left", name="left", opened_at=datetime(2026, 4, 1, tzinfo=UTC)
        )

    test_and_so_the_next_finds_none = test_what_a_transaction_test_left_is_cleared_by_the_owner

    def test_acting_as_the_owner_ends_with_the_block(self) -> None:
        with database.as_owner(), connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == ("shinrai_owner",)

        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == ("shinrai_app",)

"""Migrate the tables as the role that owns them, then grant the application's role its rights."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from shinrai.privacy.operations import WRITTEN_ANEW
from shinrai.site.database import as_owner, known_addresses

READ_ONLY = ("django_migrations",)
QUEUE = "procrastinate"
MIGRATING = 0x5348494E5241  # the number of our lock; it goes with the connection


@dataclass(frozen=True)
class Migrated:
    """The migrations that were applied, and whether append-only tables are `guarded`.

    Guarded means that PostgreSQL does not let the application change or delete their rows.
    """

    applied: tuple[str, ...]
    guarded: bool


def unapplied() -> tuple[str, ...]:
    """Return the names of the migrations that are not applied yet."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    ours = tuple(f"{migration.app_label}.{migration.name}" for migration, _backwards in plan)
    applied = {name for app, name in executor.loader.applied_migrations if app == QUEUE}
    return ours + tuple(f"{QUEUE}.{name}" for name in queue_migrations() if name not in applied)


def is_up_to_date() -> bool:
    """Return whether all migrations are applied and the application may read all its tables.

    Waits while another process migrates, because rights are granted only after the tables exist.
    If that process was killed in between, rights are missing, and the answer is False.
    """
    tables = [*READ_ONLY, *connection.introspection.django_table_names()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock_shared(%s)", [MIGRATING])
        try:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_class WHERE relname = ANY(%s) AND relkind = 'r'"
                " AND relnamespace = 'public'::regnamespace"
                " AND NOT has_table_privilege(oid, 'SELECT'))",
                [tables],
            )
            [is_shut] = cursor.fetchone()
            return not is_shut and not unapplied()
        finally:
            cursor.execute("SELECT pg_advisory_unlock_shared(%s)", [MIGRATING])


def migrate() -> Migrated:
    """Apply all missing migrations as the owner of the tables, and grant the rights again."""
    books = known_addresses()
    with as_owner():
        with connection.cursor() as cursor:  # two commands at once: the second waits, then looks
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        waiting = unapplied()
        if waiting:
            with _with_queue_migrations():
                call_command("migrate", verbosity=0, interactive=False)
        guarded = books.owner["USER"] != books.app["USER"]
        if guarded:
            give_rights(books.app["USER"])
    return Migrated(applied=waiting, guarded=guarded)


def queue_migrations() -> list[str]:
    """Return the names of Procrastinate's migrations, read from its files without importing it."""
    found = find_spec(QUEUE)
    assert found is not None
    assert found.submodule_search_locations is not None
    folder = Path(found.submodule_search_locations[0]) / "contrib" / "django" / "migrations"
    return sorted(path.stem for path in folder.glob("[0-9]*.py"))


@contextmanager
def _with_queue_migrations() -> Iterator[None]:
    """Make Django find Procrastinate's migrations within a `with` block; see `postgres.apps`."""
    place, config = f"{QUEUE}.contrib.django", apps.get_app_config(QUEUE)
    modules, name = settings.MIGRATION_MODULES, config.name
    settings.MIGRATION_MODULES = modules | {QUEUE: f"{place}.migrations"}
    config.name = place  # its migrations import its models, which look for their app by this
    try:
        yield
    finally:
        settings.MIGRATION_MODULES, config.name = modules, name


def append_only_tables() -> tuple[str, ...]:
    """Return the tables of every model with `append_only = True`."""
    models = apps.get_models(include_auto_created=True)
    return tuple(
        sorted(model._meta.db_table for model in models if getattr(model, "append_only", False))
    )


def give_rights(role: str) -> None:
    """Grant the application's role its rights: it may read and write rows, but own no table.

    In append-only tables it may only read and insert.
    """
    app = sql.Identifier(role)
    statements = [
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(app),
        sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC"),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(app),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(
            app
        ),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(app),
    ]
    if connection.pg_version >= 170000:  # type: ignore[attr-defined]
        # destroyed keys leave the disk only when their table is written anew, messages too
        tables = sql.SQL(", ").join(map(sql.Identifier, WRITTEN_ANEW))
        statements.append(sql.SQL("GRANT MAINTAIN ON {} TO {}").format(tables, app))
    there = set(connection.introspection.table_names())
    for table in there.intersection(append_only_tables()):
        statements.append(
            sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(
                sql.Identifier(table), app
            )
        )
    for table in READ_ONLY:
        statements.append(
            sql.SQL("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(
                sql.Identifier(table), app
            )
        )
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)

"""Bring the tables up to date as their owner, then give the application its few rights."""

from dataclasses import dataclass

from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from shinrai.site.books import as_owner, known_books

READ_ONLY = ("django_migrations",)
MIGRATING = 0x5348494E5241  # the number of our lock; it goes with the connection


@dataclass(frozen=True)
class Migrated:
    """What was done, and whether PostgreSQL keeps append-only tables append-only."""

    applied: tuple[str, ...]
    guarded: bool


def unapplied() -> tuple[str, ...]:
    """Name the migrations that wait to be applied."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return tuple(f"{migration.app_label}.{migration.name}" for migration, _backwards in plan)


def migrate() -> Migrated:
    """Apply what waits, as the owner of the tables, and set the application's rights anew."""
    books = known_books()
    with as_owner():
        with connection.cursor() as cursor:  # two commands at once: the second waits, then looks
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        waiting = unapplied()
        if waiting:
            call_command("migrate", verbosity=0, interactive=False)
        guarded = books.owner["USER"] != books.app["USER"]
        if guarded:
            give_rights(books.app["USER"])
    return Migrated(applied=waiting, guarded=guarded)


def append_only_tables() -> tuple[str, ...]:
    """Name the tables of every model that says `append_only = True`."""
    models = apps.get_models(include_auto_created=True)
    return tuple(
        sorted(model._meta.db_table for model in models if getattr(model, "append_only", False))
    )


def give_rights(role: str) -> None:
    """Let the application read and write rows, only add to append-only tables, and own nothing."""
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

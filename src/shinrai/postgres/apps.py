"""The Django app for the tables of the job queue, which are Procrastinate's own."""

from django.apps import AppConfig


class QueueTables(AppConfig):
    """Stands for Procrastinate among Django's apps, under its label, without importing it.

    Importing it takes a sixth of a second, and every command checks for missing migrations. So the
    settings list no migrations for this label; `site.migration` compares Procrastinate's files with
    what was applied, and enables its migrations only if some are missing.
    """

    name = "shinrai.postgres"
    label = "procrastinate"

"""The tables of the queue, as Django sees them: Procrastinate's own, under its own label."""

from django.apps import AppConfig


class QueueTables(AppConfig):
    """The queue's place among the apps.

    Importing Procrastinate takes a sixth of a second, and every command asks whether migrations
    wait. So the settings name no migrations for this label; `site.migration` compares files with
    what was applied, and lets Procrastinate's own migrations in only where some are missing.
    """

    name = "shinrai.postgres"
    label = "procrastinate"

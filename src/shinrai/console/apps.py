"""The frame as a Django app: it owns templates, styles and words, and no rows."""

from django.apps import AppConfig


class Console(AppConfig):
    """Register templates, static files, template tags and the Japanese catalogue."""

    name = "shinrai.console"
    label = "console"
    verbose_name = "Console"

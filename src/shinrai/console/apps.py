"""The Django app of the shared page parts: templates, styles and translations, no tables."""

from django.apps import AppConfig


class Console(AppConfig):
    """Register templates, static files, template tags and the Japanese catalogue."""

    name = "shinrai.console"
    label = "console"
    verbose_name = "Console"

"""The Django application of reports."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """The app of the model of prepared reports."""

    name = "shinrai.reports"
    label = "reports"

"""Reports as Django sees them."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Owns the prepared reports."""

    name = "shinrai.reports"
    label = "reports"

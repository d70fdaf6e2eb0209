"""The Django application of explore."""

from django.apps import AppConfig


class ExploreConfig(AppConfig):
    """The app of SQL by members, saved questions and dashboards."""

    name = "shinrai.explore"
    label = "explore"

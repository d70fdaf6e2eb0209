"""The Django application of trends."""

from django.apps import AppConfig


class TrendsConfig(AppConfig):
    """The app of prepared trends, and of what failures of usage belong to a topic."""

    name = "shinrai.trends"
    label = "trends"

"""The package of topics, as Django sees it."""

from django.apps import AppConfig


class TopicsConfig(AppConfig):
    """Owns the changes of codebooks, and how inquiries are drawn to be labelled twice."""

    name = "shinrai.topics"
    label = "topics"

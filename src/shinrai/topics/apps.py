"""The Django application of topics."""

from django.apps import AppConfig


class TopicsConfig(AppConfig):
    """The app of the models of codebook changes and of second labels."""

    name = "shinrai.topics"
    label = "topics"

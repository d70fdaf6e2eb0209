"""The Django application of knowledge."""

from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    """The app of answer templates and manuals."""

    name = "shinrai.knowledge"
    label = "knowledge"

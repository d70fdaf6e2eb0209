"""The Django application of assistants."""

from django.apps import AppConfig


class AssistantsConfig(AppConfig):
    """The app of the grants that members give to assistants."""

    name = "shinrai.assistants"
    label = "assistants"

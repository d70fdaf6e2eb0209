"""The Django application of support quality."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """The app of the quality models: calendars of figures, samples of answers, reviews."""

    name = "shinrai.quality"
    label = "quality"

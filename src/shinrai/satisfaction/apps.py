"""The Django app `satisfaction`, which owns surveys and answers."""

from django.apps import AppConfig


class SatisfactionConfig(AppConfig):
    """Configure the app that owns surveys and answers."""

    name = "shinrai.satisfaction"
    label = "satisfaction"

"""The Django app `initiatives`, which owns what was declared to be changed."""

from django.apps import AppConfig


class InitiativesConfig(AppConfig):
    """Configure the app that owns initiatives."""

    name = "shinrai.initiatives"
    label = "initiatives"

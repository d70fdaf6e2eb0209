"""The Django app `family`, which owns guardians and their links with learners."""

from django.apps import AppConfig


class FamilyConfig(AppConfig):
    """Configure the app that owns who may read about which child."""

    name = "shinrai.family"
    label = "family"

"""The Django app `missions`, which owns activities, attempts, pins and offers."""

from django.apps import AppConfig


class MissionsConfig(AppConfig):
    """Configure the app that owns what learners are offered and what they did."""

    name = "shinrai.missions"
    label = "missions"

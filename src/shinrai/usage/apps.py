"""The Django app `usage`, which owns the inbox of events."""

from django.apps import AppConfig


class UsageConfig(AppConfig):
    """Configure the app that owns the inbox of events."""

    name = "shinrai.usage"
    label = "usage"

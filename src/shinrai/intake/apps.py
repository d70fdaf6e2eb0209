"""The Django app `intake`, which owns connections, receipts and threads."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Configure the app that owns connections, receipts and threads."""

    name = "shinrai.intake"
    label = "intake"

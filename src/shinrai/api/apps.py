"""The Django app `api`, which owns the answers kept for repeated writes and the request counts."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Configure the app that owns request counts and kept answers."""

    name = "shinrai.api"
    label = "api"

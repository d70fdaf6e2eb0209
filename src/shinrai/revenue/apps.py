"""The Django app `revenue`, which owns contracts and payments."""

from django.apps import AppConfig


class RevenueConfig(AppConfig):
    """Configure the app that owns contracts and payments."""

    name = "shinrai.revenue"
    label = "revenue"

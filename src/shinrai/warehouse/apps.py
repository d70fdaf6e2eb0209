"""The Django app `warehouse`, which owns the counts per day."""

from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    """Configure the app that owns the counts per day which pages add up."""

    name = "shinrai.warehouse"
    label = "warehouse"

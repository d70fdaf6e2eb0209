"""The warehouse as Django sees it: the owner of the counts per day."""

from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    """Owns the rows that pages add up."""

    name = "shinrai.warehouse"
    label = "warehouse"

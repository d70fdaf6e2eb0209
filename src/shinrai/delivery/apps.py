"""The Django app `delivery`, which owns the outbox."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """Configure the app that owns the outbox."""

    name = "shinrai.delivery"
    label = "delivery"

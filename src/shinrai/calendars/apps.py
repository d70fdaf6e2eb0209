"""The Django app of calendars."""

from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "shinrai.calendars"
    label = "calendars"
    default_auto_field = "django.db.models.BigAutoField"

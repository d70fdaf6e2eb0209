"""Calendars by name, and what each has said since when; nothing is overwritten."""

from django.db import models


class SavedCalendar(models.Model):
    """A calendar of a workspace; what it says is in its revisions."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    append_only = True

    class Meta:
        constraints = (models.UniqueConstraint(fields=("workspace", "name"), name="calendar_once"),)


class CalendarRevision(models.Model):
    """The document of a calendar as somebody saved it; the latest is the one that holds."""

    calendar = models.ForeignKey(SavedCalendar, on_delete=models.PROTECT, related_name="revisions")
    number = models.IntegerField()
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    saved_at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("calendar", "number"), name="calendar_revision_once"),
        )

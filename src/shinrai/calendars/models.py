"""The database tables of calendars: their names and all saved revisions, never overwritten."""

from django.db import models


class SavedCalendar(models.Model):
    """The name of a workspace's calendar; its content is in its revisions."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    append_only = True

    class Meta:
        constraints = (models.UniqueConstraint(fields=("workspace", "name"), name="calendar_once"),)


class CalendarRevision(models.Model):
    """The document of a calendar as it was saved once; the latest revision is in force."""

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

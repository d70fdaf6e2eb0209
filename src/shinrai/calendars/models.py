"""The database tables of calendars and declared events; nothing is ever overwritten."""

from django.db import models

from shinrai.calendars.rules.declared_events import KINDS, NAME_LENGTH


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


class DeclaredEvent(models.Model):
    """What happened to many at once, such as a release; its name in one language, as typed."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=NAME_LENGTH)
    service = models.CharField(max_length=NAME_LENGTH, default="")
    first_on = models.DateField()
    last_on = models.DateField()
    declared_at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=tuple(KINDS)), name="event_kind"),
            models.CheckConstraint(
                condition=models.Q(last_on__gte=models.F("first_on")), name="event_dates"
            ),
        )


class EventRemoval(models.Model):
    """The removal of an event that was declared wrongly: it is no longer marked."""

    event = models.OneToOneField(DeclaredEvent, on_delete=models.PROTECT, related_name="removal")
    removed_at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True

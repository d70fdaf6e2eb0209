"""Rows of usage in PostgreSQL: what waits, what is set aside, and who is the same person."""

from django.db import models


class InboxEvent(models.Model):
    """An event that was received and is not in the published tables yet.

    `document` is an `UsageEvent` or a `SameActor` as JSON, sealed by nothing: it lies here for
    seconds. `batch` is given by the worker that moves it.
    """

    workspace_id = models.BigIntegerField()
    document = models.BinaryField()
    received_at = models.DateTimeField()
    batch = models.BigIntegerField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("id",), condition=models.Q(batch=None), name="usage_inbox_waiting"
            ),
            models.Index(fields=("batch",), name="usage_inbox_of_batch"),
        )


class MoveProgress(models.Model):
    """The number of the batch that is moved now, and whether its rows are chosen. One row."""

    batch = models.BigIntegerField(default=0)
    is_moving = models.BooleanField(default=False)


class QuarantinedEvent(models.Model):
    """An event that cannot count, as it came, encrypted with the master key; kept 90 days."""

    workspace_id = models.BigIntegerField()
    origin = models.CharField(max_length=80)  # of a door or a file
    place = models.CharField(max_length=40, blank=True)  # the line or the number in its batch
    reason = models.JSONField()  # by language
    body = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("workspace_id", "-id"), name="usage_set_aside"),
            models.Index(fields=("workspace_id", "origin", "place"), name="usage_set_aside_place"),
        )


class ActorMerge(models.Model):
    """A step: two actors are one person from now on, or are taken apart again.

    The newest step of an actor counts. `into` is the actor it belongs to; itself: taken apart.
    """

    append_only = True

    workspace_id = models.BigIntegerField()
    actor = models.ForeignKey("customers.Person", on_delete=models.PROTECT, related_name="+")
    into = models.ForeignKey("customers.Person", on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=12)  # identify, alias, merge, group, undone
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        indexes = (models.Index(fields=("workspace_id", "actor", "-id"), name="merge_of_actor"),)


class SavedCohort(models.Model):
    """A version of a cohort: a question that says who belongs to it, under a name.

    The versions of a cohort share its `number`; the newest counts. An archived one is not offered.
    """

    append_only = True

    workspace_id = models.BigIntegerField()
    number = models.BigIntegerField()
    version = models.IntegerField()
    name = models.CharField(max_length=60)
    definition = models.JSONField()  # a `rules.cohort.CohortDefinition`
    is_archived = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workspace_id", "number", "version"), name="cohort_version_once"
            ),
        )


class PreparedUsage(models.Model):
    """The first view of habit of a workspace, by language, and what it was computed from.

    `stale_at`: since when usage lies in the published tables that it does not show.
    """

    workspace_id = models.BigIntegerField(unique=True)
    prepared_at = models.DateTimeField()
    stale_at = models.DateTimeField(null=True)
    rests_on = models.JSONField()
    parts = models.JSONField()

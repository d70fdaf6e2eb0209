"""Models: which failure of usage belongs to a topic, and trends as the worker computed them."""

from django.db import models


class FailureMapping(models.Model):
    """A step: who has this event (and value of a property) is affected by what a topic is about.

    The newest of a topic counts; one without an event ends it.
    """

    append_only = True

    workspace_id = models.BigIntegerField()
    topic = models.CharField(max_length=80)
    event = models.CharField(max_length=200, blank=True)
    property = models.CharField(max_length=80, blank=True)
    value = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        indexes = (models.Index(fields=("workspace_id", "topic", "-id"), name="failure_of_topic"),)


class PreparedTrends(models.Model):
    """The trends of a workspace, as the worker computed them last: no page computes them."""

    workspace_id = models.BigIntegerField(unique=True)
    prepared_at = models.DateTimeField()
    rests_on = models.JSONField()
    document = models.JSONField()

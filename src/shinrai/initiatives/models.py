"""Rows of initiatives: steps of each, and who was exposed to which arm."""

from django.db import models


class InitiativeStep(models.Model):
    """A step of an initiative: declared, amended, not_measured, closed or noted.

    `document` is the declaration, or what the step says; `digest` the hash of a declaration.
    """

    append_only = True

    workspace_id = models.BigIntegerField()
    key = models.CharField(max_length=60)
    kind = models.CharField(max_length=12)
    document = models.JSONField()
    digest = models.CharField(max_length=64, blank=True)
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workspace_id", "key"),
                condition=models.Q(kind__in=("declared", "not_measured")),
                name="initiative_declared_once",
            ),
        )
        indexes = (models.Index(fields=("workspace_id", "key", "id"), name="initiative_steps"),)


class Exposure(models.Model):
    """A person got an arm of an initiative; of several, the first stands.

    `person` is a customer of the source `usage`, before merges.
    """

    append_only = True

    workspace_id = models.BigIntegerField()
    key = models.CharField(max_length=60)
    person = models.ForeignKey("customers.Person", on_delete=models.PROTECT, related_name="+")
    arm = models.CharField(max_length=40)
    exposed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("workspace_id", "key", "person"), name="exposed_once"),
        )


class PreparedInitiative(models.Model):
    """The figures of an initiative, as the worker computed them last, and what they rest on."""

    workspace_id = models.BigIntegerField()
    key = models.CharField(max_length=60)
    prepared_at = models.DateTimeField()
    rests_on = models.JSONField()
    document = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workspace_id", "key"), name="initiative_prepared_once"
            ),
        )

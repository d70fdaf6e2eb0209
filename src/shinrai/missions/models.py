"""Rows of missions: what is declared, what was attempted, and what was shown or given.

Recommendations, missions and the pins earned are computed from these rows and are kept nowhere.
"""

from django.db import models


class ActivityVersion(models.Model):
    """A step: from a moment on an activity is declared so, or is gone. The newest one counts."""

    append_only = True

    workspace_id = models.BigIntegerField()
    key = models.CharField(max_length=100)
    place = models.IntegerField()  # in the order of the declaration
    document = models.JSONField(null=True)  # null: gone
    declared_at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        indexes = (models.Index(fields=("workspace_id", "key", "-id"), name="activity_newest"),)


class AttemptRow(models.Model):
    """An attempt of a learner; of what was sent twice under an id, what arrived first.

    `learner` is a customer of the source `usage`, before merges. `own_on` is the learner's date.
    """

    workspace_id = models.BigIntegerField()
    learner = models.ForeignKey("customers.Person", on_delete=models.PROTECT, related_name="+")
    attempt_id = models.CharField(max_length=200)
    activity = models.CharField(max_length=200)
    at = models.DateTimeField()
    own_on = models.DateField()
    known_at = models.DateTimeField()
    is_completed = models.BooleanField()
    score = models.FloatField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("workspace_id", "attempt_id"), name="attempt_once"),
        )
        indexes = (models.Index(fields=("workspace_id", "learner", "at"), name="attempts_of"),)


class CompletionEvents(models.Model):
    """A step: from a moment on usage events of these names are attempts. The newest one counts."""

    append_only = True

    workspace_id = models.BigIntegerField()
    document = models.JSONField()  # a `rules.events.EventNames`
    since = models.DateTimeField()
    by = models.CharField(max_length=80)


class DeclaredRest(models.Model):
    """Dates on which nothing is asked, of one learner or (null) of all; a step."""

    append_only = True

    workspace_id = models.BigIntegerField()
    learner = models.ForeignKey(
        "customers.Person", on_delete=models.PROTECT, null=True, related_name="+"
    )
    first_on = models.DateField()
    last_on = models.DateField()
    kind = models.CharField(max_length=12)  # holiday, illness, other
    declared_at = models.DateTimeField()
    by = models.CharField(max_length=80)


class PinVersionRow(models.Model):
    """A step: from a moment on a pin is given by this rule, or (null) to nobody more."""

    append_only = True

    workspace_id = models.BigIntegerField()
    key = models.CharField(max_length=100)
    number = models.IntegerField()
    document = models.JSONField(null=True)
    since = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workspace_id", "key", "number"), name="pin_version_once"
            ),
        )


class PinGiven(models.Model):
    """A pin was given to a learner, and nobody gives it again. Which date: the fold says it."""

    append_only = True

    workspace_id = models.BigIntegerField()
    learner = models.ForeignKey("customers.Person", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=100)
    version = models.IntegerField()
    given_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("workspace_id", "learner", "key"), name="pin_once"),
        )


class LearnerPageSettings(models.Model):
    """A step: from a moment on the page for learners is shown so, and in frames of these origins.

    `script`: how Japanese is written on it. `product`: the name over it.
    """

    append_only = True

    workspace_id = models.BigIntegerField()
    origins = models.JSONField()
    script = models.CharField(max_length=8)
    product = models.CharField(max_length=60)
    since = models.DateTimeField()
    by = models.CharField(max_length=80)


class Offer(models.Model):
    """A recommendation that was shown to a learner on a date, and by which policy."""

    append_only = True

    workspace_id = models.BigIntegerField()
    learner = models.ForeignKey("customers.Person", on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    place = models.SmallIntegerField()
    activity = models.CharField(max_length=100)
    reason = models.CharField(max_length=10)
    policy = models.CharField(max_length=40)
    chance = models.FloatField()  # with which the learner got this policy
    shown_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workspace_id", "learner", "on", "place"), name="offer_once"
            ),
        )


class PolicyExperiment(models.Model):
    """A step: from a moment on these policies are compared; one alone ends a comparison."""

    append_only = True

    workspace_id = models.BigIntegerField()
    name = models.CharField(max_length=80)
    policies = models.JSONField()
    since = models.DateTimeField()
    by = models.CharField(max_length=80)


class PreparedSummary(models.Model):
    """The summary of a workspace's missions as the page shows it, and what it was computed from."""

    workspace_id = models.BigIntegerField(unique=True)
    prepared_at = models.DateTimeField()
    rests_on = models.JSONField()
    document = models.JSONField()

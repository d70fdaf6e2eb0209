"""Models: objectives and their versions, their clocks, alarms, and verdicts of closed windows."""

from django.db import models


class Objective(models.Model):
    """An objective of a workspace, by name; its content is in its versions."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=63)
    append_only = True

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("workspace", "name"), name="objective_once"),
        )


class ObjectiveVersion(models.Model):
    """The document of an objective, valid from a moment on (null: from the beginning)."""

    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    document = models.JSONField()
    valid_from = models.DateTimeField(null=True)
    saved_at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("objective", "number"), name="objective_version_once"),
        )


class Basis(models.Model):
    """What a due moment was computed from: objective version, calendar revision, time zones."""

    version = models.ForeignKey(ObjectiveVersion, on_delete=models.PROTECT, related_name="+")
    calendar_name = models.CharField(max_length=80)
    calendar_digest = models.CharField(max_length=64)
    tzdata = models.CharField(max_length=20)
    holidays = models.CharField(max_length=20)
    append_only = True

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("version", "calendar_digest", "tzdata", "holidays"), name="basis_once"
            ),
        )


class Clock(models.Model):
    """One clock of one case under one objective, with its due moment.

    Due moments are computed in one place only, `rules.clocks`, and stored here; the published table
    holds copies. `pauses` are the clock's pauses as [start, end] pairs of epoch microseconds (end
    null: still paused); with start and stop they are all a recomputation needs. `written_in` is the
    number of the transaction that wrote the row: publishing finds new rows by it. `gone`: the
    case's steps no longer produce this clock.
    """

    workspace_id = models.BigIntegerField()
    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="+")
    basis = models.ForeignKey(Basis, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey("ledger.Case", on_delete=models.PROTECT, related_name="+")
    index = models.SmallIntegerField()
    mode = models.CharField(max_length=12)
    started_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    due_without_pauses_at = models.DateTimeField(null=True)
    paused_since = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    spam = models.BooleanField(default=False)
    exempted_at = models.DateTimeField(null=True)
    open_s = models.BigIntegerField()
    paused_open_s = models.BigIntegerField()
    pauses = models.JSONField(default=list)
    gone = models.BooleanField(default=False)
    written_in = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("objective", "case", "index"), name="clock_once"),
        )
        indexes = (
            models.Index(fields=("workspace_id", "due_at"), name="clock_by_due"),
            models.Index(fields=("case",), name="clock_by_case"),
            models.Index(fields=("written_in",), name="clock_by_writing"),
            # Few clocks are going at a time: queues look at these alone, however many there were.
            models.Index(
                fields=("workspace_id", "due_at"),
                condition=models.Q(stopped_at__isnull=True, cancelled_at__isnull=True, gone=False),
                name="clock_going",
            ),
        )


class AlarmState(models.Model):
    """The alarm of an objective, computed by the worker from all clocks that were due by `at`.

    `alarm` holds a CUSUM plan, its height and past alarms, or the reason why it is unknown;
    `known_since` is the first start of a clock.
    """

    objective = models.OneToOneField(Objective, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    known_since = models.DateTimeField()
    alarm = models.JSONField()


class Verdict(models.Model):
    """The counts and the result of a window, stored when it closed and never changed afterwards."""

    version = models.ForeignKey(ObjectiveVersion, on_delete=models.PROTECT, related_name="verdicts")
    mode = models.CharField(max_length=12)
    window_from = models.DateTimeField()
    window_until = models.DateTimeField()
    kept = models.IntegerField()
    missed = models.IntegerField()
    exempt = models.IntegerField()
    is_met = models.BooleanField(null=True)
    frozen_at = models.DateTimeField()
    table_versions = models.JSONField()
    append_only = True

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("version", "mode", "window_from", "window_until"), name="verdict_once"
            ),
        )


class Guideline(models.Model):
    """One version of a guideline: a quality measure and its limit, not an OpenSLO objective."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=63)
    number = models.IntegerField()
    document = models.JSONField()
    saved_at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workspace", "name", "number"), name="guideline_version_once"
            ),
        )

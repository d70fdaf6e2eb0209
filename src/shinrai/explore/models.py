"""Rows of explore: runs of SQL, questions and dashboards by version, and what was prepared."""

from django.db import models


class MaskedSnapshot(models.Model):
    """Published tables of a workspace as one role may read them, in a folder; the newest counts."""

    workspace_id = models.BigIntegerField()
    role = models.CharField(max_length=20)
    versions = models.JSONField()  # of each table
    folder = models.CharField(max_length=200)
    made_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("workspace_id", "role", "-id"), name="snapshot_newest"),)


class QueryRun(models.Model):
    """One run of SQL by a member: running, done, refused, failed, cancelled or stopped (limit)."""

    workspace_id = models.BigIntegerField()
    state = models.CharField(max_length=9)
    role = models.CharField(max_length=20)
    sql = models.TextField()
    parameters = models.JSONField(default=dict)
    versions = models.JSONField(default=dict)
    rows = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=400, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=80)

    class Meta:
        indexes = (models.Index(fields=("workspace_id", "by", "-id"), name="runs_of_member"),)


class QuestionVersion(models.Model):
    """A step: from a moment on a question asks this. The newest version of a key counts.

    `needs` are the columns it reads (`table.column`); `chart` says how its answer is drawn.
    """

    append_only = True

    workspace_id = models.BigIntegerField()
    key = models.CharField(max_length=80)
    number = models.IntegerField()
    title = models.CharField(max_length=200)
    description = models.CharField(max_length=1000, blank=True)
    sql = models.TextField()
    parameters = models.JSONField(default=list)
    needs = models.JSONField(default=list)
    chart = models.JSONField(default=dict)
    owner = models.CharField(max_length=80)
    review_on = models.DateField(null=True)
    is_retired = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workspace_id", "key", "number"), name="question_version_once"
            ),
        )


class DashboardVersion(models.Model):
    """A step: from a moment on a dashboard looks like this; `document` is its tiles and filter."""

    append_only = True

    workspace_id = models.BigIntegerField()
    key = models.CharField(max_length=80)
    number = models.IntegerField()
    title = models.CharField(max_length=200)
    document = models.JSONField()
    is_retired = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workspace_id", "key", "number"), name="dashboard_version_once"
            ),
        )


class TileAnswer(models.Model):
    """The answer of a tile as the worker computed it, for a role, with the chart as SVG.

    `digest` is a hash of what is asked: SQL or measure, parameters, zone, week, language.
    """

    workspace_id = models.BigIntegerField()
    role = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    versions = models.JSONField()
    answer = models.JSONField()
    chart = models.TextField(blank=True)
    computed_at = models.DateTimeField()
    read_at = models.DateTimeField()  # answers nobody reads any more are deleted

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workspace_id", "role", "digest"), name="tile_answer_once"
            ),
        )


class DashboardLink(models.Model):
    """A link that shows one dashboard without signing in, until it expires or is revoked."""

    workspace_id = models.BigIntegerField()
    dashboard = models.CharField(max_length=80)
    token = models.BinaryField(unique=True)  # a hash of the secret in the address
    expires_at = models.DateTimeField()
    made_at = models.DateTimeField()
    by = models.CharField(max_length=80)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=80, blank=True)


class AlertVersion(models.Model):
    """A step: from a moment on a tile of a dashboard has this alert; one without a kind ends it."""

    append_only = True

    workspace_id = models.BigIntegerField()
    dashboard = models.CharField(max_length=80)
    tile = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, blank=True)  # threshold, weekday, no_data, rise
    settings = models.JSONField(default=dict)
    channel = models.CharField(max_length=10, blank=True)
    target = models.BinaryField(null=True)  # sealed under the master key
    shown = models.CharField(max_length=200, blank=True)  # the target, masked
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        indexes = (
            models.Index(fields=("workspace_id", "dashboard", "tile", "-id"), name="alert_newest"),
        )


class AlertEvent(models.Model):
    """An alert was raised: once per event, and the message that says so."""

    append_only = True

    alert = models.ForeignKey(AlertVersion, on_delete=models.PROTECT, related_name="events")
    event = models.CharField(max_length=80)  # the day or bucket it is about
    observed = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("alert", "event"), name="alerted_once"),)

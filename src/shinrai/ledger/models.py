"""Batches, cases, and the steps of a case; steps are only ever appended."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from shinrai.postgres.transactions import this_transaction


class Batch(models.Model):
    """One import. Its steps count from its completion until it is withdrawn, if ever."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=80)
    mapping = models.JSONField()
    files = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True

    class Meta:
        indexes = (models.Index(fields=("workspace", "source"), name="batch_by_source"),)


class BatchCompletion(models.Model):
    """The moment from which a batch counts, and a report of what it imported."""

    batch = models.OneToOneField(Batch, on_delete=models.PROTECT, related_name="completion")
    at = models.DateTimeField()
    report = models.JSONField()
    written_in = models.BigIntegerField(db_default=this_transaction())
    append_only = True


class BatchWithdrawal(models.Model):
    """The withdrawal of a batch: its steps no longer count."""

    batch = models.OneToOneField(Batch, on_delete=models.PROTECT, related_name="withdrawal")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=500)
    written_in = models.BigIntegerField(db_default=this_transaction())
    append_only = True


class Case(models.Model):
    """An inquiry or an investigation, identified by the key it has in its source."""

    # Found by `case_once`. An index of the workspace alone would be taken for a workspace that was
    # not there when the table was counted last, and all its cases walked for every key.
    workspace = models.ForeignKey(
        "accounts.Workspace", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    record = models.CharField(max_length=20)
    source = models.CharField(max_length=80)
    source_key = models.CharField(max_length=200)
    key = models.ForeignKey(
        "privacy.PersonKey", null=True, on_delete=models.DO_NOTHING, db_constraint=False
    )
    customer_id = models.BigIntegerField(null=True)
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workspace", "record", "source", "source_key"), name="case_once"
            ),
            models.CheckConstraint(
                condition=models.Q(record__in=("inquiry", "investigation")), name="case_record"
            ),
        )
        indexes = (
            models.Index(
                fields=("parent",), condition=models.Q(parent__isnull=False), name="case_parent"
            ),
        )


class Step(models.Model):
    """Something that happened to a case. Its `id` is its number in the order of recording.

    `words_id` has no constraint, because words can be erased and steps cannot.
    """

    workspace_id = models.BigIntegerField()
    # Looked up by triggers, once for all steps that come in together (migration 0004).
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="steps", db_constraint=False
    )
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    kind = models.CharField(max_length=20)
    by = models.CharField(max_length=80)
    role = models.CharField(max_length=20)
    tier = models.SmallIntegerField(null=True)
    detail = models.JSONField(default=dict)
    words_id = models.BigIntegerField(null=True)
    source = models.CharField(max_length=80)
    source_key = models.CharField(max_length=200)
    source_order = models.BigIntegerField(default=0)
    corrects = models.BigIntegerField(null=True)
    # Of millions of steps that come in together each would be looked up in a table of one row; and
    # no batch is ever deleted.
    batch = models.ForeignKey(
        Batch, null=True, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    written_in = models.BigIntegerField(db_default=this_transaction())
    append_only = True

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind="corrected", corrects__isnull=False)
                | (~models.Q(kind="corrected") & models.Q(corrects__isnull=True)),
                name="step_corrects_if_corrected",
            ),
        )
        # Steps of a batch, and of a season, lie together, so a few pages of summary find them; a
        # B-tree of 10 M entries would cost every import for a rare question.
        indexes = (
            BrinIndex(fields=("batch",), name="step_by_batch", autosummarize=True),
            BrinIndex(fields=("at",), name="step_by_moment", autosummarize=True),
            # Steps of imports are followed by their batch, so only those of persons are listed.
            models.Index(
                fields=("written_in",),
                name="step_by_writing",
                condition=models.Q(batch__isnull=True),
            ),
        )

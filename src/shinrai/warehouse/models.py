"""State of published tables, and counts per day: numbers, keys and dates, but no personal text.

`workspace_id` is no foreign key, because this package must not depend on the one with workspaces.
"""

from django.db import models


class FactBasis(models.Model):
    """The digest of the basis (see `fact_table.RowBasis`) of a workspace's published rows."""

    table = models.CharField(max_length=60)
    workspace_id = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("table", "workspace_id"), name="fact_basis_once"),
        )


class ReadMark(models.Model):
    """The transaction up to which nothing new was found for a published table.

    `place` is the table's folder or URL. When something is found, the mark stored in the table
    itself moves instead.
    """

    place = models.TextField(unique=True)
    upto = models.BigIntegerField()


class TableRepair(models.Model):
    """A published table that was damaged, or lost altogether, and was filled anew."""

    table = models.CharField(max_length=60)
    at = models.DateTimeField()
    is_lost = models.BooleanField()
    append_only = True


class DayCountFill(models.Model):
    """State of a set of counts in one workspace: as of which moment, from which tables.

    `notes` holds what the counts depend on in readable values, such as the name of a calendar.
    """

    workspace_id = models.BigIntegerField()
    name = models.CharField(max_length=40)
    at = models.DateTimeField()
    basis = models.CharField(max_length=64)
    notes = models.JSONField(default=dict)
    versions = models.JSONField()
    fresh = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("workspace_id", "name"), name="day_count_fill_once"),
        )


class DayCountKeys(models.Model):
    """The combinations of keys by which one question counts; packed rows refer to them by index."""

    fill = models.ForeignKey(DayCountFill, on_delete=models.CASCADE, related_name="keys")
    question = models.CharField(max_length=40)
    columns = models.JSONField()
    combinations = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("fill", "question"), name="day_count_keys_once"),
        )


class DayCount(models.Model):
    """The numbers of one question on one day (null: without a day), packed by `pack`."""

    fill = models.ForeignKey(DayCountFill, on_delete=models.CASCADE, related_name="days")
    question = models.CharField(max_length=40)
    on = models.DateField(null=True)
    numbers = models.BinaryField()
    digest = models.BinaryField(max_length=16)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("fill", "question", "on"),
                name="day_count_once",
                nulls_distinct=False,
            ),
        )


class MeasureVersion(models.Model):
    """A version of a measure, and since when this installation counts by it."""

    key = models.CharField(max_length=60)
    version = models.IntegerField()
    since = models.DateTimeField()
    append_only = True

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("key", "version"), name="measure_version_once"),
        )

"""State of published tables, and counts per day. No words: numbers, keys and dates.

`workspace_id` is no foreign key: this package lies below the one that knows workspaces.
"""

from django.db import models


class FactBasis(models.Model):
    """What the published rows of a fact table in one workspace rest on, by its digest."""

    table = models.CharField(max_length=60)
    workspace_id = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("table", "workspace_id"), name="fact_basis_once"),
        )


class ReadMark(models.Model):
    """Up to which transaction nothing new was found for a published table.

    `place` is where the table lies. What is found moves the mark that is part of the table itself.
    """

    place = models.TextField(unique=True)
    upto = models.BigIntegerField()


class DayCountFill(models.Model):
    """State of a set of counts in one workspace: as of which moment, from which tables.

    `notes` says in plain values what the counts go by, such as the name of a calendar.
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
    """The combinations that one question counts by; rows of days name them by their place."""

    fill = models.ForeignKey(DayCountFill, on_delete=models.CASCADE, related_name="keys")
    question = models.CharField(max_length=40)
    columns = models.JSONField()
    combinations = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("fill", "question"), name="day_count_keys_once"),
        )


class DayCount(models.Model):
    """What one question counts on one day (null: of no day), packed by `day_counts.pack`."""

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

"""A key per person, the words sealed under it, and what was erased."""

from django.db import models


class PersonKey(models.Model):
    """The key of one person's words, wrapped under the master key; deleted when they are erased.

    The workspace is a number, not a foreign key: privacy stands below accounts.
    """

    workspace_id = models.BigIntegerField()
    wrapped = models.BinaryField()
    made_at = models.DateTimeField()


class SealedWords(models.Model):
    """One text; unreadable without its person's key."""

    key = models.ForeignKey(PersonKey, on_delete=models.CASCADE, related_name="+")
    sealed = models.BinaryField()


class Tombstone(models.Model):
    """A source key that must not come back: known by its keyed hash alone."""

    workspace_id = models.BigIntegerField()
    mark = models.BinaryField()
    erased_at = models.DateTimeField()
    append_only = True

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("workspace_id", "mark"), name="tombstone_once"),
        )

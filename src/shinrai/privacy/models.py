"""A key per person, the texts encrypted with it, and marks of what was erased."""

from django.db import models


class PersonKey(models.Model):
    """The key that encrypts one person's texts, itself encrypted; deleted on erasure.

    The workspace is a number and not a foreign key, because this package must not depend on
    `accounts`.
    """

    workspace_id = models.BigIntegerField()
    wrapped = models.BinaryField()
    made_at = models.DateTimeField()


class SealedWords(models.Model):
    """One encrypted text, unreadable without its person's key."""

    key = models.ForeignKey(PersonKey, on_delete=models.CASCADE, related_name="+")
    sealed = models.BinaryField()


class MaskedNames(models.Model):
    """The names that texts of a workspace are shown without, encrypted under the master key."""

    workspace_id = models.BigIntegerField(unique=True)
    sealed = models.BinaryField()
    changed_at = models.DateTimeField()


class Retention(models.Model):
    """For how many months the words of ended cases stay in a workspace; no row: until erased.

    `erased_before`: cases that ended before it have no words, but for what transactions from `upto`
    on changed. `ran_cases` of the last run; `begun_cases` of one that was cut off.
    """

    workspace_id = models.BigIntegerField(unique=True)
    months = models.PositiveSmallIntegerField()
    set_at = models.DateTimeField()
    erased_before = models.DateTimeField(null=True)
    upto = models.BigIntegerField(default=0)
    ran_at = models.DateTimeField(null=True)
    ran_cases = models.PositiveIntegerField(default=0)
    begun_cases = models.PositiveIntegerField(default=0)


class Tombstone(models.Model):
    """The keyed hash of a source key that was erased, so that no import records it again."""

    workspace_id = models.BigIntegerField()
    mark = models.BinaryField()
    erased_at = models.DateTimeField()
    append_only = True

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("workspace_id", "mark"), name="tombstone_once"),
        )


class Backup(models.Model):
    """A backup that was made: a copy of all words, and until when it is kept.

    `is_ours`: it lies in the home's folder `backups`, where a worker deletes it when its time is
    over; others are their owner's to delete.
    """

    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    tables = models.IntegerField()
    rows = models.BigIntegerField()
    is_encrypted = models.BooleanField()
    is_ours = models.BooleanField()
    expires_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

"""A key per person, the texts encrypted with it, and marks of what was erased."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
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


class TitlePairs(models.Model):
    """Keyed hashes of the character pairs of a title, by which a search finds its case.

    They say nothing without the master key, and go with the text they were made of.
    """

    words = models.OneToOneField(
        SealedWords, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    workspace_id = models.BigIntegerField()
    case_id = models.BigIntegerField()
    pairs = ArrayField(models.IntegerField())

    class Meta:
        indexes = (GinIndex(fields=("pairs",), name="titles_by_pairs"),)


class IndexedTransactions(models.Model):
    """The transaction below which the titles of all changed cases are indexed; one row."""

    upto = models.BigIntegerField()


class MaskedNames(models.Model):
    """The names that texts of a workspace are shown without, encrypted under the master key."""

    workspace_id = models.BigIntegerField(unique=True)
    sealed = models.BinaryField()
    changed_at = models.DateTimeField()


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

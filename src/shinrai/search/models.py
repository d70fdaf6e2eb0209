"""Keyed hashes of the character pairs of texts, and how far the index has come."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


def _pairs_index(name: str) -> GinIndex:
    # Every search reads the list of entries that wait to be sorted in: 256 kB, not the usual 4 MB.
    return GinIndex(fields=("pairs",), name=name, gin_pending_list_limit=256)


class PairsOfText(models.Model):
    """Keyed hashes of the character pairs of a text, by which a search finds its case.

    They say nothing without the master key, and go with the text they were made of. A row is
    written once, as texts never change. `at` is when it was written: searches look at the newest of
    a workspace first.
    """

    words = models.OneToOneField(
        "privacy.SealedWords", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    workspace_id = models.BigIntegerField()
    case_id = models.BigIntegerField()
    at = models.DateTimeField()
    pairs = ArrayField(models.IntegerField())

    class Meta:
        abstract = True


class TitlePairs(PairsOfText):
    """The pairs of a title."""

    class Meta:
        indexes = (
            _pairs_index("titles_by_pairs"),
            models.Index(fields=("workspace_id", "at"), name="titles_by_moment"),
        )


class TextPairs(PairsOfText):
    """The pairs of a whole text."""

    class Meta:
        indexes = (
            _pairs_index("texts_by_pairs"),
            models.Index(fields=("workspace_id", "at"), name="texts_by_moment"),
        )


class IndexProgress(models.Model):
    """How far the index has come; one row.

    What transactions below `upto` changed is indexed. A run that goes on indexes what those below
    `toward` changed, in the order of workspace and case, and has reached the case named last.
    """

    upto = models.BigIntegerField(default=0)
    toward = models.BigIntegerField(null=True)
    workspace_id = models.BigIntegerField(default=0)
    case_id = models.BigIntegerField(default=0)

"""People who use the service, known by a keyed hash of the source's identifier."""

from django.db import models


class Person(models.Model):
    """One person of one source. Name and identifier are words, sealed under the person's key."""

    # Found by `person_once`; why no index of the workspace alone, the ledger's cases say.
    workspace = models.ForeignKey(
        "accounts.Workspace", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    source = models.CharField(max_length=80)
    mark = models.BinaryField()
    key = models.ForeignKey(
        "privacy.PersonKey", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    name_words_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("workspace", "source", "mark"), name="person_once"),
        )

"""Customers, identified by a keyed hash of the identifier in their source."""

from django.db import models


class Person(models.Model):
    """One person of one source; `mark` is the keyed hash of the source's identifier.

    The identifier itself is stored as the name, encrypted with the person's key.
    """

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


class PersonLink(models.Model):
    """A step: a learner and the guardian who pays for them under a contract, from a date on.

    The newest step of a learner, guardian and contract counts. `proof` says how one knows.
    """

    append_only = True

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    learner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    guardian = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    contract_key = models.CharField(max_length=200, blank=True)  # as its source numbers it
    since = models.DateField()
    until = models.DateField(null=True)  # the first day on which it holds no longer
    proof = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=80)

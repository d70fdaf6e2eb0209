"""Rows of revenue: contracts, what was said about each of them, and payments.

Amounts are whole minor units of their currency: yen, cents. The application only adds rows.
"""

from django.db import models


class Contract(models.Model):
    """An agreement of one customer with the service, as one source numbers it."""

    append_only = True

    workspace_id = models.BigIntegerField()
    source = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    person = models.ForeignKey("customers.Person", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("workspace_id", "source", "key"), name="contract_once"),
        )


class ContractStep(models.Model):
    """From a date on a contract has these terms, or is ended: `monthly_minor` is null then.

    `said_at` is the moment at which the source said it. What is said whole (a row of a file)
    replaces all that was said of the contract before.
    """

    append_only = True

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="steps")
    on = models.DateField()
    plan = models.CharField(max_length=80, blank=True)
    currency = models.CharField(max_length=3)
    monthly_minor = models.BigIntegerField(null=True)
    is_whole = models.BooleanField()
    said_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        indexes = (models.Index(fields=("contract", "id"), name="contract_steps"),)


class Payment(models.Model):
    """Money that came, or was paid back; `minor` is never negative. Each id of a source once."""

    append_only = True

    workspace_id = models.BigIntegerField()
    source = models.CharField(max_length=80)
    outside_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=8)  # payment, refund
    minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    person = models.ForeignKey(
        "customers.Person", on_delete=models.PROTECT, null=True, related_name="+"
    )  # null: the source named nobody
    contract_key = models.CharField(max_length=200, blank=True)  # it may come before its contract
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workspace_id", "source", "outside_id"), name="payment_once"
            ),
            models.CheckConstraint(condition=models.Q(minor__gte=0), name="payment_not_negative"),
        )
        indexes = (models.Index(fields=("workspace_id", "at"), name="payments_by_moment"),)


class PreparedHazard(models.Model):
    """What goes with an earlier end of a workspace's contracts, as the worker computed it last.

    Its library is slow to load: no page computes it.
    """

    workspace_id = models.BigIntegerField(unique=True)
    prepared_at = models.DateTimeField()
    rests_on = models.JSONField()
    document = models.JSONField()

"""The outbox: a row per message that leaves, written in the transaction of what caused it."""

from django.db import models


class Outbox(models.Model):
    """One message: to whom, what, and what became of it.

    `once` names what it is about: a second row of the same name cannot be. `target` is encrypted
    with the master key, as the address of a webhook is a password; so is `secret`, which signs what
    goes to a webhook of the channel signed. `content` is emptied 30 days after its end, and by
    erasing unless it holds no words (`has_words`). The workspace is a number, because this package
    must not depend on `accounts`.
    """

    workspace_id = models.BigIntegerField()
    sender = models.CharField(max_length=64)  # whose pages show it: report-schedule:12
    once = models.CharField(max_length=200, unique=True)
    channel = models.CharField(max_length=8)  # mail, webhook, signed, push
    target = models.BinaryField()
    secret = models.BinaryField(default=b"")
    content = models.JSONField()
    has_words = models.BooleanField(default=True)
    state = models.CharField(max_length=8)  # waiting, sending, sent, failed
    attempts = models.IntegerField(default=0)
    error = models.JSONField(default=dict)  # by language
    quiet = models.JSONField(default=dict)  # hours in which it does not leave, and their zone
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # sent, or given up

    class Meta:
        indexes = (
            models.Index(
                fields=("state", "due_at"),
                condition=models.Q(state__in=("waiting", "sending")),
                name="outbox_going",
            ),
            models.Index(fields=("sender", "-id"), name="outbox_of_sender"),
        )

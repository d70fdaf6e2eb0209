"""Connections to the outside, what came through them, and the places where cases are told of."""

from django.db import models


class Connection(models.Model):
    """One mailbox, Slack workspace, help desk or form that a workspace is connected to.

    `settings` holds what pages show; `secret` a document of passwords and signing secrets,
    encrypted with the master key. `token` names the connection in the addresses that others call.
    `cursor` says how far its source has been read; `history` when its past was last imported.
    """

    workspace_id = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    settings = models.JSONField()
    secret = models.BinaryField(default=b"")
    token = models.CharField(max_length=43, unique=True)
    cursor = models.JSONField(default=dict)
    read_at = models.DateTimeField(null=True)  # the last time its source was read without an error
    due_at = models.DateTimeField(null=True)  # not read before: a source asked us to wait
    error = models.JSONField(default=dict)  # by language; empty while all is well
    history = models.JSONField(default=dict)  # due_at, and an error by language
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = (models.Index(fields=("workspace_id", "kind"), name="connection_of_workspace"),)


class Receipt(models.Model):
    """One mail, event or form that came through a connection: it has its effect once.

    `body` is encrypted with the master key; it is emptied 30 days after its end, and by erasing.
    """

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+")
    outside_id = models.CharField(max_length=200)  # as the source names it; a long one is hashed
    state = models.CharField(max_length=8)  # waiting, done, ignored, failed
    reason = models.JSONField(default=dict)  # by language: why it is ignored or failed
    body = models.BinaryField()
    case_id = models.BigIntegerField(null=True)
    attempts = models.SmallIntegerField(default=0)
    came_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("connection", "outside_id"), name="receipt_once"),
        )
        indexes = (
            models.Index(
                fields=("due_at",),
                condition=models.Q(state="waiting"),
                name="receipt_waiting",
            ),
            models.Index(fields=("connection", "-id"), name="receipt_of_connection"),
        )


class Thread(models.Model):
    """Where a case is told of outside: a mail thread, a message in Slack, a ticket elsewhere.

    `told_sequence` is the newest step of the case that was told there. `note_id` names the one
    message or note that is edited in place; `told` is what it says, as a hash.
    """

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey("ledger.Case", on_delete=models.PROTECT, related_name="+")
    outside_id = models.CharField(max_length=200)
    url = models.CharField(max_length=500, blank=True)
    detail = models.JSONField(default=dict)  # ids alone: what the channel needs to find the place
    note_id = models.CharField(max_length=200, blank=True)
    told = models.CharField(max_length=64, blank=True)
    told_sequence = models.BigIntegerField(default=0)
    told_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    error = models.JSONField(default=dict)  # by language; empty while all is told
    is_given_up = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("connection", "case", "outside_id"), name="thread_once"
            ),
        )
        indexes = (
            models.Index(fields=("connection", "outside_id"), name="thread_by_place"),
            models.Index(fields=("case",), name="thread_of_case"),
        )

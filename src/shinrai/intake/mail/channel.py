"""The channel of a mailbox: what it asks for and does."""

from datetime import datetime

from shinrai.intake.rules.channels import Channel, ConnectionView, Outcome, ReceiptView
from shinrai.units.text import Text


def handle(connection: ConnectionView, receipt: ReceiptView, *, at: datetime) -> Outcome:
    """Handle what came through the connection."""
    return Outcome(ignored=Text("nothing is done with it yet"))


CHANNEL = Channel(
    key="mail",
    title=Text("a mailbox"),
    explained=Text("Mails become inquiries; answers are sent as replies in the same thread."),
    fields=(),
    handle=handle,
)

"""The channel of Jira Service Management: what it asks for and does."""

from datetime import datetime

from shinrai.intake.rules.channels import Channel, ConnectionView, Outcome, ReceiptView
from shinrai.units.text import Text


def handle(connection: ConnectionView, receipt: ReceiptView, *, at: datetime) -> Outcome:
    """Handle what came through the connection."""
    return Outcome(ignored=Text("nothing is done with it yet"))


CHANNEL = Channel(
    key="jira",
    title=Text("Jira Service Management"),
    explained=Text(
        "A label or webhook files an investigation; one internal comment says how it stands."
    ),
    fields=(),
    handle=handle,
)

"""The channel of Slack: what it asks for and does."""

from datetime import datetime

from shinrai.intake.rules.channels import Channel, ConnectionView, Outcome, ReceiptView
from shinrai.units.text import Text


def handle(connection: ConnectionView, receipt: ReceiptView, *, at: datetime) -> Outcome:
    """Handle what came through the connection."""
    return Outcome(ignored=Text("nothing is done with it yet"))


CHANNEL = Channel(
    key="slack",
    title=Text("Slack"),
    explained=Text("Investigations are filed from Slack, and their thread says how they stand."),
    fields=(),
    handle=handle,
)

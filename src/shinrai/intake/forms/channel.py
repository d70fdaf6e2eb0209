"""The channel of a form: what it asks for and does."""

from datetime import datetime

from shinrai.intake.rules.channels import Channel, ConnectionView, Outcome, ReceiptView
from shinrai.units.text import Text


def handle(connection: ConnectionView, receipt: ReceiptView, *, at: datetime) -> Outcome:
    """Handle what came through the connection."""
    return Outcome(ignored=Text("nothing is done with it yet"))


CHANNEL = Channel(
    key="form",
    title=Text("a form"),
    explained=Text("A small script or plain form in your product asks what happened."),
    fields=(),
    handle=handle,
)

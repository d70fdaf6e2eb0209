"""The kinds of connections by key; each is imported when it is needed."""

from importlib import import_module
from typing import Final

from shinrai.intake.rules.channels import Channel

# In the order in which pages offer them.
MODULES: Final = {
    "mail": "shinrai.intake.mail.channel",
    "slack": "shinrai.intake.slack.channel",
    "zendesk": "shinrai.intake.desks.zendesk",
    "jira": "shinrai.intake.desks.jira",
    "zammad": "shinrai.intake.desks.zammad",
    "freshdesk": "shinrai.intake.desks.freshdesk",
    "chatwoot": "shinrai.intake.desks.chatwoot",
    "form": "shinrai.intake.forms.channel",
    "stripe": "shinrai.intake.payments.channel",
}


def channel_of(kind: str) -> Channel:
    """Return what a kind of connection does."""
    found: Channel = import_module(MODULES[kind]).CHANNEL
    return found


def channels() -> tuple[Channel, ...]:
    """Return all kinds of connections, in the order in which pages offer them."""
    return tuple(map(channel_of, MODULES))

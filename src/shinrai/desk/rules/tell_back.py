"""Telling people that a defect is fixed: what is written, and to whom."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from shinrai.desk.rules.defects import BadDefect
from shinrai.units.share import Share
from shinrai.units.text import Text

LONGEST_TEXT: Final = 4_000
VARIABLE: Final = re.compile(r"\{([^{}\s]*)\}")
KNOWN: Final = ("release", "title")
POLICIES: Final[dict[str, Text]] = {
    "never": Text("never"),
    "mail": Text("by mail: known adults, and the guardian of a child"),
    "all": Text("by mail: everybody, as no child uses the product"),
    "product": Text("by the product, from a list of ids"),
}
GROUPS: Final[dict[str, Text]] = {
    "customer": Text("customers who wrote"),
    "filer": Text("colleagues who filed"),
    "silent": Text("affected, and never wrote"),
}
# How somebody on the list stands; only `sent` is told.
STATES: Final[dict[str, Text]] = {
    "ready": Text("will be written to"),
    "no_address": Text("no address"),
    "erased": Text("erased"),
    "stopped": Text("wants no mails"),
    "no_guardian": Text("a child, and no guardian to write to"),
    "unsure": Text("not known to be an adult"),
    "list": Text("on the product's list"),
    "waiting": Text("on its way"),
    "sent": Text("told"),
    "failed": Text("not reached"),
}


@dataclass(frozen=True)
class Recipient:
    """Somebody to tell: a customer by number, or a member; `state` is one of STATES.

    `written_to` is the customer to whom the message goes, in place of a child the guardian; two
    customers with one address have one message, to the first of them.
    """

    group: str
    state: str
    person: int | None = None
    member: str = ""
    written_to: int | None = None
    address: str = field(default="", repr=False)
    shown: str = ""

    @property
    def whom(self) -> str:
        """Return the part of a message's name that says to whom it goes."""
        return self.member or f"person:{self.written_to}"


@dataclass(frozen=True)
class GroupCount:
    """How many of a group there are, and how they stand."""

    group: str
    states: Counter[str]

    @property
    def told(self) -> Share:
        return Share(self.states["sent"], self.states.total())


def checked_text(text: str) -> str:
    """Return the text that is sent, as typed.

    Raises: BadDefect if it is empty, too long, or names a variable that is none.
    """
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not text or len(text) > LONGEST_TEXT:
        raise BadDefect(Text("write 1 to {most:,} characters", most=LONGEST_TEXT))
    unknown = [name for name in VARIABLE.findall(text) if name not in KNOWN]
    if unknown:
        raise BadDefect(
            Text(
                "{name} is no variable; there are {known}",
                name=f"{{{unknown[0]}}}",
                known=", ".join(f"{{{one}}}" for one in KNOWN),
            )
        )
    return text


def filled_text(text: str, release: str, title: str) -> str:
    """Return what is sent of a defect and the release that fixes it."""
    values = {"release": release, "title": title}
    return VARIABLE.sub(lambda one: values.get(one[1], one[0]), text)


def sender_of(fix_id: int) -> str:
    """Return the sender of a fix's messages; a newer fix gives up what waits of it."""
    return f"tell-back:{fix_id}"


def counted(recipients: Iterable[Recipient]) -> tuple[GroupCount, ...]:
    """Count recipients by group, in the order of GROUPS."""
    found = list(recipients)
    return tuple(
        GroupCount(group, Counter(one.state for one in found if one.group == group))
        for group in GROUPS
    )

"""Steps of all inquiries as arrays, in the order of the desk's log."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from shinrai.sample.rules.arrivals import Bools, Ints
from shinrai.sample.rules.investigations import NEVER

KINDS: Final = (
    "received", "assigned", "outbound", "waiting", "inbound", "resumed", "consulted", "escalated",
    "returned", "exempted", "worked", "labelled", "solved", "reopened", "closed", "cancelled",
    "rated",
)  # fmt: skip
KIND: Final = {kind: place for place, kind in enumerate(KINDS)}
ROLES: Final = ("customer", "agent", "engineer", "system")
CUSTOMER, AGENT, ENGINEER, SYSTEM = range(4)
GROUPS: Final = ("", "CS", "CRE", "開発")
JOBS: Final = (
    "", "reply", "record_check", "billing_check", "password_reset", "account_check", "plan_change",
    "account_change", "investigation", "sorting",
)  # fmt: skip
ON: Final = ("", "customer", "third_party")
REASONS: Final = ("", "spam", "merged", "開示請求のため法務と相談")
# What a text is about to say; `message_text` finds the words.
TEXTS: Final = (
    "", "opening", "detail", "again", "thanks", "praise", "advert", "ask_back", "looking", "answer",
    "sorry", "notice", "noted",
)  # fmt: skip
TEXT: Final = {name: place for place, name in enumerate(TEXTS)}
COLUMNS: Final = (
    "inquiry", "at_us", "order", "kind", "by", "role", "tier", "group", "topic", "job", "minutes",
    "on", "reason", "other", "score", "text", "purpose",
)  # fmt: skip


@dataclass
class Steps:
    """Steps as arrays by column name, with one entry per step.

    An empty number is 0; an empty inquiry, topic or person is -1.
    """

    columns: dict[str, Ints]

    def __len__(self) -> int:
        return len(self.columns["inquiry"])

    def __getitem__(self, name: str) -> Ints:
        return self.columns[name]

    def take(self, places: Ints | Bools) -> "Steps":
        """Return some of the steps, chosen by their indices or by a boolean mask."""
        return Steps({name: column[places] for name, column in self.columns.items()})


@dataclass
class StepColumns:
    """Collects steps that are written one kind at a time."""

    parts: list[dict[str, Ints]] = field(default_factory=list)

    def write(
        self, kind: str, inquiry: Ints, at_us: Ints, *, order: int = 0, **cells: Ints | int
    ) -> None:
        """Write one step for each of these inquiries, except where its moment is NEVER."""
        happens = at_us != NEVER
        count = len(inquiry)
        part: dict[str, Ints] = {}
        given = {"inquiry": inquiry, "at_us": at_us, "kind": KIND[kind], "order": order, **cells}
        for name in COLUMNS:
            value = given.get(name, -1 if name in ("topic", "other", "by") else 0)
            part[name] = np.broadcast_to(np.asarray(value, dtype=np.int64), (count,))[happens]
        self.parts.append(part)

    def in_order(self) -> Steps:
        """Return all steps, inquiry by inquiry, in the order in which they happened."""
        columns = {name: np.concatenate([part[name] for part in self.parts]) for name in COLUMNS}
        places = np.lexsort((columns["order"], columns["at_us"], columns["inquiry"]))
        return Steps({name: column[places] for name, column in columns.items()})


def numbers_within(inquiry: Ints) -> Ints:
    """Number the steps of each inquiry from 1; the steps of an inquiry must follow each other."""
    begins = np.flatnonzero(np.diff(inquiry, prepend=-1))
    counts = np.diff(np.append(begins, len(inquiry)))
    return np.arange(len(inquiry)) - np.repeat(begins, counts) + 1

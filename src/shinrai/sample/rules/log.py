"""Write the desk's log: one row per step, in the format of the mapping `inquiry_steps`."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from shinrai.sample.rules.arrivals import (
    CHANNELS,
    HOUSEHOLDS,
    MODES,
    SCHOOLS,
    SECOND_US,
    TOKYO_US,
    Ints,
)
from shinrai.sample.rules.company import Company, key_of
from shinrai.sample.rules.message_text import DRAWS, MessageContext, message_text
from shinrai.sample.rules.step_builder import STAFF
from shinrai.sample.rules.steps import (
    CUSTOMER,
    GROUPS,
    JOBS,
    KIND,
    KINDS,
    ON,
    REASONS,
    ROLES,
    Steps,
    numbers_within,
)
from shinrai.sample.rules.subjects import PRAISE, SERVICES, SUBJECTS

HEADER: Final = (
    "inquiry", "step", "at", "kind", "by", "role", "tier", "group", "customer", "mode", "channel",
    "account", "service", "language", "topic", "purpose", "job", "minutes", "score", "waits_on",
    "reason", "clock", "into", "text",
)  # fmt: skip
# Schools are accounts; a household is nobody's.
ACCOUNTS: Final = ("", *(f"S-{number:03d}" for number in range(1, SCHOOLS + 1)))
TOPICS: Final = (*(matter.key for matter in SUBJECTS), PRAISE)
LARGEST_DRAW: Final = 1 << 30


def log_rows(company: Company) -> Iterator[tuple[str, ...]]:
    """Return the rows of the steps that have happened; those of one inquiry follow each other."""
    steps = company.steps
    numbers = numbers_within(steps["inquiry"])
    happened = np.flatnonzero(steps["at_us"] <= company.until_us)
    kept = steps.take(happened)
    columns = _columns(company, kept, numbers[happened])
    opened = _openings(company, kept)
    return zip(*columns[:9], *opened, *columns[9:], _texts(company, happened), strict=True)


def moments(at_us: Ints) -> list[str]:
    """Return moments as ISO 8601 text in Japan's time zone."""
    wall = (at_us + TOKYO_US) // SECOND_US
    texts = np.datetime_as_string(wall.astype("datetime64[s]"))
    return [f"{text}+09:00" for text in texts.tolist()]


def customer_of(company: Company, number: int) -> str:
    """Return the identifier of the household or school that an inquiry comes from."""
    return f"U-{1_000_000 + company.found.customer[number]}"


def _columns(company: Company, steps: Steps, numbers: Ints) -> list[list[str]]:
    """Return every column except those of the opening and the text."""
    found = company.found
    inquiry = steps["inquiry"]
    with_customer = (steps["role"] == CUSTOMER) | (steps["kind"] == KIND["received"])
    customers = found.customer[inquiry]
    into = [key_of(other) if other >= 0 else "" for other in steps["other"].tolist()]
    is_exempted = steps["kind"] == KIND["exempted"]
    return [
        [key_of(number) for number in inquiry.tolist()],
        [str(number) for number in numbers.tolist()],
        moments(steps["at_us"]),
        _named(KINDS, steps["kind"]),
        _named((*STAFF, ""), steps["by"]),
        _named(ROLES, steps["role"]),
        _counted(steps["tier"]),
        _named(GROUPS, steps["group"]),
        [
            f"U-{1_000_000 + customer}" if shown else ""
            for customer, shown in zip(customers.tolist(), with_customer.tolist(), strict=True)
        ],
        _named((*TOPICS, ""), steps["topic"]),
        _named(("", "agreement"), steps["purpose"]),
        _named(JOBS, steps["job"]),
        _counted(steps["minutes"]),
        _counted(steps["score"]),
        _named(ON, steps["on"]),
        _named(REASONS, steps["reason"]),
        ["first_reply" if it else "" for it in is_exempted.tolist()],
        into,
    ]


def _openings(company: Company, steps: Steps) -> list[list[str]]:
    """Return the columns that are filled only in the row in which an inquiry is received."""
    found, inquiry = company.found, steps["inquiry"]
    is_opening = steps["kind"] == KIND["received"]
    facts = (
        (MODES, found.mode),
        (CHANNELS, found.channel),
        (ACCOUNTS, accounts_of(found.customer)),
        (SERVICES, found.school.astype(np.int64)),
        (("ja", "en"), found.english.astype(np.int64)),
    )
    return [
        _named((*names, ""), np.where(is_opening, places[inquiry], -1)) for names, places in facts
    ]


def accounts_of(customer: Ints) -> Ints:
    """Return the number of each customer's school, from 1; 0 for a household."""
    return np.maximum(customer - HOUSEHOLDS + 1, 0)


def _named(names: tuple[str, ...], places: Ints) -> list[str]:
    """Return the names at these indices; -1 gives the last, which is empty where used."""
    return [names[place] for place in places.tolist()]


def _counted(numbers: Ints) -> list[str]:
    return [str(number) if number else "" for number in numbers.tolist()]


def _texts(company: Company, happened: Ints) -> list[str]:
    """Return the text of every message.

    Random numbers are drawn for all messages, so that each has the same text at any moment.
    """
    steps, found = company.steps, company.found
    rng = np.random.default_rng([company.seed, len(steps)])
    speaking = np.flatnonzero(steps["text"])
    draws = rng.integers(0, LARGEST_DRAW, (len(speaking), DRAWS))
    is_told = np.isin(speaking, happened, assume_unique=True)
    speaking, draws = speaking[is_told], draws[is_told]
    inquiry = steps["inquiry"][speaking]
    who = map(
        MessageContext,
        steps["text"][speaking].tolist(),
        found.matter[inquiry].tolist(),
        found.voice[inquiry].tolist(),
        found.english[inquiry].tolist(),
        company.outcomes.templates[inquiry].tolist(),
    )
    told = [""] * len(happened)
    places = np.searchsorted(happened, speaking).tolist()
    for place, speaks, drawn in zip(places, who, draws.tolist(), strict=True):
        told[place] = message_text(speaks, drawn)
    return told

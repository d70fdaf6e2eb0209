"""What may be written of a defect, whom to tell once it is fixed, and how many were told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shinrai.desk.rules.action_steps import is_web_address
from shinrai.units.errors import UserError
from shinrai.units.share import Share
from shinrai.units.text import Text

LONGEST_URL, LONGEST_TITLE, LONGEST_RELEASE = 500, 200, 80
# To whoever is told; it holds nothing of any case, so that no customer reads of another.
MESSAGE = Text(
    "Thank you for telling us about the problem. We found its cause and fixed it in {release}. "
    "If it happens again with that version, please answer to this message."
)


class BadDefect(UserError, ValueError):
    """A defect cannot be linked, fixed or told back as asked."""


@dataclass(frozen=True)
class DefectPerson:
    """A person to tell: a customer by number, or whoever stands behind a case without one.

    `told_at` is when they were last told, in any of their cases.
    """

    customer: int | None
    told_at: datetime | None


def web_address(text: str) -> str:
    """Return the address of a ticket as it is kept: without blanks around it.

    Raises: BadDefect if it is none of http or https.
    """
    url = text.strip()
    if not is_web_address(url) or not url.isprintable() or len(url) > LONGEST_URL:
        raise BadDefect(
            Text(
                "{url!r} is no address of a ticket; copy one from your tracker, such as "
                "https://tracker.example.com/DEV-12",
                url=url[:80],
            )
        )
    return url


def one_line(text: str, longest: int, name: Text) -> str:
    """Return a text that staff typed as one line.

    Raises: BadDefect if there is none, or it is too long.
    """
    line = " ".join(text.split())
    if not line or len(line) > longest or not line.isprintable():
        raise BadDefect(
            Text("{name}: write 1 to {longest} characters in one line", name=name, longest=longest)
        )
    return line


def persons_of(rows: Iterable[DefectPerson]) -> list[DefectPerson]:
    """Return each person once, told when they were last told in any of their cases."""
    customers: dict[int, DefectPerson] = {}
    found: list[DefectPerson] = []
    for one in rows:
        if one.customer is None:
            found.append(one)
            continue
        before = customers.get(one.customer, one).told_at
        moments = [at for at in (one.told_at, before) if at is not None]
        customers[one.customer] = DefectPerson(one.customer, max(moments, default=None))
    return [*found, *customers.values()]


def is_told(person: DefectPerson, fixed_at: datetime | None) -> bool:
    """Tell whether a person was told of the last fix."""
    return fixed_at is not None and person.told_at is not None and person.told_at >= fixed_at


def told_share(persons: Iterable[DefectPerson], fixed_at: datetime | None) -> Share:
    """Return the persons told of the last fix, of all to tell; before a fix, there are none."""
    told = [is_told(one, fixed_at) for one in persons_of(persons)] if fixed_at else []
    return Share(sum(told), len(told))

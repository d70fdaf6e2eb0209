"""Groups mails into threads: by the Message-IDs they name, then by the desk's ticket number.

Never by their subject alone. A thread is a matter between certain people: an answer belongs to the
thread it answers if its writer takes part there, that is, wrote or was addressed in it; otherwise
it opens a thread of its own. Digests stand for Message-IDs: a million threads fit into memory.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple

NOTICE = "-notice"  # ends the key of what was sent to nobody by name: no answer shares it


def digest(text: str, size: int = 10) -> str:
    """Return a short digest of a Message-ID, which may hold names of people and machines."""
    return blake2b(text.encode("utf-8", "replace"), digest_size=size).hexdigest()


class MailReferences(NamedTuple):
    """What must be known about a mail to find its thread."""

    own: str  # its own identity
    names: tuple[str, ...]  # the identities it names, the thread's first one first
    ticket: str | None
    at: str
    speaker: str  # the person outside who wrote it; empty for us and for machines
    addressed: tuple[str, ...]  # whom outside it is addressed to
    is_ours: bool


class EarlierMail(NamedTuple):
    """Earlier imports: the cases of mails and tickets, and who takes part in each case."""

    cases: Mapping[str, str]
    people: Mapping[str, frozenset[str]]  # by case; of those who write now
    taken: frozenset[str]  # cases in which somebody takes part


@dataclass
class _Thread:
    """A thread: its mails' participants, and what its key is made from."""

    people: set[str] = field(default_factory=set)
    is_taken: bool = False  # somebody outside takes part
    has_spoken: bool = False  # and wrote
    is_notice: bool = False
    first: tuple[str, str] = ("~", "")  # when its earliest mail came, and what that names first
    case: str | None = None

    @property
    def key(self) -> str:
        return self.case or self.first[1] + NOTICE * (self.is_notice and not self.is_taken)

    def admits(self, speaker: str) -> bool:
        return not speaker or speaker in self.people or not (self.is_taken or self.is_notice)

    def agrees_with(self, other: "_Thread") -> bool:
        return bool(self.people & other.people) or any(
            not one.is_taken and not one.is_notice for one in (self, other)
        )

    def take(self, mail: MailReferences, name: str) -> None:
        self.first = min(self.first, (mail.at, name))
        if mail.speaker:
            self.people |= {mail.speaker, *mail.addressed}
            self.is_taken = self.has_spoken = True
        elif mail.is_ours and mail.addressed:  # of a matter we open, the first is the customer
            self.people.update(mail.addressed if self.has_spoken else mail.addressed[:1])
            self.is_taken = True
        elif mail.is_ours and not mail.names and not self.is_taken:
            self.is_notice = True

    def swallow(self, other: "_Thread") -> None:
        self.people |= other.people
        self.is_taken |= other.is_taken
        self.has_spoken |= other.has_spoken
        self.is_notice |= other.is_notice
        self.first = min(self.first, other.first)
        self.case = min(filter(None, (self.case, other.case)), default=None)


class MailThreads:
    """The threads of mails: mails are added, then settled, and only then have keys."""

    def __init__(self, mark: Callable[[str, str], str]) -> None:
        self._mark = mark  # names a person in a thread, without saying whom
        self._mails: list[MailReferences] = []
        self._present: set[str] = set()
        self._known: dict[str, str] = {}
        self._above: dict[str, str] = {}
        self._matters: dict[str, _Thread] = {}  # by the topmost identity
        self._elsewhere: dict[tuple[str, str], str] = {}  # by identity and who wrote

    def add(self, place: MailReferences) -> None:
        """Add a mail."""
        same = self._known.setdefault  # a name is held once, however many mails name it
        own, names = same(place.own, place.own), tuple(same(name, name) for name in place.names)
        self._mails.append(place._replace(own=own, names=names))
        self._present.add(own)
        if place.ticket:
            same(f"#{place.ticket}", "")

    def speaks_of(self, identity: str) -> bool:
        """Return whether any mail has this identity, names it, or has this `#ticket`."""
        return identity in self._known

    def is_there(self, identity: str) -> bool:
        """Return whether a mail with this identity was added."""
        return identity in self._present

    @property
    def speakers(self) -> set[str]:
        """The people outside who wrote."""
        return {mail.speaker for mail in self._mails if mail.speaker}

    def settle(self, earlier: EarlierMail) -> None:
        """Put every mail into its thread, in the order of time; known threads keep their case."""
        for identity, case in sorted(earlier.cases.items()):
            matter = self._matters.setdefault(self._join(f"={case}", identity), _Thread())
            matter.case = min(filter(None, (matter.case, case)))
            matter.people |= earlier.people.get(case, frozenset())
            matter.is_taken |= case in earlier.taken
            matter.is_notice |= case.endswith(NOTICE)
        for mail in sorted(set(self._mails), key=lambda mail: (mail.at, mail.own, mail.speaker)):
            self._settle(mail)
        self._mails.clear()

    def _settle(self, mail: MailReferences) -> None:
        person = mail.speaker or next(iter(mail.addressed), "")
        root = mail.names[0] if mail.names else mail.own
        apart = self._mark(root, person) if person else ""
        home = self._home(mail, person, apart)
        own = self._top(mail.own)
        if home is None:
            home = own
        elif own not in self._matters:
            home = self._join(home, own)
        elif home != own:  # an identity that programs use again: this mail's matter is another
            self._elsewhere[mail.own, mail.speaker] = home
        matter = self._matters.setdefault(home, _Thread())
        matter.take(mail, apart if home == self._top(apart) else root)
        for name in (*mail.names, *([f"#{mail.ticket}"] if mail.ticket else [])):
            other = self._matters.get(self._top(name))
            if other is None or (other is not matter and other.agrees_with(matter)):
                home = self._join(home, name)
                matter = self._matters[home]

    def _home(self, mail: MailReferences, person: str, apart: str) -> str | None:
        """Return the thread in which a mail's writer, or its addressee, takes part; None if new."""
        tops = [self._top(name) for name in (mail.own, *reversed(mail.names))]
        found = [top for top in tops if top in self._matters]
        if apart and self._top(apart) in self._matters:
            return self._top(apart)
        if not found:
            return None
        if mail.speaker:
            # What is answered decides alone: whoever answers a notice speaks with us, not with all.
            return found[0] if self._matters[found[0]].admits(mail.speaker) else self._top(apart)
        if tops[0] in self._matters:
            return tops[0]
        return next((top for top in found if person in self._matters[top].people), found[0])

    def is_used_again(self, own: str, speaker: str) -> bool:
        """Return whether a mail has the identity of another mail, in another thread."""
        return (own, speaker) in self._elsewhere

    def key(self, own: str, speaker: str) -> str:
        """Return the key of a mail's thread, after `settle`."""
        return self._matters[self._top(self._elsewhere.get((own, speaker), own))].key

    def _top(self, identity: str) -> str:
        above = self._above
        while (next_above := above.get(identity, identity)) != identity:
            above[identity] = above.get(next_above, next_above)
            identity = next_above
        return identity

    def _join(self, one: str, other: str) -> str:
        """Join two identities and their threads; return the identity that stands for both."""
        self._above.setdefault(one, one)
        self._above.setdefault(other, other)
        one, other = self._top(one), self._top(other)
        if one != other:
            self._above[other] = one
            if (swallowed := self._matters.pop(other, None)) is not None:
                self._matters.setdefault(one, _Thread()).swallow(swallowed)
        return one

"""What a member changed in a template before sending it: edits, line by line."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from shinrai.knowledge.rules.article import VARIABLE
from shinrai.search.rules import folded

MOST: Final = 20  # edits of one use; more is another text
EQUAL_USES: Final = 5  # of the same edit propose a revision


@dataclass(frozen=True)
class Edit:
    """Lines of a template that were replaced; either may be empty."""

    before: str
    after: str

    @property
    def mark(self) -> str:
        """Return what is equal for equal edits, whatever their width, capitals and blanks."""
        return "\n→\n".join(" ".join(folded(one).split()) for one in (self.before, self.after))


def edits(template: str, sent: str) -> tuple[Edit, ...]:
    """Return what was changed; nothing where the text has hardly anything of the template.

    A line in which only a variable was filled is no edit.
    """
    old, new = _lines(template), _lines(sent)
    found = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        # As many lines as before: each was changed for itself.
        pairs = (
            [([one], [other]) for one, other in zip(old[a:b], new[c:d], strict=True)]
            if b - a == d - c
            else [(old[a:b], new[c:d])]
        )
        found += [
            Edit("\n".join(before), "\n".join(after))
            for before, after in pairs
            if before != after and not _is_filled(before, after)
        ]
    kept = sum(len(one.before) for one in found) < len("\n".join(old))
    return tuple(found[:MOST]) if kept else ()


def changes(before: str, after: str) -> tuple[Edit, ...]:
    """Return which lines one version has in place of those of the version before."""
    old, new = _lines(before), _lines(after)
    found = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return tuple(
        Edit("\n".join(old[a:b]), "\n".join(new[c:d]))
        for what, a, b, c, d in found
        if what != "equal"
    )


def revised(template: str, edit: Edit) -> str | None:
    """Return a template with an edit made in it; None if it has these lines no more."""
    lines = _lines(template)
    if not edit.before:
        return f"{template.rstrip()}\n{edit.after}"
    before = edit.before.splitlines()
    for start in range(len(lines) - len(before) + 1):
        if lines[start : start + len(before)] == before:
            after = edit.after.splitlines()
            return "\n".join([*lines[:start], *after, *lines[start + len(before) :]])
    return None


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.replace("\r\n", "\n").strip().splitlines()]


def _is_filled(before: Sequence[str], after: Sequence[str]) -> bool:
    """Tell whether each line differs only where a variable stood."""
    if len(before) != len(after):
        return False
    for line, sent in zip(before, after, strict=True):
        parts = VARIABLE.split(line)[::2]
        if len(parts) == 1 or not sent.startswith(parts[0]) or not sent.endswith(parts[-1]):
            return False
    return True

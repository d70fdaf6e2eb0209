"""The codebook for judging answers: four questions, and the marks allowed."""

from collections.abc import Mapping
from typing import Final

from shinrai.units.errors import UserError
from shinrai.units.text import Text

VERSION: Final = 1  # raised when a definition changes: marks name the version they were made by
CRITERIA: Final = ("right", "complete", "plain", "kind")
YES, NO, UNSURE = MARKS = ("yes", "no", "unsure")
REVIEWERS: Final = 2

NAMES: Final[Mapping[str, Text]] = {
    "right": Text("right"),
    "complete": Text("complete"),
    "plain": Text("plain"),
    "kind": Text("kind"),
}
MARK_NAMES: Final[Mapping[str, Text]] = {
    "yes": Text("yes"),
    "no": Text("no", context="quality"),
    "unsure": Text("cannot tell"),
}
DEFINITIONS: Final[Mapping[str, Text]] = {
    "right": Text(
        "What it says is true of the product and of this customer, and following "
        "it would solve what was asked. Not right: a wrong cause, a step that does "
        "not exist, another's case. Cannot tell: you would have to look it up in "
        "the product."
    ),
    "complete": Text(
        "It answers every question that was asked, and says what happens next and "
        "by when. Not complete: one of two questions is left, or the customer must "
        "ask again for what was already known. Length is no measure of it."
    ),
    "plain": Text(
        "Somebody of this customer's age and trade understands it at the first "
        "reading. Not plain: words of ours nobody explains, many things in a "
        "sentence, steps without order."
    ),
    "kind": Text(
        "It takes the customer's trouble seriously and blames nobody. Not kind: it "
        "corrects the customer, hides behind rules, or thanks and regrets by rote "
        "where something went wrong."
    ),
}


class BadMarks(UserError, ValueError):
    """A question has no mark, or one other than yes, no and cannot tell."""


def read_marks(given: Mapping[str, str]) -> dict[str, str]:
    """Read one mark for each question.

    Raises: BadMarks, naming the question that has none.
    """
    marks = {name: given.get(name, "").strip() for name in CRITERIA}
    for name, mark in marks.items():
        if mark not in MARKS:
            raise BadMarks(
                Text("{names}: choose yes, no or cannot tell", names=NAMES[name]),
            )
    return marks

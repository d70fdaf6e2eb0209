"""Compose the text of each message from phrases, depending on who writes about what.

Ten random whole numbers, drawn beforehand, determine a text, so it is the same at whatever moment
the company is shown.
"""

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from shinrai.sample.rules import phrases_en, phrases_ja
from shinrai.sample.rules.arrivals import CHILD, TEACHER, VOICES
from shinrai.sample.rules.steps import TEXTS
from shinrai.sample.rules.subjects import SUBJECTS

DRAWS: Final = 10
HUNDRED: Final = 100
_SLOT = re.compile(r"{(\w+)}")
# Texts that are one sentence of a list, in either language.
_LISTS: Final = {
    "detail": "DETAIL",
    "again": "AGAIN",
    "thanks": "THANKS",
    "praise": "PRAISE",
    "advert": "ADVERT",
    "ask_back": "ASK_BACK",
    "looking": "LOOKING",
    "sorry": "SORRY",
    "notice": "NOTICE",
}


class MessageContext(NamedTuple):
    """What a message is for, its subject, who writes it, and whether it uses an answer template."""

    text: int
    matter: int
    voice: int
    english: bool
    template: bool


def message_text(speaking: MessageContext, draws: Sequence[int]) -> str:
    """Return the text of a message; `draws` are ten random whole numbers."""
    kind = TEXTS[speaking.text]
    phrases: Any = phrases_en if speaking.english else phrases_ja
    if kind == "opening":
        told = _opening_en(speaking, draws) if speaking.english else _opening_ja(speaking, draws)
    elif kind == "answer":
        head = phrases.TEMPLATE if speaking.template else _pick(phrases.GREETING, draws[0])
        return str(head + phrases.ANSWERS[SUBJECTS[speaking.matter].key])
    else:
        told = _pick(getattr(phrases, _LISTS[kind]), draws[0])
    return _fill_slots(told, phrases.SLOTS, draws)


def _opening_ja(speaking: MessageContext, draws: Sequence[int]) -> str:
    parents, children, teachers = phrases_ja.HAPPENED[SUBJECTS[speaking.matter].key]
    told = {CHILD: children, TEACHER: teachers}.get(speaking.voice, parents)
    voice = VOICES[speaking.voice]
    happened = _pick(told, draws[1])
    stop = "" if speaking.voice == CHILD or happened[-1] in "？！?" else "。"
    how = "" if speaking.voice in (CHILD, TEACHER) else _pick(phrases_ja.HOW_IT_IS, draws[2])
    text = (
        _pick(phrases_ja.OPENINGS[voice], draws[0])
        + happened
        + stop
        + how
        + _pick(phrases_ja.ENDINGS[voice], draws[3])
    )
    if draws[4] % HUNDRED < (45 if voice == "child" else 30 if voice == "plain" else 4):
        text += _pick(phrases_ja.FACES, draws[5])
    return _with_slips(text, phrases_ja.SLIPS, draws)


def _opening_en(speaking: MessageContext, draws: Sequence[int]) -> str:
    happened = _pick(phrases_en.HAPPENED[SUBJECTS[speaking.matter].key], draws[1])
    stop = "" if happened[-1] in "?!" else "."
    text = (
        _pick(phrases_en.OPENINGS, draws[0])
        + happened
        + stop
        + _pick(phrases_en.HOW_IT_IS, draws[2])
        + _pick(phrases_en.ENDINGS, draws[3])
    )
    if draws[4] % HUNDRED < 15:
        text += _pick(phrases_en.FACES, draws[5])
    return _with_slips(text, phrases_en.SLIPS, draws)


def _with_slips(text: str, slips: Sequence[tuple[str, str]], draws: Sequence[int]) -> str:
    """Add one typing mistake to a ninth of the texts."""
    if draws[6] % 9:
        return text
    start = draws[7] % len(slips)
    for right, typed in (*slips[start:], *slips[:start]):
        if right in text:
            return text.replace(right, typed, 1)
    return text


def _fill_slots(text: str, slots: dict[str, tuple[str, ...]], draws: Sequence[int]) -> str:
    if "{" not in text:
        return text
    return _SLOT.sub(lambda found: _pick(slots[found[1]], draws[8] + len(found[1])), text)


def _pick(among: Sequence[str], draw: int) -> str:
    return among[draw % len(among)]

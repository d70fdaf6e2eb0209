"""Read rows of files of answers: dates as survey tools write them, scores, and who answered."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final

from shinrai.revenue.rules.columns import RevenueMapping
from shinrai.revenue.rules.rows import RowReader
from shinrai.satisfaction.rules.columns import AnswerMapping, UnusableAnswers, score_in
from shinrai.satisfaction.rules.survey import BadSurveyAnswer, SurveyForm, read_survey
from shinrai.units.text import Text

# Google Forms in Japanese: 2026/04/02 3:04:05 午後 GMT+9
OFFSET: Final = re.compile(r"\s*(?:GMT|UTC)([+-])(\d{1,2})(?::?(\d\d))?$")
HALF_DAY: Final = re.compile(r"(\d{1,2})(:\d\d(?::\d\d)?)\s*(午前|午後|AM|PM)", re.I)
THREE: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b(.*)", re.S)
CLOCK: Final = re.compile(r"\b(\d):(\d\d)")
LONGEST: Final = 120


@dataclass(frozen=True)
class AnswerLine:
    """What a row says; `person` and `id` are "" where it names none."""

    person: str
    id: str
    wave: str
    at: datetime
    values: Mapping[str, Any]

    @property
    def is_silent(self) -> bool:
        """Return whether somebody was asked and said nothing."""
        return not any(value not in (None, "") for value in self.values.values())


@dataclass(frozen=True)
class AnswerReader:
    """Reads rows by a mapping that is complete; `dates` are all cells that say when."""

    mapping: AnswerMapping
    survey: SurveyForm
    zone: str
    dates: Sequence[str] = ()

    def line(self, row: Mapping[str, str]) -> AnswerLine:
        """Return what a row says. Raises: UserError."""
        cell = {role: _cell(row, name) for role, name in self.mapping.columns.items()}
        values: dict[str, Any] = {}
        if said := cell.get("score", ""):
            values["score"] = score_in(self.mapping, said)
            if values["score"] is None:
                raise BadSurveyAnswer(Text("{text!r} is no score", text=said[:40]))
        if said := cell.get("comment", ""):
            values["comment"] = said
        for role in ("person", "id", "wave"):
            if len(cell.get(role, "")) > LONGEST:
                raise BadSurveyAnswer(
                    Text("its {name} is longer than {most}", name=role, most=LONGEST)
                )
        return AnswerLine(
            cell.get("person", "").removesuffix(".0"),
            cell.get("id", "").removesuffix(".0"),
            self.mapping.wave or cell.get("wave", ""),
            self._reader.moment(self._plain(cell.get("at", "")) or self.mapping.on),
            values,
        )

    @cached_property
    def _reader(self) -> RowReader:
        of = RevenueMapping(zone=self.mapping.zone, dates=self.mapping.dates)
        return RowReader(of, self.zone, date.max)

    @cached_property
    def _is_day_first(self) -> bool:
        """Return whether 3/4/2026 is the third of April: all dates of the file say so together."""
        found = [THREE.match(one.strip()) for one in self.dates]
        pairs = [(int(one[1]), int(one[2])) for one in found if one]
        if any(first > 12 for first, _second in pairs):
            return True
        if any(second > 12 for _first, second in pairs):
            return False
        raise UnusableAnswers(
            Text("It cannot be told whether the day or the month of {text!r} comes first. Say so "
                 'in a mapping: dates: "%m/%d/%Y %H:%M:%S"', text=next(iter(self.dates), "")[:40])
        )  # fmt: skip

    def _plain(self, text: str) -> str:
        """Return a moment as ISO 8601, or unchanged where a mapping says its form."""
        shown = unicodedata.normalize("NFKC", text).strip()
        if self.mapping.dates or not shown:
            return shown
        offset = ""
        if found := OFFSET.search(shown):
            offset = f"{found[1]}{int(found[2]):02d}:{found[3] or '00'}"
            shown = shown[: found.start()]
        if found := HALF_DAY.search(shown):
            is_late = found[3].casefold() in ("午後", "pm")
            hour = int(found[1]) % 12 + 12 * is_late
            shown = f"{shown[: found.start()]}{hour:02d}{found[2]}{shown[found.end() :]}"
        if found := THREE.match(shown):
            first, second = int(found[1]), int(found[2])
            day, month = (first, second) if self._is_day_first else (second, first)
            shown = f"{found[3]}-{month:02d}-{day:02d}{found[4]}"
        return CLOCK.sub(r"0\1:\2", shown.strip()) + offset


def asked_survey(mapping: AnswerMapping, labels: Mapping[str, str], highest: int) -> SurveyForm:
    """Return the survey that a file answers: its questions are the words of its columns."""
    scale = {"nps": (0, 10), "csat": (1, 5)}.get(mapping.kind)
    low, high = scale or (1, mapping.high or (7 if highest > 5 else 5))
    score = {"key": "score", "kind": "scale", "low": low, "high": high}
    questions = [score | {"words": _words(labels[mapping.columns["score"]])}]
    if "comment" in mapping.columns:
        words = _words(labels[mapping.columns["comment"]])
        questions.append({"key": "comment", "kind": "text", "words": words})
    return read_survey({"kind": mapping.kind, "questions": questions})


def _words(label: str) -> dict[str, str]:
    is_japanese = any("\u3040" <= sign <= "\u9fff" for sign in label)
    return {"ja" if is_japanese else "en": label[:400]}


def _cell(row: Mapping[str, str], name: str) -> str:
    return (row.get(name) or "").replace("\0", "").strip()

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
OFFSET: Final = re.compile(r"\s*(?:GMT|UTC)(?:([+-])(\d{1,2})(?::?(\d\d))?)?$")
HALF_DAY: Final = re.compile(r"(\d{1,2})(:\d\d(?::\d\d)?)\s*(午前|午後|AM|PM)", re.I)
THREE: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b(.*)", re.S)
JAPANESE_CLOCK: Final = re.compile(r"(\d{1,2})時(\d{1,2})分(?:(\d{1,2})秒)?")
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH: Final = rf"({'|'.join(MONTHS)})[a-z]*\.?"
DAY: Final = r"(\d{1,2})(?:st|nd|rd|th)?"
NAMED: Final = re.compile(rf"(?:{MONTH}\s+{DAY},?|{DAY}[\s-]+{MONTH})[\s,-]+(\d{{4}})\b(.*)", re.I)
ERA: Final = re.compile(r"(令和|平成|[RH])(元|\d{1,2})[年./-]")
ERAS: Final = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988}  # the year before its first
FIRST: Final = ("day first", "month first")
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
    latest: date = date.max

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
            self._moment(cell.get("at", "")),
            values,
        )

    def _moment(self, cell: str) -> datetime:
        shown = self._plain(cell) or self.mapping.on
        if not shown:
            raise BadSurveyAnswer(Text("it does not say when"))
        return self._reader.moment(shown)

    @cached_property
    def _reader(self) -> RowReader:
        form = "" if self.mapping.dates in FIRST else self.mapping.dates
        of = RevenueMapping(zone=self.mapping.zone, dates=form)
        return RowReader(of, self.zone, date.max)

    @cached_property
    def _is_day_first(self) -> bool:
        """Return whether 3/4/2026 is the third of April: all dates of the file say so together."""
        if self.mapping.dates in FIRST:
            return self.mapping.dates == FIRST[0]
        found = [THREE.match(one.strip()) for one in self.dates]
        parts = [(int(one[3]), int(one[1]), int(one[2])) for one in found if one]
        day_first = all(self._has_been(year, second, first) for year, first, second in parts)
        month_first = all(self._has_been(year, first, second) for year, first, second in parts)
        if day_first != month_first:
            return day_first
        raise UnusableAnswers(
            Text("It cannot be told whether the day or the month of {text!r} comes first. Say so: "
                 "dates: day first, or dates: month first", text=next(iter(self.dates), "")[:40])
        )  # fmt: skip

    def _has_been(self, year: int, month: int, day: int) -> bool:
        """Return whether there was such a day: nobody answers in the future."""
        try:
            return date(year, month, day) <= self.latest
        except ValueError:
            return False

    def _plain(self, text: str) -> str:
        """Return a moment as ISO 8601, or unchanged where a mapping says its form."""
        shown = unicodedata.normalize("NFKC", text).strip()
        if self.mapping.dates not in ("", *FIRST) or not shown:
            return shown
        offset = ""
        if found := OFFSET.search(shown):
            offset = f"{found[1] or '+'}{int(found[2] or 0):02d}:{found[3] or '00'}"
            shown = shown[: found.start()]
        if found := HALF_DAY.search(shown):
            is_late = found[3].casefold() in ("午後", "pm")
            hour = int(found[1]) % 12 + 12 * is_late
            shown = f"{shown[: found.start()]}{hour:02d}{found[2]}{shown[found.end() :]}"
        if found := ERA.match(shown):
            year = ERAS[found[1]] + (1 if found[2] == "元" else int(found[2]))
            shown = f"{year}-{shown[found.end() :].replace('.', '-')}"
        if found := JAPANESE_CLOCK.search(shown):
            clock = f"{found[1]}:{int(found[2]):02d}:{int(found[3] or 0):02d}"
            shown = f"{shown[: found.start()]}{clock}{shown[found.end() :]}"
        if found := NAMED.match(shown):
            month = MONTHS.index((found[1] or found[4])[:3].lower()) + 1
            shown = f"{found[5]}-{month:02d}-{int(found[2] or found[3]):02d}{found[6]}"
        if found := THREE.match(shown):
            first, second = int(found[1]), int(found[2])
            is_dotted = shown[len(found[1])] == "."  # nobody writes the month first with dots
            day, month = (first, second) if is_dotted or self._is_day_first else (second, first)
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

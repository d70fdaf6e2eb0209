"""Questions: SQL that is saved under a name, with its parameters, chart, owner and review date."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from shinrai.explore.rules.charts import read_chart_document
from shinrai.explore.rules.parameters import parameter_names
from shinrai.units.errors import UserError
from shinrai.units.text import Text

KEY: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_KEY, LONGEST_TITLE, LONGEST_DESCRIPTION = 80, 200, 1000
# Filled by a dashboard: the dates it is looked at for, and what it is narrowed to.
FILLED: Final = ("from", "to", "topic")


class BadQuestion(UserError, ValueError):
    """A question that cannot be kept; `field` is what is wrong."""

    def __init__(self, name: str, text: Text) -> None:
        super().__init__(text)
        self.field = name


@dataclass(frozen=True)
class QuestionFields:
    """What a member writes of a question; `defaults` are values of its parameters, as typed."""

    title: str
    sql: str
    description: str = ""
    defaults: Mapping[str, str] = field(default_factory=dict)
    chart: Mapping[str, Any] = field(default_factory=dict)
    owner: str = ""
    review_on: date | None = None


@dataclass(frozen=True)
class SavedQuestion:
    """A question as it stands; `needs` are the columns it reads (`table.column`)."""

    key: str
    number: int
    fields: QuestionFields
    needs: tuple[str, ...]
    is_retired: bool
    at: datetime
    by: str

    @property
    def title(self) -> str:
        return self.fields.title

    @property
    def parameters(self) -> tuple[str, ...]:
        return parameter_names(self.fields.sql)

    def typed(self, given: Mapping[str, str]) -> dict[str, str]:
        """Return the value of each parameter: as given, else its default, else nothing."""
        return {
            name: given.get(name) or self.fields.defaults.get(name, "") for name in self.parameters
        }


def checked_question(fields: QuestionFields) -> QuestionFields:
    """Return what is kept of what was typed.

    Raises: BadQuestion, BadChart.
    """
    title = " ".join(fields.title.split())
    if not title or len(title) > LONGEST_TITLE:
        raise BadQuestion("title", Text("give it a title of 1 to {most} characters", most=200))
    if not fields.sql.strip():
        raise BadQuestion("sql", Text("write the SQL it asks"))
    if len(fields.description) > LONGEST_DESCRIPTION:
        raise BadQuestion("description", Text("write 1 to {most:,} characters", most=1000))
    names = parameter_names(fields.sql)
    missing = [name for name in names if name not in FILLED and not fields.defaults.get(name)]
    if missing:
        raise BadQuestion(
            "defaults",
            Text("give {name} a value, by which the question is asked on dashboards",
                 name=missing[0]),
        )  # fmt: skip
    read_chart_document(fields.chart)
    kept = {name: str(fields.defaults[name])[:2000] for name in names if fields.defaults.get(name)}
    return QuestionFields(
        title, fields.sql.strip(), fields.description.strip(), kept, dict(fields.chart),
        fields.owner.strip()[:80], fields.review_on,
    )  # fmt: skip


def checked_key(key: str, title: str, taken: Sequence[str], usual: str) -> str:
    """Return the key of something new: as typed, else from its title, else numbered.

    Raises: BadQuestion.
    """
    if key:
        if not KEY.fullmatch(key) or len(key) > LONGEST_KEY:
            raise BadQuestion("key", Text("a key has small letters, digits and hyphens"))
        if key in taken:
            raise BadQuestion("key", Text("{key} is taken; choose another key", key=key))
        return key
    made = "-".join(re.findall(r"[a-z0-9]+", title.lower()))[:60].strip("-")
    if made and made not in taken:
        return made
    made = made or usual
    return next(f"{made}-{n}" for n in range(1, len(taken) + 2) if f"{made}-{n}" not in taken)

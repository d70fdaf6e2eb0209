"""What an assistant may ask of each tool; a name misspelt is refused, not passed over."""

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from shinrai.api.fields import Line
from shinrai.desk.endpoints.bodies import StrictBody
from shinrai.desk.queries.rows import ROW_GROUPS

MOST_CASES = 50
Record = Literal["investigation", "inquiry"]


class NoArguments(StrictBody):
    """A tool that takes nothing."""


class DueArguments(StrictBody):
    """Which open cases are listed."""

    record: Record = Field("investigation", description="Investigations, or inquiries.")
    state: Literal[ROW_GROUPS] | None = Field(None, description="Only these; without it, all.")  # type: ignore[valid-type]
    limit: int = Field(20, ge=1, le=MOST_CASES)


class CaseArguments(StrictBody):
    """Which case is read."""

    key: Line = Field(description="The key of the case, such as INV-7.")
    record: Record | None = Field(None, description="Needed where both have the same key.")


class SearchArguments(StrictBody):
    """What is sought: words, or cases like another one."""

    words: Line = Field("", description="Words that stand in the case, all of them; or its key.")
    similar_to: Line = Field("", description="The key of a case; answered ones like it are found.")
    record: Record | None = Field(None, description="Of words: only of this record.")
    state: Literal["open", "closed"] | None = Field(None, description="Of words: only in this one.")
    limit: int = Field(20, ge=1, le=MOST_CASES)

    @model_validator(mode="after")
    def one_of_both(self) -> "SearchArguments":
        """Refuse both and neither. Raises: ValueError."""
        if bool(self.words.strip()) == bool(self.similar_to):
            raise ValueError("give either words or similar_to")
        return self


class ArticleArguments(StrictBody):
    """What is sought among articles."""

    words: Line = Field(min_length=1, description="What the customer says, in their words.")
    limit: int = Field(3, ge=1, le=20)


class MeasureArguments(StrictBody):
    """Which figure is read, and of which dates."""

    key: Line = Field(description="The key of a measure or objective, as list_measures has it.")
    since: date | None = Field(None, description="First date, in the workspace's zone.")
    until: date | None = Field(None, description="Last date; it is included.")

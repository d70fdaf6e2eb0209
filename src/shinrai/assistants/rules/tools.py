"""What the tools are called and do, for pages and programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shinrai.units.text import Text


@dataclass(frozen=True)
class ToolWords:
    """The title of a tool, and what it does."""

    title: Text
    does: Text


TOOL_WORDS: Final[Mapping[str, ToolWords]] = {
    "list_due": ToolWords(
        Text("What is due, and why"),
        Text(
            "Lists open cases, the most urgent first: who holds each, when it is due under "
            "which promise, and the business time left in seconds (below 0: late)."
        ),
    ),
    "get_case": ToolWords(
        Text("One case with its timeline"),
        Text(
            "Reads one case by its key: how it stands, its clocks and why they are due when "
            "they are, what it is about, every step. Words are masked and marked as quoted."
        ),
    ),
    "search_cases": ToolWords(
        Text("Cases by words, or like another"),
        Text(
            "Finds cases whose texts hold all the words, or answered cases like the one named. "
            "Words are masked and marked as quoted."
        ),
    ),
    "search_articles": ToolWords(
        Text("Answers that are written down"),
        Text(
            "Finds published templates and manuals by what a customer says: the text, after how "
            "many uses nobody came back, and whether it may be wrong by now, and why."
        ),
    ),
    "list_measures": ToolWords(
        Text("Which figures there are"),
        Text("Lists the measures with their definitions, and the objectives of the workspace."),
    ),
    "read_measure": ToolWords(
        Text("One figure, with how sure it is"),
        Text(
            "Reads one measure or objective: its value, of how many, interval, definition, "
            "version and freshness, or why it cannot be known. It says what is, never why."
        ),
    ),
}

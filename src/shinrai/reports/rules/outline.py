"""A report as parts with sentences and tables, to be shown, printed or copied."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from shinrai.units.text import Text, translated

Words = Text | str


@dataclass(frozen=True)
class Grid:
    """A table: its columns, the first of which names the row, and its rows.

    In plain text each cell is preceded by its column's name (`names_each`), or the columns are
    named once above.
    """

    head: tuple[Words, ...]
    rows: tuple[tuple[Words, ...], ...]
    names_each: bool = False

    @property
    def labelled(self) -> tuple[tuple[tuple[Words, Words], ...], ...]:
        """Return every row as pairs of column and words, for tables shown as cards."""
        return tuple(tuple(zip(self.head, row, strict=True)) for row in self.rows)


@dataclass(frozen=True)
class Part:
    """A part of a report; `key` names its kind, `aside` is small text below the heading.

    A detail (`is_detail`) is left out of plain text for mail and chat.
    """

    key: str
    heading: Words
    aside: Words = ""
    said: tuple[Words, ...] = ()
    grid: Grid | None = None
    notes: tuple[Words, ...] = ()
    mode: str = ""
    is_detail: bool = False

    @property
    def folds(self) -> bool:
        """Return whether a phone hides its pictures and table until they are opened."""
        return self.key in ("quality", "work", "unknown") and bool(self.grid and self.grid.rows)


@dataclass(frozen=True)
class Outline:
    """A whole report: title, notice, first sentence, and parts."""

    title: Words
    notice: Words
    lead: Words
    parts: tuple[Part, ...]

    def in_language(self, language: str) -> "Outline":
        """Return a copy with all texts in a language."""
        written: Outline = _in_language(self, language)
        return written


def _in_language(outline: Any, language: str) -> Any:
    if is_dataclass(outline) and not isinstance(outline, Text | type):
        values = {
            one.name: _in_language(getattr(outline, one.name), language) for one in fields(outline)
        }
        return type(outline)(**values)
    if isinstance(outline, tuple):
        return tuple(_in_language(one, language) for one in outline)
    return translated(outline, language) if isinstance(outline, Text) else outline


def markdown_of(outline: Outline) -> str:
    """Return it as Markdown."""
    lines = [f"# {_plain_cell(outline.title)}", ""]
    if outline.notice:
        lines += [f"*{outline.notice}*", ""]
    lines += [f"**{outline.lead}**", ""]
    for part in outline.parts:
        lines += [f"## {_plain_cell(part.heading)}", ""]
        if part.aside:
            lines += [f"*{part.aside}*", ""]
        for said in part.said:
            lines += [f"{said}", ""]
        if part.grid and part.grid.rows:
            lines += [*_markdown_table(part.grid), ""]
        if part.notes:
            lines += [*(f"- {note}" for note in part.notes), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _markdown_table(grid: Grid) -> Iterator[str]:
    yield f"| {' | '.join(_cell(name) for name in grid.head)} |"
    yield f"|{'---|' * len(grid.head)}"
    for row in grid.rows:
        yield f"| {' | '.join(_cell(words) for words in row)} |"


def _cell(words: Words) -> str:
    return _plain_cell(words).replace("\\", "\\\\").replace("|", "\\|")


def _plain_cell(words: Words) -> str:
    return str(words).replace("\n", " ")


def plain_of(outline: Outline) -> str:
    """Return it as plain text for mail or chat; each row of a table is a line."""
    lines = [f"*{_plain_cell(outline.title)}*"]
    if outline.notice:
        lines.append(f"{outline.notice}")
    lines += ["", f"{outline.lead}"]
    for part in outline.parts:
        if part.is_detail:
            continue
        lines += ["", f"*{_plain_cell(part.heading)}*"]
        lines += map(str, part.said)
        if part.grid and part.grid.rows:
            lines += _plain_rows(part.grid)
        lines += [f"  {note}" for note in part.notes]
    return "\n".join(lines) + "\n"


def _plain_rows(grid: Grid) -> Iterator[str]:
    heads = grid.head[1:]
    if not grid.names_each and any(heads):
        yield f"  ({' / '.join(str(head) for head in heads if head)})"
    for name, *cells in grid.rows:
        told = [
            f"{head} {_plain_cell(words)}" if grid.names_each and head else _plain_cell(words)
            for head, words in zip(heads, cells, strict=True)
            if words
        ]
        yield f"• {_plain_cell(name)}: {' / '.join(told)}" if told else f"• {_plain_cell(name)}"

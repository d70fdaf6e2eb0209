"""What a command prints: words for people, or one JSON document for programs."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

import click

from shinrai.units.json_values import json_values


def print_answer(
    document: Any, *, as_json: bool, words: str | Callable[[], str] | None = None
) -> None:
    """Print a document as JSON or in words; without words, one `name: value` per line."""
    if as_json:
        click.echo(json_text(document))
    elif words is not None:
        click.echo(words() if callable(words) else words)
    elif isinstance(document, Mapping):
        for name, value in document.items():
            click.echo(f"{name}: {_plain_value(value)}")
    else:
        click.echo(_plain_value(document))


def json_text(document: Any) -> str:
    """Return a document as JSON: moments in ISO 8601, no NaN, Japanese not escaped."""
    return json.dumps(json_values(document), ensure_ascii=False, allow_nan=False, indent=2)


class Progress(Protocol):
    """Shows the progress of long work."""

    def advance(self, count: int = 1) -> None:
        """Add `count` finished items."""

    def describe(self, words: str) -> None:
        """Show what is being done now."""


@contextmanager
def progress(words: str, *, total: int | None = None) -> Iterator[Progress]:
    """Show a progress bar on standard error, if that is a terminal."""
    if not sys.stderr.isatty():
        yield _Silent()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
        yield _OnTerminal(bar, bar.add_task(words, total=total))


class _Silent:
    def advance(self, count: int = 1) -> None:
        """Show nothing."""

    def describe(self, words: str) -> None:
        """Show nothing."""


class _OnTerminal:
    def __init__(self, bar: Any, task: Any) -> None:
        self._bar = bar
        self._task = task

    def advance(self, count: int = 1) -> None:
        self._bar.advance(self._task, count)

    def describe(self, words: str) -> None:
        self._bar.update(self._task, description=words)


def _plain_value(value: Any) -> str:
    spoken = json_values(value)
    return spoken if isinstance(spoken, str) else json.dumps(spoken, ensure_ascii=False)

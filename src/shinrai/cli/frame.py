"""Base classes and options of all commands.

    @click.group(cls=StandardGroup)
    def group() -> None: ...

    @group.command()
    @json_option
    def check(as_json: bool) -> None: ...

Every command made this way has the options --lang and --debug.
"""

import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from gettext import gettext as by_catalogue  # not Django's: this one is the command line's
from typing import Any, TypeVar

import click

from shinrai.cli.language import choose_language
from shinrai.units.text import LANGUAGES

EXAMPLE = "Example:"
Door = TypeVar("Door", bound=Callable[..., Any])


def json_option(door: Door) -> Door:
    """Add the option --json, passed to the command as `as_json`."""
    option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
    return option(door)


def workspace_option(door: Door) -> Door:
    """Add the required option --workspace, a slug such as `tanuki`, passed as `workspace`."""
    option = click.option(
        "--workspace", "-w", required=True, metavar="SLUG", help="The workspace's address."
    )
    return option(door)


class TranslatedCommand(click.Command):
    """A command whose help text and options are translated into the reader's language."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the translated help text, paragraph by paragraph."""
        with formatter.indentation():
            for words in paragraphs(self.help or ""):
                formatter.write_paragraph()
                if words.startswith(EXAMPLE):  # in one line, as it is pasted
                    formatter.write(f"{'':{formatter.current_indent}}{_translated(words)}\n")
                    continue
                with _wrapped_for_japanese(formatter, _translated(words)):
                    formatter.write_text(_translated(words))

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return --help with its text untranslated: click caches it, and it is translated later."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "Show this message and exit."
        return option

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the translated options, and for a group its commands."""
        options = [one for one in self.get_params(ctx) if isinstance(one, click.Option)]
        records = [record for one in options if (record := one.get_help_record(ctx))]
        if records:
            said = [(names, _translated(words)) for names, words in records]
            with (
                formatter.section(by_catalogue("Options")),
                _wrapped_for_japanese(formatter, said[0][1]),
            ):
                formatter.write_dl(said)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first paragraph of the help text, translated."""
        return _translated(next(iter(paragraphs(self.help or "")), ""))


def paragraphs(text: str) -> list[str]:
    """Split a help text into paragraphs, each on one line, as the translations' keys have them."""
    found = re.split(r"\n\s*\n", inspect.cleandoc(text))
    return [" ".join(words.split()) for words in found if words.strip()]


def _translated(words: str) -> str:
    """Translate a help text.

    Examples stay as they are, and so does what click appends, such as `  [required]`.
    """
    if words.startswith(EXAMPLE):
        return f"{by_catalogue(EXAMPLE)} {words.removeprefix(EXAMPLE).strip()}"
    text, mark, extra = words.partition("  [")  # click adds `  [required]` and the like
    return by_catalogue(text) + mark + extra


@contextmanager
def _wrapped_for_japanese(formatter: click.HelpFormatter, words: str) -> Iterator[None]:
    """Wrap Japanese lines at about half the characters: each is two columns wide."""
    width = formatter.width
    if not words.isascii():
        formatter.width = width // 2 + width // 8  # names and figures among them are narrow
    yield
    formatter.width = width


class StandardCommand(TranslatedCommand):
    """A command with the options --lang and --debug."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("context_settings", {}).setdefault("help_option_names", ["-h", "--help"])
        super().__init__(*args, **kwargs)
        self.params = [*self.params, *_common_options()]

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, after what `site` prepares for it, such as the database."""
        prepare = ctx.find_root().meta.pop("shinrai.prepare", None)
        if prepare is not None:
            prepare()
        return super().invoke(ctx)


class StandardGroup(TranslatedCommand, click.Group):
    """A group whose commands have the options --lang and --debug."""

    command_class = StandardCommand
    group_class = type

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("context_settings", {}).setdefault("help_option_names", ["-h", "--help"])
        super().__init__(*args, **kwargs)


def _common_options() -> list[click.Parameter]:
    return [
        click.Option(
            ["--lang"],
            type=click.Choice(LANGUAGES),
            expose_value=False,
            is_eager=True,
            callback=_choose_language,
            help="Speak English or Japanese.",
        ),
        click.Option(
            ["--debug"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_debug,
            help="Show where an unexpected error came from.",
        ),
    ]


def _choose_language(context: click.Context, _option: click.Parameter, value: Any) -> None:
    if value:
        choose_language(value)


def _debug(context: click.Context, _option: click.Parameter, value: bool) -> None:
    if value:
        context.find_root().meta["shinrai.debug"] = True

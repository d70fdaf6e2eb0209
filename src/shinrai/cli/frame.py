"""The frame of every group of commands: the same options, the same manners.

    @click.group(cls=RoomGroup)
    def group() -> None: ...

    @group.command()
    @json_option
    def check(as_json: bool) -> None: ...

Every command made this way knows --lang and --debug.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from shinrai.cli.language import LANGUAGES, choose_language

Door = TypeVar("Door", bound=Callable[..., Any])


def json_option(door: Door) -> Door:
    """Add --json, which arrives as `as_json`."""
    option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
    return option(door)


def workspace_option(door: Door) -> Door:
    """Add --workspace, required, which arrives as `workspace`: its address, such as `tanuki`."""
    option = click.option(
        "--workspace", "-w", required=True, metavar="SLUG", help="The workspace's address."
    )
    return option(door)


class RoomCommand(click.Command):
    """A command that knows --lang and --debug."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("context_settings", {}).setdefault("help_option_names", ["-h", "--help"])
        super().__init__(*args, **kwargs)
        self.params = [*self.params, *_manners()]


class RoomGroup(click.Group):
    """A group whose commands know --lang and --debug."""

    command_class = RoomCommand
    group_class = type

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("context_settings", {}).setdefault("help_option_names", ["-h", "--help"])
        super().__init__(*args, **kwargs)


def wants_debug(context: click.Context | None) -> bool:
    """Say whether a traceback was asked for."""
    return bool(context and context.find_root().meta.get("shinrai.debug"))


def _manners() -> list[click.Parameter]:
    return [
        click.Option(
            ["--lang"],
            type=click.Choice(LANGUAGES),
            expose_value=False,
            is_eager=True,
            callback=_speak,
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


def _speak(context: click.Context, _option: click.Parameter, value: Any) -> None:
    if value:
        choose_language(value)


def _debug(context: click.Context, _option: click.Parameter, value: bool) -> None:
    if value:
        context.find_root().meta["shinrai.debug"] = True

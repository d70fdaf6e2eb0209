"""How a command reports that it cannot answer: what is wrong, where, what to do, exit code."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import click

from shinrai.cli.language import translate
from shinrai.units.errors import UserError


class ExitCode(IntEnum):
    """The exit codes of all commands, which scripts can rely on."""

    YES = 0
    COULD_NOT_SAY = 1
    ASKED_WRONGLY = 2
    NO = 3


class Refusal(click.ClickException):
    """A command cannot answer; it prints what is wrong, where, and what to do next."""

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        next: str | None = None,
        exit_code: ExitCode = ExitCode.ASKED_WRONGLY,
    ) -> None:
        super().__init__(what)
        self.where = where
        self.next = next
        self.exit_code = int(exit_code)  # type: ignore[misc]  # click reads it from the instance

    def format_message(self) -> str:
        """Join what, where and what to do next, each on its own line if given."""
        lines = [self.message]
        if self.where:
            lines.append(f"  {translate('where:')} {self.where}")
        if self.next:
            lines.append(f"  {translate('next: ')} {self.next}")
        return "\n".join(lines)

    def show(self, file: object = None) -> None:
        """Write the message to standard error."""
        click.echo(f"shinrai: {self.format_message()}", err=True)


@contextmanager
def refusing(
    *errors: type[UserError],
    exit_code: ExitCode = ExitCode.ASKED_WRONGLY,
) -> Iterator[None]:
    """Turn these errors, raised inside the block, into a `Refusal` in the command's language."""
    try:
        yield
    except errors as error:
        raise Refusal(translate(error.text), exit_code=exit_code) from error


def answer_is_no() -> None:
    """End the command with exit code 3: the answer to a valid question is no."""
    raise click.exceptions.Exit(int(ExitCode.NO))

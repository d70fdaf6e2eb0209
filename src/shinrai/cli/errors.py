"""How a command says no: what is the case, where, and what to do next; and with which exit code."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import click

from shinrai.cli.language import translate
from shinrai.units.errors import UserError


class ExitCode(IntEnum):
    """What a script that calls us may rely on."""

    YES = 0
    COULD_NOT_SAY = 1
    ASKED_WRONGLY = 2
    NO = 3


class Refusal(click.ClickException):
    """A command cannot answer; standard error gets what, where and what to do next."""

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
        """Join the parts that are there, one line each."""
        lines = [self.message]
        if self.where:
            lines.append(f"  {translate('where:')} {self.where}")
        if self.next:
            lines.append(f"  {translate('next: ')} {self.next}")
        return "\n".join(lines)

    def show(self, file: object = None) -> None:
        """Write the refusal to standard error."""
        click.echo(f"shinrai: {self.format_message()}", err=True)


@contextmanager
def refusing(
    *errors: type[UserError],
    exit_code: ExitCode = ExitCode.ASKED_WRONGLY,
) -> Iterator[None]:
    """Turn errors that packages raise into refusals, in the language of the command."""
    try:
        yield
    except errors as error:
        raise Refusal(translate(error.text), exit_code=exit_code) from error


def answer_is_no() -> None:
    """End the command with exit code 3: the question was understood, and the answer is no."""
    raise click.exceptions.Exit(int(ExitCode.NO))

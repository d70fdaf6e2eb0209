"""The command that imports mail."""

from typing import Any

import click

from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardCommand
from shinrai.importers.command_options import answer_import, source_options
from shinrai.importers.command_output import INVALID_INPUT
from shinrai.importers.mapping_files import load_mapping
from shinrai.importers.mbox.classification import TICKET, BadMailAddresses, our_mail
from shinrai.importers.mbox.source import NAME, mail_source


@click.command(name="mbox", cls=StandardCommand)
@source_options(pulls=False)
@click.option(
    "--ours",
    multiple=True,
    metavar="ADDRESS|@DOMAIN",
    help="Mail of yours: support@example.jp, or @example.jp; give it as often as needed.",
)
@click.option(
    "--host",
    "hosts",
    multiple=True,
    metavar="HOST",
    help="Your own mail host: the moment it took a mail in counts.",
)
@click.option(
    "--ticket",
    default=TICKET,
    show_default=True,
    metavar="PATTERN",
    help="How your ticket numbers stand in subjects.",
)
def import_mbox(ours: tuple[str, ...], hosts: tuple[str, ...], ticket: str, **asked: Any) -> None:
    """Import mail from files: mbox, Maildir, folders of .eml; give the sent mail too.

    A thread is an inquiry: by References and In-Reply-To, then by your ticket number, never by the
    subject alone. Mail knows no states: when an inquiry was solved stays unknown.

    Example: shinrai import mbox inbox.mbox sent.mbox --ours @example.jp --workspace cre
    """
    with refusing(BadMailAddresses, *INVALID_INPUT):
        our = our_mail(ours, hosts, ticket)
        source = load_mapping(asked["mapping"]).source if asked["mapping"] else NAME
    answer_import(mail_source(our, workspace=asked["workspace"], source=source), **asked)

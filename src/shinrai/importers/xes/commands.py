"""The command that brings in event logs."""

from typing import Any

import click

from shinrai.cli.frame import StandardCommand
from shinrai.importers.command_options import answer_import, source_options
from shinrai.importers.xes.source import XES


@click.command(name="xes", cls=StandardCommand)
@source_options(pulls=False)
def import_xes(**asked: Any) -> None:
    """Import event logs in XES (also .gz), the exchange format of process mining.

    Every event becomes a row: attributes of its trace are columns `case:NAME`, its own keep their
    names, nested ones are `outer.inner`. Without --mapping the shipped one that fits is taken.

    Example: shinrai import xes incidents.xes.gz --workspace volvo --mapping bpic2013_volvo
    """
    answer_import(XES, **asked)

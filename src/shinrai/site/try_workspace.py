"""Shows a sheet in the browser: imports it into a workspace of its own, and serves that."""

import signal
import socket
import subprocess
import sys
import time
import webbrowser
from collections.abc import Mapping
from typing import Any

import click
from django.conf import settings

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.operations.members import invite
from shinrai.accounts.rules.role import Role
from shinrai.cli.language import language, translate
from shinrai.cli.moments import now
from shinrai.importers.sheet.operations import TrySheet, try_sheet
from shinrai.importers.sheet.reading import SheetReading
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.reports.tasks import prepare_usual
from shinrai.units.text import translated
from shinrai.warehouse.store import Warehouse

EMAIL = "me@localhost.localdomain"
START_S = 30.0
LOOK_S = 0.2


def show_sheet(reading: SheetReading, calendar: Mapping[str, Any], *, file: str, port: int) -> None:
    """Import a sheet, make the usual promise, and open the browser on what became of it."""
    for question in reading.questions:
        click.echo(
            translate(
                "{why}\n  taken: {taken} (otherwise: --answer {name}=…)",
                why=translated(question.why, language()),
                taken=question.taken,
                name=question.name,
            ),
            err=True,
        )
    at = now()
    request = TrySheet(reading, calendar, file, language())
    tried = try_sheet(request=request, at=at, by=by_command())
    click.echo(translate("publishing"), err=True)
    catch_up(warehouse=Warehouse(settings.SHINRAI_WAREHOUSE), at=now())
    prepare_usual()
    token = invite(
        email=EMAIL,
        workspace_id=tried.workspace_id,
        roles=[Role.OWNER],
        at=at,
        by=by_command(),
    )
    click.echo(
        translate(
            "{cases} cases, {set_aside} rows set aside, {left_out} left out. Open:",
            cases=len(reading.cases),
            set_aside=len(reading.set_aside),
            left_out=len(reading.left_out),
        )
    )
    address = f"http://localhost:{port}/accounts/links/{token.token}/?next=/w/{tried.workspace}/"
    click.echo(f"  {address}")
    _serve(address, port)


def _serve(address: str, port: int) -> None:
    """Serve in a process of its own until Ctrl-C: what published here cannot live in a fork."""
    sys.stdout.flush()
    command = [sys.executable, "-m", "shinrai.site", "serve", "--port", str(port)]
    with subprocess.Popen(command) as server:
        # ended by a supervisor, and not by Ctrl-C, which the server hears by itself
        signal.signal(signal.SIGTERM, lambda _number, _frame: server.terminate())
        until = time.monotonic() + START_S
        while server.poll() is None and time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    webbrowser.open(address)
                    break
            time.sleep(LOOK_S)
        try:
            server.wait()
        except KeyboardInterrupt:
            server.wait()

"""The commands `shinrai serve` and `shinrai migrate`."""

import errno
import os
import socket
import time
from contextlib import nullcontext, suppress

import click
from django.core.management import call_command
from django.db import ProgrammingError, connection
from django.db.migrations.exceptions import MigrationSchemaMissing
from django.utils.autoreload import DJANGO_AUTORELOAD_ENV

from shinrai.accounts.operations.first_start import first_start_token
from shinrai.accounts.queries import has_workspaces
from shinrai.cli.errors import ExitCode, Refusal
from shinrai.cli.frame import StandardCommand, json_option
from shinrai.cli.language import translate
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer
from shinrai.site import migration
from shinrai.site.environment import read_text
from shinrai.site.processes import restart_delay_s
from shinrai.site.worker_process import with_worker
from shinrai.units.text import Text

PORT_WAIT_S = 3.0  # a killed server gives its port back a moment later
END_S = 10  # what a request may take to end once we are asked to


@click.command(cls=StandardCommand)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option("--reload", is_flag=True, help="Restart when a file changes; for work on Shinrai.")
@click.option("--without-worker", is_flag=True, help="Run `shinrai worker` elsewhere yourself.")
def serve(host: str, port: int, workers: int, reload: bool, without_worker: bool) -> None:
    """Serve the console until Ctrl-C, with a worker beside it for uploads and the timetable.

    Where no workspace is open yet, it prints a link that opens the first one in the browser.

    Example: shinrai serve --port 8000
    """
    if reload:
        # runserver runs this command again in a child of its own, and anew after every change
        is_child = os.environ.get(DJANGO_AUTORELOAD_ENV) == "true"
        if is_child:
            say_first_start(host, port)
        with with_worker() if is_child and not without_worker else nullcontext():
            call_command("runserver", f"{host}:{port}")
        return
    refuse_taken_port(host, port)
    say_first_start(host, port)
    with nullcontext() if without_worker else with_worker():
        serve_console(host=host, port=port, workers=workers)


@click.command(cls=StandardCommand)
@json_option
def migrate(as_json: bool) -> None:
    """Bring the tables up to date as their owner, and set the application's rights.

    Example: DATABASE_OWNER_URL=postgresql://owner@db/shinrai shinrai migrate
    """
    try:
        done = migration.migrate()
    except (MigrationSchemaMissing, ProgrammingError) as error:
        if "permission denied" not in str(error):
            raise
        raise Refusal(
            translate("this role may not make tables"),
            where=str(error).splitlines()[0],
            next=translate("set DATABASE_OWNER_URL to the role that owns the database"),
        ) from error
    if not done.guarded:
        click.echo(
            translate(
                "shinrai: DATABASE_OWNER_URL is not set: the application owns its tables, "
                "so PostgreSQL cannot keep steps append-only. Give it a role of its own."
            ),
            err=True,
        )
    count = len(done.applied)
    print_answer(
        {"applied": list(done.applied), "append_only_enforced": done.guarded},
        as_json=as_json,
        words=(
            translate("{count} migrations applied", count=count)
            if count
            else translate("nothing to do")
        ),
    )


def serve_console(*, host: str = "127.0.0.1", port: int = 8000, workers: int = 1) -> None:
    """Serve the console in this process until it is stopped.

    Worker processes that die are started again, after longer waits if they die soon after starting.
    """
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    click.echo(console_address(host, port))
    wait_s = 0.0
    while True:
        began = time.monotonic()
        server = Granian(
            "shinrai.site.asgi:application",
            address=host,
            port=port,
            interface=Interfaces.ASGINL,
            workers=workers,
            websockets=False,
            respawn_failed_workers=True,
            workers_kill_timeout=END_S,
            log_access=False,
            log_level=LogLevels.warning,
        )
        with suppress(SystemExit):  # Granian ends when a process it started again dies at once
            server.serve()
        if server.interrupt_signal:
            return
        wait_s = restart_delay_s(wait_s, lived_s=time.monotonic() - began)
        server.main_loop_interrupt.clear()
        server.main_loop_interrupt.wait(wait_s)
        if server.interrupt_signal:
            return


def say_first_start(host: str, port: int) -> None:
    """Print the one-time link that opens the first workspace, if none is open yet."""
    try:
        if has_workspaces():
            return
        address = read_text("SHINRAI_ADDRESS") or console_address(host, port)
        token = first_start_token(at=now())
        click.echo(
            translate(
                "Nothing is here yet. Open the first workspace in the browser, once, within a "
                "day, by:\n  {address}",
                address=f"{address.rstrip('/')}/start/{token}/",
            ),
            err=True,
        )
    finally:
        connection.close()  # what forks next must not share it


def refuse_taken_port(host: str, port: int) -> None:
    """Check that this port is free, waiting up to 3 seconds for a killed server to release it.

    Raises: Refusal, which suggests another port.
    """
    deadline = time.monotonic() + PORT_WAIT_S
    while (error := _listen_error(host, port)) is not None:
        taken = error.errno == errno.EADDRINUSE
        if taken and time.monotonic() < deadline:
            time.sleep(0.1)
            continue
        why = Text("another program listens there") if taken else error.strerror
        raise Refusal(
            translate("cannot listen on {host}:{port}: {why}", host=host, port=port, why=why),
            next=f"shinrai serve --port {port + 1 if port < 65535 else 8001}",
            exit_code=ExitCode.COULD_NOT_SAY,
        ) from error


def _listen_error(host: str, port: int) -> OSError | None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error
    return None


def console_address(host: str, port: int) -> str:
    """Return the console's URL; with `localhost` as its name, because passkeys need a name."""
    return f"http://{'localhost' if host in {'127.0.0.1', '::1'} else host}:{port}"

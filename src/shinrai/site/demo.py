"""The command `shinrai demo`: load and publish sample data, print a sign-in link and serve it."""

import os
import sys
from pathlib import Path

import click
from django.conf import settings

from shinrai.accounts.operations.members import invite
from shinrai.accounts.rules.role import Role
from shinrai.cli.frame import StandardCommand
from shinrai.cli.language import translate
from shinrai.cli.moments import now
from shinrai.explore.operations.snapshots import prepare_snapshots
from shinrai.knowledge.operations.staleness import prepare_knowledge
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.sample.operations.boards import pin_sample_board
from shinrai.sample.operations.company import load_sample
from shinrai.sample.operations.initiatives import declare_sample_initiatives
from shinrai.sample.operations.knowledge import write_sample_knowledge
from shinrai.sample.operations.sprints import make_sample_digests
from shinrai.sample.rules.truth import Truth
from shinrai.site.commands import refuse_taken_port
from shinrai.warehouse.store import Warehouse

NAME = "chousa_irai_2026.csv"
EXAMPLES = (  # in a checkout; where it was installed, beside the package that simulates
    Path(__file__).parents[3] / "examples" / "investigations_ja" / NAME,
    Path(__file__).parents[1] / "sample" / NAME,
)
EMAIL = "demo@example.com"


@click.command(cls=StandardCommand)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--no-serve", is_flag=True, help="Load and publish everything, then stop.")
@click.option(
    "--inquiries",
    default=Truth.inquiries,
    show_default=True,
    type=click.IntRange(100, 400_000),
    help="How many to simulate.",
)
def demo(port: int, no_serve: bool, inquiries: int) -> None:
    """Open the simulated workspaces, and serve them until Ctrl-C.

    Example: shinrai demo --port 8000
    """
    from shinrai.reports.tasks import (
        prepare_usual,  # Procrastinate, which plain commands never load
    )

    if not no_serve:
        refuse_taken_port("127.0.0.1", port)
    at = now()
    opened = load_sample(
        examples=next((path for path in EXAMPLES if path.exists()), None),
        at=at,
        tell=lambda words: click.echo(words, err=True),
        inquiries=inquiries,
        truth_beside=settings.SHINRAI_HOME / "sample",
    )
    click.echo("publishing", err=True)
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    catch_up(warehouse=warehouse, at=now())
    declare_sample_initiatives(opened[0], warehouse, at=at)
    make_sample_digests(opened[0], at=at)
    write_sample_knowledge(opened[0], at=at)
    prepare_knowledge(workspace=opened[0], at=at)
    prepare_usual()
    for workspace in opened:
        prepare_snapshots(workspace=workspace, at=now())
    pin_sample_board(opened[0], at=at)
    tokens = [
        invite(
            email=EMAIL,
            workspace_id=workspace.id,
            roles=[Role.OWNER],
            at=now(),
            by="sample",
            display_name="Demo",
        )
        for workspace in opened
    ]
    click.echo(
        translate(
            "Everything here is simulated. Anyone on this machine may read; to try an "
            "upload, sign in once by:"
        )
    )
    click.echo(
        f"  http://localhost:{port}/accounts/links/{tokens[-1].token}/?next=/w/{opened[0].slug}/"
    )
    click.echo(translate("What a parent sees, without signing in:"))
    click.echo(f"  http://localhost:{port}/w/{opened[0].slug}/family/as-guardian/")
    if not no_serve:
        # The server makes its workers by forking, and what published here does not live through a
        # fork (Delta's own threads): a process that has published nothing takes over.
        sys.stdout.flush()
        serve = [sys.executable, "-m", "shinrai.site", "serve", "--port", str(port)]
        os.execv(sys.executable, serve)

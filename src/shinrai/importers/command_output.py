"""What the import commands print during an import and after it."""

import click
from django.conf import settings

from shinrai.accounts.queries import UnknownWorkspace, workspace_named
from shinrai.accounts.rules.workspace import BadWorkspace
from shinrai.calendars.rules.time_zone import UnknownZone
from shinrai.cli.errors import ExitCode
from shinrai.cli.language import language, translate
from shinrai.cli.output import Progress
from shinrai.importers.queries import QuarantineRecord
from shinrai.importers.rules.mapping.node import BadMapping
from shinrai.importers.run.plan import NoMappingFits, NoZone
from shinrai.importers.run.result import ImportReport
from shinrai.importers.tables.table import UnreadableTable
from shinrai.units.text import Text

INVALID_INPUT = (UnreadableTable, BadMapping, NoMappingFits, NoZone, UnknownZone, BadWorkspace)
RETRY_LATER = ExitCode.COULD_NOT_SAY
PHASES = {
    "pulling": Text("asking the server"),
    "flattening": Text("reading logs"),
    "observed": Text("reading rows"),
    "derived": Text("comparing cases"),
    "completing": Text("completing"),
}


class TerminalProgress:
    """Shows progress in the terminal."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._phase = ""
        self._done = 0

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Show the progress of a phase."""
        words = PHASES.get(phase)
        if words is None:
            return
        if phase != self._phase:
            self._phase, self._done = phase, 0
        self._bar.describe(f"{translate(words)} {done:,} / {total:,}")
        self._bar.advance(done - self._done)
        self._done = done


def warn(report: ImportReport, workspace: str) -> None:
    """Print on standard error what somebody should do after this import."""
    for record in report.unfinished:
        names = " ".join(record.names)
        begun = f"{record.started_at:%Y-%m-%d %H:%M} UTC"
        click.echo(
            translate(
                "shinrai: import {id} of {names}, begun {begun} by {by}, was never "
                "completed and counts for nothing. Import those files again to go on, or: "
                "shinrai import give-up {id}",
                id=record.id,
                names=names,
                begun=begun,
                by=record.by,
            ),
            err=True,
        )
    if report.became_real:
        click.echo(
            translate(
                "shinrai: real data came in, so reading without signing in is off. Sign "
                "in: shinrai accounts add you@example.jp --workspace {workspace} --role "
                "owner",
                workspace=workspace,
            ),
            err=True,
        )


def warn_of_zone(workspace: str) -> None:
    """Print on standard error that a workspace's time zone is only assumed, and how to set it."""
    try:
        is_assumed = workspace_named(workspace).zone_is_assumed
    except UnknownWorkspace:  # a dry run opened none
        return
    if is_assumed:
        click.echo(
            translate(
                "shinrai: in which time zone is the desk of {workspace}? Nobody said, so "
                "its days are those of UTC. Say it, and its figures are computed again: "
                "shinrai workspaces set {workspace} --zone Asia/Tokyo",
                workspace=workspace,
            ),
            err=True,
        )


def cell_words(row: QuarantineRecord) -> str:
    """Return the unreadable cell of a row, to be printed after the reason."""
    return f": {row.cell}" if row.cell else ""


def report_words(report: ImportReport, workspace: str) -> str:
    """Return what an import did, and the address where it can be looked at."""
    counts = report.counts
    name = "-" if report.batch is None else str(report.batch)
    head = (
        translate(
            "import {name} ({mapping}), {seconds:.1f} s — dry run, nothing kept",
            name=name,
            mapping=report.mapping,
            seconds=report.seconds,
        )
        if report.batch is None
        else translate(
            "import {name} ({mapping}), {seconds:.1f} s",
            name=name,
            mapping=report.mapping,
            seconds=report.seconds,
        )
    )
    rows = (
        (Text("rows"), counts.rows),
        (Text("inquiries"), counts.inquiries),
        (Text("investigations"), counts.investigations),
        (Text("messages"), counts.messages),
        (Text("new steps"), counts.steps),
        (Text("unchanged"), counts.unchanged),
        (Text("corrected", context="importers"), counts.corrected),
        (Text("set aside"), counts.quarantined),
        (Text("erased"), counts.erased),
    )
    lines = [head, *(f"  {translate(name)}: {n:,}" for name, n in rows if n)]
    lines += [
        f"    {row.file}:{row.line}  {row.field}  {row.reason[language()]}{cell_words(row)}"
        for row in report.set_aside
    ]
    if counts.quarantined > len(report.set_aside) and report.batch is not None:
        lines.append(f"  -> shinrai import quarantine {report.batch}")
    if report.zone:
        lines.append(_zone_words(report))
    for flag in report.flags:
        lines.append(f"  ! {flag.code}: {flag.text[language()]}")
        if flag.examples:
            lines.append(f"      {', '.join(flag.examples)}")
    if report.batch is not None:
        lines.append(_address_words(workspace))
    return "\n".join(lines)


def _address_words(workspace: str) -> str:
    return translate(
        "  see it at {address} (nothing there? shinrai serve)",
        address=f"{settings.SHINRAI_ADDRESS}/w/{workspace}/",
    )


def _zone_words(report: ImportReport) -> str:
    zone, source = report.zone, report.zone_source
    change = "shinrai workspaces set WORKSPACE --zone ZONE"
    if not source:
        return translate("  days of this workspace: {zone}", zone=zone)
    return translate(
        "  days of this workspace: {zone} (from {source}; to change it: {change})",
        zone=zone,
        source=source,
        change=change,
    )

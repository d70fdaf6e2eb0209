"""What every import says while it is under way and when it is done; shared by their commands."""

import click

from shinrai.accounts.queries import UnknownWorkspace, workspace_named
from shinrai.accounts.rules.workspace import BadWorkspace
from shinrai.calendars.rules.time_zone import UnknownZone
from shinrai.cli.errors import ExitCode
from shinrai.cli.language import language, said
from shinrai.cli.output import Progress
from shinrai.importers.queries import QuarantineRecord
from shinrai.importers.rules.mapping.node import BadMapping
from shinrai.importers.run.plan import NoMappingFits, NoZone
from shinrai.importers.run.result import ImportReport
from shinrai.importers.tables.table import UnreadableTable

INVALID_INPUT = (UnreadableTable, BadMapping, NoMappingFits, NoZone, UnknownZone, BadWorkspace)
RETRY_LATER = ExitCode.COULD_NOT_SAY
PHASES = {
    "pulling": ("asking the server", "サーバーから取得しています"),
    "flattening": ("reading logs", "ログを読んでいます"),
    "observed": ("reading rows", "行を読んでいます"),
    "derived": ("comparing cases", "案件を照合しています"),
    "completing": ("completing", "仕上げています"),
}


class TerminalProgress:
    """Progress as the terminal shows it."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._phase = ""
        self._done = 0

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Show how far a phase has come."""
        words = PHASES.get(phase)
        if words is None:
            return
        if phase != self._phase:
            self._phase, self._done = phase, 0
        self._bar.describe(f"{said(en=words[0], ja=words[1])} {done:,} / {total:,}")
        self._bar.advance(done - self._done)
        self._done = done


def warn(report: ImportReport, workspace: str) -> None:
    """Say on standard error what somebody should do about it."""
    for record in report.unfinished:
        names = " ".join(record.names)
        begun = f"{record.started_at:%Y-%m-%d %H:%M} UTC"
        click.echo(
            said(
                en=f"shinrai: import {record.id} of {names}, begun {begun} by {record.by}, was "
                "never completed and counts for nothing. Import those files again to go on, or: "
                f"shinrai import give-up {record.id}",
                ja=f"shinrai: 取り込み {record.id}（{names}、{begun} {record.by}）は未完了で、"
                "集計に入っていません。同じファイルをもう一度取り込むと続行します。"
                f"破棄するには: shinrai import give-up {record.id}",
            ),
            err=True,
        )
    if report.became_real:
        click.echo(
            said(
                en="shinrai: real data came in, so reading without signing in is off. Sign in: "
                f"shinrai accounts add you@example.jp --workspace {workspace} --role owner",
                ja="shinrai: 実データが入ったため、ログインなしの閲覧を止めました。"
                "ログインするには: "
                f"shinrai accounts add you@example.jp --workspace {workspace} --role owner",
            ),
            err=True,
        )


def warn_of_zone(workspace: str) -> None:
    """Say on standard error that nobody said the time zone of a workspace, and how to say it."""
    try:
        is_assumed = workspace_named(workspace).zone_is_assumed
    except UnknownWorkspace:  # a dry run opened none
        return
    if is_assumed:
        click.echo(
            said(
                en=f"shinrai: in which time zone is the desk of {workspace}? Nobody said, so its "
                "days are those of UTC. Say it, and its figures are computed again: shinrai "
                f"workspaces set {workspace} --zone Asia/Tokyo",
                ja=f"shinrai: {workspace} のタイムゾーンが未設定のため、日付は UTC で数えています。"
                f"設定すると集計し直します: shinrai workspaces set {workspace} --zone Asia/Tokyo",
            ),
            err=True,
        )


def cell_words(row: QuarantineRecord) -> str:
    """Show what could not be read, behind the reason."""
    return f": {row.cell}" if row.cell else ""


def report_words(report: ImportReport) -> str:
    counts = report.counts
    name = "-" if report.batch is None else str(report.batch)
    head = said(
        en=f"import {name} ({report.mapping}), {report.seconds:.1f} s"
        + (" — dry run, nothing kept" if report.batch is None else ""),
        ja=f"取り込み {name}（{report.mapping}）、{report.seconds:.1f} 秒"
        + ("（試行、何も保存していません）" if report.batch is None else ""),
    )
    rows = (
        ("rows", "行", counts.rows),
        ("inquiries", "問い合わせ", counts.inquiries),
        ("investigations", "調査", counts.investigations),
        ("messages", "メッセージ", counts.messages),
        ("new steps", "新しいできごと", counts.steps),
        ("unchanged", "変化なし", counts.unchanged),
        ("corrected", "訂正", counts.corrected),
        ("set aside", "保留した行", counts.quarantined),
        ("erased", "消去済み", counts.erased),
    )
    lines = [head, *(f"  {said(en=en, ja=ja)}: {n:,}" for en, ja, n in rows if n)]
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
    return "\n".join(lines)


def _zone_words(report: ImportReport) -> str:
    zone, source = report.zone, report.zone_source
    change = "shinrai workspaces set WORKSPACE --zone ZONE"
    if not source:
        return said(
            en=f"  days of this workspace: {zone}", ja=f"  このワークスペースの日付: {zone}"
        )
    return said(
        en=f"  days of this workspace: {zone} (from {source}; to change it: {change})",
        ja=f"  このワークスペースの日付: {zone}（{source} から判断。変更: {change}）",
    )

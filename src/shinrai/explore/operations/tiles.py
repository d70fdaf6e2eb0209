"""Compute the answers of tiles: by the worker where tables moved, or at the first look."""

import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.conf import settings

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.queries import declared_events
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.explore.models import TileAnswer
from shinrai.explore.operations.alerts import AlertPlace, check_alert
from shinrai.explore.operations.runs import WORKER, run_sql
from shinrai.explore.queries.charts import DrawnChart, EventMark, draw_chart, topic_names
from shinrai.explore.queries.dashboards import dashboards
from shinrai.explore.queries.tiles import (
    ShownTile,
    TileRequest,
    kept_answer,
    question_of,
    read_answer,
    shown_tiles,
    stamp_of,
    tile_digest,
    tile_title,
)
from shinrai.explore.rules.answer import (
    AnswerColumn,
    QueryBusy,
    QueryFailed,
    QueryRefused,
    SqlAnswer,
    SqlRequest,
)
from shinrai.explore.rules.charts import BadChart, Chart
from shinrai.explore.rules.dashboard import BY_DAY, Dashboard, Tile, period_of
from shinrai.explore.rules.parameters import given_values
from shinrai.explore.rules.permission import CASES, VIEWS
from shinrai.explore.rules.question import SavedQuestion
from shinrai.statistics.wilson import wilson
from shinrai.units.text import LANGUAGES, Language, Text, translated
from shinrai.units.unknown import Unknown
from shinrai.warehouse.kpis import Kpi, KpiQuestion, KpiRow, kpi_rows, kpis
from shinrai.warehouse.store import Warehouse

READ_WITHIN: Final = timedelta(days=14)  # answers that nobody reads are not computed again
ROWS: Final = 1_000  # that a tile keeps
# So that letters of a chart are as large on a narrow tile as on a wide one.
WIDTHS: Final = {1: 360, 2: 520, 3: 760, 4: 960}
FIRST_LOOK_S: Final = 8.0  # how long a page computes what is missing; the rest waits


def answered_tiles(
    request: TileRequest, dashboard: Dashboard, *, at: datetime
) -> tuple[ShownTile, ...]:
    """Return the tiles of a dashboard; answers that are missing are computed, in limited time.

    The worker renews the usual period alone, so another one is renewed when somebody looks at it.
    """
    today = at.astimezone(zone_named(request.workspace.zone)).date()
    is_usual = request.period == period_of(dashboard.period, today) and not request.topic
    shown = shown_tiles(request, dashboard.tiles, at=at)
    missing = [one.tile for one in shown if not one.is_ready or (one.is_old and not is_usual)]
    if not missing:
        return shown
    ends = time.monotonic() + FIRST_LOOK_S
    for tile in missing:
        if time.monotonic() < ends:
            compute_tile(request, tile, at=at)
    return shown_tiles(request, dashboard.tiles, at=at)


def compute_tile(request: TileRequest, tile: Tile, *, at: datetime) -> None:
    """Compute the answer of a tile and keep it; what goes wrong is kept as a sentence.

    That others were asking is no answer: the one before stays.
    """
    there = request.workspace.id
    question = question_of(tile, workspace_id=there)
    stamp = stamp_of(there, request.view)
    chart = ""
    try:
        answer = _answer(request, tile, question, at)
        drawn = _drawn(request, tile, question, answer)
        kept: dict[str, Any] = kept_answer(answer)
        chart = str(drawn.svg)
        kept["note"] = translated(drawn.note, request.language) if drawn.note else ""
        if tile.kind == "measure":
            kept["headline"] = _headline(answer, request.language)
    except QueryBusy:
        return
    except (QueryRefused, QueryFailed, BadChart) as error:
        kept = {"error": translated(error.text, request.language)}
    TileAnswer.objects.update_or_create(
        workspace_id=there,
        role=request.view,
        digest=tile_digest(request.asked(tile, question)),
        defaults={
            "versions": stamp,
            "answer": kept,
            "chart": chart,
            "computed_at": at,
            "read_at": at,
        },
    )


def refresh_tiles(*, workspace: WorkspaceRecord, at: datetime) -> int:
    """Compute the tiles anew whose tables moved since; return how many.

    Those of the usual period that somebody read within two weeks, and those with an alert.
    """
    today = at.astimezone(zone_named(workspace.zone)).date()
    TileAnswer.objects.filter(workspace_id=workspace.id, read_at__lt=at - READ_WITHIN).delete()
    computed = 0
    for dashboard in dashboards(workspace_id=workspace.id):
        for view in VIEWS:
            stamp = stamp_of(workspace.id, view)
            if not stamp:
                continue
            for language in LANGUAGES:
                request = TileRequest(workspace, view, language, period_of(dashboard.period, today))
                computed += _refresh(request, dashboard, stamp, at)
        _check_alerts(workspace, dashboard, today, at)
    return computed


def _refresh(
    request: TileRequest, dashboard: Dashboard, stamp: dict[str, int], at: datetime
) -> int:
    shown = TileAnswer.objects.filter(workspace_id=request.workspace.id, role=request.view)
    # A period moves each day: then the digest is new, and whoever read it yesterday wants it today.
    last_read = shown.order_by("-read_at").values_list("read_at", flat=True).first()
    is_read = last_read is not None and last_read >= at - READ_WITHIN
    done = 0
    for tile in dashboard.tiles:
        if tile.kind == "text":
            continue
        question = question_of(tile, workspace_id=request.workspace.id)
        if question is None and tile.kind == "question":
            continue
        row = shown.filter(digest=tile_digest(request.asked(tile, question))).first()
        if (row is None and is_read) or (row is not None and row.versions != stamp):
            # That it was computed is no reading: what nobody looks at ends with its two weeks.
            read_at = row.read_at if row is not None else last_read
            compute_tile(request, tile, at=at)
            digest = tile_digest(request.asked(tile, question))
            shown.filter(digest=digest).update(read_at=read_at)
            done += 1
    return done


def _check_alerts(
    workspace: WorkspaceRecord, dashboard: Dashboard, today: date, at: datetime
) -> None:
    """Judge the alerts of a dashboard by what members who read cases see."""
    from shinrai.explore.queries.alerts import alerts

    for alert in alerts(workspace_id=workspace.id, dashboard=dashboard.key):
        tile = dashboard.tile(alert.tile)
        if tile is None or tile.kind == "text":
            continue
        language: Language = "ja" if alert.language == "ja" else "en"
        request = TileRequest(workspace, CASES, language, period_of(dashboard.period, today))
        question = question_of(tile, workspace_id=workspace.id)
        digest = tile_digest(request.asked(tile, question))
        rows = TileAnswer.objects.filter(workspace_id=workspace.id, role=CASES, digest=digest)
        row = rows.first()
        if row is None or row.versions != stamp_of(workspace.id, CASES):
            compute_tile(request, tile, at=at)
            row = rows.first()
        if row is None or "error" in row.answer:
            continue
        chart = dict(question.fields.chart) if question else {}
        title = tile_title(tile, question, language)
        place = AlertPlace(dashboard.key, tile.id, title, chart)
        check_alert(workspace=workspace, place=place, answer=read_answer(row.answer), at=at)


def _answer(
    request: TileRequest, tile: Tile, question: SavedQuestion | None, at: datetime
) -> SqlAnswer:
    if tile.kind == "measure":
        return _measured(request, tile, at)
    if question is None:
        raise QueryRefused(Text("its question was retired"))
    typed = question.typed(request.period.values | {"topic": request.topic})
    sql = SqlRequest(
        request.workspace.id,
        request.view,
        question.fields.sql,
        given_values(question.fields.sql, typed),
        most_rows=ROWS,
    )
    return run_sql(request=sql, at=at, by=WORKER, language=request.language)


def _measured(request: TileRequest, tile: Tile, at: datetime) -> SqlAnswer:
    """Return a measure of the catalogue week by week (day by day over four weeks), with n."""
    kpi = kpis().get(tile.source)
    if kpi is None:
        raise QueryRefused(Text("the catalogue has no measure {key!r}", key=tile.source))
    period = request.period
    only = {"topic": request.topic} if request.topic and "topic" in kpi.fields else {}
    rows = kpi_rows(
        Warehouse(settings.SHINRAI_WAREHOUSE),
        tile.source,
        KpiQuestion(
            request.workspace.id, period.first_on, period.last_on, at, request.workspace.zone, only
        ),
    )
    daily = (period.last_on - period.first_on).days < BY_DAY
    grouped: dict[date, list[KpiRow]] = {}
    for row in rows:
        on = row.on if daily else row.on - timedelta(days=row.on.weekday())
        grouped.setdefault(on, []).append(row)
    name = f"{tile.source}_share" if kpi.kind == "share" else tile.source
    ends = ("low", "high") if kpi.kind == "share" else ()
    columns = (
        AnswerColumn("on" if daily else "week_on", "date"),
        *(AnswerColumn(one, "number") for one in (name, *ends, "n")),
    )
    found = [(on, *_values(kpi, some)) for on, some in sorted(grouped.items())]
    versions = stamp_of(request.workspace.id, request.view)
    return SqlAnswer(columns, tuple(row for row in found if row[-1]), versions, 0.0)


def _values(kpi: Kpi, rows: Sequence[KpiRow]) -> tuple[float | None, ...]:
    of, total = sum(row.of for row in rows), sum(row.total for row in rows)
    value = total / of if of else None
    if kpi.kind != "share":
        return value, of
    interval = wilson(round(total), of) if of else Unknown("nothing to count")
    if isinstance(interval, Unknown):
        return value, None, None, of
    return value, interval.low, interval.high, of


def _headline(answer: SqlAnswer, language: Language) -> str:
    """Return the measure over all the dates, with its interval and n."""
    if not answer.rows:
        return translated(Text("nothing to count"), language)
    of = sum(row[-1] for row in answer.rows)
    value = sum(row[1] * row[-1] for row in answer.rows) / of
    if not answer.columns[1].name.endswith("_share"):
        said = Text("{value} (n = {count:,})", value=f"{value:,.1f}", count=of)
        return translated(said, language)
    interval = wilson(round(value * of), of)
    if isinstance(interval, Unknown):
        return f"{100 * value:.1f} %"
    said = Text(
        "{value} % (n = {count:,}; between {low} % and {high} %)",
        value=f"{100 * value:.1f}",
        low=f"{100 * interval.low:.1f}",
        high=f"{100 * interval.high:.1f}",
        count=of,
    )
    return translated(said, language)


def _drawn(
    request: TileRequest, tile: Tile, question: SavedQuestion | None, answer: SqlAnswer
) -> DrawnChart:
    events = [
        EventMark(one.first_on, one.name)
        for one in declared_events(workspace_id=request.workspace.id)
        if not one.is_removed and one.first_on >= request.period.first_on
    ]
    if tile.kind == "measure":
        low, high = ("low", "high") if len(answer.columns) == 5 else ("", "")
        x, y = answer.columns[0].name, answer.columns[1].name
        document = Chart("line", x, y, low, high).document()
    else:
        document = dict(question.fields.chart) if question else {}
    return draw_chart(
        answer=answer,
        document=document,
        title=tile_title(tile, question, request.language),
        language=request.language,
        prefix=f"tile-{tile.id}",
        open_from=request.period.open_from,
        events=events,
        names=topic_names(workspace_id=request.workspace.id, language=request.language),
        width=WIDTHS[tile.width],
    )

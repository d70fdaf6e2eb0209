"""What a tile shows: its answer as it was computed last, or how it is to be computed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.explore.models import TileAnswer
from shinrai.explore.queries.questions import UnknownQuestion, question_named, questions
from shinrai.explore.queries.snapshots import newest_snapshot
from shinrai.explore.rules.answer import AnswerColumn, SqlAnswer
from shinrai.explore.rules.dashboard import BoardPeriod, Tile
from shinrai.explore.rules.question import SavedQuestion
from shinrai.units.text import Language, Text, translated
from shinrai.warehouse.kpis import kpis


@dataclass(frozen=True)
class TileRequest:
    """A tile as a view of members looks at it, in a language, for dates and a topic."""

    workspace: WorkspaceRecord
    view: str
    language: Language
    period: BoardPeriod
    topic: str = ""

    def asked(self, tile: Tile, question: SavedQuestion | None) -> dict[str, Any]:
        """Return all that the answer of a tile depends on, but for the tables."""
        if question is not None:
            given = self.period.values | {"topic": self.topic}
            what: Any = [question.fields.sql, question.typed(given), dict(question.fields.chart)]
        else:
            kpi = kpis().get(tile.source)
            version = kpi.measure.version if kpi else 0
            what = [tile.source, version, self.period.values, self.topic]
        return {
            "kind": tile.kind,
            "what": what,
            "title": tile.title,
            "place": [tile.id, tile.width],  # the drawing has the one in its names, the other wide
            "language": self.language,
            "open": self.period.open_from.isoformat(),
        }


@dataclass(frozen=True)
class ShownTile:
    """A tile with its answer; `error` is said in its place, `is_old`: the tables have moved."""

    tile: Tile
    title: str
    definition: str = ""
    answer: SqlAnswer | None = None
    svg: str = ""  # escaped already
    note: str = ""
    headline: str = ""
    computed_at: datetime | None = None
    is_old: bool = False
    error: str = ""

    @property
    def is_ready(self) -> bool:
        return self.answer is not None or bool(self.error) or self.tile.kind == "text"


def stamp_of(workspace_id: int, view: str) -> dict[str, int]:
    """Return the versions of the tables that a view reads now; {} before there are any."""
    found = newest_snapshot(workspace_id=workspace_id, view=view)
    return {} if found is None else dict(found.versions)


def question_of(tile: Tile, *, workspace_id: int) -> SavedQuestion | None:
    """Return the question a tile shows; None for another kind of tile, or if it is not there."""
    if tile.kind != "question":
        return None
    try:
        return question_named(workspace_id=workspace_id, key=tile.source)
    except UnknownQuestion:
        return None


def tile_digest(asked: Mapping[str, Any]) -> str:
    """Return the hash under which the answer of a tile is kept."""
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()


def shown_tiles(
    request: TileRequest, tiles: Sequence[Tile], *, at: datetime
) -> tuple[ShownTile, ...]:
    """Return tiles with the answers that are there; those not there yet are not ready.

    Notes that they were read: answers nobody reads are not computed again.
    """
    there = request.workspace.id
    asked = {}
    saved = {one.key: one for one in questions(workspace_id=there, with_retired=True)}
    found = {tile.id: saved.get(tile.source) if tile.kind == "question" else None for tile in tiles}
    for tile in tiles:
        if tile.kind != "text":
            asked[tile.id] = tile_digest(request.asked(tile, found[tile.id]))
    rows = {
        row.digest: row
        for row in TileAnswer.objects.filter(
            workspace_id=there, role=request.view, digest__in=asked.values()
        )
    }
    TileAnswer.objects.filter(pk__in=[row.pk for row in rows.values()]).update(read_at=at)
    stamp = stamp_of(there, request.view)
    return tuple(
        _shown(request, tile, found[tile.id], rows.get(asked.get(tile.id, "")), stamp)
        for tile in tiles
    )


def tile_title(tile: Tile, question: SavedQuestion | None, language: Language) -> str:
    """Return the title of a tile: its own, else that of what it shows."""
    if tile.title:
        return tile.title
    if question is not None:
        return question.title
    if tile.kind == "measure" and tile.source in kpis():
        return translated(kpis()[tile.source].name, language)
    return tile.source


def kept_answer(answer: SqlAnswer) -> dict[str, Any]:
    """Return an answer as the row of a tile keeps it."""
    return {
        "columns": [[one.name, one.kind] for one in answer.columns],
        "rows": [
            [cell.isoformat() if isinstance(cell, date) else cell for cell in row]
            for row in answer.rows
        ],
        "versions": dict(answer.versions),
        "took_s": answer.took_s,
        "is_cut": answer.is_cut,
        "hidden": answer.hidden,
    }


def read_answer(kept: Mapping[str, Any]) -> SqlAnswer:
    """Return an answer from the row of a tile; dates are dates again."""
    columns = tuple(AnswerColumn(name, kind) for name, kind in kept["columns"])
    rows = tuple(
        tuple(_cell(cell, column.kind) for cell, column in zip(row, columns, strict=True))
        for row in kept["rows"]
    )
    return SqlAnswer(
        columns, rows, kept["versions"], kept["took_s"], kept["is_cut"], kept["hidden"]
    )


def _said(words: str) -> Text:
    return Text(words, context="measure")


def _cell(cell: Any, kind: str) -> Any:
    if kind != "date" or not isinstance(cell, str):
        return cell
    try:
        return date.fromisoformat(cell) if len(cell) == 10 else datetime.fromisoformat(cell)
    except ValueError:
        return cell


def _shown(
    request: TileRequest,
    tile: Tile,
    question: SavedQuestion | None,
    row: TileAnswer | None,
    stamp: Mapping[str, int],
) -> ShownTile:
    title = tile_title(tile, question, request.language)
    definition = ""
    if tile.kind == "measure" and tile.source in kpis():
        measure = kpis()[tile.source].measure
        definition = translated(
            Text("{question} {numerator} ÷ {denominator}", question=_said(measure.question),
                 numerator=_said(measure.numerator), denominator=_said(measure.denominator)),
            request.language,
        )  # fmt: skip
    elif question is not None:
        definition = question.fields.description
    if tile.kind == "question" and (question is None or question.is_retired):
        said = translated(Text("its question was retired"), request.language)
        return ShownTile(tile, title, error=said)
    if row is None:
        return ShownTile(tile, title, definition)
    if error := row.answer.get("error", ""):
        return ShownTile(tile, title, definition, error=error, computed_at=row.computed_at)
    return ShownTile(
        tile=tile,
        title=title,
        definition=definition,
        answer=read_answer(row.answer),
        svg=row.chart,
        note=row.answer.get("note", ""),
        headline=row.answer.get("headline", ""),
        computed_at=row.computed_at,
        is_old=row.versions != dict(stamp),
    )

"""Questions, dashboards, tiles and alerts as programs read them: values that JSON has."""

from typing import Any

from shinrai.explore.queries.alerts import AlertRecord
from shinrai.explore.queries.runs import answer_document
from shinrai.explore.queries.tiles import ShownTile
from shinrai.explore.rules.dashboard import Dashboard
from shinrai.explore.rules.question import SavedQuestion


def question_document(one: SavedQuestion) -> dict[str, Any]:
    """Return a question with the columns it needs."""
    fields = one.fields
    return {
        "key": one.key,
        "number": one.number,
        "title": fields.title,
        "description": fields.description,
        "sql": fields.sql,
        "parameters": list(one.parameters),
        "defaults": dict(fields.defaults),
        "chart": dict(fields.chart),
        "needs": list(one.needs),
        "owner": fields.owner,
        "review_on": fields.review_on.isoformat() if fields.review_on else None,
        "is_retired": one.is_retired,
    }


def board_document(one: Dashboard) -> dict[str, Any]:
    """Return a dashboard as its file says it."""
    return {"key": one.key, "number": one.number, "title": one.title, **one.document}


def tile_document(one: ShownTile) -> dict[str, Any]:
    """Return a tile with its answer, and when it was computed."""
    return {
        **one.tile.document(),
        "title": one.title,
        "definition": one.definition,
        "headline": one.headline,
        "answer": None if one.answer is None else answer_document(one.answer),
        "computed_at": one.computed_at.isoformat() if one.computed_at else None,
        "is_old": one.is_old,
        "error": one.error or None,
    }


def alert_document(one: AlertRecord) -> dict[str, Any]:
    """Return an alert; of its address what pages show."""
    return {
        "dashboard": one.dashboard,
        "tile": one.tile,
        "when": one.rule.kind,
        **one.rule.settings(),
        "channel": one.channel,
        "to": one.shown,
        "raised_on": one.raised_on or None,
    }

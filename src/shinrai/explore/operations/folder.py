"""Apply a folder of questions and dashboards: all of it or nothing."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from shinrai.explore.operations.dashboards import save_dashboard
from shinrai.explore.operations.questions import save_question, tried_needs
from shinrai.explore.queries.dashboards import dashboard_keys, dashboards
from shinrai.explore.queries.folder import Folder, is_same
from shinrai.explore.queries.questions import question_keys, questions


@dataclass(frozen=True)
class FileChange:
    """What applying does with one file: new, changed or the same."""

    kind: str
    key: str
    state: str


def changes(folder: Folder, *, workspace_id: int) -> tuple[FileChange, ...]:
    """Return what applying a folder would do; what it does not name stays as it is."""
    asked = {one.key: one for one in questions(workspace_id=workspace_id)}
    boards = {one.key: one for one in dashboards(workspace_id=workspace_id)}
    found = []
    for key, fields in folder.questions.items():
        same = key in asked and asked[key].fields == fields
        found.append(FileChange("question", key, _state(key in asked, same)))
    for key, written in folder.dashboards.items():
        same = key in boards and is_same(boards[key], written)
        found.append(FileChange("dashboard", key, _state(key in boards, same)))
    return tuple(found)


def apply_folder(
    folder: Folder, *, workspace_id: int, view: str, at: datetime, by: str, is_dry: bool = False
) -> tuple[FileChange, ...]:
    """Save what a folder says in one transaction; applied again, it changes nothing.

    What was retired is there again. A dry run refuses what this would refuse, and saves nothing.

    Raises: what saving a question or a dashboard raises; then nothing is saved.
    """
    found = changes(folder, workspace_id=workspace_id)
    # A question is tried, and its columns found, in a process of its own: before the transaction.
    needs = {
        one.key: tried_needs(
            workspace_id=workspace_id, fields=folder.questions[one.key], view=view, at=at, by=by
        )
        for one in found
        if one.kind == "question" and one.state != "same"
    }
    asked, boards = (
        set(keys(workspace_id=workspace_id)) for keys in (question_keys, dashboard_keys)
    )
    with transaction.atomic():
        for one in found:
            if one.state == "same":
                continue
            if one.kind == "question":
                save_question(
                    workspace_id=workspace_id,
                    key=one.key,
                    fields=folder.questions[one.key],
                    is_new=one.key not in asked,
                    needs=needs[one.key],
                    view=view,
                    at=at,
                    by=by,
                )
                continue
            written = folder.dashboards[one.key]
            save_dashboard(
                workspace_id=workspace_id,
                key=one.key,
                title=written.title,
                period=written.period,
                tiles=written.tiles,
                is_new=one.key not in boards,
                at=at,
                by=by,
            )
        transaction.set_rollback(is_dry)
    return found


def _state(is_there: bool, is_same: bool) -> str:
    if not is_there:
        return "new"
    return "same" if is_same else "changed"

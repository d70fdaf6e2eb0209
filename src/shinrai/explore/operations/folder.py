"""Apply a folder of questions and dashboards: all of it or nothing."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from shinrai.explore.operations.dashboards import save_dashboard
from shinrai.explore.operations.questions import question_request, save_question
from shinrai.explore.operations.runs import needs_of
from shinrai.explore.queries.dashboards import dashboards
from shinrai.explore.queries.folder import Folder, is_same
from shinrai.explore.queries.questions import questions


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
    folder: Folder, *, workspace_id: int, at: datetime, by: str
) -> tuple[FileChange, ...]:
    """Save what a folder says in one transaction; applied again, it changes nothing.

    Raises: what saving a question or a dashboard raises; then nothing is saved.
    """
    found = changes(folder, workspace_id=workspace_id)
    # The columns a question needs are found in a process of its own: before the transaction.
    needs = {
        one.key: needs_of(request=question_request(workspace_id, folder.questions[one.key]))
        for one in found
        if one.kind == "question" and one.state != "same"
    }
    with transaction.atomic():
        for one in found:
            if one.state == "same":
                continue
            if one.kind == "question":
                save_question(
                    workspace_id=workspace_id,
                    key=one.key,
                    fields=folder.questions[one.key],
                    is_new=one.state == "new",
                    needs=needs[one.key],
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
                is_new=one.state == "new",
                at=at,
                by=by,
            )
    return found


def _state(is_there: bool, is_same: bool) -> str:
    if not is_there:
        return "new"
    return "same" if is_same else "changed"

"""The workspaces somebody may read, and what presses in each."""

from dataclasses import dataclass
from datetime import datetime

from shinrai.accounts import queries as accounts
from shinrai.objectives.queries.going import cases_late


@dataclass(frozen=True)
class WorkspaceSummary:
    """A workspace, how many of its cases are late, and how many are in hand.

    None: nothing is promised there, so nothing has a due time.
    """

    workspace: accounts.WorkspaceRecord
    late: int | None
    in_hand: int | None


def workspace_summaries(*, user_id: int | None, at: datetime) -> tuple[WorkspaceSummary, ...]:
    """List the workspaces a visitor may read, as they are named."""
    found = accounts.workspaces_of(user_id=user_id)
    pressing = cases_late([workspace.id for workspace in found], at=at) if len(found) > 1 else {}
    return tuple(WorkspaceSummary(one, *pressing.get(one.id, (None, None))) for one in found)

"""The workspaces a visitor may read, with the number of late and open cases in each."""

from dataclasses import dataclass
from datetime import datetime

from shinrai.accounts import queries as accounts
from shinrai.objectives.queries.going import cases_late


@dataclass(frozen=True)
class WorkspaceSummary:
    """A workspace, the number of its late cases, and the number of its open cases.

    The numbers are None if no objective gives its cases due moments, or if nothing was counted.
    """

    workspace: accounts.WorkspaceRecord
    late: int | None
    in_hand: int | None


def workspace_summaries(*, user_id: int | None, at: datetime) -> tuple[WorkspaceSummary, ...]:
    """List the workspaces a visitor may read; cases are counted only if there are several."""
    found = accounts.workspaces_of(user_id=user_id)
    pressing = cases_late([workspace.id for workspace in found], at=at) if len(found) > 1 else {}
    return tuple(WorkspaceSummary(one, *pressing.get(one.id, (None, None))) for one in found)

"""The workspaces a visitor may read, with the number of late and open cases in each."""

from dataclasses import dataclass
from datetime import datetime

from shinrai.accounts import queries as accounts
from shinrai.desk.rules.first_screen import first_screen
from shinrai.objectives.queries.going import cases_late


@dataclass(frozen=True)
class WorkspaceSummary:
    """A workspace, the numbers of its late and of its open cases, and where its reader begins.

    The numbers are None if no objective gives its cases due moments, or if nothing was counted.
    """

    workspace: accounts.WorkspaceRecord
    first_screen: str
    is_mine: bool
    late: int | None
    in_hand: int | None


def workspace_summaries(*, user_id: int | None, at: datetime) -> tuple[WorkspaceSummary, ...]:
    """List the workspaces a visitor may read; cases are counted only if there are several."""
    found = accounts.workspaces_of(user_id=user_id)
    pressing = cases_late([workspace.id for workspace in found], at=at) if len(found) > 1 else {}
    members = accounts.memberships_of(user_id=user_id)
    return tuple(
        WorkspaceSummary(
            one,
            first_screen(members[one.id].roles if one.id in members else ()),
            one.id in members,
            *pressing.get(one.id, (None, None)),
        )
        for one in found
    )

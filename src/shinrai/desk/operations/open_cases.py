"""Keep the rows of open cases as their steps say."""

from collections.abc import Sequence


def refresh_open_cases(*, workspace_id: int, case_ids: Sequence[int]) -> None:
    """Write anew the rows of these cases."""

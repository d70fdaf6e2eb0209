"""The page on which each role begins its day, and the workspace in which a reader goes on."""

from collections.abc import Iterable, Sequence

from shinrai.accounts.rules.role import Role

OVERVIEW = "overview"
# Names of addresses, the first that fits: who leads and also works cases begins with the cases,
# as owning a workspace is often no more than having opened it.
FIRST_SCREENS: dict[Role, str] = {
    Role.CRE_ENGINEER: "board",
    Role.CS_AGENT: "queue",
    Role.PRODUCT_ENGINEER: "third_line",
    Role.MANAGER: OVERVIEW,
    Role.OWNER: OVERVIEW,
}


def first_screen(roles: Iterable[Role]) -> str:
    """Return the name of the page on which somebody with these roles begins.

    Visitors, who have none, begin with the overview.
    """
    held = set(roles)
    return next((page for role, page in FIRST_SCREENS.items() if role in held), OVERVIEW)


def place_to_go_on(readable: Sequence[str], mine: Iterable[str], last: str) -> str | None:
    """Return the workspace to open at once, by its slug; None if the reader has to choose.

    It is the only one they may read or work in, else the one they visited last, if it is theirs.
    """
    if len(readable) == 1:
        return readable[0]
    own = set(mine)
    if len(own) == 1:
        return own.pop()
    return last if last in own else None

"""Roles: what a member is to a workspace."""

from enum import StrEnum

from shinrai.units.wording import SaidInBoth


class Role(StrEnum):
    """What a member is to a workspace; one member may be several things."""

    CS_AGENT = "cs_agent"
    CRE_ENGINEER = "cre_engineer"
    PRODUCT_ENGINEER = "product_engineer"
    MANAGER = "manager"
    OWNER = "owner"


class UnknownRole(SaidInBoth, ValueError):
    """A word is no role."""


def read_role(word: str) -> Role:
    """Read a role as people type it.

    Raises: UnknownRole, listing the roles there are.
    """
    try:
        return Role(word.strip().lower().replace("-", "_"))
    except ValueError as error:
        known = ", ".join(role.value for role in Role)
        raise UnknownRole(
            f"{word!r} is no role; the roles are {known}",
            f"「{word}」という役割はありません。使える役割: {known}",
        ) from error

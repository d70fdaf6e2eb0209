"""Roles: what a member is to a workspace."""

from enum import StrEnum

from shinrai.units.errors import UserError
from shinrai.units.text import Text


class Role(StrEnum):
    """What a member is to a workspace; one member may be several things."""

    CS_AGENT = "cs_agent"
    CRE_ENGINEER = "cre_engineer"
    PRODUCT_ENGINEER = "product_engineer"
    MANAGER = "manager"
    OWNER = "owner"


class UnknownRole(UserError, ValueError):
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
            Text("{word!r} is no role; the roles are {known}", word=word, known=known),
        ) from error

"""The roles of a member in a workspace."""

from enum import StrEnum

from shinrai.units.errors import UserError
from shinrai.units.text import Text


class Role(StrEnum):
    """A role of a member in a workspace; a member may have several."""

    CS_AGENT = "cs_agent"
    CRE_ENGINEER = "cre_engineer"
    PRODUCT_ENGINEER = "product_engineer"
    MANAGER = "manager"
    OWNER = "owner"


ROLE_WORDS: dict[Role, Text] = {
    Role.CS_AGENT: Text("CS agent"),
    Role.CRE_ENGINEER: Text("CRE engineer"),
    Role.PRODUCT_ENGINEER: Text("product engineer"),
    Role.MANAGER: Text("manager"),
    Role.OWNER: Text("owner"),
}
# The line of support that members of a role work in; who leads works where a case is held.
TIERS = {Role.PRODUCT_ENGINEER: 3, Role.CRE_ENGINEER: 2, Role.CS_AGENT: 1}


class UnknownRole(UserError, ValueError):
    """The word is not a role."""


def read_role(word: str) -> Role:
    """Return the role that a typed word names.

    Raises: UnknownRole, whose text lists the roles.
    """
    try:
        return Role(word.strip().lower().replace("-", "_"))
    except ValueError as error:
        known = ", ".join(role.value for role in Role)
        raise UnknownRole(
            Text("{word!r} is no role; the roles are {known}", word=word, known=known),
        ) from error

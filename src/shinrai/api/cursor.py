"""Cursors: where the next page of a list begins, signed, so that nobody makes one up."""

from datetime import datetime
from typing import Annotated, Any, Final

from django.core.signing import BadSignature, Signer
from ninja import Query, Schema
from pydantic import Field

from shinrai.api.problems import Problem
from shinrai.units.text import Text

MOST: Final = 200
PageLimit = Annotated[int, Query(ge=1, le=MOST, description="How many a page holds.")]
Cursor = Annotated[
    Annotated[str, Field(max_length=500)] | None,
    Query(description="`next_cursor` of the page before, with the same filters."),
]


class CursorPage(Schema):
    """A page of a list; without `next_cursor` it is the last one."""

    items: list[dict[str, Any]]
    total: int
    next_cursor: str | None


class ListPlace:
    """A place in a list: how many items come before it, and when its first page was read.

    `about` names the list and its filters; a cursor of another list is refused.
    """

    def __init__(self, cursor: str | None, *, about: object, at: datetime) -> None:
        self._signer = Signer(salt=f"shinrai.api.cursor:{about}")
        self.skip, self.at = 0, at
        if cursor is None:
            return
        try:
            self.skip, began = self._signer.unsign_object(cursor)
            self.at = datetime.fromisoformat(began)
        except (BadSignature, ValueError) as error:
            said = Text("this is no cursor of this list; take `next_cursor` of the page before")
            raise Problem(400, fields={"cursor": said}) from error

    def page(self, items: list[Any], *, total: int) -> dict[str, Any]:
        """Return a page of these items, of which there are `total` on all pages."""
        upto = self.skip + len(items)
        is_last = not items or upto >= total
        following = None if is_last else self._signer.sign_object((upto, self.at.isoformat()))
        return {"items": items, "total": total, "next_cursor": following}

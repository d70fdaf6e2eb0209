"""Dashboards: tiles in an order, one period for all of them, and both as a document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from shinrai.units.errors import UserError
from shinrai.units.text import Text

KINDS: Final = ("question", "measure", "text")
WIDTHS: Final = (1, 2, 3, 4)
MOST_TILES, LONGEST_TITLE, LONGEST_TEXT = 40, 200, 2000
PERIODS: Final[Mapping[str, Text]] = {
    "7-days": Text("last 7 days"),
    "28-days": Text("last 28 days"),
    "90-days": Text("last 90 days"),
    "13-weeks": Text("last 13 weeks"),
    "52-weeks": Text("last 52 weeks"),
    "month": Text("this month"),
    "last-month": Text("last month"),
}
DAYS: Final = {"7-days": 7, "28-days": 28, "90-days": 90}
USUAL: Final = "13-weeks"
DATES: Final = "dates"  # the key of a period of two given dates
BY_DAY: Final = 35  # a shorter period is looked at day by day
FIELDS: Final = ("id", "kind", "source", "title", "text", "width", "is_public")


class BadDashboard(UserError, ValueError):
    """A dashboard that cannot be kept as written."""


@dataclass(frozen=True)
class Tile:
    """A tile: an answer of a question, a measure of the catalogue, or a text.

    `source` is the key of the question or measure; only `is_public` ones are seen through a link.
    """

    id: str
    kind: str
    source: str = ""
    title: str = ""
    text: str = ""
    width: int = 2
    is_public: bool = False

    def document(self) -> dict[str, Any]:
        empty = Tile(self.id, self.kind)
        return {"id": self.id, "kind": self.kind} | {
            name: value for name, value in vars(self).items() if value != getattr(empty, name)
        }


@dataclass(frozen=True)
class Dashboard:
    """A dashboard as it stands."""

    key: str
    number: int
    title: str
    period: str
    tiles: tuple[Tile, ...]
    is_retired: bool
    at: datetime
    by: str

    @property
    def document(self) -> dict[str, Any]:
        return dashboard_document(self.period, self.tiles)

    def tile(self, number: str) -> Tile | None:
        return next((one for one in self.tiles if one.id == number), None)


@dataclass(frozen=True)
class BoardPeriod:
    """The dates tiles are looked at for, both included, and the first that is not over."""

    key: str
    first_on: date
    last_on: date
    open_from: date

    @property
    def values(self) -> dict[str, str]:
        """Return them as parameters of SQL."""
        return {"from": self.first_on.isoformat(), "to": self.last_on.isoformat()}


def period_of(key: str, today: date) -> BoardPeriod:
    """Return the dates of a period as seen on a day; weeks begin on Monday."""
    monday = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    first, last = monday - timedelta(weeks=12), today
    if key in DAYS:
        first = today - timedelta(days=DAYS[key] - 1)
    elif key == "52-weeks":
        first = monday - timedelta(weeks=51)
    elif key == "month":
        first = month
    elif key == "last-month":
        last = month - timedelta(days=1)
        first = last.replace(day=1)
    return BoardPeriod(key, first, last, today if key in DAYS else monday)


def period_asked(
    period: str, usual: str, *, today: date, since: date | None = None, until: date | None = None
) -> BoardPeriod:
    """Return the dates asked for: `since` and `until`, else `period`, else those of the dashboard.

    Raises: BadDashboard if the last date is before the first.
    """
    if since is None and until is None:
        return period_of(period if period in PERIODS else usual, today)
    first = since or (until or today) - timedelta(weeks=13)
    last = until or max(today, first)
    if last < first:
        turned = Text("{last} lies before {first}. Give the earlier date first.")
        raise BadDashboard(turned.using(last=last.isoformat(), first=first.isoformat()))
    monday = today - timedelta(days=today.weekday())
    return BoardPeriod(DATES, first, last, today if (last - first).days < BY_DAY else monday)


def dashboard_document(period: str, tiles: Sequence[Tile]) -> dict[str, Any]:
    """Return a dashboard as it is stored, and as its file says it."""
    return {"period": period, "tiles": [one.document() for one in tiles]}


def read_dashboard(document: Mapping[str, Any]) -> tuple[str, tuple[Tile, ...]]:
    """Return period and tiles of a document.

    Raises: BadDashboard, which names the tile and what is wrong with it.
    """
    unknown = set(document) - {"period", "tiles"}
    period, written = document.get("period", USUAL), document.get("tiles", [])
    if unknown or not isinstance(written, list):
        raise BadDashboard(Text("a dashboard has: title, period, tiles"))
    if period not in PERIODS:
        raise BadDashboard(Text("period is one of {known}", known=", ".join(PERIODS)))
    if len(written) > MOST_TILES:
        raise BadDashboard(Text("a dashboard has at most {most} tiles", most=MOST_TILES))
    tiles = tuple(_tile(one, number) for number, one in enumerate(written, 1))
    if len({one.id for one in tiles}) != len(tiles):
        raise BadDashboard(Text("two tiles have the same id"))
    return period, tiles


def with_tile(tiles: Sequence[Tile], tile: Tile) -> tuple[Tile, ...]:
    """Return the tiles with another one at the end, under an id of its own.

    Raises: BadDashboard if there are too many.
    """
    if len(tiles) >= MOST_TILES:
        raise BadDashboard(Text("a dashboard has at most {most} tiles", most=MOST_TILES))
    taken = {one.id for one in tiles}
    base = tile.source or tile.kind
    names = (base if n == 1 else f"{base}-{n}" for n in range(1, MOST_TILES + 2))
    return (*tiles, replace(tile, id=next(name for name in names if name not in taken)))


def moved(tiles: Sequence[Tile], number: str, by: int) -> tuple[Tile, ...]:
    """Return the tiles with one moved by some places, as far as there are any."""
    order = list(tiles)
    here = next((n for n, one in enumerate(order) if one.id == number), None)
    if here is None:
        return tuple(tiles)
    tile = order.pop(here)
    order.insert(min(max(here + by, 0), len(order)), tile)
    return tuple(order)


def _tile(written: Any, number: int) -> Tile:
    def wrong(said: Text) -> BadDashboard:
        return BadDashboard(Text("tile {number}: {said}", number=number, said=said))

    if not isinstance(written, Mapping) or set(written) - set(FIELDS):
        raise wrong(Text("it has: {known}", known=", ".join(FIELDS)))
    given = dict(written)
    kind, width = given.get("kind"), given.get("width", 2)
    if kind not in KINDS:
        raise wrong(Text("kind is one of {known}", known=", ".join(KINDS)))
    if width not in WIDTHS or isinstance(width, bool):
        raise wrong(Text("width is 1 to 4"))
    words = {name: given.get(name, "") for name in ("id", "source", "title", "text")}
    if not all(isinstance(one, str) for one in words.values()):
        raise wrong(Text("id, source, title and text are texts"))
    if len(words["title"]) > LONGEST_TITLE or len(words["text"]) > LONGEST_TEXT:
        raise wrong(Text("title or text is too long"))
    if kind == "text" and not words["text"].strip():
        raise wrong(Text("it has no text"))
    if kind != "text" and not words["source"]:
        raise wrong(Text("say which question or measure it shows, as source"))
    name = words["id"] or words["source"] or f"tile-{number}"
    return Tile(
        name[:40], kind, words["source"], words["title"], words["text"], width,
        given.get("is_public") is True,
    )  # fmt: skip

"""Lists: columns declared once, shown page by page, sorted, searched and downloaded.

A page passes in a `ListSpec` and a source: a function `(sort, search, skip, most)` that returns
the rows of one page and the number of rows in all, so that only one page is ever computed.
"""

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import StringIO
from typing import Any, Generic, TypeVar
from unicodedata import normalize

from django.http import StreamingHttpResponse
from django.utils.functional import Promise
from django.utils.translation import get_language, override

from shinrai.console.addresses import query_with
from shinrai.console.spreadsheet import MEDIA_TYPE, csv_cell, is_known, plain_value, workbook

Row = TypeVar("Row")
Part = TypeVar("Part", str, bytes, str | bytes)
Source = Callable[[str, str, int, int], tuple[Sequence[Row], int]]

A_PAGE = 50
MOST_PAGES = 100_000
LONGEST_SEARCH = 200
MOST_ROWS = 100_000  # of one download
A_CHUNK = 5_000  # rows a download asks its source for at once
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": MEDIA_TYPE,
    "json": "application/json; charset=utf-8",
}
BOM = "\ufeff"  # without it Excel reads the file in the code page of its machine


@dataclass(frozen=True)
class ListColumn(Generic[Row]):
    """A column: its key in URLs and JSON, its title, and its plain value for downloads.

    A column without a value, such as one of buttons or bars, is shown but not downloaded.
    """

    key: str
    title: str | Promise
    value: Callable[[Row], Any] | None = None
    is_sortable: bool = False
    is_number: bool = False
    is_shown: bool = True  # or only in downloads


@dataclass(frozen=True)
class ListSpec(Generic[Row]):
    """A list: `row` is the template of a row, `usual` the default sort (`-key`: descending)."""

    name: str
    columns: tuple[ListColumn[Row], ...]
    row: str
    is_searched: bool = True
    usual: str = ""
    a_page: int = A_PAGE
    most_rows: int = MOST_ROWS  # of one download; less where a source is slow
    classes: str = "cards pairs"
    anchor: str = ""

    @property
    def values(self) -> dict[str, Callable[[Row], Any]]:
        """Return the functions that compute a row's values, by column key."""
        return {one.key: one.value for one in self.columns if one.value is not None}


@dataclass(frozen=True)
class ListFilter:
    """A choice beside the search: its URL parameter, title, and values with their names."""

    key: str
    title: str | Promise
    choices: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Heading:
    """A column's heading, with the URL that sorts by it and its current sort direction."""

    key: str
    title: str
    href: str
    direction: str  # "ascending", "descending", or nothing
    is_number: bool


@dataclass(frozen=True)
class ListPage(Generic[Row]):
    """One page of a list as `console/_list.html` shows it."""

    spec: ListSpec[Row]
    rows: Sequence[Row]
    count: int
    page: int
    sort: str
    search: str
    asked: Mapping[str, str] = field(repr=False)
    filters: Sequence[ListFilter] = ()

    @property
    def selects(self) -> list[tuple[ListFilter, str]]:
        """List the filters, each with the value the URL chooses, or ""."""
        asked = [(one, self.asked.get(one.key, "")) for one in self.filters]
        return [(one, value if value in dict(one.choices) else "") for one, value in asked]

    @property
    def narrowed(self) -> int:
        """Return by how many filters the list is narrowed."""
        return sum(bool(value) for _, value in self.selects)

    @property
    def pages(self) -> int:
        """Return the number of pages, at least one."""
        return max(1, -(-self.count // self.spec.a_page))

    @property
    def first(self) -> int:
        """Return the number of the first row on this page, counted from 1 over all pages."""
        return (self.page - 1) * self.spec.a_page + 1

    @property
    def last(self) -> int:
        """Return the number of the last row on this page, counted from 1 over all pages."""
        return self.first + len(self.rows) - 1

    @property
    def headings(self) -> list[Heading]:
        """List the headings of the shown columns; the sorted one links to the reverse."""
        key, is_down = self.sort.lstrip("-"), self.sort.startswith("-")
        direction = "descending" if is_down else "ascending"
        return [
            Heading(
                key=one.key,
                title=str(one.title),
                href=self._address(sort=f"-{key}" if one.key == key and not is_down else one.key)
                if one.is_sortable
                else "",
                direction=direction if one.key == key else "",
                is_number=one.is_number,
            )
            for one in self.spec.columns
            if one.is_shown
        ]

    @property
    def shown(self) -> frozenset[str]:
        """Return the keys of the shown columns."""
        return frozenset(one.key for one in self.spec.columns if one.is_shown)

    def narrowed_to(self, **values: str) -> str:
        """Give the address of the first page of this list with filters set."""
        return self._address(**values)

    @property
    def orders(self) -> list[tuple[str, str, bool]]:
        """List the possible sort orders, in both directions: key, title, is_descending."""
        sortable = [one for one in self.spec.columns if one.is_sortable]
        return [
            (f"{sign}{one.key}", str(one.title), bool(sign))
            for one in sortable
            for sign in ("", "-")
        ]

    @property
    def has_tools(self) -> bool:
        """Tell whether the list needs its search and paging: it has two rows or a search."""
        return bool(self.search or self.narrowed) or self.count > 1

    @property
    def before(self) -> str:
        """Return the URL of the previous page, or "" on the first."""
        return self._address(page=self.page - 1) if self.page > 1 else ""

    @property
    def after(self) -> str:
        """Return the URL of the next page, or "" on the last."""
        return self._address(page=self.page + 1) if self.page < self.pages else ""

    @property
    def unsearched(self) -> str:
        """Give the address of the first page of this list without search words and filters."""
        return self._address(q=None, **{one.key: None for one in self.filters})

    @property
    def kept(self) -> list[tuple[str, str]]:
        """List the URL parameters (name, value) that stay when the reader searches."""
        apart = ["page", "sort", "format", *(one.key for one in self.filters)]
        apart += ["q"] if self.spec.is_searched else []
        return [(name, value) for name, value in self.asked.items() if name not in apart]

    @property
    def downloads(self) -> list[tuple[str, str]]:
        """List the download formats (CSV, XLSX, JSON) with their URLs."""
        kept = {name: value for name, value in self.asked.items() if name != "page"}
        return [(name.upper(), query_with(kept, format=name)) for name in TYPES]

    @property
    def most_downloaded(self) -> int | None:
        """Return the row limit of a download if the list has more rows, else None."""
        return self.spec.most_rows if self.count > self.spec.most_rows else None

    def _address(self, **changes: str | int | None) -> str:
        anchor = f"#{self.spec.anchor}" if self.spec.anchor else ""
        return query_with({**self.asked}, **{"page": None, **changes}) + anchor


def list_page(
    request: Any, spec: ListSpec[Row], source: Source[Row], filters: Sequence[ListFilter] = ()
) -> ListPage[Row] | StreamingHttpResponse:
    """Return the page of a list that the URL asks for, or the download if it asks for one.

    Reads `?sort=key` or `-key`, `?q=`, `?page=`, `?format=` of `TYPES`; others are ignored. The
    source narrows its rows by the `filters`, which are shown beside the search.
    """
    return list_download(request, spec, source) or shown_page(request, spec, source, filters)


def shown_page(
    request: Any, spec: ListSpec[Row], source: Source[Row], filters: Sequence[ListFilter] = ()
) -> ListPage[Row]:
    """Return the page of a list that the URL asks for."""
    asked = {name: value for name, value in request.GET.items() if name != "format"}
    sort, search = _asked(request, spec)
    number = asked.get("page", "1")
    page = min(int(number), MOST_PAGES) if number.isdecimal() and len(number) < 9 else 1
    page = max(page, 1)
    rows, count = source(sort, search, (page - 1) * spec.a_page, spec.a_page)
    found = ListPage(spec, rows, count, page, sort, search, asked, filters)
    if found.page > found.pages:  # rows went away since the address was made
        rows, count = source(sort, search, (found.pages - 1) * spec.a_page, spec.a_page)
        found = replace(found, rows=rows, count=count, page=found.pages)
    return found


def list_download(
    request: Any, spec: ListSpec[Row], source: Source[Row]
) -> StreamingHttpResponse | None:
    """Return the whole list as a file if the URL asks for a download, else None."""
    form = request.GET.get("format")
    if form not in TYPES:
        return None
    workspace = getattr(request, "workspace", None)
    slug, zone = getattr(workspace, "slug", ""), getattr(workspace, "zone", "UTC")
    name = "-".join(part for part in (slug, spec.name, f"{request.at:%Y-%m-%d}") if part)
    sort, search = _asked(request, spec)
    most = spec.most_rows
    rows, count = source(sort, search, 0, min(A_CHUNK, most))
    name = f"{name}-first-{most}-of-{count}" if count > most else name
    chunks = _chunks(source, sort, search, rows, min(count, most))
    if form == "xlsx":
        titles = [str(one.title) for one in spec.columns if one.value is not None]
        parts: Iterator[str | bytes] = workbook(titles, _cells(spec, chunks), zone=zone)
    else:
        parts = _csv(spec, chunks) if form == "csv" else _json(spec, count, chunks)
    answer = StreamingHttpResponse(_in_language(parts, get_language()), content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    answer["Cache-Control"] = "no-store"
    return answer


def memory_source(
    rows: Sequence[Row], spec: ListSpec[Row], *, words: Callable[[Row], str] | None = None
) -> Source[Row]:
    """Make a source of rows that are in memory; a search looks in the text `words` returns."""
    values = spec.values

    def text(row: Row) -> str:
        told = words(row) if words else " ".join(str(value(row)) for value in values.values())
        return _folded(told)

    def source(sort: str, search: str, skip: int, most: int) -> tuple[Sequence[Row], int]:
        sought = _folded(search).split()
        found = [row for row in rows if all(word in text(row) for word in sought)]
        key, is_down = sort.lstrip("-"), sort.startswith("-")
        if key in values:
            known = [row for row in found if is_known(values[key](row))]
            unknown = [row for row in found if not is_known(values[key](row))]
            found = sorted(known, key=lambda row: _order(values[key](row)), reverse=is_down)
            found += unknown  # whichever way, what is not known stands last
        return found[skip : skip + most], len(found)

    return source


def _asked(request: Any, spec: ListSpec[Row]) -> tuple[str, str]:
    """Read the sort order and the search words from the URL."""
    sort, search = (request.GET.get(name, "").replace("\x00", "") for name in ("sort", "q"))
    sortable = {column.key for column in spec.columns if column.is_sortable}
    search = " ".join(search.split())[:LONGEST_SEARCH] if spec.is_searched else ""
    return (sort if sort.removeprefix("-") in sortable else spec.usual), search


def _folded(text: str) -> str:
    return normalize("NFKC", text).casefold()


def _order(value: Any) -> Any:
    return _folded(value) if isinstance(value, str) else value


def _in_language(parts: Iterator[Part], language: str | None) -> Iterator[Part]:
    """Yield each part in the request's language, although the request itself is over."""
    while True:
        with override(language):
            part = next(parts, None)
        if part is None:
            return
        yield part


def _chunks(
    source: Source[Row], sort: str, search: str, rows: Sequence[Row], most: int
) -> Iterator[Sequence[Row]]:
    done = 0
    while rows and done < most:
        some = rows[: most - done]
        yield some
        done += len(some)
        rows = source(sort, search, done, A_CHUNK)[0] if done < most else ()


def _cells(spec: ListSpec[Row], chunks: Iterator[Sequence[Row]]) -> Iterator[list[list[Any]]]:
    values = spec.values.values()
    return ([[value(row) for value in values] for row in rows] for rows in chunks)


def _csv(spec: ListSpec[Row], chunks: Iterator[Sequence[Row]]) -> Iterator[str]:
    page = StringIO()
    writer = csv.writer(page)
    page.write(BOM)
    values = spec.values
    writer.writerow([csv_cell(str(one.title)) for one in spec.columns if one.key in values])
    for rows in chunks:
        for row in rows:
            writer.writerow([csv_cell(value(row)) for value in values.values()])
        yield page.getvalue()
        page.seek(0)
        page.truncate()
    yield page.getvalue()  # the headings, where there was no row


def _json(spec: ListSpec[Row], count: int, chunks: Iterator[Sequence[Row]]) -> Iterator[str]:
    head = {"list": spec.name, "count": count, "left_out": max(count - spec.most_rows, 0)}
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": ['
    joint = "\n"
    for rows in chunks:
        told = (
            json.dumps(
                {key: plain_value(value(row)) for key, value in spec.values.items()},
                ensure_ascii=False,
            )
            for row in rows
        )
        yield joint + ",\n".join(told)
        joint = ",\n"
    yield "\n]}\n"

"""Search over all cases, open and closed: by key, by person, and by what was written in them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, Final
from zoneinfo import ZoneInfo

from shinrai.customers.queries import customers_known_as
from shinrai.desk.queries.places import CaseNames, case_names
from shinrai.desk.queries.rows import BoardRow, case_row, titled
from shinrai.desk.queries.titles import OPENINGS, first_line_of, shown_text
from shinrai.desk.rules.open_case import CaseStanding, case_standing
from shinrai.ledger.queries import (
    batches,
    case_heads,
    cases_of_customer,
    cases_with_key,
    has_imports_since,
    newest_changes,
    standing_of,
)
from shinrai.ledger.rules.steps import Step
from shinrai.postgres.binary import fetch_rows
from shinrai.postgres.statements import statement
from shinrai.privacy.operations import read_masked
from shinrai.search.queries import indexed_so_far, texts_with, titles_with
from shinrai.search.rules import ExcerptPart, excerpt, folded, holds
from shinrai.units.text import Text

MOST = 100  # cases of one answer; who finds more is asked for another word
AT_FIRST = 150  # texts that may hold the words; more are asked for if too few of them do
LOOKED_AT = 2_000  # texts that may hold the words, of which those are kept that filters let through
UNINDEXED = 100  # cases that changed since the index was written
CHUNK = 100  # cases whose steps and words are read at once; then twice as many
PLACES: Final[Mapping[str, Text]] = {
    "key": Text("key"),
    "person": Text("customer"),
    "title": Text("title"),
    "message": Text("message"),
    "note": Text("note"),
    "finding": Text("finding"),
    "answer": Text("answer"),
}
_IN_KEYS: Final = re.compile(r"[0-9０-９#/_-]")
_OF_KIND: Final = {"finding": "finding", "answered": "answer", "note": "note"}


@dataclass(frozen=True)
class SearchRequest:
    """What is sought, and which cases of it: `state` is "open" or "closed"; "" is any."""

    workspace_id: int
    words: str
    at: datetime
    record: str = ""
    state: str = ""
    topic: str = ""
    since: datetime | None = None
    until: datetime | None = None
    has_names: bool = True


@dataclass(frozen=True)
class FoundCase:
    """A case that a search found, and why: where the words stand, and around them.

    `rank` orders what is found: the key, the customer, the exact title, the title, other words.
    """

    row: BoardRow
    where: str
    rank: int
    excerpt: tuple[ExcerptPart, ...] = ()

    @property
    def phase(self) -> str:
        """Return what it is now."""
        return self.row.stands.phase

    @property
    def topic(self) -> Text | None:
        """Return the name of its topic."""
        return self.row.topic_name

    @property
    def is_open(self) -> bool:
        """Tell whether it still is to be answered."""
        return self.row.stands.is_open

    @property
    def place(self) -> Text:
        """Return the name of where the words stand."""
        return PLACES[self.where]

    @property
    def quote(self) -> str:
        """Return the excerpt without marks."""
        return "".join(part.words for part in self.excerpt)


@dataclass(frozen=True)
class CaseSearch:
    """The cases found, the best first, and whether there are more than are shown.

    `is_indexed`: what imports brought is searched to the last. `customers` were found by their
    identifier.
    """

    cases: tuple[FoundCase, ...] = ()
    has_more: bool = False
    is_indexed: bool = True
    customers: tuple[int, ...] = ()


def search_cases(request: SearchRequest) -> CaseSearch:
    """Return the cases with a text that holds all words, or with that key or customer.

    Texts are searched as they are shown: masked, and not at all once erased. An index names those
    that may hold the words; of cases that changed since it was written, all texts are looked at.
    """
    words, there = folded(request.words).split(), request.workspace_id
    if not words:
        return CaseSearch()
    customers = _customers(request)
    names = case_names(workspace_id=there, has_names=request.has_names)
    found: dict[int, FoundCase] = {}
    has_more = False
    asked = _asked(request)
    in_titles, _ = titles_with(**asked, until=request.until, most=AT_FIRST)
    written, are_all = texts_with(**asked, until=request.until, most=AT_FIRST)
    for cases in (
        _named(request, customers),
        *(_possible(one, request) for one in (in_titles, written)),
    ):
        has_more |= _take(cases, found, request, words, names)
    # Those beyond, and those written later in a case begun before the last day.
    for until in (request.until, None) if request.until else (None,):
        if len(found) < MOST and not (are_all and until == request.until):
            more, are_all = texts_with(**asked, until=until, most=LOOKED_AT)
            has_more |= _take(_possible(more, request), found, request, words, names) or not are_all
    best = sorted(found.values(), key=lambda one: one.row.started_at, reverse=True)
    best = sorted(best, key=lambda one: one.rank)[:MOST]
    rows = titled([one.row for one in best])
    so_far = indexed_so_far()
    return CaseSearch(
        cases=tuple(
            FoundCase(row, one.where, one.rank, one.excerpt)
            for row, one in zip(rows, best, strict=True)
        ),
        has_more=has_more or len(found) > MOST,
        is_indexed=so_far.is_through(there)
        and not has_imports_since(workspace_id=there, since=so_far.since),
        customers=tuple(customers),
    )


def span_of_days(
    since: date | None, until: date | None, zone: str
) -> tuple[datetime | None, datetime | None]:
    """Return when the first of some days begins in a zone, and when the last, included, is over."""
    after = until + timedelta(days=1) if until else None
    begins, ends = (
        None if day is None else datetime.combine(day, time(), ZoneInfo(zone))
        for day in (since, after)
    )
    return begins, ends


Reasons = dict[int, set[int] | str]  # by case: the texts that may hold the words, or why it is here
ALL: Final[set[int]] = set()  # every text of a case may


def _customers(request: SearchRequest) -> list[int]:
    sought, there = request.words.strip(), request.workspace_id
    source, colon, identifier = sought.partition(":")
    sources = [batch.source for batch in batches(workspace_id=there)]
    found = customers_known_as(workspace_id=there, identifier=sought, sources=sources)
    if colon:
        found += customers_known_as(workspace_id=there, identifier=identifier, sources=[source])
    return [one.id for one in found]


def _named(request: SearchRequest, customers: Iterable[int]) -> Reasons:
    """Return the cases with that key or customer, and those not indexed yet."""
    there = request.workspace_id
    since = indexed_so_far().upto
    found: Reasons = dict.fromkeys(
        newest_changes(workspace_id=there, since=since, most=UNINDEXED), ALL
    )
    for number in customers:
        heads = cases_of_customer(workspace_id=there, number=number)
        found |= dict.fromkeys((head.id for head in heads[-MOST:]), "person")
    if _IN_KEYS.search(request.words):  # all keys are read, so not for words that are none
        by_key = cases_with_key(workspace_id=there, part=request.words, most=MOST + 1)
        found |= dict.fromkeys(by_key, "key")
    return found


def _asked(request: SearchRequest) -> dict[str, Any]:
    """Return what the index is asked: nothing was written in a case before it began."""
    asked = {"workspace_id": request.workspace_id, "search": request.words}
    return asked if request.since is None else {**asked, "since": request.since}


def _possible(texts: Iterable[tuple[int, int]], request: SearchRequest) -> Reasons:
    """Return the texts by case; if open cases alone are asked for, of those that are.

    Few of thousands are open, and to read the steps of all the others takes longest.
    """
    cases: dict[int, set[int]] = defaultdict(set)
    for case_id, words_id in texts:
        cases[case_id].add(words_id)
    if request.state != "open":
        return dict(cases)
    rows = fetch_rows(statement("desk", "open_among"), {"cases": list(cases)})
    still_open = {case_id for (case_id,) in rows}
    return {case_id: why for case_id, why in cases.items() if case_id in still_open}


def _take(
    cases: Reasons,
    found: dict[int, FoundCase],
    request: SearchRequest,
    words: Sequence[str],
    names: CaseNames,
) -> bool:
    """Add the cases that hold the words until there are enough; return whether some are left."""
    left, size = iter([case_id for case_id in cases if case_id not in found]), CHUNK
    while some := list(islice(left, size)):
        if len(found) >= MOST:
            return True
        size *= 2  # where few of many hold the words, each further round costs more than its cases
        found |= {one.row.case_id: one for one in _checked(some, cases, request, words, names)}
    return False


def _checked(
    ids: Sequence[int],
    cases: Reasons,
    request: SearchRequest,
    words: Sequence[str],
    names: CaseNames,
) -> Iterator[FoundCase]:
    """Yield those of some cases that the filters let through and that hold the words."""
    texts: dict[int, str] = {}
    if not request.topic:  # of few cases; else the words decide, and few steps are read for nothing
        known = (why for why in map(cases.__getitem__, ids) if isinstance(why, set))
        texts = {n: shown_text(text) for n, text in read_masked(set().union(*known)).items()}
        asked = {n for n, text in texts.items() if holds(folded(text), words)}
        ids = [n for n in ids if (why := cases[n]) is ALL or isinstance(why, str) or why & asked]
    heads = case_heads(ids)
    heads = {n: head for n, head in heads.items() if request.record in ("", head.record)}
    steps = standing_of(heads, workspace_id=request.workspace_id, until=request.at)
    rows: dict[int, BoardRow] = {}
    for case_id in ids:
        stands = case_id in heads and case_standing(heads[case_id].record, steps.get(case_id, ()))
        if stands and _fits(stands, request, names):
            rows[case_id] = case_row(heads[case_id], stands, names)
    lies = {
        step.words_id: (case_id, step)
        for case_id in rows
        for step in steps[case_id]
        if step.words_id is not None and _is_asked(cases[case_id], step.words_id)
    }
    more = read_masked(lies.keys() - texts.keys())
    texts |= {n: shown_text(text) for n, text in more.items()}
    holding: dict[int, list[FoundCase]] = defaultdict(list)
    for words_id, (case_id, step) in lies.items():
        text = texts.get(words_id)
        if text and (one := _hit(rows[case_id], step, text, words)) is not None:
            holding[case_id].append(one)
    for case_id, row in rows.items():
        why = cases[case_id]
        if isinstance(why, str):
            yield FoundCase(row, why, 0 if why == "key" else 1)
        elif case_id in holding:
            yield min(holding[case_id], key=lambda one: one.rank)


def _is_asked(why: set[int] | str, words_id: int) -> bool:
    return why is ALL or (not isinstance(why, str) and words_id in why)


def _fits(stands: CaseStanding, request: SearchRequest, names: CaseNames) -> bool:
    topic = names.book.counts_as(stands.about.topic) if stands.about.topic else ""
    return (
        request.state in ("", "open" if stands.is_open else "closed")
        and request.topic in ("", topic)
        and (request.since is None or stands.began_at >= request.since)
        and (request.until is None or stands.began_at < request.until)
    )


def _hit(row: BoardRow, step: Step, text: str, words: Sequence[str]) -> FoundCase | None:
    """Return why a text is found; None if it does not hold the words."""
    if not holds(folded(text), words):
        return None
    if step.kind in OPENINGS:
        title = folded(first_line_of(text))
        if holds(title, words):
            is_exact = title.split() == list(words)
            part = excerpt(first_line_of(text), words)
            return FoundCase(row, "title", 2 if is_exact else 3, part)
    return FoundCase(row, _OF_KIND.get(step.kind, "message"), 4, excerpt(text, words))

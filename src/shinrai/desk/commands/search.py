"""The command that finds cases by words, by key, and by a customer's identifier."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import click

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.queries import workspace_named
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardCommand, json_option, workspace_option
from shinrai.cli.language import language, translate
from shinrai.cli.moments import DAY, now
from shinrai.cli.output import print_answer
from shinrai.desk.queries.search import CaseSearch, FoundCase, SearchRequest, search_cases
from shinrai.units.errors import UserError
from shinrai.units.text import translated


@click.command(cls=StandardCommand)
@click.argument("words", nargs=-1, required=True)
@workspace_option
@click.option(
    "--record", type=click.Choice(["inquiry", "investigation"]), help="Of this record alone."
)
@click.option("--state", type=click.Choice(["open", "closed"]), help="In this state alone.")
@click.option("--topic", help="Of this topic alone, by its key.")
@click.option("--since", type=DAY, help="Begun on this day or later.")
@click.option("--until", type=DAY, help="Begun on this day or earlier.")
@json_option
def search(words: tuple[str, ...], workspace: str, as_json: bool, **chosen: str | date) -> None:
    """Find cases whose title, messages, notes, findings or answers hold all the words.

    Words are found inside Japanese sentences, in full and half width, in hiragana as in katakana;
    words in Latin letters from their beginning. A case is also found by its key, and the cases of
    a customer by exactly the identifier that their source uses. What is masked is not found.

    Example: shinrai search 画面 白い --workspace cre --state open --json
    """
    sought, at = " ".join(words), now()
    with refusing(UserError):
        there = workspace_named(workspace)
        zone = ZoneInfo(there.zone)
        request = SearchRequest(
            workspace_id=there.id,
            words=sought,
            at=at,
            record=str(chosen["record"] or ""),
            state=str(chosen["state"] or ""),
            topic=str(chosen["topic"] or ""),
            since=_day(chosen["since"], zone),
            until=_day(chosen["until"], zone, days=1),
        )
        found = search_cases(request)
        seen = [("words in the search", f"workspace:{there.id}")]
        seen += [("cases of a customer", f"person:{number}") for number in found.customers]
        for what, subject in seen:
            record_view(workspace_id=there.id, what=what, subject=subject, at=at, by=by_command())
    print_answer(
        {
            "search": sought,
            "cases": [_row(one) for one in found.cases],
            "has_more": found.has_more,
            "is_indexed": found.is_indexed,
        },
        as_json=as_json,
        words=lambda: _said(found),
    )


def _day(day: str | date | None, zone: ZoneInfo, *, days: int = 0) -> datetime | None:
    if not isinstance(day, date):
        return None
    return datetime.combine(day + timedelta(days=days), time(), zone)


def _row(one: FoundCase) -> dict[str, object]:
    row = one.row
    return {
        "key": row.case_key,
        "record": row.record,
        "phase": one.phase,
        "began_at": row.started_at,
        "topic": row.about.topic,
        "title": row.title,
        "where": one.where,
        "excerpt": [{"words": part.words, "is_found": part.is_found} for part in one.excerpt],
    }


def _said(found: CaseSearch) -> str:
    lines = [
        f"{one.row.case_key:<14} {translated(one.place, language())}  {one.quote or one.row.title}"
        for one in found.cases
    ]
    lines += [] if lines else [translate("Nothing is found.")]
    lines += [translate("There are more; add a word to find fewer.")] if found.has_more else []
    if not found.is_indexed:
        lines.append(translate("The words of imports are still being indexed."))
    return "\n".join(lines)

"""The command that finds cases by words, by key, and by a customer's identifier."""

from datetime import date

import click

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.queries import workspace_named
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardCommand, json_option, workspace_option
from shinrai.cli.language import language, translate
from shinrai.cli.moments import DAY, now
from shinrai.cli.output import print_answer
from shinrai.desk.queries.documents import search_document
from shinrai.desk.queries.search import CaseSearch, SearchRequest, search_cases, span_of_days
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
def search(
    words: tuple[str, ...],
    workspace: str,
    as_json: bool,
    since: date | None,
    until: date | None,
    **chosen: str | None,
) -> None:
    """Find cases whose title, messages, notes, findings or answers hold all the words.

    Words are found inside Japanese sentences, in full and half width, in hiragana as in katakana;
    words in Latin letters from their beginning. A case is also found by its key, and the cases of
    a customer by exactly the identifier that their source uses. What is masked is not found.

    Example: shinrai search 画面 白い --workspace cre --state open --json
    """
    sought, at = " ".join(words), now()
    with refusing(UserError):
        there = workspace_named(workspace)
        begins, ends = span_of_days(since, until, there.zone)
        request = SearchRequest(
            workspace_id=there.id,
            words=sought,
            at=at,
            record=chosen["record"] or "",
            state=chosen["state"] or "",
            topic=chosen["topic"] or "",
            since=begins,
            until=ends,
        )
        found = search_cases(request)
        seen = [("words in the search", f"workspace:{there.id}")]
        seen += [("cases of a customer", f"person:{number}") for number in found.customers]
        for what, subject in seen:
            record_view(workspace_id=there.id, what=what, subject=subject, at=at, by=by_command())
    print_answer(
        search_document(sought, found),
        as_json=as_json,
        words=lambda: _said(found),
    )


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

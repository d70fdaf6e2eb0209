"""The commands of knowledge: write, publish, search, draft, and what may be wrong."""

from pathlib import Path

import click
import yaml

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.queries import WorkspaceRecord, members, workspace_named
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import translate
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer
from shinrai.desk.operations.article_drafts import draft_article
from shinrai.knowledge.operations.articles import change_state, mark_fresh, write_article
from shinrai.knowledge.queries.articles import UnknownArticle, article_named, articles
from shinrai.knowledge.queries.documents import (
    article_document,
    solitary_document,
    suggestion_document,
)
from shinrai.knowledge.queries.searches import searches_in_vain
from shinrai.knowledge.queries.solitary import solitary_rows
from shinrai.knowledge.queries.suggestions import search_articles, suggested_articles
from shinrai.knowledge.rules.article import FIELDS, BadArticle, article_fields
from shinrai.ledger.queries import case_head
from shinrai.units.errors import UserError
from shinrai.units.text import Text, joined

ROW = Text("{key}  {state}  {title}  (used {uses} times)")
STALE = Text("{key}  {title}: {why}")
FOUND = Text("{key}  {title}: {reason}")
NOTHING = Text("nothing is written down yet")
ALL_WELL = Text("no answer is known to be wrong")


@click.group(cls=StandardGroup)
def group() -> None:
    """Answers worth repeating: templates and manuals, and what makes them doubtful."""


@group.command("list")
@workspace_option
@json_option
def list_(workspace: str, as_json: bool) -> None:
    """List templates and manuals.

    Example: shinrai knowledge list --workspace cre --json
    """
    there = _there(workspace)
    rows = [article_document(one) for one in articles(workspace_id=there.id)]
    lines = [ROW.using(**row) for row in rows] or [NOTHING]
    print_answer(rows, as_json=as_json, words=lambda: translate(joined(lines)))


@group.command()
@click.argument("key")
@workspace_option
@json_option
def show(key: str, workspace: str, as_json: bool) -> None:
    """Show an article, its uses, and what makes it doubtful.

    Example: shinrai knowledge show printer-offline --workspace cre --json
    """
    with refusing(UserError):
        found = article_named(workspace_id=_there(workspace).id, key=key)
    print_answer(article_document(found), as_json=as_json, words=lambda: found.fields.body)


@group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@workspace_option
@click.option("--key", default="", help="Its key; without it, the name of the file.")
@click.option("--publish", is_flag=True, help="Also publish it.")
@json_option
def write(file: Path, workspace: str, key: str, publish: bool, as_json: bool) -> None:
    """Write an article from a Markdown file, or its next version.

    Fields stand before the text between two lines of ---: title, kind (template or manual),
    language, topic, owner, review_on, release, valid_until.

    Example: shinrai knowledge write printer-offline.md --workspace cre --publish
    """
    with refusing(UserError):
        there = _there(workspace)
        typed = _read(file)
        key = key or file.stem
        known = {one.key for one in articles(workspace_id=there.id)}
        made = write_article(
            workspace_id=there.id,
            key=key,
            fields=article_fields(typed),
            is_new=key not in known,
            at=now(),
            by=by_command(),
        )
        if publish:
            change_state(
                workspace_id=there.id, key=made.key, state="published", at=now(), by=by_command()
            )
        found = article_named(workspace_id=there.id, key=made.key)
    row = article_document(found)
    print_answer(row, as_json=as_json, words=lambda: translate(ROW.using(**row)))


@group.command()
@click.argument("key")
@workspace_option
@click.option("--retire", is_flag=True, help="Suggest it no more.")
@click.option("--still-true", "checked", default="", help="What it was checked against.")
@json_option
def publish(key: str, workspace: str, retire: bool, checked: str, as_json: bool) -> None:
    """Publish an article, retire it, or say that a doubtful one is still true.

    Example: shinrai knowledge publish printer-offline --workspace cre
    """
    with refusing(UserError):
        there = _there(workspace)
        if checked:
            mark_fresh(
                workspace_id=there.id, key=key, checked_against=checked, at=now(), by=by_command()
            )
        else:
            state = "retired" if retire else "published"
            change_state(workspace_id=there.id, key=key, state=state, at=now(), by=by_command())
        row = article_document(article_named(workspace_id=there.id, key=key))
    print_answer(row, as_json=as_json, words=lambda: translate(ROW.using(**row)))


@group.command()
@click.argument("key")
@workspace_option
@json_option
def draft(key: str, workspace: str, as_json: bool) -> None:
    """Draft a manual from an answered investigation.

    Example: shinrai knowledge draft CRE-2026-0117 --workspace cre
    """
    with refusing(UserError):
        there = _there(workspace)
        head = case_head(workspace_id=there.id, record="investigation", source_key=key)
        if head is None:
            raise UnknownArticle(Text("there is no investigation {key!r} here", key=key[:80]))
        made = draft_article(case_id=head.id, at=now(), by=by_command(), owner="")
        row = article_document(article_named(workspace_id=there.id, key=made.key))
    print_answer(row, as_json=as_json, words=lambda: translate(ROW.using(**row)))


@group.command()
@workspace_option
@json_option
def stale(workspace: str, as_json: bool) -> None:
    """List the published articles that may be wrong by now, and why.

    Exits with 3 if there are any.

    Example: shinrai knowledge stale --workspace cre --json
    """
    found = [
        one
        for one in articles(workspace_id=_there(workspace).id)
        if one.staleness and one.article.is_published
    ]
    lines = [
        STALE.using(key=one.key, title=one.article.title, why=list(one.staleness.reasons))
        for one in found
    ]
    print_answer(
        [article_document(one) for one in found],
        as_json=as_json,
        words=lambda: translate(joined(lines or [ALL_WELL])),
    )
    if found:
        raise SystemExit(3)


@group.command()
@click.argument("text")
@workspace_option
@click.option("--topic", default="", help="For a reply on this topic; only templates.")
@json_option
def search(text: str, workspace: str, topic: str, as_json: bool) -> None:
    """Search published articles by what a customer says, best first.

    Example: shinrai knowledge search 印刷できない --workspace cre --json
    """
    there = _there(workspace)
    on = now().astimezone(zone_named(there.zone)).date()
    if topic:
        found = suggested_articles(workspace_id=there.id, text=text, topic=topic, on=on)
    else:
        found = search_articles(workspace_id=there.id, text=text, on=on)
    lines = [
        FOUND.using(key=one.record.key, title=one.record.article.title, reason=one.reason)
        for one in found
    ] or [Text("Nothing written down is like that.")]
    rows = [suggestion_document(one) for one in found]
    print_answer(rows, as_json=as_json, words=lambda: translate(joined(lines)))


@group.command("in-vain")
@workspace_option
@json_option
def in_vain(workspace: str, as_json: bool) -> None:
    """List what was searched for in vain, the most frequent first.

    Example: shinrai knowledge in-vain --workspace cre --json
    """
    rows = [
        {"searched": one.searched, "times": one.times, "last_at": one.last_at.isoformat()}
        for one in searches_in_vain(workspace_id=_there(workspace).id)
    ]
    print_answer(rows, as_json=as_json)


@group.command("one-person")
@workspace_option
@json_option
def one_person(workspace: str, as_json: bool) -> None:
    """List the topics that one person alone answers, as the worker counted them last.

    Example: shinrai knowledge one-person --workspace cre --json
    """
    there = _there(workspace)
    names = {one.key: one.display_name for one in members(workspace_id=there.id)}
    rows = [solitary_document(one) for one in solitary_rows(workspace_id=there.id, names=names)]
    print_answer(rows, as_json=as_json)


def _there(workspace: str) -> WorkspaceRecord:
    with refusing(UserError):
        return workspace_named(workspace)


def _read(file: Path) -> dict[str, str]:
    """Raises: BadArticle for a file that is no article."""
    try:
        text = file.read_text("utf-8-sig")
        before, head, body = text.split("---\n", 2) if text.startswith("---\n") else ("", "", text)
        given = yaml.safe_load(head) or {}
    except (UnicodeDecodeError, ValueError, yaml.YAMLError) as error:
        raise BadArticle("body", Text("{file} is no Markdown in UTF-8", file=file.name)) from error
    if not isinstance(given, dict) or before:
        raise BadArticle("body", Text("{file} is no Markdown in UTF-8", file=file.name))
    unknown = [str(name) for name in given if name not in FIELDS]
    if unknown:
        raise BadArticle(
            unknown[0],
            Text("{name} is no field; there are {known}", name=unknown[0], known=", ".join(FIELDS)),
        )
    usual = {"kind": "template", "language": "ja", "title": file.stem}
    return usual | {name: str(value) for name, value in given.items()} | {"body": body}

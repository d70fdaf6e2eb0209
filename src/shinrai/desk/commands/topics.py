"""The commands of topics: the codebook, labels, and how far labellers agree."""

from datetime import date, datetime
from typing import Any

import click
from django.conf import settings

from shinrai.accounts.commands.authors import by_command, by_member
from shinrai.accounts.queries import workspace_named
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardGroup, json_option, workspace_option
from shinrai.cli.language import translate
from shinrai.cli.moments import DAY, MOMENT, now
from shinrai.cli.output import print_answer
from shinrai.desk.commands.topic_documents import (
    agreement_document,
    agreement_words,
    codebook_document,
    codebook_words,
)
from shinrai.desk.commands.topic_model import rules, suggest, train
from shinrai.desk.operations.labels import label_inquiry
from shinrai.inquiries.queries import inquiry
from shinrai.quality.queries.topics import topic_report
from shinrai.topics.commands.evaluate import evaluate
from shinrai.topics.operations import codebook as deeds
from shinrai.topics.queries import codebook
from shinrai.units.errors import UserError
from shinrai.warehouse.refresh import refresh
from shinrai.warehouse.store import Warehouse


@click.group(cls=StandardGroup)
def group() -> None:
    """What inquiries are about: the codebook, labels, and how far labellers agree."""


for command in (evaluate, rules, suggest, train):
    group.add_command(command)


@group.command()
@click.argument("key")
@workspace_option
@click.option("--en", default="", metavar="NAME", help="Its name in English.")
@click.option("--ja", default="", metavar="NAME", help="Its name in Japanese.")
@click.option("--definition", default="", metavar="TEXT", help="What belongs to it, what does not.")
@click.option("--parent", default="", metavar="KEY", help="The topic it lies beneath.")
@click.option("--gate", default="", metavar="ALPHA", help="Above it a machine might label: 0.8.")
@json_option
def add(
    key: str,
    workspace: str,
    en: str,
    ja: str,
    definition: str,
    parent: str,
    gate: str,
    as_json: bool,
) -> None:
    """Define a topic, or define it anew; labels made before stay as they were made.

    Example: shinrai topics add login --workspace cre --en "Sign-in" --ja ログイン
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        version = deeds.define_topic(
            workspace_id=there.id,
            key=key,
            name_en=en,
            name_ja=ja,
            definition=definition,
            parent=parent,
            gate=gate,
            at=now(),
            by=by_command(),
        )
    _print_version(version, key, as_json=as_json)


@group.command("list")
@workspace_option
@click.option("--at", type=MOMENT, help="The codebook as of this moment; without it, now.")
@json_option
def list_(workspace: str, at: datetime | None, as_json: bool) -> None:
    """List the topics of a workspace, with their definitions.

    Example: shinrai topics list --workspace cre
    """
    with refusing(UserError):
        book = codebook(workspace_id=workspace_named(workspace).id, until=at)
    print_answer(
        codebook_document(workspace, book),
        as_json=as_json,
        words=lambda: translate(codebook_words(book)),
    )


@group.command()
@click.argument("label")
@click.option("--into", required=True, metavar="KEY", help="The topic it counts as from now on.")
@workspace_option
@json_option
def merge(label: str, into: str, workspace: str, as_json: bool) -> None:
    """Have a topic, or a label as a source brought it, count as a topic from now on.

    Example: shinrai topics merge ログイン不可 --into login --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        version = deeds.merge_label(
            workspace_id=there.id, label=label, into=into, at=now(), by=by_command()
        )
    _print_version(version, label, as_json=as_json)


@group.command()
@click.argument("key")
@workspace_option
@json_option
def end(key: str, workspace: str, as_json: bool) -> None:
    """Let nobody label with a topic any more; what was labelled keeps counting as it.

    Example: shinrai topics end login --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        version = deeds.end_topic(workspace_id=there.id, key=key, at=now(), by=by_command())
    _print_version(version, key, as_json=as_json)


@group.command()
@click.argument("inquiry_key", metavar="INQUIRY")
@click.argument("topic")
@workspace_option
@click.option("--by", "email", metavar="EMAIL", help="The member who says so.")
@click.option("--blind", is_flag=True, help="A second label, made without seeing the first.")
@json_option
def label(
    inquiry_key: str, topic: str, workspace: str, email: str | None, blind: bool, as_json: bool
) -> None:
    """Say what an inquiry is about.

    Only a label by a member (--by) counts in the agreement of labellers.

    Example: shinrai topics label Q-17 login --workspace cre --by suzuki@example.jp
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        sequence = label_inquiry(
            case_id=inquiry(workspace_id=there.id, source_key=inquiry_key).head.id,
            topic=topic,
            at=now(),
            by=by_member(there, email) if email else by_command(),
            role="agent",
            is_blind=blind,
        )
    print_answer(
        {"inquiry": inquiry_key, "topic": topic, "step": sequence, "blind": blind},
        as_json=as_json,
        words=translate("{inquiry_key} is labelled {topic}", inquiry_key=inquiry_key, topic=topic),
    )


@group.command()
@click.argument("per_mille", type=click.IntRange(0, 1000))
@workspace_option
@json_option
def second(per_mille: int, workspace: str, as_json: bool) -> None:
    """Have so many of a thousand labelled inquiries labelled a second time, blindly.

    Which ones is drawn by a seed that is stored now and never changed.

    Example: shinrai topics second 30 --workspace cre
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        deeds.draw_second_labels(
            workspace_id=there.id, per_mille=per_mille, at=now(), by=by_command()
        )
    print_answer(
        {"workspace": workspace, "per_mille": per_mille},
        as_json=as_json,
        words=translate(
            "{per_mille} of a thousand labelled inquiries are labelled a second time",
            per_mille=per_mille,
        ),
    )


@group.command()
@workspace_option
@click.option("--from", "since", type=DAY, help="Received on this date or later.")
@click.option("--to", "until", type=DAY, help="Received on this date or earlier.")
@json_option
def agreement(workspace: str, since: date | None, until: date | None, as_json: bool) -> None:
    """Say how far people who label the same inquiry agree, and what they confuse.

    Krippendorff's alpha of the first label and the blind ones, mode by mode and topic by topic.

    Example: shinrai topics agreement --workspace cre --from 2026-04-01
    """
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    with refusing(UserError):
        there = workspace_named(workspace)
        refresh(warehouse, at=now())
        found = topic_report(workspace=there, since=since, until=until)
        book = codebook(workspace_id=there.id)
    print_answer(
        agreement_document(workspace, found, book),
        as_json=as_json,
        words=lambda: translate(agreement_words(found, book)),
    )


def _print_version(version: int, key: str, *, as_json: bool) -> None:
    document: dict[str, Any] = {"key": key, "codebook": version}
    words = translate("{key}: the codebook is now version {version}", key=key, version=version)
    print_answer(document, as_json=as_json, words=words)

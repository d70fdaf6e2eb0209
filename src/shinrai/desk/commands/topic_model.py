"""The commands of suggestions: train a model, suggest topics, and rules on words."""

from typing import Any

import click

from shinrai.accounts.commands.authors import by_command
from shinrai.accounts.queries import workspace_named
from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardCommand, StandardGroup, json_option, workspace_option
from shinrai.cli.language import translate
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer
from shinrai.desk.operations.topic_training import suggest_topics, train_topics
from shinrai.desk.operations.word_rules import write_word_rule
from shinrai.topics.queries import switches, word_rules
from shinrai.topics.rules.switches import SwitchState
from shinrai.topics.rules.word_rules import WordRule
from shinrai.units.errors import UserError


@click.command(cls=StandardCommand)
@workspace_option
@json_option
def train(workspace: str, as_json: bool) -> None:
    """Train the model of a workspace on what people labelled, and say what each topic still needs.

    The worker does it every night. Nothing is suggested before a topic is switched on.

    Example: shinrai topics train --workspace cre --json
    """
    with refusing(UserError):
        there = workspace_named(workspace)
        report = train_topics(workspace=there, at=now(), by=by_command())
        found = switches(workspace_id=there.id, at=now())
    document = {
        "workspace": workspace,
        "examples": report.examples,
        "foreign": report.foreign,
        "floods": report.floods,
        "few_examples": list(report.few),
        "topics": [switch_document(state) for state in found],
    }
    print_answer(
        document,
        as_json=as_json,
        words=lambda: translate(
            "trained on {examples:,} labelled inquiries; {open:,} of {of:,} topics may open",
            examples=report.examples,
            open=sum(state.may_open for state in found),
            of=len(found),
        ),
    )


def switch_document(state: SwitchState) -> dict[str, Any]:
    """Return a switch for programs: what it needs, what it costs, and how it is turned."""
    return {
        "topic": state.topic,
        "is_on": state.is_on,
        "why": state.why,
        "agreement": state.agreement,
        "held_back": {
            "of": state.held.answered,
            "count": state.held.right,
            "low": state.held.low,
        },
        "missing": state.missing,
        "may_open": state.may_open,
        "overrides_a_week": state.overrides_a_week,
        "overrides": {"of": state.shown, "count": state.overridden},
    }


@click.command(cls=StandardCommand)
@workspace_option
@json_option
def suggest(workspace: str, as_json: bool) -> None:
    """Suggest topics for the open inquiries that have none, where switches are on.

    The worker does it every five minutes. A suggestion is no label: a person accepts it, or not.

    Example: shinrai topics suggest --workspace cre --json
    """
    with refusing(UserError):
        count = suggest_topics(workspace=workspace_named(workspace), at=now())
    print_answer(
        {"workspace": workspace, "suggested": count},
        as_json=as_json,
        words=translate("{count:,} inquiries have a suggested topic now", count=count),
    )


@click.group(cls=StandardGroup)
def rules() -> None:
    """Rules on words that suggest a topic."""


@rules.command("list")
@workspace_option
@json_option
def list_(workspace: str, as_json: bool) -> None:
    """List the rules on words.

    Example: shinrai topics rules list --workspace cre
    """
    with refusing(UserError):
        found = word_rules(workspace_id=workspace_named(workspace).id)
    print_answer([vars(rule) for rule in found], as_json=as_json)


@rules.command("set")
@click.argument("topic")
@click.option("--any", "any_", multiple=True, metavar="WORD", help="One of these must be there.")
@click.option("--all", "all_", multiple=True, metavar="WORD", help="All of these must be there.")
@click.option("--none", "none_", multiple=True, metavar="WORD", help="None of these may be there.")
@click.option("--try", "is_trial", is_flag=True, help="Only try it on earlier inquiries.")
@workspace_option
@json_option
def set_(
    topic: str,
    any_: tuple[str, ...],
    all_: tuple[str, ...],
    none_: tuple[str, ...],
    is_trial: bool,
    workspace: str,
    as_json: bool,
) -> None:
    """Write the rule of a topic, tried on earlier inquiries first; without words, end it.

    Example: shinrai topics rules set login --any ログイン --any password --workspace cre
    """
    rule = WordRule(topic, any_, all_, none_)
    with refusing(UserError):
        trial, _ = write_word_rule(
            workspace_id=workspace_named(workspace).id,
            rule=rule,
            is_trial=is_trial,
            at=now(),
            by=by_command(),
        )
    document = vars(rule) | {
        "of": trial.of,
        "hits": trial.hits,
        "labelled": trial.labelled,
        "right": trial.right,
        "is_wide": trial.is_wide,
        "kept": not is_trial,
    }
    print_answer(document, as_json=as_json)

"""The page of suggestions: the switch of each topic with its bill, and rules on words."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.operations.audit import record_action, record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.console.reader import reader_text
from shinrai.desk.operations.word_rules import write_word_rule
from shinrai.ledger.queries import case_heads
from shinrai.topics.operations.suggesters import turn_switch
from shinrai.topics.queries import codebook, last_training, switches, word_rules
from shinrai.topics.rules.codebook import UnknownTopic
from shinrai.topics.rules.switches import SwitchRefused
from shinrai.topics.rules.word_rules import BadRule, WordRule

LONGEST = 2_000  # characters of a list of words


@require_safe
@members_only
def suggesters(request: MemberRequest) -> HttpResponse:
    """Show what suggests topics, and what each topic still needs."""
    return _page(request)


@require_POST
@writers_only(Permission.SORT)
def topic_switches(request: MemberRequest) -> HttpResponse:
    """Switch the suggestions of a topic on or off."""
    there, key = request.workspace, request.POST.get("topic", "")
    state = next(
        (s for s in switches(workspace_id=there.id, at=request.at) if s.topic == key), None
    )
    try:
        if state is None:
            codebook(workspace_id=there.id).topic(key)  # says that it is not in use
            return redirect("suggesters", there.slug)
        turn_switch(workspace_id=there.id, state=state, at=request.at, by=author_of(request))
    except (UnknownTopic, SwitchRefused) as error:
        messages.error(request, reader_text(error.text))
    else:
        record_action(
            workspace_id=there.id,
            what="topic suggestions switched",
            subject=f"topic:{key}",
            at=request.at,
            by=author_of(request),
        )
        messages.success(request, gettext("Saved."))
    return redirect("suggesters", there.slug)


@require_POST
@writers_only(Permission.SORT)
def topic_word_rules(request: MemberRequest) -> HttpResponse:
    """Try a rule on words on earlier inquiries, and keep it unless it was only tried."""
    typed = {
        name: request.POST.get(name, "").replace("\0", "").strip()[:LONGEST]
        for name in ("topic", "any", "all", "none")
    }
    rule = WordRule(typed["topic"], *(_words(typed[name]) for name in ("any", "all", "none")))
    try:
        trial, shown = write_word_rule(
            workspace_id=request.workspace.id,
            rule=rule,
            is_trial=request.POST.get("deed") == "try",
            at=request.at,
            by=author_of(request),
        )
    except (UnknownTopic, BadRule) as error:
        messages.error(request, reader_text(error.text))
        return _page(request, typed=typed, status=422)
    if request.POST.get("deed") == "try":
        ids = [case_id for case_id, _ in shown]
        record_view(
            workspace_id=request.workspace.id,
            what="words of a case",
            subject=f"topic:{rule.topic}",
            at=request.at,
            by=author_of(request),
            shown=ids,
        )
        heads = case_heads(ids)
        hits = [(heads[case_id].source_key, line) for case_id, line in shown]
        return _page(request, typed=typed, trial=trial, hits=hits)
    record_action(
        workspace_id=request.workspace.id,
        what="topic word rule kept",
        subject=f"topic:{rule.topic}",
        at=request.at,
        by=author_of(request),
    )
    messages.success(request, gettext("Saved."))
    if trial.is_wide:
        said = gettext("It holds for %(hits)s of %(of)s earlier inquiries: look at it again.")
        messages.warning(request, said % {"hits": trial.hits, "of": trial.of})
    return redirect("suggesters", request.workspace.slug)


def _words(line: str) -> tuple[str, ...]:
    """Return the words of a line, which commas (also Japanese ones) part."""
    parts = line.replace("、", ",").replace("，", ",").replace("\n", ",").split(",")
    return tuple(dict.fromkeys(word.strip() for word in parts if word.strip()))


def _page(request: MemberRequest, *, status: int = 200, **context: object) -> HttpResponse:
    there = request.workspace.id
    context |= {
        "book": codebook(workspace_id=there),
        "trained": last_training(workspace_id=there),
        "switches": switches(workspace_id=there, at=request.at),
        "rules": word_rules(workspace_id=there),
        "may_sort": may(request.member, Permission.SORT),
    }
    return render(request, "desk/suggesters.html", context, status=status)

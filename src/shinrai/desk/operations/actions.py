"""Act on a case: the one way by which pages, commands and the API append steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.queries import MemberRecord, workspace_numbered
from shinrai.desk.operations.files import attach_files
from shinrai.desk.operations.steps import append_step, follow_steps
from shinrai.desk.queries.actions import case_actions
from shinrai.desk.queries.article_suggestions import FIELD_OF, NONE, chosen_article
from shinrai.desk.rules.action_steps import LONGEST_LINE, ActionStep, BadFields, action_steps
from shinrai.desk.rules.actions import CaseAction, allowed_action, step_role
from shinrai.desk.rules.files import NewFile
from shinrai.inquiries.operations import merge_inquiry, split_inquiry
from shinrai.knowledge.operations.uses import ArticleChoice, record_use
from shinrai.knowledge.rules.article import unfilled
from shinrai.ledger.queries import CaseHead, case_head, case_heads, newest_step, steps_of
from shinrai.ledger.rules.steps import standing
from shinrai.postgres.failpoints import passed
from shinrai.postgres.locks import lock_in_transaction
from shinrai.units.errors import UserError
from shinrai.units.text import Text


class CaseChanged(UserError, ValueError):
    """Somebody else, or an import, wrote a step since the person looked at the case."""


@dataclass(frozen=True)
class ActionRequest:
    """An action a member wants to take on a case.

    `given` holds what was typed, by field; `seen` is the newest step the member saw (None: they
    do not say), and the action is refused if there is a newer one. `files` hang on its first step.
    `happened_at` is when it was taken, where it is reported later than that.
    """

    case_id: int
    action: str
    given: Mapping[str, str]
    by: MemberRecord
    at: datetime
    seen: int | None = None
    files: Sequence[NewFile] = ()
    happened_at: datetime | None = None


@dataclass(frozen=True)
class ActionResult:
    """What an action did: its words, and the numbers of the steps it appended."""

    done: Text
    sequences: tuple[int, ...]


def act(request: ActionRequest) -> ActionResult:
    """Take an action: append its steps and refresh the case's clocks, in one transaction.

    Raises: ActionRefused, CaseChanged, BadFields, StepRefused, BadFile, NoKey.
    """
    given = {name: value.replace("\0", "") for name, value in request.given.items()}
    request = replace(request, given=given)  # PostgreSQL stores no NUL
    with transaction.atomic():
        head = case_heads([request.case_id])[request.case_id]
        other = _other_inquiry(head, request)
        for case_id in sorted({head.id} | ({other.id} if other else set())):
            lock_in_transaction(f"case:{case_id}")
        if request.seen is not None and newest_step(head.id) > request.seen:
            raise CaseChanged(
                Text(
                    "{key} has changed since you opened it; look at what is new below, then send "
                    "again what you typed",
                    key=head.source_key,
                )
            )
        steps = steps_of([head.id], workspace_id=head.workspace_id).get(head.id, [])
        stands = standing(steps)
        found = case_actions(head, stands, request.by, at=request.at)
        action = allowed_action(request.action, found.standing, request.by.roles)
        if request.files and "files?" not in action.fields:
            raise BadFields({"files": Text("files cannot be attached to this action")})
        context = replace(found.context, has_files=bool(request.files))
        wanted = action_steps(action, request.given, context)
        # Clocks of machines are set back at times; what follows must not come before.
        last = max((step.at for step in stands if step.batch_id is None), default=request.at)
        if request.happened_at is not None:
            _refuse_moment(action, request.happened_at, last, request.at)
        _refuse_unfilled(request)
        sequences = _append(head, action, wanted, request, max(request.at, last))
        _note_article(head, request)
        record_action(
            workspace_id=head.workspace_id,
            what="case action",
            subject=f"{head.record}:{head.id}",
            at=request.at,
            by=request.by.key,
            reason=action.key,
        )
        passed("act.all_followed")
    passed("act.committed")
    return ActionResult(action.done, sequences)


def _refuse_unfilled(request: ActionRequest) -> None:
    """Raise BadFields where a text from an article has a variable that nobody filled."""
    name = FIELD_OF.get(request.action, "")
    if request.given.get("article") and (missing := unfilled(request.given.get(name, ""))):
        said = Text("replace {name} in the text first", name=f"{{{missing[0]}}}")
        raise BadFields({name: said})


def _note_article(head: CaseHead, request: ActionRequest) -> None:
    """Record what was made of the articles that were suggested."""
    key, name = request.given.get("article", ""), FIELD_OF.get(request.action, "")
    if not key or not name:
        return
    offered = [int(one) for one in request.given.get("offered", "").split(",") if one.isdecimal()]
    there = workspace_numbered(head.workspace_id)
    found = None if key == NONE else chosen_article(there, head, key, at=request.at)
    if key != NONE and found is None:
        return
    record_use(
        head=head,
        choice=ArticleChoice(offered, found.article_id if found else None),
        sent=request.given.get(name, ""),
        filled=found.filled.text if found else "",
        at=request.at,
        by=request.by.key,
    )


def _append(
    head: CaseHead,
    action: CaseAction,
    wanted: Sequence[ActionStep],
    request: ActionRequest,
    at: datetime,
) -> tuple[int, ...]:
    """Append the steps of an action, in the case and in others it concerns."""
    role = step_role(request.by.roles)
    other = _other_inquiry(head, request)
    if action.key == "merge" and other is not None:
        merge_inquiry(case_id=head.id, into=other.id, at=at, by=request.by.key, role=role)
        follow_steps(head, wanted, by=request.by.key, at=at)
        follow_steps(other, (), by=request.by.key, at=at)
        return ()
    if action.key == "split":
        [step] = wanted
        split = split_inquiry(
            case_id=head.id, words=step.words or "", at=at, by=request.by.key, role=role
        )
        follow_steps(head, wanted, by=request.by.key, at=at)
        received = (ActionStep("received"),)
        follow_steps(case_heads([split])[split], received, by=request.by.key, at=at)
        return ()
    happened_at, by = request.happened_at or at, request.by.key
    sequences = tuple(
        append_step(head, step, by=by, role=role, at=happened_at, recorded_at=at) for step in wanted
    )
    attach_files(
        case_id=head.id, sequence=sequences[0], files=request.files, at=at, by=request.by.key
    )
    passed("act.steps_appended")
    follow_steps(head, wanted, by=request.by.key, at=at)
    return sequences


def _refuse_moment(action: CaseAction, at: datetime, last: datetime, now: datetime) -> None:
    """Raise BadFields unless an action may have been taken at this moment, reported now."""
    said = None
    if action.key in ("merge", "split"):  # both are dated by the inquiries they concern
        said = Text("this action cannot be reported late")
    elif at > now:
        said = Text("this moment is still to come")
    elif at < last:
        said = Text(
            "the case has a step of {last}; report what came after it", last=last.isoformat()
        )
    if said is not None:
        raise BadFields({"at": said})


def _other_inquiry(head: CaseHead, request: ActionRequest) -> CaseHead | None:
    """Return the other inquiry that an action names, if it does.

    Raises: BadFields if it names one that is not there.
    """
    key = request.given.get("into", "").strip()
    is_duplicate = request.given.get("cancelled_for") == "duplicate"
    if not key or len(key) > LONGEST_LINE:  # said of its field when the form is read
        return None
    if not (request.action == "merge" or (request.action == "cancel" and is_duplicate)):
        return None
    found = case_head(workspace_id=head.workspace_id, record=head.record, source_key=key)
    if found is None:
        raise BadFields({"into": Text("there is no inquiry {key!r} here", key=key)})
    if found.id == head.id:
        raise BadFields({"into": Text("this is the inquiry itself; name the other one")})
    if request.action == "merge" and found.source != head.source:
        raise BadFields(
            {
                "into": Text(
                    "{key} is worked in {source}; merge it there", key=key, source=found.source
                )
            }
        )
    return found

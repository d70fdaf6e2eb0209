"""Forms of actions: which fields one has, with what was typed and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shinrai.accounts.queries import MemberRecord, members
from shinrai.console.reader import reader_text
from shinrai.desk.queries.actions import CaseActions
from shinrai.desk.rules.action_steps import CANCELLED_FOR, THEN
from shinrai.desk.rules.actions import CaseAction, tiers_for
from shinrai.desk.rules.case_facts import FACT, KNOWN, AskedFact
from shinrai.desk.templatetags.names import (
    CLOCK_WORDS,
    VERDICT_WORDS,
    WAITING_WORDS,
    holder_words,
)
from shinrai.investigations.rules.kinds import VERDICTS
from shinrai.units.text import Text

LABELS: Final[dict[str, Promise]] = {
    "verdict": _("Verdict"),
    "technical": _("The finding, for engineers"),
    "links": _("Evidence: links, one a line"),
    "plain": _("The answer in plain words"),
    "person": _("To whom"),
    "tier": _("Line of support"),
    "on": _("Waiting for"),
    "clock": _("Clock"),
    "missing": _("Which facts are missing"),
    "message": _("Message"),
    "then": _("After that the inquiry"),
    "into": _("Key of the other inquiry"),
    "cancelled_for": _("Why"),
    "files": _("Files"),
}
# The label of `words` says what an action wants to know.
WORDS_LABELS: Final[dict[str, Promise]] = {
    "consult": _("Your question"),
    "escalate": _("What they should do"),
    "return": _("What they should do"),
    "send_back": _("What the filer should know"),
    "resubmit": _("Anything else"),
    "note": _("Note"),
    "record_deed": _("What was done"),
    "contradict": _("What was wrong with the answer"),
    "exempt": _("Why it is handled beyond the target"),
}
HELP: Final[dict[str, Promise]] = {
    "plain": _("CS can send it on as it stands: what it is, what to do now, no jargon."),
    "links": _("Logs, commits, dashboards. Each begins with https://"),
    "files": _("Images, PDF and logs; at most 5, each at most 5 MB."),
}
THEN_WORDS: Final[dict[str, Promise]] = {
    "open": _("stays open"),
    "waiting": _("waits for the customer"),
    "solved": _("is solved"),
}
CANCELLED_WORDS: Final[dict[str, Promise]] = {
    "spam": _("spam"),
    "duplicate": _("it repeats another inquiry"),
    "mistake": _("opened by mistake"),
}
LONG: Final = ("technical", "links", "plain", "words", "message")


@dataclass(frozen=True)
class FormField:
    """A field as the template draws it; `choices` are (value, name) pairs."""

    name: str
    sort: str  # long, line, choice, checks, files
    label: str
    value: str = ""
    choices: Sequence[tuple[str, str]] = ()
    help: str = ""
    error: str = ""
    is_required: bool = True
    chosen: Sequence[str] = ()


@dataclass(frozen=True)
class ActionForm:
    """The form of an action; one without fields is a button."""

    action: CaseAction
    title: str
    fields: tuple[FormField, ...]
    is_chosen: bool = False


@dataclass(frozen=True)
class FilledForm:
    """What was typed into the form of an action that was refused, and what is wrong with it."""

    key: str
    given: Mapping[str, str]
    errors: Mapping[str, Text] = field(default_factory=dict)


def action_forms(
    found: CaseActions, member: MemberRecord, *, chosen: str, filled: FilledForm | None = None
) -> list[ActionForm]:
    """Return the forms of all actions that are possible; the chosen one, or the first, is open."""
    keys = [one.key for one in found.possible if one.fields]
    shown = chosen if chosen in keys else next(iter(keys), "")
    names = {
        one.key: one.display_name
        for one in members(workspace_id=member.workspace_id)
        if one.key in found.context.persons
    }
    forms = []
    for action in found.possible:
        typed = filled if filled is not None and filled.key == action.key else None
        fields = _fields(action, found, names, typed) if action.key == shown or typed else ()
        forms.append(
            ActionForm(action, reader_text(action.title), tuple(fields), action.key == shown)
        )
    return forms


def typed_fields(posted: QueryDict) -> dict[str, str]:
    """Return what was typed, by field; several values of one field are joined by lines."""
    given = {name: "\n".join(map(str, posted.getlist(name))) for name in posted}
    given["missing"] = "\n".join(filter(None, (given.get("missing"), given.get("missing_other"))))
    return given


def _fields(
    action: CaseAction,
    found: CaseActions,
    names: Mapping[str, str],
    typed: FilledForm | None,
) -> list[FormField]:
    given: Mapping[str, str] = typed.given if typed else {}
    errors = typed.errors if typed else {}
    context = found.context
    choices: dict[str, Sequence[tuple[str, str]]] = {
        "verdict": [(one, str(VERDICT_WORDS[one])) for one in VERDICTS],
        "person": [(key, names.get(key, key)) for key in context.persons],
        "tier": [
            (str(one), holder_words(f"tier:{one}")) for one in tiers_for(action, context.held)
        ],
        "on": [(key, str(word)) for key, word in WAITING_WORDS.items()],
        "clock": [(one, str(CLOCK_WORDS.get(one, one))) for one in context.clocks],
        "then": [(one, str(THEN_WORDS[one])) for one in THEN],
        "cancelled_for": [(one, str(CANCELLED_WORDS[one])) for one in CANCELLED_FOR],
    }
    fields = []
    for asked in action.fields:
        name = asked.removesuffix("?")
        error = reader_text(errors[name]) if name in errors else ""
        is_required = not asked.endswith("?")
        if action.key == "answer" and context.has_finding and name in ("verdict", "technical"):
            is_required = False
        label = str(LABELS.get(name, "") or WORDS_LABELS.get(action.key, _("Why")))
        if name == "missing":
            kept = given.get(name, "").splitlines()
            known = [(fact.key, reader_text(fact.name)) for fact in KNOWN.values()]
            fields.append(FormField(name, "checks", label, choices=known, error=error, chosen=kept))
            other = "\n".join(fact for fact in kept if fact not in KNOWN)
            fields.append(
                FormField("missing_other", "long", str(_("Other facts, one a line")), other)
            )
        elif name == "facts":
            fields.extend(_fact_field(one, given, errors) for one in context.missing)
        else:
            sort = "choice" if name in choices else "long" if name in LONG else "line"
            fields.append(
                FormField(
                    name,
                    "files" if name == "files" else sort,
                    label,
                    given.get(name, ""),
                    choices.get(name, ()),
                    str(HELP.get(name, "")),
                    error,
                    is_required,
                )
            )
    return fields


def _fact_field(
    asked: AskedFact, given: Mapping[str, str], errors: Mapping[str, Text]
) -> FormField:
    """Return the field of a fact that was missing; files have the form's own field."""
    fact, name = asked.fact, FACT + asked.fact.key
    wrong = errors.get(name)
    return FormField(
        name,
        "none" if fact.form == "files" else "long" if fact.form == "long" else "line",
        reader_text(fact.name),
        given.get(name, ""),
        error=reader_text(wrong) if wrong else "",
    )

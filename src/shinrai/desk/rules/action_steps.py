"""Read what was typed for an action, and say which steps it appends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from shinrai.desk.rules.actions import CaseAction, tiers_for
from shinrai.desk.rules.case_facts import FACT, MOST_FACTS, AskedFact, BadFiling, read_facts
from shinrai.inquiries.rules.kinds import WAITING_ON
from shinrai.investigations.rules.kinds import VERDICTS
from shinrai.privacy.rules.masking import mask
from shinrai.units.errors import UserError
from shinrai.units.text import Text

LONGEST: Final = 20_000  # characters of one text
LONGEST_LINE: Final = 500
MOST_LINKS: Final = 20
THEN: Final = ("open", "waiting", "solved")  # what becomes of an inquiry after a reply
CANCELLED_FOR: Final = ("spam", "duplicate", "mistake")
# The kinds of missing facts that `sent_back` counts (MEASURES §5), by the facts forms ask for.
FACT_CLASSES: Final = {
    "account": "identity",
    "screen": "device",
    "version": "device",
    "device": "device",
    "happened_at": "moment",
    "steps_tried": "evidence",
    "expected": "evidence",
    "last_failure": "evidence",
    "attachments": "evidence",
}


class BadFields(UserError, ValueError):
    """Fields of an action are missing or wrong; `errors` says what, by field."""

    def __init__(self, errors: Mapping[str, Text]) -> None:
        super().__init__(Text("{errors}", errors=list(errors.values())))
        self.errors = dict(errors)


@dataclass(frozen=True)
class ActionStep:
    """A step that an action appends; its words are sealed when it is written."""

    kind: str
    tier: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    words: str | None = None


@dataclass(frozen=True)
class ActionContext:
    """What an action depends on beside what was typed.

    `persons` are those a case can be assigned to, with their line; `missing` are the facts that
    the last sending back asked for; `held` is the line that holds the case. Moments of facts are
    typed in the workspace's `zone`, and lines of facts are written in its `language`.
    """

    by: str
    tier: int | None
    persons: Mapping[str, int | None]
    clocks: tuple[str, ...]
    held: int | None
    at: datetime
    zone: str = "UTC"
    language: str = "en"
    missing: tuple[AskedFact, ...] = ()
    has_finding: bool = False
    has_files: bool = False


def action_steps(
    action: CaseAction, given: Mapping[str, str], context: ActionContext
) -> tuple[ActionStep, ...]:
    """Return the steps that an action appends, from what was typed into its fields.

    Raises: BadFields, with an error for each field that is missing or wrong.
    """
    form = _Form(action, given, context)
    steps = _builder(action)(form)
    if form.errors:
        raise BadFields(form.errors)
    return steps


class _Form:
    """The fields of one action: reads each, and collects what is wrong."""

    def __init__(
        self, action: CaseAction, given: Mapping[str, str], context: ActionContext
    ) -> None:
        self.action, self.context, self._given = action, context, given
        self.errors: dict[str, Text] = {}

    def text(
        self, name: str, missing: Text, *, longest: int = LONGEST, optional: bool = False
    ) -> str:
        value = self._given.get(name, "").strip()
        if len(value) > longest:
            self.errors[name] = Text(
                "at most {longest:,} characters; these are {count:,}: attach a file instead",
                longest=longest,
                count=len(value),
            )
        elif not (value or optional):
            self.errors[name] = missing
        return value

    def words(self) -> str | None:
        optional = "words?" in self.action.fields
        return self.text("words", Text("say why, in a sentence"), optional=optional) or None

    def choice(self, name: str, choices: tuple[str, ...], missing: Text) -> str:
        value = self._given.get(name, "").strip()
        if value not in choices:
            self.errors[name] = missing
        return value

    def raw(self, name: str) -> str:
        return self._given.get(name, "")

    def lines(self, name: str) -> list[str]:
        return [line.strip() for line in self._given.get(name, "").splitlines() if line.strip()]


def _builder(action: CaseAction) -> Callable[[_Form], tuple[ActionStep, ...]]:
    special: dict[str, Callable[[_Form], tuple[ActionStep, ...]]] = {
        "answer": _answer,
        "finding": lambda form: (_finding(form),),
        "send_back": _send_back,
        "resubmit": _resubmit,
        "take": lambda form: (ActionStep("assigned", form.context.tier, {"to": form.context.by}),),
        "assign": _assign,
        "consult": _move,
        "escalate": _move,
        "return": _move,
        "wait": _wait,
        "exempt": _exempt,
        "reply": _reply,
        "record_message": _message,
        "split": _message,
        "merge": _merge,
        "cancel": _cancel,
    }
    return special.get(action.key, _plain)


def _plain(form: _Form) -> tuple[ActionStep, ...]:
    has_words = {"words", "words?"} & set(form.action.fields)
    words = form.words() if has_words else None
    return (ActionStep(form.action.kind, words=words),)


def _finding(form: _Form) -> ActionStep:
    verdict = form.choice("verdict", VERDICTS, Text("choose what was found"))
    technical = form.text("technical", Text("say what was found, for engineers"))
    links = form.lines("links")
    wrong = next((link for link in links if not is_web_address(link)), None)
    if wrong is not None:
        form.errors["links"] = Text(
            "{link!r} is no web address; one a line, each beginning with https://",
            link=wrong[:LONGEST_LINE],
        )
    elif len(links) > MOST_LINKS:
        form.errors["links"] = Text("at most {most} links", most=MOST_LINKS)
    return ActionStep(
        "finding", form.context.tier, {"verdict": verdict}, "\n".join([technical, *links])
    )


def _answer(form: _Form) -> tuple[ActionStep, ...]:
    """Answer with plain words; the technical text stands in a finding, now or before."""
    plain = form.text("plain", Text("say it in plain words that CS can send on"))
    answered = ActionStep("answered", form.context.tier, {}, plain)
    typed = form.text("technical", Text(""), optional=True) or form.lines("links")
    if form.context.has_finding and not typed:
        return (answered,)
    return (_finding(form), answered)


def _send_back(form: _Form) -> tuple[ActionStep, ...]:
    # names of facts lie open beside the step: what looks like a person's is masked, as in filings
    missing = list(dict.fromkeys(mask(fact) for fact in form.lines("missing")))
    if len(missing) > MOST_FACTS:
        form.errors["missing"] = Text("name at most {most} facts", most=MOST_FACTS)
    elif not missing:
        form.errors["missing"] = Text("name at least one fact that is missing")
    elif any(len(fact) > LONGEST_LINE for fact in missing):
        form.errors["missing"] = Text("name each fact in a few words")
    classes = list(dict.fromkeys(FACT_CLASSES.get(fact, "other") for fact in missing))
    detail = {"missing": missing, "missing_fact": classes}
    return (ActionStep("sent_back", None, detail, form.words()),)


def _resubmit(form: _Form) -> tuple[ActionStep, ...]:
    """Supply the facts that were missing: the open ones in the detail, the others in the words."""
    context = form.context
    words = form.words()
    given = {one.fact.key: form.raw(FACT + one.fact.key) for one in context.missing}
    try:
        facts = read_facts(
            context.missing, given, zone=context.zone, at=context.at, has_files=context.has_files
        )
    except BadFiling as error:
        form.errors |= error.wrong
        return ()
    said = "\n".join(filter(None, (words, facts.words(context.language))))
    return (ActionStep("resubmitted", None, facts.open, said or None),)


def _assign(form: _Form) -> tuple[ActionStep, ...]:
    persons = form.context.persons
    person = form.choice("person", tuple(persons), Text("choose whom to assign it to"))
    return (ActionStep("assigned", persons.get(person), {"to": person}),)


def _move(form: _Form) -> tuple[ActionStep, ...]:
    tiers = tiers_for(form.action, form.context.held)
    tier = form.choice("tier", tuple(map(str, tiers)), Text("choose the line of support"))
    words = form.words()
    return (ActionStep(form.action.kind, int(tier) if tier.isdecimal() else None, {}, words),)


def _wait(form: _Form) -> tuple[ActionStep, ...]:
    on = form.choice("on", WAITING_ON, Text("choose for whom it waits"))
    return (ActionStep("waiting", None, {"on": on}, form.words()),)


def _exempt(form: _Form) -> tuple[ActionStep, ...]:
    clock = form.choice("clock", form.context.clocks, Text("choose which clock is exempted"))
    return (ActionStep("exempted", None, {"clock": clock}, form.words()),)


def _reply(form: _Form) -> tuple[ActionStep, ...]:
    message = form.text("message", Text("write what the customer is told"))
    then = form.choice("then", THEN, Text("choose what becomes of the inquiry"))
    sent = ActionStep("outbound", form.context.tier, {}, message)
    after = {
        "waiting": (ActionStep("waiting", None, {"on": "customer"}),),
        "solved": (ActionStep("solved"),),
    }
    return (sent, *after.get(then, ()))


def _message(form: _Form) -> tuple[ActionStep, ...]:
    missing = Text("write down what the customer said")
    return (ActionStep(form.action.kind, None, {}, form.text("message", missing)),)


def _merge(form: _Form) -> tuple[ActionStep, ...]:
    into = form.text("into", Text("give the key of the other inquiry"), longest=LONGEST_LINE)
    return (ActionStep("cancelled", None, {"reason": "merged", "into": into}),)


def _cancel(form: _Form) -> tuple[ActionStep, ...]:
    reason = form.choice("cancelled_for", CANCELLED_FOR, Text("choose why it is cancelled"))
    of = form.text(
        "into",
        Text("give the key of the inquiry that it repeats"),
        longest=LONGEST_LINE,
        optional=reason != "duplicate",
    )
    detail = {"reason": reason, **({"duplicate_of": of} if reason == "duplicate" else {})}
    return (ActionStep("cancelled", None, detail),)


def is_web_address(text: str) -> bool:
    """Tell whether a text is an address of the web: http or https, with a host."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and not any(map(str.isspace, text))

"""The page of pins: rules in versions, each tried against history before it is declared."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may, members
from shinrai.accounts.rules.permission import Permission
from shinrai.console.lists import ListColumn, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_language, reader_text
from shinrai.missions.operations.declarations import declare_pin, end_pin
from shinrai.missions.queries.lists import PinStep, pin_now, pin_steps
from shinrai.missions.queries.preview import pin_preview
from shinrai.missions.rules.pins import NAMES, PinRule, pin_title
from shinrai.units.errors import UserError

KIND_WORDS: Final = {
    "completions": _("Completions"),
    "activities": _("Different activities completed"),
    "days": _("Days of study"),
    "streak": _("Days of study in a row"),
    "score": _("Completions with a good score"),
}


@dataclass(frozen=True)
class PinRow:
    """A version of a pin with its title, its rule and its author in words."""

    step: PinStep
    title: str
    words: str
    by: str


PINS = ListSpec[PinRow](
    name="missions-pins",
    columns=(
        ListColumn("pin", _("Pin"), lambda row: row.title, True),
        ListColumn("key", "key", lambda row: row.step.key, is_shown=False),
        ListColumn("version", _("Version"), lambda row: row.step.number, True, True),
        ListColumn("rule", _("Rule"), lambda row: row.words),
        ListColumn("given", _("Learners"), lambda row: row.step.given, True, True),
        ListColumn("since", _("Since"), lambda row: row.step.since, True),
        ListColumn("by", _("Declared by"), lambda row: row.by),
    ),
    row="missions/_pin.html",
    usual="",
)


@require_safe
@members_only
def missions_pins(request: MemberRequest) -> HttpResponseBase:
    """List the versions of pins; a rule in the address is tried against history."""
    typed = _typed(request.GET)
    if not any(typed.values()):
        rule = pin_now(request.workspace.id, request.GET.get("change", ""))
        return _shown(request, _row_of(rule) if rule else {})
    try:
        counts = pin_preview(request.workspace, [_row(typed)], at=request.at)
    except UserError as error:
        return _shown(request, typed, wrong=reader_text(error.text))
    return _shown(request, typed, would=next(iter(counts.values())))


@require_POST
@writers_only(Permission.IMPORT)
def change_pins(request: MemberRequest) -> HttpResponseBase:
    """Declare a pin, or give it to nobody more."""
    typed = _typed(request.POST)
    there, by, at = request.workspace, author_of(request), request.at
    try:
        if request.POST.get("ends"):
            end_pin(workspace_id=there.id, key=typed["key"], at=at, by=by)
            said = gettext("The pin {key} is given to nobody more; who has it keeps it.")
        else:
            found = declare_pin(workspace_id=there.id, row=_row(typed), at=at, by=by)
            said = (
                gettext("Declared: {key}.")
                if found.changed
                else gettext("The pin {key} has this rule already.")
            )
    except UserError as error:
        return _shown(request, typed, wrong=reader_text(error.text))
    messages.success(request, said.format(key=typed["key"]))
    return redirect("missions_pins", there.slug)


def _typed(given: Mapping[str, str]) -> dict[str, str]:
    return {name: " ".join(given.get(name, "").replace("\0", "").split())[:100] for name in NAMES}


def _row(typed: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in typed.items() if value}


def _row_of(rule: PinRule) -> dict[str, str]:
    """Return a rule as it would be typed into the form."""
    score = f"{rule.score * 100:g}" if rule.score else ""
    return {name: f"{value}" for name, value in asdict(rule).items()} | {"score": score}


def rule_words(rule: PinRule) -> str:
    """Return a rule in words."""
    parts = [f"{KIND_WORDS[rule.kind]}: {rule.count:,}", rule.subject, rule.unit]
    if rule.kind == "score":
        parts.append(gettext("score from {score}").format(score=f"{rule.score * 100:g}"))
    return " · ".join(part for part in parts if part)


def _shown(
    request: MemberRequest, typed: Mapping[str, Any], *, wrong: str = "", would: int | None = None
) -> HttpResponseBase:
    there = request.workspace.id
    names = {member.key: member.display_name for member in members(workspace_id=there)}
    titles: dict[str, str] = {}
    rows = []
    for one in pin_steps(there):
        if one.rule:
            titles.setdefault(one.key, pin_title(one.rule)[reader_language()])
    for one in pin_steps(there):
        words = rule_words(one.rule) if one.rule else gettext("given to nobody more")
        author = names.get(one.by) or gettext("by command")
        rows.append(PinRow(one, titles.get(one.key, one.key), words, author))
    listing = recorded_list(request, PINS, memory_source(rows, PINS))
    if not isinstance(listing, ListPage):
        return listing
    context = {
        "list": listing,
        "count": sum(row.step.is_newest and row.step.rule is not None for row in rows),
        "kinds": [(kind, words) for kind, words in KIND_WORDS.items()],
        "typed": typed,
        "wrong": wrong,
        "would": would,
        "is_tried": would is not None,
        "names": NAMES,
        "held": bool(typed.get("key")) and pin_now(there, str(typed["key"])) is not None,
        "may_change": may(request.member, Permission.IMPORT),
    }
    return render(request, "missions/pins.html", context, status=422 if wrong else 200)

"""The windows in Slack by which an investigation is filed: its kind first, then its facts."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from shinrai.desk.rules.case_facts import FACT, MOST, CaseFact, CaseKind
from shinrai.units.text import Text, translated

MOST_TITLE: Final = 200
MOST_QUESTION: Final = 3000  # as much as Slack lets one type
LONGEST: Final = {"label": 75, "button": 24, "error": 150, "section": 2000}  # Slack's limits


def read_place(view: Mapping[str, Any]) -> dict[str, str]:
    """Return what a window carries along: its `kind`; `channel`, `root` and `link` of a message."""
    found = json.loads(view.get("private_metadata") or "{}")
    return {name: str(found.get(name, "")) for name in ("kind", "channel", "root", "link")}


def read_typed(view: Mapping[str, Any]) -> dict[str, str]:
    """Return what was typed into a window, by field; moments in ISO form."""
    values = (view.get("state") or {}).get("values") or {}
    return {name: _value(next(iter(block.values()))) for name, block in values.items() if block}


def can_be_filed(kind: CaseKind) -> bool:
    """Tell whether a kind can be filed from Slack, where no files are taken."""
    return not any(one.is_required and one.fact.form == "files" for one in kind.facts)


def kind_view(
    kinds: Sequence[CaseKind], place: Mapping[str, str], language: str, question: str
) -> dict[str, Any]:
    """Return the first window: the kind, the title and the question."""
    options = [{"text": _plain(one.name, "label", language), "value": one.key} for one in kinds]
    chosen = {"type": "static_select", "options": options, "initial_option": options[0]}
    blocks = [_input("kind", Text("Kind"), chosen, language)]
    blocks += _opening({"question": question}, language)
    return _view(blocks, place, Text("Go on"), language)


def fact_blocks(kind: CaseKind, language: str) -> list[dict[str, Any]]:
    """Return the fields of the facts that a kind asks for."""
    return [
        {
            **_input(FACT + one.fact.key, one.fact.name, _element(one.fact), language),
            "optional": not one.is_required,
        }
        for one in kind.facts
        if one.fact.form != "files"
    ]


def fact_view(
    kind: CaseKind, place: Mapping[str, str], typed: Mapping[str, str], language: str
) -> dict[str, Any]:
    """Return the second window: the facts of the kind, and what was typed before."""
    said = {"type": "section", "text": _plain(kind.name, "section", language)}
    blocks = [said, *fact_blocks(kind, language), *_opening(typed, language)]
    return _view(blocks, {**place, "kind": kind.key}, Text("File it"), language)


def refusal_view(said: Text, language: str) -> dict[str, Any]:
    """Return a window that says why nothing can be filed."""
    return _frame([{"type": "section", "text": _plain(said, "section", language)}], language)


def errors_document(
    wrong: Mapping[str, Text], view: Mapping[str, Any], language: str
) -> dict[str, Any]:
    """Return the answer that shows what is wrong at its field; without one, at the title."""
    fields = {block.get("block_id") for block in view.get("blocks") or ()}
    said: dict[str, str] = {}
    for name, text in wrong.items():
        place = name if name in fields else "title"
        whole = f"{said.get(place, '')} {translated(text, language)}".strip()
        said[place] = whole[: LONGEST["error"]]
    return {"response_action": "errors", "errors": said}


def _opening(typed: Mapping[str, str], language: str) -> list[dict[str, Any]]:
    fields = (("title", Text("Title"), MOST_TITLE),
              ("question", Text("What is the question?"), MOST_QUESTION),
              ("inquiry", Text("Inquiry or ticket, by key or address"), 500))  # fmt: skip
    found = []
    for name, label, most in fields:
        element = {"type": "plain_text_input", "max_length": most, "multiline": name == "question"}
        if typed.get(name):
            element["initial_value"] = typed[name][:most]
        block = _input(name, label, element, language)
        found.append(block | {"optional": True} if name == "inquiry" else block)
    return found


def _element(fact: CaseFact) -> dict[str, Any]:
    if fact.form == "moment":
        return {"type": "datetimepicker"}
    most = min(MOST[fact.form], MOST_QUESTION)
    return {"type": "plain_text_input", "max_length": most, "multiline": fact.form == "long"}


def _input(
    name: str, label: Text | str, element: Mapping[str, Any], language: str
) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": name,
        "label": _plain(label, "section", language),
        "element": {**element, "action_id": "value"},
    }


def _view(
    blocks: Sequence[Mapping[str, Any]], place: Mapping[str, str], submit: Text, language: str
) -> dict[str, Any]:
    submits = {"callback_id": "shinrai_file", "submit": _plain(submit, "button", language)}
    return {**_frame(blocks, language), **submits, "private_metadata": json.dumps(place)}


def _frame(blocks: Sequence[Mapping[str, Any]], language: str) -> dict[str, Any]:
    title, close = Text("File an investigation"), Text("Close")
    said = {"title": _plain(title, "button", language), "close": _plain(close, "button", language)}
    return {"type": "modal", "blocks": list(blocks), **said}


def _plain(text: Text | str, place: str, language: str) -> dict[str, Any]:
    said = translated(text, language)
    said = (said[:1].upper() + said[1:])[: LONGEST[place]]
    return {"type": "plain_text", "text": said, "emoji": False}


def _value(element: Mapping[str, Any]) -> str:
    moment = element.get("selected_date_time")
    if isinstance(moment, int):
        return datetime.fromtimestamp(moment, UTC).isoformat()
    chosen = (element.get("selected_option") or {}).get("value")
    return str(chosen or element.get("value") or "").replace("\0", "")

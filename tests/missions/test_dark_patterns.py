"""Nothing that children or guardians read presses, threatens, compares, shames or begs.

The rules stand in the guide, `docs/guide/*/missions.md`. Every text of these packages is read in
both languages.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation.template import templatize

import shinrai
from tests.console.test_locale import calls, key, written

PACKAGES = ("missions", "family")
# What the team reads of missions: a list may say what remains, and that figures stand behind it.
OF_THE_TEAM = {
    *("commands", "endpoints", "measures"),
    *("activities", "people", "pins", "policies", "rests", "summary", "missions"),
    *("_activity", "_learner", "_pin", "_places", "_policy", "_rest", "_share"),
}
GETTEXT = re.compile(r"n?gettext\(u('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")
RULES = {
    "countdown": (
        r"\bhurry\b|\bcountdown|\bonly .*\bleft\b|\b(hours?|minutes?|days?) (left|to go|remain)"
        r"|\brun(ning)? out\b|\bdeadline|\blast chance|before it is too late|\bexpires? in\b"
        r"|いそいで|急いで|急《いそ》いで|あと ?[\d{].{0,12}(時間|分|日|秒)|残り|のこり"
        r"|締め?切|しめきり        |カウントダウン|間に合わ|まにあわ|お早めに|まもなく終了"
    ),
    "loss": (
        r"\b(lose|loses|losing|lost)\b|\btake[ns]? away\b|\bdisappears?\b|\bforfeit"
        r"|\bmiss(ed|ing)? out\b"
        r"|失う|失い|失っ|失《うしな》|うしな|なくなっちゃ|消えちゃ|きえちゃ|没収|もったいな"
    ),
    "streak": (
        r"\bstreaks?\b.*\b(end|break|broken|risk|keep|save|protect|freeze)|\b(break|broken|save|protect)\b.*\bstreaks?\b"
        r"|途切れ|とぎれ|連続記録|記録が止ま|つづかなく"
    ),
    "ranking": (
        r"\b(rank|ranking|ranked|leaderboard|top \d|classmates?|other (children|learners|kids))\b"
        r"|\b(better|faster|more|further) than (others|other|most|your friends)"
        r"|ランキング|順位|\d位|ほかの ?(子|こども|人|みんな)|他の子"
        r"|友だちより|みんなより|ともだちに まけ"
    ),
    "shame": (
        r"\b(failed|failure|fail|lazy|bad job|too bad|disappoint\w*|shame|ashamed)\b"
        r"|\byou missed\b|\bbehind\b"
        r"|さぼ|サボ|怠|なまけ|だめ(だ|です|な)|ダメ(だ|です|な)|残念|ざんねん"
        r"|がっかり|はずかし|恥|できなかった|しっぱい|失敗"
    ),
    "scarcity": (
        r"\b(limited|exclusive|only today|today only|while (it|they) lasts?)\b"
        r"|限定|今だけ|いまだけ|今日だけ|きょうだけ|先着|めったに|レア"
    ),
    "begging": (
        r"\b(turn on|allow|enable) (the )?notifications?\b|\bwe miss you\b"
        r"|\bcome back\b|\bdon't go\b|\bare you sure you\b"
        r"|通知を(オン|許可|有効)|つうちを|さびし|寂し|もどってきて|戻ってきて|まってるよ|本当にやめ"
    ),
}  # fmt: skip
EXAMPLES = {
    "countdown": ("Hurry! Only 3 hours left", "あと{hours}時間だよ"),
    "loss": ("You will lose your pin", "ピンを失うよ"),
    "streak": ("Do not break your streak", "れんぞくが 途切れちゃうよ"),
    "ranking": ("You are faster than others", "クラスで3位だよ"),
    "shame": ("You missed a day", "きのうは さぼったね"),
    "scarcity": ("A pin for today only", "今だけの ピンだよ"),
    "begging": ("Turn on notifications", "はやく もどってきてね"),
}


def broken_rules(text: str) -> list[str]:
    """Return the rules that a text breaks."""
    return [name for name, wrong in RULES.items() if re.search(wrong, text, re.I)]


def is_of_the_team(path: Path) -> bool:
    """Tell whether a file holds what the team reads, and neither children nor guardians do."""
    places = {"missions", "pages", "commands", "operations", "queries"}
    return path.parent.name in places and path.stem in OF_THE_TEAM


def messages(folder: Path) -> Iterator[str]:
    """Yield the key of every message of a package, of modules and templates."""
    for _, node, path in calls(folder):
        if is_of_the_team(path):
            continue
        texts = [one.value for one in node.args[:2] if isinstance(one, ast.Constant)]
        context = [word.value.value for word in node.keywords if word.arg == "context"]  # type: ignore[attr-defined]
        yield from (key(text, *context) for text in texts if isinstance(text, str))
    for path in folder.rglob("*.html"):
        if is_of_the_team(path):
            continue
        for call in GETTEXT.findall(templatize(path.read_text("utf-8"))):
            yield ast.literal_eval(call)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_text_breaks_a_rule(package: str) -> None:
    japanese = written()
    wrong = [
        (said, broken)
        for message in messages(Path(shinrai.__file__).parent / package)
        for said in (message.rpartition("\x04")[2], japanese.get(message, ""))
        if (broken := broken_rules(said))
    ]

    assert wrong == []


def test_children_are_told_something_at_all() -> None:
    found = set(messages(Path(shinrai.__file__).parent / "missions"))

    assert {"Ideas for today", "Finish {count} activities.", "A look at a learner's page"} <= found


@pytest.mark.parametrize(("name", "said"), [(k, s) for k, both in EXAMPLES.items() for s in both])
def test_a_planted_text_is_found(name: str, said: str) -> None:
    assert name in broken_rules(said)


def test_each_rule_is_in_the_guide_in_both_languages() -> None:
    for language in ("en", "ja"):
        guide = Path(f"docs/guide/{language}/missions.md").read_text("utf-8")
        assert [name for name in RULES if f"`{name}`" not in guide] == []

"""What stands beside a figure on a page: spreads, what is left out, what is counted apart."""

from collections.abc import Callable

from shinrai.console.rules.wording import share_words
from shinrai.quality.rules.criteria import NAMES
from shinrai.quality.rules.drilling import share_behind
from shinrai.quality.rules.figures import Figure, is_unknown
from shinrai.quality.rules.neglected_words import hours_words, neglected_words
from shinrai.statistics.wilson import wilson
from shinrai.units.share import Share

ON = {
    "customer": ("customer", "お客さま"),
    "third_party": ("third party", "外部"),
    "problem": ("known problem", "既知の問題"),
    "unsure": ("not sure whom", "相手は推定"),
}
FACTS = {
    "identity": ("identity", "本人特定"),
    "device": ("device", "端末"),
    "evidence": ("evidence", "証跡"),
    "moment": ("when it happened", "発生日時"),
    "other": ("other", "その他"),
}
# What stands beside these is known also where they are not.
SAID_ANYHOW = ("repeat_contact", "truly_solved", "neglected")
Beside = Callable[[Figure, bool], list[str]]


def beside_words(key: str, figure: Figure, language: str) -> list[str]:
    """List what must be read with a figure, a sentence each; nothing where nothing stands by it."""
    say = BESIDE.get(key)
    if say is None or (is_unknown(figure) and key not in SAID_ANYHOW):
        return []
    return say(figure, language == "ja")


def said_words(key: str, figure: Figure, language: str) -> str:
    """Say a figure that is no share; "" where it is one."""
    ja = language == "ja"
    if key in ("round_trips", "handovers"):
        return _mean_said(figure, "往復" if key == "round_trips" else "回", ja)
    if key == "agreement":
        found, inside = figure["alpha"], f"{figure['low']:.2f}–{figure['high']:.2f}"
        of = figure["of"]
        return (
            f"α {found:.2f}（{inside}、{of:,}件）"
            if ja
            else f"α {found:.2f} ({inside}, n = {of:,})"
        )
    if key == "highest_tier":
        tiers = [f"{t}次 {n:,}件" if ja else f"tier {t}: {n:,}" for t, n in figure.items()]
        return "、".join(tiers) if ja else ", ".join(tiers)
    return ""


def _mean_said(figure: Figure, unit: str, ja: bool) -> str:
    """Say a mean with its interval and n: mean 1.80 (1.71–1.89, n = 412)."""
    mean, of, ends = figure["mean"], figure["of"], figure["mean_interval"]
    within = "" if is_unknown(ends) else f"{ends['low']:.2f}–{ends['high']:.2f}"
    if ja:
        return f"平均 {mean:.2f}{unit}（{within + '、' if within else ''}{of:,}件）"
    return f"mean {mean:.2f} ({within + ', ' if within else ''}n = {of:,})"


def share_said(figure: Figure, ja: bool) -> str:
    """Say a share in a line: 12 of 20 (60 %, 39–78 %)."""
    if is_unknown(figure):
        why = figure["unknown"]
        return f"—（{why.ja or why.reason}）" if ja else f"— ({why.reason})"
    return _words(Share(figure["count"], figure["of"]), ja)


def _words(share: Share, ja: bool) -> str:
    said = share_words(share, language="ja" if ja else "en", interval=wilson(share.count, share.of))
    assert isinstance(said, str)
    return said


def _first_reply(figure: Figure, ja: bool) -> list[str]:
    said = []
    if figure.get("median_s") is not None:
        middle, tail = hours_words(figure["median_s"], ja), hours_words(figure["p90_s"], ja)
        said.append(
            f"受付扱いから中央値{middle}、10件中9件が{tail}以内。"
            if ja
            else f"Median {middle}, nine in ten within {tail}, from when it counts."
        )
    if figure.get("median_business_s") is not None:
        middle, tail = (
            hours_words(figure["median_business_s"], ja),
            hours_words(figure["p90_business_s"], ja),
        )
        said.append(
            f"営業時間では中央値{middle}、10件中9件が{tail}以内。"
            if ja
            else f"In business time: median {middle}, nine in ten within {tail}."
        )
    if figure["no_reply_needed"]:
        n = figure["no_reply_needed"]
        said.append(
            f"{n:,}件は返信なしで解決（返信不要）。"
            if ja
            else f"{n:,} were solved without a reply (no reply needed)."
        )
    return [*said, *_in_doubt(figure, ja)]


def _in_doubt(figure: Figure, ja: bool) -> list[str]:
    n = figure.get("in_doubt", 0)
    if not n:
        return []
    return [
        f"日時が疑わしい{n:,}件は除いています。"
        if ja
        else f"{n:,} with doubtful moments are left out."
    ]


def _same_day(figure: Figure, ja: bool) -> list[str]:
    said = share_said(figure["by_date_received"], ja)
    return [f"受信日で数えると{said}。" if ja else f"By the date received: {said}."]


def _round_trips(figure: Figure, ja: bool) -> list[str]:
    one = share_said(figure["one"], ja)
    unanswered = figure["unanswered_runs"]
    words = [
        f"中央値{figure['median']:g}往復、10件中9件が{figure['p90']:g}往復以内。"
        if ja
        else f"Median {figure['median']:g}, nine in ten within {figure['p90']:g}.",
        f"1往復で済んだもの: {one}。" if ja else f"Exactly one: {one}.",
    ]
    if unanswered:
        words.append(
            f"返信のない発言は{unanswered:,}回（別に数えています）。"
            if ja
            else f"Unanswered, and counted apart: {unanswered:,}."
        )
    return [*words, *_in_doubt(figure, ja)]


def _solved(figure: Figure, ja: bool) -> list[str]:
    more, still, gone = figure["more_than_once"], figure["open"], figure["cancelled"]
    if ja:
        return [f"2回以上の解決{more:,}件、未解決{still:,}件、取り消し{gone:,}件（除外）。"]
    return [f"{more:,} more than once, {still:,} still open; {gone:,} cancelled are left out."]


def _settled(figure: Figure, ja: bool) -> list[str]:
    recent = figure.get("too_recent", 0)
    said = []
    if recent:
        said.append(
            f"解決から14日たっていない{recent:,}件はまだ判定していません。"
            if ja
            else f"{recent:,} were solved less than 14 days ago and are not judged yet."
        )
    return [*said, *_in_doubt(figure, ja)]


def _repeat_contact(figure: Figure, ja: bool) -> list[str]:
    said = share_said(figure["any_topic"], ja)
    words = [f"話題を問わなければ{said}。" if ja else f"On any topic: {said}."]
    if without := figure.get("without_topic"):
        words.append(
            f"分類のない{without:,}件は除いています。"
            if ja
            else f"{without:,} without a topic are left out."
        )
    return words


def _truly_solved(figure: Figure, ja: bool) -> list[str]:
    same = share_said(figure["same_topic"], ja)
    return [
        f"話題を問わない厳しいほうの値です。同じ話題に限れば{same}。"
        if ja
        else f"The stricter bound, on any topic. On the same topic only: {same}."
    ]


def _single_person(figure: Figure, ja: bool) -> list[str]:
    hanging = [t for t in figure["topics"] if t["by_one"] * 5 >= t["findings"] * 4]
    if not hanging:
        return []
    if ja:
        named = "、".join(
            f"{t['topic']}（{t['findings']:,}件中{t['by_one']:,}件）" for t in hanging
        )
        return [f"一人に頼っている話題: {named}。"]
    named = ", ".join(f"{t['topic']} ({t['by_one']:,} of {t['findings']:,})" for t in hanging)
    return [f"Topics that hang on one person: {named}."]


def _self_resolved(figure: Figure, ja: bool) -> list[str]:
    tiers = [(tier, found) for tier, found in figure["by_tier"].items() if tier != "2"]
    if ja:
        return [f"{tier}次: {share_said(found, ja)}。" for tier, found in tiers]
    return [f"Tier {tier}: {share_said(found, ja)}." for tier, found in tiers]


def _handovers(figure: Figure, ja: bool) -> list[str]:
    back = share_said(figure["returns"], ja)
    behind, most = share_behind("handovers", figure), figure["max"]
    assert behind is not None
    any_said = _words(behind, ja)
    if ja:
        return [
            f"1回以上あったもの: {any_said}、最大{most}回。",
            f"前のグループへ戻ったもの: {back}。",
        ]
    return [f"At least one: {any_said}, at most {most}.", f"Back to a former group: {back}."]


def _highest_tier(figure: Figure, ja: bool) -> list[str]:
    behind = share_behind("highest_tier", figure)
    assert behind is not None
    said = _words(behind, ja)
    return [f"2次以上まで進んだもの: {said}。" if ja else f"Above tier 1: {said}."]


def _waited(figure: Figure, ja: bool) -> list[str]:
    on = [(ON[name][ja], n) for name, n in figure["on"].items() if n]
    if not on:
        return []
    if ja:
        return [f"待った相手: {'、'.join(f'{name} {n:,}件' for name, n in on)}。"]
    return [f"On whom: {', '.join(f'{name} {n:,}' for name, n in on)}."]


def _sent_back(figure: Figure, ja: bool) -> list[str]:
    missing = [(FACTS.get(name, (name, name))[ja], n) for name, n in figure["missing"].items() if n]
    if not missing:
        return []
    if ja:
        return [f"足りなかったもの: {'、'.join(f'{name} {n:,}件' for name, n in missing)}。"]
    return [f"Missing: {', '.join(f'{name} {n:,}' for name, n in missing)}."]


def _answer_quality(figure: Figure, ja: bool) -> list[str]:
    said = [
        f"抜き出した{figure['drawn']:,}件のうち{figure['reviewed']:,}件を二人が評価しました。"
        if ja
        else f"Two have judged {figure['reviewed']:,} of {figure['drawn']:,} drawn."
    ]
    for name, found in figure["criteria"].items():
        agreed = found["agreement"]
        alpha = "" if is_unknown(agreed) else f" α {agreed['alpha']:.2f}"
        called = NAMES[name]["ja" if ja else "en"]
        share = share_said(found, ja)
        said.append(
            f"{called}: {share}{alpha}。" if ja else f"{called.capitalize()}: {share}{alpha}."
        )
    return said


BESIDE: dict[str, Beside] = {
    "answer_quality": _answer_quality,
    "first_reply": _first_reply,
    "same_day": _same_day,
    "round_trips": _round_trips,
    "solved": _solved,
    "reopened_14": _settled,
    "reopened_later": _settled,
    "repeat_contact": _repeat_contact,
    "truly_solved": _truly_solved,
    "self_resolved": _self_resolved,
    "handovers": _handovers,
    "highest_tier": _highest_tier,
    "waited": _waited,
    "sent_back": _sent_back,
    "single_person": _single_person,
    "neglected": neglected_words,
}

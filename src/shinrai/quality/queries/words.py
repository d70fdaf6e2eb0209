"""The summary in words: each figure, and beneath it what it means."""

from collections.abc import Iterator
from typing import Any

from shinrai.quality.measures.declared import BY_KEY
from shinrai.quality.queries.summary import QualitySummary
from shinrai.quality.rules.figures import is_unknown
from shinrai.quality.rules.neglected_words import neglected_words
from shinrai.units.unknown import Unknown
from shinrai.units.wording import Words, both

# What a figure is called, and the words of what stands beside it.
NAMES: dict[str, Words] = {
    "solved": both(en="solved", ja="解決"),
    "highest_tier": both(en="highest tier", ja="最終到達の担当ライン"),
    "self_resolved": both(en="self-resolved by CRE", ja="CRE独力返答"),
    "handovers": both(en="handovers", ja="引き渡し"),
    "waited": both(en="waited", ja="待ちあり"),
    "first_reply": both(en="first reply", ja="初回返信"),
    "same_day": both(en="same-day reply", ja="当日返信率"),
    "next_business_day": both(en="next-business-day reply", ja="翌営業日以内返信"),
    "round_trips": both(en="round trips", ja="往復"),
    "one_reply": both(en="one reply", ja="ワンタッチ"),
    "reopened_14": both(en="reopened within 14 days", ja="再オープン（14日以内）"),
    "reopened_later": both(en="reopened later", ja="再オープン（15日目以降）"),
    "repeat_contact": both(en="repeat contact", ja="再問い合わせ"),
    "truly_solved": both(en="truly solved", ja="本当に解決した"),
    "sent_back": both(en="sent back", ja="差し戻し"),
    "correctness": both(en="answers that did not hold", ja="覆った・再オープンした回答"),
    "answer_quality": both(en="answer quality", ja="応対品質"),
    "agreement": both(en="agreement", ja="分類のブレ"),
    "single_person": both(en="single person", ja="属人化"),
    "neglected": both(en="neglected", ja="置き去り"),
    "proactive": both(en="proactive share", ja="先回り率"),
}
MODES: dict[str, Words] = {
    "via_cs": both(en="via CS", ja="CS経由"),
    "direct": both(en="direct", ja="直接"),
    "proactive": both(en="proactive", ja="先回り"),
}
UNKNOWN = both(en="unknown: {why}", ja="不明（{why}）")
SHARE = both(
    en="{share:.1%} ({count:,} of {of:,}; 95 %: {low:.1%} to {high:.1%})",
    ja="{share:.1%}（{of:,} 件中 {count:,} 件、95% 区間 {low:.1%}〜{high:.1%}）",
)
ROUND_TRIPS = both(
    en="mean {mean:.2f}, median {median:g}, 90th percentile {p90:g}, of {of:,}",
    ja="平均 {mean:.2f}、中央値 {median:g}、90パーセンタイル {p90:g}（{of:,} 件）",
)
HANDOVERS = both(
    en="none in {none:,} of {of:,}; mean {mean:.2f}, at most {max}",
    ja="{of:,} 件中 {none:,} 件で 0 回、平均 {mean:.2f} 回、最大 {max} 回",
)
ALPHA = both(
    en="alpha {alpha:.2f} (95 %: {low:.2f} to {high:.2f}; n = {of:,} labelled by two)",
    ja="α {alpha:.2f}（95% 区間 {low:.2f}〜{high:.2f}、二人以上が分類した {of:,} 件）",
)
TIERS = both(en="tier {tier}: {count:,}", ja="{tier}次 {count:,} 件")
REPLY_TIMES = both(
    en="median {median:.2f} h, 90th percentile {p90:.2f} h;"
    " in business time {business:.2f} h, {business90:.2f} h",
    ja="中央値 {median:.2f} 時間、90パーセンタイル {p90:.2f} 時間。"
    "営業時間では {business:.2f} 時間、{business90:.2f} 時間",
)
DOUBTFUL = both(
    en="flagged: {inquiries:,} of {of:,}, left out wherever their moments are needed",
    ja="要確認: {of:,} 件中 {inquiries:,} 件。その日時を使う値からは除いています",
)
MESSAGES_SHARE = both(
    en="{share:.1%} ({count:,} of {of:,}; 95 %: {low:.1%} to {high:.1%})",
    ja="{share:.1%}（{of:,} 通中 {count:,} 通、95% 区間 {low:.1%}〜{high:.1%}）",
)
THANKS = both(en="taken for mere thanks", ja="お礼のみと判定")
OVERRIDDEN = both(en="overridden by people", ja="人による訂正")
HEAD = both(
    en="{workspace}: {inquiries:,} inquiries, {investigations:,} investigations, {steps:,} steps",
    ja="{workspace}: 問い合わせ {inquiries:,} 件、調査 {investigations:,} 件、"
    "できごと {steps:,} 件",
)
TOPIC = both(en="only what is about {topic}", ja="話題「{topic}」のみ")
CALENDAR = both(en="business time by {name}", ja="営業時間: {name}")
NO_CALENDAR = both(
    en="no calendar is settled on: counted around the clock in {zone}",
    ja="カレンダーが決まっていないため、{zone} の24時間で数えています",
)


def summary_words(found: QualitySummary, language: str) -> str:
    """Say a summary for people: one line a figure, one line for what it means."""
    lines = [HEAD[language].format(**vars(found))]
    if found.topic is not None:
        lines.append(TOPIC[language].format(topic=found.topic))
    lines.append(
        CALENDAR[language].format(name=found.calendar)
        if found.calendar
        else NO_CALENDAR[language].format(zone=found.zone)
    )
    modes = found.modes or {"": found.figures}
    for mode, figures in modes.items():
        lines += ["", MODES[mode][language] if mode in MODES else mode]
        lines += _mode_lines(figures, language)
    lines += ["", *_figure_lines("proactive", found.proactive, language)]
    lines += ["", *_substance_lines(found.substance, language)]
    return "\n".join(lines)


def _substance_lines(figure: dict[str, Any], language: str) -> Iterator[str]:
    """Say how often the rule of substance hit, and how often people overrode it."""
    for name, said in ((THANKS, figure), (OVERRIDDEN, figure["overridden"])):
        words = (
            _unknown(said["unknown"], language)
            if is_unknown(said)
            else MESSAGES_SHARE[language].format(**said)
        )
        yield f"{name[language]}: {words}"


def _mode_lines(figures: dict[str, Any], language: str) -> Iterator[str]:
    for key, figure in figures.items():
        if key in NAMES:
            yield from _figure_lines(key, figure, language)
    yield DOUBTFUL[language].format(**figures["flagged"])


def _figure_lines(key: str, figure: dict[str, Any], language: str) -> Iterator[str]:
    measure = BY_KEY[key]
    yield f"{NAMES[key][language]}: {_said(key, figure, language)}"
    yield f"    {measure.question_ja if language == 'ja' else measure.question}"


def _said(key: str, figure: dict[str, Any], language: str) -> str:
    if is_unknown(figure):
        return _unknown(figure["unknown"], language)
    if key == "round_trips":
        return ROUND_TRIPS[language].format(**figure)
    if key == "handovers":
        return HANDOVERS[language].format(**figure)
    if key == "agreement":
        return ALPHA[language].format(**figure)
    if key == "highest_tier":
        parts = (TIERS[language].format(tier=t, count=n) for t, n in figure.items())
        return (", " if language == "en" else "、").join(parts)
    said = SHARE[language].format(**figure)
    if key == "neglected":
        beside = neglected_words(figure, language == "ja")
        return " ".join([f"{said}.", *beside]) if language == "en" else f"{said}。{''.join(beside)}"
    if key == "first_reply" and figure.get("median_business_s") is not None:
        said += "; " if language == "en" else "。"
        said += REPLY_TIMES[language].format(
            median=figure["median_s"] / 3600,
            p90=figure["p90_s"] / 3600,
            business=figure["median_business_s"] / 3600,
            business90=figure["p90_business_s"] / 3600,
        )
    return said


def _unknown(why: Unknown, language: str) -> str:
    return UNKNOWN[language].format(why=why.ja if language == "ja" and why.ja else why.reason)

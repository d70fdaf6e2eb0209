"""The first sentence of a report: what is late, what presses, and which promises are kept."""

from dataclasses import dataclass

from shinrai.reports.rules.periods import Period


@dataclass(frozen=True)
class Headline:
    """What the first sentence is made of; `judged` are the objectives under which anything fell
    due, `met` those of them that reached their target."""

    period: Period
    is_over: bool
    late: int
    at_risk: int
    met: int
    judged: int
    objectives: int
    inquiries: int
    lost: tuple[str, ...] = ()  # titles of objectives whose own window is lost, with its dates
    lost_is_over: bool = False  # whether each of those windows had ended


def period_words(period: Period, language: str) -> str:
    """Name a period in a sentence: week 47, November 2026, these dates."""
    ja = language == "ja"
    if period.kind == "week":
        week = period.first.isocalendar().week
        return f"第{week}週" if ja else f"week {week}"
    if period.kind == "month":
        first = period.first
        return f"{first.year}年{first.month}月" if ja else f"{first:%B} {first.year}"
    return "この期間" if ja else "these dates"


def against_words(period: Period, count: int, language: str) -> str:
    """Name what a period is set against: the 8 weeks before."""
    ja = language == "ja"
    if period.kind == "week":
        return f"前の{count}週間" if ja else f"the {count} weeks before"
    if period.kind == "month":
        return f"前の{count}か月" if ja else f"the {count} months before"
    return f"直前の{period.days}日間" if ja else f"the {period.days} days before"


def headline(told: Headline, language: str) -> str:
    """Say a report in a sentence or two: a lost window leads, and nothing comforts beside it."""
    if not told.objectives:
        return _without_promises(told, language)
    return _ja(told) if language == "ja" else _en(told)


def _lost_en(lost: tuple[str, ...]) -> str:
    more = f" and of {len(lost) - 1} more" if len(lost) > 1 else ""
    return f"The target of {lost[0]}{more} is lost. " if lost else ""


def _lost_ja(lost: tuple[str, ...], is_over: bool) -> str:
    more = f"ほか{len(lost) - 1}件" if len(lost) > 1 else ""
    said = "達成できませんでした" if is_over else "もう達成できません"
    return f"{lost[0]}{more}の目標は{said}。" if lost else ""


def _without_promises(told: Headline, language: str) -> str:
    if language == "ja":
        return f"{told.inquiries:,}件の問い合わせを受け付けました。目標はまだ登録されていません。"
    many = "inquiry" if told.inquiries == 1 else "inquiries"
    return f"{told.inquiries:,} {many} came in. Nothing is promised here yet."


def _en(told: Headline) -> str:
    name = period_words(told.period, "en")
    opening = f"When {name} ended, " if told.is_over else f"As {name} stands, "
    verb, late_verb = ("was", "were") if told.is_over else ("is", "are")
    late = "" if told.lost else f"nothing {verb} late, and "
    if told.late:
        many = f"case {verb}" if told.late == 1 else f"cases {late_verb}"
        late = f"{told.late:,} {many} late, and "
    count = f"{told.at_risk:,}" if told.at_risk else "none"
    risk = f"{count} fell" if told.is_over else f"{count} fall{'s' * (told.at_risk == 1)}"
    said = f"{_lost_en(told.lost)}{opening}{late}{risk} due by the next close. "
    if told.lost and told.met == told.judged:
        return said.rstrip()
    if not told.judged:
        return said + "Nothing fell due under any objective."
    if told.objectives == told.judged == 1:
        return said + (
            "The objective reached its target." if told.met else "The objective missed its target."
        )
    if told.met == told.judged:
        return said + f"All {told.judged} objectives reached their target."
    return said + f"{told.met} of {told.judged} objectives reached their target."


def _ja(told: Headline) -> str:
    name = period_words(told.period, "ja")
    when = f"{name}の終わりの時点で" if told.is_over else f"{name}の現時点で、"
    past = told.is_over
    late = "" if told.lost else "超過中の案件はなく、"
    late = f"超過中の案件は{told.late:,}件、" if told.late else late
    count = f"{told.at_risk:,}件" if told.at_risk else "ありません"
    tail = ("でした" if past else "です") if told.at_risk or past else ""
    risk = f"次の終業までに期限を迎える案件は{count}{tail}"
    said = f"{_lost_ja(told.lost, told.lost_is_over)}{when}{late}{risk}。"
    if told.lost and told.met == told.judged:
        return said
    if not told.judged:
        return said + "期限を迎えた目標はありません。"
    if told.objectives == told.judged == 1:
        reached = "目標値に届きました" if past else "目標値に届いています"
        missed = "目標値に届きませんでした" if past else "目標値に届いていません"
        return said + (reached if told.met else missed) + "。"
    if told.met == told.judged:
        reached = "届きました" if past else "届いています"
        return said + f"{told.judged}つの目標はすべて目標値に{reached}。"
    tail = "でした" if past else "です"
    return said + f"目標値に届いたのは{told.judged}つの目標のうち{told.met}つ{tail}。"

"""Japanese sentences about an objective: the ones a reader came for, then what they rest on."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

from shinrai.calendars.rules.time_zone import zone_named
from shinrai.objectives.rules.budget import Attainment
from shinrai.objectives.rules.escalation import Level
from shinrai.objectives.rules.sentences.figures import (
    is_few,
    one_decimal,
    percent,
    percent_of_target,
    percent_range,
)
from shinrai.objectives.rules.sentences.ja import STARTED, STOPPED, WEEKDAYS
from shinrai.objectives.rules.standing import Standing
from shinrai.objectives.rules.windows import RollingWindow
from shinrai.units.unknown import Unknown

NOUNS = {
    "investigation": "調査",
    "acknowledgement": "受領連絡",
    "first_reply": "初回返信",
    "next_reply": "返信",
    "resolution_first": "解決",
    "resolution_full": "完全解決",
    "held": "対応",
}
WINDOWS = {"1d": "本日", "1w": "今週", "1M": "今月", "1Q": "今四半期", "1Y": "今年"}
LEVELS: dict[Level, str] = {
    1: "未達になるおそれがあります。期限の近いものから確認してください。",
    2: "超過が偶然とは考えにくい頻度で続いています。開発チームに協力を依頼してください。",
    3: "直近30日の許容件数を使い切りました。ほかの作業を止め、原因の解消を優先してください。",
    4: "直近90日の許容件数を使い切りました。経営層に報告してください。",
}


def headline(standing: Standing) -> str:
    """Say what is late, what is due next, and what is left of the budget; a lost window first."""
    if standing.is_lost:
        late = _late(standing) if standing.late else ""
        return f"{_left(standing)}{late}{_next(standing)}"
    return f"{_late(standing)}{_next(standing)}{_left(standing)}"


def headline_of_all(standings: Sequence[Standing]) -> str:
    """Say how many objectives hold, and of the worst, which comes first, its own headline."""
    worst = standings[0]
    if len(standings) == 1:
        return headline(worst)
    return f"{promises(standings)}。「{worst.objective.title}」：{headline(worst)}"


def promises(standings: Sequence[Standing]) -> str:
    """Say whether objectives hold, without the full stop; unknown is not called holding."""
    count, lost = len(standings), sum(one.is_lost for one in standings)
    if lost:
        if count == 1:
            return "目標は達成できなくなりました"
        return f"目標{count}件のうち{lost}件は達成できなくなりました"
    holding = sum(one.outcome == "holds" for one in standings)
    if holding == count:
        return "目標は守れる見込みです" if count == 1 else "目標はすべて守れる見込みです"
    if not holding:
        return "目標を守れるかどうかは、まだ判断できません"
    return f"目標{count}件のうち{holding}件は守れる見込みです（残りはまだ判断できません）"


def details(standing: Standing) -> list[str]:
    """Say what the headline rests on, one sentence a fact."""
    lines = [attained(standing)]
    exempted = standing.counts.exempt_kept + standing.counts.exempt_missed
    if exempted:
        share = standing.attained_with_exempted.share
        lines.append(
            f"KPIにとらわれない対応の{exempted:,}件は別に数えています。"
            f"含めると{share.of:,}件中{share.count:,}件です。"
        )
    lines += _budget(standing)
    if isinstance(standing.break_probability, float):
        lines.append(f"未達になる見込みは{percent(standing.break_probability)}%です。")
    if standing.counts.is_paused_much:
        counts = standing.counts
        paused = percent(counts.paused_open_s / counts.open_s)
        lines.append(
            f"営業時間の{paused}%で期限の計測が止まっていました。止まらなかった場合の値も確認してください。"
        )
    level = standing.escalation.level
    if level is not None:
        lines.append(f"エスカレーション段階{level}：{LEVELS[level]}")
    return lines


def attained(standing: Standing) -> str:
    """Say how many were kept of how many, and how sure that is."""
    target = percent_of_target(standing.objective.target)
    if standing.attained.share.of == 0:
        where = window(standing)
        return f"{where}はまだ期限を迎えたものがなく、目標{target}%の達否は判断できません。"
    return f"期限内は{figure(standing.attained, standing.objective.target)}、目標は{target}%です。"


def flow(standing: Standing) -> str:
    """Say what began, fell due and ended in the window's dates, whichever window it belongs to."""
    counts, clock = standing.counts, standing.objective.clock.clock
    return (
        f"{STARTED[clock]}{counts.filed:,}件、期限{counts.due:,}件、"
        f"{STOPPED[clock]}{counts.answered:,}件"
    )


def figure(attained: Attainment, target: Fraction | None = None) -> str:
    """Write a share so that it never stands alone: 52件中47件（90%、79〜96%）."""
    share, interval = attained.share, attained.interval
    if share.of == 0 or isinstance(interval, Unknown):
        return "–（対象なし）"
    whole = percent(Fraction(share.count, share.of), beside=target)
    low, high = percent_range(interval)
    few = "、件数が少なく判断できません" if is_few(share) else ""
    return f"{share.of:,}件中{share.count:,}件（{whole}%、{low}〜{high}%{few}）"


def window(standing: Standing) -> str:
    """Name the window as people do: 今月, 直近30日."""
    kind = standing.objective.window
    if isinstance(kind, RollingWindow):
        return f"直近{kind.days}日"
    if standing.at >= standing.span.end:
        first, last = (
            _day(moment.astimezone(zone_named(kind.zone)).date())
            for moment in (standing.span.start, standing.span.end - timedelta.resolution)
        )
        return f"{first}〜{last}"
    return WINDOWS.get(str(kind.length), "この期間")


def _late(standing: Standing) -> str:
    noun = NOUNS[standing.objective.clock.clock]
    if standing.late == 0:
        return f"超過中の{noun}はありません。"
    return f"{noun}{standing.late:,}件が超過中です。"


def _next(standing: Standing) -> str:
    following = standing.next_due
    if following is None:
        return ""
    local = following.by.astimezone(zone_named(standing.zone))
    day = "本日" if following.is_today else _day(local.date())
    return f"{day}{local.hour}:{local:%M}までに期限を迎えるものが{following.count:,}件あります。"


def _left(standing: Standing) -> str:
    budget, where = standing.budget, window(standing)
    target = percent_of_target(standing.objective.target)
    if standing.outcome == "broken":
        return f"{where}は目標{target}%を達成できませんでした。"
    if standing.outcome == "cannot_be_kept":
        return f"{where}の目標{target}%はもう達成できません。"
    left, days = budget.misses_left, budget.days_for_one_miss
    if isinstance(left, Unknown):
        return f"あと何件まで超過できるかは分かりません（{left.ja or left.reason}）。"
    if budget.allows_none and not isinstance(days, Unknown):
        return f"この件数では1件の超過も許容できません。期間が{days}日あれば1件許容できます。"
    if left == 0:
        return f"{where}は、許容できる超過が残っていません。"
    return f"{where}は、許容できる超過が残り{left:,}件です。"


def _budget(standing: Standing) -> list[str]:
    budget, counts = standing.budget, standing.counts
    arrivals, allowed = budget.arrivals, budget.allowed
    if isinstance(arrivals, Unknown) or isinstance(allowed, Unknown):
        return []
    missed = f"許容{one_decimal(allowed)}件に対し、超過は{counts.misses:,}件です。"
    if arrivals == 0:
        return [f"{missed}期限の対象は{budget.known:,}件です。"]
    return [
        f"{missed}期限を迎えたもの{counts.fallen:,}件、対応中{counts.ahead:,}件、"
        f"直近{standing.arrivals.weeks}週と同じ受付を見込んだ今後の分が{one_decimal(arrivals)}件です。"
    ]


def _day(on: date) -> str:
    return f"{on.month}月{on.day}日（{WEEKDAYS[on.weekday()]}）"

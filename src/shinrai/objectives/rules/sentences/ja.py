"""Japanese sentences about one clock, as a colleague would explain it: one for each fact."""

from datetime import date, datetime, timedelta

from shinrai.calendars.rules.time_zone import zone_named
from shinrai.console.rules.wording import duration_words
from shinrai.objectives.rules.definition import BusinessDays, ClockDefinition
from shinrai.objectives.rules.explained import DaysOff, ExplainedClock

WEEKDAYS = "月火水木金土日"
STARTED = {
    "investigation": "起票",
    "acknowledgement": "起票",
    "first_reply": "受信",
    "next_reply": "再度受信",
    "resolution_first": "受信",
    "resolution_full": "受信",
    "held": "引き継ぎ",
}
STOPPED = {
    "investigation": "回答",
    "acknowledgement": "受領連絡",
    "first_reply": "返信",
    "next_reply": "返信",
    "resolution_first": "解決",
    "resolution_full": "解決",
    "held": "引き渡し",
}
WAITING = {
    "sent_back": "差し戻し中",
    "customer": "お客様の返答待ち",
    "third_party": "社外の対応待ち",
    "problem": "既知の問題の対応待ち",
}


def summary(clock: ExplainedClock) -> str:
    """Say in one line as which day a case counts, when it is due, and what became of it."""
    say = _Says(clock)
    return f"{say.day(clock.effective_on)}受付扱い。{say.due()}{say.ending()}"


def facts(clock: ExplainedClock) -> list[str]:
    """Say everything that made a case due when it is, one sentence a fact."""
    say = _Says(clock)
    lines = [say.start(), reading(clock.definition)]
    lines += [say.off(days) for days in clock.days_off]
    lines += say.pauses()
    lines += [
        f"{say.day(on)}は終業の時点で期限の計測が止まっていたため、営業日に数えません。"
        for on in clock.uncounted
    ]
    lines.append(say.due())
    if clock.pauses:
        lines.append(say.both_clocks())
    lines.append(say.ending())
    return lines


def reading(definition: ClockDefinition) -> str:
    """Say how 2営業日以内 is read, or how much open time there is."""
    within = definition.within
    if not isinstance(within, BusinessDays):
        return f"目標は営業時間で{_length(within.seconds)}以内です。"
    if within.by == "close":
        if within.days == 0:
            return "目標は受付扱い日の終業までです。"
        return (
            f"目標は{within.days}営業日以内です。受付扱い日の翌営業日を第1営業日と数え、"
            f"第{within.days}営業日の終業までと読みます。"
        )
    if within.days == 0:
        return "目標は営業時間内の即時対応です。"
    return f"目標は{within.days}営業日以内です。{within.days}営業日後の同じ時刻までと読みます。"


class _Says:
    """Speak about one clock on its own wall clock."""

    def __init__(self, clock: ExplainedClock) -> None:
        self.clock = clock
        self.zone = zone_named(clock.zone)
        self.year = clock.at.astimezone(self.zone).year
        self.started = "再オープン" if clock.is_reopened else STARTED[clock.definition.clock]
        self.stopped = STOPPED[clock.definition.clock]

    def day(self, on: date) -> str:
        year = "" if on.year == self.year else f"{on.year}年"
        return f"{year}{on.month}月{on.day}日（{WEEKDAYS[on.weekday()]}）"

    def moment(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        return f"{self.day(local.date())}{local.hour}:{local:%M}"

    def start(self) -> str:
        clock = self.clock
        began = f"{self.moment(clock.started_at)}に{self.started}されました。"
        if clock.effective_at == clock.started_at:
            return f"{began}営業時間内のため、{self.day(clock.effective_on)}の受付扱いです。"
        return f"{began}営業時間外のため、{self.moment(clock.effective_at)}の受付扱いです。"

    def off(self, days: DaysOff) -> str:
        which = self.day(days.first)
        if days.last != days.first:
            which = f"{which}から{self.day(days.last)}まで"
        if days.kind == "holiday":
            return f"{which}は祝日（{days.name_ja or days.name}）のため、営業日に数えません。"
        if days.kind == "closed":
            name = days.name_ja or days.name
            name = f"（{name}）" if name else ""
            return f"{which}は休業日{name}のため、営業日に数えません。"
        return f"{which}は定休日です。"

    def pauses(self) -> list[str]:
        said = []
        for pause in self.clock.pauses:
            why = WAITING.get(pause.reason, pause.reason)
            why = f"{why}のため" if why else ""
            if pause.until:
                said.append(
                    f"{self.moment(pause.since)}から{self.moment(pause.until)}まで、"
                    f"{why}期限の計測を止めていました。"
                )
            else:
                said.append(f"{self.moment(pause.since)}から、{why}期限の計測を止めています。")
        return said

    def due(self) -> str:
        clock, within = self.clock, self.clock.definition.within
        if clock.due_at is None:
            return "期限の計測が止まっている間、期限はありません。"
        how = ""
        if isinstance(within, BusinessDays) and within.by == "close":
            close = f"第{within.days}営業日" if within.days else "受付扱い日"
            how = f"（{close}の終業）"
        return f"期限は{self.moment(clock.due_at)}{how}です。"

    def both_clocks(self) -> str:
        clock = self.clock
        if clock.due_without_pauses_at == clock.due_at:
            return "計測の停止による期限の変更はありません。"
        return f"計測を止めなければ、期限は{self.moment(clock.due_without_pauses_at)}でした。"

    def ending(self) -> str:
        clock, state, due = self.clock, self.clock.state, self.clock.due_at
        if state is None:
            return f"{self.moment(clock.at)}の時点では、まだ{self.started}されていません。"
        if state == "void" and clock.cancelled_at:
            why = "スパムとして取り消されたため" if clock.spam else "期限前に取り消されたため"
            return f"{self.moment(clock.cancelled_at)}、{why}、集計に含めません。"
        prefix = ""
        if state == "exempt" and clock.exempted_at:
            prefix = f"{self.moment(clock.exempted_at)}からKPIにとらわれない対応としています。"
        if state == "paused" and clock.paused_since:
            return f"{self.moment(clock.paused_since)}から停止中です。"
        if due is None:
            return f"{prefix}まだ{_did(self.stopped)}ていません。"
        if clock.stopped_at and clock.stopped_at <= clock.at:
            return (
                f"{prefix}{self.moment(clock.stopped_at)}に{_did(self.stopped)}ました。"
                f"{_apart(clock.stopped_at, due, clock.ahead_s or 0)}"
            )
        if state == "missed" and clock.cancelled_at:
            moment = self.moment(clock.cancelled_at)
            return f"{moment}に取り消されましたが、期限後のため超過のままです。"
        if clock.at > due:
            late = late_words(-(clock.ahead_s or 0))
            return f"{prefix}まだ{_did(self.stopped)}ておらず、{late}しています。"
        left = _length(clock.left_s or 0)
        return f"{prefix}まだ{_did(self.stopped)}ていません。営業時間で残り{left}です。"


def late_words(seconds: int) -> str:
    """Say how late something is, in the one measure of lateness there is: 営業時間."""
    return f"営業時間で{_length(seconds)}超過" if seconds else "終業を過ぎて超過"


def _did(what: str) -> str:
    """Make a verb of it: 回答し, 引き渡し."""
    return f"{what.removesuffix('し')}し"


def _apart(stopped: datetime, due: datetime, ahead_s: int) -> str:
    if stopped == due:
        return "期限ちょうどです。"
    if stopped < due:
        return f"期限より営業時間で{_length(ahead_s)}前です。"
    return f"{late_words(-ahead_s)}しました。"


def _length(seconds: int) -> str:
    return duration_words(timedelta(seconds=seconds), language="ja")

"""Jira Service Management's SLA cycles: elapsed working time of the last completed cycle.

**Source:** field names as the reference of SLA information gives them. The importer keeps the last
completed cycle of an SLA under its name: `Time to first response.elapsedTime` (milliseconds) and
`Time to first response.breached`; `goalDuration` tells the target beside them.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from shinrai.importers.rules.reconciliation import times
from shinrai.importers.rules.reconciliation.evidence import Evidence
from shinrai.importers.rules.reconciliation.figure import SourceFigure, stated_word
from shinrai.importers.rules.reconciliation.reasons import (
    MINUTE_S,
    business_time,
    missing_step,
    other_reading,
)
from shinrai.importers.rules.reconciliation.times import Reading
from shinrai.units.wording import Words, both

_AROUND = both(
    en="counted around the clock: the SLA uses a calendar that is always open",
    ja="すべての時間で数えています（SLA のカレンダーが常時営業です）",
)
_FIRST_OUT = both(
    en="counted to the first comment of any sort; ours leaves out automatic ones and mere thanks",
    ja="どんなコメントでも最初の一つまでで数えています（こちらは自動送信やお礼だけの文面を除きます）",
)
_SOLVED = both(
    en="counted to the resolution: the SLA ends there where nobody had answered",
    ja="解決までで数えています（返信がないまま解決しても SLA は止まります）",
)
_LAST = both(
    en="the source counts the last cycle alone, from the reopening on; ours adds all of them",
    ja="取り込み元は再オープン後の最後のサイクルだけを数えています（こちらは合計です）",
)
_NO_WAITS = both(
    en="the SLA rests in every wait; ours in waits for the customer alone",
    ja="SLA はすべての待ちで止まります（こちらは顧客待ちだけを除きます）",
)


def _millis(name: str) -> Callable[[Mapping[str, Any]], int | None]:
    """Take a duration in milliseconds as whole seconds."""

    def take(says: Mapping[str, Any]) -> int | None:
        try:
            return None if says.get(name) is None else round(Fraction(str(says[name])) / 1000)
        except ValueError:
            return None

    return take


def _verdict(name: str, reading: Reading) -> SourceFigure:
    """Declare the verdict: over the goal the source states, by our own time."""

    def we_say(evidence: Evidence) -> str | None:
        goal = _millis(f"{name}.goalDuration")(evidence.says)
        ours = times.by_calendar(reading)(evidence)
        return None if goal is None or ours is None else str(ours > goal).lower()

    def by_their_time(evidence: Evidence) -> str | None:
        goal = _millis(f"{name}.goalDuration")(evidence.says)
        theirs = _millis(f"{name}.elapsedTime")(evidence.says)
        return None if goal is None or theirs is None else str(theirs > goal).lower()

    return SourceFigure(
        name=f"{name}.breached",
        unit="word",
        definition=both(en="whether the goal was missed", ja="目標時間を超えたか"),
        ours=both(
            en="our time against the goal the source states",
            ja="こちらで数えた時間を、取り込み元の目標時間と比べたもの",
        ),
        says=stated_word(f"{name}.breached"),
        we_say=we_say,
        explain=(
            other_reading(
                by_their_time,
                both(
                    en="the verdict follows from the source's own elapsed time, which differs from "
                    "ours; its reason stands there",
                    ja="取り込み元の経過時間による判定です。時間の差の理由は経過時間の行にあります",
                ),
            ),
        ),
        needs_calendar=True,
    )


def _sla(
    name: str,
    reading: Reading,
    definition: Words,
    ours: Words,
    *kinds: str,
    others: Sequence[tuple[Reading, Words]] = (),
) -> tuple[SourceFigure, SourceFigure]:
    """Declare the working time of a cycle, and its verdict.

    `others` are readings an SLA is often set up by.
    """
    elapsed = business_time(
        f"{name}.elapsedTime",
        reading,
        definition,
        ours,
        _millis(f"{name}.elapsedTime"),
        *(other_reading(times.by_calendar(other), says, near=MINUTE_S) for other, says in others),
        other_reading(times.around_the_clock(reading), _AROUND, near=MINUTE_S),
        missing_step(
            *kinds,
            says=both(
                en="the export holds no step at which this clock could stop",
                ja="この値の計測が終わるできごとが書き出しにありません",
            ),
        ),
        per_unit=1,
    )
    return elapsed, _verdict(name, reading)


METRICS: Final = (
    *_sla(
        "Time to first response",
        times.first_reply,
        both(en="working time to the first response", ja="最初の返信までの稼働時間"),
        both(
            en="from receipt to the first substantive message of a person, by our calendar",
            ja="受付から、人による最初の実質的な返信まで（こちらのカレンダー）",
        ),
        "outbound",
        others=((times.first_message_out, _FIRST_OUT), (times.first_solution, _SOLVED)),
    ),
    *_sla(
        "Time to resolution",
        times.working,
        both(
            en="working time to the resolution, waits for the customer left out",
            ja="解決までの稼働時間（顧客待ちを除く）",
        ),
        both(
            en="unsolved time less the waits for the customer, by our calendar",
            ja="未解決の時間から顧客待ちを除いたもの（こちらのカレンダー）",
        ),
        "solved",
        "closed",
        others=((times.working_since_reopened, _LAST), (times.working_for_nobody, _NO_WAITS)),
    ),
)

"""The first sentence of the overview and of the queue: what is late, what is due, what is left."""

from collections.abc import Sequence
from typing import NamedTuple

from shinrai.objectives.rules.sentences import headline_en, headline_ja
from shinrai.objectives.rules.standing import Standing

Clause = tuple[str, bool]  # words, and whether they tell of lateness


class QueueCounts(NamedTuple):
    """How many are late, due by the next close (said as `close`), and in hand in all."""

    late: int
    at_risk: int
    in_hand: int
    close: str
    is_promised: bool = True  # without an objective nothing has a due time


def queue_clauses(pressing: QueueCounts, language: str) -> list[Clause]:
    """Say what presses, clause by clause, without the last full stop."""
    if not pressing.is_promised:
        if language == "ja":
            return [("目標がまだないため、どの案件にも期限がありません", False)]
        return [("Nothing is promised yet, so no case has a due time", False)]
    return _queue_ja(pressing) if language == "ja" else _queue_en(pressing)


def overview_clauses(
    pressing: QueueCounts, standings: Sequence[Standing], language: str
) -> list[Clause]:
    """Say what presses and whether the promises hold; worst first, and no comfort before a loss."""
    said = queue_clauses(pressing, language)
    if not standings:
        return said
    promises = (headline_ja if language == "ja" else headline_en).promises(standings)
    if not any(one.is_lost for one in standings):
        return [*said, (promises, False)]
    if pressing.late:
        return [said[0], (promises, True), *said[1:]]
    return [(promises, True), *said[1:]]


def unpromised_clauses(count: int, language: str) -> list[Clause]:
    """Say how many investigations are open that nothing is promised of."""
    if language == "ja":
        if not count:
            return [("未回答の調査はありません", False)]
        return [
            (f"未回答の調査が{count:,}件あります", False),
            ("期限を定める目標はまだありません", False),
        ]
    if not count:
        return [("No investigation is open", False)]
    many = "investigation is" if count == 1 else "investigations are"
    return [(f"{count:,} {many} open", False), ("no objective says by when they are due", False)]


def places_clauses(late: int, late_in: int, of: int, language: str) -> list[Clause]:
    """Say how many cases are late, and in how many of the workspaces somebody may read."""
    if language == "ja":
        if not late:
            return [(f"{of}つのワークスペースのどこにも、超過中の案件はありません", False)]
        if late_in == of:
            which = "すべてのワークスペースで、合わせて" if of > 1 else ""
            return [(f"{which}{late:,}件が超過中です", True)]
        where = f"{of}つのワークスペースのうち{late_in}つで"
        return [(f"{where}、{late:,}件が超過中です", True)]
    if not late:
        return [(f"Nothing is late in any of {of} workspaces", False)]
    many = "case is" if late == 1 else "cases are"
    where = f", in {late_in} of {of} workspaces" if of > 1 else ""
    return [(f"{late:,} {many} late{where}", True)]


def _queue_en(pressing: QueueCounts) -> list[Clause]:
    if not pressing.in_hand:
        return [("Nothing is waiting for us", False)]
    many = "case is" if pressing.late == 1 else "cases are"
    late = f"{pressing.late:,} {many} late" if pressing.late else "Nothing is late"
    said: list[Clause] = [(late, pressing.late > 0)]
    if pressing.close:
        more = " more" if pressing.late else ""
        verb = "falls" if pressing.at_risk == 1 else "fall"
        due = f"{pressing.at_risk:,}{more} {verb} due" if pressing.at_risk else "nothing falls due"
        said.append((f"{due} by {pressing.close}", False))
    return said


def _queue_ja(pressing: QueueCounts) -> list[Clause]:
    if not pressing.in_hand:
        return [("対応中の案件はありません", False)]
    late = f"{pressing.late:,}件が超過中です" if pressing.late else "超過中の案件はありません"
    said: list[Clause] = [(late, pressing.late > 0)]
    if pressing.close:
        due = (
            f"期限を迎えるのは{pressing.at_risk:,}件です"
            if pressing.at_risk
            else "期限を迎える案件はありません"
        )
        said.append((f"{pressing.close}までに{due}", False))
    return said

"""Why is this case due when it is: one `explain_case`, among some thousands of investigations.

Each question is about another case, in no order. The process is warm, as that of a page is: the
calendar has been read and its days worked out; the first question of a process is shown beside.
"""

import random
from statistics import median, quantiles
from time import perf_counter

from _cases import NAME, NOW, case_key, make_workspace
from _database import close_database, open_database
from _timing import machine, say, table, verdict
from django.db import connection

from shinrai.objectives.queries.explaining import explain_case
from shinrai.objectives.rules.sentences import en, ja

CASES = 5_000
ASKED = 1_000


def main() -> None:
    say(machine("django", "psycopg"))
    open_database()
    try:
        workspace_id = make_workspace(CASES)
        measure(workspace_id)
    finally:
        close_database()


def measure(workspace_id: int) -> None:
    """Ask, put into words, and ask PostgreSQL for nothing, in turn."""
    taken: dict[str, list[float]] = {"asked": [], "said": [], "nothing": []}
    clocks = pauses = 0
    for number in random.Random(1).sample(range(CASES), ASKED):
        started = perf_counter()
        found = explain_case(
            workspace_id=workspace_id, name=NAME, case_key=case_key(number), at=NOW
        )
        asked = perf_counter()
        for speak in (en, ja):
            for one in found:
                speak.facts(one.facts)
        said = perf_counter()
        _nothing()
        taken["asked"].append(asked - started)
        taken["said"].append(said - asked)
        taken["nothing"].append(perf_counter() - said)
        clocks += len(found)
        pauses += sum(len(one.facts.pauses) for one in found)
    say(f"{CASES:,} cases; {ASKED:,} asked, with {clocks:,} clocks and {pauses:,} pauses")
    names = {
        "asked": "`explain_case`",
        "said": "its sentences, in English and Japanese",
        "nothing": "`SELECT 1`, for comparison",
    }
    rows = []
    for name, seconds in taken.items():
        figures = (seconds[0], median(seconds), quantiles(seconds, n=20)[-1])
        rows.append([names[name], *(f"{1e3 * figure:.2f} ms" for figure in figures)])
    table(["what", "the first", "median", "19 of 20 within"], rows)
    took_ms = 1e3 * median(taken["asked"])
    trips = median(taken["asked"]) / median(taken["nothing"])
    verdict(
        f"{took_ms:.2f} ms for one explanation (less than 5): {trips:.0f} times an empty question",
        holds=took_ms < 5,
    )


def _nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


if __name__ == "__main__":
    main()

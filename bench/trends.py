"""How long it takes to judge 1,000 topics over five years of days, and the last weeks.

The target is 5 seconds on one core. Counts are drawn: quiet topics and busy ones, seasons, and one
planted outbreak, which must be found on its day.
"""

import argparse
from datetime import date

import numpy as np
from _timing import machine, say, timed, verdict

from shinrai.trends.rules.arrived import Arrived, Keyed
from shinrai.trends.rules.rises import RiseAlarm, alarms

TOPICS, DAYS, TARGET_S = 1_000, 5 * 365 + 1, 5.0
LAST = date(2026, 6, 1)
PLANTED, SIZE = 300, 40  # the topic and customers of the planted day, the last but ten


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--topics", type=int, default=TOPICS)
    topics = asked.parse_args().topics
    say(machine("numpy", "scipy"))
    found, day = _drawn(topics)
    say(f"{len(found):,} inquiries about {topics:,} topics on {DAYS:,} days")
    alarmed: list[list[RiseAlarm]] = []
    took = timed(lambda: alarmed.append(alarms(found, until=LAST)))
    said = {(one.topic, one.on.toordinal()) for one in alarmed[0]}
    is_found = (found.keyed["topic"].names[PLANTED % topics], day) in said
    say(f"{took:.2f} s, {len(alarmed[0])} alarms; planted day found: {is_found}")
    verdict(
        f"1,000 topics over 5 years in under {TARGET_S:.0f} s", holds=took < TARGET_S and is_found
    )


def _drawn(topics: int) -> tuple[Arrived, int]:
    rng = np.random.default_rng(18)
    season = 1 + 0.3 * np.sin(2 * np.pi * np.arange(DAYS) / 365.25)
    mean = rng.gamma(0.7, 1.5, topics)[:, None] * season
    counts = rng.poisson(mean)
    counts[PLANTED % topics, DAYS - 10] += SIZE
    topic, place = np.nonzero(counts)
    times = counts[topic, place]
    first = LAST.toordinal() - DAYS + 1
    code, on = np.repeat(topic, times), np.repeat(place, times) + first
    case = np.arange(1, len(code) + 1)
    names = tuple(f"t{n:04}" for n in range(topics))
    return Arrived(case, -case, on, case, {"topic": Keyed(names, code)}), first + DAYS - 10


if __name__ == "__main__":
    main()

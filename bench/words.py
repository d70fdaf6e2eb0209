"""How fast topics are suggested, and how long a model of 100,000 labelled inquiries takes to learn.

Texts are made of real ones, in English, two joined to one: the folder of `--data` (or
`BENCH_DATA`) holds `banking77`; without it nothing runs. Suggesting includes the
words that weighed. Processor time is given beside the clock's, on whichever cores it was spent.
"""

import argparse
import csv
import gzip
import io
import os
import random
from pathlib import Path

from _timing import machine, say, spent, verdict

from shinrai.topics.rules.text_model import Example, TextModel, answers, reasons, train

SIZE, SUGGESTED, TOPICS, SEED = 100_000, 2_000, 50, 20260401
TOGETHER = 1_000  # as the worker takes them
MOST_S, LEAST_PER_S = 60, 1_000


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--size", type=int, default=SIZE, help="how many labelled inquiries")
    asked.add_argument("--data", type=Path, default=os.environ.get("BENCH_DATA"))  # noqa: TID251
    given = asked.parse_args()
    if given.data is None or not (given.data / "banking77").is_dir():
        say("skipped: --data FOLDER (or BENCH_DATA) names the folder of banking77")
        return
    say(f"{machine('scikit-learn', 'scipy')}; load {os.getloadavg()[0]:.1f}")
    examples = made(given.data, given.size + SUGGESTED)
    learnt: list[TextModel] = []
    training = spent(lambda: learnt.append(train(examples[: given.size])))
    verdict(
        f"train on {given.size:,} in {MOST_S} s: {training.processor_s:.1f} s of the processor, "
        f"{training.seconds:.1f} s by the clock",
        holds=training.processor_s <= MOST_S,
    )
    texts = [one.text for one in examples[given.size :]]
    suggesting = spent(lambda: suggest(learnt[0], texts))
    rate = len(texts) / suggesting.processor_s
    verdict(
        f"suggest {LEAST_PER_S:,} a second: {rate:,.0f} on one core, "
        f"{len(texts) / suggesting.seconds:,.0f} by the clock",
        holds=rate >= LEAST_PER_S,
    )


def suggest(model: TextModel, texts: list[str]) -> None:
    """Answer texts, and say which words weighed where an answer is given."""
    for start in range(0, len(texts), TOGETHER):
        some = texts[start : start + TOGETHER]
        given = zip(some, answers(model, some), strict=True)
        reasons(model, [Example(text, one.topic) for text, one in given if one.is_given])


def made(folder: Path, count: int) -> list[Example]:
    """Return so many labelled texts, each of two real ones of the same label."""
    with gzip.open(folder / "banking77" / "train.csv.gz", "rb") as file:
        rows = list(csv.reader(io.TextIOWrapper(file, "utf-8")))[1:]
    by_topic: dict[str, list[str]] = {}
    for text, topic in rows:
        by_topic.setdefault(topic, []).append(text)
    chance, topics = random.Random(SEED), sorted(by_topic)[:TOPICS]
    drawn = (chance.choice(topics) for _ in range(count))
    return [Example(" ".join(chance.choices(by_topic[topic], k=2)), topic) for topic in drawn]


if __name__ == "__main__":
    main()

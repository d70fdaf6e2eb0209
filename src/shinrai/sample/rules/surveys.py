"""Two waves of NPS among learners' households: who is asked, who answers, and what they say.

Each child has a liking that stays; between the waves it grows for all by the same amount, so that
the change is known. Who studies often answers more often; who is cross writes more often.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import numpy as np

from shinrai.sample.rules.company import TOKYO
from shinrai.sample.rules.learners import Learners, identifier

SURVEY: Final = {
    "kind": "nps",
    "questions": [
        {"key": "recommend", "kind": "scale", "low": 0, "high": 10, "words": {
            "en": "Would you recommend Michi Note to a friend?",
            "ja": "ミチノートを友だちにすすめたいと思いますか。"}},
        {"key": "why", "kind": "text", "words": {
            "en": "What is the reason?", "ja": "その理由を教えてください。"}},
    ],
}  # fmt: skip
MONTHS_BACK: Final = (8, 2)  # of the waves, before the month shown
LASTS: Final = timedelta(days=14)
CAPPED, SAMPLED_OUT = 0.08, 0.25
GAIN: Final = 0.7  # of the liking of each, from wave to wave
WORDS: Final = {
    "detractors": ("アプリがよく止まります。", "料金が高いと感じます。",
                   "採点がおかしいことがあります。", "問い合わせの返事が遅かったです。"),
    "passives": ("問題の種類がもう少しほしいです。", "ふつうに使えています。"),
    "promoters": ("毎日楽しく続けています。", "計算が速くなりました。",
                  "返事がとても早かったです。"),
}  # fmt: skip


@dataclass(frozen=True)
class SampleAnswer:
    """What one learner's household answered."""

    learner: str
    score: int
    words: str
    at: datetime


@dataclass(frozen=True)
class SampleWave:
    """A wave: when it opens, how far each learner is in it, and the answers."""

    key: str
    opens_at: datetime
    states: dict[str, str]
    answers: tuple[SampleAnswer, ...]


def sample_waves(found: Learners) -> tuple[SampleWave, ...]:
    """Return the waves of a company; the same company has the same ones."""
    rng = np.random.default_rng([found.seed, 17])
    count = len(found)
    liking = rng.normal(7.6, 1.7, count)
    draws = rng.random((len(MONTHS_BACK), 5, count))
    noise = rng.normal(0, 0.8, (len(MONTHS_BACK), count))
    last = found.days[-1]
    waves = []
    for number, back in enumerate(MONTHS_BACK):
        months = last.year * 12 + last.month - 1 - back
        on = date(months // 12, months % 12 + 1, 1)
        day = (on - found.first).days
        if day < 28:
            continue
        start, end = (part[found.contract] for part in (found.contracts.start, found.contracts.end))
        often = found.active[:, day - 28 : day].mean(axis=1)
        scores = np.rint(liking + GAIN * number + noise[number]).clip(0, 10).astype(int)
        capped, drawn, answers, writes, when = draws[number]
        states, given = {}, []
        opens_at = datetime.combine(on, time(9), TOKYO).astimezone(UTC)
        for one in np.flatnonzero((start <= day) & (end > day)).tolist():
            name, score = identifier(one), int(scores[one])
            part = _part(score)
            if capped[one] < CAPPED:
                states[name] = "capped"
            elif drawn[one] < SAMPLED_OUT:
                states[name] = "sampled_out"
            elif answers[one] < 0.15 + 0.5 * often[one]:
                states[name] = "answered"
                is_written = writes[one] < {"detractors": 0.6, "passives": 0.3}.get(part, 0.2)
                words = WORDS[part]
                text = words[int(writes[one] * 1000) % len(words)] if is_written else ""
                given.append(SampleAnswer(name, score, text, opens_at + when[one] * LASTS))
            else:
                states[name] = "asked"
        waves.append(SampleWave(f"nps-{on:%Y-%m}", opens_at, states, tuple(given)))
    return tuple(waves)


def survey_truth(waves: Sequence[SampleWave]) -> list[dict[str, Any]]:
    """Return what satisfaction should find of each wave, counted from the draws."""
    found = []
    for wave in waves:
        parts = [_part(one.score) for one in wave.answers]
        states = list(wave.states.values())
        found.append(
            {
                "wave": wave.key,
                "eligible": len(states),
                **{state: states.count(state) for state in ("capped", "sampled_out", "answered")},
                **{part: parts.count(part) for part in WORDS},
                "with_comment": sum(bool(one.words) for one in wave.answers),
            }
        )
    return found


def _part(score: int) -> str:
    return "promoters" if score >= 9 else "passives" if score >= 7 else "detractors"

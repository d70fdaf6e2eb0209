"""A linear model of which words go with which topic; it abstains where it cannot be sure enough.

Pieces of words (and of Japanese sentences) are hashed, so that a model holds numbers only; a piece
that no second labelled text has weighs nothing. Confidence is calibrated on texts that the weights
have not seen, with matters of no topic among them.

Source: anchors of the project, measured on banking77, clinc150 and asdc; J. Platt, Probabilistic
        outputs for support vector machines (1999), on the best and second score; C. J. Clopper and
        E. S. Pearson, Biometrika 26 (1934), 404-413, for the lower end of precision; F. E. Harrell
        and C. E. Davis, Biometrika 69 (1982), 635-640, for the quantile of foreign matters.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shinrai.search.rules import folded
from shinrai.topics.rules.held_back import HeldBack, low_ends
from shinrai.units.errors import UserError
from shinrai.units.text import Text

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

BUCKETS: Final = 2**18  # of hashes, for each kind of piece
LONGEST: Final = 4_000  # characters read of a text; what is longer is a log somebody pasted
FEWEST: Final = 10  # examples of a topic before it can be suggested
SEED: Final = 20260401
HELD_BACK: Final = 5  # one text in five is held back where no stream to calibrate on is given
MOST_LEARNT: Final = 25_000  # examples; of more, so many of each topic that all have their share
MOST_HELD: Final = 20_000
FOREIGN_ANSWERED: Final = 0.07  # of matters of no topic, at most so many are answered
FOREIGN_ENOUGH: Final = 30  # known matters of no topic before that share can be held
IMAGINED: Final = 0.3  # weight of a text whose own topic is taken away, as a matter of no topic
JAPANESE: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
WORD: Final = re.compile(
    r"[\u3400-\u9fff々]+|[\u30a0-\u30ff]+|[\u3040-\u309f]+|[^\W\u3040-\u9fff]+"
)
Floats = NDArray[np.float32]


class BadExamples(UserError, ValueError):
    """Nothing can be learnt from these examples."""


class Example(NamedTuple):
    """A text, and the topic that people gave it."""

    text: str
    topic: str


class TopicAnswer(NamedTuple):
    """The likeliest topic of a text; `is_given` if it is sure enough to be suggested."""

    topic: str
    confidence: float
    is_given: bool


class Reason(NamedTuple):
    """A word of the text, by its place, and how much it spoke for the topic."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True)
class TextModel:
    """Weights by topic and hashed piece, how sure they are, and from where on it answers.

    **Shape** of `weights`: topics × pieces; `pieces` are the hashes that weigh, sorted.
    """

    topics: tuple[str, ...]
    pieces: NDArray[np.int64]
    rarity: Floats
    weights: Floats
    offsets: Floats
    sureness: tuple[float, float, float, float]
    threshold: float
    precision: float
    held_back: dict[str, HeldBack] = field(default_factory=dict)
    few: tuple[str, ...] = ()
    examples: int = 0
    foreign: int = 0

    @property
    def closed(self) -> frozenset[str]:
        """Return the topics that are never answered: too few examples, or plainly too imprecise."""
        poor = {topic for topic, held in self.held_back.items() if held.high < self.precision}
        return frozenset({*self.few, *poor})


def train(
    examples: Sequence[Example],
    *,
    stream: Sequence[Example] | None = None,
    precision: float = 0.95,
) -> TextModel:
    """Return a model that answers with at least this precision, learnt from labelled texts.

    `stream`: other labelled texts as they come in, with those of no topic (any topic the examples
    do not have); without it a fifth of the examples is held back and learnt from afterwards.
    Raises: BadExamples.
    """
    texts = [one.text for one in examples]
    said = np.array([one.topic for one in examples], dtype=object)
    topics, counts = np.unique(said.astype(str), return_counts=True) if len(said) else ((), ())
    if len(topics) < 2:
        raise BadExamples(
            Text(
                "{n} topics have labelled texts; a model needs two. Label more inquiries first",
                n=len(topics),
            )
        )
    rank = _ranks(said)
    if stream is None:
        back = np.flatnonzero(rank % HELD_BACK == HELD_BACK - 1)
        held = [examples[n] for n in back[np.argsort(rank[back], kind="stable")][:MOST_HELD]]
        kept = _learnt(np.setdiff1d(np.arange(len(said)), back), rank)
    else:
        held, kept = list(stream[-MOST_HELD:]), _learnt(np.arange(len(said)), rank)
    judge = _fitted(_counts([texts[n] for n in kept]), said[kept], precision)
    truth = np.array([one.topic for one in held], dtype=object)
    scores = _scores(judge, _counts([one.text for one in held]))
    model = judge
    if stream is None and len(said) <= MOST_LEARNT:
        model = _fitted(_counts(texts), said, precision)
    few = tuple(str(topic) for topic, n in zip(topics, counts, strict=True) if n < FEWEST)
    return _calibrated(model, judge, scores, truth, few)


def answers(model: TextModel, texts: Sequence[str]) -> list[TopicAnswer]:
    """Return the likeliest topic of each text, and whether it may be suggested."""
    if not texts:
        return []
    best, first, second = _best(_scores(model, _counts(texts)))
    sure = _sureness(model.sureness, first, second)
    closed = model.closed
    return [
        TopicAnswer(
            topic := model.topics[place],
            float(confidence),
            bool(confidence >= model.threshold) and topic not in closed and says_enough(text),
        )
        for text, place, confidence in zip(texts, best, sure, strict=True)
    ]


def says_enough(text: str) -> bool:
    """Return whether a text says enough to be about something: one word or emoji do not."""
    words = WORD.findall(text[:LONGEST])
    return len(words) > 1 and sum(map(len, words)) > 4


def reasons(
    model: TextModel, asked: Sequence[Example], *, most: int = 5
) -> list[tuple[Reason, ...]]:
    """Return the words of each text that spoke most for its topic, by place, heaviest first."""
    words = [[match.span() for match in WORD.finditer(one.text[:LONGEST])] for one in asked]
    parts = [
        one.text[start:end]
        for one, places in zip(asked, words, strict=True)
        for start, end in places
    ]
    if not parts:
        return [()] * len(asked)
    weighed = _weighed(model, _counts(parts, is_part=True))
    found, row = [], 0
    for one, places in zip(asked, words, strict=True):
        towards = model.weights[model.topics.index(one.topic)]
        weights = weighed[row : row + len(places)] @ towards
        row += len(places)
        heaviest = sorted(zip(weights, places, strict=True), key=lambda it: (-it[0], it[1]))
        spoke = [Reason(*place, round(float(weight), 3)) for weight, place in heaviest[:most]]
        found.append(tuple(reason for reason in spoke if reason.weight > 0))
    return found


def _counts(texts: Sequence[str], *, is_part: bool = False) -> "csr_matrix":
    """Return how often each hashed piece stands in each text.

    Latin words: pieces of 2 to 5 letters, words, and pairs of words. Japanese: 1 to 3 characters
    in a row, which did as well as a dictionary's words. A text of both has the pieces of both.
    """
    from scipy.sparse import csr_matrix, hstack
    from sklearn.feature_extraction.text import HashingVectorizer

    read = [folded(text[:LONGEST]) for text in texts]
    latin = [line if is_part or _is_latin(line) else "" for line in read]
    japanese = [line if JAPANESE.search(line) else "" for line in read]
    kinds: tuple[tuple[list[str], dict[str, Any]], ...] = (
        (latin, {"analyzer": "char_wb", "ngram_range": (2, 5)}),
        (latin, {"token_pattern": r"\b\w+\b", "ngram_range": (1, 2)}),
        (japanese, {"analyzer": "char", "ngram_range": (1, 3)}),
    )
    same = {"alternate_sign": False, "norm": None, "lowercase": False, "dtype": np.float32}
    parts = [
        HashingVectorizer(n_features=BUCKETS, **same, **kind).transform(lines)
        if any(lines)
        else csr_matrix((len(lines), BUCKETS), dtype=np.float32)
        for lines, kind in kinds
    ]
    return hstack(parts).tocsr()


def _is_latin(line: str) -> bool:
    """Return whether at least three in ten letters are of an alphabet."""
    letters = sum(sign.isalpha() for sign in line)
    return 10 * len(JAPANESE.findall(line)) <= 7 * letters


def _fitted(found: "csr_matrix", said: NDArray[Any], precision: float) -> TextModel:
    """Return a model with weights, whose threshold is not known yet."""
    from sklearn.svm import LinearSVC

    spread = found.getnnz(axis=0)
    pieces = np.flatnonzero(spread >= 2)
    if not len(pieces):
        raise BadExamples(
            Text("the labelled texts have no words in common; label more inquiries first")
        )
    rarity = (np.log((1 + found.shape[0]) / (1 + spread[pieces])) + 1).astype(np.float32)
    bare = TextModel((), pieces, rarity, rarity, rarity, (0, 0, 0, 0), np.inf, precision)
    # A coarse tolerance loses nothing (measured) and takes a tenth of the time.
    learnt = LinearSVC(tol=0.1, random_state=SEED).fit(_weighed(bare, found), said.astype(str))
    weights, offsets = learnt.coef_, learnt.intercept_
    if len(learnt.classes_) == 2:
        weights, offsets = np.vstack([-weights, weights]), np.array([-offsets[0], offsets[0]])
    return TextModel(
        topics=tuple(map(str, learnt.classes_)),
        pieces=pieces,
        rarity=rarity,
        weights=weights.astype(np.float32),
        offsets=offsets.astype(np.float32),
        sureness=(0.0, 0.0, 0.0, 0.0),
        threshold=np.inf,
        precision=precision,
        examples=len(said),
    )


def _weighed(model: TextModel, found: "csr_matrix") -> "csr_matrix":
    """Return TF-IDF of the pieces that weigh, each text of length 1."""
    from scipy.sparse import diags

    kept = found[:, model.pieces]
    kept.data = np.log(kept.data) + 1
    kept = kept @ diags(model.rarity)
    length = np.sqrt(np.asarray(kept.multiply(kept).sum(axis=1)).ravel())
    return (diags(1 / np.where(length > 0, length, 1).astype(np.float32)) @ kept).tocsr()


def _scores(model: TextModel, found: "csr_matrix") -> Floats:
    return np.asarray(_weighed(model, found) @ model.weights.T + model.offsets, dtype=np.float32)


def _best(scores: Floats) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Return the place of the best score of each text, that score, and the second."""
    order = np.argsort(scores, axis=1, kind="stable")
    rows = np.arange(len(scores))
    return order[:, -1], scores[rows, order[:, -1]], scores[rows, order[:, -2]]


def _ranks(said: NDArray[Any]) -> NDArray[np.int64]:
    """Return the place of each text within its topic, in an order of chance."""
    rank = np.zeros(len(said), dtype=np.int64)
    seen: dict[str, int] = {}
    for place in np.random.default_rng(SEED).permutation(len(said)):
        rank[place] = seen.get(said[place], 0)
        seen[said[place]] = int(rank[place]) + 1
    return rank


def _learnt(places: NDArray[np.int64], rank: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the texts to learn from: all, or of each topic as many as there is room for."""
    return np.sort(places[np.argsort(rank[places], kind="stable")][:MOST_LEARNT])


def _sureness(by: tuple[float, float, float, float], first: Floats, second: Floats) -> Floats:
    """Return how likely the best topic is right, by the best two scores."""
    height = by[0] + by[1] * first + by[2] * second + by[3] * first * second
    return np.asarray(1 / (1 + np.exp(-height)), dtype=np.float32)


def _calibrated(
    model: TextModel,
    judge: TextModel,
    scores: Floats,
    truth: NDArray[Any],
    few: tuple[str, ...],
) -> TextModel:
    """Return the model with the sureness and threshold that the texts held back allow.

    A text with its own topic taken away (of two topics: a text that says nothing) stands for a
    matter of no topic, with little weight, as the real ones are rare or unknown.
    """
    from scipy.stats.mstats import hdquantiles
    from sklearn.linear_model import LogisticRegression

    if not len(truth):
        return replace(model, few=few)
    topics = judge.topics
    best, first, second = _best(scores)
    right = np.array([topics[place] for place in best], dtype=object) == truth
    known = {topic: n for n, topic in enumerate(topics)}
    is_foreign = np.array([topic not in known for topic in truth])
    imagined = scores[~is_foreign].copy()
    if len(topics) > 2:
        own = [known[topic] for topic in truth[~is_foreign]]
        imagined[np.arange(len(own)), own] = -np.inf
    else:
        imagined[:] = judge.offsets
    _, other, another = _best(imagined) if len(imagined) else (best[:0], first[:0], second[:0])
    above, below = np.r_[first, other], np.r_[second, another]
    hits = np.r_[right, np.zeros(len(other), dtype=bool)]
    if hits.all() or not hits.any():
        return replace(model, few=few, foreign=int(is_foreign.sum()))
    fit = LogisticRegression().fit(
        np.c_[above, below, above * below],
        hits,
        sample_weight=np.r_[np.ones(len(right)), np.full(len(other), IMAGINED)],
    )
    by_first, by_second, by_both = map(float, fit.coef_[0])
    sureness = (float(fit.intercept_[0]), by_first, by_second, by_both)
    sure = _sureness(sureness, first, second)
    threshold = _threshold(sure, right, model.precision)
    if is_foreign.sum() >= FOREIGN_ENOUGH:
        # A few dozen texts leave gaps between them: the smooth quantile jumps over none.
        end = hdquantiles(sure[is_foreign].astype(float), prob=[1 - FOREIGN_ANSWERED])
        threshold = max(threshold, float(end[0]))
    said = np.array([topics[place] for place in best], dtype=object)
    given = sure >= threshold
    return replace(
        model,
        sureness=sureness,
        threshold=threshold,
        held_back={
            topic: HeldBack(
                int((given & (said == topic)).sum()),
                int((given & (said == topic) & right).sum()),
                model.precision,
            )
            for topic in model.topics
        },
        few=few,
        foreign=int(is_foreign.sum()),
    )


def _threshold(sure: Floats, right: NDArray[np.bool_], precision: float) -> float:
    """Return the lowest sureness from which on the lower end of precision is high enough."""
    order = np.argsort(-sure, kind="stable")
    ends = low_ends(np.cumsum(right[order]), np.arange(1, len(order) + 1))
    enough = np.flatnonzero(ends >= precision)
    return float(sure[order][enough[-1]]) if len(enough) else float("inf")

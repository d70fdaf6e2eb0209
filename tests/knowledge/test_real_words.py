"""Real Japanese requests of travellers find one on their own topic among 4,650 others."""

import json
import random
from pathlib import Path

import pytest

from shinrai.knowledge.rules.ranking import (
    ArticleCandidate,
    PairWeights,
    query_pairs,
    rank,
)
from shinrai.units.share import Share

PART = "vanilla/topic.L2.misc.1turn"  # 46 topics that people gave
WRITTEN, ASKED, SEED = 4_650, 150, 7


def full_width(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def one_missing(text: str) -> str:
    place = random.Random(len(text)).randrange(max(1, len(text) - 1))
    return text[:place] + text[place + 1 :]


def found_among_five(shared: Path, variant) -> float:
    import pyarrow.parquet as pq

    path = shared / "data/asdc_ja/crowd_utterances.parquet"
    if not path.exists():
        pytest.skip("asdc_ja is not here")
    columns = ["part", "text", "meta", "purpose"]
    rows = [
        (json.loads(one["meta"])["topic"], one["text"], one["purpose"])
        for one in pq.read_table(path, columns=columns).to_pylist()
        if one["part"] == PART
    ]
    lot = random.Random(SEED)
    written = lot.sample([one for one in rows if one[2] == "train"], WRITTEN)
    asked = lot.sample([one for one in rows if one[2] == "dev"], ASKED)
    articles = [
        ArticleCandidate(number, query_pairs(text), topic, Share(0, 0))
        for number, (topic, text, _) in enumerate(written)
    ]
    weights = PairWeights([one.pairs for one in articles])
    lengths = {one.article_id: weights.length(one.pairs) for one in articles}
    hits = 0
    for topic, text, _ in asked:
        best = rank(variant(text), articles, weights=weights, lengths=lengths)[:5]
        hits += any(one.candidate.topic == topic for one in best)
    return hits / ASKED


@pytest.mark.parametrize("variant", [str, full_width, one_missing])
def test_three_of_four_find_their_topic_within_five(shared: Path, variant) -> None:
    assert found_among_five(shared, variant) >= 0.74

"""What the text model may say: it abstains, and its answers are as precise as promised."""

import csv
import gzip
import io
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from shinrai.topics.commands.evaluate import evaluate
from shinrai.topics.rules.held_back import HeldBack
from shinrai.topics.rules.text_model import (
    BadExamples,
    Example,
    TextModel,
    answers,
    reasons,
    says_enough,
    train,
)

THINGS = {
    "login": ("パスワードを忘れて{}ログインできません", "{} I cannot sign in with my password"),
    "billing": ("{}の請求書が二重に届きました", "{} the invoice was charged twice"),
    "sound": ("{}の動画の音が出ません", "{} the video plays without any sound"),
}
WHEN = ("今日", "昨日", "先週", "夏休み", "テスト前", "夜", "朝", "since Monday", "again", "today")


def told(count: int, *, seed: int = 0) -> list[Example]:
    """Write so many texts of three topics, in two languages."""
    chance = random.Random(seed)
    return [
        Example(chance.choice(THINGS[topic]).format(chance.choice(WHEN)), topic)
        for topic in (*THINGS,) * count
    ]


@pytest.fixture(scope="module")
def model() -> TextModel:
    return train(told(120), stream=told(80, seed=1), precision=0.9)


@pytest.mark.parametrize(("promise", "needed"), [(0.9, 29), (0.95, 59), (0.99, 299)])
def test_a_switch_says_how_many_faultless_examples_are_missing(promise: float, needed: int) -> None:
    assert HeldBack(threshold=promise).missing == needed
    assert HeldBack(needed, needed, promise).missing == 0
    assert HeldBack(needed - 1, needed - 1, promise).missing == 1


def test_one_error_makes_it_93() -> None:
    assert HeldBack(1, 0, 0.95).missing + 1 == 93


def test_clear_words_are_answered_in_both_languages(model: TextModel) -> None:
    asked = [
        "昨日からログインできません、パスワードは合っています",
        "why was the invoice charged twice",
    ]

    assert [one.topic for one in answers(model, asked) if one.is_given] == ["login", "billing"]


@pytest.mark.parametrize("text", ["", " ", "ログイン", "password", "😀😀😀😀", "\0", "？！", "12"])
def test_what_says_too_little_is_left_to_people(model: TextModel, text: str) -> None:
    assert not says_enough(text)
    assert not answers(model, [text])[0].is_given


def test_a_megabyte_is_read_at_its_beginning(model: TextModel) -> None:
    [whole] = answers(model, ["動画の音が出ません。" + "ログ " * 300_000])
    [cut] = answers(model, [("動画の音が出ません。" + "ログ " * 300_000)[:4_000]])

    assert whole == cut


def test_words_of_no_topic_are_not_answered(model: TextModel) -> None:
    assert not answers(model, ["来週の遠足は雨でも行きますか"])[0].is_given


def test_a_topic_with_three_examples_is_never_suggested() -> None:
    few = [Example(f"名前の漢字を直してください {n}", "rename") for n in range(3)]

    found = train([*told(120), *few], stream=[*told(80, seed=1), *few], precision=0.9)

    assert found.few == ("rename",)
    assert "rename" in found.closed
    assert not answers(found, ["名前の漢字を直してください"])[0].is_given


def test_one_topic_or_none_cannot_be_learnt() -> None:
    for examples in ([], [Example("入れません", "login")] * 20):
        with pytest.raises(BadExamples):
            train(examples)


def test_the_same_examples_give_the_same_model() -> None:
    one, other = (train(told(40)) for _ in range(2))

    assert one.threshold == other.threshold
    np.testing.assert_array_equal(one.weights, other.weights)


def test_it_says_which_words_weighed(model: TextModel) -> None:
    text = "先生、動画の音が出ません"

    said = [text[one.start : one.end] for one in reasons(model, [Example(text, "sound")])[0]]

    assert set(said) & {"動画", "音"}
    assert "先生" not in said[:1]


def test_a_piece_of_one_text_alone_weighs_nothing() -> None:
    """Erased words cannot be asked of a model: what only one text had is not in it."""
    secret = Example("合言葉は杜若です、ログインできません", "login")
    with_it, without = (train([*told(40), *more], stream=told(9)) for more in ([secret], []))

    assert len(with_it.pieces) - len(without.pieces) < 40  # what it shares with the others
    assert reasons(with_it, [Example("杜若", "login")]) == [()]


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=60))
def test_any_text_has_an_answer_or_none(model: TextModel, text: str) -> None:
    [found] = answers(model, [text])

    assert found.topic in model.topics
    assert 0 <= found.confidence <= 1


def evaluated(
    tmp_path: Path, learnt: list, tested: list, stream: list | None = None, **how
) -> dict:
    asked = []
    for name, rows in (("train", learnt), ("test", tested), ("calibrate", stream)):
        if rows is not None:
            path = tmp_path / f"{name}.csv"
            with path.open("w", newline="", encoding=how.get("charset", "utf-8")) as file:
                writer = csv.writer(file, delimiter=how.get("separator", ","))
                writer.writerows([("text", "label"), *rows])
            asked += [f"--{name}", str(path)]
    answer = CliRunner().invoke(evaluate, [*asked, "--text", "text", "--label", "label", "--json"])
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


@pytest.mark.parametrize("saved", [("utf-16", "\t"), ("utf-8-sig", ";"), ("cp932", ",")])
def test_a_sheet_reads_the_same_however_excel_saved_it(tmp_path: Path, saved: Any) -> None:
    charset, separator = saved
    found = evaluated(tmp_path, told(40), told(9), charset=charset, separator=separator)

    assert found == evaluated(tmp_path, told(40), told(9))


def test_the_command_counts_what_it_answers(tmp_path: Path) -> None:
    foreign = [("来週の遠足は雨でも行きますか", "trip")] * 3
    tested = [*told(30, seed=2), *foreign]

    found = evaluated(tmp_path, told(120), tested, charset="cp932")

    assert found["of"] == len(tested) == found["precision"]["of"] + found["abstained"]
    assert found["coverage"] == found["precision"]["of"] / found["of"] > 0.8
    assert found["precision"]["low"] <= found["precision"]["share"] <= found["precision"]["high"]
    assert found["outside"]["of"] == 3
    assert {row["topic"] for row in found["by_topic"]} == set(THINGS)


def test_shuffled_labels_open_nothing(tmp_path: Path) -> None:
    learnt = told(120)
    labels = [one.topic for one in learnt]
    random.Random(3).shuffle(labels)

    found = evaluated(
        tmp_path, [(one.text, label) for one, label in zip(learnt, labels, strict=True)], told(20)
    )

    assert (found["coverage"], found["precision"]["share"]) == (0, None)
    assert all(row["missing"] == 59 for row in found["by_topic"])


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("words,label\nhello there,x\n", encoding="utf-8")
    asked = ["--train", str(path), "--test", str(path), "--text", "text", "--label", "label"]

    answer = CliRunner().invoke(evaluate, asked)

    assert answer.exit_code == 2
    assert "text" in answer.output


def test_banking77_holds_its_promise(tmp_path: Path, shared: Path) -> None:
    """A slice of 20 of 77 kinds, so that it takes seconds; docs/figures.md has the whole."""
    path = shared / "data" / "banking77" / "train.csv.gz"
    with gzip.open(path, "rb") as file:
        rows = list(csv.reader(io.TextIOWrapper(file, "utf-8")))[1:]
    kinds = sorted({kind for _, kind in rows})[:20]
    some = [(text, kind) for text, kind in rows if kind in kinds]
    random.Random(0).shuffle(some)
    cut = len(some) * 3 // 4

    found = evaluated(tmp_path, some[:cut], some[cut:])

    assert found["coverage"] >= 0.8
    assert found["precision"]["high"] >= 0.95
    assert found["precision"]["share"] >= 0.93

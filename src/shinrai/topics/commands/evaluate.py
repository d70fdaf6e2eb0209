"""The command `shinrai topics evaluate`: learn from one file, answer another."""

import csv
from pathlib import Path
from typing import Any

import click

from shinrai.cli.errors import refusing
from shinrai.cli.frame import StandardCommand, json_option
from shinrai.cli.language import translate
from shinrai.cli.output import print_answer
from shinrai.topics.rules.evaluation import evaluation
from shinrai.topics.rules.text_model import BadExamples, Example, answers, train
from shinrai.units.errors import UserError
from shinrai.units.text import Text, in_a_row

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
CHARSETS = ("utf-8-sig", "cp932")
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
LONGEST_CELL = 16_000_000  # characters; what is longer than a model reads is cut later


class WithoutDatabase(StandardCommand):
    """A command that reads files alone: no database is opened for it."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command at once."""
        ctx.find_root().meta.pop("shinrai.prepare", None)
        return super().invoke(ctx)


@click.command(cls=WithoutDatabase)
@click.option("--train", "learnt", type=FILE, required=True, help="Labelled texts to learn from.")
@click.option("--test", "tested", type=FILE, required=True, help="Labelled texts to answer.")
@click.option("--text", required=True, metavar="COLUMN", help="The column of texts.")
@click.option("--label", required=True, metavar="COLUMN", help="The column of labels.")
@click.option("--calibrate", type=FILE, help="Labelled texts as they come in, of no topic too.")
@click.option(
    "--precision",
    type=click.FloatRange(0.5, 0.999),
    default=0.95,
    show_default=True,
    help="What the lower end of precision must reach on texts held back.",
)
@json_option
def evaluate(
    learnt: Path,
    tested: Path,
    text: str,
    label: str,
    calibrate: Path | None,
    precision: float,
    as_json: bool,
) -> None:
    """Say how many texts of a file would be answered, and how many of these rightly.

    Files are CSV (UTF-8 or Shift_JIS) or Parquet. A label that the training file does not have is
    a matter of no topic: wrong whenever it is answered. Nothing is stored.

    Example: shinrai topics evaluate --train a.csv --test b.csv --text text --label topic --json
    """
    with refusing(UserError):
        model = train(
            read_examples(learnt, text, label),
            stream=read_examples(calibrate, text, label) if calibrate else None,
            precision=precision,
        )
        tests = read_examples(tested, text, label)
        found = evaluation(model, tests, answers(model, [test.text for test in tests]))
    print_answer(found, as_json=as_json, words=lambda: translate(evaluation_words(found)))


def evaluation_words(found: dict[str, Any]) -> Text:
    """Return an evaluation in two sentences."""
    share = found["precision"]
    parts = [
        Text(
            "{answered:,} of {of:,} texts are answered, {abstained:,} are left to people.",
            answered=share["of"],
            of=found["of"],
            abstained=found["abstained"],
        )
    ]
    if share["of"]:
        parts.append(
            Text("{share:.1%} of the answers are right (95 %: {low:.1%} to {high:.1%}).", **share)
        )
    if found["outside"]["of"]:
        parts.append(
            Text(
                "Of {of:,} texts of no known topic {answered:,} are answered, wrongly.",
                **found["outside"],
            )
        )
    return in_a_row(parts)


def read_examples(path: Path, text: str, label: str) -> list[Example]:
    """Return the labelled texts of a CSV or Parquet file; rows without either are left out.

    Raises: BadExamples.
    """
    rows = _parquet_rows(path) if path.suffix == ".parquet" else _csv_rows(path)
    missing = [name for name in (text, label) if rows and name not in rows[0]]
    if missing:
        raise BadExamples(
            Text(
                "{file} has no column {column}; it has: {columns}",
                file=path.name,
                column=missing[0],
                columns=", ".join(map(str, rows[0])),
            )
        )
    pairs = ((str(row[text] or ""), str(row[label] or "").strip()) for row in rows)
    found = [Example(said.replace("\0", ""), topic) for said, topic in pairs if said and topic]
    if not found:
        raise BadExamples(Text("{file} has no row with a text and a label", file=path.name))
    return found


def _csv_rows(path: Path) -> list[dict[str, Any]]:
    csv.field_size_limit(LONGEST_CELL)
    raw = path.read_bytes()
    for charset in ("utf-16",) if raw[:2] in UTF_16_MARKS else CHARSETS:
        try:
            lines = raw.decode(charset).replace("\0", "").splitlines(keepends=True)
            separator = max(",;\t", key="".join(lines[:1]).count)  # Excel saves with each of them
            return list(csv.DictReader(lines, delimiter=separator))
        except UnicodeDecodeError:
            continue
        except csv.Error as error:
            raise BadExamples(
                Text("{file} is no CSV file: {why}", file=path.name, why=str(error))
            ) from error
    raise BadExamples(
        Text("{file} is neither UTF-8, UTF-16 nor Shift_JIS; save it anew", file=path.name)
    )


def _parquet_rows(path: Path) -> list[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise BadExamples(
            Text("{file} is no Parquet file: {why}", file=path.name, why=str(error)[:200])
        ) from error
    return rows

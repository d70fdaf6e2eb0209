"""How an answer is drawn: chosen from its columns, or as said in a few words."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, get_args

from shinrai.explore.rules.answer import AnswerColumn, SqlAnswer
from shinrai.explore.rules.chart_words import TYPES, ChartType, split_words
from shinrai.units.errors import UserError
from shinrai.units.text import Text

SERIES = 5  # lines that a reader can still tell apart
USUAL_TOP, MOST_TOP = 20, 50
SAYS = ("of", "by", "per", "top")
MOST_POINTS = 1_000  # of a series; a chart has fewer pixels


class BadChart(UserError, ValueError):
    """A chart that an answer cannot be drawn as."""


@dataclass(frozen=True)
class Chart:
    """A chart of an answer: columns by name; `series` is a column whose values are lines apart."""

    type: ChartType
    x: str = ""
    y: str = ""
    low: str = ""
    high: str = ""
    series: str = ""
    top: int = USUAL_TOP

    def document(self) -> dict[str, Any]:
        """Return the chart as it is stored with a question: what differs from an empty one."""
        empty = Chart(self.type)
        return {"type": self.type} | {
            name: value for name, value in vars(self).items() if value != getattr(empty, name)
        }


@dataclass(frozen=True)
class Points:
    """What is drawn: rows of x, y, low, high and series, and how many were left out."""

    rows: tuple[tuple[Any, Any, Any, Any, str], ...]
    left_out: int = 0


def read_chart_document(document: Mapping[str, Any]) -> Chart | None:
    """Return a stored chart; None where none was chosen.

    Raises: BadChart.
    """
    if not document:
        return None
    if document.get("type") not in get_args(ChartType):
        raise BadChart(Text("a chart is one of {types}", types=", ".join(get_args(ChartType))))
    known = {key: value for key, value in document.items() if key in Chart.__dataclass_fields__}
    words = (value for key, value in known.items() if key != "top")
    if set(known) != set(document) or not all(isinstance(one, str) for one in words):
        raise BadChart(Text("a chart has: type, x, y, low, high, series, top"))
    top = known.get("top", USUAL_TOP)
    if type(top) is not int or not 1 <= top <= MOST_TOP:
        raise BadChart(Text("a chart shows the top 1 to {most}", most=MOST_TOP))
    return Chart(**known)


def chart_for(columns: Sequence[AnswerColumn], rows: Sequence[Sequence[Any]]) -> Chart:
    """Return the chart that fits an answer.

    Time is a line, a share with its bounds an interval, a category a sorted bar, one number a
    figure; anything else stays a table.
    """
    dates = [one.name for one in columns if one.kind == "date"]
    texts = [one.name for one in columns if one.kind in ("text", "bool")]
    numbers = [one.name for one in columns if one.kind == "number"]
    low, high = _named(numbers, "low"), _named(numbers, "high")
    values = [name for name in numbers if name not in (low, high)]
    if not values or not rows:
        return Chart("table")
    y = values[0]
    if len(rows) == 1 and len(columns) == len(numbers):
        return Chart("figure", y=y, low=low, high=high)
    if dates and len(texts) <= 1:
        return Chart("line", dates[0], y, low, high, texts[0] if texts else "")
    if low and high and len(texts) == 1:
        return Chart("interval", texts[0], y, low, high)
    if len(texts) == 1 and len({row[_place(columns, texts[0])] for row in rows}) == len(rows):
        return Chart("bar", texts[0], y)
    return Chart("table")


def read_words(words: str, answer: SqlAnswer) -> Chart:
    """Return the chart that a member wrote: `bar of inquiries by topic, top 10`.

    What is not said is taken from the chart that fits.
    Raises: BadChart, which names the word that is no type, column or number.
    """
    columns = [one.name for one in answer.columns]
    parts = split_words(words, columns)
    kind = next((one for one in parts if one in TYPES and one not in columns), None)
    chosen = chart_for(answer.columns, answer.rows) if kind is None else _typed(TYPES[kind], answer)
    said = expects = ""
    for word in parts:
        if word in SAYS:
            expects = word
        elif expects == "top" and word.isdecimal() and 1 <= int(word) <= MOST_TOP:
            chosen, expects = replace(chosen, top=int(word)), ""
        elif expects not in ("", "top") and word in columns:
            chosen, expects = _with(chosen, expects, word), ""
        elif word != kind or expects:
            said = said or word
    if said or expects:
        raise BadChart(
            Text(
                "{word!r} is not understood; write for example: bar of {y} by {x}, top 10. "
                "Types: line, bar, interval, figure, table. Columns: {columns}",
                word=said or words[:80],
                y=chosen.y or "inquiries",
                x=chosen.x or "topic",
                columns=", ".join(columns),
            )
        )
    return fitted(chosen, answer)


def fitted(chart: Chart, answer: SqlAnswer) -> Chart:
    """Return the chart if the answer has what it needs.

    Raises: BadChart.
    """
    kinds = {one.name: one.kind for one in answer.columns}
    for name in (chart.x, chart.y, chart.low, chart.high, chart.series):
        if name and name not in kinds:
            known = ", ".join(kinds)
            raise BadChart(Text("no column {name}; there are: {known}", name=name, known=known))
    if chart.type != "table" and kinds.get(chart.y) != "number":
        raise BadChart(Text("a chart of this type needs a column of numbers"))
    if chart.type in ("line", "bar", "interval") and not chart.x:
        raise BadChart(Text("say by which column: by topic"))
    if chart.type == "line" and kinds.get(chart.x) != "date":
        raise BadChart(Text("a line needs a column of dates; take a bar for {x}", x=chart.x))
    if chart.type == "interval" and not (chart.low and chart.high):
        raise BadChart(Text("an interval needs the columns low and high"))
    return chart


def points(chart: Chart, answer: SqlAnswer) -> Points:
    """Return what is drawn: bars by size, lines by date; of many series the greatest."""
    places = {one.name: number for number, one in enumerate(answer.columns)}

    def cell(row: Sequence[Any], name: str) -> Any:
        return row[places[name]] if name else None

    found = [
        (
            cell(row, chart.x),
            cell(row, chart.y),
            cell(row, chart.low),
            cell(row, chart.high),
            _word(cell(row, chart.series)) if chart.series else "",
        )
        for row in answer.rows
        if cell(row, chart.y) is not None and (not chart.x or cell(row, chart.x) is not None)
    ]
    if chart.type == "line":
        return _lines(found)
    ordered = sorted(found, key=lambda one: one[1], reverse=True)
    kept = ordered[: chart.top]
    return Points(
        tuple((_word(x), y, low, high, series) for x, y, low, high, series in kept),
        len(ordered) - len(kept),
    )


def is_share(name: str) -> bool:
    """Tell whether a column holds shares: its name says so."""
    return name == "share" or name.endswith("_share")


def number(value: Any, share: bool = False) -> str:
    """Return a number as readers see it: `1,234`, `12.5`, `93.4 %`."""
    if share:
        return f"{100 * value:.1f} %"
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def _lines(found: Sequence[tuple[Any, Any, Any, Any, str]]) -> Points:
    series: dict[str, list[tuple[Any, Any, Any, Any, str]]] = defaultdict(list)
    for one in sorted(found, key=lambda one: _day(one[0])):
        series[one[4]].append((_day(one[0]), *one[1:]))
    greatest = sorted(series, key=lambda name: -sum(abs(one[1]) for one in series[name]))[:SERIES]
    rows = []
    for name in greatest:
        step = -(-len(series[name]) // MOST_POINTS)
        # Counted from the end, so that the newest point is always drawn.
        rows.extend(series[name][::-1][::step][::-1])
    return Points(tuple(rows), len(found) - len(rows))


def _typed(kind: ChartType, answer: SqlAnswer) -> Chart:
    usual = chart_for(answer.columns, answer.rows)
    numbers = [one.name for one in answer.columns if one.kind == "number"]
    others = [one.name for one in answer.columns if one.kind != "number"]
    low, high = usual.low or _named(numbers, "low"), usual.high or _named(numbers, "high")
    y = usual.y or next((name for name in numbers if name not in (low, high)), "")
    x = usual.x or next(iter(others), "")
    if kind == "table":
        return Chart("table")
    return replace(usual, type=kind, x="" if kind == "figure" else x, y=y, low=low, high=high)


def _with(chart: Chart, said: str, column: str) -> Chart:
    if said == "of":
        return replace(chart, y=column)
    return replace(chart, x=column) if said == "by" else replace(chart, series=column)


def _named(names: Sequence[str], end: str) -> str:
    return next((name for name in names if name == end or name.endswith(f"_{end}")), "")


def _place(columns: Sequence[AnswerColumn], name: str) -> int:
    return next(number for number, one in enumerate(columns) if one.name == name)


def _word(value: object) -> str:
    return "" if value is None else str(value)


def _day(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)

"""Charts as SVG: a Vega-Lite specification, drawn by vl-convert, with what readers need added.

Only data in the specification is drawn (an address in it would be fetched). Colours are the
stylesheet's tokens, which a chart inside a page reads; a picture alone gets those of paper.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

from shinrai.console.charts.svg import NARROW, Drawing, safe, text_width
from shinrai.explore.rules.answer import SqlAnswer
from shinrai.explore.rules.charts import (
    Chart,
    Points,
    chart_for,
    fitted,
    is_share,
    number,
    points,
    read_chart_document,
)
from shinrai.topics.queries import codebook
from shinrai.units.text import Language, Text, translated

WIDE: Final = 760
VEGA_LITE: Final = "6.4"
SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v6.json"
FONT: Final = "Noto Sans, Noto Sans CJK JP, sans-serif"
LINES: Final = ("var(--accent)", "var(--gold)", "var(--plum)", "var(--kept)", "var(--ink-soft)")
DASHES: Final = ([1, 0], [6, 3], [2, 2], [8, 2, 2, 2], [4, 4])
LABEL, NARROW_LABEL, ROW, EVENT_NAME = 180, 120, 24, 24
TOPIC: Final = "topic"
NEAR_EVENTS: Final = 0.15  # of the width of a chart
DATE_LABEL: Final = 84  # the room a date takes, with some air


@dataclass(frozen=True)
class EventMark:
    """A declared event on a chart of time."""

    on: date
    label: str


@dataclass(frozen=True)
class DrawnChart:
    """A chart as SVG; `note` says what was left out. A table has no drawing."""

    chart: Chart
    svg: Drawing
    note: Text | None = None


def draw_chart(
    *,
    answer: SqlAnswer,
    document: Mapping[str, Any] | None = None,
    title: str,
    language: Language,
    prefix: str = "chart",
    open_from: date | None = None,
    events: Sequence[EventMark] = (),
    names: Mapping[str, str] | None = None,
    width: int = WIDE,
) -> DrawnChart:
    """Draw an answer, at a width for screens and again for phones, or once if it is narrow anyway.

    `open_from` is the first date of a period that is not over: what leads there is hatched.
    `names` are what readers call the topics; a column `topic` is labelled by them.
    Raises: BadChart if the stored chart does not fit the answer any more.
    """
    stored = read_chart_document(document or {})
    chart = fitted(stored, answer) if stored else chart_for(answer.columns, answer.rows)
    found = points(chart, answer) if chart.type != "table" else Points(())
    if names:
        found = _named(chart, found, names)
    if not found.rows:
        return DrawnChart(chart, Drawing(""))
    frame = _Frame(chart, found, title, language, prefix, open_from, tuple(events))
    if chart.type == "figure":
        svg = frame.figure()
    elif width <= NARROW:
        svg = frame.drawn("n", NARROW)
    else:
        wide, narrow = frame.drawn("w", width), frame.drawn("n", NARROW)
        svg = Drawing(
            f'<div class="drawing wide">{wide}</div><div class="drawing narrow">{narrow}</div>'
        )
    left = found.left_out
    note = Text("{count} row is not drawn", "{count} rows are not drawn", count=left)
    return DrawnChart(chart, svg, note if left else None)


def topic_names(*, workspace_id: int, language: Language) -> dict[str, str]:
    """Return what readers call each topic of the codebook, by key."""
    topics = codebook(workspace_id=workspace_id).topics
    return {key: translated(one.name, language) for key, one in topics.items()}


@dataclass(frozen=True)
class _Frame:
    """What all drawings of one chart share."""

    chart: Chart
    found: Points
    title: str
    language: Language
    prefix: str
    open_from: date | None
    events: tuple[EventMark, ...]

    def drawn(self, size: str, width: int) -> Drawing:
        import vl_convert

        svg = vl_convert.vegalite_to_svg(
            self.spec(width),
            vl_version=VEGA_LITE,
            time_format_locale="ja-JP" if self.language == "ja" else "en-US",
        )
        return self._finished(svg, f"{self.prefix}-{size}", width)

    def figure(self) -> Drawing:
        """Draw one number large, with its interval beneath."""
        _, y, low, high, _ = self.found.rows[0]
        share = is_share(self.chart.y)
        between = ""
        if low is not None and high is not None:
            words = Text(
                "between {low} and {high}", low=number(low, share), high=number(high, share)
            )
            between = f"<span>{safe(translated(words, self.language))}</span>"
        return Drawing(f'<p class="one-number"><b>{number(y, share)}</b>{between}</p>')

    def alt(self) -> str:
        """Return what a reader who does not see the chart is told."""
        rows, share = self.found.rows, is_share(self.chart.y)
        first, last = rows[0], rows[-1]
        if self.chart.type == "line":
            said = Text(
                "{y} from {first} to {last}; last: {value}. The table beneath has every number.",
                y=self.chart.y, first=first[0], last=last[0], value=number(last[1], share),
            )  # fmt: skip
        elif self.chart.type == "figure":
            said = Text("{y}: {value}", y=self.chart.y, value=number(first[1], share))
        else:
            said = Text(
                "{y} by {x}; greatest: {name}, {value}. The table beneath has every number.",
                y=self.chart.y, x=self.chart.x, name=first[0], value=number(first[1], share),
            )  # fmt: skip
        return translated(said, self.language)

    def spec(self, width: int) -> dict[str, Any]:
        """Return the Vega-Lite specification of the chart at a width."""
        layers = (
            _time_layers(self, width) if self.chart.type == "line" else _row_layers(self, width)
        )
        rows = [
            {"row": row, "x": x, "y": y, "low": low, "high": high, "series": series or self.chart.y}
            for row, (x, y, low, high, series) in enumerate(self.found.rows)
        ]
        height = 240 if self.chart.type == "line" else {"step": ROW}
        return {
            "$schema": SCHEMA,
            "width": width,
            "height": height,
            "autosize": {"type": "fit-x", "contains": "padding"},
            "background": None,
            "data": {"values": rows},
            "layer": layers,
            "config": _config(width),
        }

    def _finished(self, svg: str, prefix: str, width: int) -> Drawing:
        """Return the SVG with a title, ids of its own, the hatching, and no fixed size."""
        box = re.search(r'viewBox="([^"]+)"', svg)
        inner = svg[svg.index(">") + 1 :]
        inner = re.sub(r'\b(id="|url\(#|href="#)', rf"\1{prefix}-", inner)
        # Marks tell their type in English; the title and the description say it in words.
        inner = re.sub(r' (?:aria-roledescription|aria-label|role)="[^"]*"', "", inner)
        inner = inner.replace(f"url(#{prefix}-hatch)", f"url(#{prefix}-open)")
        hatching = (
            f'<defs><pattern id="{prefix}-open" width="6" height="6" '
            'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
            '<path stroke="var(--edge)" stroke-opacity="0.5" d="M0 0V6"/></pattern></defs>'
        )
        return Drawing(
            f'<svg class="plot" viewBox="{box[1] if box else ""}" role="img" '
            f'aria-labelledby="{prefix}-title {prefix}-desc" xmlns="http://www.w3.org/2000/svg" '
            f'xmlns:xlink="http://www.w3.org/1999/xlink">'
            f'<title id="{prefix}-title">{safe(self.title)}</title>'
            f'<desc id="{prefix}-desc">{safe(self.alt())}</desc>{hatching}{inner}'
        )


def _time_layers(frame: _Frame, width: int) -> list[dict[str, Any]]:
    chart, rows = frame.chart, frame.found.rows
    names = list(dict.fromkeys(one[4] or chart.y for one in rows))
    x = {
        "field": "x",
        "type": "temporal",
        "scale": {"type": "utc"},
        "axis": _date_axis([one[0] for one in rows], frame.language, width),
    }
    y = {"field": "y", "type": "quantitative", "axis": _value_axis(chart), "scale": {"zero": True}}
    colour = {
        "field": "series",
        "type": "nominal",
        "scale": {"domain": names, "range": list(LINES[: len(names)])},
        "legend": _legend(2 if width <= NARROW else 5) if len(names) > 1 else None,
    }
    dash = {
        "field": "series",
        "scale": {"domain": names, "range": list(DASHES[: len(names)])},
        "legend": None,
    }
    layers: list[dict[str, Any]] = []
    if frame.open_from is not None:
        opened = frame.open_from.isoformat()
        if any(one[0] >= opened for one in rows):
            # A point stands at the start of its period: what leads to it is not over either.
            start = max((one[0] for one in rows if one[0] < opened), default=opened)
            span = {"start": start, "end": max(one[0] for one in rows)}
            layers.append(
                {
                    "data": {"values": [span]},
                    "mark": {"type": "rect", "fill": "url(#hatch)", "stroke": "url(#hatch)"},
                    "encoding": {"x": x | {"field": "start"}, "x2": {"field": "end"}},
                }
            )
    if chart.low and chart.high:
        band = {"type": "area", "opacity": 0.16, "line": False}
        between = {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"}, "color": colour}
        layers.append({"mark": band, "encoding": between})
    shown = {"x": x, "y": y, "color": colour, "strokeDash": dash}
    layers.append({"mark": {"type": "line", "strokeWidth": 2}, "encoding": shown})
    if len(rows) <= 60 * len(names):
        dot = {"type": "point", "filled": True, "size": 18, "opacity": 1}
        layers.append({"mark": dot, "encoding": {"x": x, "y": y, "color": colour}})
    return layers + _event_layers(frame, x)


def _named(chart: Chart, found: Points, names: Mapping[str, str]) -> Points:
    x, series = chart.x == TOPIC, chart.series == TOPIC
    return replace(
        found,
        rows=tuple(
            (
                names.get(one[0], one[0]) if x else one[0],
                *one[1:4],
                names.get(one[4], one[4]) if series else one[4],
            )
            for one in found.rows
        ),
    )


def _date_axis(dates: Sequence[str], language: Language, width: int) -> dict[str, Any]:
    """Label dates that have a point, counted back from the newest, as many as there is room for."""
    known = sorted(set(dates))
    room = max(width // DATE_LABEL, 2)
    shown = known[:: -max(-(-len(known) // room), 1)]
    with_year = known[0][:4] != known[-1][:4] and len(known) > 1
    labels = {_milliseconds(one): _date_label(one, language, with_year=with_year) for one in shown}
    return {
        "title": None,
        "labelOverlap": True,
        "values": list(labels),
        "labelExpr": f"{json.dumps(labels)}[toString(time(datum.value))]",
    }


def _milliseconds(moment: str) -> int:
    at = datetime.fromisoformat(moment)
    return round(at.replace(tzinfo=at.tzinfo or UTC).timestamp() * 1000)


def _date_label(moment: str, language: Language, *, with_year: bool) -> str:
    on = date.fromisoformat(moment[:10])
    if with_year:
        return translated(Text("{on:%b} {on.year}", on=on), language)
    return translated(Text("{on.day} {on:%b}", context="short", on=on), language)


def _event_layers(frame: _Frame, x: dict[str, Any]) -> list[dict[str, Any]]:
    first, last = frame.found.rows[0][0], max(one[0] for one in frame.found.rows)
    there = sorted(
        (one.on, one.label[:EVENT_NAME])
        for one in frame.events
        if first <= one.on.isoformat() <= last
    )
    if not there:
        return []
    days = max((date.fromisoformat(last[:10]) - date.fromisoformat(first[:10])).days, 1)
    rows: list[list[dict[str, str]]] = [[], []]
    before: date | None = None
    row = 0
    for on, label in there:
        # Names of events that follow each other closely stand in two rows.
        is_close = before is not None and (on - before).days < NEAR_EVENTS * days
        row = 1 - row if is_close else 0
        rows[row].append({"on": on.isoformat(), "label": label})
        before = on
    at = {"x": x | {"field": "on"}}
    rule = {"type": "rule", "color": "var(--risk)", "strokeDash": [3, 3]}
    name = {"type": "text", "align": "left", "dx": 3, "fontSize": 11, "color": "var(--risk)"}
    return [
        {"data": {"values": [*rows[0], *rows[1]]}, "mark": rule, "encoding": at},
        *(
            {
                "data": {"values": some},
                "mark": name | {"y": 8 + 14 * number},
                "encoding": at | {"text": {"field": "label"}},
            }
            for number, some in enumerate(rows)
            if some
        ),
    ]


def _row_layers(frame: _Frame, width: int) -> list[dict[str, Any]]:
    most = LABEL if width > NARROW else NARROW_LABEL
    chart, share = frame.chart, is_share(frame.chart.y)
    labels = json.dumps([_shortened(str(one[0]), most) for one in frame.found.rows])

    y = {
        "field": "row",
        "type": "ordinal",
        # Vega measures a label letter by letter to cut it, which takes a second: cut before.
        "axis": {
            "title": None,
            "labelLimit": 0,
            "labelExpr": f"{labels}[datum.value]",
            "ticks": False,
            "domain": False,
        },
    }
    x = {"field": "y", "type": "quantitative", "axis": _value_axis(chart), "scale": {"zero": True}}
    said = {"field": "y", "type": "quantitative", "format": ".1%" if share else ",~r"}
    words = {"type": "text", "align": "left", "dx": 5, "color": "var(--ink)", "fontSize": 12}
    if chart.type == "interval":
        rule = {"x": x | {"field": "low"}, "x2": {"field": "high"}, "y": y}
        dot = {"type": "point", "filled": True, "size": 50, "color": "var(--accent)", "opacity": 1}
        return [
            {"mark": {"type": "rule", "color": "var(--accent)"}, "encoding": rule},
            {"mark": dot, "encoding": {"x": x, "y": y}},
        ]
    bar = {"type": "bar", "color": "var(--accent)", "height": {"band": 0.62}}
    return [
        {"mark": bar, "encoding": {"x": x, "y": y}},
        {"mark": words, "encoding": {"x": x, "y": y, "text": said}},
    ]


def _shortened(label: str, most: int) -> str:
    while text_width(label, 12) > most:
        label = label[: -2 if label.endswith("…") else -1].rstrip() + "…"
    return label


def _value_axis(chart: Chart) -> dict[str, Any]:
    # Names of measures are the title of their tile already.
    usual = {"title": None if is_share(chart.y) else chart.y, "tickCount": 5, "domain": False}
    return usual | {"format": "%"} if is_share(chart.y) else usual | {"format": ",~r"}


def _legend(columns: int) -> dict[str, Any]:
    return {
        "columns": columns,
        "title": None,
        "orient": "top",
        "symbolType": "stroke",
        "labelLimit": LABEL,
    }


def _config(width: int) -> dict[str, Any]:
    soft, line = "var(--ink-soft)", "var(--hairline)"
    axis = {
        "labelColor": soft, "titleColor": soft, "gridColor": line, "tickColor": line,
        "domainColor": "var(--edge)", "labelFontSize": 12, "titleFontSize": 12,
        "titleFontWeight": "normal", "labelFont": FONT, "titleFont": FONT,
    }  # fmt: skip
    return {
        "font": FONT,
        "view": {"stroke": None},
        "axis": axis,
        "axisX": {"grid": False},
        "legend": {"labelColor": "var(--ink)", "labelFontSize": 12, "labelFont": FONT},
        "padding": {"left": 4, "right": 44 if width > NARROW else 40, "top": 4, "bottom": 4},
    }

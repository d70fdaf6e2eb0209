"""Reads XES, plain or compressed, event by event; a log of any length fits into memory.

The parser is expat, from the standard library. What makes XML dangerous is declared in a document
type (entities that expand, files and addresses that are fetched). XES has none, so a file that
declares one is rejected before anything in it counts, and no other library is needed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from shinrai.importers.rules.mapping.node import one_line
from shinrai.importers.tables.gzip_files import open_bytes
from shinrai.importers.tables.table import BLOCK, LARGEST_CELL, UnreadableTable
from shinrai.units.text import Text

VALUES = frozenset({"string", "date", "int", "float", "boolean", "id", "list", "container"})
DEEPEST = 64
MOST_EVENTS = 500_000  # of one trace, held until its end: attributes of it may follow them
LONGEST_LIST = 256 * 1024  # characters of several values of one name, which are joined one by one
MANY = ";"  # between the values of one name, where a list holds several


@dataclass(frozen=True)
class LogEvent:
    """One event: the values of its trace, its own values, its index in the trace, and its line."""

    trace: dict[str, str]
    values: dict[str, str]
    index: int
    line: int


def is_xes(path: Path) -> bool:
    """Return whether a file is an event log: an XML document whose first element is a log."""
    try:
        with open_bytes(path) as file:
            start = file.read(4096)
    except (OSError, UnreadableTable):
        return False
    text = start.decode("utf-8", errors="replace").lstrip("\ufeff \r\n\t")
    return text.startswith("<") and "<log" in text


def events(path: Path) -> Iterator[LogEvent]:
    """Yield the events of a log in their order.

    Nested attributes are named `outer.inner`; several values of one name are joined by `;`.

    Raises: UnreadableTable with the file, the line and what to do next.
    """
    log = _LogParser(path)
    parser = expat.ParserCreate()
    parser.buffer_text = False
    log.attach(parser)
    try:
        with open_bytes(path) as file:
            fed = 0
            while block := file.read(BLOCK):
                parser.Parse(block, False)
                fed += len(block)
                if fed - parser.CurrentByteIndex > LARGEST_CELL + BLOCK:
                    # expat reads what has no end yet anew with every block (CVE-2023-52425)
                    raise log.bad(
                        Text("one value, comment or name is longer than any cell may be"),
                    )
                yield from log.taken()
            parser.Parse(b"", True)
            yield from log.taken()
    except expat.ExpatError as error:
        raise UnreadableTable(
            Text(
                "{path}, line {lineno}: this is not XML ({ErrorString}); the file is cut "
                "off or damaged: export it again",
                path=path,
                lineno=error.lineno,
                ErrorString=expat.ErrorString(error.code),
            ),
        ) from error
    except UnreadableTable:
        raise
    except (LookupError, ValueError) as error:
        raise UnreadableTable(
            Text(
                "{path}: the encoding its first line names cannot be read ({one_line}); "
                "export it as UTF-8",
                path=path,
                one_line=one_line(error),
            ),
        ) from error


@dataclass
class _LogParser:
    """What the parser has read so far; a trace is removed once its events are taken."""

    path: Path
    open: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    trace: dict[str, str] = field(default_factory=dict)
    current: dict[str, str] | None = None
    line: int = 0
    waiting: list[tuple[dict[str, str], int]] = field(default_factory=list)
    done: list[LogEvent] = field(default_factory=list)
    parser: expat.XMLParserType | None = None

    def attach(self, parser: expat.XMLParserType) -> None:
        """Set the handlers of a parser."""
        self.parser = parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._refuse_doctype

    def taken(self) -> Iterator[LogEvent]:
        """Yield the events of the traces that have ended, and remove them."""
        found, self.done = self.done, []
        yield from found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if not self.open and tag != "log":
            raise UnreadableTable(
                Text(
                    "{path}: this is XML, but no event log: its first element is <{name}>, an "
                    "event log begins with <log>",
                    path=self.path,
                    name=name,
                ),
            )
        if len(self.open) >= DEEPEST:
            raise self.bad(
                Text("elements lie {deepest} deep in each other", deepest=DEEPEST),
            )
        self.open.append(tag)
        if tag == "trace":
            self.trace, self.waiting = {}, []
        elif tag == "event" and "trace" in self.open:
            self.current, self.line = {}, self._at()
        elif tag in VALUES:
            self._value(attributes)

    def _end(self, name: str) -> None:
        tag = self.open.pop()
        if tag in VALUES:
            self.names.pop()
        elif tag == "event" and self.current is not None:
            self.waiting.append((self.current, self.line))
            self.current = None
            if len(self.waiting) > MOST_EVENTS:
                raise self.bad(
                    Text(
                        "one trace has more than {most_events:,} events; is it cut into cases?",
                        most_events=MOST_EVENTS,
                    ),
                )
        elif tag == "trace":
            self.done += (
                LogEvent(self.trace, values, index, line)
                for index, (values, line) in enumerate(self.waiting, start=1)
            )
            self.waiting = []

    def _value(self, attributes: dict[str, str]) -> None:
        self.names.append(attributes.get("key", ""))
        if "trace" not in self.open or "value" not in attributes:
            return
        value = attributes["value"]
        into = self.trace if self.current is None else self.current
        name = ".".join(part for part in self.names if part)
        held = into.get(name)
        value = value if held is None else f"{held}{MANY}{value}"
        if len(value) > (LARGEST_CELL if held is None else LONGEST_LIST):
            raise self.bad(
                Text(
                    "the value of {one_line!r} is longer than any cell may be",
                    one_line=one_line(self.names[-1]),
                ),
            )
        into[name] = value

    def _refuse_doctype(self, *_: object) -> None:
        raise self.bad(
            Text(
                "the file declares a document type, which no event log needs and which can "
                "make a reader swell or fetch files; remove the <!DOCTYPE …> and import it "
                "again"
            ),
        )

    def bad(self, what: Text) -> UnreadableTable:
        """Return the error for the current line."""
        return UnreadableTable(
            Text("{path}, line {line}: {what}", path=self.path, line=self._at(), what=what)
        )

    def _at(self) -> int:
        return self.parser.CurrentLineNumber if self.parser is not None else 0

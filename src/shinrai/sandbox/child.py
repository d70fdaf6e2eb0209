"""Child process: opens one database of masked rows, closes everything else, answers requests.

Started by `pool` as `python -m shinrai.sandbox.child DATABASE`. Limits of the operating system hold
beneath those of DuckDB: no new file or socket, no process, no byte written to a file, a ceiling
of memory and, for each request, of processor time.
"""

import os
import resource
import sys
import threading
import time
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any, Final

import duckdb

from shinrai.sandbox.frames import BrokenFrame, read_frame, write_frame
from shinrai.sandbox.statements import CheckedStatement, StatementRefused, checked
from shinrai.units.text import Text

MEMORY: Final = 1 << 30  # of DuckDB
ADDRESS_SPACE: Final = 3 << 30
MOST_COLUMNS: Final = 500
IDLE_S: Final = 900.0
TOO_LARGE: Final = Text(
    "the answer is too large; ask for fewer rows, fewer columns or shorter texts"
).message
MIDNIGHT: Final = "T00:00:00"
SETTINGS: Final = (
    "SET TimeZone = 'UTC'",
    "SET temp_directory = ''",  # before external access is closed: refused afterwards
    "SET allocator_background_threads = false",
    "SET python_enable_replacements = false",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)
# One value of each type: what Python loads for them is loaded before no file can be opened.
WARM = (
    "SELECT 1::HUGEINT, 1.5::DECIMAL(9,2), DATE '2026-01-01', TIMESTAMP '2026-01-01 00:00:00',"
    " INTERVAL 1 DAY, TIME '10:00', [1], {'a': 1}, 'x'::BLOB, 0.5, uuid()"
)
ZONED: Final = "TIMESTAMP WITH TIME ZONE"
NUMBERS: Final = ("INT", "DECIMAL", "DOUBLE", "FLOAT")


class _Child:
    def __init__(self, path: str) -> None:
        self.connection = duckdb.connect(
            path, read_only=True, config={"threads": 1, "memory_limit": f"{MEMORY}B"}
        )
        run = self.connection.execute
        rows = run(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal"
        ).fetchall()
        self.tables: dict[str, set[str]] = {}
        for table, column in rows:
            self.tables.setdefault(table, set()).add(column)
        self.reserved = {
            str(name).lower() for (name,) in run("SELECT view_name FROM duckdb_views()").fetchall()
        }
        run(WARM).fetchall()
        for setting in SETTINGS:
            run(setting)

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        statement = checked(self.connection, asked["sql"], self.tables, reserved=self.reserved)
        said = {"tables": statement.tables, "reads": statement.columns}
        if not asked["is_run"]:
            return said | {"columns": [], "rows": [], "is_cut": False}
        missing = [name for name in statement.parameters if name not in asked["parameters"]]
        if missing:
            raise StatementRefused(
                Text("say what {names} is: the SQL has it as a parameter", names=", ".join(missing))
            )
        return said | self._rows(statement, asked)

    def _rows(self, statement: CheckedStatement, asked: dict[str, Any]) -> dict[str, Any]:
        most = asked["most_rows"]
        given = {f"p_{name}": _value(asked["parameters"][name]) for name in statement.parameters}
        sql = (
            f"{statement.explain}{statement.sql}"
            if statement.explain
            else f"SELECT * FROM (\n{statement.sql}\n) LIMIT {most + 1:d}"
        )
        cursor = self._execute(sql, given)
        columns = [(str(name), _kind(str(kind))) for name, kind, *_ in cursor.description or ()]
        if len(columns) > MOST_COLUMNS:
            raise StatementRefused(
                Text("an answer has at most {most} columns; name those you need", most=MOST_COLUMNS)
            )
        kinds = [kind for _name, kind in columns]
        zoned = [str(kind) == ZONED for _name, kind, *_ in cursor.description or ()]
        if any(zoned):  # Python needs a library of zones to read them: asked again as UTC
            cells = (f"#{n}{'::TIMESTAMP' * is_zoned}" for n, is_zoned in enumerate(zoned, 1))
            cursor = self._execute(f"SELECT {', '.join(cells)} FROM ({sql})", given)
        found = cursor.fetchmany(most + 1)
        rows = [[_cell(v, kind) for v, kind in zip(row, kinds, strict=True)] for row in found]
        for index, kind in enumerate(kinds):
            if kind == "date" and all(
                str(row[index] or MIDNIGHT).endswith(MIDNIGHT) for row in rows
            ):
                for row in rows:  # date_trunc returns midnights: dates, as they were asked for
                    row[index] = row[index] and row[index].removesuffix(MIDNIGHT)
        return {"columns": columns, "rows": rows[:most], "is_cut": len(rows) > most}

    def _execute(self, sql: str, given: dict[str, Any]) -> duckdb.DuckDBPyConnection:
        return self.connection.execute(sql, given) if given else self.connection.execute(sql)


def _value(given: Any) -> Any:
    if isinstance(given, list):
        return [_value(one) for one in given]
    return date.fromisoformat(given["on"]) if isinstance(given, dict) else given


def _kind(type_: str) -> str:
    if type_.endswith("]") or type_.startswith(("STRUCT", "MAP", "UNION")):
        return "other"
    if type_ == "INTERVAL":
        return "other"
    if any(word in type_ for word in NUMBERS):
        return "number"
    if type_.startswith(("DATE", "TIMESTAMP")):
        return "date"
    return {"BOOLEAN": "bool", "VARCHAR": "text"}.get(type_, "other")


def _cell(value: Any, kind: str) -> Any:
    if value is None or kind == "bool":
        return value
    if kind == "number":
        if isinstance(value, Decimal):
            value = int(value) if value == value.to_integral_value() else float(value)
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            value = float(value)
        return value if isfinite(value) else None
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _close_system() -> None:
    """Take away what running needs no longer: new files, sockets, processes, bytes in files."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    for limit, most in (
        (resource.RLIMIT_AS, used + ADDRESS_SPACE),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def _allow_processor_time(seconds: float) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


class _Watch(threading.Thread):
    """Ends the process when its parent is gone, or when nobody asks for long."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.parent = os.getppid()
        self.since = time.monotonic()

    def run(self) -> None:
        while os.getppid() == self.parent and time.monotonic() - self.since < IDLE_S:
            time.sleep(1)
        os._exit(0)


def main(path: str) -> None:
    """Answer requests from standard input until it ends."""
    os.nice(10)  # pages come first
    watch = _Watch()
    watch.start()
    child = _Child(path)
    _close_system()
    out, given = sys.stdout.buffer, sys.stdin.buffer
    write_frame(out, {"ready": True})
    while (asked := read_frame(given)) is not None:
        watch.since = time.monotonic()
        _allow_processor_time(asked["limit_s"])
        try:
            said = child.answer(asked)
        except StatementRefused as error:
            said = {"refused": [error.text.message, dict(error.text.values)]}
        except (duckdb.Error, MemoryError, RecursionError, ValueError, OverflowError) as error:
            said = {"failed": (str(error).splitlines() or [type(error).__name__])[0][:400]}
        try:
            write_frame(out, said)
        except BrokenFrame:
            write_frame(out, {"refused": [TOO_LARGE, {}]})
        del said


if __name__ == "__main__":
    main(sys.argv[1])

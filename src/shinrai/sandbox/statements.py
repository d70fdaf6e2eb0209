"""Which SQL may run: one SELECT over the tables given, by functions that are open.

What is checked is DuckDB's own syntax tree of the statement, and what runs is that same text, so
that no second parser can understand it otherwise. Every kind of node is listed: an unknown one is
refused. This runs in the child process, whose limit also covers the time to parse.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from shinrai.sandbox.functions import SCALARS, TABLE_FUNCTIONS
from shinrai.units.errors import UserError
from shinrai.units.text import Text

if TYPE_CHECKING:
    import duckdb

MOST_CHARACTERS: Final = 20_000
PARAMETER: Final = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]{0,59})\s*\}\}")
EXPLAIN: Final = re.compile(r"\s*explain\s+(analyze\s+)?", re.I)
PIVOT: Final = re.compile(r"(\A|[\s(])pivot\s", re.I)
PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
TREE: Final = "SELECT json_serialize_sql($1, skip_null := true, skip_empty := true)"
EXPRESSIONS: Final = frozenset(
    (
        *("BETWEEN", "CASE", "CAST", "COLLATE", "COLUMN_REF", "COMPARISON", "CONJUNCTION"),
        *("CONSTANT", "FUNCTION", "LAMBDA", "LAMBDA_REF", "OPERATOR", "PARAMETER"),
        *("POSITIONAL_REFERENCE", "STAR", "SUBQUERY", "TYPE", "WINDOW"),
    )
)
OTHERS: Final = frozenset(
    (
        *("SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"),
        *("BASE_TABLE", "SUBQUERY", "JOIN", "EMPTY", "EXPRESSION_LIST", "TABLE_FUNCTION"),
        *("PIVOT", "SHOW_REF"),  # UNPIVOT is a PIVOT; DESCRIBE and SUMMARIZE are a SHOW_REF
        *("ORDER_MODIFIER", "LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER", "DISTINCT_MODIFIER"),
        *("ORDER_DEFAULT", "ASCENDING", "DESCENDING"),
    )
)
SHOWN: Final = frozenset({"DESCRIBE", "SUMMARY"})
# Without its values a PIVOT is several statements, which no tree shows.
VALUES_OF_PIVOT: Final = Text(
    "name the values of a PIVOT: PIVOT inquiries ON mode IN ('via_cs', 'direct') USING count(*)"
)


class StatementRefused(UserError, ValueError):
    """SQL that may not run."""


@dataclass(frozen=True)
class CheckedStatement:
    """A SELECT that may run, with `$name` for each parameter, and what it reads."""

    sql: str
    explain: str  # "", "EXPLAIN " or "EXPLAIN ANALYZE "
    parameters: tuple[str, ...]
    tables: tuple[str, ...]
    columns: tuple[str, ...]  # `table.column`, at least those it needs


def parameters_in(sql: str) -> tuple[str, ...]:
    """Return the names of the `{{parameters}}` in a text, each once."""
    return tuple(dict.fromkeys(found[1] for found in PARAMETER.finditer(sql)))


def checked(
    connection: "duckdb.DuckDBPyConnection",
    sql: str,
    tables: Mapping[str, Collection[str]],
    *,
    reserved: Collection[str],
) -> CheckedStatement:
    """Return a statement that may run over `tables` (columns by name).

    `reserved` are names of views and tables of the engine, which no WITH may take.

    Raises: StatementRefused.
    """
    if len(sql) > MOST_CHARACTERS:
        raise StatementRefused(
            Text(
                "the SQL has {count:,} characters; at most {most:,} can be run",
                count=len(sql),
                most=MOST_CHARACTERS,
            )
        )
    names = parameters_in(sql)
    text = PARAMETER.sub(lambda found: f"$p_{found[1]}", sql).strip().rstrip(";").rstrip()
    if not text:
        raise StatementRefused(Text("there is no SQL to run; write a SELECT"))
    explain = EXPLAIN.match(text)
    if explain:
        text = text[explain.end() :]
    tree = _tree(connection, text)
    nodes = list(_nodes(tree["node"]))
    _refuse_unknown_nodes(nodes)
    own = _named_by_with(nodes, {*reserved, *tables})
    read = _tables_read(nodes, tables, own)
    _refuse_closed_functions(nodes)
    _refuse_lost_parameters(nodes, names)
    return CheckedStatement(
        sql=text,
        explain=f"EXPLAIN {explain[1] or ''}" if explain else "",
        parameters=names,
        tables=tuple(sorted(read)),
        columns=tuple(_columns_read(nodes, {name: tables[name] for name in sorted(read)})),
    )


def _tree(connection: "duckdb.DuckDBPyConnection", text: str) -> dict[str, Any]:
    found = json.loads(connection.execute(TREE, [text]).fetchall()[0][0])
    if found["error"] and found.get("error_type") == "not implemented":
        if PIVOT.search(text):
            raise StatementRefused(VALUES_OF_PIVOT)
        raise StatementRefused(
            Text("only SELECT and EXPLAIN run here; nothing can be written, set or loaded")
        )
    if found["error"]:
        raise StatementRefused(
            Text("this is no SQL that DuckDB reads: {why}", why=found["error_message"])
        )
    statements: list[dict[str, Any]] = found["statements"]
    if len(statements) != 1:
        raise StatementRefused(
            Text("one statement runs at a time; take out what follows the semicolon")
        )
    return statements[0]


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a syntax tree, without recursion: trees of members are deep."""
    left = [tree]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            yield one
            left.extend(one.values())
        elif isinstance(one, list):
            left.extend(one)


def _refuse_unknown_nodes(nodes: list[dict[str, Any]]) -> None:
    for node in nodes:
        kind = node.get("class", node.get("type"))
        known = EXPRESSIONS if "class" in node else OTHERS
        if isinstance(kind, str) and kind not in known:
            raise StatementRefused(
                Text("{what} is not open here; ask by SELECT", what=kind.lower())
            )
        if kind == "PIVOT" and any("pivot_enum" in one for one in node.get("pivots", ())):
            raise StatementRefused(VALUES_OF_PIVOT)
        # Only what describes a query is checked by it; the others read the catalogue or a setting.
        if kind == "SHOW_REF" and not (node.get("show_type") in SHOWN and "query" in node):
            raise StatementRefused(
                Text("SHOW is not open here; write DESCRIBE and a table or a SELECT")
            )


def _named_by_with(nodes: list[dict[str, Any]], taken: Collection[str]) -> set[str]:
    names = {
        str(entry["key"]) for node in nodes for entry in node.get("cte_map", {}).get("map", ())
    }
    for name in names:
        if not PLAIN.fullmatch(name) or name.lower() in taken:
            raise StatementRefused(
                Text("WITH cannot name {name!r}; choose another name", name=name)
            )
    return {name.lower() for name in names}


def _tables_read(
    nodes: list[dict[str, Any]], tables: Mapping[str, Collection[str]], own: set[str]
) -> set[str]:
    read = set()
    for node in nodes:
        if not _is_table(node):
            continue
        path = [str(part) for part in node.get("qualified_name", {}).get("path", ())]
        name = path[-1].lower() if path else ""
        if len(path) == 1 and name in own:
            continue
        if len(path) != 1 or name not in tables:
            raise StatementRefused(
                Text(
                    "table {name} is not among those you can read: {tables}",
                    name=".".join(path),
                    tables=", ".join(sorted(tables)),
                )
            )
        read.add(name)
    return read


def _refuse_closed_functions(nodes: list[dict[str, Any]]) -> None:
    of_tables = {id(node["function"]) for node in nodes if node.get("type") == "TABLE_FUNCTION"}
    for node in nodes:
        if "function_name" not in node:
            continue
        path = node.get("qualified_name", {}).get("path", [node["function_name"]])
        is_open = TABLE_FUNCTIONS if id(node) in of_tables else SCALARS
        if len(path) != 1 or str(path[0]).lower() not in is_open:
            raise StatementRefused(
                Text(
                    "function {name} is not open here; the guide lists those that are",
                    name=".".join(str(part) for part in path),
                )
            )


def _refuse_lost_parameters(nodes: list[dict[str, Any]], names: Collection[str]) -> None:
    bound = {str(n.get("identifier", "")) for n in nodes if n.get("class") == "PARAMETER"}
    for name in names:
        if f"p_{name}" not in bound:
            raise StatementRefused(
                Text(
                    "{{{{{name}}}}} stands inside quotes or a comment; take the quotes away",
                    name=name,
                )
            )
    if odd := bound - {f"p_{name}" for name in names}:
        raise StatementRefused(
            Text("write a parameter as {{{{name}}}}, not as ${name}", name=min(odd))
        )


def _columns_read(
    nodes: list[dict[str, Any]], tables: Mapping[str, Collection[str]]
) -> Iterator[str]:
    """Yield the columns of these tables that are named anywhere; all of them after a star."""
    paths = [
        node[key] for node in nodes for key in ("column_names", "using_columns") if key in node
    ]
    named = {str(part).lower() for path in paths for part in path}
    # A table's own name, where a column stands, is its whole row; a PIVOT groups by the rest.
    alone = {str(path[0]).lower() for path in paths if len(path) == 1}
    tables_named = {str(node.get("alias", "")).lower() for node in nodes if _is_table(node)}
    is_whole = any(
        node.get("class") == "STAR" or node.get("type") == "PIVOT" for node in nodes
    ) or bool(alone & (tables_named | tables.keys()))
    for table, columns in tables.items():
        for column in sorted(columns):
            if is_whole or column in named:
                yield f"{table}.{column}"


def _is_table(node: Mapping[str, Any]) -> bool:
    return node.get("type") == "BASE_TABLE"

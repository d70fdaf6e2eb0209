"""How heavy the code is and how easily something is found in it, beside the targets.

    bin/bench weight                           a table
    bin/bench weight -- --json                 the same for programs, with what was counted
    bin/bench weight -- --names small_files    what is behind one row
    bin/bench weight -- --write-exceptions     write tests/architecture_exceptions.toml anew

Counts are of `src/shinrai/**/*.py` without migrations, lines as `wc -l` counts them; a module is a
file but `__init__`. How imports are read stands in tests/architecture.py. Files under 41 lines are
counted without the modules of a package (CONTRIBUTING.md) at its root.

Modules a page reaches: all that its module imports, directly or not, inside functions too.

A figure's path: the modules of ledger, inquiries, quality and warehouse that lie on an import path
from the quality page, or from what makes its facts and counts them, to where steps are kept or
(but for the row that says otherwise) to where published tables are. A page's modules are one file
each for every view in them, so that a list of cases shown beside the figure counts too.

A store is what a module of the four packages that the page or the publication reaches keeps data
in: PostgreSQL (imports django.db or psycopg), Delta (imports deltalake), the process's memory (an
empty container at module level, an OrderedDict, a cached function with parameters outside rules
and measures, a call of `gc`).
"""

import argparse
import ast
import json
import re
import subprocess
import sys
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from _timing import say, table
from tests import architecture as code

# From the page that shows a figure, and what makes its facts and counts them per day ...
FIGURE_PAGE = "shinrai.quality.pages.figures"
FIGURE_MADE_BY = (
    "shinrai.warehouse.refresh",
    "shinrai.quality.facts.inquiries",
    "shinrai.quality.measures.by_day",
)
# ... through these packages, to where steps and published facts are kept.
FIGURE_PACKAGES = frozenset({"ledger", "inquiries", "quality", "warehouse"})
STEPS = ("shinrai.ledger.rules.steps", "shinrai.ledger.models", "shinrai.ledger.queries")
PUBLISHED = ("shinrai.warehouse.store",)

# Directives to tools and rulers are no comments: they do not say why.
DIRECTIVE = re.compile(r"#\s*(noqa|type:|fmt:|pragma|ruff:|-{3,}|!)")


@dataclass(frozen=True)
class Row:
    """One figure: what it is now, what it shall be, and what was counted."""

    key: str
    text: str
    now: float
    target: str = ""
    names: Sequence[str] = field(default=())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--names", metavar="ROW", help="name what is behind one row, or `all`")
    parser.add_argument("--write-exceptions", action="store_true", help="write the guards' lists")
    asked = parser.parse_args()
    if asked.write_exceptions:
        added, left = code.write_exceptions()
        for sign, entries in (("+", added), ("-", left)):
            for entry in entries:
                say(f"{sign} {entry}")
        say(f"{code.EXCEPTIONS.relative_to(code.ROOT)}: {len(added)} added, {len(left)} gone")
        return
    rows = list(measured())
    if asked.json:
        say(json.dumps([_plain(row) for row in rows], indent=2))
    elif asked.names:
        chosen = [row for row in rows if asked.names in {row.key, "all"} and row.names]
        for row in chosen:
            say(f"\n{row.key}: {row.text}: {_written(row.now)}")
            for name in row.names:
                say(f"    {name}")
        if not chosen:
            parser.error(f"no row {asked.names}; there are {', '.join(row.key for row in rows)}")
    else:
        heads = ["figure", "now", "target", "row"]
        table(heads, [[row.text, _written(row.now), row.target, row.key] for row in rows])
        heaviest = code.lines_by_package()
        table(["package", "lines"], [[name, f"{count:,}"] for name, count in heaviest.items()])


def _plain(row: Row) -> dict[str, Any]:
    return {"key": row.key, "now": row.now, "target": row.target, "names": list(row.names)}


def _written(figure: float) -> str:
    return f"{figure:,}" if isinstance(figure, int) else f"{figure:.1%}"


def measured() -> Iterator[Row]:
    """Measure everything, in the order in which it is printed."""
    by_package = code.lines_by_package()
    total = sum(by_package.values())
    listed = [f"{name} {count}" for name, count in by_package.items()]
    yield Row("lines", "lines of src/shinrai", total, "≤ 58,000", listed)
    yield Row("quality_lines", "lines of quality", by_package["quality"], "≤ 6,500")
    page = sorted(code.reached(FIGURE_PAGE))
    counted = Counter(code.modules()[name].package for name in page)
    listed = [f"{name} {count}" for name, count in counted.most_common()]
    yield Row("page_modules", "modules the quality page reaches", len(page), "≤ 60", listed + page)
    loaded = sorted(loaded_by(FIGURE_PAGE) & set(page))
    yield Row("page_loaded", "… loaded with it in a fresh process", len(loaded), "", loaded)
    path = figure_path(*STEPS, *PUBLISHED)
    yield Row("figure_files", "files from a step to a number", len(path), "≤ 20", path)
    to_steps = figure_path(*STEPS)
    yield Row("figure_files_ledger", "… on a path to the ledger alone", len(to_steps), "", to_steps)
    kept = stores(figure_reach())
    signs = [f"{store}: {sign}" for store, found in kept.items() for sign in found]
    yield Row("figure_stores", "stores a figure is kept in", len(kept), "≤ 2", signs)

    small = code.small_files()
    few = [m for m in small if not m.is_djangos]
    one = code.small_files_of_one()
    yield Row("small_files", "files under 41 lines", len(small), "≤ 40", _sized(small))
    yield Row("small_own", "… that Django does not find by name", len(few), "", _sized(few))
    yield Row("small_of_one", "… with fewer than two importers", len(one), "0", _sized(one))
    large = [f"{place} {count}" for place, count in code.large_files().items()]
    yield Row("large_files", "files over 400 lines", len(large), "0", large)
    single = code.single_importer_modules()
    yield Row("single_importer", "modules with a single importer", len(single), "≤ 90", single)

    words = code.words_found()
    found = [f"{word}: {', '.join(places)}" for word, places in words.items() if places]
    missing = [f"{word}: not found" for word, places in words.items() if not places]
    yield Row("words", f"words found, of {len(words)}", len(found), "≥ 32", found + missing)
    names = code.class_names_of_many()
    listed = [f"{name}: {', '.join(where)}" for name, where in names.items()]
    yield Row("class_names", "class names that mean two things", len(names), "≤ 10", listed)
    public = [name for name in names if not name.startswith("_")]
    yield Row("class_names_public", "… without private ones", len(public), "", public)

    others = code.root_modules_of_others()
    yield Row("root_modules", "others at a package's root", len(others), "0", others)
    cycles = code.import_cycles()
    yield Row("import_cycles", "imports that close a cycle", len(cycles), "0", cycles)
    heavy = [f"{name} {count}" for name, count in code.heavy_pages().items()]
    yield Row("heavy_pages", "pages that reach over 60 modules", len(heavy), "0", heavy)
    yield Row("comments", "lines with a comment", comment_lines() / total, "≥ 3 %")
    yield Row("docstrings", "lines of docstrings", docstring_lines() / total)


def _sized(files: Sequence[code.Module]) -> list[str]:
    return [
        f"{m.place} {m.line_count} lines, {len(code.importers(m.name))} importers" for m in files
    ]


def loaded_by(name: str) -> set[str]:
    """Name what a fresh process has loaded once Django is set up and a module is imported."""
    script = (
        "import json, os, sys, tempfile\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'shinrai.site.settings'\n"
        "with tempfile.TemporaryDirectory() as home:\n"
        "    os.environ['SHINRAI_HOME'] = home\n"
        "    import django\n"
        "    django.setup()\n"
        f"    import {name}\n"
        "print(json.dumps([name for name in sys.modules if name.startswith('shinrai.')]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


# --- one figure -----------------------------------------------------------------------------


def figure_reach() -> list[str]:
    """Name the modules of the four packages that a figure's page or publication imports."""
    found = code.reached(FIGURE_PAGE, *FIGURE_MADE_BY)
    return sorted(name for name in found if code.modules()[name].package in FIGURE_PACKAGES)


def figure_path(*ends: str) -> list[str]:
    """Name the modules a figure of quality runs through, to where its ground is kept."""
    way_back = code.reaching(*ends)
    return [name for name in figure_reach() if name in way_back]


def stores(names: Iterable[str]) -> dict[str, list[str]]:
    """List where these modules keep data, each with the signs by which it was found."""
    found: dict[str, list[str]] = {"PostgreSQL": [], "Delta": [], "process memory": []}
    for name in names:
        tree = code.modules()[name].tree
        imported = set(_imported(tree))
        if any(one.startswith(("django.db", "psycopg")) for one in imported):
            found["PostgreSQL"].append(name)
        if any(one.startswith("deltalake") for one in imported):
            found["Delta"].append(name)
        found["process memory"] += [f"{name}: {sign}" for sign in _memory(tree, module=name)]
    return {store: signs for store, signs in found.items() if signs}


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def _memory(tree: ast.Module, *, module: str) -> Iterator[str]:
    """Find what outlives a request: containers, cached functions, calls of `gc`.

    A cached function without parameters holds what our own files say; one of `rules` or `measures`
    is pure, so that its answer cannot grow old. Neither is a store.
    """
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and _is_empty(node.value):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            name = ast.unparse(target)
            if not name.isupper():
                yield name
    is_pure = bool({"rules", "measures"} & {*module.split(".")})
    for inner in ast.walk(tree):
        called = ast.unparse(inner.func) if isinstance(inner, ast.Call) else ""
        if called.startswith("gc.") or called.endswith("OrderedDict"):
            yield f"{called}()"
        if isinstance(inner, ast.FunctionDef) and not is_pure:
            marks = {
                ast.unparse(mark).split("(")[0].split(".")[-1] for mark in inner.decorator_list
            }
            parameters = inner.args.args + inner.args.kwonlyargs
            if marks & {"cache", "lru_cache"} and parameters:
                yield f"{inner.name}() is cached"


def _is_empty(value: ast.expr | None) -> bool:
    text = ast.unparse(value) if value is not None else ""
    return bool(
        re.fullmatch(r"\{\}|\[\]|(collections\.)?\w*(Dict|dict|set|deque|Dictionary)\(.*\)", text)
    )


# --- words ----------------------------------------------------------------------------------


def comment_lines() -> int:
    """Count lines with a comment; directives to tools and rulers are none."""
    return sum(_comments(file.path) for file in code.files())


def _comments(path: Path) -> int:
    with tokenize.open(path) as file:
        tokens = list(tokenize.generate_tokens(file.readline))
    found = (token for token in tokens if token.type == tokenize.COMMENT)
    return sum(not DIRECTIVE.match(token.string) for token in found)


def docstring_lines() -> int:
    """Count lines of docstrings."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return sum(
        (node.body[0].end_lineno or 0) - node.body[0].lineno + 1
        for file in code.files()
        for node in ast.walk(file.tree)
        if isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None
    )


if __name__ == "__main__":
    main()

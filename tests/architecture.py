"""The code as modules and imports: what the architecture test checks and `bin/bench weight` prints.

Counts are of `src/shinrai/**/*.py` without migrations. Imports are read from the source by grimp:
those inside a function or under TYPE_CHECKING count too, modules named in text (`import_module`)
do not. A package's `__init__` is a docstring and is no module here.
"""

import ast
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import permutations
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "shinrai"
FLOOR = 41
CEILING = 400
PAGE_REACHES = 60

# The modules of a package (CONTRIBUTING.md), and what Django looks for beside them.
OWN = frozenset(
    {"rules", "models", "operations", "queries", "facts", "measures", "tasks"}
    | {"pages", "endpoints", "commands"}
)
DJANGO = frozenset(
    {"apps", "urls", "migrations", "templates", "templatetags", "static", "locale", "sql"}
)
# These packages name their modules in their README.
TECHNICAL = frozenset(
    {"units", "statistics", "postgres", "books", "privacy", "warehouse", "search", "sandbox"}
    | {"console", "api", "cli", "delivery", "importers", "intake", "site"}
)

# What an engineer says aloud, looking for the code that does it.
WORDS = (
    "cache", "progress", "job", "status", "result", "encoding", "duplicate", "quarantine",
    "withdraw", "percentile", "retry", "rate limit", "resume", "permission", "role", "audit",
    "encryption", "due", "translation", "schedule", "workbook", "lock", "upload", "queue", "budget",
    "business time", "holiday", "time zone", "chart", "settings", "worker", "HTTP client",
    "mail thread", "quotes", "escalation", "undo",
)  # fmt: skip


# --- modules --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Module:
    """One file of the code."""

    name: str
    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def line_count(self) -> int:
        return len(self.text.splitlines())

    @property
    def package(self) -> str:
        return (*self.name.split("."), "")[1]

    @property
    def stem(self) -> str:
        return self.path.stem

    @property
    def place(self) -> str:
        """Name the file as an exception does: `desk/queries/places.py`."""
        return self.path.relative_to(PACKAGE).as_posix()

    @property
    def is_init(self) -> bool:
        return self.stem == "__init__"

    @property
    def is_own(self) -> bool:
        """Say whether this is one of the modules of a package, at that package's root."""
        return self.path.parent.parent == PACKAGE and self.stem in OWN

    @property
    def is_djangos(self) -> bool:
        """Say whether Django or Python finds this file by its name, whoever imports it."""
        found_by_name = {"apps", "urls", "asgi", "wsgi", "__main__"}
        return self.stem in found_by_name or self.path.parent.name == "templatetags"

    @property
    def defines(self) -> bool:
        """Say whether the file has a function or class of its own: it does not only re-export."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        return any(isinstance(node, kinds) for node in self.tree.body)


@cache
def files() -> tuple[Module, ...]:
    """List every file, `__init__` too."""
    return tuple(
        Module(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts), path)
        for path in sorted(PACKAGE.rglob("*.py"))
        if "migrations" not in path.parts
    )


@cache
def modules() -> dict[str, Module]:
    """List every file that has content, by its module's name."""
    return {file.name: file for file in files() if not file.is_init}


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph("shinrai", cache_dir=None)


def importers(name: str) -> set[str]:
    """Name the modules that import this one."""
    return set(_graph().find_modules_that_directly_import(name)) & modules().keys()


def reached(*names: str) -> set[str]:
    """Name the modules that these import, directly or not, and these themselves."""
    found = set(names)
    for name in names:
        found |= _graph().find_upstream_modules(name)
    return found & modules().keys()


def reaching(*names: str) -> set[str]:
    """Name the modules from which one of these is imported, and these themselves."""
    there = [name for name in names if name in modules()]
    found = set(there)
    for name in there:
        found |= _graph().find_downstream_modules(name)
    return found & modules().keys()


# --- size -----------------------------------------------------------------------------------


def lines_by_package() -> dict[str, int]:
    """Count lines of each package, the heaviest first."""
    found: dict[str, int] = defaultdict(int)
    for file in files():
        found[file.package if file.path.parent != PACKAGE else "(top)"] += file.line_count
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def small_files() -> list[Module]:
    """List files below the floor, but for a package's own modules."""
    return [m for m in modules().values() if m.line_count < FLOOR and not m.is_own]


def small_files_of_one() -> list[Module]:
    """List files below the floor that have fewer than two importers and are not Django's."""
    return [m for m in small_files() if not m.is_djangos and len(importers(m.name)) < 2]


def large_files() -> dict[str, int]:
    """List files above the ceiling with their lines."""
    return {m.place: m.line_count for m in modules().values() if m.line_count > CEILING}


def single_importer_modules() -> list[str]:
    """Name modules that exactly one other module imports."""
    return [name for name in modules() if len(importers(name)) == 1]


# --- names ----------------------------------------------------------------------------------


def class_names_of_many() -> dict[str, list[str]]:
    """List names of classes that more than one module defines, with the modules."""
    found: dict[str, list[str]] = defaultdict(list)
    for module in modules().values():
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef):
                found[node.name].append(module.name)
    return {name: where for name, where in sorted(found.items()) if len(where) > 1}


def words_found() -> dict[str, list[str]]:
    """List the words with the files and folders that carry them; a re-export carries none."""
    carriers = {m.place: m.stem for m in modules().values() if m.defines}
    for place in list(carriers):
        for folder in (PACKAGE / place).parents:
            if folder == PACKAGE:
                break
            carriers[f"{folder.relative_to(PACKAGE).as_posix()}/"] = folder.name
    return {
        word: sorted(place for place, stem in carriers.items() if carries(stem, word))
        for word in WORDS
    }


def words_not_found() -> list[str]:
    return [word for word, places in words_found().items() if not places]


def carries(stem: str, word: str) -> bool:
    """Say whether a file's name is the word, or begins or ends with it; one or many of them."""
    parts = stem.lower().strip("_").split("_")
    wanted = word.lower().split()
    ends = parts[: len(wanted)], parts[-len(wanted) :]
    return any(len(end) == len(wanted) and all(map(_is_same_word, end, wanted)) for end in ends)


def _is_same_word(one: str, other: str) -> bool:
    """Compare but for the plural."""
    short, long = sorted((one, other), key=len)
    return long in {short, f"{short}s", f"{short}es", f"{short.removesuffix('y')}ies"}


# --- packages -------------------------------------------------------------------------------


def feature_packages() -> list[Path]:
    return [
        path.parent
        for path in sorted(PACKAGE.glob("*/__init__.py"))
        if path.parent.name not in TECHNICAL
    ]


def root_modules_of_others() -> list[str]:
    """List what lies at a feature package's root and is neither its own module nor Django's."""
    return [
        _place(path)
        for package in feature_packages()
        for path in _at_root(package)
        if path.stem not in OWN | DJANGO
    ]


def modules_no_readme_names() -> list[str]:
    """List modules and folders of a technical package that its README does not name."""
    return [
        _place(path)
        for package in sorted(PACKAGE.iterdir())
        if package.name in TECHNICAL
        for path in _at_root(package)
        if path.stem not in OWN | DJANGO and not _is_named(path.stem, package / "README.md")
    ]


def _at_root(package: Path) -> list[Path]:
    return [
        path
        for path in sorted(package.iterdir())
        if (path.suffix == ".py" and path.stem != "__init__")
        or (path.is_dir() and any(path.rglob("*.py")))
    ]


def _is_named(stem: str, readme: Path) -> bool:
    text = readme.read_text(encoding="utf-8") if readme.exists() else ""
    return re.search(rf"(?<![a-z_]){re.escape(stem)}(?![a-z_])", text) is not None


def _place(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix() + ("/" if path.is_dir() else "")


# --- imports --------------------------------------------------------------------------------


def import_cycles() -> list[str]:
    """List imports between neighbours that are part of a ring: `quality: queries -> operations`.

    Neighbours are the files and folders of one folder; a folder imports what a file in it imports.
    """
    return [
        f"{'.'.join(parent.split('.')[1:])}: {importer} -> {imported}"
        for parent in sorted({name.rpartition(".")[0] for name in modules()})
        for importer, imported in _rings(parent)
    ]


def _rings(parent: str) -> list[tuple[str, str]]:
    """List the imports between neighbours from whose target there is a way back."""
    stems = sorted(child.rpartition(".")[2] for child in _graph().find_children(parent))
    ahead: dict[str, set[str]] = {stem: set() for stem in stems}
    for importer, imported in permutations(stems, 2):
        ends = {"importer": f"{parent}.{importer}", "imported": f"{parent}.{imported}"}
        if _graph().direct_import_exists(**ends, as_packages=True):
            ahead[importer].add(imported)
    return [
        (one, other) for one in stems for other in sorted(ahead[one]) if one in _after(other, ahead)
    ]


def _after(stem: str, ahead: dict[str, set[str]]) -> set[str]:
    """Follow imports from one neighbour as far as they lead."""
    found: set[str] = set()
    waiting = [stem]
    while waiting:
        new = ahead[waiting.pop()] - found
        found |= new
        waiting += new
    return found


def page_modules() -> list[str]:
    """Name the modules that hold pages: `pages`, `..._pages`, and files of a folder `pages`."""
    return [
        name
        for name, module in modules().items()
        if module.stem == "pages"
        or module.stem.endswith("_pages")
        or module.path.parent.name == "pages"
    ]


def heavy_pages() -> dict[str, int]:
    """List modules of pages that reach more modules than a page may, with the number."""
    counts = {name: len(reached(name)) for name in page_modules()}
    return {name: count for name, count in counts.items() if count > PAGE_REACHES}


# --- exceptions -----------------------------------------------------------------------------

# What breaks a rule today, by rule. A list names; a table also says how much at most.
OFFENDERS: dict[str, Callable[[], list[str] | dict[str, int]]] = {
    "root_modules": root_modules_of_others,
    "modules_no_readme_names": modules_no_readme_names,
    "small_files": lambda: [module.place for module in small_files_of_one()],
    "import_cycles": import_cycles,
    "words_not_found": words_not_found,
    "class_names": lambda: {name: len(found) for name, found in class_names_of_many().items()},
    "large_files": large_files,
    "heavy_pages": heavy_pages,
}
EXCEPTIONS = ROOT / "tests" / "architecture_exceptions.toml"
HEADING = """\
# What breaks a rule of tests/test_architecture.py today. These lists only get shorter: the test
# fails where one has an entry too few or too many. `bin/bench weight -- --write-exceptions` writes
# them anew and says what was added.
"""


def exceptions(rule: str) -> list[str] | dict[str, int]:
    """Return what may break a rule for now: names, or names with the most they may have."""
    found: list[str] | dict[str, int] = tomllib.loads(EXCEPTIONS.read_text("utf-8"))[rule]
    return found


def write_exceptions() -> tuple[list[str], list[str]]:
    """Write what breaks the rules now, and return what came to the lists and what left them."""
    before = tomllib.loads(EXCEPTIONS.read_text("utf-8")) if EXCEPTIONS.exists() else {}
    now = {rule: find() for rule, find in OFFENDERS.items()}
    EXCEPTIONS.write_text(HEADING + "".join(_written(*item) for item in now.items()), "utf-8")
    added = [f"{rule}: {name}" for rule in now for name in {*now[rule]} - {*before.get(rule, ())}]
    left = [f"{rule}: {name}" for rule in now for name in {*before.get(rule, ())} - {*now[rule]}]
    return sorted(added), sorted(left)


def _written(rule: str, offenders: list[str] | dict[str, int]) -> str:
    if isinstance(offenders, dict):
        rows = [f"{json.dumps(name)} = {count}" for name, count in sorted(offenders.items())]
        return "\n".join(["", f"[{rule}]", *rows, ""])
    return "\n".join(
        ["", f"{rule} = [", *(f"    {json.dumps(n)}," for n in sorted(offenders)), "]", ""]
    )

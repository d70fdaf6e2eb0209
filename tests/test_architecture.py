"""Rules for the whole code (CONTRIBUTING.md) that no single package's tests would notice.

What breaks one of them today stands in architecture_exceptions.toml; those lists only get shorter.
`bin/bench weight -- --names all` says what is behind each count.
"""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from django.apps import apps

from shinrai.site import docs, main
from shinrai.site.environment_variables import OF_OTHERS, VARIABLES
from tests import architecture
from tests.architecture import PACKAGE, ROOT

README_LINES = 40

NEEDS_NO_DATABASE = ("django", "ibis", "duckdb", "click", "deltalake")


def packages() -> list[str]:
    """Name every package that has been built, the lowest layer first."""
    return [package for package in layers() if _is_built(package)]


def _is_built(package: str) -> bool:
    inside = {path.name for path in (PACKAGE / package).glob("*")}
    return bool(inside - {"__init__.py", "__pycache__", "README.md"})


def layers() -> list[str]:
    """Read the order of packages from the import contract, the lowest layer first."""
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    contract = next(c for c in linter["importlinter"]["contracts"] if c["type"] == "layers")
    return [
        name.strip(" ()")
        for layer in reversed(contract["layers"])
        for name in re.split(r"[|:]", layer)
    ]


# --- what may only get better ---------------------------------------------------------------

ADVICE = {
    "root_modules": "a package's root holds its own modules and what Django needs: CONTRIBUTING.md",
    "modules_no_readme_names": "a technical package's README names each of its modules",
    "small_files": f"a file under {architecture.FLOOR} lines needs two importers; merge it",
    "large_files": f"a file has at most {architecture.CEILING} lines; make it a folder of nouns",
    "import_cycles": "neighbours import each other in one direction only",
    "class_names": "a class name means one thing in the whole code",
    "words_not_found": "a file or folder carries the word that an engineer would say",
    "heavy_pages": f"a page reaches at most {architecture.PAGE_REACHES} modules",
}


@pytest.mark.parametrize("rule", architecture.OFFENDERS)
def test_what_breaks_a_rule_is_a_known_exception(rule: str) -> None:
    found, known = architecture.OFFENDERS[rule](), architecture.exceptions(rule)

    more = set(found) - set(known)
    if isinstance(found, dict) and isinstance(known, dict):
        more |= {f"{name}: {found[name]}" for name in found if found[name] > known.get(name, 0)}
    assert not more, ADVICE[rule]


@pytest.mark.parametrize("rule", architecture.OFFENDERS)
def test_no_exception_outlives_its_need(rule: str) -> None:
    over = set(architecture.exceptions(rule)) - set(architecture.OFFENDERS[rule]())

    assert not over, "take these from the list: bin/bench weight -- --write-exceptions"


@pytest.mark.parametrize(
    ("stem", "word"),
    [
        ("time_zone", "time zone"),
        ("mail_threads", "mail thread"),
        ("jira_http_client", "HTTP client"),
        ("retries", "retry"),
        ("statuses", "status"),
        ("caches", "cache"),
    ],
)
def test_a_file_carries_a_word_in_one_or_many(stem: str, word: str) -> None:
    assert architecture.carries(stem, word)


@pytest.mark.parametrize(("stem", "word"), [("overdue", "due"), ("zone", "time zone")])
def test_a_file_does_not_carry_half_a_word(stem: str, word: str) -> None:
    assert not architecture.carries(stem, word)


# --- packages -------------------------------------------------------------------------------


def test_every_folder_is_a_package_with_its_layer() -> None:
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}

    assert folders <= set(layers())


@pytest.mark.parametrize("package", packages())
def test_every_package_says_in_a_page_what_it_is_for(package: str) -> None:
    readme = PACKAGE / package / "README.md"

    assert readme.exists(), f"write {readme.relative_to(ROOT)}: its question, terms, diagram"
    lines = readme.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith(f"# {package}")
    assert len(lines) <= README_LINES


def test_the_init_of_a_package_is_a_docstring() -> None:
    """A facade in `__init__` would pull Django into pure modules while the linter stays green."""
    busy = [
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("__init__.py")
        if not _is_docstring_only(path)
    ]

    assert busy == []


def _is_docstring_only(path: Path) -> bool:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    if path.parent.name == "migrations":
        return len(body) <= 1
    return len(body) == 1 and ast.get_docstring(ast.Module(body, [])) is not None


def test_no_module_is_named_for_a_technique() -> None:
    vague = {"utils", "common", "core", "helpers", "services", "managers", "misc", "base"}

    assert [p.name for p in PACKAGE.rglob("*.py") if p.stem in vague] == []


def test_rules_load_without_a_database_or_an_engine() -> None:
    names = sorted(
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        for place in ("*/rules.py", "*/rules/**/*.py", "units/*.py", "statistics/*.py")
        for path in PACKAGE.glob(place)
    )
    script = (
        "import importlib, sys\n"
        f"for name in {names!r}:\n"
        "    importlib.import_module(name)\n"
        f"    found = [m for m in {NEEDS_NO_DATABASE!r} if m in sys.modules]\n"
        "    assert not found, f'{name} loads {found}'\n"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert len(names) > 10


def test_foreign_keys_point_to_lower_layers() -> None:
    order = {package: height for height, package in enumerate(layers())}
    upward = [
        f"{model.__name__}.{field.name} of {model._meta.app_label} points at {target}"
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("shinrai.")
        for field in model._meta.get_fields()
        if getattr(field, "remote_field", None) and not field.auto_created
        for target in [field.related_model._meta.app_label]  # type: ignore[union-attr]
        if order.get(target, -1) > order[model._meta.app_label]
    ]

    assert upward == []


# --- commands -------------------------------------------------------------------------------


def commands() -> Iterator[tuple[str, click.Command]]:
    """List every command that has been built, with its words."""
    for entry in main.ENTRIES:
        if entry.is_there:
            yield from docs.below(entry.name, entry.load())


def test_every_command_shows_an_example() -> None:
    example = re.compile(r"Example:[^\n]*\bshinrai ")
    without = [
        name
        for name, command in commands()
        if not isinstance(command, click.Group) and not example.search(command.help or "")
    ]

    assert without == []


def test_every_command_answers_programs_too() -> None:
    """Those that never end, or only start something, have nothing to answer."""
    without = [
        name
        for name, command in commands()
        if not isinstance(command, click.Group)
        and name not in {"serve", "worker", "demo", "docs", "mcp"}
        and not any("--json" in option.opts for option in command.params)
    ]

    assert without == []


# --- settings -------------------------------------------------------------------------------


def test_every_variable_we_read_is_documented_and_every_documented_one_read() -> None:
    reading = re.compile(
        r"read_(?:text|bool|whole|choice|list|secret)\(\s*\"([A-Z_]+)\""
        r"|environ(?:\.get\(|\.setdefault\(|\[)\s*\"([A-Z_]+)\""
    )
    read = {
        name
        for path in PACKAGE.rglob("*.py")
        for pair in reading.findall(path.read_text(encoding="utf-8"))
        for name in pair
        if name
    }

    assert read - set(OF_OTHERS) == {variable.name for variable in VARIABLES}


# --- languages ------------------------------------------------------------------------------


def test_japanese_is_complete() -> None:
    catalogue = PACKAGE / "console" / "locale" / "ja" / "LC_MESSAGES" / "django.po"
    text = catalogue.read_text(encoding="utf-8")
    entries = [entry for entry in text.split("\n\n")[1:] if "\nmsgid " in f"\n{entry}"]
    untranslated = [
        entry for entry in entries if re.search(r'^msgstr(\[0\])? ""$(?!\n")', entry, re.MULTILINE)
    ]

    assert [e for e in entries if "#, fuzzy" in e] == []
    assert untranslated == []
    assert len(entries) > 20

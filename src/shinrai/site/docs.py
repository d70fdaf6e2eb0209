"""Generate pages of docs/ about commands, settings, measures and roles from declarations."""

import difflib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click

from shinrai.accounts.rules.permission import PERMISSION_WORDS, PERMITTED
from shinrai.accounts.rules.role import ROLE_WORDS
from shinrai.cli.errors import Refusal, answer_is_no
from shinrai.cli.frame import StandardCommand
from shinrai.cli.language import choose_language, translate
from shinrai.site import main
from shinrai.site.command_entries import ENTRIES
from shinrai.site.environment_variables import VARIABLES
from shinrai.units.measure import Measure
from shinrai.units.text import translated

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = Path(__file__).resolve().parents[1]
NOTE = "<!-- Written by `shinrai docs`; change what it is written from, then run that again. -->\n"


@click.command(cls=StandardCommand)
@click.option("--check", is_flag=True, help="Write nothing; end with 3 if a page is stale.")
def docs(check: bool) -> None:
    """Write the generated pages of docs/, or check that they are fresh.

    Example: shinrai docs --check
    """
    folder = ROOT / "docs"
    if not folder.is_dir():
        raise Refusal(
            translate("the pages of docs/ are not here"),
            where=str(folder),
            next=translate("run this in a checkout of Shinrai"),
        )
    main.set_up_django()  # commands are imported, nothing is opened
    stale = False
    for name, text in pages().items():
        path = folder / name
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if before == text:
            continue
        if not check:
            path.write_text(text, encoding="utf-8")
            click.echo(f"wrote docs/{name}")
            continue
        stale = True
        lines = difflib.unified_diff(
            before.splitlines(), text.splitlines(), f"docs/{name}", "as it is now", lineterm="", n=0
        )
        click.echo("\n".join([*list(lines)[:20], f"docs/{name} is stale; run: shinrai docs"]))
    if stale:
        answer_is_no()


def pages() -> dict[str, str]:
    """Return every generated page by its file name; always in English."""
    choose_language("en")
    return {
        "cli.md": cli_page(),
        "settings.md": settings_page(),
        "measures.md": measures_page(),
        "roles.md": roles_page(),
    }


def roles_page() -> str:
    """Return the page about what each role permits."""
    heads = [str(word) for word in ROLE_WORDS.values()]
    rows = [
        [str(words), *("yes" if role in PERMITTED[deed] else "" for role in ROLE_WORDS)]
        for deed, words in PERMISSION_WORDS.items()
    ]
    lines = [["may", *heads], ["---"] * (1 + len(heads)), *rows]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return (
        f"{NOTE}\n# Roles\n\n"
        "A member has one role or several, each given and taken back by an owner on the page of\n"
        "members. Pages and commands ask this table at every request: what is taken back ends at\n"
        "once. Whoever is no member reads workspaces of made-up data alone, and writes nowhere.\n\n"
        f"{table}\n"
    )


def settings_page() -> str:
    """Return the page about the environment variables."""
    rows = "\n".join(
        f"| `{v.name}`{' *' if v.is_secret else ''} | {v.accepts} | {v.default} | {v.purpose} |"
        for v in VARIABLES
    )
    return (
        f"{NOTE}\n# Settings\n\n"
        "All settings are variables of the environment; none must be set. A wrong value stops the\n"
        "command, names the variable and says what it accepts. Those marked * are secrets: each\n"
        "may also come from a file, named by the same variable with `_FILE` at its end.\n\n"
        "| variable | accepts | without it | what for |\n|---|---|---|---|\n"
        f"{rows}\n"
    )


def cli_page() -> str:
    """Return the page with the help text of every command."""
    parts = [
        f"{NOTE}\n# Commands\n",
        "`shinrai <package> <verb>`. Every command knows `--help`, `--lang en|ja` and `--debug`.\n"
        "Exit codes: 0 yes, 1 could not say, 2 asked wrongly, 3 the answer is no.\n",
    ]
    for entry in ENTRIES:
        if entry.is_there:
            parts.append(f"## {entry.name}\n\n{entry.help}\n")
            for name, command in below(entry.name, entry.load()):
                parts.append(_command_part(name, command))
    return "\n".join(parts)


def below(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """Yield a command and all its subcommands, each with its full name."""
    yield name, command
    if isinstance(command, click.Group):
        for word, child in command.commands.items():
            yield from below(f"{name} {word}", child)


def measures_page() -> str:
    """Return the page about all measures."""
    parts = [
        f"{NOTE}\n# Measures\n",
        "Counts are carried and divided last. A measure whose result moves gets a new version,\n"
        "and a line under **Numbers** in the changelog.\n",
    ]
    parts += [_measure_part(measure) for measure in measures()]
    return "\n".join(parts)


def measures() -> list[Measure]:
    """Return the measures that packages declare, ordered by key."""
    found: dict[str, Measure] = {}
    for path in sorted([*PACKAGE.glob("*/measures.py"), *PACKAGE.glob("*/measures/*.py")]):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        module = import_module(".".join(("shinrai", *parts)).removesuffix(".__init__"))
        named = (value for value in vars(module).values() if isinstance(value, Measure))
        found |= {one.key: one for one in (*named, *getattr(module, "MEASURES", ()))}
    return [found[key] for key in sorted(found)]


def _command_part(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"shinrai {name}", terminal_width=92)
    if isinstance(command, click.Group):
        return ""
    help_text = command.get_help(context)
    return f"### shinrai {name}\n\n```text\n{help_text}\n```\n"


def _measure_part(measure: Measure) -> str:
    facts = {
        "version": str(measure.version),
        "package": measure.owner,
        "one row per": ", ".join(measure.grain),
        "unit": measure.unit,
        "numerator": measure.numerator,
        "denominator": measure.denominator,
        "better": measure.better,
        "unknown when": measure.unknown_when,
    }
    rows = "\n".join(f"| {name} | {value} |" for name, value in facts.items())
    asked = translated(measure.text(measure.question), "ja")
    return f"## {measure.key}\n\n{measure.question}\n\n{asked}\n\n| | |\n|---|---|\n{rows}\n"

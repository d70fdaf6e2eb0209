"""Reads mappings from files: those we ship, and those of the user."""

import re
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from shinrai.importers.rules.cells import did_you_mean
from shinrai.importers.rules.mapping.definition import Mapping
from shinrai.importers.rules.mapping.node import BadMapping, one_line
from shinrai.importers.rules.mapping.parse import read_mapping
from shinrai.units.text import Text
from shinrai.units.yaml_loader import BoundedLoader

SHIPPED = resources.files("shinrai.importers") / "mappings"
LARGEST = 256 * 1024  # bytes; the longest we ship has 12 KB
TRUTH = re.compile(r"^(?:true|false)$")


class _DuplicateKey(Exception):
    """A key occurs twice in one block."""

    def __init__(self, key: str, line: int) -> None:
        super().__init__(key)
        self.key, self.line = key, line


class _MappingLoader(BoundedLoader):
    """Loads YAML without turning text into dates, nor yes and no into truth values.

    Keys remain as they are written, and a repeated key is an error.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        merged = [key for key, _ in node.value if key.tag == "tag:yaml.org,2002:merge"]
        seen: set[str] = set()
        for key in (key for key, _ in node.value if key not in merged):
            if str(key.value) in seen:
                raise _DuplicateKey(str(key.value), node.start_mark.line + 1)
            seen.add(str(key.value))
        self.flatten_mapping(node)
        pairs = ((key.value, self.construct_object(value, deep=True)) for key, value in node.value)
        return dict(pairs)


_MappingLoader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_MappingLoader.add_implicit_resolver("tag:yaml.org,2002:bool", TRUTH, list("tf"))


@cache
def shipped_names() -> tuple[str, ...]:
    """Return the names of the mappings we ship."""
    names = (entry.name for entry in SHIPPED.iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


@cache
def shipped_mapping(name: str) -> Mapping:
    """Return one of the mappings we ship."""
    return parse(SHIPPED.joinpath(f"{name}.yaml").read_text(encoding="utf-8"), where=name)


def load_mapping(name: str) -> Mapping:
    """Return a mapping: a shipped one by its name, or from a file.

    Raises: BadMapping with the error, its place and what to do next.
    """
    if name in shipped_names():
        return shipped_mapping(name)
    path = Path(name)
    if not path.is_file():
        meant = did_you_mean(name, shipped_names())
        raise BadMapping(
            Text(
                "there is neither a file nor a shipped mapping {one_line!r}{meant}",
                one_line=one_line(name),
                meant=meant,
            ),
        )
    return mapping_in(path)


def mapping_in(path: Path) -> Mapping:
    """Return the mapping in a file.

    Raises: BadMapping.
    """
    name = path.name
    if path.stat().st_size > LARGEST:
        raise BadMapping(too_large(name))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadMapping(
            Text(
                "{name}: a mapping is written in UTF-8 (byte {start}); save it again as UTF-8",
                name=name,
                start=error.start,
            ),
        ) from error
    return parse(text, where=name)


def too_large(name: str) -> Text:
    """Return the error text for a file that is larger than any mapping."""
    return Text(
        "{name}: a mapping has {largest} KB at most; this is another file",
        name=name,
        largest=LARGEST >> 10,
    )


def parse(text: str, *, where: str) -> Mapping:
    """Return the mapping in a text; `where` is its name in errors.

    Raises: BadMapping.
    """
    try:
        document = yaml.load(text, Loader=_MappingLoader)
    except _DuplicateKey as error:
        key = one_line(error.key)
        raise BadMapping(
            Text(
                "{where}: the key {key!r} stands twice in the block of line {line}; keep "
                "one of them",
                where=where,
                key=key,
                line=error.line,
            ),
        ) from error
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else None
        raise _not_yaml(where, line, one_line(getattr(error, "problem", None) or error)) from error
    return read_mapping(document, where=where)


def _not_yaml(where: str, line: int | None, problem: str) -> BadMapping:
    if line is None:
        return BadMapping(
            Text("{where}: this is not YAML: {problem}", where=where, problem=problem)
        )
    return BadMapping(
        Text(
            "{where}, line {line}: this is not YAML: {problem}",
            where=where,
            line=line,
            problem=problem,
        )
    )

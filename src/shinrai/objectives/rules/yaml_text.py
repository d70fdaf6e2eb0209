"""Read YAML so that numbers and dates stay the text that was typed.

Read as a float, a target of 0.999 is no longer 0.999; YAML 1.1 reads 10:00 as six hundred, and NO,
the holidays of Norway, as false.
"""

import re
from typing import Any

import yaml

from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.units.yaml_loader import BoundedLoader

BOOL = "tag:yaml.org,2002:bool"
KEPT_AS_TEXT = {f"tag:yaml.org,2002:{kind}" for kind in ("float", "int", "timestamp", "bool")}


class BadYaml(UserError, ValueError):
    """The text is not YAML, or it names a field twice."""


class _TextLoader(BoundedLoader):
    """Load true, false and null as such, and every number and date as text."""

    yaml_implicit_resolvers = {  # noqa: RUF012 (the library's own attribute)
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in KEPT_AS_TEXT]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping; refuse a field named twice, of which YAML would keep the last."""
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = key_node.value
            if isinstance(key, str) and key in seen:
                mark = key_node.start_mark
                raise BadYaml(
                    Text(
                        "line {line}: {key!r} stands twice; keep one of them",
                        line=mark.line + 1,
                        key=key,
                    ),
                )
            if isinstance(key, str):
                seen.add(key)
        return super().construct_mapping(node, deep=deep)


_TextLoader.add_implicit_resolver(BOOL, re.compile(r"^(?:true|false)$"), ["t", "f"])


def read_yaml(text: str) -> Any:
    """Read one YAML document, numbers and dates as text.

    Raises: BadYaml with the line.
    """
    try:
        return yaml.load(text, Loader=_TextLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadYaml(
            Text(
                "line {line}: {problem}; mend the line and try again",
                line=line,
                problem=error.problem or Text("not YAML"),
            )
        ) from error
    except yaml.YAMLError as error:
        raise BadYaml(
            Text("not YAML: {error}; save the file as UTF-8 text", error=error),
        ) from error
    except RecursionError as error:
        raise BadYaml(
            Text("it is nested too deeply; an objective is three or four levels deep"),
        ) from error

"""The YAML loader for all documents: it limits nesting and raises only `yaml.YAMLError`.

For every open bracket PyYAML's scanner looks at all others again: 40 KB of nothing but `[` take it
half a minute, 256 KB many minutes.
"""

from typing import Any

import yaml

from shinrai.units.errors import UserError

DEEPEST = 64


class BoundedLoader(yaml.SafeLoader):
    """A safe loader that refuses too deeply nested brackets, and values of the wrong type."""

    def fetch_flow_collection_start(self, token: Any) -> None:
        """Open a bracket.

        Raises: yaml.YAMLError if brackets are nested more than 64 deep.
        """
        if self.flow_level >= DEEPEST:
            raise yaml.scanner.ScannerError(
                None, None, f"brackets lie more than {DEEPEST} deep in each other", self.get_mark()
            )
        super().fetch_flow_collection_start(token)

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        """Return the value of a node.

        Raises: yaml.YAMLError also for invalid values such as `!!int x`.
        """
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, LookupError, AttributeError) as error:
            if isinstance(error, UserError):
                raise
            kind = str(node.tag).rpartition(":")[2][:40]
            raise yaml.constructor.ConstructorError(
                None, None, f"this is no value of the kind {kind}", node.start_mark
            ) from error

"""The YAML loader every reader of documents begins from: bounded, and it breaks in one way only.

For every open bracket the scanner looks at all the others again: 40 KB of nothing but `[` keep it
busy for half a minute, 256 KB for many.
"""

from typing import Any

import yaml

from shinrai.units.errors import UserError

DEEPEST = 64


class BoundedLoader(yaml.SafeLoader):
    """Refuse brackets that lie too deep in each other, and values that are none of their kind."""

    def fetch_flow_collection_start(self, token: Any) -> None:
        """Open a bracket. Raises: yaml.YAMLError past the bound."""
        if self.flow_level >= DEEPEST:
            raise yaml.scanner.ScannerError(
                None, None, f"brackets lie more than {DEEPEST} deep in each other", self.get_mark()
            )
        super().fetch_flow_collection_start(token)

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        """Build a value. Raises: yaml.YAMLError also for `!!int x` and numbers without end."""
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, LookupError, AttributeError) as error:
            if isinstance(error, UserError):
                raise
            kind = str(node.tag).rpartition(":")[2][:40]
            raise yaml.constructor.ConstructorError(
                None, None, f"this is no value of the kind {kind}", node.start_mark
            ) from error

"""An assistant with a key: it sends one message at a time, as the newest revision has it."""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from shinrai.assistants.rules.messages import META, NEWEST

NAME = "desk-helper"


@dataclass(frozen=True)
class Assistant:
    """A program that reads with a key or token."""

    secret: str
    client: Client = field(default_factory=Client)

    def send(self, method: str, headers: dict[str, str] | None = None, **params: Any) -> Any:
        """Send one request and give the answer of HTTP."""
        envelope = {
            f"{META}protocolVersion": NEWEST,
            f"{META}clientCapabilities": {},
            f"{META}clientInfo": {"name": NAME, "version": "1"},
        }
        body = {"jsonrpc": "2.0", "id": 1, "method": method}
        body["params"] = {**params, "_meta": envelope}
        sent = {
            "Authorization": f"Bearer {self.secret}",
            "MCP-Protocol-Version": NEWEST,
            "Mcp-Method": method,
            **({"Mcp-Name": params["name"]} if "name" in params else {}),
            **(headers or {}),
        }
        return self.client.post("/mcp", body, content_type="application/json", headers=sent)

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Call a tool and give its result."""
        result: dict[str, Any] = self.send("tools/call", name=tool, arguments=arguments).json()[
            "result"
        ]
        return result

    def read(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Call a tool and give the document it found."""
        result = self.call(tool, **arguments)
        assert result["isError"] is False, result
        found: dict[str, Any] = result["structuredContent"]
        return found

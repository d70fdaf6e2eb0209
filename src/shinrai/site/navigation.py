"""What every page shows around its own content: whose workspace, who is here, where one can go."""

from typing import Any

from django.http import HttpRequest


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """Give templates the workspace, the member and the way home, where a guard found them."""
    workspace = getattr(request, "workspace", None)
    if workspace is None:
        return {}
    return {
        "workspace": workspace,
        "member": getattr(request, "member", None),
        "home": f"/w/{workspace.slug}/",
    }

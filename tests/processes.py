"""What another process needs to use the database and the warehouse of this test."""

import base64
import os
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connections

ROOT = Path(__file__).parents[1]


def environment(**more: str) -> dict[str, str]:
    """Give the environment in which another process opens the database of this test."""
    database = connections["default"].settings_dict
    address = (
        f"postgresql://{quote(database['USER'])}:{quote(database['PASSWORD'], safe='')}@/"
        f"{database['NAME']}?host={quote(database['HOST'], safe='')}"
    )
    return os.environ | {
        "DATABASE_URL": address,
        "SHINRAI_MASTER_KEY": base64.b64encode(settings.SHINRAI_MASTER_KEY).decode(),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        **more,
    }

"""What another process needs to work on the books and in the warehouse of this test."""

import base64
import os
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connections

ROOT = Path(__file__).parents[1]


def environment(**more: str) -> dict[str, str]:
    """Give the environment in which another process opens the database of this test."""
    books = connections["default"].settings_dict
    address = (
        f"postgresql://{quote(books['USER'])}:{quote(books['PASSWORD'], safe='')}@/"
        f"{books['NAME']}?host={quote(books['HOST'], safe='')}"
    )
    return os.environ | {
        "DATABASE_URL": address,
        "SHINRAI_MASTER_KEY": base64.b64encode(settings.SHINRAI_MASTER_KEY).decode(),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        **more,
    }

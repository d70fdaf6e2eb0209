"""Loaded by the server from which a worker forks the children that read uploads, and by it alone.

A child is there in some 20 ms then. Nothing here opens a connection or begins a thread.
"""

import django

django.setup()

from shinrai.importers.csv import following, telling, workbook  # noqa: E402
from shinrai.importers.upload import doing  # noqa: E402

__all__ = ["doing", "following", "telling", "workbook"]

"""Imported by the server process from which a worker forks the children that read uploads.

A child then starts in some 20 ms. Nothing here opens a connection or starts a thread.
"""

import django

django.setup()

from shinrai.importers.mapping_files import shipped_mapping, shipped_names  # noqa: E402
from shinrai.importers.run import derived_steps, row_encoder  # noqa: E402
from shinrai.importers.tables import workbook  # noqa: E402
from shinrai.importers.upload import worker  # noqa: E402

for _name in shipped_names():  # parsed once, not by each child
    shipped_mapping(_name)

__all__ = ["derived_steps", "row_encoder", "workbook", "worker"]

"""Sheet mappings: what a sheet's columns mean, by their names, kept under a name in a workspace.

They are kept when a sheet is imported and used again when its columns come again, wherever they
stand by then. One can be downloaded as YAML, and uploaded with a sheet.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import yaml
from django.utils.text import slugify

from shinrai.importers.mapping_files import shipped_mapping, shipped_names
from shinrai.importers.models import SheetMapping
from shinrai.importers.rules.mapping.node import BadMapping
from shinrai.importers.sheet.choices import MEANINGS, MENDS, RECORDS, Choices
from shinrai.importers.sheet.grid import CellGrid
from shinrai.importers.sheet.layout import SheetTable, find_tables
from shinrai.importers.sheet.role_words import OFFERED
from shinrai.importers.upload.form import LONGEST_NAME
from shinrai.units.text import Text
from shinrai.units.yaml_loader import BoundedLoader

KEPT: Final = ("zone", "record", "day_order", "states", "mends")  # as they are; columns by name
_DATE: Final = re.compile(
    r"[\d_\-.()\uff08\uff09\[\]\s]+$|^[\d_\-.\s]+"
    r"|(?:19|20)\d{2}[\d\u5e74\u6708\u65e5_\-.]*"
)

Document = Mapping[str, Any]


def name_of_file(file: str) -> str:
    """Return the name under which a sheet is kept if nobody names it: the file's, without dates."""
    stem = file.partition(".")[0]
    return (_DATE.sub("", stem).strip(" _-") or stem)[:LONGEST_NAME]


def source_named(name: str) -> str:
    """Return the source of a sheet kept under this name: the same each week, no other desk's."""
    slug = slugify(name)[:32]
    is_plain = name.isascii() and slug
    taken = {shipped_mapping(one).source for one in shipped_names()}
    if is_plain and slug not in taken and len(name) <= len(slug) + 8:
        return slug
    return f"sheet-{blake2b(name.strip().casefold().encode(), digest_size=4).hexdigest()}"


def names_of_columns(table: SheetTable) -> dict[int, str]:
    """Return the name of each column; one that stands twice is numbered."""
    seen: Counter[str] = Counter()
    names: dict[int, str] = {}
    for column in table.columns:
        name = column.full_name or f"({column.letter})"
        seen[name] += 1
        names[column.index] = name if seen[name] == 1 else f"{name} ({seen[name]})"
    return names


def document_of(
    name: str, table: SheetTable, roles: Mapping[str, Sequence[int]], choices: Choices
) -> dict[str, Any]:
    """Return the mapping of a sheet as it was read, by the names of its columns."""
    names = names_of_columns(table)
    said = choices.as_json()
    return {
        "sheet": name,
        **{key: said[key] for key in KEPT if said.get(key)},
        **({"header_row": choices.header_row} if choices.header_row else {}),
        "columns": {role: [names[n] for n in found] for role, found in roles.items() if found},
        "header": list(names.values()),
    }


def choices_for(document: Document, grids: Sequence[CellGrid]) -> dict[str, Any] | None:
    """Return the choices that a mapping makes for the table that has its columns, or None.

    If no table has them, the row counts that a person chose as the header.
    """
    header_row = document.get("header_row")
    found = _choices(document, find_tables(grids))
    if found is not None or header_row is None:
        return found
    found = _choices(document, find_tables(grids, header_row=header_row))
    return None if found is None else {**found, "header_row": header_row}


def _choices(document: Document, tables: Sequence[SheetTable]) -> dict[str, Any] | None:
    for table in tables:
        names = names_of_columns(table)
        index = {name: place for place, name in names.items()}
        if not set(document["header"]) <= index.keys():
            continue
        letters = {column.index: column.letter for column in table.columns}
        roles: dict[str, list[str]] = {role: [] for role in OFFERED}
        for role, found in document["columns"].items():
            roles[role] = [letters[index[name]] for name in found if name in index]
        return {
            **{key: document[key] for key in KEPT if key in document},
            "table": table.name,
            "roles": roles,
            "name": document["sheet"],
        }
    return None


# --- kept in a workspace --------------------------------------------------------------------


def keep_mapping(*, workspace_id: int, document: Document, at: datetime, by: str) -> None:
    """Keep a mapping under its name; one of this name is replaced."""
    SheetMapping.objects.update_or_create(
        workspace_id=workspace_id,
        name=document["sheet"],
        defaults={"document": document, "at": at, "by": by},
    )


def kept_documents(*, workspace_id: int) -> list[Document]:
    """Return the mappings of a workspace, those of most columns first: they fit most closely."""
    rows = SheetMapping.objects.filter(workspace_id=workspace_id)
    found = rows.order_by("name").values_list("document", flat=True)
    return sorted(found, key=lambda document: -len(document["header"]))


# --- as files -------------------------------------------------------------------------------


def read_sheet_mapping(path: Path) -> Document | None:
    """Return the mapping of a sheet in a file; None if it is a file of another kind.

    Raises: BadMapping.
    """
    try:
        document = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=BoundedLoader)
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError):
        return None  # the reader of mappings says what is wrong
    if not isinstance(document, dict) or "sheet" not in document:
        return None
    columns = document.get("columns")
    if not isinstance(columns, dict) or not columns:
        raise _bad("columns")
    for role, names in columns.items():
        if role not in OFFERED or not _is_list(names):
            raise _bad(f"columns.{role}")
    for key, known in (("states", MEANINGS), ("mends", MENDS)):
        said = document.get(key, {})
        if not isinstance(said, dict) or any(kind not in known for kind in said.values()):
            raise _bad(key)
    if not isinstance(document["sheet"], str) or document.get("record", RECORDS[0]) not in RECORDS:
        raise _bad("record" if isinstance(document["sheet"], str) else "sheet")
    header = document.get("header") or [name for names in columns.values() for name in names]
    if not _is_list(header):
        raise _bad("header")
    return {**document, "sheet": document["sheet"][:LONGEST_NAME], "header": header}


def no_such_columns(file: str, document: Document) -> BadMapping:
    """Return the error for a mapping that was uploaded with a sheet of other columns."""
    return BadMapping(
        Text(
            "{file}: no table in it has the columns of your mapping: {names}",
            file=file,
            names=[*document["header"]],
        )
    )


def _is_list(names: object) -> bool:
    return isinstance(names, list) and all(isinstance(name, str) for name in names)


def _bad(key: str) -> BadMapping:
    return BadMapping(
        Text(
            "mapping.yaml: {key} is not as a downloaded mapping has it; download one and change "
            "the names in it",
            key=key,
        )
    )

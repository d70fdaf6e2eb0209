"""The meaning of each column: guessed from its name and its cells, and corrected by people."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from shinrai.importers.rules.cells import tidy
from shinrai.importers.sheet.cell_words import meaning_of
from shinrai.importers.sheet.date_text import is_weekday, look_at, serial_in, time_in
from shinrai.importers.sheet.grid import Cell
from shinrai.importers.sheet.layout import SURE, SheetColumn, SheetTable, is_blank
from shinrai.importers.sheet.role_words import (
    DATE_NAME,
    MOMENTS,
    ROLES,
    SEVERAL,
    TIME_NAME,
    compared,
    meanings_of,
)

SAMPLED: Final = 400  # cells of a column that are looked at
SHOWN: Final = 4
DATES_SHARE: Final = 0.5
UNIQUE_SHARE: Final = 0.9
REPEATED_SHARE: Final = 0.5  # of a column that is called a key: rows may stand twice
SHORT_KEY: Final = 20  # characters
NONE: Final = "none"
_PACKED: Final = re.compile(r"(?:[01]\d|2[0-3]|[5-9])[0-5]\d", re.ASCII)  # 130 are minutes of work

Roles = Mapping[str, tuple[int, ...]]  # by meaning the columns that have it


@dataclass(frozen=True)
class ColumnProfile:
    """What the cells of a column are: shares of those filled, and a few samples.

    `clear_share` is that of dates which are nothing else: 3/4 may be a score, 1.2.3 a version.
    `has_words` says that a word in it means that a case is done.
    """

    column: SheetColumn
    filled: int
    dates_share: float
    times_share: float
    serials_share: float
    unique_share: float
    mean_length: float
    samples: tuple[str, ...]
    clear_share: float = 0.0
    has_words: bool = False

    @property
    def is_date(self) -> bool:
        """Whether most cells hold a date, with or without a time of day."""
        return self.dates_share >= DATES_SHARE

    @property
    def is_time(self) -> bool:
        """Whether most cells hold a time of day alone."""
        return self.times_share > DATES_SHARE and not self.is_date


@dataclass(frozen=True)
class RoleGuess:
    """The columns of each meaning, and the choices where two columns fit equally well."""

    roles: Roles
    rivals: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def profiles_of(table: SheetTable) -> list[ColumnProfile]:
    """Describe every column of a table by its cells."""
    step = max(1, len(table.rows) // SAMPLED)
    rows = table.rows[::step]
    return [_profile(column, [*_cells(rows, column)]) for column in table.columns]


def guess_roles(profiles: Sequence[ColumnProfile], said: Roles | None = None) -> RoleGuess:
    """Guess what each column means; what a person `said` holds, an empty tuple for "none"."""
    roles: dict[str, tuple[int, ...]] = dict(said or {})
    taken = {index for columns in roles.values() for index in columns}
    scored = _scores(profiles)
    rivals: dict[str, tuple[int, ...]] = {}
    for score, role, index in sorted(scored, key=lambda item: (-item[0], item[2])):
        if index in taken or role in (said or {}):
            continue
        if role not in roles:
            roles[role] = (index,)
            taken.add(index)
            near = [n for s, r, n in scored if r == role and n != index and score - s < 0.02]
            if near and role in ("filed", "answered"):
                rivals[role] = (index, *near)
        elif role in SEVERAL and len(roles[role]) < 4:
            roles[role] = (*roles[role], index)
            taken.add(index)
    _fill_gaps(profiles, roles, taken, rivals)
    _add_times(profiles, roles, taken)
    times = {profile.column.index for profile in profiles if profile.is_time}
    ordered = {role: _in_order(role, roles[role], times) for role in ROLES if roles.get(role)}
    return RoleGuess(ordered, rivals)


def _in_order(role: str, columns: tuple[int, ...], times: set[int]) -> tuple[int, ...]:
    """Return several columns as they stand; of a date and a time of day the date first."""
    if role in SEVERAL:
        return tuple(sorted(columns))
    return tuple(sorted(columns, key=lambda index: index in times))


def _cells(rows: Sequence[object], column: SheetColumn) -> list[Cell]:
    return [
        cells[column.index] if column.index < len(cells) else ""
        for row in rows
        if (cells := row.cells) is not None  # type: ignore[attr-defined]
    ]


def _profile(column: SheetColumn, cells: Sequence[Cell]) -> ColumnProfile:
    filled = [cell for cell in cells if not is_blank(cell)]
    texts = [cell for cell in filled if isinstance(cell, str)]
    # Words such as "open" in a column of dates say that there is none yet.
    said = [text for text in texts if any(sign.isdigit() for sign in text)]
    dated = len(filled) - len(texts)
    count = max(1, dated + len(said))
    serials = sum(serial_in(text) is not None for text in said)
    looks = [look for text in said if (look := look_at(text)) is not None]
    dates = dated + serials + len(looks)
    unique = {tidy(text) for text in texts} | {cell for cell in filled if not isinstance(cell, str)}
    return ColumnProfile(
        column=column,
        filled=len(filled),
        dates_share=dates / count,
        times_share=sum(time_in(text) is not None for text in said) / count,
        serials_share=serials / count,
        unique_share=len(unique) / max(1, len(filled)),
        mean_length=sum(map(len, texts)) / max(1, len(texts)),
        samples=tuple(dict.fromkeys(map(_shown, filled)))[:SHOWN],
        clear_share=(dated + sum(look.is_clear for look in looks)) / count,
        has_words=any(meaning_of(text) == "done" for text in texts),
    )


def _shown(cell: Cell) -> str:
    return cell.strip() if isinstance(cell, str) else f"{cell:%Y-%m-%d %H:%M}"


def _scores(profiles: Sequence[ColumnProfile]) -> list[tuple[float, str, int]]:
    """Return how well each column fits each meaning, by its name and its cells."""
    found = []
    for profile in profiles:
        column = profile.column
        best: dict[str, float] = {}
        for name in dict.fromkeys((column.full_name, column.name)):
            for match in meanings_of(name):
                best[match.role] = max(best.get(match.role, 0), match.score)
        for role, score in best.items():
            fit = _fit(role, profile, score)
            if fit is not None:
                found.append((score + fit, role, column.index))
    return found


def _fit(role: str, profile: ColumnProfile, score: float) -> float | None:
    """Return what the cells add to a meaning; None if they cannot have it."""
    if role in MOMENTS:
        if not profile.filled:
            return -1.0
        if profile.is_date:
            return 0.5
        # What such a column holds is set aside row by row, never passed over in silence.
        is_meant = profile.dates_share or (
            DATE_NAME.search(profile.column.name) and _is_said(profile)
        )
        return 0.2 if score >= SURE and is_meant and not profile.is_time else None
    if profile.is_time:
        return None
    is_named_key = role == "key" and score >= SURE  # 20261102 and 11-2 are numbers of cases too
    if profile.is_date and profile.serials_share < DATES_SHARE and not is_named_key:
        return None
    if role == "key":
        least = REPEATED_SHARE if score >= SURE else UNIQUE_SHARE
        if profile.filled and profile.unique_share < least:
            return None
        return 0.2 if profile.mean_length < 30 else -0.5
    return 0.0


def _fill_gaps(
    profiles: Sequence[ColumnProfile],
    roles: dict[str, tuple[int, ...]],
    taken: set[int],
    rivals: dict[str, tuple[int, ...]],
) -> None:
    """Take the first column of dates for the filing, the next for the answer, if unnamed."""
    dates = [one for one in profiles if one.is_date and one.column.index not in taken]
    asked = next(iter(roles.get("sent_back", ())), None)
    column = next((one.column for one in profiles if one.column.index == asked), None)
    if "filed" not in roles and column and any(m.role == "filed" for m in meanings_of(column.name)):
        roles["filed"] = (column.index,)  # the question that begins a case, not one in between
        del roles["sent_back"]
    clear = [one for one in dates if one.clear_share >= DATES_SHARE]
    plain = [one for one in dates if one.serials_share < DATES_SHARE]
    free = [one.column.index for one in clear or plain or dates]
    for role in ("filed", "answered"):
        if role not in roles and free:
            if role == "filed" and len(free) > 2:
                rivals[role] = tuple(free)
            roles[role] = (free.pop(0),)
            taken.update(roles[role])
    _take_marks(profiles, roles, taken)
    if "key" not in roles:
        key = next((one for one in profiles if _is_numbering(one)), None)
        if key is not None and key.column.index not in taken:
            roles["key"] = (key.column.index,)
            taken.add(key.column.index)


def _take_marks(
    profiles: Sequence[ColumnProfile], roles: dict[str, tuple[int, ...]], taken: set[int]
) -> None:
    """Read a column of marks such as 済, named like the moment of the answer, as the state."""
    for profile in profiles:
        matches = meanings_of(profile.column.full_name)
        is_answer = bool(matches) and matches[0].role == "answered" and matches[0].score >= SURE
        if is_answer and profile.has_words and "state" not in roles and "answered" not in roles:
            roles["state"] = (profile.column.index,)
            taken.add(profile.column.index)


def _is_numbering(profile: ColumnProfile) -> bool:
    """Return whether a column numbers the rows: short, different each time, with digits."""
    has_digits = sum(any(sign.isdigit() for sign in text) for text in profile.samples)
    is_plain = not profile.is_date and not profile.is_time
    return (
        is_plain
        and profile.filled > 1
        and profile.unique_share == 1
        and profile.mean_length <= SHORT_KEY
        and has_digits == len(profile.samples)
    )


def _add_times(
    profiles: Sequence[ColumnProfile], roles: dict[str, tuple[int, ...]], taken: set[int]
) -> None:
    """Join to a column of dates the column of times of day that stands beside it."""
    by_index = {profile.column.index: profile for profile in profiles}
    order = [profile.column.index for profile in profiles if not _is_weekdays(profile)]
    for role in MOMENTS:
        columns = roles.get(role, ())
        if role in SEVERAL or len(columns) != 1 or columns[0] not in by_index:
            continue
        place = order.index(columns[0])
        if _has_times(by_index[columns[0]]):
            continue
        for beside in order[place + 1 : place + 2] + order[max(0, place - 1) : place]:
            if beside in taken:
                continue
            if by_index[beside].is_time or _are_packed(by_index[columns[0]], by_index[beside]):
                roles[role] = (columns[0], beside)
                taken.add(beside)
                break


def _is_weekdays(profile: ColumnProfile) -> bool:
    return bool(profile.samples) and all(map(is_weekday, profile.samples))


def _are_packed(date: ColumnProfile, beside: ColumnProfile) -> bool:
    """Return whether a column beside one of dates writes half past nine as 930."""
    name, other = (compared(one.column.full_name) for one in (date, beside))
    is_its = DATE_NAME.sub("", name) == TIME_NAME.sub("", other) != other
    return is_its and bool(beside.samples) and all(map(_PACKED.fullmatch, beside.samples))


def _is_said(profile: ColumnProfile) -> bool:
    return any(sum(map(str.isdigit, text)) > 2 for text in profile.samples)


def _has_times(profile: ColumnProfile) -> bool:
    return any(":" in text and not text.endswith(" 00:00") for text in profile.samples)


def is_moment_cell(cell: Cell) -> bool:
    """Return whether a cell holds a date in any form."""
    return isinstance(cell, datetime) or look_at(cell) is not None or serial_in(cell) is not None

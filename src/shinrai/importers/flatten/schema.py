"""Schemas for the records of a source: a record with an invalid field is quarantined.

A schema names the fields that are read; other fields are stored unchecked.

    COMMENT = record(id=Kind.key, created_at=Kind.at, via=record(channel=Kind.plain))

    @reads(COMMENT)
    def _comment(raw: RawRecord, value: Record) -> Iterator[Belonging]: ...

`None`, and an empty value where a list or a record is expected, count as missing.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Final, TypeVar, cast

from shinrai.importers.flatten.case_records import CaseRecord
from shinrai.importers.flatten.json_files import RawRecord
from shinrai.importers.flatten.values import MILLISECONDS, MISSED, case_record, refused_record

Field = Callable[[Any], Any]
File = TypeVar("File", bound=Callable[..., Iterator[CaseRecord]])
Record = Mapping[str, Any]
FIRST_SECOND: Final = 631_152_000  # of 1990: one before is a date as 20260601, or a serial
LAST_SECOND: Final = 4_102_444_800  # of 2099
EPOCH_DIGITS: Final = (10, 13)
LARGEST: Final = 10**15
OWNERS: Final = ("ticket_id", "issue_id", "conversation_id")  # fields that name a record's case


class OddField(ValueError):
    """A field does not have the expected type; `expected` is a code in `refusal_reasons`."""

    def __init__(self, expected: str, path: str = "") -> None:
        super().__init__(expected, path)
        self.expected = expected
        self.path = path

    def below(self, place: str) -> "OddField":
        """Return this error with a place added before its path."""
        gap = "." if place and self.path and not self.path.startswith("[") else ""
        return OddField(self.expected, f"{place}{gap}{self.path}")


class Kind:
    """The types of a field; each function checks a value and returns what to store."""

    @staticmethod
    def any(value: Any) -> Any:
        """Return any value unchanged."""
        return value

    @staticmethod
    def plain(value: Any) -> Any:
        """Return a text, a number, a bool or None.

        Raises: OddField.
        """
        if isinstance(value, (list, dict)):
            raise OddField("odd_plain")
        return value

    @staticmethod
    def text(value: Any) -> str | None:
        """Return a text; a number or a bool becomes text, None remains.

        Raises: OddField.
        """
        return value if value is None or isinstance(value, str) else str(Kind.plain(value))

    @staticmethod
    def key(value: Any) -> int | str:
        """Return the number or the name that identifies a record, which must not be empty.

        Raises: OddField.
        """
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # as data frames write the numbers of a column with gaps
        if isinstance(value, (int, str)) and not isinstance(value, bool) and value != "":
            return value
        raise OddField("odd_missing" if value in (None, "") else "odd_plain")

    @staticmethod
    def ref(value: Any) -> int | str | None:
        """Return the number or the name of another record, or None if the field is empty.

        Raises: OddField if the value is neither a whole number nor text.
        """
        return None if value in (None, "") else Kind.key(value)

    @staticmethod
    def at(value: Any) -> str | None:
        """Return a moment: a text, or seconds or milliseconds since 1970 as an ISO text.

        Raises: OddField for a number that is no moment between 1990 and 2099.
        """
        if value is None or (value is not False and value == 0):
            return None
        if isinstance(value, str):
            if not (value.isascii() and value.isdigit() and len(value) in EPOCH_DIGITS):
                return value
            value = int(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            seconds = value / 1000 if value > MILLISECONDS else value
            if FIRST_SECOND <= seconds < LAST_SECOND:
                return datetime.fromtimestamp(seconds, UTC).isoformat()
        raise OddField("odd_moment")

    @staticmethod
    def number(value: Any) -> int | float | None:
        """Return a number, also from a text; None if the field is empty.

        Raises: OddField.
        """
        if value in (None, ""):
            return None
        try:
            number = float(Kind.plain(value))
        except ValueError as error:
            raise OddField("odd_number") from error
        if isinstance(value, bool) or not abs(number) < LARGEST:
            raise OddField("odd_number")
        return int(number) if number.is_integer() else number


def record(more: Mapping[str, Field] | None = None, /, **fields: Field) -> Field:
    """Return the schema of a record; `more` has the fields whose names are not valid in Python."""
    known = tuple({**(more or {}), **fields}.items())

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            if not value:
                return None
            raise OddField("odd_record")
        found = dict(value)
        for name, field in known:
            if name in value or field is Kind.key:
                try:
                    found[name] = field(value.get(name))
                except OddField as odd:
                    raise odd.below(name) from odd
        return found

    return read


def many(field: Field = Kind.any) -> Field:
    """Return the schema of a list; empty items are removed."""

    def read(value: Any) -> Any:
        if not isinstance(value, list):
            if not value:
                return None
            raise OddField("odd_list")
        found = []
        for number, each in enumerate(value):
            try:
                found.append(field(each))
            except OddField as odd:
                raise odd.below(f"[{number}]") from odd
        return [each for each in found if each is not None]

    return read


def either(field: Field) -> Field:
    """Return the schema of a value that is either such a record or a plain value."""
    return lambda value: field(value) if isinstance(value, dict) else Kind.plain(value)


def of(field: Field, names: str) -> dict[str, Field]:
    """Return the same schema for several fields, named in one text."""
    return dict.fromkeys(names.split(), field)


def _missed_record(raw: RawRecord, value: Any, own: list[Any]) -> Iterator[CaseRecord]:
    """Note for the case, if it is known, that one of its records could not be read."""
    named = map(value.get, OWNERS) if isinstance(value, dict) else ()
    known = (
        one for one in (*named, *own) if isinstance(one, int | str) and not isinstance(one, bool)
    )
    if case := next(known, None):
        yield case_record(raw, case, MISSED, value=True)


def reads(schema: Field) -> Callable[[File], File]:
    """Decorate a function so that it gets only valid records; the others are recorded as refused.

    Its last two parameters are the raw record, with its place in the file, and the checked value.
    """

    def decorate(file: File) -> File:
        @wraps(file)
        def filed(*given: Any) -> Iterator[CaseRecord]:
            *own, raw, value = given
            try:
                if not isinstance(value, dict):
                    raise OddField("odd_record")
                value = schema(value)
            except OddField as odd:
                where = odd.below(raw.path)
                yield refused_record(raw._replace(path=where.path), odd.expected)
                yield from _missed_record(raw, value, own)
                return
            yield from file(*own, raw, value)

        return cast(File, filed)

    return decorate

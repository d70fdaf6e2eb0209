"""Values of documents as JSON has them: moments in ISO 8601, no NaN."""

import dataclasses
import math
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any


def json_values(value: Any) -> Any:
    """Return a value in types that JSON knows. Raises: TypeError for one that has no such form."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Fraction):
        return float(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: json_values(getattr(value, field.name))
            for field in dataclasses.fields(value)
        }
    if isinstance(value, Mapping):
        return {str(key): json_values(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return [json_values(item) for item in items]
    if hasattr(value, "item"):  # a number of NumPy
        return json_values(value.item())
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")

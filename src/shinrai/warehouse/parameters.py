"""Parameters of expressions: values that differ from query to query, such as the moment queried.

An expression contains a parameter, and its value is set when the query runs. So the expression is
built and compiled only once, which takes much longer than most queries take to run.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops

NAMED: Final[Mapping[str, Any]] = {
    "at": ibis.param("int64"),  # the moment asked about, in microseconds
    "ends": ibis.param("int64"),  # another, up to which is looked
    "since": ibis.param("date"),
    "until": ibis.param("date"),
    "mode": ibis.param("string"),
    "topic": ibis.param("string"),
    "search": ibis.param("string"),
}
_NAMES: Final = {parameter.op(): name for name, parameter in NAMED.items()}
Values = Mapping[str, Any]  # None: not asked; such an expression has another shape


def shape(values: Values) -> frozenset[str]:
    """Return the names of the parameters that have a value.

    Queries with the same names share one expression.
    """
    return frozenset(name for name, value in values.items() if value is not None)


def of_shape(names: frozenset[str], *wanted: str) -> dict[str, Any]:
    """Return the wanted parameters by name; None for those that are not among `names`."""
    return {name: NAMED[name] if name in names else None for name in wanted}


def as_variables(asked: ops.Node) -> ops.Node:
    """Replace every parameter of a query by a DuckDB variable."""
    found = asked.find(ops.ScalarParameter)
    variables = {one: variable(_NAMES[one], one.dtype).op() for one in found}
    return asked.replace(variables) if variables else asked


def as_literals(asked: ops.Node, values: Values) -> ops.Node:
    """Replace every parameter of a query by its value, for engines without variables."""
    found = asked.find(ops.ScalarParameter)
    known = {one: ibis.literal(values[_NAMES[one]], one.dtype).op() for one in found}
    return asked.replace(known) if known else asked


def set_variables(connection: Any, values: Values) -> None:
    """Set values as variables on a DuckDB connection, those of parameters or other ones."""
    for name, value in values.items():
        if value is not None:
            connection.execute(f"SET VARIABLE asked_{name} = ?", [value])


def variable(name: str, dtype: dt.DataType | str) -> Any:
    """Return an expression that is the value of a variable set by `set_variables`."""
    return _variable(dt.dtype(dtype))(f"asked_{name}")


@lru_cache(maxsize=8)
def _variable(dtype: dt.DataType) -> Any:
    @ibis.udf.scalar.builtin(name="getvariable", signature=((dt.string,), dtype))
    def getvariable(of):  # type: ignore[no-untyped-def]
        ...

    return getvariable

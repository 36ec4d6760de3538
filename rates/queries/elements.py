"""The elements of a JSON column as rows, on both databases; each is the column `value`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ColumnElement, TableValuedAlias, Text, column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class _Objects(GenericFunction[Any]):
    name = "json_array_elements"
    inherit_cache = True


class _Texts(GenericFunction[Any]):
    name = "json_array_elements_text"
    inherit_cache = True


@compiles(_Objects, "sqlite")
@compiles(_Texts, "sqlite")
def _as_sqlite_calls_it(element: GenericFunction[Any], compiler: Any, **kw: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **kw)})"


def objects_in(array: ColumnElement[Any]) -> TableValuedAlias:
    """Each object of an array as a row."""
    return _Objects(array).table_valued(column("value", JSON))


def texts_in(array: ColumnElement[Any]) -> TableValuedAlias:
    """Each text of an array as a row."""
    return _Texts(array).table_valued(column("value", Text))

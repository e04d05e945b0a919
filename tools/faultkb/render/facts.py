"""The public fact tables as CSV, JSON and Parquet, with the same values in each."""

from __future__ import annotations

import csv
import json
import shlex
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from faultkb import facts, moment
from faultkb.finding import FaultError
from faultkb.render.spreadsheet import safe
from faultkb.reports import NUMBER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from faultkb.facts import Row

SEPARATOR = "；"
"""Between the items of a list in a CSV field."""


def as_csv(table: str, rows: Sequence[Row], stream: TextIO) -> None:
    """Write a table as CSV for Excel and programs: UTF-8 with its mark, text that no spreadsheet takes for a formula."""
    stream.write("\ufeff")
    out = csv.writer(stream)
    columns = facts.TABLES[table]
    out.writerow([column.key for column in columns])
    out.writerows([_field(row[column.key]) for column in columns] for row in rows)


def _field(value: Any) -> str:
    if isinstance(value, tuple):
        return safe(SEPARATOR.join(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return moment.show(value)
    return "" if value is None else safe(value) if isinstance(value, str) else str(value)


def as_parquet(table: str, rows: Sequence[Row], head: Mapping[str, Any], stream: BinaryIO) -> None:
    """Write a table as Parquet with real types; moment and time zone stand in the file's metadata.

    Raise FaultError where pyarrow is not installed.
    """
    arrow, parquet = _arrow()
    types = {
        facts.TIME: arrow.timestamp("ms"),
        facts.FLAG: arrow.bool_(),
        facts.LIST: arrow.list_(arrow.string()),
        NUMBER: arrow.int64(),
    }
    columns = facts.TABLES[table]
    fields = [
        arrow.field(column.key, types.get(column.kind, arrow.string()), metadata={"title": column.title})
        for column in columns
    ]
    schema = arrow.schema(fields, metadata={key: str(value) for key, value in head.items()})
    values = {column.key: [row[column.key] for row in rows] for column in columns}
    parquet.write_table(arrow.table(values, schema=schema), stream)


def _arrow() -> tuple[Any, Any]:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise FaultError(
            f"写 parquet 要用到 pyarrow，这里没有安装：运行 {shlex.quote(sys.executable)} -m pip install pyarrow，或换成 --format csv、json"
        ) from None
    return pa, parquet


def as_json(tables: Mapping[str, Sequence[Row]], head: Mapping[str, Any], stream: TextIO) -> None:
    """Write one JSON document with a list of objects for each table, an object a line."""
    stream.write(json.dumps(head, ensure_ascii=False).removesuffix("}"))
    for name, rows in tables.items():
        lines = ",\n".join(json.dumps(_plain(row), ensure_ascii=False) for row in rows)
        stream.write(f',\n"{name}": [\n{lines}\n]')
    stream.write("\n}\n")


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: moment.show(value) if isinstance(value, datetime) else value for key, value in row.items()}

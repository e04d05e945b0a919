"""The table as CSV for Excel and as JSON for programs."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, TextIO

from faultkb.render import heading
from faultkb.render.spreadsheet import FORMULA

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.render.tracking.view import View


def as_csv(view: View, stream: TextIO) -> None:
    """Write CSV: UTF-8 with its mark, a line for each fault, text that no spreadsheet takes for a formula."""
    stream.write("\ufeff")
    out = csv.writer(stream)
    out.writerow([column.title for column in view.columns])
    out.writerows([_safe(view.said(value)) for value in view.cells(one)] for one in view.rows)


def _safe(text: str) -> str:
    return f"'{text}" if FORMULA.match(text) else text


def as_json(view: View, stream: TextIO) -> None:
    """Write one JSON document: the columns, and an object for each fault by the titles of the columns."""
    head = heading(view.as_of, view.words.timezone) | {"mask": view.mask}
    head |= {"filters": {name: list(values) for name, values in view.filters.items()}} if view.filters else {}
    head["columns"] = [{"name": column.name, "title": column.title} for column in view.columns]
    stream.write(json.dumps(head, ensure_ascii=False).removesuffix("}"))
    rows = ({column.title: view.said(one.cells[column.name]) for column in view.columns} for one in view.rows)
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    stream.write(f',\n"faults": [\n{lines}\n]\n}}\n')


FORMATS: dict[str, Callable[[View, TextIO], None]] = {"csv": as_csv, "json": as_json}

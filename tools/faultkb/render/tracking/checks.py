"""What Excel checks and explains while somebody types into the table: lists to choose from, and dates."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from faultkb import guidance, moment, tracking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from faultkb.render.tracking.view import View
    from faultkb.tracking import Column

CHOICES = "选项"
"""The hidden sheet of the lists that are too long for a cell itself."""
ROOM = 500
"""Empty rows below the last fault that are checked, too."""
_LONGEST_LIST, _LONGEST_TITLE, _LONGEST_MESSAGE = 255, 32, 255
"""What Excel takes, commas included."""
_LAST = 1_048_575
"""The last row of a sheet."""


def offer(book: Workbook, view: View) -> None:
    """Write the lists that are too long onto a hidden sheet of their own; none where there are none."""
    some = _long(view)
    if some:
        sheet = book.add_worksheet(CHOICES)
        sheet.hide()
        for place, offered in enumerate(some.values()):
            sheet.write_column(0, place, offered)


def sources(view: View) -> dict[str, list[str] | str]:
    """Return where the choices of each column come from: the list itself, or a range of the hidden sheet."""
    found: dict[str, list[str] | str] = {**_lists(view)}
    for place, (name, offered) in enumerate(_long(view).items()):
        letter = chr(ord("A") + place)
        found[name] = f"={CHOICES}!${letter}$1:${letter}${len(offered)}"
    return found


def _long(view: View) -> dict[str, list[str]]:
    lists = _lists(view).items()
    return {
        name: some for name, some in lists if len(",".join(some)) > _LONGEST_LIST or any("," in one for one in some)
    }


def _lists(view: View) -> dict[str, list[str]]:
    lists = {column.name: view.offered(column) for column in view.columns}
    return {name: some for name, some in lists.items() if some}


def put(sheet: Worksheet, view: View, given: dict[str, list[str] | str], count: int) -> None:
    """Let a sheet check the columns of choices and of moments, in its rows and in the empty ones below."""
    for place, column in enumerate(view.columns):
        rule = _rule(column, given, view)
        if rule:
            sheet.data_validation(1, place, min(count + ROOM, _LAST), place, rule | dict(_words(column, view)))


def _rule(column: Column, given: dict[str, list[str] | str], view: View) -> dict[str, Any]:
    if column.name in given:
        return {"validate": "list", "source": given[column.name]}
    if tracking.is_time(column, view.words):
        first, after = datetime(moment.YEARS.start, 1, 1), datetime(moment.YEARS.stop, 1, 1)  # noqa: DTZ001 - wall-clock time of the policy's zone
        return {"validate": "date", "criteria": "between", "minimum": first, "maximum": after}
    return {}


def _words(column: Column, view: View) -> Iterator[tuple[str, str]]:
    """Yield what Excel says beside the cell, and where what was typed is refused."""
    field = view.words.schema.field(column.path)
    hint = "从列表里选" if field.choices else field.hint
    yield "input_title", column.title[:_LONGEST_TITLE]
    yield "input_message", f"{guidance.meaning(column, view.words, view.offered(column))}\n{hint}"[:_LONGEST_MESSAGE]
    yield "error_title", f"{column.title}不对"[:_LONGEST_TITLE]
    yield "error_message", hint[:_LONGEST_MESSAGE]

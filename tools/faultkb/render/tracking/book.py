"""The workbook of the table: the rows, how to fill them in, the figures, and the record of what was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from faultkb import tracked, tracking
from faultkb.render import office
from faultkb.render.tracking import checks, figures, manual, record, sheet

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.render.tracking.view import View


def xlsx(view: View, stream: BinaryIO) -> None:
    """Write the workbook; the same table at the same moment gives the same bytes."""
    from xlsxwriter import Workbook

    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(stream, settings) as book:
        title = tracking.name(view.words)
        book.set_properties({"title": title, "created": view.as_of})
        looks = office.looks(book, sheet.looks(view))
        taken = {name.casefold() for name in (manual.NAME, figures.NAME, record.NAME, checks.CHOICES)}
        written = sheet.fill(book, looks, view, taken)
        manual.fill(book.add_worksheet(manual.NAME), looks, view)
        some = [one.standing for one in view.rows]
        figures.fill(
            book.add_worksheet(figures.NAME), looks, tracked.figures(some, view.words, view.as_of, public=view.public)
        )
        record.fill(book, view, written)
        checks.offer(book, view)


BINARY: dict[str, Callable[[View, BinaryIO], None]] = {"xlsx": xlsx}

"""The chart of a table as Word draws it itself: sharp on paper, its letters in the document's own fonts."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Twips

from faultkb.render import chart, visible
from faultkb.render.word_xml import clean, element

if TYPE_CHECKING:
    from faultkb.render.chart import Data
    from faultkb.reports import Table

_COLOURS = {
    "bad": "#b3261e", "high": "#b85400", "mid": "#2b7686", "low": "#6b7680", "good": "#2c7a4f",
    "c1": "#0b6e6e", "c2": "#b8560f", "c3": "#4a5fc1", "c4": "#a03070", "c5": "#67741c", "c6": "#5b6770",
}  # fmt: skip
_KINDS = {"bars": {}, "stack": {"subtype": "stacked"}, "lines": {}}
_LETTERS = {"name": "Arial", "size": 9}
_LABELS = {"value": True, "num_format": "#,##0;-#,##0;;", "font": {**_LETTERS, "size": 8}}
"""Values beside or in their bars, but for noughts."""
_TALL, _ROW, _AROUND = 3_600, 420, 1_300
"""Height of a chart over time; of a bar that lies, and of what is around the bars; in twentieths of a point."""
_MOST_SHARE = 38
"""Per cent of its width that a chart may be tall."""


def drawn(document: Any, table: Table, number: int, room: int) -> Any | None:
    """Return the paragraph of a table's chart; None if it has none, or nothing to draw."""
    given = chart.data(table)
    if given is None or table.chart is None:
        return None
    name = PackURI(f"/word/charts/chart{number}.xml")
    part = Part(name, CONTENT_TYPE.DML_CHART, _written(given, table.chart.kind), document.part.package)
    relation = document.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    bars = len(given.groups) * (1 if table.chart.kind == "stack" else len(given.series))
    tall = _TALL if given.in_time else min(_AROUND + _ROW * bars, _MOST_SHARE * room // 100)
    said = quoteattr(clean(visible(chart.describe(table, table.chart, given.unit))))
    inline = parse_xml(
        f'<wp:inline {nsdecls("wp", "a", "r", "c")} distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{Twips(room)}" cy="{Twips(tall)}"/>'
        f'<wp:docPr id="{9000 + number}" name="图表 {number}" descr={said}/><wp:cNvGraphicFramePr/><a:graphic>'
        f'<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart r:id="{relation}"/>'
        "</a:graphicData></a:graphic></wp:inline>"
    )
    return element("w:p", element("w:r", element("w:drawing", inline)))


def _written(given: Data, kind: str) -> bytes:
    """Return the chart as XML: Excel and Word draw the same ones, so xlsxwriter makes it."""
    from xlsxwriter import Workbook

    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("数据")
        shape = "line" if kind == "lines" else "column" if given.in_time else "bar"
        made = book.add_chart({"type": shape, **_KINDS[kind]})
        last = len(given.groups)
        for line, group in enumerate(given.groups, 1):
            sheet.write_string(line, 0, clean(visible(group)))
        for place, (colour, title, values) in enumerate(given.series, 1):
            sheet.write_string(0, place, clean(visible(f"{title}{f'（{given.unit.strip()}）' if given.unit else ''}")))
            for line, value in enumerate(values, 1):
                if value is not None:
                    sheet.write_number(line, place, round(value, 1))
            made.add_series(_series(place, last, _COLOURS[colour], shape))
        _dress(made, shape)
        sheet.insert_chart(0, 8, made)
    with zipfile.ZipFile(stream) as archive:
        return _explicit(archive.read("xl/charts/chart1.xml"))


def _explicit(written: bytes) -> bytes:
    """Say what Excel takes for granted: in Word labels have every part, and lines are curves, unless it is said that not."""
    off = "".join(f'<c:{one} val="0"/>' for one in ("showCatName", "showSerName", "showPercent", "showBubbleSize"))
    labels = b'<c:showLegendKey val="0"/><c:showVal val="1"/>' + off.encode()
    written = written.replace(b'<c:showVal val="1"/>', labels)
    head, line, rest = written.partition(b"<c:lineChart>")
    return head + line + rest.replace(b"</c:ser>", b'<c:smooth val="0"/></c:ser>') if line else written


def _series(place: int, last: int, colour: str, shape: str) -> dict[str, Any]:
    look: dict[str, Any] = {"line": {"color": colour, "width": 2}} if shape == "line" else {"fill": {"color": colour}}
    if shape == "line":
        look["marker"] = {"type": "circle", "size": 5, "fill": {"color": colour}, "border": {"color": colour}}
    return {
        "name": ["数据", 0, place],
        "categories": ["数据", 1, 0, last, 0],
        "values": ["数据", 1, place, last, place],
        "gap": 60,
        **({} if shape == "line" else {"data_labels": _LABELS}),
        **look,
    }


def _dress(made: Any, shape: str) -> None:
    grid = {"visible": True, "line": {"color": "#d5dadd", "width": 0.5}}
    names = {"num_font": _LETTERS, "line": {"color": "#9aa5ab"}}
    values = {"num_font": _LETTERS, "major_gridlines": grid, "line": {"none": True}}
    if shape == "bar":
        # The first group stands at the top, the scale below the last.
        made.set_y_axis({**names, "reverse": True, "crossing": "max"})
        made.set_x_axis({**values, "min": 0})
    else:
        made.set_x_axis(names)
        made.set_y_axis(values)
    made.set_legend({"position": "top", "font": _LETTERS})
    made.set_chartarea({"border": {"none": True}})
    made.show_blanks_as("gap")

"""What single cells say: numbers by their formats, dates, colours, notes, links, formulas, pictures."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.styles import Color, Font, PatternFill
from PIL import Image as Picture

from faultkb import sheets
from faultkb.sheets import shown, styles

from .conftest import changed, fill

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faultkb.sheets import Cell, Sheet
    from faultkb.vocabulary import Vocabulary


@pytest.fixture
def cell(kept: Callable[..., tuple[Sheet, ...]]) -> Callable[..., Cell]:
    """Put a value into a table, change its cell, and read it."""

    def make(value: Any, form: str = "General", change: Callable[[Any], None] = lambda _: None) -> Cell:
        book = openpyxl.Workbook()
        fill(book.active, [["编号", "描述", "备注"], ["A1", "黑屏"]])
        place = book.active["C2"]
        place.value, place.number_format = value, form
        change(place)
        (sheet,) = kept(book)
        return sheet.data[0].cells[3]

    return make


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (15, "General", "15"),
        (15.0, "General", "15"),
        (13800138000, "General", "13800138000"),
        (13800138000.0, "0.00E+00", "13800138000"),
        (123, "000000", "000123"),
        (0.125, "0.0%", "12.5%"),
        (0.5, "0%", "50%"),
        (1234567.5, "#,##0.00", "1,234,567.50"),
        (320, '0"台"', "320台"),
        (2.31, '"V"0.00', "V2.31"),
        (12.5, "0.##", "12.5"),
        (12, "0.##", "12"),
        (-3, "0;[Red]-0", "-3"),
        (99.9, "¥#,##0.00", "¥99.90"),
        (0.1 + 0.2, "General", "0.3"),
        (1.5, "# ?/?", "1.5"),
        (1e-7, "General", "0.0000001"),
        (True, "General", "TRUE"),
        (13987651236, "0.00", "13987651236"),
        (13987651236, "#,##0", "13987651236"),
        (9987651236, "#,##0", "9,987,651,236"),
        (12345678901.5, "0.00", "12345678901.50"),
        ("13,987,651,241", "General", "13987651241"),
        ("1.3987651235E+10", "General", "13987651235"),
        ("1.398765123e+10", "@", "13987651230"),
        ("1.39877E+10", "@", "1.39877E+10"),
        ("5E11", "@", "5E11"),
        ("987,651,241", "@", "987,651,241"),
        ("共 13,987,651,241", "@", "共 13,987,651,241"),
        ("000123", "General", "000123"),
        ("0912", "@", "0912"),
        (" 两端 ", "General", " 两端 "),
        ("第一行\r\n第二行_x000D_", "General", "第一行\n第二行\n"),
        ("日志 _x0041_", "General", "日志 _x0041_"),
        (datetime.fromisoformat("2023-05-06 09:12"), "yyyy/m/d h:mm", "2023-05-06 09:12"),
        (datetime.fromisoformat("2023-05-06 00:00"), "yyyy/m/d h:mm", "2023-05-06 00:00"),
        (date.fromisoformat("2023-05-06"), 'm"月"d"日"', "2023-05-06"),
        (time(9, 12), "h:mm", "09:12"),
        (timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
        (45052, '[$-804]yyyy"年"m"月"d"日";@', "2023-05-06"),
    ],
)
def test_shown(cell: Callable[..., Cell], value: Any, form: str, text: str) -> None:
    """A number is what its format shows, a whole one has no .0, dates are always written alike."""
    assert cell(value, form).text == text


def test_values(cell: Callable[..., Cell]) -> None:
    """Whole numbers are whole, days are days, and what is no date says so although it is formatted as one."""
    assert cell(15.0).value == 15
    assert cell(datetime.fromisoformat("2023-05-06 00:00"), "yyyy-mm-dd").value == date.fromisoformat("2023-05-06")
    wrong = cell(99999999, "yyyy-mm-dd")
    assert (wrong.text, wrong.remark) == ("99999999", "设成了日期格式，但这个数不是日期")


def test_long_numbers(cell: Callable[..., Cell]) -> None:
    """Excel keeps fifteen digits: a longer number is said to be lost."""
    assert cell(110101199003070000).remark == shown.LOST
    assert cell("110101199003071234").remark == ""


@pytest.mark.parametrize("raw", ["1E+400", "nan", "-inf", "9" * 5000, "x"])
@pytest.mark.parametrize("form", ["General", "yyyy-mm-dd"])
def test_numbers_that_are_none(tmp_path: Path, words: Vocabulary, raw: str, form: str) -> None:
    """What no number can be stays as it stands, with a remark, and the rest of the file is read."""
    book, path = openpyxl.Workbook(), tmp_path / "a.xlsx"
    fill(book.active, [["编号", "描述", "备注"], ["A1", "黑屏", 77777]])
    book.active["C2"].number_format = form
    book.save(path)
    path.write_bytes(changed(path.read_bytes(), lambda _, data: data.replace(b"77777", raw.encode())))
    (sheet,) = sheets.read(path, words)
    found = sheet.data[0].cells[3]
    assert (found.text, found.remark) == (raw, "这一格应当是数字、日期或是否，却不是：照原样留作文字")


def test_formulas(cell: Callable[..., Cell]) -> None:
    """A formula whose result the file does not have, an error, and a picture that WPS keeps as a formula have no value."""
    missing, broken = cell("=B2&1"), cell("#REF!")
    assert (missing.value, missing.text) == (None, "")
    assert missing.remark == "公式没有存下结果：用 Excel 打开，保存一次，再导入"
    assert (broken.value, broken.text, broken.remark) == (None, "#REF!", "公式出错（#REF!），没有值")


def test_results_of_formulas(tmp_path: Path, words: Vocabulary) -> None:
    """The result that is kept is the value; one that is empty leaves the cell empty; WPS keeps pictures as formulas."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["编号", "描述", "备注", "来源"])
        sheet.write_row(1, 0, ["A1", "黑屏"])
        sheet.write_formula(1, 2, '="a"&1', value="a1")
        sheet.write_formula(1, 3, '=""', value="空")
        sheet.write_row(2, 0, ["A2", "死机"])
        sheet.write_formula(2, 2, '=_xlfn.DISPIMG("ID_1",1)', value='=DISPIMG("ID_1",1)')
    empty = "<v>空</v>".encode(), b"<v></v>"
    path.write_bytes(changed(path.read_bytes(), lambda _, data: data.replace(*empty)))
    (found,) = sheets.read(path, words)
    assert [list(row.cells) for row in found.data] == [[1, 2, 3], [1, 2, 3]]
    assert found.data[0].cells[3].value == "a1"
    assert (found.data[1].cells[3].value, found.data[1].cells[3].remark) == (None, "单元格里的图片没有导入")


def test_marks(cell: Callable[..., Cell]) -> None:
    """Comments without their author, links without their text, colours and struck-out text are read."""

    def mark(place: Any) -> None:
        place.comment = Comment("张三:\n等客户回复", "张三")
        place.hyperlink = "https://crm.example.com/8"
        place.fill = PatternFill("solid", fgColor="FFFF0000")
        place.font = Font(strike=True)

    found = cell("见 CRM", change=mark)
    assert (found.note, found.link, found.fill, found.struck) == ("等客户回复", "https://crm.example.com/8", "红", True)


def test_link_that_is_the_text(cell: Callable[..., Cell]) -> None:
    """An address that is its own text is told once."""

    def link(place: Any) -> None:
        place.hyperlink = "mailto:a@example.com"

    assert cell("a@example.com", change=link).link == ""


def test_rich_text(cell: Callable[..., Cell]) -> None:
    """Text in several fonts is one text."""
    assert cell(CellRichText("黑", TextBlock(InlineFont(b=True), "屏"), "了")).text == "黑屏了"


def test_struck_rows_and_notes_at_empty_cells(tmp_path: Path, words: Vocabulary) -> None:
    """A row all of whose cells are struck out says so; a comment at an empty cell is a cell without a value."""
    book = openpyxl.Workbook()
    fill(book.active, [["编号", "描述", "备注"], ["A1", "黑屏"], ["A2", "死机"]])
    for place in ("A3", "B3"):
        book.active[place].font = Font(strike=True)
    book.active["C2"].comment = Comment("已电话回访", "")
    book.save(tmp_path / "a.xlsx")
    (sheet,) = sheets.read(tmp_path / "a.xlsx", words)
    assert [row.struck for row in sheet.data] == [False, True]
    assert (sheet.data[0].cells[3].note, sheet.data[0].cells[3].value) == ("已电话回访", None)
    assert sheet.filled == 8


def test_pictures(kept: Callable[..., tuple[Sheet, ...]]) -> None:
    """The cells at which pictures stand are named."""
    book = openpyxl.Workbook()
    fill(book.active, [["编号", "描述", "备注"], ["A1", "黑屏"]])
    data = io.BytesIO()
    Picture.new("RGB", (4, 4)).save(data, "PNG")
    book.active.add_image(Image(data), "C2")
    (sheet,) = kept(book)
    assert sheet.pictures == ("C2",)


def test_book_that_counts_from_1904(kept: Callable[..., tuple[Sheet, ...]]) -> None:
    """Old Macs count days from 1904: real dates are right, and bare numbers can be read."""
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    fill(book.active, [["编号", "描述", "反馈时间"], ["A1", "黑屏", datetime.fromisoformat("2023-05-06 09:12")]])
    (sheet,) = kept(book)
    assert sheet.from_1904
    assert sheet.data[0].cells[3].text == "2023-05-06 09:12"


@pytest.mark.parametrize(
    ("code", "tint", "word"),
    [
        ("FFFF0000", 0, "红"),
        ("FFC000", 0, "橙"),
        ("FFFF00", 0, "黄"),
        ("92D050", 0, "绿"),
        ("00B050", 0, "绿"),
        ("00B0F0", 0, "蓝"),
        ("0070C0", 0, "蓝"),
        ("7030A0", 0, "紫"),
        ("FFC7CE", 0, "红"),
        ("FFEB9C", 0, "黄"),
        ("C6EFCE", 0, "绿"),
        ("D9D9D9", 0, "灰"),
        ("000000", 0, "黑"),
        ("FFFFFF", 0, ""),
        ("4472C4", 0.8, "蓝"),
        ("70AD47", 0.6, "绿"),
        ("ED7D31", 0.4, "橙"),
        ("FFFFFF", -0.25, "灰"),
        ("nothing", 0, ""),
    ],
)
def test_colours(code: str, tint: float, word: str) -> None:
    """The standard colours of Excel, its palette and its pale traffic lights are called as people call them."""
    assert styles.word(code, tint) == word


def test_theme_and_indexed_colours(cell: Callable[..., Cell]) -> None:
    """Colours by their place in the theme (9 is the green accent) or in the old palette (10 is red)."""

    def ground(colour: Color) -> Callable[[Any], None]:
        return lambda place: setattr(place, "fill", PatternFill("solid", fgColor=colour))

    assert cell("x", change=ground(Color(theme=9, tint=0.4))).fill == "橙"
    assert cell("x", change=ground(Color(indexed=10))).fill == "红"

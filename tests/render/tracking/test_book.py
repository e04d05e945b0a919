"""The workbook of the tracking table, read back by another library and by an office program."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from faultkb import tracked, tracking, vocabulary
from faultkb.render import office
from faultkb.render.tracking import book
from faultkb.render.tracking.view import View

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faultkb.corpus import Loaded
    from faultkb.tracked import Tracked
    from faultkb.vocabulary import Vocabulary

moment = datetime.fromisoformat
AS_OF = moment("2026-11-06 18:01")
NAME = "产品故障问题跟踪表"
ACCEPTED = ("2026-11-02 09:00 登记", "2026-11-02 10:00 受理 due_at: 2026-11-06 18:00")
CLOSED = (
    *ACCEPTED,
    "2026-11-04 15:00 提交验证",
    "2026-11-05 11:00 验证通过",
    "2026-11-05 12:00 用户确认 outcome: 已解决",
    "2026-11-05 13:00 关闭",
)
SHORT = "## 故障描述\n\n### 现象\n\n03:10 自行重启。\n"
RED, AMBER = "FFF8CBC6", "FFFFE3A8"


@pytest.fixture
def track(
    load_text: Callable[[str], Loaded], write_text: Callable[..., str], words: Vocabulary
) -> Callable[..., Tracked]:
    """Return a function from events and fields to a row of the table."""

    def make(*events: str, public: bool = False, **fields: str | None) -> Tracked:
        text = write_text(*events, **{"body": SHORT, **fields})
        found = tracked._tracked(load_text(text), words, AS_OF, public)  # noqa: SLF001 - what the pool's workers run
        assert isinstance(found, tracked.Tracked)
        return found

    return make


@pytest.fixture
def write(words: Vocabulary) -> Callable[..., bytes]:
    """Return a function from rows to the bytes of the workbook."""

    def make(*rows: Tracked, **more: Any) -> bytes:
        stream = io.BytesIO()
        book.xlsx(View(rows, more.pop("words", words), AS_OF, **more), stream)
        return stream.getvalue()

    return make


def read(data: bytes) -> Any:
    """Return a workbook as openpyxl reads it."""
    return openpyxl.load_workbook(io.BytesIO(data))


def ground(cell: Any) -> str:
    """Return the colour behind a cell."""
    return str(cell.fill.fgColor.rgb) if cell.fill.fill_type else ""


def rules(sheet: Any) -> dict[str, Any]:
    """Return what a sheet checks, by where it does."""
    return {str(one.sqref): one for one in sheet.data_validations.dataValidation}


def test_the_sheets(track: Callable[..., Tracked], write: Callable[..., bytes]) -> None:
    """The table first, then how to fill it in, the figures, and the record that only a program can show."""
    found = read(write(track(*ACCEPTED)))
    assert {sheet.title: sheet.sheet_state for sheet in found} == {
        NAME: "visible",
        "填写说明": "visible",
        "统计": "visible",
        "底稿": "veryHidden",
    }
    assert found.properties.title == NAME
    assert found.properties.created == AS_OF


def test_the_cells_of_a_row(track: Callable[..., Tracked], write: Callable[..., bytes]) -> None:
    """Cell by cell: texts are texts, moments are moments, what is empty is empty."""
    sheet = read(write(track(*ACCEPTED, impact="{users: 3, products: [甲], versions: [V1]}")))[NAME]
    assert [cell.value for cell in sheet[2]] == [
        "SW-20261102-001",
        moment("2026-11-02 09:00"),
        "ZL001 张*",
        None,
        "软件Bug",
        "中",
        "网关升级后每日凌晨重启\n现象：03:10 自行重启。",
        "受影响用户数：3\n涉及产品：甲\n涉及版本：V1",
        "处理中",
        "软件开发组",
        "RD017 李*",
        None,
        moment("2026-11-06 18:00"),
        None,
        None,
        None,
        None,
        (
            "2026-11-02 09:00 登记（ZL001）\n"
            "2026-11-02 10:00 受理（PM002）：责任团队 软件开发组；主责人 RD017 李*；计划完成时间 2026-11-06 18:00"
        ),
    ]
    assert (sheet["M2"].is_date, sheet["M2"].number_format) == (True, "yyyy-mm-dd hh:mm")
    assert all(cell.alignment.wrap_text and cell.alignment.vertical == "top" for cell in sheet[2])
    assert sheet.max_row == 2


def test_how_the_sheet_stands(track: Callable[..., Tracked], write: Callable[..., bytes]) -> None:
    """Headings and ids stay in sight, each column has a filter, A4 across, two pages wide with ids and headings on each."""
    sheet = read(write(track(*ACCEPTED), track(*ACCEPTED)))[NAME]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:R3")
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (2, 0)
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$1:$1", "$A:$A")
    assert sheet.column_dimensions["M"].number_format == "yyyy-mm-dd hh:mm"


def test_drop_down_lists_and_dates(track: Callable[..., Tracked], write: Callable[..., bytes]) -> None:
    """One row and 500 empty ones below: four lists from the schema, three columns of dates, each with a word of help."""
    found = rules(read(write(track(*ACCEPTED)))[NAME])
    lists = {place: one.formula1 for place, one in found.items() if one.type == "list"}
    assert lists == {
        "E2:E502": '"硬件故障,软件Bug,兼容性问题,操作误解,其他"',
        "F2:F502": '"紧急,高,中,低"',
        "I2:I502": '"待受理,处理中,待验证,已关闭,已延期"',
        "J2:J502": '"硬件研发组,软件开发组,云平台组,测试组,客服组"',
    }
    dates = {place: one for place, one in found.items() if one.type == "date"}
    assert sorted(dates) == ["B2:B502", "M2:M502", "N2:N502"]
    # Excel counts days from 1899-12-30: 2000-01-01 is 36526, 2200-01-01 is 109575.
    assert {(one.operator, one.formula1, one.formula2) for one in dates.values()} == {(None, "36526", "109575")}
    assert dates["M2:M502"].promptTitle == "计划完成时间"
    assert dates["M2:M502"].prompt.endswith("例如 2026-11-03 09:12")
    assert dates["M2:M502"].error == "写成 YYYY-MM-DD HH:MM（24 小时制，冒号用半角），例如 2026-11-03 09:12"


def test_a_list_too_long_for_a_cell(
    track: Callable[..., Tracked], write: Callable[..., bytes], root: Path, tmp_path: Path
) -> None:
    """Fifty teams do not fit into 255 characters: they stand on a hidden sheet, all of them; a retired one is not offered."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    teams = tmp_path / "schema" / "teams.yaml"
    more = "".join(
        f"  研发第{number:02}分组: {{title: 研发第{number:02}分组, takes: [其他], lead: RD001}}\n"
        for number in range(50)
    )
    text = teams.read_text(encoding="utf-8").replace("roles:\n", f"{more}roles:\n", 1)
    teams.write_text(text.replace("lead: CL001,", "lead: CL001, retired: 2026-01-01,"), encoding="utf-8")
    found = read(write(track(*ACCEPTED), words=vocabulary.load(tmp_path)))
    rule = next(one for place, one in rules(found[NAME]).items() if place.startswith("J2"))
    assert rule.formula1 == "选项!$A$1:$A$54"
    listed = [cell.value for cell in found["选项"]["A"]]
    assert found["选项"].sheet_state == "hidden"
    assert listed == [
        "硬件研发组",
        "软件开发组",
        "测试组",
        "客服组",
        *(f"研发第{number:02}分组" for number in range(50)),
    ]


def test_colours(track: Callable[..., Tracked], write: Callable[..., bytes]) -> None:
    """The planned date has passed a minute ago: red, and the state too; a plan for Monday: amber; a plan for later: none."""
    rows = [
        track("2026-11-02 09:00 登记", f"2026-11-02 10:00 受理 due_at: {due} 18:00", "2026-11-06 10:00 反馈")
        for due in ("2026-11-06", "2026-11-09")
    ]
    late = track("2026-11-05 09:00 登记", "2026-11-05 10:00 受理 due_at: 2026-11-12 18:00")
    sheet = read(write(*rows, late))[NAME]
    assert [(ground(sheet[f"I{row}"]), ground(sheet[f"M{row}"])) for row in (2, 3, 4)] == [
        (RED, RED),
        (AMBER, AMBER),
        ("", ""),
    ]
    assert {ground(cell) for row in (2, 3) for cell in sheet[row] if cell.column_letter not in "IM"} == {""}
    legend = read(write(late))["填写说明"]
    assert {cell.value: ground(cell) for cell in legend["A"] if ground(cell) in {RED, AMBER}} == {
        "超时": RED,
        "临期": AMBER,
    }


def test_rows_are_as_high_as_their_text(track: Callable[..., Tracked], write: Callable[..., bytes]) -> None:
    """A line takes 15 points; 2,000 characters show their first twelve lines, as much as a row gets."""
    rows = [track("登记"), track("登记", body=f"## 故障描述\n\n### 现象\n\n{'长' * 2000}\n")]
    sheet = read(write(*rows))[NAME]
    assert [sheet.row_dimensions[row].height for row in (2, 3)] == [3 * 15, 12 * 15]
    assert sheet.column_dimensions["G"].width < 54


def test_the_manual(track: Callable[..., Tracked], write: Callable[..., bytes]) -> None:
    """Each column with what it is and what is asked, then each choice with what it means."""
    lines = [tuple(row) for row in read(write(track("登记")))["填写说明"].iter_rows(values_only=True)]
    start = lines.index(("字段名称", "字段说明", "填写要求"))
    assert lines[start + 6] == ("严重程度", "根据影响范围定义，标注问题优先级。", "必填；下拉选择")
    assert [line[0] for line in lines[start + 1 : start + 19]][-3:] == ["备注", "协办人", "处理进度"]
    assert ("严重程度", "紧急", "影响核心功能且大面积用户") in lines
    assert ("责任团队", "客服组", "受理操作误解、其他") in lines


def test_the_figures(track: Callable[..., Tracked], write: Callable[..., bytes]) -> None:
    """Plain numbers: one fault in work, of the type 软件Bug, past its plan."""
    lines = [list(row) for row in read(write(track(*ACCEPTED)))["统计"].iter_rows(values_only=True)]
    assert ["超计划", 1] in [line[:2] for line in lines]
    assert ["处理中", 0, 0, 1, 0, 1] in [line[:6] for line in lines]
    assert ["软件Bug", 0, 0, 1, 0, 1] in [line[:6] for line in lines]
    assert ["SW-20261102-001", "中", "软件开发组", "RD017 李*", "处理中", moment("2026-11-06 18:00")] in [
        line[:6] for line in lines
    ]


def test_the_record(track: Callable[..., Tracked], write: Callable[..., bytes], words: Vocabulary) -> None:
    """What the table is of, the columns, and for each fault its id and the digests of what its cells say."""
    found = read(write(track(*ACCEPTED), filters={"team": ("软件开发组",)}))
    lines = [list(row) for row in found["底稿"].iter_rows(values_only=True)]
    assert lines[0][:5] == ["faultkb", 1, "2026-11-06 18:01", "internal", "team=软件开发组"]
    assert lines[1] == [None, *(column.name for column in tracking.exported(words))]
    assert lines[2][0] == "SW-20261102-001"
    assert lines[2][1:] == [tracking.digest(cell.value) for cell in found[NAME][2]]
    assert len(lines) == 3


def test_for_outside_eyes(track: Callable[..., Tracked], write: Callable[..., bytes]) -> None:
    """Columns stay, inner ones say 已隐去, dates have no time, nothing is coloured; no figure by state or team; no staff id anywhere."""
    inner = {"customer": '{id: "U****3821"}', "remark": "内部的话"}
    data = write(track(*CLOSED, public=True, kb="{entry: 收录}", **inner), public=True)
    found = read(data)
    cells = [cell.value for cell in found[NAME][2]]
    assert [title.value for title, value in zip(found[NAME][1], cells, strict=True) if value == "已隐去"] == [
        *("反馈人信息", "用户基本信息", "当前状态", "责任团队", "主责人"),
        *("计划完成时间", "验证结果", "备注", "协办人", "处理进度"),
    ]
    assert (cells[1], found[NAME]["B2"].number_format) == (moment("2026-11-02 00:00"), "yyyy-mm-dd")
    assert {ground(cell) for cell in found[NAME][2]} == {""}
    assert "已关闭" not in [cell.value for row in found["统计"] for cell in row]
    assert {place[0] for place, one in rules(found[NAME]).items() if one.type == "list"} == {"E", "F"}
    assert found["底稿"]["D1"].value == "public"
    every = b"".join(
        zipfile.ZipFile(io.BytesIO(data)).read(name) for name in zipfile.ZipFile(io.BytesIO(data)).namelist()
    )
    for inner in ("ZL001", "PM002", "3821", "内部的话", "软件开发组"):
        assert inner.encode() not in every


HOSTILE = [
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://127.0.0.1:1/","x")',
    "http://127.0.0.1:1/",
    "_x0041_",
    "{{ 7*7 }}",
    "<b>",
    "'=1",
]


def test_text_stays_text(track: Callable[..., Tracked], write: Callable[..., bytes]) -> None:
    """No formula, no link, nothing invisible; a text that looks like a formula stays one when somebody edits the cell."""
    rows = [track("登记", title=f"'{one.replace(chr(39), chr(39) * 2)}'", body="") for one in HOSTILE]
    rows.append(track("登记", title='"甲\\u202E乙\\u3164"', remark='"一\\a二\\t三\\n四"'))
    data = write(*rows)
    sheet = read(data)[NAME]
    cells = [sheet.cell(row, 7) for row in range(2, len(HOSTILE) + 2)]
    assert [cell.value.replace("_x005F_", "_") for cell in cells] == HOSTILE
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.hyperlink is None for cell in cells)
    assert [cell.quotePrefix for cell in cells] == [one[0] in "=+-@" for one in HOSTILE]
    assert (sheet["G13"].value.split("\n")[0], sheet["P13"].value) == ("甲�乙�", "一�二 三\n四")
    xml = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml
    assert b"<hyperlink" not in xml


def test_a_text_too_long_for_a_cell(track: Callable[..., Tracked], write: Callable[..., bytes]) -> None:
    """It is cut with a mark that says so, and the record is of what was written."""
    found = read(write(track("登记", body=f"## 故障描述\n\n### 现象\n\n{'长' * 40_000}\n")))
    text = found[NAME]["G2"].value
    assert len(text) == 32_767
    assert text.endswith(tracking.CUT)
    assert found["底稿"]["H3"].value == tracking.digest(text)


def test_more_rows_than_a_sheet_holds(
    track: Callable[..., Tracked], write: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest goes to further sheets with the same headings and lists (here a sheet holds three rows)."""
    monkeypatch.setattr(office, "MOST_ROWS", 3)
    found = read(write(*[track("登记")] * 4))
    assert [sheet.title for sheet in found if sheet.title.startswith((NAME, "底稿"))] == [
        *(NAME, f"{NAME} (2)", "底稿", "底稿 (2)"),
    ]
    assert [found[name].max_row for name in (NAME, f"{NAME} (2)", "底稿", "底稿 (2)")] == [4, 2, 4, 4]
    assert "E2:E502" in rules(found[f"{NAME} (2)"])


def test_no_fault(write: Callable[..., bytes]) -> None:
    """An empty table has its headings and room to begin."""
    sheet = read(write())[NAME]
    assert sheet.max_row == 1
    assert "E2:E501" in rules(sheet)


def test_the_same_bytes(track: Callable[..., Tracked], write: Callable[..., bytes]) -> None:
    """Nothing in the file depends on when it is written."""
    assert write(track(*ACCEPTED)) == write(track(*ACCEPTED))


def test_an_office_program_opens_it(track: Callable[..., Tracked], write: Callable[..., bytes], tmp_path: Path) -> None:
    """LibreOffice prints it, and its CSV says what the cells say; nothing was computed."""
    program = shutil.which("soffice")
    assert program, "no office program: install libreoffice-calc"
    rows = [
        track(*ACCEPTED),
        *(track("登记", title=f"'{one.replace(chr(39), chr(39) * 2)}'", body="") for one in HOSTILE),
    ]
    (tmp_path / "t.xlsx").write_bytes(write(*rows))
    # Token 44 is a comma, 34 a quotation mark, 76 UTF-8, -1 every sheet into a file of its own.
    for wanted in ("pdf", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"):
        command = [program, f"-env:UserInstallation={(tmp_path / 'lo').as_uri()}", "--headless", "--convert-to", wanted]
        command += ["--outdir", str(tmp_path), str(tmp_path / "t.xlsx")]
        subprocess.run(command, capture_output=True, check=True)
    assert (tmp_path / "t.pdf").read_bytes().startswith(b"%PDF")
    with (tmp_path / f"t-{NAME}.csv").open(encoding="utf-8", newline="") as file:
        listed = list(csv.reader(file))
    assert listed[1][:2] == ["SW-20261102-001", "2026-11-02 09:00:00"]
    assert listed[1][6:9] == [
        "网关升级后每日凌晨重启\n现象：03:10 自行重启。",
        "受影响用户数：320\n涉及产品：智能网关 GW2\n涉及版本：V2.3.1",
        "处理中",
    ]
    assert listed[1][12] == "2026-11-06 18:00:00"
    assert [line[6] for line in listed[2:]] == HOSTILE

"""``fault import --update``: an exported table that somebody edited comes back, with real workbooks and a real repository."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from faultkb import corpus

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

WORK, LATE, CLOSED, NEW = "SW-20261102-001", "HW-20261029-001", "SW-20261030-001", "SW-20261104-001"
AS_OF = ("--as-of", "2026-11-05 12:00")
BY = ("--by", "PM002", "--approver", "PM001")

Call = "Callable[..., subprocess.CompletedProcess[str]]"


class Table:
    """A workbook that was exported, to be edited by id and title of a column."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = openpyxl.load_workbook(path)
        self.sheet: Worksheet = self.book.worksheets[0]
        self.columns = {str(cell.value): cell.column for cell in self.sheet[1]}
        self.rows = {str(row[0].value): row[0].row for row in self.sheet.iter_rows(min_row=2) if row[0].value}

    def get(self, ticket_id: str, title: str) -> Any:
        """Return what a cell says."""
        return self.sheet.cell(self.rows[ticket_id], self.columns[title]).value

    def put(self, ticket_id: str, title: str, value: Any) -> None:
        """Type over a cell."""
        self.sheet.cell(self.rows[ticket_id], self.columns[title]).value = value

    def save(self) -> Path:
        """Write the workbook."""
        self.book.save(self.path)
        return self.path


@pytest.fixture
def table(office: Path, call: Any, tmp_path: Path) -> Table:
    """Return the exported table of the small office."""
    target = tmp_path / "跟踪表.xlsx"
    assert call(office, "export", "xlsx", *AS_OF, "--output", target).returncode == 0
    return Table(target)


def read(folder: Path, ticket_id: str) -> str:
    """Return the file of a fault."""
    return (folder / "tickets" / ticket_id[3:7] / ticket_id[7:9] / f"{ticket_id}.md").read_text(encoding="utf-8")


def update(call: Any, office: Path, path: Path, *more: str) -> Any:
    """Bring a table back."""
    return call(office, "import", path, "--update", *AS_OF, *BY, *more)


def test_untouched_export_changes_nothing(office: Path, call: Any, table: Table) -> None:
    """As it was written, and as openpyxl writes it again: 没有改动, exit 0."""
    for path in (table.path, table.save()):
        found = update(call, office, path, "--yes")
        assert (found.returncode, found.stdout) == (0, "没有改动\n"), found


def test_changed_cells_are_shown_and_then_written(office: Path, call: Any, table: Table) -> None:
    """Dry-run shows and writes nothing; --yes writes one line for the event and the new date; again, nothing is left to do."""
    before = read(office, WORK)
    table.put(WORK, "计划完成时间", "2026/11/12")
    table.put(WORK, "当前状态", "已延期")
    table.put(WORK, "处理进度", f"{table.get(WORK, '处理进度')}\n补丁送测")
    path = table.save()

    dry = update(call, office, path, "--dry-run")
    assert (dry.returncode, read(office, WORK)) == (0, before)
    assert dry.stdout == (
        "SW-20261102-001（产品故障问题跟踪表 第 4 行）\n"
        "  改动 当前状态：处理中 → 已延期\n"
        "  改动 计划完成时间：2026-11-09 18:00 → 2026-11-12 18:00\n"
        "  记录 2026-11-05 12:00 进展（PM002）：补丁送测\n"
        "  记录 2026-11-05 12:00 改期（PM002）：补丁送测；计划完成时间 2026-11-12 18:00；批准人 PM001\n"
        "  当前状态：处理中 → 已延期\n"
    )
    asked = update(call, office, path)
    assert (asked.returncode, read(office, WORK)) == (2, before)
    assert "--yes" in asked.stderr

    done = update(call, office, path, "--yes")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "已更新 1 个故障")
    added = (
        "  - {at: 2026-11-05 12:00, event: 进展, by: PM002, note: 补丁送测}\n"
        "  - {at: 2026-11-05 12:00, event: 改期, by: PM002, due_at: 2026-11-12 18:00, approver: PM001, note: 补丁送测}\n"
    )
    wanted = before.replace("status: 处理中", "status: 已延期").replace(
        "due_at: 2026-11-09 18:00\nev", "due_at: 2026-11-12 18:00\nev"
    )
    assert read(office, WORK) == wanted.replace("\n---\n\n## 故障描述", f"\n{added}---\n\n## 故障描述")

    again = update(call, office, path, "--yes")
    assert (again.returncode, again.stdout) == (0, "没有改动\n")


def test_rows_are_found_wherever_they_stand(office: Path, call: Any, table: Table) -> None:
    """Sorted the other way round, one row filtered away and another deleted: each edit reaches its own fault."""
    table.put(LATE, "备注", "等电机")
    rows = [[cell.value for cell in row] for row in table.sheet.iter_rows(min_row=2)]
    kept = [row for row in reversed(rows) if row[0] != NEW]
    table.sheet.delete_rows(2, len(rows))
    for row in kept:
        table.sheet.append(row)
    table.sheet.row_dimensions[2].hidden = True
    found = update(call, office, table.save(), "--yes")
    assert (found.returncode, found.stdout.splitlines()[1:]) == (0, ["  改动 备注：（空） → 等电机", "已更新 1 个故障"])
    assert "remark: 等电机" in read(office, LATE)


def test_refused_rows_do_not_hold_up_the_others(office: Path, call: Any, table: Table) -> None:
    """One row is refused with the reason, the other written; exit 1, and the refused file keeps every byte."""
    before = read(office, WORK)
    table.put(WORK, "当前状态", "已关闭")
    table.put(WORK, "备注", "不该写入")
    table.put(LATE, "备注", "等电机")
    found = update(call, office, table.save(), "--yes")
    assert (found.returncode, read(office, WORK)) == (1, before)
    assert "拒绝：处理中 不能直接变为 已关闭" in found.stdout
    assert "remark: 等电机" in read(office, LATE)


def test_new_rows_are_named_and_left(office: Path, call: Any, table: Table) -> None:
    """An id that no fault has and a row without one are no updates; a column of the user's own is not read."""
    table.sheet.cell(1, len(table.columns) + 1).value = "优先处理"
    table.sheet.cell(2, len(table.columns) + 1).value = "是"
    for ticket_id in ("SW-20991231-001", None):
        table.sheet.append([ticket_id, None, "ZL001 张*", None, "软件Bug", "中", "屏幕不亮"])
    found = update(call, office, table.save(), "--yes")
    assert (found.returncode, found.stdout) == (0, "没有改动\n")
    assert "有 1 个编号没有故障：SW-20991231-001（产品故障问题跟踪表 第 6 行）；" in found.stderr
    assert "有 1 行没有编号，这一次不登记：产品故障问题跟踪表 第 7 行" in found.stderr
    assert "没有读这些栏（不是跟踪表导出的栏目）：优先处理" in found.stderr


def test_table_copied_to_another_file_is_compared_with_what_is_there(office: Path, call: Any, table: Table) -> None:
    """Without the hidden sheet it says so, and an edit works all the same."""
    del table.book["底稿"]
    table.put(LATE, "备注", "等电机")
    found = update(call, office, table.save(), "--yes")
    assert found.returncode == 0
    assert "没有导出时的底稿" in found.stderr
    assert "remark: 等电机" in read(office, LATE)


def test_what_others_changed_meanwhile_stays(office: Path, call: Any, table: Table) -> None:
    """Recorded after the export: untouched cells stay as they are now, a cell that both changed is a conflict."""
    logged = call(office, "log", WORK, "改派", "--owner", "RD025 郭*", "--note", "换人", "--by", "PM002", *AS_OF)
    assert logged.returncode == 0, logged.stderr
    table.put(WORK, "备注", "夜班")
    quiet = update(call, office, table.save(), "--dry-run")
    assert quiet.stdout.splitlines()[1:] == ["  改动 备注：（空） → 夜班"]
    assert "有 2 格你没有改" in quiet.stderr
    table.put(WORK, "主责人", "RD030 马*")
    found = update(call, office, table.save(), "--yes")
    assert found.returncode == 1
    assert "主责人：导出之后已经改成“RD025 郭*”；先看 fault show" in found.stdout


def test_private_values_are_neither_written_nor_repeated(office: Path, call: Any, table: Table) -> None:
    """A phone number typed into a cell is refused as everywhere, without being said."""
    table.put(WORK, "备注", "打 13812345678 找李小明")
    table.put(LATE, "处理进度", f"{table.get(LATE, '处理进度')}\n已回电 13812345678")
    found = update(call, office, table.save(), "--yes")
    assert found.returncode == 1
    assert found.stdout.count("手机号码没有遮盖") == 2
    assert "13812345678" not in found.stdout + found.stderr


def test_name_of_a_sheet_is_masked(office: Path, call: Any, table: Table) -> None:
    """A sheet named after a customer: neither the places of rows nor the list of sheets repeat it."""
    table.sheet.title = "刘德华18812345678"
    table.put(LATE, "备注", "等电机")
    table.sheet.append([None, None, "ZL001 张*", None, "软件Bug", "中", "屏幕不亮"])
    path = table.save()
    for more in ((), ("--sheet", "十一月")):
        found = update(call, office, path, "--dry-run", *more)
        said = found.stdout + found.stderr
        assert "188****5678" in said
        assert all(one not in said for one in ("18812345678", "刘德华"))


@pytest.mark.parametrize("command", ["export", "import", "update"])
def test_schema_without_a_table_is_said(office: Path, call: Any, table: Table, command: str) -> None:
    """A repository that is older than the table: what to copy, no traceback."""
    schema = office / "schema" / "ticket.schema.json"
    data = json.loads(schema.read_text(encoding="utf-8"))
    del data["x-table"]
    schema.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    update = ("--update",) if command == "update" else ()
    args = ("export", "xlsx") if command == "export" else ("import", table.path, *update)
    found = call(office, *args, *AS_OF)
    assert found.returncode == 2
    assert "错误：schema/ticket.schema.json 里没有 x-table" in found.stderr
    assert "Traceback" not in found.stderr


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (("--set", "反馈渠道=电话"), "--set"),
        (("--people", "名单.csv"), "--people"),
        (("--report", "报告.xlsx", "--format", "json"), "--report、--format json"),
    ],
)
def test_options_of_rows_are_refused(office: Path, call: Any, table: Table, given: tuple[str, ...], named: str) -> None:
    """What only concerns new faults is not silently left aside."""
    found = update(call, office, table.save(), *given)
    assert (found.returncode, f"错误：{named} 不能与 --update 一起用\n" == found.stderr) == (2, True), found.stderr


def test_added_row_is_registered_by_the_import(office: Path, call: Any, table: Table) -> None:
    """--update names the row and the way; the import registers that row and no other, not even one whose type was corrected."""
    late = office / "tickets" / "2026" / "10" / f"{LATE}.md"
    late.write_text(read(office, LATE).replace("type: 硬件故障", "type: 兼容性问题"), encoding="utf-8")
    table.put(LATE, "故障类型", "兼容性问题")
    for title, text in {
        "反馈时间": "2026/11/5 9:00",
        "故障类型": "软件Bug",
        "故障描述": "登录后白屏，每次都出现",
    }.items():
        table.sheet.cell(7, table.columns[title]).value = text
    told = update(call, office, table.save(), "--dry-run").stderr
    assert "有 1 行没有编号，这一次不登记：产品故障问题跟踪表 第 7 行" in told
    found = call(office, "import", table.path, "--yes", *AS_OF)
    assert "登记了 1 个故障" in found.stderr
    assert len(list(office.rglob("*-2026*.md"))) == 5


def test_missing_section_is_asked_for_in_its_column(office: Path, call: Any, table: Table) -> None:
    """Whoever works in the table hears of its columns, not of headings of the file."""
    table.put(WORK, "解决方案", "【短期方案】\n先重启。")
    table.put(WORK, "当前状态", "待验证")
    found = update(call, office, table.save(), "--dry-run")
    assert "之前要写好“长期方案”。写在“解决方案”一栏，前面写上【长期方案】" in found.stdout
    assert "## " not in found.stdout


def test_plan_in_the_past_is_noticed(office: Path, call: Any, table: Table) -> None:
    """A year that was mistyped is a plan like any other to the lifecycle; whoever looks at the list sees it."""
    table.put(WORK, "计划完成时间", "2025-12-01")
    found = update(call, office, table.save(), "--dry-run")
    assert "  注意 计划完成时间 2025-12-01 18:00 已经过去：看看年份、日期有没有写错\n" in found.stdout
    table.put(WORK, "计划完成时间", "2026-12-01")
    assert "注意" not in update(call, office, table.save(), "--dry-run").stdout


@pytest.mark.parametrize("draft", [True, False])
def test_public_table_does_not_come_back(office: Path, call: Any, tmp_path: Path, *, draft: bool) -> None:
    """--mask public: what outside eyes saw is no base for changes, and the message says which table is; so without its hidden sheet."""
    target = tmp_path / "对外.xlsx"
    assert call(office, "export", "xlsx", *AS_OF, "--mask", "public", "--output", target).returncode == 0
    table = Table(target)
    assert list(table.rows) == [CLOSED]
    table.put(CLOSED, "严重程度", "高")
    if not draft:
        del table.book["底稿"]
    found = update(call, office, table.save(), "--yes")
    assert found.returncode == 2
    assert "给公司以外的人看的表，不能从它更新：用 fault export xlsx 另外导出" in found.stderr


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice")
def test_table_that_libreoffice_saved_comes_back(office: Path, call: Any, table: Table, tmp_path: Path) -> None:
    """Through .ods and back: nothing but the edited cell differs."""
    table.put(WORK, "备注", "夜班")
    path = table.save()
    for form, name in (("ods", path), ("xlsx", tmp_path / "ods" / f"{path.stem}.ods")):
        command = ["soffice", "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"]
        command += ["--convert-to", form, "--outdir", str(tmp_path / form), str(name)]
        subprocess.run(command, check=True, capture_output=True, timeout=240)
    found = update(call, office, tmp_path / "xlsx" / path.name, "--dry-run")
    assert found.stdout.splitlines()[1:] == ["  改动 备注：（空） → 夜班"], found


def test_every_fault_stays_without_new_errors(office: Path, call: Any, table: Table, words: Any) -> None:
    """After a lot of edits the check finds nothing that it did not find before."""
    before = call(office, "check", *AS_OF).stdout.count("错误[")
    for ticket_id in (WORK, LATE):
        table.put(ticket_id, "严重程度", "低")
        table.put(ticket_id, "协办人", "RD030 马*")
        table.put(ticket_id, "处理进度", f"完成一半\n{table.get(ticket_id, '处理进度')}")
        table.put(ticket_id, "当前状态", "待验证")
    found = update(call, office, table.save(), "--yes")
    assert found.stdout.splitlines()[-1] == "已更新 2 个故障", found
    assert call(office, "check", *AS_OF).stdout.count("错误[") == before
    assert all(corpus.load(office, path, words).ticket for path in corpus.find(office))


def test_sheet_that_was_renamed_comes_back(office: Path, call: Any, table: Table) -> None:
    """The table under another name, a title above it, an id in small letters: only the edited cell counts, the hidden sheet is none."""
    table.put(WORK, "备注", "夜班")
    table.sheet.cell(table.rows[WORK], 1).value = f"{WORK.lower()} "
    table.sheet.title = "十一月"
    table.sheet.insert_rows(1)
    table.sheet["A1"] = "2026年11月跟踪表（内部）"
    found = update(call, office, table.save(), "--dry-run")
    assert found.stdout.splitlines()[1:] == ["  改动 备注：（空） → 夜班"], found
    assert "没有编号" not in found.stderr
    assert "底稿" not in call(office, "import", table.path, "--dry-run", *AS_OF).stderr

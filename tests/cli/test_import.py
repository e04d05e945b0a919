"""fault import: rows of an older sheet become tickets, in real repositories, and nothing is lost or told."""

from __future__ import annotations

import json
import os
import re
import subprocess
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from faultkb import corpus, ids

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Run = Callable[..., subprocess.CompletedProcess[str]]

AS_OF = "2026-11-05 12:00"
HEADS = (
    "故障编号",
    "提出时间",
    "提出人",
    "联系电话",
    "产品型号",
    "版本",
    "问题类别",
    "等级",
    "问题描述",
    "解决措施",
    "责任部门",
    "责任人",
    "完成日期",
    "状态",
    "影响范围",
    "工装号",
)
ROW = (
    "GZ-2024-017", "2024/3/5 9:12", "ZL001 张三", "13812345678", "智能网关 GW2", "V2.3.1", "软件", "P1",
    "用户李小明反映网关离线，重启后恢复\n【复现步骤】\n1、上电\n2、等待 10 秒", "短期措施：换机\n长期措施：改设计", "软件组",
    "王建国、RD021 赵丽", "2024-03-06", "已解决", "约 300 台", "T-88",
)  # fmt: skip


def sheet(path: Path, rows: Sequence[Sequence[Any]], heads: Sequence[str] = HEADS, name: str = "2024年") -> Path:
    """Write a workbook with one sheet."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = name
    page.append(list(heads))
    for row in rows:
        page.append(list(row))
    book.save(path)
    return path


def row(**changed: Any) -> list[Any]:
    """Return the row above with other values, by heading."""
    return [changed.get(head, value) for head, value in zip(HEADS, ROW, strict=True)]


def tickets(folder: Path) -> dict[str, str]:
    """Return the text of every ticket by id."""
    return {Path(path).stem: (folder / path).read_text(encoding="utf-8") for path in corpus.find(folder)}


@pytest.fixture
def bring(call: Run, empty: Path) -> Run:
    """Return a function that imports a file into the repository."""
    return lambda path, *options: call(empty, "import", path, "--as-of", AS_OF, *options)


REGISTERED = (
    "{at: 2024-03-05 09:12, event: 登记, by: ZL001, imported: true, status: 已关闭, team: 软件开发组, owner: {staff: UNKNOWN, name: 王*},"
    " assistants: [{staff: RD021, name: 赵*}], completed_at: 2024-03-06 18:00, note: 从《旧表.xlsx》“2024年”第 2 行导入，标记 "
)


def test_row_becomes_a_ticket(bring: Run, call: Run, empty: Path, tmp_path: Path) -> None:
    """Each column reaches its field, by its older name; the number that is not ours stands in the remark."""
    done = bring(sheet(tmp_path / "旧表.xlsx", [ROW]), "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    text = tickets(empty)["SW-20240305-001"]
    mark = re.search(r"标记 ([a-p]{12}-[a-p]{12})", text)
    assert mark
    assert (
        text
        == f"""---
id: SW-20240305-001
title: 用户李*反映网关离线，重启后恢复
type: 软件Bug
severity: 高
status: 已关闭
occurred_at: 未知
reported_at: 2024-03-05 09:12
channel: 未记录
reporter: {{staff: ZL001, name: 张*}}
customer: {{contact: 138****5678}}
impact: {{users: 300, products: [智能网关 GW2], versions: [V2.3.1]}}
team: 软件开发组
owner: {{staff: UNKNOWN, name: 王*}}
assistants: [{{staff: RD021, name: 赵*}}]
completed_at: 2024-03-06 18:00
remark: 故障编号：GZ-2024-017；影响范围：约 300 台；工装号：T-88
events:
  - {REGISTERED}{mark[1]}}}
---

## 故障描述

### 现象

用户李*反映网关离线，重启后恢复

### 复现步骤

1. 上电
2. 等待 10 秒

## 短期方案

换机

## 长期方案

改设计
"""
    )
    assert "没有发现问题" in call(empty, "check", "--as-of", AS_OF).stdout


def test_nothing_is_written_unless_asked(bring: Run, empty: Path, tmp_path: Path) -> None:
    """Without --yes and without a terminal there is only the report, which says how to go on."""
    path = sheet(tmp_path / "旧表.xlsx", [ROW])
    for options in ([], ["--dry-run"], ["--dry-run", "--yes"]):
        done = bring(path, *options)
        assert tickets(empty) == {}
        assert "修正后导入 1 行" in done.stdout
    assert "--yes" in bring(path).stderr


def test_twice_is_once(bring: Run, empty: Path, tmp_path: Path) -> None:
    """A second import writes nothing: also of a file renamed, sorted, with new rows, and with names that were not known before."""
    rows = [row(故障编号=f"GZ-{n}", 问题描述=f"网关离线，见记录 {n}") for n in range(5)] + [row(故障编号=None)] * 2
    bring(sheet(tmp_path / "旧表.xlsx", rows), "--yes")
    first = tickets(empty)
    assert len(first) == 7  # the two equal rows without a number are two faults
    more = [*reversed(rows), row(故障编号="GZ-9", 责任人="李小明", 问题描述="李小明 更换适配器")]
    done = bring(sheet(tmp_path / "改名.xlsx", more), "--yes", "--format", "json")
    told = json.loads(done.stdout)
    assert (told["totals"]["已经导入过"], told["totals"]["修正后导入"]) == (7, 1)
    after = tickets(empty)
    assert {name: after[name] for name in first} == first
    assert len(after) == 8


def test_changed_row_is_told_and_not_imported_again(bring: Run, empty: Path, tmp_path: Path) -> None:
    """A row that went on in the old sheet is the same fault, with a number and without one."""
    rows = [ROW, row(故障编号=None, 问题描述="指示灯不亮")]
    bring(sheet(tmp_path / "旧表.xlsx", rows), "--yes")
    before = tickets(empty)
    changed = [row(状态="处理中"), row(故障编号=None, 问题描述="指示灯不亮", 状态="处理中")]
    done = bring(sheet(tmp_path / "旧表.xlsx", changed), "--yes")
    assert done.stdout.count("内容与导入时不同") == 1
    assert "“2024年”第 2–3 行" in done.stdout
    assert tickets(empty) == before


def test_same_number_twice(bring: Run, empty: Path, tmp_path: Path) -> None:
    """Different rows with one number are two faults; the same row again is told with the row that it repeats."""
    rows = [
        row(故障编号="SW-20240305-004"),
        row(故障编号="SW-20240305-004", 问题描述="黑屏"),
        row(故障编号="SW-20240305-004"),
    ]
    done = bring(sheet(tmp_path / "旧表.xlsx", rows), "--yes")
    assert sorted(tickets(empty)) == ["SW-20240305-004", "SW-20240305-005"]
    assert "故障编号：SW-20240305-004" in tickets(empty)["SW-20240305-005"]
    assert "问题编号与第 2 行相同，内容不同" in done.stdout
    assert "与第 2 行完全相同，只导入一次：“2024年”第 4 行" in done.stdout
    assert done.returncode == 1


def test_existing_fault_is_not_touched(bring: Run, office: Path, call: Run, tmp_path: Path) -> None:
    """A row with the number of a fault that is here is refused with the way out."""
    before = tickets(office)
    done = bring(sheet(tmp_path / "导出.xlsx", [row(故障编号="SW-20261102-001", 提出时间="2026-11-02 09:00")]), "--yes")
    assert "已有这个编号的故障：要改它，用 fault log 记事件" in done.stdout
    assert "--update" not in done.stdout
    assert done.returncode == 1
    assert tickets(office) == before
    assert call(office, "check", "--as-of", AS_OF).returncode in {0, 1}


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"提出时间": "很久以前"}, "读不出来"),
        ({"提出时间": "2031-01-01 10:00"}, "还没有到"),
        ({"提出时间": None}, "--set 反馈时间="),
        ({"问题描述": None}, "没有故障描述"),
    ],
)
def test_row_that_cannot_be_a_ticket_is_refused(
    bring: Run, empty: Path, tmp_path: Path, changes: dict[str, Any], word: str
) -> None:
    """The reason is in words about the sheet; the other rows are imported."""
    done = bring(sheet(tmp_path / "旧表.xlsx", [row(**changes), row(故障编号="GZ-2")]), "--yes")
    assert word in done.stdout
    assert done.returncode == 1
    assert len(tickets(empty)) == 1


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"问题类别": "网络"}, "type: 其他"),
        ({"等级": "AA"}, "severity: 中"),
        ({"状态": "已取消"}, "status: 已关闭"),
        ({"状态": None, "完成日期": None, "责任人": None}, "status: 待受理"),
        ({"状态": "怪", "完成日期": None}, "status: 处理中"),
        ({"完成日期": "2024-03-01"}, "完成日期：2024-03-01"),
        ({"完成日期": "尽快"}, "完成日期：尽快"),
        ({"责任部门": "品质部"}, "责任部门：品质部"),
        ({"版本": None}, "versions: [未知]"),
        ({"提出时间": datetime(2024, 3, 5), "完成日期": None}, "reported_at: 2024-03-05 09:00"),  # noqa: DTZ001 - as sheets have it
        ({"提出时间": None, "故障编号": "GZ-20240305-9"}, "reported_at: 2024-03-05 09:00"),
    ],
)
def test_repairs(bring: Run, empty: Path, tmp_path: Path, changes: dict[str, Any], line: str) -> None:
    """What is missing or unknown gets the value that says so, and its own words stand in the remark."""
    done = bring(sheet(tmp_path / "旧表.xlsx", [row(**changes)]), "--yes")
    (text,) = tickets(empty).values()
    assert line in text
    assert "修正后导入 1 行" in done.stdout
    for value in changes.values():
        assert not isinstance(value, str) or value in text


PRIVATE = (
    "张三",
    "李小明",
    "王建国",
    "赵丽",
    "13812345678",
    "13987654321",
    "zhangsan@example.com",
    "11010519491231002X",
    "陈伟",
)


def test_nothing_private_is_told(bring: Run, empty: Path, tmp_path: Path) -> None:
    """No name, phone, id card or mail address is in a ticket, on the screen or in the report, wherever it stood in the sheet."""
    path = tmp_path / "陈伟 跟踪表.xlsx"
    rows = [
        row(责任人="李小明"),
        row(故障编号="A-2", 工装号="联系人：李小明 13987654321", 产品型号="GW2 zhangsan@example.com"),
        row(故障编号="A-3", 提出时间="李小明 13987654321", 状态="身份证 11010519491231002X"),
    ]
    heads = [*HEADS, "李小明的意见"]
    book = load_workbook(sheet(path, [[*one, "王建国 同意"] for one in rows], heads, name="王建国"))
    book.active["H2"].comment = Comment("李小明：13987654321 已确认", "王建国")  # type: ignore[index]
    book.save(path)
    done = bring(path, "--yes")
    (report,) = tmp_path.glob("*-导入报告.xlsx")
    cells = [str(cell) for page in load_workbook(report) for each in page.iter_rows(values_only=True) for cell in each]
    sheets = load_workbook(report).sheetnames
    for value in PRIVATE:
        for where in (done.stdout, done.stderr, *tickets(empty).values(), *cells, *sheets):
            assert value not in where
    assert len(tickets(empty)) == 2
    assert "批注" in "".join(tickets(empty).values())


def test_list_of_people_gives_numbers(bring: Run, empty: Path, tmp_path: Path) -> None:
    """--people names the staff id; two people of one name are told and not guessed."""
    people = tmp_path / "名单.csv"
    people.write_bytes("姓名,工号\n王建国,RD001\n李伟,RD002\n李伟,RD003\n".encode("gb18030"))
    done = bring(sheet(tmp_path / "旧表.xlsx", [row(责任人="王建国、李伟")]), "--yes", "--people", people)
    (text,) = tickets(empty).values()
    assert "owner: {staff: RD001, name: 王*}" in text
    assert "assistants: [{staff: UNKNOWN, name: 李*}]" in text
    assert "同名的有 2 人" in done.stdout


def test_looks_and_links_are_kept(bring: Run, empty: Path, tmp_path: Path) -> None:
    """Comments, colours, strike-through and where a link leads stand in the remark; the cells add up."""
    path = sheet(tmp_path / "旧表.xlsx", [ROW])
    book = load_workbook(path)
    page = book.active
    assert page is not None
    for cell in page[2]:
        cell.fill = PatternFill("solid", fgColor="FFFF0000")
    page["I2"].comment = Comment("已电话确认", "x")
    page["P2"].font = Font(strike=True)
    page["E2"].hyperlink = "https://example.com/doc"
    book.save(path)
    told = json.loads(bring(path, "--yes", "--format", "json").stdout)
    (text,) = tickets(empty).values()
    for said in ("行底色：红", "批注）：已电话确认", "删除线", "链接）：https://example.com/doc"):
        assert said in text
    assert told["cells"]["filled"] == told["cells"]["sum"] == 32


def test_foreign_file_is_not_overwritten(bring: Run, empty: Path, tmp_path: Path) -> None:
    """The report replaces a report, and nothing else."""
    path = sheet(tmp_path / "旧表.xlsx", [ROW])
    assert bring(path).returncode == 0
    assert bring(path).returncode == 0
    other = tmp_path / "旧表-导入报告.xlsx"
    sheet(other, [])
    kept = other.read_bytes()
    done = bring(path, "--yes")
    assert (done.returncode, other.read_bytes(), tickets(empty)) == (2, kept, {})
    assert "--report" in done.stderr


def test_report_stays_out_of_the_tickets(bring: Run, empty: Path, tmp_path: Path) -> None:
    """The report has the old sheet in it: it is not written among the tickets, neither when told to nor beside a sheet there."""
    path = sheet(tmp_path / "旧表.xlsx", [ROW])
    inside = empty / "tickets/2024"
    inside.mkdir(parents=True)
    for done in (
        bring(path, "--yes", "--report", inside / "r.xlsx"),
        bring(sheet(inside / "旧表.xlsx", [ROW]), "--yes"),
    ):
        assert (done.returncode, "不能放在 tickets/" in done.stderr) == (2, True)
    assert [one.name for one in inside.rglob("*") if one.is_file()] == ["旧表.xlsx"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes")
def test_pipes_are_not_waited_for(bring: Run, tmp_path: Path) -> None:
    """A pipe as the list of people or as the report is refused at once, in plain words."""
    path = sheet(tmp_path / "旧表.xlsx", [ROW])
    for name, option, message in (("p.csv", "--people", "名单是文件夹"), ("p.xlsx", "--report", "没有覆盖")):
        os.mkfifo(tmp_path / name)
        done = bring(path, "--yes", option, tmp_path / name)
        assert (done.returncode, message in done.stderr) == (2, True)


def test_numbers_in_costume_are_masked(bring: Run, empty: Path, tmp_path: Path) -> None:
    """A phone under a number format or with commas, and an identity card that Excel has rounded, are masked all the same."""
    path = sheet(
        tmp_path / "旧表.xlsx", [row(联系电话="13,987,651,241", 工装号=110101199003074000, 版本="1.3987651235E+10")]
    )
    book = load_workbook(path)
    page = book.active
    assert page is not None
    page["G2"].value, page["G2"].number_format = 13987651236, "#,##0.00"
    book.save(path)
    done = bring(path, "--yes")
    (text,) = tickets(empty).values()
    for value in ("987651241", "987,651", "987651236", "987651235", "19900307"):
        assert value not in text + done.stdout
    assert "110*************00" in text


def test_defaults_and_wrong_words(bring: Run, empty: Path, tmp_path: Path) -> None:
    """--set fills what is empty; a column or sheet that does not exist is told with those that do."""
    path = sheet(tmp_path / "旧表.xlsx", [ROW])
    bring(path, "--yes", "--set", "渠道=热线", "--set", "版本=V9")
    (text,) = tickets(empty).values()
    assert "channel: 电话" in text
    assert "versions: [V2.3.1]" in text
    assert "可以写：问题编号" in bring(path, "--set", "颜色=红").stderr
    assert "这个文件里有：2024年" in bring(path, "--sheet", "2023年").stderr
    wrong = bring(path, "--set", "反馈渠道=飞鸽")
    assert wrong.returncode == 2
    assert "--set 反馈渠道=…：没有这个选项；可以写：电话、在线咨询" in wrong.stderr
    assert "没有文件 张*138****5678.xlsx" in bring(tmp_path / "张三13812345678.xlsx").stderr


def test_killed_run_is_completed_by_the_next(bring: Run, empty: Path, tmp_path: Path) -> None:
    """Half of the tickets and a lock are there: the next run writes the rest and nothing twice."""
    path = sheet(tmp_path / "旧表.xlsx", [row(故障编号=f"GZ-{n}", 问题描述=f"网关离线 {n}") for n in range(10)])
    bring(path, "--yes")
    for number in range(6, 11):
        (empty / ids.home(f"SW-20240305-{number:03d}")).unlink()
    (empty / "tickets/2024/03/.SW-20240305-006.md.lock").write_text("", encoding="utf-8")
    bring(path, "--yes")
    rows = re.findall(r"第 (\d+) 行导入", "".join(tickets(empty).values()))
    assert sorted(map(int, rows)) == list(range(2, 12))


def test_ids_of_many_are_reserved_at_once(run: Run, empty: Path, tmp_path: Path) -> None:
    """With a remote, each id is claimed there; a number that somebody else has claimed is not taken."""

    def git(*arguments: str) -> str:
        who = ("-c", "user.name=t", "-c", "user.email=t@example.invalid")
        return subprocess.run(
            ["git", *who, *arguments], cwd=empty, check=True, capture_output=True, encoding="utf-8"
        ).stdout

    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "hub"], check=True)
    git("init", "-q", "-b", "main")
    git("remote", "add", "origin", str(tmp_path / "hub"))
    git("add", "schema")
    git("commit", "-qm", "schema")
    git("push", "-q", "origin", "main", "main:refs/faults/SW-20240305-002")
    path = sheet(tmp_path / "旧表.xlsx", [row(故障编号=f"GZ-{n}", 问题描述=f"网关离线 {n}") for n in range(120)])
    done = run(empty, "import", path, "--yes", "--as-of", AS_OF)
    assert done.returncode == 0, done.stderr
    assert "没有保留" not in done.stderr
    wanted = {f"SW-20240305-{number:03d}" for number in range(3, 123)}
    assert set(tickets(empty)) == wanted
    claimed = {line.rpartition("/")[2] for line in git("ls-remote", "origin", "refs/faults/*").splitlines()}
    assert claimed == wanted | {"SW-20240305-002"}
    git("checkout", "-qb", "move")
    git("add", "tickets")
    git("commit", "-qm", "history")
    checked = run(empty, "check", "--base", "main", "--as-of", AS_OF)
    assert checked.returncode == 0, checked.stdout
    assert "没有发现问题" in checked.stdout  # what was imported is not asked to be less vague

"""`fault diff`: what a change does, for the person who reviews it."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    Run = Callable[..., CompletedProcess[str]]

AS_OF = ("--as-of", "2026-11-05 12:00")
"""A Thursday: the plan of HW-20261029-001 ended on Tuesday."""


@pytest.fixture
def branch(office: Path) -> Path:
    """Return a git repository on whose main branch the four faults of the office are."""
    for arguments in (
        ["init", "-q", "-b", "main"],
        ["add", "."],
        ["commit", "-q", "-m", "base"],
        ["switch", "-qc", "work"],
    ):
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@localhost", *arguments], cwd=office, check=True)
    return office


def items(text: str) -> dict[str, list[str]]:
    """Return the lines under each ticket's heading of the text format, without leading spaces."""
    found: dict[str, list[str]] = {}
    for line in text.split("\n"):
        heading = re.match(r"[A-Z]{2}-\d{8}-\d{3} ", line)
        if heading:
            found[line] = []
        elif line.startswith("  ") and found:
            found[list(found)[-1]].append(re.sub(r"\s+", " ", line.strip()))
    return found


def test_nothing_changed(branch: Path, run: Run) -> None:
    """A branch that is as its base says so."""
    done = run(branch, "diff", "--base", "main", *AS_OF)

    assert (done.returncode, done.stdout.split("\n")[-2]) == (0, "没有故障与基线不同")


def test_a_plan_that_is_moved_after_it_passed(branch: Path, run: Run) -> None:
    """The summary gives the transition, both plans, that the first was missed, the policy's limit and who must confirm."""
    run(
        branch, "log", "HW-20261029-001", "改期", "--by", "RD017", "--at", "2026-11-05 10:00", "--due", "2026-11-12 18:00",
        "--approver", "PM001", "--note", "电机物料晚到", *AS_OF,
    )  # fmt: skip

    done = run(branch, "diff", "--base", "main", *AS_OF)

    # 高 is due at the close of the third working day after 受理 on Thursday 10-29: Friday, Monday, Tuesday 11-03.
    assert items(done.stdout) == {
        "HW-20261029-001 门锁电机堵转  处理中 → 已延期": [
            "事件 2026-11-05 10:00 改期 RD017：电机物料晚到",
            "字段 当前状态：处理中 → 已延期",
            "计划完成时间：2026-11-03 18:00 → 2026-11-12 18:00",
            "时限 计划完成时间 从 2026-11-03 18:00 改到 2026-11-12 18:00，原计划已超时",
            "晚于政策的期限 2026-11-03 18:00",
            "请看 改期写明由 PM001 批准，请他在这里确认",
        ]
    }
    assert done.stdout.split("\n")[-2] == "检查了 1 个有改动的故障：没有发现问题。其余 3 个与基线相同"


def test_a_waiver_is_told_in_words_and_to_be_confirmed(branch: Path, run: Run) -> None:
    """Who reviews a change reads what is waived, why, and who must confirm it; and which waiver is gone."""
    path = branch / "tickets/2026/11/SW-20261102-001.md"
    text = path.read_text(encoding="utf-8")
    item = "{rule: vague-wording, place: 故障描述/现象, reason: 用户的原话, approver: PM001}"
    path.write_text(text.replace("events:", f"waive: [{item}]\nevents:", 1), encoding="utf-8")

    done = run(branch, "diff", "--base", "main", *AS_OF)

    said = "豁免 vague-wording（故障描述/现象）：理由 用户的原话，批准人 PM001"
    lines = next(iter(items(done.stdout).values()))
    assert f"字段 {said}" in lines
    assert any(line.endswith(f"{said}；请他在这里确认") for line in lines)
    assert "{" not in done.stdout

    subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-qam", "waive"], cwd=branch, check=True
    )
    path.write_text(text, encoding="utf-8")
    gone = next(iter(items(run(branch, "diff", "--base", "HEAD", *AS_OF).stdout).values()))
    assert [line for line in gone if "豁免" in line] == [f"字段 删去：{said}"]


def test_a_clock_that_stops(branch: Path, run: Run) -> None:
    """A response to an urgent fault a day late is shown as the verdict that it is; passing time alone is no change."""
    run(
        branch,
        "log",
        "SW-20261104-001",
        "响应",
        "--by",
        "RD017",
        "--at",
        "2026-11-05 11:00",
        "--note",
        "开始排查",
        *AS_OF,
    )

    lines = items(run(branch, "diff", "--base", "main", *AS_OF).stdout)["SW-20261104-001 云端登录全部失败  待受理"]

    # Registered at 09:00 on 11-04, the response was due at 11:00 that day: 超时 before and after, so nothing is said of it.
    assert lines == [
        "事件 2026-11-05 11:00 响应 RD017：开始排查",
        "请看 提醒[incomplete-report] 第 11 行：完整度 83 %，还缺：受影响用户数、故障发生时间",
    ]


def test_the_score_of_a_report_before_and_after(branch: Path, run: Run) -> None:
    """A fault of which more is known now shows both scores; one whose score is the same shows none."""
    path = branch / "tickets/2026/11/SW-20261104-001.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("users: 未知", "users: 5200"), encoding="utf-8")

    # 软件Bug: 120, without the users (15) and the time (5) 100, with the users 115.
    expected = "**完整度**\n  - 83 % → 95 %，还缺：故障发生时间\n"
    assert expected in run(branch, "diff", "--base", "main", "--format", "md", *AS_OF).stdout

    path.write_text(text.replace("云端登录全部失败", "云端登录都失败"), encoding="utf-8")
    assert "**完整度**" not in run(branch, "diff", "--base", "main", "--format", "md", *AS_OF).stdout


def test_a_new_fault_shows_similar_ones(branch: Path, run: Run) -> None:
    """A new ticket comes with its running clocks and with the closed fault that it resembles and its solution."""
    path = branch / "tickets/2026/10/SW-20261030-001.md"
    text = path.read_text(encoding="utf-8").split("---\n", 2)[2]
    new = branch / "tickets/2026/11/SW-20261105-001.md"
    new.write_text(
        "---\nid: SW-20261105-001\ntitle: 断电后场景列表为空\ntype: 软件Bug\nseverity: 低\nstatus: 待受理\n"
        "occurred_at: 未知\nreported_at: 2026-11-05 09:00\nchannel: 电话\nreporter: {staff: ZL001, name: 张*}\n"
        "impact: {users: 1, products: [智能网关 GW2], versions: [V2.3.1]}\n"
        "events:\n  - {at: 2026-11-05 09:00, event: 登记, by: ZL001}\n---\n" + text,
        encoding="utf-8",
    )

    done = run(branch, "diff", "--base", "main", *AS_OF)

    [(heading, lines)] = items(done.stdout).items()
    assert heading == "SW-20261105-001 断电后场景列表为空  新登记 → 待受理"
    assert "时限 完整性审核：开始计时，2026-11-06 18:00 到期" in lines
    assert any(
        line.startswith("相似 SW-20261030-001 场景列表为空（已关闭") and line.endswith("解决方法：升级")
        for line in lines
    )


def test_a_deletion_blocks_and_private_values_stay_private(branch: Path, run: Run) -> None:
    """A deleted ticket is named with the error; a customer's data that changed is named without its value."""
    (branch / "tickets/2026/11/SW-20261104-001.md").unlink()
    path = branch / "tickets/2026/11/SW-20261102-001.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("events:", "customer: {ref: CRM-88213, contact: 13812345512}\nevents:", 1), encoding="utf-8"
    )

    done = run(branch, "diff", "--base", "main", *AS_OF)
    marked = run(branch, "diff", "--base", "main", "--format", "md", *AS_OF)

    found = items(done.stdout)
    assert (
        "请看 错误[ticket-deleted] 第 1 行：已经合并的故障不能删除。恢复这个文件；误报、重复的记录“作废”，不公开的在 kb 里写“撤下”或“不收录”"
        in found["SW-20261104-001 云端登录全部失败  删除"]
    )
    assert "字段 用户基本信息：有改动" in found["SW-20261102-001 网关升级后每日凌晨重启  处理中"]
    assert "13812345512" not in done.stdout + marked.stdout
    assert "### ❌ SW-20261104-001" in marked.stdout.replace("\\", "")


def test_changed_text(branch: Path, run: Run) -> None:
    """Sections are named with how many lines they had and have; a field of several values shows both sides."""
    path = branch / "tickets/2026/11/SW-20261102-001.md"
    text = path.read_text(encoding="utf-8")
    text = text.replace("维护任务占用主循环，看门狗超时；用例没有满配。", "维护任务占用主循环。\n\n用例没有满配。")
    path.write_text(text.replace("users: 320", "users: 410") + "\n## 附记\n\n供参考。\n", encoding="utf-8")

    [lines] = items(run(branch, "diff", "--base", "main", *AS_OF).stdout).values()

    # "## 原因分析", an empty line and one of text; then two of text with an empty line between.
    assert lines == ["字段 受影响用户数：320 → 410", "章节 原因分析（改动，3 行 → 5 行）", "附记（新增）"]


ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[点这里](javascript:alert(1))",
    "![](https://example.invalid/x.png)",
    "| 表 | 格 |",
    "@qiyun/software 请看",
    "`code` **粗** _斜_ ~~删~~",
    "<!-- 注释 -->",
    "## 标题",
    "&lt;b&gt;",
    "http://example.invalid/",
    "www.example.invalid $x^2$ GH-1 #1",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_hostile_text_stays_text(branch: Path, run: Run, attack: str) -> None:
    """Whatever a title or a note holds, the Markdown of the summary shows it as text: no tag, link, image or mention."""
    path = branch / "tickets/2026/11/SW-20261102-001.md"
    text = re.sub("^title: .*$", f"title: '{attack}'", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8")
    run(branch, "log", "SW-20261102-001", "进展", "--by", "RD017", "--at", "2026-11-05 11:00", "--note", attack, *AS_OF)

    done = run(branch, "diff", "--base", "main", "--format", "md", *AS_OF)

    assert done.returncode == 0
    assert not re.search(r"://|www\.|\$|@\w|(?<!&)#\d", done.stdout)  # what GitHub makes a link or a formula of
    html = MarkdownIt("gfm-like", {"linkify": False}).render(done.stdout)
    assert set(re.findall(r"</?([a-z0-9]+)", html)) <= {"h2", "h3", "p", "ul", "li", "strong"}
    assert "@qiyun" not in html
    shown = re.sub(r"<[^>]+>", "", html).replace("\u200b", "")
    escaped = attack.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert shown.count(escaped) >= 2


def attention(call: Run, folder: Path, ticket_id: str) -> tuple[str, list[str]]:
    """Return the heading of a ticket in the summary, and its lines without the labels of headings."""
    shown = items(call(folder, "diff", "--base", "main", *AS_OF).stdout)
    (heading,) = (one for one in shown if one.startswith(ticket_id))
    return heading, [re.sub("^(事件|字段|章节|时限|请看) ", "", line) for line in shown[heading]]


def edited(folder: Path, ticket_id: str, *pairs: tuple[str, str], event: str = "") -> None:
    """Replace texts of a ticket that must be there, and append an event."""
    path = folder / f"tickets/{ticket_id[3:7]}/{ticket_id[7:9]}/{ticket_id}.md"
    text = path.read_text(encoding="utf-8")
    for old, new in [*pairs, *([("\n---\n", f"\n  - {{{event}}}\n---\n")] if event else [])]:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def test_a_missed_limit_that_is_missed_no_more(branch: Path, call: Run) -> None:
    """A response recorded late turns 超时 into 达标: the summary says so where the reviewer looks."""
    event = "at: 2026-11-04 09:30, event: 响应, by: PM002, note: 已开始, late: 忘了记"
    edited(branch, "SW-20261104-001", event=event)

    _, lines = attention(call, branch, "SW-20261104-001")

    # 紧急, registered at 09:00: the response is due at 11:00.
    assert "紧急响应：超时 → 达标" in lines
    assert "紧急响应原来 超时，改动之后 达标：请看补录、更正和字段的改动是否属实" in lines


def test_a_clock_that_is_gone(branch: Path, call: Run) -> None:
    """Where a channel becomes internal nobody need be told: that the limit is gone is said, and that it was missed."""
    edited(branch, "SW-20261104-001", ("channel: 电话", "channel: 监控告警"))

    _, lines = attention(call, branch, "SW-20261104-001")

    # 用户告知 was due on 11-05 at 09:00, 24 hours after the registration.
    assert "用户告知：不再计时，原来是 超时" in lines
    assert "用户告知原来 超时，改动之后 不再计时：请看补录、更正和字段的改动是否属实" in lines


def test_a_mark_that_is_removed(branch: Path, call: Run) -> None:
    """That a fault is no longer called complex is pointed out, like that it is."""
    edited(branch, "SW-20261104-001", ("channel: 电话", "channel: 电话\ncomplex: true"))
    assert "复杂问题的标记有改动：它决定要不要方案评审" in attention(call, branch, "SW-20261104-001")[1]
    for arguments in (["add", "."], ["commit", "-q", "-m", "x"], ["branch", "-qf", "main", "HEAD"]):
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@localhost", *arguments], cwd=branch, check=True)
    edited(branch, "SW-20261104-001", ("\ncomplex: true", ""))
    assert "复杂问题的标记有改动：它决定要不要方案评审" in attention(call, branch, "SW-20261104-001")[1]


def test_what_is_masked_is_not_printed(branch: Path, call: Run) -> None:
    """A value that is just being masked is shown as it is now, with where to look; what it hides is not repeated."""
    edited(
        branch,
        "SW-20261102-001",
        ("title: 网关升级后每日凌晨重启", "title: 张三丰家的网关重启"),
        ("补丁开发完成", "补丁发到 13812345512"),
    )
    for arguments in (["add", "."], ["commit", "-q", "-m", "x"], ["branch", "-qf", "main", "HEAD"]):
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@localhost", *arguments], cwd=branch, check=True)
    edited(
        branch,
        "SW-20261102-001",
        ("title: 张三丰家", "title: 张**家"),
        ("13812345512", "138****5512"),
        event="at: 2026-11-05 10:00, event: 更正, by: PM002, target: 3, mask: true, note: 遮盖, approver: PM001",
    )

    done = call(branch, "diff", "--base", "main", *AS_OF)
    _, lines = attention(call, branch, "SW-20261102-001")

    assert "张三丰" not in done.stdout
    assert "13812345512" not in done.stdout
    assert "问题标题：遮盖为 张**家的网关重启" in lines
    assert "第 3 个事件有内容被遮盖：请看遮住的是不是只有个人信息，结论还读得出来" in lines


def test_an_import_is_called_one(branch: Path, call: Run) -> None:
    """A fault that is registered as history from an older sheet is named as such: nobody checks what went before."""
    path = branch / "tickets/2026/11/SW-20261105-001.md"
    text = (branch / "tickets/2026/11/SW-20261104-001.md").read_text(encoding="utf-8")
    text = text.replace("2026-11-04", "2026-11-05").replace("20261104", "20261105")
    path.write_text(re.sub("(events:\n  - .*)}", r'\1, "imported": true}', text), encoding="utf-8")

    assert "历史导入：导入之前的经过不检查，请与旧的跟踪表核对" in attention(call, branch, "SW-20261105-001")[1]

    closed = '"imported": true, "status": "已关闭", "completed_at": "2026-11-05 09:00"'
    edited(branch, "SW-20261105-001", ('"imported": true', closed), ("status: 待受理", "status: 已关闭"))
    _, lines = attention(call, branch, "SW-20261105-001")
    assert not [line for line in lines if "开始计时" in line]
    assert "完整性审核：数据缺失" in lines
    assert any("recent-import" in line for line in lines)


def test_reopened_and_voided_in_one_change(branch: Path, call: Run) -> None:
    """A fault that is closed before and after shows that it was reopened between."""
    edited(
        branch,
        "SW-20261030-001",
        event="at: 2026-11-05 10:00, event: 重开, by: PM002, due_at: 2026-11-09 18:00, note: 又出现}\n"
        "  - {at: 2026-11-05 11:00, event: 作废, by: PM002, reason: 误报, note: 不是",
    )
    assert attention(call, branch, "SW-20261030-001")[0].endswith("已关闭 → 重开 → 已关闭")


def test_a_verification_that_the_owner_records(branch: Path, call: Run) -> None:
    """The owner writes down that somebody else has verified: the verifier is asked to confirm it."""
    edited(
        branch,
        "SW-20261102-001",
        event="at: 2026-11-05 10:00, event: 提交验证, by: RD017}\n"
        "  - {at: 2026-11-05 11:00, event: 验证通过, by: rd017, functional: 通过, compatibility: 不适用, experience: 通过,"
        " verifier: {staff: QA003, name: 赵*}",
    )
    [line] = [one for one in attention(call, branch, "SW-20261102-001")[1] if "verified-by-proxy" in one]
    assert line.endswith("验证通过是主责人 RD017 代为记录的")


def test_what_corrections_do(branch: Path, call: Run) -> None:
    """A correction says which event it is about, what that said and says now, what is undone, and which section changes."""
    edited(
        branch,
        "SW-20261102-001",
        event="at: 2026-11-05 10:00, event: 更正, by: PM002, target: 3, set: {note: 补丁已提交, by: RD018}, note: 记错,"
        " approver: PM001}\n"
        "  - {at: 2026-11-05 10:01, event: 更正, by: PM002, target: 3, set: {note: 补丁已合入}, note: 又错, approver: PM001}\n"
        '  - {at: 2026-11-05 10:02, event: 更正, by: PM002, target: 4, set: "", void: true, note: 没有, approver: PM001}\n'
        "  - {at: 2026-11-05 10:03, event: 更正, by: PM002, section: 原因分析, note: 改正, approver: PM001",
    )

    _, lines = attention(call, branch, "SW-20261102-001")

    place = "更正第 3 个事件（2026-11-02 11:00 进展）"
    assert f"{place}：说明：补丁开发完成 → 补丁已提交" in lines
    assert f"{place}：操作人：RD017 → RD018" in lines
    assert f"{place}：说明：补丁已提交 → 补丁已合入" in lines
    assert "更正第 4 个事件（2026-11-02 12:00 反馈）：撤销，当作没有发生过" in lines
    assert "更正“原因分析”一节：改动" in lines


def test_what_a_mask_leaves_is_shown(branch: Path, call: Run) -> None:
    """A mask that hides one telling character stands before the reviewer with what is around it."""
    edited(branch, "SW-20261102-001", ("维护任务占用主循环", "维护任务占用主循环，请不要升级"))
    for arguments in (["add", "."], ["commit", "-q", "-m", "x"], ["branch", "-qf", "main", "HEAD"]):
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@localhost", *arguments], cwd=branch, check=True)
    edited(
        branch,
        "SW-20261102-001",
        ("请不要升级", "请*要升级"),
        ("补丁开发完成", "补丁*发完成"),
        event="at: 2026-11-05 10:00, event: 更正, by: PM002, section: 原因分析, mask: true, note: 遮盖, approver: PM001}\n"
        "  - {at: 2026-11-05 10:00, event: 更正, by: PM002, target: 3, mask: true, note: 遮盖, approver: PM001",
    )

    _, lines = attention(call, branch, "SW-20261102-001")

    assert "“原因分析”遮盖后：维护任务占用主循环，请*要升级，看门狗超时；用例没有满配。" in lines
    assert "第 3 个事件遮盖后的说明：补丁*发完成" in lines


def test_attachments(branch: Path, call: Run) -> None:
    """Files that came, changed or went are listed with their size, of a new, an open and a closed fault alike."""
    folder = branch / "tickets/2026/11/SW-20261102-001"
    archive = branch / "tickets/2026/10/SW-20261030-001"
    for one in (folder, archive):
        one.mkdir()
        (one / "a.log").write_bytes(b"1")
        (one / "b.log").write_bytes(b"1")
    for arguments in (["add", "."], ["commit", "-q", "-m", "x"], ["branch", "-qf", "main", "HEAD"]):
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@localhost", *arguments], cwd=branch, check=True)
    for one in (folder, archive):
        (one / "a.log").write_bytes(b"12" * 600)
        (one / "b.log").unlink()
        (one / "图\u202e.png").write_bytes(b"123")

    for ticket_id in ("SW-20261102-001", "SW-20261030-001"):
        _, lines = attention(call, branch, ticket_id)
        assert lines[:3] == ["附件 a.log（改动，1.2 KB）", "b.log（删去）", "图�.png（新增，3 字节）"]


def test_a_reopened_fault_was_not_late(branch: Path, call: Run) -> None:
    """Work that was handed over in time has not missed its plan, however long ago that was."""
    edited(
        branch,
        "SW-20261030-001",
        event="at: 2026-11-05 10:00, event: 重开, by: PM002, due_at: 2026-11-19 18:00, note: 又出现",
    )
    text = "\n".join(attention(call, branch, "SW-20261030-001")[1])
    assert "改到 2026-11-19 18:00" in text
    assert "原计划已超时" not in text


def test_an_event_in_the_middle(branch: Path, call: Run) -> None:
    """An event that was put between others is the one that is shown, wherever it stands."""
    path = branch / "tickets/2026/11/SW-20261102-001.md"
    first, second, rest = path.read_text(encoding="utf-8").partition('  - {"at": "2026-11-02 11:00"')
    line = "  - {at: 2026-11-02 10:30, event: 响应, by: RD017, note: 插在中间}\n"
    path.write_text(first + line + second + rest, encoding="utf-8")
    lines = attention(call, branch, "SW-20261102-001")[1]
    assert [one for one in lines if re.match("2026-11-02 ", one)] == ["2026-11-02 10:30 响应 RD017：插在中间"]


def test_what_cannot_be_read(branch: Path, call: Run) -> None:
    """A file in conflict is called unreadable once; a linked folder is named by its path, not as a new fault."""
    path = branch / "tickets/2026/11/SW-20261102-001.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("status: 处理中", "<<<<<<< a\nstatus: 处理中\n=======\nstatus: 待验证\n>>>>>>> b"),
        encoding="utf-8",
    )
    (branch / "tickets/2026/12").symlink_to(branch / "tickets/2026/10")

    shown = items(call(branch, "diff", "--base", "main", *AS_OF).stdout)

    [(heading, lines)] = [one for one in shown.items() if one[0].startswith("SW-20261102-001")]
    assert heading.endswith("处理中 → 读不出来")
    assert not [line for line in lines if line.startswith(("字段", "章节"))]
    assert any("merge-conflict" in line for line in lines)
    assert "tickets/2026/12   读不出来" in call(branch, "diff", "--base", "main", *AS_OF).stdout


def test_without_a_base(branch: Path, run: Run) -> None:
    """Where nobody names a base, the main branch is it; a missing one is refused with what to do."""
    assert "与 main 相比" in run(branch, "diff", *AS_OF).stdout
    refused = run(branch, "diff", "--base", "origin/main", *AS_OF)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "git fetch origin main" in refused.stderr

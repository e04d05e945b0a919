"""``fault new``: by options, from a form, or asked at a terminal; all mistakes at once, and nothing half written."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from faultkb import registration
from faultkb.cli.new_command import command

if TYPE_CHECKING:
    from collections.abc import Callable

REQUIRED = {
    "--type": "软件Bug",
    "--severity": "中",
    "--title": "网关重启后场景丢失",
    "--channel": "电话",
    "--reporter": "ZL001",
    "--reporter-name": "张*",
    "--users": "12",
    "--product": "智能网关 GW2",
    "--version": "V2.4.0",
}
AT = ("--as-of", "2026-11-20 09:15")

COMPLETE = """\
---
id: CP-20261120-001
title: "升级: 后 #2 台 {网关} 离线"
type: 兼容性问题
severity: 紧急
status: 待受理
occurred_at: 2026-11-19 22:40
reported_at: 2026-11-20 09:10
channel: 监控告警
reporter: {staff: ZL001, name: 张*}
customer: {id: U****3821, device: GW2-****-0917, contact: 138****5512, ref: CRM-88213}
impact: {users: 未知, products: [智能网关 GW2, 栖云 App], versions: [V2.4.0, V2.4.1], regions: [华东, 华南], modules: [场景联动, 子设备接入]}
complex: true
remark: "回访在 10:00 之后: 勿早"
events:
  - {at: 2026-11-20 09:10, event: 登记, by: ZL001, late: 客户留言}
---

## 故障描述

### 现象

断电再上电后，场景列表为空

### 使用场景

待补充

### 发生频率

断电 5 次，5 次都出现

### 复现步骤

待补充

### 环境信息

待补充
"""


def options(given: dict[str, str]) -> list[str]:
    """Return options as a command line has them."""
    return [part for name, value in given.items() for part in (name, value)]


def files(folder: Path) -> list[str]:
    """Name every file under tickets/."""
    return sorted(path.relative_to(folder).as_posix() for path in (folder / "tickets").rglob("*") if path.is_file())


EVERY = (
    *("--type", "兼容性问题", "--severity", "紧急", "--title", "升级: 后 #2 台 {网关} 离线", "--channel", "监控告警"),
    *("--reported-at", "2026-11-20 09:10", "--late", "客户留言", "--occurred-at", "2026-11-19 22:40"),
    *("--reporter", "ZL001", "--reporter-name", "张*", "--users", "未知"),
    *("--product", "智能网关 GW2", "--product", "栖云 App", "--version", "V2.4.0", "--version", "V2.4.1"),
    *("--region", "华东", "--region", "华南", "--module", "场景联动", "--module", "子设备接入"),
    *("--customer-id", "U****3821", "--customer-device", "GW2-****-0917"),
    *("--customer-contact", "138****5512", "--customer-ref", "CRM-88213"),
    *("--complex", "--remark", "回访在 10:00 之后: 勿早"),
    *("--section", "现象=断电再上电后，场景列表为空", "--section", "发生频率=断电 5 次，5 次都出现"),
)


def test_every_option_has_its_place_in_the_file(run: Callable[..., Any], empty: Path) -> None:
    """With all options the file is complete to the byte: fields in their order, lists repeated, texts quoted where needed."""
    done = run(empty, "new", *EVERY, "--yes", *AT)
    assert (done.returncode, done.stdout) == (0, f"{Path('tickets/2026/11/CP-20261120-001.md')}\n")
    assert "CP-20261120-001" in done.stderr
    assert (empty / "tickets" / "2026" / "11" / "CP-20261120-001.md").read_bytes().decode("utf-8") == COMPLETE


@pytest.mark.parametrize("mode", ["--yes", "--dry-run"])
def test_the_author_is_told_how_complete_the_report_is(run: Callable[..., Any], empty: Path, mode: str) -> None:
    """Written or only tried, from a form or by options: the score, what is missing, and how to write the first of it."""
    # 兼容性问题: 110; there are 现象, 发生频率, 版本 (15 each) and the time (5): 50.
    form = empty / "form.md"
    form.write_text("### 发生频率\n\n断电 5 次，5 次都出现\n", encoding="utf-8")
    done = run(empty, "new", "--from-form", form, *EVERY[:-2], mode, *AT)
    lines = done.stderr.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("完整度"))
    assert lines[first] == (
        "完整度 45 %，还缺：编号的复现步骤、对方的型号与版本、受影响用户数、换一个对方是否正常、环境信息、使用场景"
    )
    assert lines[first + 1].startswith("先补“编号的复现步骤”：一步一行，前面写 1. 2. 3.")
    assert "例如：1. 手机与网关接同一 Wi-Fi；" in lines[first + 1]


UNCLEAR = {
    **REQUIRED,
    "--title": "网关坏了",
    "--region": "北京市朝阳区建国路88号2栋301",
    "--remark": "联系人：李秀英 座机 010-82345671，微信号：wq_gateway88，车牌 京A5K3P9",
}
"""What the check lets pass, but not in silence."""
PRIVATE = ("建国路88号", "李秀英", "82345671", "wq_gateway88", "京A5K3P9")


@pytest.mark.parametrize("mode", ["--yes", "--dry-run", "form"])
def test_the_author_is_told_what_the_check_will_find(run: Callable[..., Any], empty: Path, mode: str) -> None:
    """Written, only tried, or from a form: the findings come at once, masked, without what registration says anyway."""
    form = empty / "form.md"
    form.write_text("### 现象\n\n不好用\n", encoding="utf-8")
    parts = ("--from-form", form) if mode == "form" else ("--section", "现象=不好用")
    done = run(empty, "new", *options(UNCLEAR), *parts, *([] if mode == "form" else [mode]), *AT)
    told = [line for line in done.stderr.splitlines() if line.startswith("提醒：")]
    assert (done.returncode, [re.findall(r"（([a-z-]+)，第 [0-9]+ 行）$", line)[0] for line in told]) == (
        0,
        [
            *("vague-wording", "street-address", "unmasked-name", "landline-number", "chat-account", "plate-number"),
            "vague-wording",
        ],
    )
    assert "写成 010-****5671" in told[3]
    assert not any(value in done.stderr for value in PRIVATE)
    # Nobody registers a fault with a waiver, and what is not written cannot be mended.
    assert "waive" not in done.stderr
    assert ("check --fix" in done.stderr) == (mode != "--dry-run")


def test_what_is_refused_is_to_be_written_otherwise(run: Callable[..., Any], empty: Path) -> None:
    """There is no file yet that a command could mend."""
    done = run(empty, "new", *options({**REQUIRED, "--remark": "致电 13812345512"}), *AT)
    assert (done.returncode, done.stderr) == (
        1,
        "错误：没有登记：--remark：手机号码没有遮盖（遮盖后是 138****5512）（写成 138****5512，或删去）\n",
    )


def test_everything_that_can_be_said_has_an_option() -> None:
    """Whatever a form or a dialogue can say, a script can say, too."""
    known = {option for one in command.params for option in one.opts}
    assert {f"--{item.name.replace('_', '-')}" for item in registration.ITEMS} < known
    assert {f"--{item.name.replace('_', '-')}" for item in registration.ITEMS} == {
        one for one in EVERY if one[:2] == "--"
    } - {"--section"}


def test_dry_run_shows_the_file_and_leaves_no_trace(run: Callable[..., Any], empty: Path) -> None:
    """The file that would be written is on stdout, byte for byte; no file, no folder, no reserved id."""
    done = run(empty, "new", *EVERY, "--dry-run", *AT)
    assert (done.returncode, done.stdout) == (0, COMPLETE)
    assert "没有写入" in done.stderr
    assert list((empty / "tickets").iterdir()) == []


def test_new_ticket_is_what_check_accepts(run: Callable[..., Any], empty: Path) -> None:
    """Of a ticket with its phenomenon, the check has nothing but reminders; the stdout of new is the path to give it."""
    path = run(empty, "new", *options(REQUIRED), "--section", "现象=场景列表为空", "--yes", *AT).stdout.strip()
    done = run(empty, "check", path, *AT)
    assert done.returncode == 0
    assert "0 个错误" in done.stdout


def test_optional_fields_are_left_out(run: Callable[..., Any], empty: Path) -> None:
    """What nobody said is not in the file; the time of the report is now, that of the fault unknown."""
    assert run(empty, "new", *options(REQUIRED), *AT).returncode == 0
    text = (empty / "tickets" / "2026" / "11" / "SW-20261120-001.md").read_text(encoding="utf-8")
    header = text.split("---\n")[1]
    assert header.splitlines() == [
        "id: SW-20261120-001",
        "title: 网关重启后场景丢失",
        "type: 软件Bug",
        "severity: 中",
        "status: 待受理",
        "occurred_at: 未知",
        "reported_at: 2026-11-20 09:15",
        "channel: 电话",
        "reporter: {staff: ZL001, name: 张*}",
        "impact: {users: 12, products: [智能网关 GW2], versions: [V2.4.0]}",
        "events:",
        "  - {at: 2026-11-20 09:15, event: 登记, by: ZL001}",
    ]


def test_numbers_count_within_prefix_and_day(run: Callable[..., Any], empty: Path) -> None:
    """Each type counts its own faults of a day."""
    for kind, day, expected in [
        ("软件Bug", "2026-11-20", "SW-20261120-001"),
        ("软件Bug", "2026-11-20", "SW-20261120-002"),
        ("硬件故障", "2026-11-20", "HW-20261120-001"),
        ("软件Bug", "2026-11-19", "SW-20261119-001"),
        ("软件Bug", "2026-11-20", "SW-20261120-003"),
    ]:
        done = run(empty, "new", *options(REQUIRED | {"--type": kind, "--reported-at": f"{day} 08:00"}), *AT)
        assert Path(done.stdout.strip()).stem == expected


TITLES = dict(
    zip(
        REQUIRED,
        [
            "故障类型",
            "严重程度",
            "问题标题",
            "反馈渠道",
            "反馈人工号",
            "反馈人姓名",
            "受影响用户数",
            "涉及产品",
            "涉及版本",
        ],
        strict=True,
    )
)


@pytest.mark.parametrize("name", REQUIRED)
def test_missing_option_is_named_without_a_terminal(call: Callable[..., Any], empty: Path, name: str) -> None:
    """Nothing is asked where nobody can answer: exit code 2, the option named with its title, no file."""
    done = call(empty, "new", *options({key: value for key, value in REQUIRED.items() if key != name}), *AT)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"错误：没有登记：缺少选项：{name}（{TITLES[name]}）\n"
    assert files(empty) == []


def test_all_missing_options_are_named_at_once(run: Callable[..., Any], empty: Path) -> None:
    """Whoever writes a script learns of all missing options in one run."""
    done = run(empty, "new", *AT)
    assert done.returncode == 2
    assert re.findall(r"--[\w-]+", done.stderr) == list(REQUIRED)
    assert files(empty) == []


def test_wrong_and_missing_options_are_named_at_once(run: Callable[..., Any], empty: Path) -> None:
    """All that is wrong and all that is missing in one run, each with its option: exit code 2."""
    wrong = ["--severity", "极高", "--users", "三百", "--reporter-name", "张三", "--occurred-at", "昨天"]
    done = run(
        empty, "new", *wrong, "--region", "甲", "--region", "甲", "--section", "心情=好", "--section", "现象", *AT
    )
    assert done.returncode == 2
    *lines, last = done.stderr.splitlines()[1:]
    assert sorted(re.findall(r"^  (--[\w-]+)", "\n".join(lines), re.MULTILINE)) == sorted(
        ["--severity", "--users", "--reporter-name", "--occurred-at", "--region", "--section", "--section"]
    )
    assert re.findall(r"--[\w-]+", last) == ["--type", "--title", "--channel", "--reporter", "--product", "--version"]
    assert files(empty) == []


@pytest.mark.parametrize("blank", ["", "  ", "　"])
def test_an_empty_option_is_a_missing_one(call: Callable[..., Any], empty: Path, blank: str) -> None:
    """What a script leaves empty is missing where it is required, and left out where it is not."""
    done = call(empty, "new", *options(REQUIRED | {"--title": blank, "--product": blank}), *AT)
    assert (done.returncode, re.findall(r"--[\w-]+", done.stderr)) == (2, ["--title", "--product"])
    assert call(empty, "new", *options(REQUIRED), "--region", blank, "--occurred-at", blank, *AT).returncode == 0
    text = (empty / "tickets" / "2026" / "11" / "SW-20261120-001.md").read_text(encoding="utf-8")
    assert "occurred_at: 未知" in text
    assert "regions" not in text


def test_piped_answers_are_not_read(environment: dict[str, str], empty: Path) -> None:
    """A file as standard input is no person: the prompts do not come up."""
    done = subprocess.run(
        [sys.executable, "-m", "faultkb", "new", *AT],
        cwd=empty,
        env=environment,
        input="2\n3\n标题\n",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2
    assert files(empty) == []


def reporter(folder: Path, number: int) -> str:
    """Return the reporter's line of a ticket."""
    text = (folder / "tickets" / "2026" / "11" / f"SW-20261120-{number:03d}.md").read_text(encoding="utf-8")
    return next(line for line in text.splitlines() if line.startswith("reporter:"))


NOBODY = {name: value for name, value in REQUIRED.items() if not name.startswith("--reporter")}
"""The required options but for the two of the reporter."""


def test_staff_comes_from_the_environment(run: Callable[..., Any], empty: Path) -> None:
    """FAULT_STAFF and FAULT_STAFF_NAME spare the clerk two options; an option wins over them."""
    assert run(empty, "new", *options(NOBODY), *AT, FAULT_STAFF="ZL007", FAULT_STAFF_NAME="钱*").returncode == 0
    assert run(empty, "new", *options(REQUIRED), *AT, FAULT_STAFF="ZL007", FAULT_STAFF_NAME="钱*").returncode == 0
    assert [reporter(empty, 1), reporter(empty, 2)] == [
        "reporter: {staff: ZL007, name: 钱*}",
        "reporter: {staff: ZL001, name: 张*}",
    ]


def test_staff_comes_from_git(run: Callable[..., Any], empty: Path) -> None:
    """Who has told git need not say it again; the environment wins over git."""
    for words in (["init", "--quiet"], ["config", "fault.staff", "ZL008"], ["config", "fault.name", "孙*"]):
        subprocess.run(["git", *words], cwd=empty, check=True)
    assert run(empty, "new", *options(NOBODY), *AT).returncode == 0
    assert run(empty, "new", *options(NOBODY), *AT, FAULT_STAFF="ZL007", FAULT_STAFF_NAME="钱*").returncode == 0
    assert [reporter(empty, 1), reporter(empty, 2)] == [
        "reporter: {staff: ZL008, name: 孙*}",
        "reporter: {staff: ZL007, name: 钱*}",
    ]


def test_nobody_gets_the_name_of_another(run: Callable[..., Any], empty: Path) -> None:
    """Who registers for a colleague gives the colleague's name: the default belongs to somebody else."""
    done = run(empty, "new", *options(NOBODY), "--reporter", "ZL001", *AT, FAULT_STAFF="ZL007", FAULT_STAFF_NAME="钱*")
    assert done.returncode == 2
    assert re.findall(r"--[\w-]+", done.stderr) == ["--reporter-name"]


WRONG = {
    "type": (["--type", "软件bug"], ["软件bug", "软件Bug"]),
    "severity": (["--severity", "极高"], ["严重程度", "极高", "紧急、高、中、低"]),
    "channel": (["--channel", "微信"], ["反馈渠道", "用户反馈平台"]),
    "users in words": (["--users", "三百"], ["受影响用户数", "三百", "整数"]),
    "users below zero": (["--users", "-3"], ["受影响用户数", "-3"]),
    "title of two lines": (["--title", "第一行\n第二行"], ["问题标题", "一行"]),
    "title too long": (["--title", "长" * 81], ["问题标题", "81", "80"]),
    "product twice": (["--product", "智能网关 GW2"], ["涉及产品", "重复"]),
    "staff with a space": (["--reporter", "ZL 001"], ["工号"]),
    "occurred yesterday": (["--occurred-at", "昨天"], ["故障发生时间", "昨天", "未知"]),
    "reported in ISO": (
        ["--reported-at", "2026-11-20T09:10"],
        ["--reported-at", "2026-11-20T09:10", "2026-11-03 09:12"],
    ),
    "reported on 30 February": (["--reported-at", "2026-02-30 09:10"], ["--reported-at", "2026 年 2 月没有 30 日"]),
    "reported on a day": (["--reported-at", "2026-11-19"], ["--reported-at", "YYYY-MM-DD HH:MM"]),
    "customer not masked": (["--customer-contact", "13800138000"], ["--customer-contact", "联系方式", "*"]),
    "remark too long": (["--remark", "长" * 2001], ["--remark", "备注", "2001"]),
    "late of two lines": (["--late", "一\n二"], ["--late", "补录原因", "一行"]),
    "same section twice": (["--section", "现象=一", "--section", "现象=二"], ["--section", "现象", "两次"]),
    "section with an open fence": (["--section", "现象=```"], ["--section 现象", "没有结束"]),
    "section that names another": (["--section", "现象=一\n**用户确认**"], ["--section 现象", "用户确认"]),
    "no text in any encoding": (["--title", "网\udcff关"], ["--title", "UTF-8"]),
    "no text in a section": (["--section", "现象=\udcff"], ["--section", "UTF-8"]),
    "reported in the future": (["--reported-at", "2026-11-20 09:16"], ["未来"]),
    "name not masked": (["--reporter-name", "张三"], ["遮盖"]),
    "section without content": (["--section", "现象"], ["--section", "现象"]),
    "unknown section": (["--section", "心情=好"], ["心情", "现象"]),
    "section of another time": (["--section", "功能验证=通过"], ["功能验证", "现象"]),
}


@pytest.mark.parametrize(("arguments", "said"), WRONG.values(), ids=WRONG.keys())
def test_wrong_value_is_named_and_nothing_written(
    call: Callable[..., Any], empty: Path, arguments: list[str], said: list[str]
) -> None:
    """A value that the check would refuse is refused at once, in Chinese, with what to write instead."""
    done = call(empty, "new", *options(REQUIRED), *arguments, "--yes", *AT)
    assert done.returncode == 1
    assert done.stdout == ""
    assert [one for one in said if one not in done.stderr] == []
    assert "Traceback" not in done.stderr
    assert files(empty) == []


def test_private_value_is_not_repeated(call: Callable[..., Any], empty: Path) -> None:
    """What is said about an unmasked name does not carry the name into a log."""
    done = call(empty, "new", *options(REQUIRED | {"--reporter-name": "诸葛不亮"}), "--yes", *AT)
    assert "诸葛不亮" not in done.stdout + done.stderr


def test_folder_that_is_a_file_is_named(run: Callable[..., Any], empty: Path) -> None:
    """Where the month's folder cannot be made, the message names the place; exit code 2, no traceback."""
    (empty / "tickets" / "2026").write_text("不是文件夹", encoding="utf-8")
    done = run(empty, "new", *options(REQUIRED), *AT)
    assert done.returncode == 2
    assert "写不了" in done.stderr
    assert "SW-20261120-001.md" in done.stderr
    assert re.search(r"[A-Za-z]{3,} [a-z]{2,}", done.stderr) is None  # no "Not a directory" of the system
    assert files(empty) == ["tickets/2026"]


def test_the_first_fault_of_a_clone(run: Callable[..., Any], empty: Path) -> None:
    """Who has emptied tickets/ has no such folder in the next clone, since git keeps none: the first fault makes it."""
    (empty / "tickets").rmdir()
    assert run(empty, "new", *options(REQUIRED), *AT).returncode == 0
    assert files(empty) == ["tickets/2026/11/SW-20261120-001.md"]


def at_once(folders: list[Path], environment: dict[str, str]) -> list[tuple[int, str, str]]:
    """Register a fault in each folder at the same time; return exit codes and both outputs."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "faultkb", "new", *options(REQUIRED | {"--title": f"第 {number} 个"}), "--yes", *AT],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for number, folder in enumerate(folders)
    ]
    outputs = [one.communicate() for one in started]
    return [(one.returncode, *both) for one, both in zip(started, outputs, strict=True)]


def test_several_at_once_never_overwrite(environment: dict[str, str], empty: Path) -> None:
    """Clerks who register in the same second, in the same folder, each get a number and a file of their own."""
    results = at_once([empty] * 6, environment)
    assert [code for code, _, _ in results] == [0] * 6, results
    expected = [f"tickets/2026/11/SW-20261120-{number:03d}.md" for number in range(1, 7)]
    assert sorted(Path(out.strip()).as_posix() for _, out, _ in results) == files(empty) == expected
    titles = {re.search("^title: .*$", (empty / one).read_text(encoding="utf-8"), re.MULTILINE)[0] for one in expected}  # type: ignore[index]
    assert len(titles) == 6


def git(folder: Path, *arguments: object) -> str:
    """Run git and return what it says."""
    who = ("-c", "user.name=clerk", "-c", "user.email=clerk@example.org")
    done = subprocess.run(
        ["git", *who, *map(str, arguments)], cwd=folder, capture_output=True, encoding="utf-8", check=True
    )
    return done.stdout.strip()


@pytest.fixture
def server(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a bare repository with the schema and no fault."""
    (empty / "tickets" / ".gitkeep").touch()
    git(empty, "init", "--quiet", "--initial-branch=main")
    git(empty, "add", "--all")
    git(empty, "commit", "--quiet", "--message", "first")
    folder = tmp_path_factory.mktemp("server") / "server.git"
    git(empty, "clone", "--quiet", "--bare", empty, folder)
    return folder


def clone(server: Path, name: str) -> Path:
    """Clone a repository into a folder beside it."""
    git(server.parent, "clone", "--quiet", server, name)
    return server.parent / name


def reserved(server: Path) -> list[str]:
    """Name the reserved ids."""
    return git(server, "for-each-ref", "--format=%(refname:lstrip=2)", "refs/faults").splitlines()


def test_clones_at_once_get_different_ids(environment: dict[str, str], server: Path) -> None:
    """Clerks on machines of their own get numbers of their own, reserved on the server; nobody is told of a risk."""
    results = at_once([clone(server, f"clone{number}") for number in range(4)], environment)
    assert [code for code, _, _ in results] == [0] * 4, results
    expected = [f"SW-20261120-{number:03d}" for number in range(1, 5)]
    assert sorted(Path(out.strip()).stem for _, out, _ in results) == reserved(server) == expected
    assert [err for _, _, err in results if "没有保留" in err] == []


def test_nothing_is_reserved_for_nothing(run: Callable[..., Any], server: Path) -> None:
    """A refused registration and a dry run take no number."""
    mine = clone(server, "mine")
    assert run(mine, "new", *options(REQUIRED), "--dry-run", *AT).returncode == 0
    assert run(mine, "new", *options(REQUIRED | {"--users": "三百"}), *AT).returncode == 1
    assert reserved(server) == []


def test_without_a_server_it_is_said(run: Callable[..., Any], server: Path) -> None:
    """Where the number cannot be reserved, the fault is registered all the same, and the risk is said with the way out."""
    mine = clone(server, "mine")
    git(mine, "remote", "set-url", "origin", server.parent / "gone.git")
    done = run(mine, "new", *options(REQUIRED), *AT)
    assert (done.returncode, Path(done.stdout.strip()).stem) == (0, "SW-20261120-001")
    assert "没有保留" in done.stderr
    assert "fault renumber SW-20261120-001" in done.stderr


HINTS = {
    # Registered on Friday 2026-11-20 at 09:10. 完整性审核, 1 wd: the close of Monday.
    "中": ("期限：2026-11-23 18:00 前 受理（完整性审核）", "受理"),
    # 紧急响应: two hours.
    "紧急": ("期限：2026-11-20 11:10 前 响应（紧急响应）", "响应"),
}


@pytest.mark.parametrize("severity", HINTS)
def test_the_next_step_is_said(run: Callable[..., Any], empty: Path, severity: str) -> None:
    """After registration stderr says what is to be filled in, what is due first, and a line that records it once its places are filled."""
    given = REQUIRED | {"--severity": severity, "--reported-at": "2026-11-20 09:10"}
    done = run(empty, "new", *options(given), "--section", "现象=场景列表为空", *AT)
    due, event = HINTS[severity]
    lines = [line.strip() for line in done.stderr.splitlines()]
    assert "补充“待补充”的小节（使用场景、发生频率、复现步骤、环境信息）：fault edit SW-20261120-001" in lines
    assert f"检查：fault check {Path('tickets/2026/11/SW-20261120-001.md')}" in lines
    assert due in lines
    (line,) = [line for line in lines if line.startswith(f"fault log SW-20261120-001 {event} ")]
    filled = line.replace("工号 姓*", "RD017 李*").replace("工号", "PM002").replace("说明", "已开始排查")
    assert run(empty, *shlex.split(filled)[1:], *AT).returncode == 0
    assert f"event: {event}" in (empty / done.stdout.strip()).read_text(encoding="utf-8")


def test_a_late_registration_is_reminded_of_the_reason(run: Callable[..., Any], empty: Path) -> None:
    """Two working days after the report the check would ask why; who says it with --late is not reminded."""
    given = options(REQUIRED | {"--reported-at": "2026-11-18 09:00"})
    assert "late: 原因" in run(empty, "new", *given, *AT).stderr
    assert "late: 原因" not in run(empty, "new", *given, "--late", "客户留言", *AT).stderr
    assert "late: 原因" not in run(empty, "new", *options(REQUIRED), *AT).stderr


def test_similar_faults_are_shown_first(run: Callable[..., Any], office: Path) -> None:
    """Known faults that resemble the new one are on stderr: those that are closed first, with words and solution."""
    given = REQUIRED | {"--title": "场景列表为空，云端登录全部失败", "--product": "栖云云平台"}
    done = run(office, "new", *options(given), "--dry-run", *AT)
    assert done.returncode == 0
    closed, solution, opened = (
        done.stderr.index(words)
        for words in (
            "可能已有解决方案：\n  SW-20261030-001  已关闭  场景列表为空",
            "解决方法：升级",
            "SW-20261104-001  待受理",
        )
    )
    assert closed < solution < opened
    assert "相同的词：" in done.stderr[closed:solution]
    assert "场景列表为空" in done.stderr[closed:solution]
    assert "SW-20261030-001" not in done.stdout


def test_an_open_fault_that_is_the_same_comes_first(
    run: Callable[..., Any], office: Path, put_ticket: Callable[..., Path], write_text: Callable[..., str]
) -> None:
    """Before a closed fault that resembles the new one stands an open one that is the same: it need not be registered again."""
    put_ticket(office, "SW-20261105-001", write_text("2026-11-05 09:00 登记", title="场景列表为空白"))
    given = REQUIRED | {"--title": "场景列表为空白", "--product": "智能网关 GW2", "--version": "V2.3.1"}
    done = run(office, "new", *options(given), "--dry-run", *AT)
    assert done.stderr.startswith("很可能已经登记过，正在处理：\n  SW-20261105-001  待受理  场景列表为空白\n"), (
        done.stderr
    )
    assert "可能已有解决方案：\n  SW-20261030-001" in done.stderr


def test_what_a_form_says_beside_the_fields_is_named(run: Callable[..., Any], empty: Path, tmp_path: Path) -> None:
    """A heading of the company's own form does not stop the registration; where it stands is said on stderr."""
    path = tmp_path / "form.md"
    path.write_text("### 心情\n\n好\n\n### 提交之前\n\n- [x] 已遮盖\n", encoding="utf-8")
    done = run(empty, "new", "--from-form", path, *options(REQUIRED), *AT)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("表单第 1 行“心情”没有用到")
    assert "提交之前" not in done.stderr


def test_nothing_similar_is_nothing_said(run: Callable[..., Any], office: Path) -> None:
    """Where no known fault has anything in common, there is no heading without a list."""
    given = REQUIRED | {"--title": "qwertz", "--product": "XYZ-9", "--version": "0"}
    assert re.findall("可能已有|可能是", run(office, "new", *options(given), *AT).stderr) == []


FORM = """\
### 故障类型

软件Bug

### 严重程度

中

### 问题标题

网关重启后场景丢失

### 反馈渠道

电话

### 反馈人工号

ZL001

### 反馈人姓名

张*

### 受影响用户数

12

### 涉及产品

智能网关 GW2

### 涉及版本

- V2.4.0

### 客户系统编号

CRM-88213

### 地域分布

_No response_

### 现象

断电再上电：

```
## 日志
```

## 用户确认
好

### 环境信息

_No response_
"""
FILLED = """\
---
id: SW-20261120-001
title: 网关重启后场景丢失
type: 软件Bug
severity: 中
status: 待受理
occurred_at: 未知
reported_at: 2026-11-20 09:15
channel: 电话
reporter: {staff: ZL001, name: 张*}
customer: {ref: CRM-88213}
impact: {users: 12, products: [智能网关 GW2], versions: [V2.4.0]}
events:
  - {at: 2026-11-20 09:15, event: 登记, by: ZL001}
---

## 故障描述

### 现象

断电再上电：

```
## 日志
```

\\## 用户确认
好

### 使用场景

待补充

### 发生频率

待补充

### 复现步骤

待补充

### 环境信息

待补充
"""


def hand_in(
    folder: Path, environment: dict[str, str], data: bytes, *arguments: str
) -> subprocess.CompletedProcess[bytes]:
    """Register a fault from a form on standard input."""
    return subprocess.run(
        [sys.executable, "-m", "faultkb", "new", "--from-form", "-", *arguments, *AT],
        cwd=folder,
        env=environment,
        input=data,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("windows", [False, True])
def test_a_form_becomes_a_ticket(
    environment: dict[str, str],
    empty: Path,
    windows: bool,  # noqa: FBT001 - a case
) -> None:
    """The body of an issue form is a ticket to the byte; CRLF and a byte order mark make no difference."""
    data = ("\ufeff" + FORM.replace("\n", "\r\n") if windows else FORM).encode("utf-8")
    done = hand_in(empty, environment, data)
    assert (done.returncode, done.stdout.split()) == (0, [os.fsencode(Path("tickets/2026/11/SW-20261120-001.md"))])
    assert (empty / "tickets" / "2026" / "11" / "SW-20261120-001.md").read_bytes().decode("utf-8") == FILLED


def test_options_complete_and_override_a_form(run: Callable[..., Any], empty: Path, tmp_path: Path) -> None:
    """What an option says is taken, whatever the form says; defaults come last."""
    path = tmp_path / "表单 1.md"
    path.write_text(FORM.replace("### 反馈人工号\n\nZL001", "### 反馈人工号\n\n_No response_"), encoding="utf-8")
    arguments = ["--severity", "紧急", "--product", "摄像机 C5", "--region", "华东", "--section", "现象=黑屏"]
    done = run(empty, "new", "--from-form", path, *arguments, *AT, FAULT_STAFF="ZL007", FAULT_STAFF_NAME="钱*")
    assert done.returncode == 0
    text = (empty / done.stdout.strip()).read_text(encoding="utf-8")
    assert "severity: 紧急" in text
    assert "products: [摄像机 C5], versions: [V2.4.0], regions: [华东]" in text
    assert "\n\n黑屏\n\n" in text
    assert "断电" not in text
    assert "reporter: {staff: ZL007, name: 张*}" in text


FAULTY_FORMS = {
    "values": (
        FORM.replace("\n中\n", "\n极高\n").replace("\n12\n", "\n约 12 人\n").replace("V2.4.0", "V1\n- V1"),
        ["第 5 行“严重程度”", "紧急、高、中、低", "第 25 行“受影响用户数”", "整数", "第 33 行“涉及版本”", "重复"],
    ),
    "a line of a text": (FORM.replace("## 用户确认", "**用户确认**"), ["第 53 行“现象”", "用户确认"]),
    "headings": (
        FORM.replace("### 环境信息", "### 备注").replace("好\n", "### 严重程度\n\n紧急\n"),
        ["第 54 行", "“严重程度”", "第 5 行", "第 58 行", "“备注”"],
    ),
    "a private value": (FORM.replace("张*", "诸葛不亮"), ["第 21 行“反馈人姓名”", "遮盖"]),
    "an open fence": (FORM.replace("```\n\n## 用户", "\n## 用户"), ["第 49 行开始的代码块"]),
    "no form": ("网关坏了", ["### 栏目名"]),
    "nothing": ("", ["### 栏目名"]),
}


@pytest.mark.parametrize(("text", "words"), FAULTY_FORMS.values(), ids=FAULTY_FORMS.keys())
def test_a_faulty_form_is_named_line_by_line(
    environment: dict[str, str], empty: Path, text: str, words: list[str]
) -> None:
    """Everything that is wrong with a form is said at once, with label and line; nothing is written."""
    done = hand_in(empty, environment, text.encode("utf-8"))
    err = done.stderr.decode("utf-8")
    assert (done.returncode, done.stdout) == (1, b"")
    assert [one for one in words if one not in err] == []
    assert "诸葛不亮" not in err
    assert files(empty) == []


def test_what_a_form_lacks_is_named(environment: dict[str, str], empty: Path) -> None:
    """A required field that is left empty is a missing option: exit code 2, with its title."""
    done = hand_in(empty, environment, FORM.replace("\n12\n", "\n_No response_\n").encode("utf-8"))
    assert (done.returncode, done.stderr.decode("utf-8")) == (2, "错误：没有登记：缺少选项：--users（受影响用户数）\n")


@pytest.mark.parametrize(("name", "words"), [("没有.md", "没有这个文件"), ("schema", "schema")])
def test_a_form_that_cannot_be_opened_is_named(run: Callable[..., Any], empty: Path, name: str, words: str) -> None:
    """A file that is not there, or is a folder: exit code 2, in Chinese, with its name."""
    done = run(empty, "new", "--from-form", name, *AT)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


LOCALES = {
    "C": {"LC_ALL": "C"},
    "ASCII": {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "Latin-1 pipes": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"},
}


@pytest.mark.parametrize("settings", LOCALES.values(), ids=LOCALES.keys())
def test_the_locale_changes_no_text(environment: dict[str, str], empty: Path, settings: dict[str, str]) -> None:
    """Chinese options and forms are Chinese in the file, whatever the locale makes of them."""
    plain = {name: value for name, value in environment.items() if not name.startswith(("LC_", "LANG", "PYTHONIO"))}
    done = hand_in(empty, plain | settings, FORM.encode("utf-8"), "--section", "使用场景=夜间", "--remark", "尽快")
    assert done.returncode == 0, done.stderr.decode("utf-8")
    expected = FILLED.replace("### 使用场景\n\n待补充", "### 使用场景\n\n夜间").replace(
        "\nevents", "\nremark: 尽快\nevents"
    )
    assert (empty / "tickets" / "2026" / "11" / "SW-20261120-001.md").read_bytes().decode("utf-8") == expected


def test_a_folder_that_may_not_be_written(run: Callable[..., Any], server: Path) -> None:
    """Where the system lets nobody write, the place is named in Chinese; exit code 2."""
    mine = clone(server, "mine")
    (mine / "tickets" / "2026").mkdir()
    (mine / "tickets" / "2026" / "11").symlink_to("/sys/kernel")
    done = run(mine, "new", *options(REQUIRED), *AT)
    assert done.returncode == 2
    assert "写不了 tickets/2026/11/SW-20261120-001.md：没有写入的权限" in done.stderr

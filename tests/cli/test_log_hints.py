"""What ``fault log`` says to somebody who has never seen it: what can be recorded, what it lacks, by when, with which command."""

from __future__ import annotations

import re
import shlex
import subprocess
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ID = "SW-20261102-001"
FILE = f"tickets/2026/11/{ID}.md"
NOW = ("--as-of", "2026-11-02 12:00")
SHORT = "## 故障描述\n\n### 现象\n\n重启。\n"
ACCEPTED = {
    "status": "处理中",
    "team": "软件开发组",
    "owner": "{staff: RD017, name: 李*}",
    "due_at": "2026-11-06 18:00",
}


@pytest.fixture
def file(empty: Path, write_text: Callable[..., str], put_ticket: Callable[..., Path]) -> Callable[..., Path]:
    """Return a function that writes a ticket from events and header fields."""
    return lambda *events, **fields: put_ticket(empty, ID, write_text(*events, **fields))


VERIFIED = (
    "{result: 通过, functional: 通过, compatibility: 通过, experience: 通过, verifier: {staff: QA003, name: 赵*}}"
)
AT_WORK = """\
期限：2026-11-05 18:00 前 提交验证（计划完成，按时限规定；文件里的计划 due_at 是 2026-11-06 18:00）
到 关闭 还要：评审 → 提交验证 → 验证通过 → 关闭
先写好（fault edit SW-20261102-001，或用编辑器打开 tickets/2026/11/SW-20261102-001.md）：
  ## 原因分析  发生原因（为什么会发生）与流出原因（为什么没有被提前发现）。
  ## 长期方案  根本性解决方案（如设计优化、算法重构）及预防机制（如增加容错逻辑、升级测试用例）。
然后运行：
  fault log SW-20261102-001 评审 --by "工号" --participant "工号,工号" --note "说明"
  fault log SW-20261102-001 提交验证 --by "工号"
  评审参加人要有产品负责人（PM001）、研发负责人（RD001或HW002或CL001）、测试负责人（QA001）
现在可以记录（处理中）：
  响应               写上 --note
  反馈               写上 --note
  改派               写上 --note，以及 --team、--owner、--assistant 之一
  定级               写上 --to --note --approver
  定类               写上 --to --note
  初步方案           写上 --note
  评审               写上 --participant --note
  进展               写上 --note
  风险               写上 --note
  暂停               写上 --reason
  改期      →已延期  写上 --due --note --approver
  提交验证  →待验证  先填好 原因分析、长期方案；先记录 评审
  作废      →已关闭  写上 --reason --note；先写 kb（是否收录到知识库）
  更正               写上 --note --approver，以及 --target、--section 之一
"""
"""A 高 fault in work: three working days from Monday the 2nd are Thursday the 5th."""


def test_without_event_the_command_lists_what_is_possible(
    call: Callable[..., Any], empty: Path, file: Callable[..., Path]
) -> None:
    """Deadline, the way there, and every event with what it lacks, in columns; nothing is written."""
    path = file("登记", "受理", **ACCEPTED, severity="高", body=f"{SHORT}\n## 短期方案\n\n分批上报\n")
    before = path.read_bytes()
    done = call(empty, "log", ID, *NOW)
    assert (done.returncode, done.stdout, done.stderr) == (0, AT_WORK, "")
    assert path.read_bytes() == before


def test_errors_that_are_there_already_are_said(
    call: Callable[..., Any], empty: Path, file: Callable[..., Path]
) -> None:
    """An empty 现象 keeps nobody from 受理, but who records it learns that the file is wrong, and how to see more; so does who only asks."""
    path = file("登记", body="## 故障描述\n\n### 现象\n\n待补充\n")
    said = f"提醒：文件里还有 1 个错误，合并之前要改好：没有写“现象”（查看：fault check {ID}）\n"
    assert call(empty, "log", ID, *NOW).stderr == said
    given = ("受理", "--by", "PM002", "--owner", "RD017 李*")
    done = call(empty, "log", ID, *given, *NOW)
    assert (done.returncode, done.stderr.count(said)) == (0, 1), done.stderr
    path.write_text(path.read_text(encoding="utf-8").replace("待补充", "重启"), encoding="utf-8")
    assert "个错误" not in call(empty, "log", ID, "进展", "--by", "RD017", "--note", "x", *NOW).stderr


def test_how_to_hand_in_is_the_last_line(run: Callable[..., Any], empty: Path, file: Callable[..., Path]) -> None:
    """In a clone, on the main branch: a branch for the fault (made once), commit and push; without a remote there is nothing to push."""
    path = file("登记")

    def git(*arguments: str) -> None:
        who = ("-c", "user.name=x", "-c", "user.email=x@example.com")
        subprocess.run(["git", *who, *arguments], cwd=empty, check=True, capture_output=True)

    def last(note: str, folder: Path) -> str:
        done = run(folder, "log", ID, "响应", "--by", "PM002", "--note", note, *NOW)
        assert done.returncode == 0, done.stderr
        return str(done.stderr.splitlines()[-1])

    assert "git" not in last("甲", empty)
    git("init", "-q", "-b", "main")
    assert "git" not in last("乙", empty)
    git("add", ".")
    git("commit", "-q", "-m", "x")
    assert last("丙", empty) == f'提交：git add {FILE} && git commit -m "{ID} 响应"'
    git("remote", "add", "origin", str(empty / "nowhere"))
    commands = f'git add ../{FILE} && git commit -m "{ID} 响应" && git push -u origin HEAD，再开合并请求'
    assert last("丁", empty / "schema") == f"提交：git switch -c {ID} && {commands}"
    git("switch", "-q", "-c", ID)
    assert last("戊", empty / "schema") == f"提交：{commands}"
    git("switch", "-q", "main")
    assert last("己", empty / "schema") == f"提交：git switch {ID} && {commands}"
    assert path.exists()


def test_staff_that_is_known_need_not_be_typed(run: Callable[..., Any], empty: Path, file: Callable[..., Path]) -> None:
    """Where FAULT_STAFF says who acts, the commands leave --by out."""
    assert file("登记").exists()
    done = run(empty, "log", ID, *NOW, FAULT_STAFF="PM002")
    assert f'  fault log {ID} 受理 --owner "工号 姓*"\n' in done.stdout
    assert "--by" not in done.stdout


@pytest.mark.parametrize(
    ("events", "fields", "deadline", "commands"),
    [
        pytest.param(
            ["登记"],
            {},
            # 1 wd after Monday the 2nd
            "2026-11-03 18:00 前 受理（完整性审核）",
            ['受理 --by "工号" --owner "工号 姓*"'],
            id="reported",
        ),
        pytest.param(
            ["登记"],
            {"severity": "紧急"},
            "2026-11-02 11:00 前 响应（紧急响应，已超时）",  # two hours after 09:00
            # What the clock wants, and beside it the way to closing.
            ['响应 --by "工号" --note "说明"', '受理 --by "工号" --owner "工号 姓*"'],
            id="urgent",
        ),
        pytest.param(
            ["登记", "退回"],
            {},
            "2026-11-05 18:00 前 受理（受理分配，暂停中）",  # 3 wd, waiting
            ['补充 --by "工号" --note "说明"'],
            id="returned",
        ),
        pytest.param(
            ["登记", "受理", "暂停 reason: 待用户确认"],
            ACCEPTED,
            "2026-11-09 18:00 前 提交验证（计划完成，暂停中，按时限规定；文件里的计划 due_at 是 2026-11-06 18:00）",  # 5 wd
            ['恢复 --by "工号"'],
            id="paused",
        ),
        pytest.param(
            ["登记", "受理", "提交验证"],
            {**ACCEPTED, "status": "待验证", "customer": "{id: U****3821}"},
            "2026-11-09 18:00 前 关闭（验证确认）",
            [
                (
                    '验证通过 --by "工号" --functional "通过|不适用" --compatibility "通过|不适用" '
                    '--experience "通过|不适用" --verifier "工号 姓*"'
                ),
                '用户确认 --by "工号" --note "说明" --outcome "已解决|未解决|联系不上"',
                '关闭 --by "工号"',
            ],
            id="to be verified, of a customer",
        ),
        pytest.param(
            ["登记", "受理", "提交验证", "用户确认 outcome: 未解决"],
            {**ACCEPTED, "status": "待验证", "customer": "{id: U****3821}"},
            "2026-11-09 18:00 前 关闭（验证确认）",
            # Only going back helps: what would follow in this state is not said.
            [
                ('验证不通过 --by "工号" --note "说明"'),
            ],
            id="the customer says no",
        ),
        pytest.param(
            ["登记", "受理", "提交验证", "验证通过", "用户确认 outcome: 联系不上"],
            {
                **ACCEPTED,
                "status": "待验证",
                "customer": "{id: U****3821}",
                "completed_at": "2026-11-02 12:00",
                "verification": VERIFIED,
            },
            "2026-11-09 18:00 前 关闭（验证确认）",
            # Nobody reached the user: after more 反馈, 用户确认 again with an outcome that somebody chooses.
            [
                '反馈 --by "工号" --note "说明"',
                '用户确认 --by "工号" --note "说明" --outcome "已解决|未解决|联系不上"',
                '关闭 --by "工号"',
            ],
            id="nobody reached the customer",
        ),
        pytest.param(
            ["登记", "受理 due_at: 2027-01-05 18:00"],
            {**ACCEPTED, "due_at": "2027-01-05 18:00"},
            "2026-11-09 18:00 前 提交验证（计划完成，按时限规定；文件里的计划 due_at 是 2027-01-05 18:00）",
            ['提交验证 --by "工号"'],
            id="planned for later",
        ),
    ],
)
def test_deadline_and_the_way_there(
    call: Callable[..., Any],
    empty: Path,
    file: Callable[..., Path],
    events: list[str],
    fields: dict[str, str],
    deadline: str,
    commands: list[str],
) -> None:
    """The clock that is due first, the event that meets it, and the commands that lead there: what waits is answered first."""
    assert file(*events, **{"kb": "{entry: 不收录, reason: x}", **fields}).exists()
    lines = call(empty, "log", ID, *NOW).stdout.splitlines()
    assert lines[0] == f"期限：{deadline}"
    assert [line.removeprefix(f"  fault log {ID} ") for line in lines if line.startswith("  fault log")] == commands


def test_closed_fault_has_no_deadline(call: Callable[..., Any], empty: Path, file: Callable[..., Path]) -> None:
    """After 关闭 nothing is due; what can still happen is listed."""
    fields = {**ACCEPTED, "status": "待验证", "completed_at": "2026-11-02 12:00", "verification": VERIFIED}
    assert file("登记", "受理", "提交验证", "验证通过", **fields, kb="{entry: 不收录, reason: x}").exists()
    done = call(empty, "log", ID, "关闭", "--by", "PM002", "--as-of", "2026-11-02 13:00")
    assert done.returncode == 0, done.stderr
    assert done.stderr == f"现在可以记录：反馈、重开（→处理中）、更正；各要写什么：fault log {ID}\n"


@pytest.mark.parametrize(
    ("event", "forms"),
    [
        (
            "关闭",
            [
                "kb: {entry: 收录, summary: 现象一句话, solution: 解决方法一句话}",
                "kb: {entry: 并入, canonical: 并入的故障}",
                "kb: {entry: 不收录, reason: 理由}",
            ],
        ),
        ("作废", ["kb: {entry: 并入, canonical: 并入的故障}", "kb: {entry: 不收录, reason: 理由}"]),
    ],
)
def test_decision_on_the_knowledge_base_is_spelled_out(
    call: Callable[..., Any], empty: Path, file: Callable[..., Path], event: str, forms: list[str]
) -> None:
    """Who closes or voids without kb is shown the lines to choose from and where they belong; 撤下 is for what was published."""
    assert file("登记", "受理", "提交验证", **{**ACCEPTED, "status": "待验证"}).exists()
    given = ["--reason", "误报", "--note", "x"] if event == "作废" else []
    done = call(empty, "log", ID, event, "--by", "PM002", *given, *NOW)
    assert done.returncode == 1
    assert re.findall(r"^ +(kb: \{.*)$", done.stderr, re.MULTILINE) == forms
    assert "kb：写在文件头里，events: 的上一行" in done.stderr


def test_kb_that_is_written_badly_is_mended_not_repeated(
    call: Callable[..., Any], empty: Path, file: Callable[..., Path]
) -> None:
    """A kb without what its entry needs gets the missing key named, not the whole choice again."""
    assert file("登记", kb="{entry: 不收录}").exists()
    done = call(empty, "log", ID, "作废", "--by", "PM002", "--reason", "误报", "--note", "x", *NOW)
    assert done.returncode == 1
    assert "在 kb 里补上 reason: …" in done.stderr
    assert "kb: {entry: 并入" not in done.stderr


def test_only_the_option_is_wrong(call: Callable[..., Any], empty: Path, file: Callable[..., Path]) -> None:
    """Where the event could be recorded and nothing lacks, the refusal is about the option and lists nothing else."""
    assert file("登记", "受理", "提交验证", **{**ACCEPTED, "status": "待验证"}).exists()
    outcome = ["--functional", "通过", "--compatibility", "通过", "--experience"]
    cases = {
        "--verifier 不对：验证人不能是这一轮的主责人或协办人": [*outcome, "通过", "--verifier", "RD017 李*"],
        "验证通过 不能带 --experience 未通过；有一项没有通过，就记录 验证不通过": [
            *outcome,
            "未通过",
            "--verifier",
            "QA003 赵*",
        ],
    }
    for said, given in cases.items():
        done = call(empty, "log", ID, "验证通过", "--by", "QA003", *given, *NOW)
        assert done.returncode == 1
        assert said in done.stderr
        assert FILE + ":" not in done.stderr


ANSWERS = {
    "说明": "与用户和同事说过的话",
    "工号": "PM002",
    "工号,工号": "PM001,RD001,QA001",
    "原因": "误报",
}
"""What a clerk puts in place of what stands in quotes."""
PEOPLE = {"受理": "RD017 李*", "验证通过": "QA003 赵*"}


class Clerk:
    """Somebody who does what the screen says, line by line, and knows nothing else."""

    def __init__(self, call: Callable[..., Any], folder: Path, path: Path) -> None:
        """Sit down before a fault."""
        self.call, self.folder, self.path = call, folder, path
        self.now = datetime.fromisoformat("2026-11-02 09:00")
        self.done: list[str] = []

    @staticmethod
    def answer(shown: str) -> str:
        """Return what to put in place of a word in quotes: of several choices the first; what is no placeholder stays."""
        return ANSWERS.get(shown, shown.partition("|")[0])

    def obey(self, screen: str) -> str:
        """Write what is to be written, run the first command, and return the next screen."""
        for name in re.findall(r"^  ## (\S+)", screen, re.MULTILINE):
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"\n## {name}\n\n写好了。\n")
        kb = re.search(r"^    (kb: \{.*)$", screen, re.MULTILINE)
        if kb:
            text = self.path.read_text(encoding="utf-8")
            decision = kb[1].replace("现象一句话", "每天凌晨重启").replace("解决方法一句话", "升级到 V2.3.2")
            self.path.write_text(text.replace("\nevents:", f"\n{decision}\nevents:"), encoding="utf-8")
        first = next(line for line in screen.splitlines() if line.startswith("  fault log "))
        _, _, _, event, *given = shlex.split(first)
        typed = [PEOPLE.get(event, "") if one == "工号 姓*" else self.answer(one) for one in given]
        self.done.append(event)
        self.now += timedelta(minutes=20)
        done = self.call(self.folder, "log", ID, event, *typed, "--as-of", f"{self.now:%Y-%m-%d %H:%M}")
        assert done.returncode == 0, f"{first}\n{done.stderr}"
        return str(done.stderr)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (
            "验证通过",
            [
                f"{flag} 不对：没有“通过|不适用”，可以写：通过、不适用"
                for flag in ("--functional", "--compatibility", "--experience")
            ],
        ),
        ("用户确认", ["--outcome 不对：没有“已解决|未解决|联系不上”，可以写：已解决、未解决、联系不上"]),
    ],
)
def test_choices_that_nobody_chose_from_are_refused(
    call: Callable[..., Any], empty: Path, file: Callable[..., Path], event: str, said: list[str]
) -> None:
    """A hint that is copied as it stands records nothing: every place of a choice is named with what can be written there."""
    path = file("登记", "受理", "提交验证", **{**ACCEPTED, "status": "待验证", "customer": "{id: U****3821}"})
    screen = call(empty, "log", ID, *NOW).stdout
    copied = next(line for line in screen.splitlines() if line.startswith(f"  fault log {ID} {event} "))
    before = path.read_bytes()
    done = call(empty, *shlex.split(copied)[1:], *NOW)
    assert (done.returncode, [one for one in said if one not in done.stderr]) == (2, []), done.stderr
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("fields", "events"),
    [
        pytest.param({}, "受理 提交验证 验证通过 关闭", id="中"),
        pytest.param(
            {"customer": "{id: U****3821}", "severity": "高"},
            "受理 评审 提交验证 验证通过 用户确认 关闭",
            id="高, of a customer",
        ),
        pytest.param({"complex": "true", "severity": "低"}, "受理 评审 提交验证 验证通过 关闭", id="复杂"),
        pytest.param(
            {"customer": "{id: U****3821}", "severity": "紧急"},
            # Two hours for 响应 and a day for the rest; a working day for the acceptance ends on the next evening.
            "响应 反馈 受理 初步方案 提交验证 评审 验证通过 用户确认 关闭",
            id="紧急, of a customer",
        ),
    ],
)
def test_a_fault_is_closed_by_doing_what_the_screen_says(
    call: Callable[..., Any],
    empty: Path,
    file: Callable[..., Path],
    fields: dict[str, str],
    events: str,
) -> None:
    """From 登记 to 关闭 in the right order, with nothing but the printed hints, and the check has no error."""
    path = file("登记", body=SHORT, **fields)
    clerk = Clerk(call, empty, path)
    screen = call(empty, "log", ID, "--as-of", "2026-11-02 09:00").stdout
    while "  fault log" in screen:
        screen = clerk.obey(screen)
        assert len(clerk.done) < 20
    assert clerk.done == events.split()
    assert "\nstatus: 已关闭\n" in path.read_text(encoding="utf-8")
    done = call(empty, "check", "--as-of", "2026-11-20 17:00", "--format", "github")
    assert (done.returncode, "::error" in done.stdout) == (0, False), done.stdout


UNSOLVED = ("登记", "受理", "提交验证", "验证通过", "用户确认 outcome: 未解决")
TO_VERIFY = {
    **ACCEPTED,
    "status": "待验证",
    "completed_at": "2026-11-02 12:00",
    "verification": VERIFIED,
    "customer": "{id: U****3821}",
}


def test_closing_that_the_customer_forbids(call: Callable[..., Any], empty: Path, file: Callable[..., Path]) -> None:
    """关闭 after 未解决 is refused for what was asked, not as a correction; nowhere is it offered, 验证不通过 is."""
    assert file(*UNSOLVED, **TO_VERIFY).exists()
    at = ("--as-of", "2026-11-02 14:00")
    refused = call(empty, "log", ID, "关闭", "--by", "PM002", *at)
    assert refused.returncode == 1
    assert "用户说未解决，不能 关闭。记录 验证不通过，继续处理" in refused.stderr
    assert "关闭 之前要写知识库的决定（kb）" in refused.stderr
    assert [word for word in ("更正之后", "已关闭，", "撤下") if word in refused.stderr] == []
    told = call(empty, "log", ID, "反馈", "--by", "ZL001", "--note", "继续排查", *at).stderr
    assert (
        f"到 关闭 还要：验证不通过 → 提交验证 → 验证通过 → 用户确认 → 关闭\n接下来运行：\n  fault log {ID} 验证不通过 "
        in told
    )
    assert "关闭（→" not in told
    shown = call(empty, "show", ID, "--format", "md", *at).stdout
    assert "、关闭（→已关闭，先写 kb（是否收录到知识库），先记录 验证不通过）、" in shown


def test_urgent_fault_is_led_to_closing(call: Callable[..., Any], empty: Path, file: Callable[..., Path]) -> None:
    """With 反馈 due first the way to closing is shown all the same, the review before 关闭 included."""
    assert file("登记", "响应", severity="紧急", customer="{id: U****3821}").exists()
    lines = call(empty, "log", ID, *NOW).stdout.splitlines()
    assert lines[:5] == [
        "期限：2026-11-03 09:00 前 反馈（用户告知）",
        f'  fault log {ID} 反馈 --by "工号" --note "说明"',
        "到 关闭 还要：受理 → 提交验证 → 评审 → 验证通过 → 用户确认 → 关闭",
        "接下来运行：",
        f'  fault log {ID} 受理 --by "工号" --owner "工号 姓*"',
    ]


def test_wait_that_ends_is_said(call: Callable[..., Any], empty: Path, file: Callable[..., Path]) -> None:
    """提交验证 ends an open 暂停, and says so."""
    assert file("登记", "受理", "暂停", **ACCEPTED).exists()
    assert "暂停 到此结束：提交验证 结束了它\n" in call(empty, "log", ID, "提交验证", "--by", "RD017", *NOW).stderr


def test_what_the_base_keeps_is_not_corrected(call: Callable[..., Any], empty: Path, file: Callable[..., Path]) -> None:
    """A closing on the main branch can be neither voided nor moved, nor a note be masked whole; and not by a late event be preceded.

    On a branch that is not merged the closing can be taken back.
    """
    events = [*UNSOLVED[:4], "用户确认 note: 回电 13812345678", "关闭"]
    fields = {**TO_VERIFY, "status": "已关闭", "kb": "{entry: 不收录, reason: x}"}
    path = file(*events, **fields)

    def git(*arguments: str) -> None:
        who = ("-c", "user.name=x", "-c", "user.email=x@example.com")
        subprocess.run(["git", *who, *arguments], cwd=empty, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    git("commit", "-q", "--allow-empty", "-m", "x")
    git("switch", "-q", "-c", "work")
    before = path.read_text(encoding="utf-8")
    correct = ("log", ID, "更正", "--by", "PM002", "--approver", "PM001", "--note", "关早了")
    at = ("--as-of", "2026-11-02 18:00")
    assert call(empty, *correct, "--target", "6", "--void", *at).returncode == 0
    path.write_text(before, encoding="utf-8")
    git("add", ".")
    git("commit", "-q", "-m", "x")
    git("branch", "-f", "main", "work")
    for how in (["--void"], ["--set", "at=2026-11-02 14:30"]):
        done = call(empty, *correct, "--target", "6", *how, *at)
        assert (done.returncode, path.read_text(encoding="utf-8")) == (1, before)
        assert "第 6 个事件（关闭）已经合并，不能撤销或改时间；关早了的用“重开”" in done.stderr
    late = ("--at", "2026-11-02 10:30", "--late", "忘了")
    done = call(empty, "log", ID, "进展", "--by", "RD017", "--note", "x", *late, *at)
    assert (done.returncode, "故障已关闭，不能再补记“进展”" in done.stderr) == (1, True), done.stderr
    path.write_text(before.replace("回电 13812345678", "*"), encoding="utf-8")
    done = call(empty, *correct, "--target", "5", "--mask", *at)
    assert (done.returncode, "第 5 个事件遮盖得太多" in done.stderr, "三分之一" in done.stderr) == (1, True, True), (
        done.stderr
    )
    path.write_text(before.replace("13812345678", "138****5678"), encoding="utf-8")
    done = call(empty, *correct, "--target", "5", "--mask", *at)
    assert (done.returncode, "个错误" in done.stderr) == (0, False), done.stderr


def test_who_sends_a_report_back_is_told_what_it_lacks(
    call: Callable[..., Any], empty: Path, file: Callable[..., Path]
) -> None:
    """The note of 退回 says what is missing: the refusal without one names it."""
    file("登记", impact="{users: 未知, products: [智能网关 GW2], versions: [最新版]}")
    done = call(empty, "log", "SW-20261102-001", "退回", "--by", "PM002", *NOW)
    assert "\n  登记的信息还缺：受影响用户数、具体的版本或批次、故障发生时间\n" in f"{done.stderr}\n"


def test_id_in_small_letters_is_checked(call: Callable[..., Any], empty: Path, file: Callable[..., Path]) -> None:
    """Small letters name the fault to ``fault check`` as well."""
    assert file("登记").exists()
    assert "1 个" in call(empty, "check", ID.lower(), *NOW).stdout

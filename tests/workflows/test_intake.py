"""The counter against the stand-in for GitHub, a real bare remote and a real clone: the form in, the pull request and the answer out."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from tests import inside
from tests.workflows.patches import git, sha

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.workflows.github import GitHub

TITLE = "[故障] 网关重启后场景丢失"
ANSWERS = {
    "故障类型": "软件Bug",
    "严重程度": "高",
    "涉及产品": "智能网关 GW2",
    "涉及版本": "V2.4.0",
    "功能模块": "_No response_",
    "受影响用户数": "12",
    "地域分布": "华东、华南",
    "故障发生时间": "2026-11-19 22:40",
    "反馈渠道": "电话",
    "反馈时间": "2026-11-20 09:10",
    "补录原因": "_No response_",
    "反馈人工号": "ZL001",
    "反馈人姓名": "张*",
    "客户系统编号": "CRM-88213",
    "备注": "_No response_",
    "现象": "重启之后场景列表为空，App 提示 E-1042。",
    "使用场景": "_No response_",
    "发生频率": "必现，三台都是",
    "复现步骤": "1. 重启网关\n2. 打开 App，场景列表为空",
    "环境信息": "_No response_",
    "提交之前": "- [x] 我已确认：文字和截图里没有写用户的姓名、电话、地址、账号、密码",
}
"""What a clerk writes into the form; times lie in the past of any clock."""


def form(**changed: str | None) -> str:
    """Return the body of an issue, as GitHub writes it."""
    said = {**ANSWERS, **changed}
    return "\n\n".join(f"### {label}\n\n{text}" for label, text in said.items() if text is not None)


@dataclass
class Office:
    """A company's repository: the remote, the clone of a workflow's runner, and GitHub."""

    github: GitHub
    remote: Path
    clone: Path
    environment: dict[str, str]

    def run(self, *arguments: object, event: Any = None, **extra: str) -> subprocess.CompletedProcess[str]:
        """Run ``fault intake`` as the workflow does."""
        return inside.run(self.clone, self._told(event, extra), "intake", *arguments)

    def start(self, *arguments: object, event: Any = None, clone: Path | None = None, **extra: str) -> Any:
        """Begin to run ``fault intake``."""
        return subprocess.Popen(
            [sys.executable, "-m", "faultkb", "intake", *map(str, arguments)],
            cwd=clone or self.clone,
            env=self._told(event, extra),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def _told(self, event: Any, extra: dict[str, str]) -> dict[str, str]:
        """Write the event; return the environment of the job."""
        file = self.clone.parent / "event.json"
        file.write_text(json.dumps(event or {}), encoding="utf-8")
        return {**self.environment, "GITHUB_EVENT_PATH": str(file), **extra}

    def answer(self, number: int) -> str:
        """Return the one answer in an issue."""
        (one,) = self.github.comments(number)
        return str(one["body"])

    def ids(self) -> list[str]:
        """Return the ids that are reserved."""
        return git(self.remote, "for-each-ref", "--format=%(refname:lstrip=2)", "refs/faults").split()

    def show(self, number: int, path: str) -> str:
        """Return a file on the branch of an issue."""
        return git(self.remote, "show", f"intake/{number}:{path}")

    def paths(self, number: int) -> list[str]:
        """Return what the branch of an issue changes."""
        return git(self.remote, "diff", "--name-only", f"main...intake/{number}").splitlines()

    def commits(self, number: int) -> int:
        """Count the commits of the branch of an issue."""
        return int(git(self.remote, "rev-list", "--count", f"main..intake/{number}"))


@pytest.fixture
def office(github: GitHub, root: Path, tmp_path: Path) -> Office:
    """Return a company with a month of faults."""
    seed = tmp_path / "seed"
    shutil.copytree(root / "schema", seed / "schema")
    shutil.copytree(root / "tickets/2026/11", seed / "tickets/2026/11")
    git(tmp_path, "init", "-q", "-b", "main", "seed")
    git(seed, "add", ".")
    git(seed, "commit", "-qm", "faults")
    git(tmp_path, "clone", "-q", "--bare", "seed", "remote.git")
    git(tmp_path, "clone", "-q", "remote.git", "clone")
    github.remote = tmp_path / "remote.git"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FAULT_", "GITHUB_"))}
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "HOME": str(tmp_path)}
    hosts = {"FAULT_UPLOAD_HOSTS": github.other_host, "PYTHONPATH": str(root / "tools")}
    return Office(github, github.remote, tmp_path / "clone", {**kept, **nobody, **hosts, **github.environment})


def edit(office: Office, number: int, **values: Any) -> None:
    """Change an issue as its author does on the page."""
    office.github.issues[number].update(values)


def filed(office: Office, body: str = "", **values: Any) -> int:
    """File a form that is fine; return the number of its issue."""
    number = office.github.add_issue(body or form(), title=TITLE, **values)
    done = office.run(number)
    assert (done.returncode, done.stderr) == (0, ""), done
    return number


FIRST = "tickets/2026/11/SW-20261120-001.md"


def test_a_whole_form_becomes_a_pull_request(office: Office) -> None:
    """The ticket is on a branch, its pull request closes the issue, the answer names both and what comes next and by when."""
    number = office.github.add_issue(form(), title=TITLE)
    done = office.run(number)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"#{number} 已登记为 SW-20261120-001，合并请求 #{number + 1}\n"
    assert office.paths(number) == [FIRST]
    text = office.show(number, FIRST)
    assert "\ntitle: 网关重启后场景丢失\n" in text
    assert "\n  - {at: 2026-11-20 09:10, event: 登记, by: ZL001}\n" in text
    assert "提交之前" not in text
    assert office.ids() == ["SW-20261120-001"]
    pull = office.github.pull(number + 1)
    assert pull["title"] == "登记 SW-20261120-001：网关重启后场景丢失"
    assert f"\nCloses #{number}\n" in pull["body"]
    assert (pull["head"]["ref"], pull["base"]["ref"]) == (f"intake/{number}", "main")
    answer = office.answer(number)
    assert answer.startswith("### 已登记：SW-20261120-001\n")
    assert f"#{number + 1}" in answer
    answer = answer.replace("（已超时）", "")  # whenever this is run
    # Friday morning: the next working day is Monday, the third is Wednesday.
    assert "| 2026-11-23 18:00 | 软件开发组或云平台组 | 完整性审核" in answer
    assert "| 2026-11-25 18:00 | 软件开发组或云平台组 | 受理分配" in answer
    assert "- 使用场景：" in answer
    assert "[SW-20261103-001](" in answer
    author = git(office.remote, "log", "-1", "--format=%an <%ae>|%s", f"intake/{number}")
    assert author == f"fault <fault@faultkb.invalid>|登记 SW-20261120-001（#{number}）"


def test_the_check_accepts_what_is_filed(office: Office) -> None:
    """A checkout of the branch passes the required check."""
    number = filed(office)
    git(office.clone, "fetch", "-q", "origin", f"intake/{number}")
    git(office.clone, "checkout", "-q", "FETCH_HEAD")
    done = inside.run(office.clone, office.environment, "check", "--base", "origin/main")
    assert done.returncode == 0, done.stdout


def test_the_event_tells_which_issue(office: Office) -> None:
    """Without an argument the issue of the event is treated, as the API has it now: an event may be old."""
    number = office.github.add_issue(form(), title=TITLE)
    old = {**office.github.issues[number], "body": "旧的", "updated_at": "2020-01-01T00:00:00Z"}
    assert office.run(event={"action": "opened", "issue": old}).returncode == 0
    assert office.paths(number) == [FIRST]


def test_an_event_may_be_newer_than_the_api(office: Office) -> None:
    """What the event tells counts where the API still answers with an older copy."""
    number = office.github.add_issue(form(), title=TITLE)
    told = {**office.github.issues[number], "title": "[故障] 新的标题", "updated_at": "2099-01-01T00:00:00Z"}
    office.run(event={"action": "edited", "issue": told})
    assert "title: 新的标题" in office.show(number, FIRST)


def test_reported_when_the_issue_was_opened(office: Office) -> None:
    """Without a time in the form the fault was reported when the issue was opened, in the policy's zone."""
    number = office.github.add_issue(form(反馈时间=None), title=TITLE)
    edit(office, number, created_at="2026-11-19T16:30:00Z")
    office.run(number)
    assert "reported_at: 2026-11-20 00:30" in office.show(number, FIRST)


@pytest.mark.parametrize("what", ["question", "pull", "closed"])
def test_what_is_no_form_is_left_alone(office: Office, what: str) -> None:
    """A question, a pull request and a closed issue get no answer and no branch."""
    number = office.github.add_issue("怎么重置网关？" if what == "question" else form(), title=TITLE)
    if what == "pull":
        edit(
            office,
            number,
            pull_request=dict.fromkeys(("url", "html_url", "diff_url", "patch_url"), f"{office.github.server}/x"),
        )
    if what == "closed":
        edit(office, number, state="closed")
    done = office.run(number)
    assert (done.returncode, done.stderr) == (0, "")
    assert "没有处理" in done.stdout
    assert office.github.comments(number) == []
    assert git(office.remote, "branch", "--list", "intake/*") == ""


def test_what_is_missing_or_wrong_is_listed_at_once(office: Office) -> None:
    """No pull request; the answer names every field and what to write."""
    body = form(严重程度="非常高", 涉及版本="_No response_", 受影响用户数="约 300", 反馈人工号=None)
    number = office.github.add_issue(body, title="[故障] ")
    done = office.run(number)
    assert done.returncode == 0
    assert office.github.pulls == []
    assert office.ids() == []
    answer = office.answer(number)
    assert answer.startswith("### 还没有登记：有 5 处要补充或改正\n")
    for said in (
        "**标题**：没有填",
        "**严重程度**：",
        "紧急、高、中、低",
        "**涉及版本**：没有填",
        "**受影响用户数**：",
        "**反馈人工号**：没有填",
    ):
        assert said in answer


PRIVATE = {
    "a number in a text": ({"现象": "用户 13912345678 说重启"}, TITLE, "现象", "手机号码"),
    "a name in its field": ({"反馈人姓名": "张三丰"}, TITLE, "反馈人姓名", "姓名"),
    "a number in the title": ({}, "[故障] 13912345678 的网关重启", "标题", "手机号码"),
    "an address in a field that nobody asked for": ({"联系": "mei.lin@customer-mail.com"}, TITLE, "联系", "邮箱地址"),
    "an id of a user": ({"备注": None, "用户ID": "U77213821", "现象": "重启"}, TITLE, "用户ID", "用户ID"),
    "an identity card": ({"备注": "身份证 11010519491231002X"}, TITLE, "备注", "身份证号码"),
}


@pytest.mark.parametrize("case", PRIVATE)
def test_what_is_private_opens_nothing(office: Office, case: str) -> None:
    """No branch, no id, no pull request; the answer names field and kind, says how to delete it, and never the value."""
    changed, title, where, kind = PRIVATE[case]
    said = {**ANSWERS, **changed}
    if "用户ID" in changed:
        said = {"用户ID": changed["用户ID"], **ANSWERS}
    body = "\n\n".join(f"### {label}\n\n{text}" for label, text in said.items() if text is not None)
    number = office.github.add_issue(body, title=title)
    done = office.run(number)
    assert (done.returncode, done.stderr) == (0, "")
    answer = office.answer(number)
    assert answer.startswith("### 没有登记：里面有个人信息，请先删掉\n")
    assert f"- **{where}**：{kind}" in answer
    assert ("请管理员删掉整个 issue" in answer) if where == "标题" else ("Delete revision from history" in answer)
    for value in ("13912345678", "张三丰", "mei.lin", "U77213821", "11010519491231002X"):
        assert value not in answer + done.stdout
    assert (office.github.pulls, office.ids()) == ([], [])
    assert git(office.remote, "branch", "--list", "intake/*") == ""


def test_what_is_private_is_told_after_the_end_too(office: Office) -> None:
    """A form that has become a fault long ago, and then gets a telephone number, is answered like any other."""
    number = filed(office)
    office.github.issues[number + 1].update(state="closed")
    office.github.issues[number + 1]["pull_request"]["merged_at"] = office.github.now()
    edit(office, number, state="closed", body=form(现象="用户 13912345678 说重启"))
    office.run(number)
    assert "- **现象**：手机号码" in office.answer(number)


def test_a_private_edit_changes_no_pull_request(office: Office) -> None:
    """The ticket on the branch stays as it was; once the value is gone the ticket follows."""
    number = filed(office)
    edit(office, number, body=form(现象="用户 13912345678 说重启"))
    office.run(number)
    assert f"（#{number + 1}）没有动" in office.answer(number)
    assert office.commits(number) == 1
    edit(office, number, body=form(现象="用户说重启"))
    office.run(number)
    assert "用户说重启" in office.show(number, FIRST)
    assert office.commits(number) == 2


def test_what_may_be_private_is_masked(office: Office) -> None:
    """The ticket has the mask, the answer says so and asks to mend the issue."""
    number = filed(office, form(现象="用户张三丰的网关重启，提示 E-1042"))
    text = office.show(number, FIRST)
    assert "用户张*的网关重启" in text
    answer = office.answer(number)
    assert "姓名遮盖为 张" in answer
    assert "三丰" not in answer + office.github.pull(number + 1)["body"]


ATTACK = "$(touch /tmp/x) `id` ${{ secrets.A }} @everyone #1 GH-2 [x](https://evil.example) <img src=x onerror=alert(1)> --> ::set-output name=a::b"


def test_hostile_text_is_only_text(office: Office) -> None:
    """Nothing of an issue is run, mentioned, linked or shown as markup, and nothing of it reaches the log."""
    told = ("现象", "使用场景", "备注")
    body = form(
        **dict.fromkeys(told, f"::add-mask::x\n{ATTACK}\n<!-- faultkb:intake -->"),
        涉及产品=ATTACK[:90],
        地域分布="::error::x",
    )
    number = office.github.add_issue(body, title=f"[故障] {ATTACK}"[:80])
    done = office.run(number)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"#{number} 已登记为 SW-20261120-001，合并请求 #{number + 1}\n"
    pull = office.github.pull(number + 1)
    for text in (pull["title"], pull["body"], office.answer(number)):
        for live in ("@everyone", "#1 ", "GH-2", "](https://evil", "https://evil"):
            assert live not in text
    for text in (pull["body"], office.answer(number)):
        assert "<img" not in text
        assert re.search(r"(?<!\\)`", text) is None
    message = git(office.remote, "log", "-1", "--format=%B", f"intake/{number}")
    assert message == f"登记 SW-20261120-001（#{number}）\n\n由登记表单生成。"


def test_no_text_passes_for_a_field(office: Office) -> None:
    """A heading that somebody writes into a text forges no field: it is a mistake that the answer names, and the first one counts."""
    number = office.github.add_issue(form(现象="重启\n\n### 严重程度\n\n低"), title=TITLE)
    office.run(number)
    assert "### 还没有登记：有 1 处" in office.answer(number)
    assert "严重程度" in office.answer(number)


def test_words_that_steer_workflows_are_none_in_a_title(office: Office) -> None:
    """A squash commit takes the title of the pull request: it must not skip a workflow, nor close an issue."""
    number = office.github.add_issue(form(), title="[故障] 重启 [skip ci] fixes #7")
    office.run(number)
    title = office.github.pull(number + 1)["title"]
    assert "[skip ci]" not in title
    assert "#7" not in title


def test_two_forms_at_once_get_two_ids(office: Office) -> None:
    """Two runs in two clones at the same moment: two ids, two branches, two pull requests."""
    numbers = [office.github.add_issue(form(), title=TITLE) for _ in range(2)]
    other = office.clone.with_name("other")
    git(office.clone.parent, "clone", "-q", "remote.git", "other")
    running = [office.start(number, clone=clone) for number, clone in zip(numbers, (office.clone, other), strict=True)]
    said = [one.communicate(timeout=120) for one in running]
    assert [one.returncode for one in running] == [0, 0], said
    assert office.ids() == ["SW-20261120-001", "SW-20261120-002"]
    assert sorted(office.paths(numbers[0]) + office.paths(numbers[1])) == [FIRST, FIRST.replace("-001", "-002")]


def test_two_runs_of_one_issue_make_one_ticket(office: Office) -> None:
    """Whoever pushes second starts over, keeps the id that is there, and changes nothing."""
    number = office.github.add_issue(form(), title=TITLE)
    other = office.clone.with_name("other")
    git(office.clone.parent, "clone", "-q", "remote.git", "other")
    running = [office.start(number, clone=clone) for clone in (office.clone, other)]
    said = [one.communicate(timeout=120) for one in running]
    assert [one.returncode for one in running] == [0, 0], said
    assert len(office.paths(number)) == 1
    assert len(office.github.pulls) == 1


def test_twice_is_once(office: Office) -> None:
    """A second run changes nothing: no commit, no comment, no pull request, no id."""
    number = filed(office)
    before = sha(office.remote, f"refs/heads/intake/{number}")
    office.github.requests.clear()
    office.run(number)
    assert sha(office.remote, f"refs/heads/intake/{number}") == before
    assert {one.method for one in office.github.requests} == {"GET"}
    assert office.ids() == ["SW-20261120-001"]


def test_an_edit_updates_the_pull_request(office: Office) -> None:
    """The id stays; ticket, title and summary follow; main may have moved meanwhile."""
    number = filed(office)
    git(office.clone, "commit", "-q", "--allow-empty", "-m", "main goes on")
    git(office.clone, "push", "-q", "origin", "HEAD:main")
    edit(office, number, title="[故障] 网关重启后房间丢失", body=form(严重程度="中"))
    assert office.run(number).returncode == 0
    assert office.paths(number) == [FIRST]
    assert "\nseverity: 中\n" in office.show(number, FIRST)
    assert office.commits(number) == 2
    pull = office.github.pull(number + 1)
    assert pull["title"] == "登记 SW-20261120-001：网关重启后房间丢失"
    assert "| 严重程度 | 中 |" in pull["body"]
    assert office.github.pulls == [number + 1]


def test_a_shallow_clone_is_enough(office: Office) -> None:
    """A runner that has the last commit alone files and updates a form, also when main goes on."""
    git(office.clone.parent, "clone", "-q", "--depth=1", office.remote.as_uri(), "shallow")
    office.clone = office.clone.with_name("shallow")
    number = filed(office)
    git(office.clone, "commit", "-q", "--allow-empty", "-m", "main goes on")
    git(office.clone, "push", "-q", "origin", "HEAD:main")
    edit(office, number, body=form(严重程度="中"))
    assert office.run(number).returncode == 0
    second = filed(office)
    assert office.paths(number) == [FIRST]
    assert office.commits(number) == 2
    assert office.paths(second) == [FIRST.replace("-001", "-002")]
    assert int(git(office.remote, "rev-list", "--count", f"intake/{second}")) == 3


def test_main_is_brought_into_the_branch(office: Office) -> None:
    """The button that updates a branch makes a commit of somebody's: the ticket still follows the issue."""
    number = filed(office)
    git(office.clone, "commit", "-q", "--allow-empty", "-m", "main goes on")
    git(office.clone, "push", "-q", "origin", "HEAD:main")
    git(office.clone, "fetch", "-q", "origin", f"intake/{number}")
    git(office.clone, "checkout", "-q", "FETCH_HEAD")
    git(office.clone, "merge", "-q", "--no-edit", "origin/main")
    git(office.clone, "push", "-q", "origin", f"HEAD:intake/{number}")
    git(office.clone, "checkout", "-q", "main")
    edit(office, number, body=form(严重程度="中"))
    office.run(number)
    assert "\nseverity: 中\n" in office.show(number, FIRST)
    assert office.paths(number) == [FIRST]


def test_another_type_is_another_id(office: Office) -> None:
    """The prefix says the type: the ticket gets a new id, the old file is gone, the pull request stays."""
    number = filed(office)
    edit(office, number, body=form(故障类型="硬件故障"))
    assert office.run(number).returncode == 0
    assert office.paths(number) == ["tickets/2026/11/HW-20261120-001.md"]
    assert office.github.pulls == [number + 1]
    assert office.github.pull(number + 1)["title"].startswith("登记 HW-20261120-001：")
    assert office.answer(number).startswith("### 已登记：HW-20261120-001\n")
    edit(office, number, body=form())
    office.run(number)
    assert office.paths(number) == [FIRST], "back again: the id of before"
    assert office.ids() == ["HW-20261120-001", "SW-20261120-001"]


def work_on(office: Office, number: int, change: Callable[[str], str] | None, name: str = "note.txt") -> None:
    """Commit to the branch of an issue as somebody else."""
    git(office.clone, "fetch", "-q", "origin", f"intake/{number}")
    git(office.clone, "checkout", "-q", "FETCH_HEAD")
    path = office.clone / (FIRST if change else name)
    path.write_text(change(path.read_text(encoding="utf-8")) if change else "x", encoding="utf-8")
    git(office.clone, "add", ".")
    git(office.clone, "commit", "-qm", "work")
    git(office.clone, "push", "-q", "origin", f"HEAD:intake/{number}")
    git(office.clone, "checkout", "-q", "main")


def test_what_somebody_else_wrote_stays(office: Office) -> None:
    """Where somebody has changed the same line in the branch, an edit of the issue changes nothing: the answer says where to go.

    It still has the id, and what is due of the ticket as it is there.
    """
    number = filed(office)
    work_on(office, number, lambda text: text.replace("severity: 高", "severity: 紧急"))
    before = sha(office.remote, f"refs/heads/intake/{number}")
    edit(office, number, body=form(严重程度="中"))
    assert office.run(number).returncode == 0
    assert sha(office.remote, f"refs/heads/intake/{number}") == before
    answer = office.answer(number)
    assert answer.startswith(f"### SW-20261120-001 已经有人在 #{number + 1} 里修改\n")
    assert "| 2026-11-20 " in answer, "an urgent fault of Friday morning is due on Friday"


def test_what_others_changed_and_what_the_form_changes_come_together(office: Office) -> None:
    """A suggestion that was accepted stays, through one edit of the form after the other, and the form still counts."""
    number = filed(office)
    work_on(office, number, lambda text: text.replace("severity: 高", "severity: 中"))
    for said in ("先是完全不同", "后来又不同"):
        edit(office, number, body=form(现象=said))
        done = office.run(number)
        assert (done.returncode, done.stderr) == (0, "")
        text = office.show(number, FIRST)
        assert f"\n{said}\n" in text
        assert "\nseverity: 中\n" in text
        assert office.answer(number).startswith("### 已登记：SW-20261120-001\n")
        assert "| 严重程度 | 中 |" in office.github.pull(number + 1)["body"]
        office.github.requests.clear()
        office.run(number)
        assert {one.method for one in office.github.requests} == {"GET"}, "twice is once"
    work_on(office, number, lambda text: text.replace("title: 网关", "title: 二楼网关"))
    edit(office, number, body=form(现象="后来又不同", 备注="楼上也有"))
    office.run(number)
    text = office.show(number, FIRST)
    assert ("title: 二楼网关" in text, "severity: 中" in text, "楼上也有" in text) == (True, True, True)
    assert office.ids() == ["SW-20261120-001"]


def test_a_form_that_says_what_it_said_leaves_the_work_of_others_alone(office: Office) -> None:
    """After somebody's commit a run of the unchanged form says nothing and does nothing; no check is started for that commit."""
    number = filed(office)
    before = office.answer(number)
    work_on(office, number, lambda text: text.replace("severity: 高", "severity: 中"))
    tip = sha(office.remote, f"refs/heads/intake/{number}")
    office.github.requests.clear()
    done = office.run(number, FAULT_DISPATCH="check.yml")
    assert (done.returncode, done.stdout) == (0, f"#{number} 没有变化，没有改动\n")
    assert {one.method for one in office.github.requests} == {"GET"}
    assert (sha(office.remote, f"refs/heads/intake/{number}"), office.answer(number)) == (tip, before)
    edit(office, number, body=form(严重程度="瞎写"))
    office.run(number)
    assert office.answer(number).startswith("### 还没有登记")
    edit(office, number, body=form())
    office.run(number)
    assert office.answer(number) == before


def test_a_merge_that_makes_no_ticket_is_none(office: Office) -> None:
    """What somebody has broken in the branch is not written again in our name."""
    number = filed(office)
    work_on(office, number, lambda text: text.replace("severity: 高", "severity: 高\nseverity: 高"))
    tip = sha(office.remote, f"refs/heads/intake/{number}")
    edit(office, number, body=form(现象="完全不同"))
    assert office.run(number).returncode == 0
    assert sha(office.remote, f"refs/heads/intake/{number}") == tip
    assert "已经有人在" in office.answer(number)


def test_a_merge_survives_a_rebase(office: Office) -> None:
    """Somebody rebases the branch after a merge, which makes it a line: what they had changed is still not taken back."""
    number = filed(office)
    work_on(office, number, lambda text: text.replace("severity: 高", "severity: 中"))
    edit(office, number, body=form(现象="完全不同"))
    office.run(number)
    git(office.clone, "commit", "-q", "--allow-empty", "-m", "main goes on")
    git(office.clone, "push", "-q", "origin", "HEAD:main")
    git(office.clone, "fetch", "-q", "origin", f"intake/{number}")
    git(office.clone, "checkout", "-q", "FETCH_HEAD")
    git(office.clone, "rebase", "-q", "origin/main", "-X", "theirs")
    git(office.clone, "push", "-q", "-f", "origin", f"HEAD:intake/{number}")
    git(office.clone, "checkout", "-q", "main")
    before = office.show(number, FIRST)
    edit(office, number, body=form(现象="完全不同", 备注="楼上也有"))
    assert office.run(number).returncode == 0
    assert office.show(number, FIRST).count("severity: 中") == before.count("severity: 中")


def test_what_else_happens_on_the_branch_does_not_matter(office: Office) -> None:
    """Another file, or main brought into the branch by a button: the ticket still follows the issue."""
    number = filed(office)
    work_on(office, number, None)
    edit(office, number, body=form(现象="完全不同"))
    office.run(number)
    assert "完全不同" in office.show(number, FIRST)
    assert office.show(number, "note.txt") == "x"


@pytest.mark.parametrize("base", ["main", "other"])
def test_a_pull_request_of_a_reader_is_not_ours(office: Office, base: str) -> None:
    """Whoever may read may open a pull request from our branch: the answer never leads to it, open or closed."""
    number = office.github.add_issue(form(), title=TITLE, user="mei")
    office.github.fail("POST", r"/pulls$", 403)
    assert office.run(number).returncode == 1
    git(office.remote, "branch", "other", "main")
    office.github.readers.add("mallory")
    theirs = office.github.add_pull(f"intake/{number}", base=base, title="请看 evil.example", user="mallory")
    if base == "main":  # GitHub allows one between two branches: ours is opened once theirs is closed
        assert office.run(number).returncode != 0
        assert f"#{theirs}" not in office.answer(number)
        office.github.issues[theirs]["state"] = "closed"
    assert office.run(number).returncode == 0
    answer = office.answer(number)
    assert "已登记" in answer
    assert f"#{theirs}" not in answer


def test_a_branch_of_somebody_else_is_not_ours(office: Office) -> None:
    """A branch that happens to have the name, without a ticket of ours, is not touched."""
    number = office.github.add_issue(form(), title=TITLE)
    git(office.clone, "push", "-q", "origin", f"HEAD:refs/heads/intake/{number}")
    office.run(number)
    assert "已经有人在" in office.answer(number)
    assert office.commits(number) == 0


@pytest.mark.parametrize("is_merged", [True, False])
def test_after_the_end_nothing_is_changed(office: Office, is_merged: bool) -> None:  # noqa: FBT001 - parametrized
    """A merged or closed pull request: the answer says which id, where it is and how to add something."""
    number = filed(office)
    office.github.issues[number + 1].update(state="closed")
    if is_merged:
        office.github.issues[number + 1]["pull_request"]["merged_at"] = office.github.now()
        edit(office, number, state="closed")
    before = sha(office.remote, f"refs/heads/intake/{number}")
    edit(office, number, body=form(现象="完全不同"))
    assert office.run(number).returncode == 0
    assert sha(office.remote, f"refs/heads/intake/{number}") == before
    answer = office.answer(number)
    assert answer.startswith("### SW-20261120-001 已经登记完成" if is_merged else "### SW-20261120-001 的登记已经关闭")


@pytest.mark.parametrize(
    ("method", "pattern"), [("POST", "/pulls$"), ("POST", "/comments$"), ("GET", "/issues/"), ("GET", "/pulls")]
)
def test_what_broke_off_is_finished_by_the_next_run(office: Office, method: str, pattern: str) -> None:
    """Pushed without a pull request, a pull request without an answer: the next run finishes it, with the same id."""
    number = office.github.add_issue(form(), title=TITLE)
    office.github.fail(method, pattern, 404)
    broken = office.run(number)
    assert broken.returncode == 2
    assert "Traceback" not in broken.stderr
    assert office.run(number).returncode == 0
    assert office.paths(number) == [FIRST]
    assert (office.commits(number), len(office.github.pulls), len(office.github.comments(number))) == (1, 1, 1)


@pytest.mark.parametrize("status", [500, 0])
def test_a_breakdown_is_told_and_costs_no_id(office: Office, status: int) -> None:
    """GitHub fails while the pull request is opened: the clerk is told that it is not the form, the log says why in Chinese."""
    number = office.github.add_issue(form(), title=TITLE)
    office.github.fail("POST", "/pulls$", status, times=20)
    done = office.run(number)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("错误：GitHub 暂时出错（500）" if status else "错误：连接不上 GitHub")
    assert done.stderr.count("\n") == 1
    assert office.answer(number).startswith("### 没有处理完：是程序这边的原因\n")
    office.github.failures.clear()
    office.run(number)
    assert office.answer(number).startswith("### 已登记：SW-20261120-001\n")
    assert office.ids() == ["SW-20261120-001"]


def test_a_branch_that_may_not_be_pushed_costs_one_id(office: Office) -> None:
    """Ids may be reserved and branches not made: the clerk is told, and each retry has the id of the first."""
    number = office.github.add_issue(form(), title=TITLE)
    hook = office.remote / "hooks/update"
    hook.write_text('#!/bin/sh\ncase "$1" in refs/heads/*) exit 1;; esac\n', encoding="utf-8")
    hook.chmod(0o755)
    for _ in range(2):
        done = office.run(number)
        assert done.returncode == 1
        assert office.answer(number).startswith("### 没有处理完：是程序这边的原因\n")
    assert office.ids() == ["SW-20261120-001"]
    second = office.github.add_issue(form(), title=TITLE)
    office.run(second)
    assert office.ids() == ["SW-20261120-001", "SW-20261120-002"], "an id of issue 12 is not that of issue 13"
    hook.unlink()
    office.run(number)
    assert office.paths(number) == [FIRST]


def test_what_was_a_form_is_never_passed_over_in_silence(office: Office) -> None:
    """Whose headings are gone: what is private in it is named, else that nothing can be read; the ticket stays."""
    number = filed(office)
    edit(office, number, body="用户 13912345678 说重启\n\n### 现象\n\n重启")
    office.run(number)
    assert office.answer(number).startswith("### 没有登记：里面有个人信息，请先删掉\n")
    assert "13912345678" not in office.answer(number)
    edit(office, number, body="用户说重启")
    done = office.run(number)
    assert (done.returncode, done.stdout) == (0, f"#{number} 认不出栏目，没有登记，已回复\n")
    assert office.answer(number).startswith("### 认不出栏目了，这次的修改没有登记\n")
    assert office.commits(number) == 1
    edit(office, number, body=form())
    office.run(number)
    assert office.answer(number).startswith("### 已登记：SW-20261120-001\n")


def test_an_answer_alone_makes_a_form(office: Office) -> None:
    """Without a pull request it is our answer that says that an issue was a form, also once it is closed."""
    number = office.github.add_issue(form(严重程度="瞎写"), title=TITLE)
    office.run(number)
    edit(office, number, body="电话 13912345678", state="closed")
    office.run(number)
    assert office.answer(number).startswith("### 没有登记：里面有个人信息")


def closing(office: Office, number: int, action: str) -> dict[str, Any]:
    """Let an issue be closed, reopened or deleted; return the event."""
    edit(office, number, state="open" if action == "reopened" else "closed")
    return {"action": action, "issue": office.github.issues[number]}


@pytest.mark.parametrize("action", ["closed", "deleted"])
def test_a_form_that_goes_is_asked_about(office: Office, action: str) -> None:
    """One comment in the pull request asks whether it is still wanted; nothing follows the form until it is open again."""
    number = filed(office)
    event = closing(office, number, action)
    if action == "deleted":
        office.github.fail("GET", f"/issues/{number}$", 410, times=99)
    edit(office, number, body=form(现象="完全不同"))
    for _ in range(2):
        done = office.run(event=event)
        assert (done.returncode, done.stderr) == (0, "")
    (asked,) = office.github.comments(number + 1)
    assert asked["body"].startswith(
        f"### 登记人{'关闭' if action == 'closed' else '删除'}了表单 #{number}，请确认还要不要\n"
    )
    assert office.commits(number) == 1
    assert office.answer(number).startswith("### 已登记")
    if action == "closed":
        office.run(event=closing(office, number, "reopened"))
        (asked,) = office.github.comments(number + 1)
        assert asked["body"].startswith("### 继续：")
        assert "完全不同" in office.show(number, FIRST)


def test_a_merge_closes_the_form_without_a_word(office: Office) -> None:
    """``Closes #12`` closes the issue when its pull request is merged: that is the end, and nothing to ask about."""
    number = filed(office)
    before = office.answer(number)
    office.github.issues[number + 1].update(state="closed")
    office.github.issues[number + 1]["pull_request"]["merged_at"] = office.github.now()
    assert office.run(event=closing(office, number, "closed")).returncode == 0
    assert office.github.comments(number + 1) == []
    assert office.answer(number) == before


@pytest.mark.parametrize(("association", "is_filed"), [("NONE", False), ("CONTRIBUTOR", False), ("COLLABORATOR", True)])
def test_in_public_only_members_file(office: Office, association: str, is_filed: bool) -> None:  # noqa: FBT001 - parametrized
    """Where everybody may write an issue, a stranger's makes no branch and gets no answer."""
    office.github.private = False
    number = office.github.add_issue(form(), title=TITLE)
    edit(office, number, author_association=association)
    done = office.run(number)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(office.github.comments(number)) == len(office.github.pulls) == len(office.ids()) == int(is_filed)


def test_a_duplicate_that_waits_is_named(office: Office) -> None:
    """Two clerks file the same outage one after the other: the second is told of the pull request of the first, while it is open."""
    number = office.github.add_issue(form(), title="[故障] 壁挂灯泡闪烁蓝光异常")
    office.run(number)
    assert "待合并" not in office.answer(number)
    second = office.github.add_issue(form(), title="[故障] 壁挂灯泡闪烁蓝光")
    done = office.run(second)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"- SW-20261120-001 壁挂灯泡闪烁蓝光异常（待合并，见 #{number + 1}）" in office.answer(second)
    office.github.issues[number + 1].update(state="closed")
    third = office.github.add_issue(form(), title="[故障] 壁挂灯泡闪烁蓝光")
    office.run(third)
    assert "SW-20261120-001" not in office.answer(third)
    assert f"SW-20261120-002 壁挂灯泡闪烁蓝光（待合并，见 #{second + 1}）" in office.answer(third)


def test_a_laptop_finds_the_answer_of_the_workflow(office: Office) -> None:
    """With a personal token there is still one answer, and it is brought up to date; then the workflow finds it again."""
    number = filed(office)
    laptop = {"GITHUB_ACTIONS": "", "GITHUB_TOKEN": office.github.grant(None, "li")}
    edit(office, number, body=form(严重程度="瞎写"))
    done = office.run(number, **laptop)
    assert (done.returncode, done.stderr) == (0, "")
    assert office.answer(number).startswith("### 还没有登记")
    first = office.github.add_issue(form(严重程度="瞎写"), title=TITLE)
    office.run(first, **laptop)
    office.run(first, **laptop)
    (said,) = office.github.comments(first)
    assert said["user"]["login"] == "li"


def test_the_words_of_another_program_are_not_ours(office: Office) -> None:
    """A robot that translates our answer, mark and all, is left alone; that of our App is us."""
    number = office.github.add_issue(form(严重程度="瞎写"), title=TITLE)
    for robot in ("translate[bot]", "li"):
        office.github.add_comment(number, "Filed\n\n<!-- faultkb:intake -->", user=robot)
    office.run(number)
    texts = [one["body"].partition("\n")[0] for one in office.github.comments(number)]
    assert texts == ["Filed", "Filed", "### 还没有登记：有 1 处要补充或改正"]
    app = {"GITHUB_TOKEN": office.github.grant(None, "qiyun-faults[bot]"), "FAULT_APP_SLUG": "qiyun-faults"}
    other = office.github.add_issue(form(), title=TITLE)
    for severity in ("瞎写", "高"):
        edit(office, other, body=form(严重程度=severity))
        assert office.run(other, **app).returncode == 0
    assert office.answer(other).startswith("### 已登记")


def test_without_a_reserved_id_nothing_is_filed(office: Office) -> None:
    """A remote that lets nobody write: no branch, no pull request; the answer says to try again, the run is red."""
    number = office.github.add_issue(form(), title=TITLE)
    hook = office.remote / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    done = office.run(number)
    assert done.returncode == 1
    assert office.answer(number).startswith("### 还没有登记：暂时取不到编号\n")
    assert office.github.pulls == []
    hook.unlink()
    assert office.run(number).returncode == 0
    assert office.answer(number).startswith("### 已登记：")


def test_pull_requests_may_be_forbidden_to_workflows(office: Office) -> None:
    """GitHub's default setting refuses: the ticket is on the branch, the answer says what an administrator must do."""
    number = office.github.add_issue(form(), title=TITLE)
    office.github.fail("POST", "/pulls$", 403)
    done = office.run(number)
    assert done.returncode == 1
    assert office.answer(number).startswith("### 编号已取得：SW-20261120-001，还差一步\n")
    assert "Allow GitHub Actions to create and approve pull requests" in office.answer(number)
    assert office.run(number).returncode == 0
    assert office.answer(number).startswith("### 已登记：SW-20261120-001\n")


def test_the_required_check_never_hangs(office: Office) -> None:
    """After a push the workflow is started and the status pending; a second run starts none; the verdict ends it."""
    number = office.github.add_issue(form(), title=TITLE)
    office.run(number, FAULT_DISPATCH="check.yml")
    head = sha(office.remote, f"refs/heads/intake/{number}")
    (asked,) = office.github.dispatches
    assert asked["ref"] == f"intake/{number}"
    states = [(one["url"].rpartition("/")[2], one["context"], one["state"]) for one in office.github.statuses]
    assert states == [(head, "检查", "pending")]
    office.run(number, "--dispatch", "check.yml")
    assert len(office.github.dispatches) == 1
    told = office.run("--verdict", "success", GITHUB_SHA=head, GITHUB_RUN_ID="77")
    assert told.returncode == 0
    last = office.github.statuses[-1]
    assert (last["url"].rpartition("/")[2], last["context"], last["state"]) == (head, "检查", "success")
    assert last["target_url"].endswith("/qiyun/faults/actions/runs/77")


def ordered(office: Office, number: int, state: str, at: str, **options: Any) -> int:
    """Count the checks that a run orders for a form whose last status is of a moment."""
    office.github.statuses[-1].update(state=state, created_at=at, updated_at=at)
    before = len(office.github.dispatches)
    event = {"action": options.pop("action", "edited"), "issue": office.github.issues[number]}
    office.run(event=event, FAULT_DISPATCH="check.yml", **options)
    return len(office.github.dispatches) - before


def test_a_check_that_died_is_ordered_again(office: Office) -> None:
    """Pending for more than 90 minutes is over; what has failed is tried again when asked for, or when main has moved since."""
    number = filed(office)
    office.run(number, FAULT_DISPATCH="check.yml")
    now, old = office.github.now(), "2026-11-01T00:00:00Z"
    assert ordered(office, number, "pending", now) == 0
    assert ordered(office, number, "pending", old) == 1
    assert ordered(office, number, "success", old) == 0
    future = "2099-01-01T00:00:00Z"
    assert ordered(office, number, "failure", future) == 0
    assert ordered(office, number, "failure", future, action="reopened") == 1
    assert ordered(office, number, "failure", future, GITHUB_RUN_ATTEMPT="2") == 1
    assert ordered(office, number, "failure", old) == 1, "main is newer"
    office.github.statuses[-1].update(state="failure", updated_at=future)
    office.run(number, FAULT_DISPATCH="check.yml")
    assert len(office.github.dispatches) == 6, "by hand"


def test_a_check_that_cannot_be_started_is_told(office: Office) -> None:
    """The status says error, the answer what an administrator must do, the run is red; the next run asks again."""
    number = office.github.add_issue(form(), title=TITLE)
    office.github.fail("POST", "/dispatches$", 403)
    assert office.run(number, "--dispatch", "check.yml").returncode == 1
    assert [one["state"] for one in office.github.statuses] == ["error"]
    assert "自动检查没有启动" in office.answer(number)
    assert office.run(number, "--dispatch", "check.yml").returncode == 0
    assert [one["state"] for one in office.github.statuses] == ["error", "pending"]
    assert "自动检查没有启动" not in office.answer(number)


def picture() -> bytes:
    """Return a photograph that says where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = "from the living room"
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_pictures_go_with_the_ticket(office: Office) -> None:
    """Uploads are fetched, cleaned and put beside the ticket; what is refused is a word; another id takes them along."""
    shot = office.github.attach(picture(), kind="image/jpeg")
    log = office.github.attach(b"boot E-1042\n", kind="text/plain", name="boot.log")
    packed = office.github.attach(b"PK\x03\x04", kind="application/zip", name="all.zip")
    text = (
        f'<img width="300" alt="现场" src="{shot}" />\n\n[boot.log]({log})\n\n[all.zip]({packed})\n\n'
        "![外链](https://evil.example/x.png)"
    )
    number = filed(office, form(现象=f"重启，提示 E-1042\n\n{text}"))
    ticket, *beside = sorted(office.paths(number), key=len)
    assert ticket == FIRST
    jpeg, log_file = sorted(beside, key=lambda name: name.endswith(".log"))
    shown = office.show(number, FIRST)
    assert f"![现场]({jpeg.removeprefix('tickets/2026/11/')})" in shown
    assert f"[boot.log]({log_file.removeprefix('tickets/2026/11/')})" in shown
    assert "（附件没有收进来：all.zip）" in shown
    assert "evil.example" not in shown
    raw = subprocess.run(
        ["git", "-C", str(office.remote), "show", f"intake/{number}:{jpeg}"], check=True, capture_output=True
    ).stdout
    assert raw.startswith(b"\xff\xd8\xff")
    assert b"living room" not in raw
    answer = office.answer(number)
    assert "附件“all.zip”没有收进来" in answer
    assert "附件“外链”没有收进来" in answer
    fetched = len(office.github.downloads)
    edit(office, number, body=form(故障类型="硬件故障", 现象=f"重启，提示 E-1042\n\n{text}"))
    assert office.run(number).returncode == 0
    assert sorted(office.paths(number)) == sorted(one.replace("SW-", "HW-") for one in (ticket, *beside))
    # Only what was refused is asked for again.
    assert "".join(one.path for one in office.github.downloads[fetched:]).count("/user-attachments/") <= 1

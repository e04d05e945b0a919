"""`fault watch` and `fault calendar --remind` as a workflow runs them: a server for git and the API, and the services' own formats.

The token may do what .github/workflows/sla-watch.yml grants and no more. Moments are in November 2026; the 2nd is a Monday.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from faultkb.calendar import published_years
from tests import inside
from tests.workflows.sink import Sink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.workflows.github import GitHub

ID = "SW-20261102-001"
PATH = f"tickets/2026/11/{ID}.md"
EVENTS = ("2026-11-02 09:00 登记", "2026-11-02 10:00 受理 due_at: '2026-11-09 18:00'")
GRANTS = {"contents": "write", "issues": "write", "pull-requests": "read"}
ADDRESSES = """
software = wecombot://633a31f6-7f9c-4bc4-97a0-0ec1eefa589f
cloud = feishu://0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0
product = dingtalk://SEC0123456789@a1b2c3d4e5f60718293a
"""
WECOM, FEISHU, DINGTALK = "qyapi.weixin.qq.com", "open.feishu.cn", "oapi.dingtalk.com"


def git(folder: Path, *arguments: str) -> str:
    """Run git and return what it says."""
    command = ["git", "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@faultkb.invalid", *arguments]
    return subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout.strip()


class Place:
    """A clone of a repository on the stand-in, and what happens there."""

    def __init__(self, folder: Path, root: Path, github: GitHub, write: Callable[..., str]) -> None:
        self.folder, self.root, self.github, self.write = folder / "clone", root, github, write
        self.bare = folder / "remote.git"
        git(folder, "init", "-q", "--bare", "-b", "main", str(self.bare))
        git(self.bare, "config", "http.receivepack", "true")
        git(folder, "init", "-q", "-b", "main", str(self.folder))
        shutil.copytree(root / "schema", self.folder / "schema")
        (self.folder / "tickets").mkdir()
        git(self.folder, "remote", "add", "origin", github.clone_url)
        github.remote = self.bare
        github.token = github.grant(GRANTS)
        self.sink = Sink(folder)

    def put(self, *events: str, path: str = PATH, branch: str = "", **fields: str) -> None:
        """Write a fault into the checkout, or into a branch of the remote alone."""
        text = self.write(*events, **{"channel": "内部测试", "id": path[-18:-3], **fields})
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if branch:
            git(self.folder, "switch", "-q", "-c", branch)
        file.write_text(text, encoding="utf-8")
        git(self.folder, "add", "-A")
        git(self.folder, "commit", "-q", "-m", "fault")
        git(self.folder, "push", "-q", str(self.bare), "HEAD")
        if branch:
            git(self.folder, "switch", "-q", "main")
            git(self.folder, "branch", "-q", "-D", branch)

    def command(self, *arguments: str) -> list[str]:
        """Return the command line."""
        return [sys.executable, "-m", "faultkb", "--root", str(self.folder), *arguments]

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment of a job."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "FAULT_"))}
        both = {**kept, **self.github.environment, **self.sink.environment, "PYTHONPATH": str(self.root / "tools")}
        return {**both, "FAULT_NOTIFY": ADDRESSES, "GITHUB_RUN_ID": "4711", **more}

    def run(self, *arguments: str, code: int = 0, **more: str) -> str:
        """Run a command; return what it says on both streams, in which no secret may stand."""
        done = inside.run(self.folder, self.environment(**more), *arguments)
        said = f"{done.stdout}\n{done.stderr}"
        assert done.returncode == code, said
        assert not any(
            secret in said for secret in ("633a31f6", "0f1e2d3c", "SEC0123456789", "a1b2c3d4", self.github.token)
        )
        assert "Traceback" not in said
        return said

    def watch(self, moment: str, *arguments: str, code: int = 0, **more: str) -> str:
        """Run ``fault watch`` at a moment of November 2026."""
        return self.run("watch", "--as-of", f"2026-11-{moment}", *arguments, code=code, **more)

    def messages(self, host: str) -> list[str]:
        """Return the texts that a service got, and forget them."""
        got = [one.body for one in self.sink.received if one.host == host]
        self.sink.received[:] = [one for one in self.sink.received if one.host != host]
        return [body["content"]["text"] if "content" in body else body["text"]["content"] for body in got]

    def state(self) -> dict[str, Any]:
        """Return the state on the remote."""
        found: dict[str, Any] = json.loads(git(self.bare, "show", "refs/fault-state/watch:state.json"))
        return found

    def board(self) -> str:
        """Return the one board."""
        (found,) = [one for one in self.github.issues.values() if one["title"] == "SLA 看板"]
        return str(found["body"])


@pytest.fixture
def place(tmp_path: Path, root: Path, github: GitHub, write_text: Callable[..., str]) -> Iterator[Place]:
    """Return a repository without faults."""
    found = Place(tmp_path, root, github, write_text)
    yield found
    found.sink.stop()


def writes(github: GitHub) -> list[str]:
    """Return what was changed through the API, and forget all requests."""
    found = [one.name for one in github.requests if one.method != "GET"]
    github.requests.clear()
    return found


def test_two_runs_send_one_message_and_make_one_board(place: Place, github: GitHub) -> None:
    """Each thing once; the board is edited only when something has happened."""
    place.put(*EVENTS)
    place.watch("10 10:00")
    (text,) = place.messages(WECOM)
    assert text.split("\r\n")[0] == "故障提醒｜软件开发组｜11-10 10:00"
    assert f"【超时】中 {ID} " in text
    assert f"{github.server}/{github.repository}/blob/HEAD/{PATH}" in text
    assert writes(github) == ["issues/create"]
    assert f"[{ID}]({github.server}/{github.repository}/blob/HEAD/{PATH})" in place.board()
    assert "没有新的消息" in place.watch("10 10:30")
    assert place.sink.received == []
    assert writes(github) == []
    place.put(*EVENTS, "2026-11-10 10:40 提交验证")
    place.watch("10 11:00")
    assert place.sink.received == []
    assert writes(github) == ["issues/update"]
    assert "超时 **0**" in place.board()


def test_an_outage_loses_nothing(place: Place) -> None:
    """Nobody looked from Friday to Thursday: what was late and is done, a risk, and what is urgent and over are told."""
    place.put(*EVENTS)
    place.watch("05 10:00")
    assert place.sink.received == []
    place.put(*EVENTS, "2026-11-10 22:00 风险", "2026-11-11 10:00 提交验证")
    place.put(
        "2026-11-08 01:00 登记", "2026-11-08 09:00 作废", path="tickets/2026/11/SW-20261108-001.md", severity="紧急"
    )
    place.watch("12 10:00")
    (team,) = [text for text in place.messages(WECOM) if "周报" not in text]  # whose Monday was missed, too
    assert "已超时完成（11-11 10:00，超时 2 个工作日）" in team
    assert "【紧急】SW-20261108-001" in team
    (head,) = [text for text in place.messages(DINGTALK) if "周报" not in text]
    assert "【风险】中 SW-20261102-001" in head
    assert "【紧急】SW-20261108-001" in head


def test_a_first_run_on_a_saturday(place: Place) -> None:
    """What waits for working time waits for Monday; what is past is past then, too."""
    place.put(*EVENTS)
    over = "tickets/2026/11/SW-20261102-002.md"
    place.put(*EVENTS, "2026-11-11 22:00 风险", "2026-11-12 10:00 提交验证", "2026-11-13 10:00 作废", path=over)
    place.watch("14 10:00")
    assert place.sink.received == []
    place.watch("16 09:00")
    (text, pack) = place.messages(WECOM)
    assert "周报" in pack
    assert "SW-20261102-002" not in text
    assert [text for text in place.messages(DINGTALK) if "周报" not in text] == []


@pytest.mark.parametrize("shallow", [False, True])
def test_faults_of_open_intake_pull_requests_count(place: Place, github: GitHub, *, shallow: bool) -> None:
    """At once, although nobody has merged; those of a branch of another name do not; merged, nothing is said again."""
    place.put(*EVENTS, "2026-11-03 10:00 提交验证")
    urgent = "tickets/2026/11/SW-20261107-001.md"
    place.put("2026-11-07 00:30 登记", path=urgent, branch="intake/12", severity="紧急")
    place.put("2026-11-07 00:30 登记", path="tickets/2026/11/SW-20261107-002.md", branch="mine", severity="紧急")
    number = github.add_pull("intake/12")
    github.add_pull("mine")
    if shallow:  # as a workflow checks out
        shutil.rmtree(place.folder)
        git(place.bare, "clone", "-q", "--depth=1", f"file://{place.bare}", str(place.folder))
        git(place.folder, "remote", "set-url", "origin", github.clone_url)
    place.watch("07 00:45")
    assert not (place.folder / urgent).exists()
    (text,) = place.messages(DINGTALK)
    assert "SW-20261107-001" in text
    assert f"（登记待合并 #{number}）" in text
    assert f"{github.server}/{github.repository}/pull/{number}" in text
    assert "SW-20261107-002" not in text
    assert f"待合并 [#{number}]" in place.board()
    assert "· 未关闭 **2**" in place.board(), "what main has counts once, although the branch has it, too"
    place.messages(WECOM), place.messages(FEISHU)
    place.put("2026-11-07 00:30 登记", path=urgent, severity="紧急")
    github.issues[number]["state"] = "closed"
    place.watch("07 01:15")
    assert place.sink.received == []
    assert "待合并" not in place.board()


def test_a_hostile_ticket_of_a_pull_request_is_text(place: Place, github: GitHub) -> None:
    """Mentions, links, markup and a phone number in a title, a link in place of a file, and a file that is no ticket."""
    place.put(*EVENTS, "2026-11-03 10:00 提交验证")
    title = """'<at user_id="all">x</at> @all [y](http://evil.example) $(id) 13800135512'"""
    (place.folder / "tickets/2026/11/SW-20261107-003.md").write_text("no ticket", encoding="utf-8")
    (place.folder / "tickets/2026/11/SW-20261107-004.md").symlink_to("/etc/passwd")
    place.put(
        "2026-11-07 00:30 登记",
        path="tickets/2026/11/SW-20261107-001.md",
        branch="intake/1",
        severity="紧急",
        title=title,
    )
    github.add_pull("intake/1")
    place.watch("07 00:45")
    said = "".join([*place.messages(DINGTALK), *place.messages(FEISHU), *place.messages(WECOM), place.board()])
    assert "SW-20261107-001" in said
    assert not re.search(r"<at|@all|\]\(http://evil|http://evil|13800135512|root:", said)


def test_one_bad_address_stops_nobody(place: Place) -> None:
    """企业微信 refuses with status 200: the others are told once; it is tried again, and told once."""
    place.put("2026-11-10 09:55 登记", severity="紧急")
    place.sink.answers[WECOM] = (200, {"errcode": 45009, "errmsg": "api freq out of limit"})
    said = place.watch("10 10:00", code=1)
    assert "1 条通知没有送到（software）" in said
    assert [len(place.messages(host)) for host in (WECOM, FEISHU, DINGTALK)] == [1, 1, 1]
    assert "通知没有送到：software，1 条，最早的自 2026-11-10 10:00 起" in place.board()
    del place.sink.answers[WECOM]
    place.watch("10 10:30")
    (again,) = place.messages(WECOM)
    assert "11-10 10:00" in again
    assert "可能重复" not in again
    assert place.sink.received == []
    assert "没有送到" not in place.board()


def test_a_run_that_is_killed_while_it_sends(place: Place) -> None:
    """Between taking a message and recording its outcome: it is sent again with a word and the same number, nothing else is."""
    place.put("2026-11-10 09:55 登记", severity="紧急")
    running = subprocess.Popen(
        place.command("watch", "--as-of", "2026-11-10 10:00"), env=place.environment(), stdout=-3, stderr=-3
    )
    place.sink.before = lambda got: os.kill(running.pid, signal.SIGKILL) if got.host == WECOM else None
    assert running.wait(60) == -signal.SIGKILL
    place.sink.before = lambda _: None
    (first,) = place.messages(WECOM)
    place.sink.received.clear()
    place.watch("10 10:30")
    (again,) = place.messages(WECOM)
    assert again.startswith(first)
    assert "可能重复：上次没有收到回执" in again
    hosts = {one.host for one in place.sink.received}
    assert hosts <= {FEISHU, DINGTALK}
    place.sink.received.clear()
    place.watch("10 11:00")
    assert place.messages(WECOM) == []


def test_a_token_that_may_not_write_sends_nothing(place: Place, github: GitHub) -> None:
    """What cannot be written down is not said."""
    place.put(*EVENTS)
    github.token = github.grant({**GRANTS, "contents": "read"})
    assert "contents: write" in place.watch("10 10:00", code=2)
    assert place.sink.received == []


def test_without_pull_requests_the_rest_is_told(place: Place, github: GitHub) -> None:
    """GitHub's API does not show them: faults of the checkout are told of, and somebody learns what was not seen."""
    place.put(*EVENTS)
    github.fail("GET", "pulls", 404)
    assert "看不到还没有合并的登记" in place.watch("10 10:00")
    assert len(place.messages(WECOM)) == 1


def test_a_server_that_is_down_sends_nothing(place: Place, github: GitHub) -> None:
    """Neither git nor the API answers: exit code 2; the next run says it all."""
    place.put(*EVENTS)
    place.watch("05 10:00")
    git(place.folder, "remote", "set-url", "origin", "http://127.0.0.1:9/x.git")
    assert "错误" in place.watch("10 10:00", code=2)
    assert place.sink.received == []
    git(place.folder, "remote", "set-url", "origin", github.clone_url)
    place.watch("10 20:30")
    assert place.sink.received == []
    place.watch("11 09:00")
    assert [f"【超时】中 {ID} " in text for text in place.messages(WECOM)] == [
        True,
        False,
    ]  # the other is the weekly pack


@pytest.mark.parametrize("ahead", [timedelta(hours=5), timedelta(hours=-5)])
def test_the_clock_of_the_server_counts(ahead: timedelta, place: Place, github: GitHub) -> None:
    """A machine whose clock is five hours wrong goes by the Date header, and says so."""
    place.put("2026-11-02 09:00 登记", "2026-11-02 10:00 作废")
    github.skew = ahead.total_seconds()
    assert "按服务器的时间" in place.run("watch")
    wanted = datetime.now(UTC) + timedelta(hours=8) + ahead  # noqa: TID251 - what the server says, in Shanghai
    assert abs(datetime.fromisoformat(place.state()["as_of"]) - wanted.replace(tzinfo=None)) < timedelta(minutes=3)


def test_a_clock_that_was_far_ahead_once_does_no_harm_for_ever(place: Place) -> None:
    """A run with a clock in 2030 is followed by one that goes by the server's, and one that has nothing to remark."""
    place.put("2026-11-02 09:00 登记", "2026-11-02 10:00 作废")
    place.run("watch", "--as-of", "2030-01-01 10:00")
    assert "当时的时钟不对" in place.run("watch")
    assert place.state()["as_of"] < "2030"
    assert "时钟" not in place.run("watch")


def test_time_does_not_run_backwards(place: Place) -> None:
    """A run whose clock is an hour behind the last one's goes by that; two days behind, it says nothing at all."""
    place.put(*EVENTS)
    place.watch("10 10:00")
    assert "按上次的时间" in place.watch("10 09:00")
    assert "校准时钟" in place.watch("08 09:00", code=2)


PACK = [f"weekly-2026-11-09.{ending}" for ending in ("docx", "html", "xlsx")]


def test_the_weekly_pack(place: Place, tmp_path: Path, github: GitHub) -> None:
    """On Monday morning once, to the product head and every team that has an address, with figures and a link to the run."""
    place.put(*EVENTS)
    folder = tmp_path / "pack"
    place.watch("13 10:00", "--pack", str(folder))
    assert not folder.exists()
    place.sink.received.clear()
    place.watch("16 09:00", "--pack", str(folder))
    assert sorted(path.name for path in folder.iterdir()) == PACK
    assert {(folder / name).read_bytes()[:2] for name in PACK if "html" not in name} == {b"PK"}
    for host in (WECOM, FEISHU, DINGTALK):
        (text,) = place.messages(host)
        assert "故障周报｜2026-11-09 至 2026-11-15" in text
        assert "新登记 0" in text
        assert "未关闭 1" in text
        assert f"{github.server}/{github.repository}/actions/runs/4711" in text
    place.watch("16 09:30", "--pack", str(folder))
    assert place.sink.received == []


def test_a_dry_run_changes_nothing(place: Place, github: GitHub) -> None:
    """It shows messages and board; no message, no issue, no ref."""
    place.put(*EVENTS)
    said = place.watch("10 10:00", "--dry-run")
    assert "—— 发给 software" in said
    assert "—— 看板" in said
    assert place.sink.received == []
    assert writes(github) == []
    assert "fault-state" not in git(place.bare, "for-each-ref")


def test_without_github_people_are_told_all_the_same(place: Place) -> None:
    """GitLab, or a laptop: no board, no pull requests; the remote of the clone keeps the state."""
    place.put(*EVENTS)
    git(place.folder, "remote", "set-url", "origin", str(place.bare))
    said = place.watch("10 10:00", GITHUB_TOKEN="", GITHUB_REPOSITORY="", GITHUB_ACTIONS="")
    assert "没有看板" in said
    assert len(place.messages(WECOM)) == 1


def test_the_board_is_ours_alone(place: Place, github: GitHub) -> None:
    """An issue that somebody else has written, marker and all, is never overwritten; ours is opened again, or made again."""
    theirs = github.add_issue("我的\n\n<!-- faultkb:sla-board -->", title="别的", user="mei", labels=["sla-board"])
    place.put(*EVENTS)
    place.watch("10 10:00")
    assert github.issues[theirs]["body"].startswith("我的")
    number = place.state()["board"]
    assert number != theirs
    github.issues[number]["state"] = "closed"
    place.watch("10 10:30")
    assert github.issues[number]["state"] == "open"
    github.issues[number]["body"] = "somebody wrote over it"
    place.watch("10 11:00")
    assert place.state()["board"] != number


def test_a_board_that_was_deleted_is_made_again(place: Place, github: GitHub) -> None:
    """GitHub says 410 of its number; what its number was is forgotten."""
    place.put(*EVENTS)
    place.watch("10 10:00")
    number = place.state()["board"]
    github.add_issue("别的")
    del github.issues[number]
    github.fail("GET", f"issues/{number}$", 410)
    place.watch("10 10:30")
    assert place.state()["board"] > number
    assert place.board()


def test_without_addresses_the_board_and_the_run_say_it(place: Place) -> None:
    """What is to be said waits for an address; what is closed until there is one is not said any more."""
    place.put(*EVENTS)
    place.put(*EVENTS, path="tickets/2026/11/SW-20261102-002.md", type="硬件故障", team="硬件研发组")
    said = place.watch("10 10:00", FAULT_NOTIFY="")
    assert f"没有地址可以通知：【超时】{ID}｜计划完成，11-09 18:00 到期，超时 1 个工作日" in said
    assert "还没有通知地址：hardware、software" in place.board()
    assert "没有地址可以通知" not in place.watch("10 10:30", FAULT_NOTIFY="")
    place.watch("10 11:00")
    (text,) = [text for text in place.messages(WECOM) if "周报" not in text]
    assert ID in text
    place.watch("10 11:30")
    assert place.messages(WECOM) == []


def test_what_was_closed_while_it_waited_is_not_told(place: Place) -> None:
    """The secret lost a name: an address that comes back brings what still matters."""
    place.put(*EVENTS)
    place.watch("10 10:00", FAULT_NOTIFY=ADDRESSES.replace("software", "# software"))
    place.sink.received.clear()
    place.put(*EVENTS, "2026-11-10 10:10 作废")
    place.watch("10 10:30", FAULT_NOTIFY=ADDRESSES.replace("software", "# software"))
    place.watch("10 11:00")
    assert place.messages(WECOM) == []


def test_what_nobody_takes_is_given_up_aloud(place: Place) -> None:
    """After two weeks: the run and the board say how many and to whom, until something arrives there."""
    place.put(*EVENTS)
    place.sink.answers[WECOM] = (200, {"errcode": 93000, "errmsg": "invalid webhook url"})
    place.watch("10 10:00", code=1)
    assert "提醒：1 条旧通知没有送到，不再发：software" in place.watch("25 20:00")
    assert "1 条旧通知没有送到，不再发：software（1 条）" in place.board()
    del place.sink.answers[WECOM]
    place.put("2026-11-25 20:30 登记", path="tickets/2026/11/SW-20261125-001.md", severity="紧急")
    place.watch("25 20:31")
    assert "旧通知" not in place.board()


def test_an_address_that_makes_no_sense_is_named(place: Place) -> None:
    """By its name; the message waits for a better one."""
    place.put(*EVENTS)
    said = place.watch("10 10:00", code=1, FAULT_NOTIFY="software = nosuch://633a31f6")
    assert re.search("software，消息 [0-9A-F]{6}：没有发出：FAULT_NOTIFY 里的地址看不懂", said)
    place.watch("10 10:30")
    assert len(place.messages(WECOM)) == 1


def test_without_a_remote_there_is_no_memory(place: Place) -> None:
    """Nothing is sent that would be sent again by each run; to look at it is allowed."""
    place.put(*EVENTS)
    git(place.folder, "remote", "remove", "origin")
    assert "用 --dry-run" in place.watch("10 10:00", code=2)
    assert "按第一次巡查显示" in place.watch("10 10:00", "--dry-run")
    assert place.sink.received == []


def test_a_wrong_line_silences_nobody(place: Place) -> None:
    """The name, never the address, in the run and on the board; the others are told; the run is red."""
    place.put(*EVENTS)
    said = place.watch(
        "10 10:00", code=1, FAULT_NOTIFY=f"finance = wecombot://633a31f6\nwecombot://633a31f6\n{ADDRESSES}"
    )
    assert "FAULT_NOTIFY 第 1 行没有用：等号前面的名字不在" in said
    assert "错误：FAULT_NOTIFY 有 2 行没有用" in said
    assert len(place.messages(WECOM)) == 1
    assert "第 1 行没有用：等号前面的名字不在" in place.board()
    assert "633a31f6" not in place.board()
    place.watch("10 10:30")
    assert "没有用" not in place.board()


def test_a_pack_outlives_a_run_that_was_killed(place: Place, tmp_path: Path) -> None:
    """Its messages lead to the run that sends them, and that one writes the files again."""
    place.put(*EVENTS)
    place.watch("13 10:00")
    place.sink.received.clear()
    first, second = tmp_path / "first", tmp_path / "second"
    arguments = ("watch", "--as-of", "2026-11-16 09:00", "--pack", str(first))
    running = subprocess.Popen(place.command(*arguments), env=place.environment(), stdout=-3, stderr=-3)
    place.sink.before = lambda _: os.kill(running.pid, signal.SIGKILL)
    assert running.wait(60) == -signal.SIGKILL
    place.sink.before = lambda _: None
    place.sink.received.clear()
    place.watch("16 09:30", "--pack", str(second), GITHUB_RUN_ID="4712")
    assert sorted(path.name for path in second.iterdir()) == PACK
    texts = [text for host in (WECOM, FEISHU, DINGTALK) for text in place.messages(host)]
    assert [text.count("周报") for text in texts] == [1, 1, 1]
    assert all("/actions/runs/4712" in text for text in texts)
    place.watch("16 10:00", "--pack", str(tmp_path / "third"))
    assert not (tmp_path / "third").exists()


def test_a_dry_run_goes_by_the_moment_that_it_is_given(place: Place) -> None:
    """Also by one long before the last run, or before it by an hour."""
    place.put(*EVENTS)
    place.watch("10 10:00")
    assert "时钟" not in place.watch("10 09:00", "--dry-run")
    assert "最近核对：**2026-11-05**" in place.watch("05 10:00", "--dry-run")


def test_the_state_of_a_shallow_clone(place: Place, github: GitHub) -> None:
    """A workflow checks out one commit; it needs no more, and brings no history of the state."""
    place.put(*EVENTS)
    for moment in ("09 10:00", "10 10:00"):
        shutil.rmtree(place.folder)
        git(place.bare, "clone", "-q", "--depth=1", f"file://{place.bare}", str(place.folder))
        git(place.folder, "remote", "set-url", "origin", github.clone_url)
        place.watch(moment)
    kinds = [text.split("【")[1][:2] for text in place.messages(WECOM) if "周报" not in text]
    assert kinds == ["临期", "超时"]
    first = git(place.bare, "rev-list", "--max-parents=0", "refs/fault-state/watch")
    with pytest.raises(subprocess.CalledProcessError):
        git(place.folder, "cat-file", "-e", first)


def test_missing_holidays_are_asked_for_from_november_on(place: Place, github: GitHub) -> None:
    """Nothing in October of the last published year; one issue in November, however often; open until they are there, closed with a word then."""
    place.put(*EVENTS)
    last = published_years()[-1]
    lacking = last + 1
    place.run("calendar", "--remind", "--as-of", f"{last + 4}-10-31")
    assert [one["title"] for one in github.issues.values()] == [f"{last + 4} 年的节假日还没有写进日历"]
    place.run("calendar", "--remind", "--as-of", f"{last}-10-31")
    assert len(github.issues) == 1
    for _ in range(2):
        place.run("calendar", "--remind", "--as-of", f"{last}-11-01")
    assert [one["title"] for one in github.issues.values()][1:] == [f"{lacking} 年的节假日还没有写进日历"]
    (number,) = [one["number"] for one in github.issues.values() if str(lacking) in one["title"]]
    assert f"years:\n  {lacking}:" in github.issues[number]["body"]
    github.issues[number]["state"] = "closed"
    place.run("calendar", "--remind", "--as-of", f"{last}-12-01")
    assert github.issues[number]["state"] == "open"
    holidays = ["元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"]
    days = "\n".join(
        f"    {name}: {{off: {lacking}-{month:02}-05..{lacking}-{month:02}-06}}"
        for month, name in enumerate(holidays, 1)
    )
    calendar = place.folder / "schema/calendar.yaml"
    calendar.write_text(f"{calendar.read_text(encoding='utf-8')}years:\n  {lacking}:\n{days}\n", encoding="utf-8")
    for _ in range(2):
        place.run("calendar", "--remind", "--as-of", f"{last}-12-02")
    assert github.issues[number]["state"] == "closed"
    (word,) = github.comments(number)
    assert word["body"].startswith(f"{lacking} 年的节假日已经有了")

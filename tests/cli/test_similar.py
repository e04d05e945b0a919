"""``fault similar``: from a text or a fault to those that resemble it, in each format."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GATEWAY, TWIN, LOCK = "SW-20261102-001", "SW-20261103-001", "SW-20261104-001"


def body(symptom: str) -> str:
    """Return a body with a symptom."""
    return f"## 故障描述\n\n### 现象\n\n{symptom}\n"


@pytest.fixture
def twins(empty: Path, write_text: Callable[..., str], put_ticket: Callable[..., Path]) -> Path:
    """Return a repository with a gateway that restarts every night, a closed fault that resembles it, and a lock."""
    put_ticket(empty, GATEWAY, write_text("登记", id=GATEWAY, body=body("指示灯由绿变红")))
    put_ticket(
        empty,
        TWIN,
        write_text(
            *("2026-11-03 09:00 登记", "受理", "提交验证", "验证通过", "用户确认", "关闭"),
            id=TWIN,
            status="已关闭",
            title="网关升级后每日凌晨断电",
            kb="{entry: 收录, summary: 无, solution: 升级到 V2.3.2, error_codes: [E-1042]}",
            body=body("屏幕全黑"),
        ),
    )
    impact = "{users: 12, products: [智能门锁 L7], versions: [A 版]}"
    put_ticket(empty, LOCK, write_text("登记", id=LOCK, title="门锁电机堵转", impact=impact, body=body("把手空转")))
    return empty


def ids(done: Any) -> list[str]:
    """Return the ids in a JSON answer."""
    assert (done.returncode, done.stderr) == (0, "")
    return [one["id"] for one in json.loads(done.stdout)["similar"]]


def test_json_has_exactly_these_keys_and_values(run: Callable[..., Any], twins: Path) -> None:
    """One JSON document; the closed fault first, though the open one has one word more; words as a list."""
    done = run(twins, "similar", "网关升级后每日凌晨重启了", "--format", "json")
    data = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert data.keys() == {"schema_version", "as_of", "timezone", "similar", "remarks"}
    closed, opened = data["similar"]
    assert {**closed, "score": 0} == {
        "id": TWIN,
        "title": "网关升级后每日凌晨断电",
        "status": "已关闭",
        "score": 0,
        "shared": ["网关升级后每日凌晨"],
        "solution": "升级到 V2.3.2",
    }
    assert {**opened, "score": 0} == {
        "id": GATEWAY,
        "title": "网关升级后每日凌晨重启",
        "status": "待受理",
        "score": 0,
        "shared": ["网关升级后每日凌晨重启"],
        "solution": "",
    }
    assert 15 <= closed["score"] < opened["score"] <= 100


def test_text_shows_what_a_clerk_needs(run: Callable[..., Any], twins: Path) -> None:
    """Id, title, state, per cent, the words in common, the solution; and what it is good for."""
    out = run(twins, "similar", "E1042", COLUMNS="160").stdout
    assert "可能已有解决方案（1）" in out
    assert out.splitlines()[3].split() == ["编号", "标题", "状态", "相似度", "%", "相同的词", "解决方法"]
    assert out.splitlines()[5].split() == [TWIN, "网关升级后每日凌晨断电", "已关闭", "100", "E1042", "升级到", "V2.3.2"]


def test_markdown_is_a_table(call: Callable[..., Any], twins: Path) -> None:
    """For a comment or a wiki."""
    out = call(twins, "similar", "E1042", "--format", "md").stdout
    assert "## 可能已有解决方案\n" in out
    assert "| 编号 | 标题 | 状态 | 相似度 % | 相同的词 | 解决方法 |\n" in out
    assert f"| {TWIN} | 网关升级后每日凌晨断电 | 已关闭 | 100 | E1042 | 升级到 V2.3.2 |\n" in out


def test_open_faults_promise_no_solution(call: Callable[..., Any], twins: Path) -> None:
    """Where nothing is solved yet, the heading does not say so."""
    out = call(twins, "similar", "门锁堵转", "--format", "md").stdout
    assert "## 可能是同一个故障\n" in out
    assert "解决方案" not in out


@pytest.mark.parametrize("given", [TWIN, TWIN.lower(), f" {TWIN} ", f"tickets/2026/11/{TWIN}.md", f"{TWIN}.md"])
def test_fault_as_question_leaves_itself_out(call: Callable[..., Any], twins: Path, given: str) -> None:
    """An id in any case, or the path that a command printed."""
    assert ids(call(twins, "similar", given, "--format", "json")) == [GATEWAY]


def test_words_need_no_quotes(call: Callable[..., Any], twins: Path) -> None:
    """Several arguments are one text."""
    assert ids(call(twins, "similar", "网关", "凌晨", "断电", "--format", "json"))[0] == TWIN


def test_limit(call: Callable[..., Any], twins: Path) -> None:
    """At most so many."""
    assert ids(call(twins, "similar", "网关升级后凌晨异常", "--limit", "1", "--format", "json")) == [TWIN]


@pytest.mark.parametrize("form", ["text", "md"])
def test_nothing_similar_is_no_mistake(call: Callable[..., Any], twins: Path, form: str) -> None:
    """A stranger's text: exit code 0, and a plain answer."""
    done = call(twins, "similar", "今天天气很好，适合去公园散步", "--format", form)
    assert (done.returncode, done.stderr) == (0, "")
    assert "没有相似的故障" in done.stdout


def test_nothing_similar_is_an_empty_list(call: Callable[..., Any], empty: Path) -> None:
    """Also in a repository without any fault."""
    assert ids(call(empty, "similar", "网关重启", "--format", "json")) == []


WRONG = {
    "no text": ([], "缺少参数"),
    "empty": ([""], "写一段文字，或一个故障的编号"),
    "blank": ([" ", "　"], "写一段文字，或一个故障的编号"),
    "no such id": (["SW-20260101-009"], "没有编号为 SW-20260101-009 的故障"),
    "no such file": (["tickets/2026/11/x.md"], "没有编号为 x 的故障"),
    "limit": (["重启", "--limit", "0"], "--limit"),
    "format": (["重启", "--format", "csv"], "--format"),
}


@pytest.mark.parametrize(("arguments", "said"), WRONG.values(), ids=WRONG.keys())
def test_usage_mistakes(call: Callable[..., Any], twins: Path, arguments: list[str], said: str) -> None:
    """Exit code 2, nothing on stdout, and what to write."""
    done = call(twins, "similar", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_unreadable_fault_cannot_be_the_question(call: Callable[..., Any], twins: Path) -> None:
    """It says so, instead of finding nothing."""
    (twins / "tickets" / "2026" / "11" / "SW-20261105-001.md").write_bytes(b"\x00\x01")
    done = call(twins, "similar", "SW-20261105-001")
    assert (done.returncode, done.stdout) == (2, "")
    assert "tickets/2026/11/SW-20261105-001.md 读不出来" in done.stderr


def test_unreadable_fault_does_not_hide_others(call: Callable[..., Any], twins: Path) -> None:
    """The rest is found."""
    (twins / "tickets" / "2026" / "11" / "SW-20261105-001.md").write_bytes(b"\x00E-1042")
    assert ids(call(twins, "similar", "E-1042", "--format", "json")) == [TWIN]


def test_text_with_broken_bytes_is_answered(run: Callable[..., Any], twins: Path) -> None:
    """Chinese works in a terminal whose locale is not UTF-8."""
    done = run(
        twins, "similar", "网关凌晨断电", "--format", "json", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0"
    )
    assert ids(done)[0] == TWIN


def test_hostile_title_cannot_paint_the_terminal(
    call: Callable[..., Any], empty: Path, write_text: Callable[..., str], put_ticket: Callable[..., Path]
) -> None:
    """Control and direction characters of a title come out harmless."""
    put_ticket(empty, GATEWAY, write_text("登记", title='"网关重启\\u202e[bold]粗[/bold]"'))
    out = call(empty, "similar", "网关重启").stdout
    assert "\u202e" not in out
    assert "[bold]粗[/bold]" in out

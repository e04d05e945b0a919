"""fault reply as people use it: the text alone on stdout, the list of what fits, the event that is recorded at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Call = Callable[..., subprocess.CompletedProcess[str]]

AS_OF = ("--as-of", "2026-11-05 12:00")
TEXT = "您反馈的问题（编号 SW-20261102-001）我们非常重视，正在处理中，有进展会及时告知您。"


def lines_added(before: str, after: str) -> list[str]:
    """Return the lines that a text has more."""
    return [line for line in after.splitlines() if line not in before.splitlines()]


def test_the_text_alone_is_printed(office: Path, call: Call) -> None:
    """Ready to paste; hints go to stderr, and nothing is written."""
    path = office / "tickets/2026/11/SW-20261102-001.md"
    before = path.read_bytes()
    result = call(office, "reply", "SW-20261102-001", "正在处理", *AS_OF)
    assert (result.returncode, result.stdout) == (0, f"{TEXT}\n")
    assert "--log" in result.stderr
    assert path.read_bytes() == before


def test_without_an_occasion_those_that_fit_are_listed(office: Path, call: Call) -> None:
    """Each on a line with its text; the others with the reason on stderr."""
    result = call(office, "reply", "SW-20261102-001", *AS_OF)
    kinds = [line.partition("：")[0] for line in result.stdout.splitlines()]
    assert kinds == ["已受理", "正在处理", "需要您补充"]
    assert f"正在处理：{TEXT}" in result.stdout
    assert "“已解决”只在 待验证、已关闭 时说" in result.stderr


def test_the_event_is_recorded_at_once(office: Path, call: Call) -> None:
    """One line more, with the text as its note; afterwards the check has nothing against it."""
    path = office / "tickets/2026/11/SW-20261102-001.md"
    before = path.read_text(encoding="utf-8")
    result = call(
        office, "reply", "SW-20261102-001", "正在处理", "--log", "--by", "ZL001", "--at", "2026-11-05 11:50", *AS_OF
    )
    assert (result.returncode, result.stdout) == (0, f"{TEXT}\n")
    (line,) = lines_added(before, path.read_text(encoding="utf-8"))
    assert line == f"  - {{at: 2026-11-05 11:50, event: 反馈, by: ZL001, note: {TEXT}}}"
    assert "已在 tickets/2026/11/SW-20261102-001.md 记录 反馈" in result.stderr
    checked = call(office, "check", *AS_OF, path)
    assert "-wording" not in checked.stdout
    assert "unconfirmed-promise" not in checked.stdout


def test_a_confirmed_time_is_recorded_as_such(office: Path, call: Call) -> None:
    """The event says confirmed: true, so the promise in its note is none."""
    path = office / "tickets/2026/11/SW-20261102-001.md"
    given = ("--missing", "您的日志，新版本 11 月 9 日发布", "--log", "--by", "ZL001", *AS_OF)
    refused = call(office, "reply", "SW-20261102-001", "需要您补充", *given)
    result = call(office, "reply", "SW-20261102-001", "需要您补充", "--confirmed", *given)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "--missing 里有 “11 月 9 日发布”" in refused.stderr
    assert result.returncode == 0
    assert "confirmed: true" in path.read_text(encoding="utf-8")


def test_what_changes_nothing_is_said(office: Path, call: Call) -> None:
    """--confirmed goes into the event, and there is none without --log."""
    result = call(office, "reply", "SW-20261102-001", "正在处理", "--confirmed", *AS_OF)
    assert (result.returncode, result.stdout) == (0, f"{TEXT}\n")
    assert "--confirmed 没有记下来" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("SW-20261102-001", "已解决"), 1, "现在可以说：已受理、正在处理、需要您补充"),
        (("SW-20261102-001", "安抚"), 2, "没有场合“安抚”；可以写：已受理、"),
        (("SW-20261102-001", "正在处理", "--log"), 2, "没有说是谁告知的"),
        (("SW-20261102-001", "正在处理", "--by", "ZL001"), 2, "要与 --log 一起用"),
        (("SW-20261102-001", "正在处理", "--missing", "日志"), 2, "“正在处理”不用 --missing"),
        (("SW-20261102-001", "--log"), 2, "没有写场合"),
        (("SW-20261102-001", "已受理", "--due", "2026-11-04"), 2, "--due 已经过去"),
        (("SW-20261102-001", "需要您补充", "--missing", "回电 13812345512"), 1, "138****5512"),
    ],
)
def test_what_cannot_be_said_is_refused(
    arguments: tuple[str, ...], code: int, words: str, office: Path, call: Call
) -> None:
    """Nothing on stdout, the way out on stderr, and no private value anywhere."""
    result = call(office, "reply", *arguments, *AS_OF)
    assert (result.returncode, result.stdout) == (code, "")
    assert words in result.stderr
    assert "13812345512" not in result.stderr

"""A secret of each kind in every place of tickets, looked for in what the commands write: only its mask is there."""

from __future__ import annotations

import html
import json
import re
import shutil
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from faultkb.cli.report_command import _FORMATS
from faultkb.reports import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AS_OF = ("--as-of", "2026-11-05 12:00")

SECRETS = {
    "mobile-number": ("致电 13812345512", "13812345512", "138****5512"),
    "id-card": ("证件 330106199003071236", "330106199003071236", "330*************36"),
    "bank-card": ("退款 6222021200012345679", "6222021200012345679", "****5679"),
    "email-address": ("邮箱 liwei@example.com", "liwei@example.com", "l***@example.com"),
    "credential": ("密码：Zq8#xW1pLm", "Zq8#xW1pLm", "******"),
    "unmasked-name": ("联系人：李秀英", "李秀英", "李*"),
    "landline-number": ("座机 010-82345671", "010-82345671", "010-****5671"),
    "ip-address": ("公网 118.31.24.10", "118.31.24.10", "118.31.*.*"),
    "plate-number": ("车牌 京A5K3P9", "京A5K3P9", "京A****9"),
    "street-address": ("北京市朝阳区建国路88号2栋301", "建国路88号", "北京市****"),
    "chat-account": ("微信号：wq_gateway88", "wq_gateway88", "wq****88"),
    "credit-code": ("税号 91330106MA2C1D2E37", "91330106MA2C1D2E37", "91************2E37"),
    "own-word": ("找云栖甲子物业", "云栖甲子物业", "云*****"),
}
"""Of each kind what a clerk writes, what must not come out, and what comes out instead (by hand, from the manual of the rules)."""
OWNER = "王建国"
_MARKS = re.compile(r"<[^<>]*>|\r\n |[\s\\\u200b]")
"""What the formats put between the characters of a text: tags, folds, the ends of narrow columns, escapes."""


def _texts(words: str) -> dict[str, str]:
    """Return header fields with the same words in each."""
    quoted = json.dumps(words, ensure_ascii=False)
    return {
        "title": json.dumps(f"升级后重启 {words}", ensure_ascii=False),
        "remark": quoted,
        "customer": f"{{id: U****3821, ref: {quoted}}}",
        "impact": f"{{users: 3, products: [GW2, {quoted}], versions: [V2.3.1, {quoted}], regions: [{quoted}], modules: [{quoted}]}}",
        "reporter": f"{{staff: ZL001, name: {OWNER}}}",
    }


@pytest.fixture(scope="module")
def told(
    root: Path, tmp_path_factory: pytest.TempPathFactory, write_text: Callable[..., str], run: Callable[..., Any]
) -> Path:
    """Return a repository with an open, late fault and a closed one for each kind of secret."""
    folder = tmp_path_factory.mktemp("told")
    shutil.copytree(root / "schema", folder / "schema")
    home = folder / "tickets" / "2026" / "11"
    home.mkdir(parents=True)
    assert run(folder, "privacy", "add", "--kind", "客户", "--yes", SECRETS["own-word"][1]).returncode == 0
    owner = f"{{staff: RD017, name: {OWNER}}}"
    for number, (words, _, _) in enumerate(SECRETS.values(), 1):
        quoted = json.dumps(words, ensure_ascii=False)
        begun = (
            "2026-11-02 09:00 登记",
            f"2026-11-02 10:00 受理 owner: {owner}, due_at: 2026-11-03 18:00, note: {quoted}",
        )
        working = (*begun, *(f"{name} note: {quoted}" for name in ("反馈", "进展", "风险")), "暂停 reason: 待供应商")
        closing = ("提交验证", f"验证通过 note: {quoted}", f"用户确认 note: {quoted}", "关闭")
        kb = f"{{entry: 收录, summary: {quoted}, solution: {quoted}, cause: {quoted}, keywords: [{quoted}], error_codes: [{quoted}]}}"
        checked = "{result: 通过, functional: 通过, compatibility: 通过, experience: 通过, verifier: {staff: QA003, name: 王建国}}"
        common = {"team": "软件开发组", "owner": owner, "due_at": "2026-11-03 18:00", **_texts(words)}
        for ticket_id, events, more in (
            (f"SW-20261102-{number:03}", working, {"status": "处理中"}),
            (
                f"SW-20261102-{number + 100:03}",
                (*begun, *closing),
                {"status": "已关闭", "completed_at": "2026-11-02 12:00", "kb": kb, "verification": checked},
            ),
        ):
            text = write_text(*events, id=ticket_id, **{**common, **more})
            (home / f"{ticket_id}.md").write_text(text, encoding="utf-8")
    return folder


def _plain(written: str) -> str:
    return _MARKS.sub("", html.unescape(written))


def _read(path: Path) -> str:
    """Return what a file says; of a workbook or a Word document all its parts (pictures are no text)."""
    if path.suffix not in {".xlsx", ".docx"}:
        return path.read_bytes().decode("utf-8")
    with zipfile.ZipFile(path) as book:
        return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())


def _leaks(written: str) -> list[str]:
    """Return the secrets that stand in what was written, as it is or as a reader sees it."""
    every = [value for _, value, _ in SECRETS.values()]
    return [one for one in (*every, OWNER) if one in written or one in _plain(written)]


def _lacking(written: str) -> list[str]:
    """Return the kinds whose mask is not there: the search would have found nothing in an empty text either."""
    plain = _plain(written)
    return [kind for kind, (_, _, mask) in SECRETS.items() if mask not in plain]


@pytest.mark.parametrize("form", _FORMATS)
@pytest.mark.parametrize("kind", catalogue())
def test_reports(call: Callable[..., Any], told: Path, tmp_path: Path, kind: str, form: str) -> None:
    """No report in any format says anything private; those that name faults say the masks."""
    path = tmp_path / f"report.{form}"
    done = call(told, "report", kind, "--which", "--format", form, "--output", path, *AS_OF)
    written = _read(path)
    assert (done.returncode, _leaks(written + done.stderr)) == (0, [])
    if kind in {"overdue", "status", "weekly", "workload"}:
        assert _lacking(written) == []


@pytest.mark.parametrize("form", ["text", "md", "json"])
def test_show_and_similar(call: Callable[..., Any], told: Path, form: str) -> None:
    """Header, events, knowledge, explanations, the names of people, and the words in common come out masked."""
    shown, alike = "", ""
    for number, (words, _, _) in enumerate(SECRETS.values(), 1):
        for ticket_id in (f"SW-20261102-{number:03}", f"SW-20261102-{number + 100:03}"):
            shown += call(told, "show", ticket_id, "--explain", "--format", form, *AS_OF).stdout
        alike += call(told, "similar", f"升级后重启 {words}", "--format", form, "--limit", "3").stdout
    alike += call(told, "similar", "SW-20261102-001", "--format", form).stdout
    assert (_leaks(shown), _lacking(shown)) == ([], [])
    assert (_leaks(alike), _lacking(alike)) == ([], [])
    assert "王*" in _plain(shown)


COMMANDS = {
    "list": ("list", *AS_OF),
    "list md": ("list", "--format", "md", *AS_OF),
    "list json": ("list", "--format", "json", *AS_OF),
    "facts": ("export", "facts", "--table", "faults", *AS_OF),
    "facts json": ("export", "facts", "--format", "json", *AS_OF),
    "no such product": ("report", "--product", "没有这种产品", *AS_OF),
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_others(call: Callable[..., Any], told: Path, command: tuple[str, ...]) -> None:
    """Lists, fact tables, and a message that names products."""
    done = call(told, *command)
    written = done.stdout + done.stderr
    assert _leaks(written) == []
    if command[-3] != "没有这种产品":  # it names ten products only
        assert _lacking(written) == []
    assert "138****5512" in _plain(written)


def test_calendar(call: Callable[..., Any], told: Path) -> None:
    """A schedule has ids and choices only: a team that is none of the list, with a number in it, is not shown."""
    path = told / "tickets" / "2026" / "11" / "SW-20261102-001.md"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("软件开发组", "软件开发组 13812345512"), encoding="utf-8")
    try:
        done = call(told, "calendar", "ics", *AS_OF)
    finally:
        path.write_text(before, encoding="utf-8")
    assert _leaks(done.stdout + done.stderr) == []
    assert "SUMMARY:SW-20261102-001 中 计划完成" in done.stdout


def test_what_is_shown_before_writing(call: Callable[..., Any], told: Path) -> None:
    """The lines around a change, and the known faults that resemble a new one, are masked too."""
    done = call(told, "log", "SW-20261102-001", "进展", "--by", "RD017", "--note", "补丁开发完成", "--dry-run", *AS_OF)
    assert (done.returncode, _leaks(done.stdout + done.stderr)) == (0, [])
    assert "138****5512" in done.stdout
    given = {
        "--type": "软件Bug",
        "--severity": "中",
        "--title": "升级后重启",
        "--channel": "电话",
        "--reporter": "ZL001",
        "--reporter-name": "张*",
        "--users": "1",
        "--product": "GW2",
        "--version": "V2.3.1",
    }
    options = (part for pair in given.items() for part in pair)
    done = call(told, "new", "--dry-run", *options, *AS_OF)
    assert (done.returncode, _leaks(done.stdout + done.stderr)) == (0, [])
    assert "解决方法" in done.stderr

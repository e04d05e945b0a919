"""What the tests of the commands share: a small repository, and the program run as a user runs it."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from faultkb import cli
from tests import inside

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AS_OF = "2026-11-05 12:00"


@pytest.fixture(scope="session")
def environment(root: Path) -> dict[str, str]:
    """Return the environment of a user who has set nothing."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FAULT_")}
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return {**kept, **nobody, "FAULT_PROGRAM": "fault", "PYTHONPATH": str(root / "tools")}


@pytest.fixture(scope="session")
def run(environment: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs ``fault`` in a folder without a terminal; keywords are environment variables."""
    return lambda folder, *arguments, **extra: inside.run(folder, {**environment, **extra}, *arguments)


@pytest.fixture(scope="session")
def start(environment: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that does what `run` does in a process of its own: where the process is what is tested."""

    def fault(folder: Path, *arguments: object, **extra: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "faultkb", *map(str, arguments)],
            cwd=folder,
            env={**environment, **extra},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    return fault


@pytest.fixture
def empty(root: Path, tmp_path: Path) -> Path:
    """Return a repository with the schema of this one and no ticket."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    (tmp_path / "tickets").mkdir()
    return tmp_path


def put(folder: Path, ticket_id: str, text: str) -> Path:
    """Write a ticket where its id says."""
    path = folder / "tickets" / ticket_id[3:7] / ticket_id[7:9] / f"{ticket_id}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


@pytest.fixture
def office(empty: Path, write_text: Callable[..., str]) -> Path:
    """Return a repository with four faults as they stand on Thursday 2026-11-05.

    A 紧急 one that waits to be accepted, a 中 one in work, a 高 one that is late, and a closed one.
    """
    put(
        empty,
        "SW-20261104-001",
        write_text(
            "2026-11-04 09:00 登记",
            severity="紧急",
            title="云端登录全部失败",
            impact="{users: 未知, products: [栖云云平台], versions: [2026.10.3]}",
        ),
    )
    put(
        empty,
        "SW-20261102-001",
        write_text(
            *("登记", "受理 due_at: 2026-11-09 18:00", "进展", "反馈"),
            status="处理中",
            team="软件开发组",
            owner="{staff: RD017, name: 李*}",
            due_at="2026-11-09 18:00",
        ),
    )
    put(
        empty,
        "HW-20261029-001",
        write_text(
            *("2026-10-29 09:00 登记", "受理 team: 硬件研发组, due_at: 2026-11-03 18:00"),
            id="HW-20261029-001",
            type="硬件故障",
            severity="高",
            status="处理中",
            title="门锁电机堵转",
            impact="{users: 12, products: [智能门锁 L7], versions: [A 版]}",
            team="硬件研发组",
            owner="{staff: RD017, name: 李*}",
            due_at="2026-11-03 18:00",
        ),
    )
    put(
        empty,
        "SW-20261030-001",
        write_text(
            *("2026-10-30 09:00 登记", "受理 due_at: 2026-11-06 18:00", "提交验证", "验证通过", "用户确认", "关闭"),
            status="已关闭",
            title="场景列表为空",
            team="软件开发组",
            owner="{staff: RD017, name: 李*}",
            due_at="2026-11-06 18:00",
            completed_at="2026-10-30 12:00",
            verification="{result: 通过, functional: 通过, compatibility: 通过, experience: 通过, verifier: {staff: QA003, name: 赵*}}",
            kb="{entry: 收录, summary: 断电后场景为空, solution: 升级}",
        ),
    )
    return empty


@pytest.fixture
def put_ticket() -> Callable[[Path, str, str], Path]:
    """Return the function that writes a ticket's text where its id says."""
    return put


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs a command as `run` does, within this process: where there are many cases."""
    for name in ("FAULT_STAFF", "FAULT_STAFF_NAME"):
        monkeypatch.delenv(name, raising=False)

    def fault(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
        out, err = io.StringIO(), io.StringIO()
        given = ["--root", str(folder), *map(str, arguments)]
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            pytest.raises(SystemExit) as ended,
        ):
            cli.main(given)
        return subprocess.CompletedProcess(given, int(ended.value.code or 0), out.getvalue(), err.getvalue())

    return fault

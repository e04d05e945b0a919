"""fault forms: what it writes, when it complains, and that this repository's own files follow its schema."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    Run = Callable[..., CompletedProcess[str]]

FORM, OWNERS = ".github/ISSUE_TEMPLATE/fault.yml", ".github/CODEOWNERS"


def edited(folder: Path, name: str, old: str, new: str) -> None:
    """Change a file of schema/."""
    path = folder / "schema" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def channels(folder: Path) -> list[str]:
    """The choices of 反馈渠道 in the form."""
    body = yaml.safe_load((folder / FORM).read_text(encoding="utf-8"))["body"]
    found: list[dict[str, Any]] = [one["attributes"] for one in body if one.get("id") == "channel"]
    return found[0]["options"]


@pytest.fixture
def written(empty: Path, run: Run) -> Path:
    """A repository with its forms."""
    done = run(empty, "forms")
    assert (done.returncode, done.stdout.split()) == (0, [FORM, OWNERS]), done.stderr
    return empty


def test_this_repository_s_forms_are_current(root: Path, run: Run) -> None:
    """What GitHub shows here is what schema/ says."""
    done = run(root, "forms", "--check")
    assert (done.returncode, done.stderr) == (0, "")


def test_missing_files_are_no_forms(empty: Path, run: Run) -> None:
    """Without the files --check says which and what to do; it writes nothing."""
    done = run(empty, "forms", "--check")
    assert done.returncode == 1
    assert done.stderr.startswith(f"错误：{FORM}、{OWNERS} 与 schema/ 不一致：运行 fault forms")
    assert not (empty / ".github").exists()


def test_written_once(written: Path, run: Run) -> None:
    """A second run changes nothing, not even the files' time, and --check is content."""
    before = (written / FORM).stat().st_mtime_ns
    done = run(written, "forms")
    assert (done.returncode, done.stdout) == (0, "")
    assert "没有改动" in done.stderr
    assert (written / FORM).stat().st_mtime_ns == before
    assert run(written, "forms", "--check").returncode == 0


def test_a_new_choice(written: Path, run: Run) -> None:
    """A choice that the schema gains makes --check fail for the form alone; fault forms adds it."""
    edited(
        written,
        "ticket.schema.json",
        '{"const": "监控告警"',
        '{"const": "门店", "description": "门店转来"}, {"const": "监控告警"',
    )
    done = run(written, "forms", "--check")
    assert done.returncode == 1
    assert (FORM in done.stderr, OWNERS in done.stderr) == (True, False)
    assert "门店" not in channels(written)

    assert run(written, "forms").stdout.split() == [FORM]

    assert channels(written) == ["电话", "在线咨询", "用户反馈平台", "内部测试", "门店", "监控告警"]
    assert run(written, "forms", "--check").returncode == 0


def test_a_new_team(written: Path, run: Run) -> None:
    """A team that the schema gains makes --check fail for CODEOWNERS alone; fault forms adds it."""
    team = '  算法组: {title: 算法组, takes: [软件Bug], lead: AL001, github: ["@qiyun/vision"]}\n'
    edited(written, "teams.yaml", "roles:\n", f"{team}roles:\n")
    done = run(written, "forms", "--check")
    assert done.returncode == 1
    assert (FORM in done.stderr, OWNERS in done.stderr) == (False, True)

    assert run(written, "forms").stdout.split() == [OWNERS]

    lines = (written / OWNERS).read_text(encoding="utf-8").splitlines()
    assert "/tickets/**/SW-* @qiyun/software @qiyun/cloud @qiyun/vision" in lines
    assert run(written, "forms", "--check").returncode == 0


def test_edited_by_hand(written: Path, run: Run) -> None:
    """A form that somebody changed by hand is told, and written anew."""
    path = written / FORM
    path.write_text(path.read_text(encoding="utf-8").replace("- 紧急\n", ""), encoding="utf-8")
    assert run(written, "forms", "--check").returncode == 1
    assert run(written, "forms").stdout.split() == [FORM]
    assert "- 紧急\n" in path.read_text(encoding="utf-8")


def test_time_alone_is_no_error(empty: Path, run: Run) -> None:
    """On the day on which a choice retires the form is out of date without anybody's change: a reminder, exit 0."""
    edited(empty, "ticket.schema.json", '{"const": "在线咨询", ', '{"const": "在线咨询", "x-retired": "2026-12-01", ')
    run(empty, "forms", "--as-of", "2026-11-20 12:00")
    eve = run(empty, "forms", "--check", "--as-of", "2026-11-30 23:59")
    assert (eve.returncode, eve.stderr) == (0, "")

    day = run(empty, "forms", "--check", "--as-of", "2026-12-01 00:00")

    assert (day.returncode, day.stderr) == (0, f"提醒：有选项或团队停用了，{FORM} 里还有：运行 fault forms\n")
    assert "在线咨询" in channels(empty)
    run(empty, "forms", "--as-of", "2026-12-01 00:00")
    assert "在线咨询" not in channels(empty)
    assert run(empty, "forms", "--check", "--as-of", "2026-12-01 00:00").stderr == ""


def test_what_cannot_be_written(empty: Path, run: Run) -> None:
    """A file in the way is told in words."""
    (empty / ".github").write_text("", encoding="utf-8")
    done = run(empty, "forms")
    assert done.returncode == 2
    assert "写不了" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("schema", "file"),
    [("vendor.github-issue-forms", FORM), ("vendor.github-issue-config", ".github/ISSUE_TEMPLATE/config.yml")],
)
def test_github_takes_them(schema: str, file: str, root: Path) -> None:
    """The files keep to the schemas that GitHub's forms have in public."""
    tool = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        schema,
        "--output-format",
        "json",
        root / file,
    ]
    done = subprocess.run(
        tool, capture_output=True, encoding="utf-8", check=False, env={**os.environ, "PYTHONWARNINGS": ""}
    )
    assert json.loads(done.stdout)["status"] == "ok", done.stdout


def test_nobody_maintains(written: Path, run: Run) -> None:
    """Where no contact maintains, CODEOWNERS guards neither schema/ nor the tools: whoever writes or checks it is told."""
    edited(written, "teams.yaml", ", maintains: true", "")
    for arguments in ((), ("--check",)):
        done = run(written, "forms", *arguments)
        assert done.returncode == 0
        assert done.stderr.startswith("提醒：schema/teams.yaml 的 contacts 里没有人写着 maintains: true")
    assert "/schema/" not in (written / OWNERS).read_text(encoding="utf-8")

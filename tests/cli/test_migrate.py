"""`fault migrate`: old tickets follow the schema where somebody wants it, and on the record."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from faultkb import corpus, vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    Run = Callable[..., CompletedProcess[str]]

CLOSED = "tickets/2026/11/SW-20261103-001.md"
"""A closed sample of team 软件开发组, whose second event (受理) gave it the team."""
AS_OF = "2026-11-20 18:00"


@pytest.fixture
def repository(root: Path, tmp_path: Path) -> Path:
    """Return a git repository with the sample tickets, in which the schema has moved on.

    The team 软件开发组 is retired and 平台研发组 took over; the channel 在线咨询 went into 电话; a field ``source`` is
    required of faults registered from 2026-11-21 on.
    """
    for name in ("schema", "tickets"):
        shutil.copytree(root / name, tmp_path / name)
    teams = tmp_path / "schema/teams.yaml"
    old = "  软件开发组: {title: 软件开发组, takes: [软件Bug, 兼容性问题], "
    text = teams.read_text(encoding="utf-8")
    assert old in text
    new = f"  平台研发组: {{title: 平台研发组, takes: [软件Bug], lead: RD001}}\n{old}retired: 2026-11-21, replaced_by: 平台研发组, "
    teams.write_text(text.replace(old, new), encoding="utf-8")
    file = tmp_path / "schema/ticket.schema.json"
    schema = json.loads(file.read_text(encoding="utf-8"))
    schema["properties"]["source"] = {"title": "来源", "type": "string", "x-since": "2026-11-21", "x-fill": "旧表"}
    channels = {one["const"]: one for one in schema["properties"]["channel"]["oneOf"]}
    channels["在线咨询"] |= {"x-retired": "2026-11-21", "x-replaced-by": "电话"}
    file.write_text(json.dumps(schema, ensure_ascii=False), encoding="utf-8")
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "base"]):
        subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@localhost", *arguments], cwd=tmp_path, check=True
        )
    return tmp_path


def test_no_old_ticket_turns_red(repository: Path, run: Run) -> None:
    """A new required field, a retired team and a retired choice leave every old ticket without an error."""
    done = run(repository, "check", "--as-of", AS_OF)

    assert done.returncode == 0, done.stdout
    assert "：0 个错误" in done.stdout


def test_migrated_on_the_record(repository: Path, run: Run) -> None:
    """Each change is a correction of the event that gave the value, the header follows, and the base check accepts it."""
    before = corpus.read(repository, CLOSED).text

    done = run(repository, "migrate", "--by", "PM002", "--approver", "PM001", "--as-of", AS_OF)

    assert done.returncode == 0, done.stderr
    assert f"{CLOSED}：责任团队 软件开发组 → 平台研发组；来源 （无） → 旧表" in done.stdout
    assert "改写了 51 个故障" in done.stderr
    one = corpus.load(repository, CLOSED, vocabulary.load(repository)).ticket
    assert one is not None
    assert (one.header["team"], one.header["source"]) == ("平台研发组", "旧表")
    assert [(event.name, event.data["target"], event.data["set"]) for event in one.events[-2:]] == [
        ("更正", 2, {"team": "平台研发组"}),
        ("更正", 1, {"source": "旧表"}),
    ]
    # Every line that was there still is, but for the team; five lines are new: two events, source, team.
    kept = [line for line in before.split("\n") if line != "team: 软件开发组"]
    after = corpus.read(repository, CLOSED).text.split("\n")
    assert [line for line in after if line in kept] == kept
    assert len(after) == len(before.split("\n")) + 3
    checked = run(repository, "check", "--base", "HEAD", "--as-of", AS_OF)
    assert checked.returncode == 0, checked.stdout
    assert "检查了 51 个" in checked.stdout


def test_a_second_run_finds_nothing(repository: Path, run: Run) -> None:
    """What is migrated once is left alone."""
    arguments = (repository, "migrate", "--by", "PM002", "--approver", "PM001", "--as-of", AS_OF)
    run(*arguments)

    done = run(*arguments)

    assert (done.returncode, done.stdout) == (0, "")
    assert "没有要改写的故障" in done.stderr


def test_only_the_tickets_that_are_named(repository: Path, run: Run) -> None:
    """With a path, no other ticket is touched."""
    done = run(repository, "migrate", repository / CLOSED, "--by", "PM002", "--approver", "PM001", "--as-of", AS_OF)

    changed = subprocess.run(
        ["git", "diff", "--name-only"], cwd=repository, check=True, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    assert changed.stdout.split() == [CLOSED]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(("--by", "PM001", "--approver", "PM001"), 1, "批准人不能是操作人自己", id="self-approval"),
        pytest.param(("--by", "PM002"), 2, "--approver", id="no approver"),
        pytest.param(("--approver", "PM001"), 2, "缺少操作人", id="nobody"),
        pytest.param(("--by", "PM002", "--approver", "PM001", "--dry-run"), 0, "要改写 51 个故障", id="dry run"),
    ],
)
def test_nothing_is_written(repository: Path, run: Run, arguments: tuple[str, ...], code: int, words: str) -> None:
    """A refused migration and a dry run leave every file as it was."""
    done = run(repository, "migrate", *arguments, "--as-of", AS_OF)

    status = subprocess.run(
        ["git", "status", "--short"], cwd=repository, check=True, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == code
    assert words in done.stderr
    assert status.stdout == ""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        pytest.param("replaced_by: 平台研发组", "replaced_by: 平台组", "没有这个团队：平台组", id="unknown team"),
        pytest.param("retired: 2026-11-21, ", "", "先写 retired", id="not retired"),
        pytest.param("replaced_by: 平台研发组", "replaced_by: 软件开发组", "没有这个团队", id="itself"),
    ],
)
def test_a_replacement_must_exist(repository: Path, run: Run, old: str, new: str, words: str) -> None:
    """A team can be replaced only by one that is in use, and only if it is retired itself: said with file and line."""
    teams = repository / "schema/teams.yaml"
    text = teams.read_text(encoding="utf-8")
    assert old in text
    teams.write_text(text.replace(old, new), encoding="utf-8")

    done = run(repository, "check")

    assert done.returncode == 2
    assert words in done.stderr
    assert "schema/teams.yaml:" in done.stderr

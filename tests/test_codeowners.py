"""CODEOWNERS: who is asked to review which file, judged by git's own matching of patterns; the last line that matches decides."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from typing import TYPE_CHECKING

import pytest

from faultkb import codeowners, vocabulary

if TYPE_CHECKING:
    from pathlib import Path

    from faultkb.vocabulary import Vocabulary

DAY = date(2026, 11, 20)
ADMINS = ["@qiyun/fault-admins"]

OWNERS = {
    "tickets/2026/11/HW-20261103-001.md": ["@qiyun/hardware"],
    "tickets/2026/11/HW-20261103-001/红灯.jpg": ["@qiyun/hardware"],
    "tickets/2026/11/SW-20261120-001.md": ["@qiyun/software", "@qiyun/cloud"],
    "tickets/2026/11/CP-20261120-001.md": ["@qiyun/software", "@qiyun/qa"],
    "tickets/2026/11/OP-20261120-001.md": ["@qiyun/service"],
    "tickets/2026/11/OT-20261120-001.md": ["@qiyun/cloud", "@qiyun/service"],
    "tickets/2026/11/README.md": ADMINS,
    "schema/teams.yaml": ADMINS,
    "schema/HW-001.yaml": ADMINS,
    "tools/faultkb/check.py": ADMINS,
    "tests/fixtures/tickets/2026/11/HW-20261103-001.md": ADMINS,
    ".github/CODEOWNERS": ADMINS,
    ".github/workflows/check.yml": ADMINS,
    "Makefile": ADMINS,
    "kb/guide.md": ADMINS,
}
"""Worked out from teams.yaml: which team takes the type with this prefix; the rest belongs to those who maintain."""


def rules(text: str) -> list[tuple[str, list[str]]]:
    """The patterns of a CODEOWNERS file with their owners."""
    lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    return [(pattern, owners) for pattern, *owners in lines]


def owners(text: str, path: str, folder: Path) -> list[str]:
    """Whom GitHub asks about a file: the patterns are those of .gitignore, and git says which line matched last."""
    found = rules(text)
    subprocess.run(["git", "init", "-q", folder], check=True)
    (folder / ".gitignore").write_text("".join(f"{pattern}\n" for pattern, _ in found), encoding="utf-8")
    # --no-index: the file need not be there; the last pattern that matches is told. git looks for an excluded folder first.
    command = ["git", "-c", "core.quotepath=off", "check-ignore", "--no-index", "--verbose", path]
    said = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False).stdout
    return found[int(said.split(":")[1]) - 1][1] if said else []


@pytest.mark.parametrize("path", OWNERS, ids=str)
def test_who_reviews(path: str, words: Vocabulary, tmp_path: Path) -> None:
    """A fault and its attachments belong to the teams that take its type; what decides about faults to those who maintain."""
    text = codeowners.text(words, DAY)
    # git never looks into a folder that `*` excludes: its own line first, then those that come after it.
    special = "".join(f"{pattern} {' '.join(its)}\n" for pattern, its in rules(text) if pattern != "*")
    assert (owners(special, path, tmp_path) or dict(rules(text))["*"]) == OWNERS[path]


def test_the_default_comes_first(words: Vocabulary) -> None:
    """The line for everything stands before all others: the last match wins, so it takes nothing from a team."""
    patterns = [pattern for pattern, _ in rules(codeowners.text(words, DAY))]
    assert patterns[0] == "*"
    assert len({*patterns}) == len(patterns)
    # What GitHub does not know in a pattern: negation, ranges, an escaped #.
    assert [pattern for pattern in patterns if {*"![]\\#"} & {*pattern}] == []


@pytest.fixture
def company(root: Path, tmp_path: Path) -> Path:
    """A repository with its own schema/."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    return tmp_path


def change(company: Path, old: str, new: str) -> None:
    """Change teams.yaml."""
    path = company / "schema" / "teams.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_retired_team_is_not_asked(company: Path) -> None:
    """From its last day on a team reviews nothing; those who also take the type go on."""
    change(company, "lead: CL001, ", "lead: CL001, retired: 2026-12-01, ")
    words = vocabulary.load(company)
    eve, day = (dict(rules(codeowners.text(words, date(*when)))) for when in ((2026, 11, 30), (2026, 12, 1)))
    assert eve["/tickets/**/SW-*"] == ["@qiyun/software", "@qiyun/cloud"]
    assert day["/tickets/**/SW-*"] == ["@qiyun/software"]
    assert day["/tickets/**/OT-*"] == ["@qiyun/service"]


def test_nobody_is_no_line(company: Path) -> None:
    """A type whose teams have no handle is left to those who maintain: a pattern without owners would free it of review."""
    change(company, ', github: ["@qiyun/hardware"]', "")
    text = codeowners.text(vocabulary.load(company), DAY)
    assert "HW-" not in text
    assert [its for _, its in rules(text) if not its] == []


def test_a_company_without_contacts(company: Path) -> None:
    """Without anybody who maintains only the faults have owners."""
    path = company / "schema" / "teams.yaml"
    path.write_text(path.read_text(encoding="utf-8").partition("contacts:")[0], encoding="utf-8")
    patterns = [pattern for pattern, _ in rules(codeowners.text(vocabulary.load(company), DAY))]
    assert patterns == [f"/tickets/**/{prefix}-*" for prefix in ("HW", "SW", "CP", "OP", "OT")]

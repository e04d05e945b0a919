"""What is measured must be worth measuring: the tickets that bench.py writes are varied and without a finding."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).parent
AS_OF = "2026-11-20 17:00"


def write(folder: Path, number: int) -> dict[str, str]:
    """Let bench.py write tickets; return their texts by path."""
    subprocess.run([sys.executable, HERE / "bench.py", "--write", folder, str(number)], check=True)
    paths = (folder / "tickets").rglob("*.md")
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A folder with 300 tickets, and their texts."""
    folder = tmp_path_factory.mktemp("bench") / "corpus"
    return folder, write(folder, 300)


def test_tickets_have_no_finding(root: Path, corpus: tuple[Path, dict[str, str]]) -> None:
    """`fault check` finds nothing, so that the time for explaining mistakes is not measured."""
    result = subprocess.run(
        [root / "tools" / "check", "--as-of", AS_OF], cwd=corpus[0], capture_output=True, encoding="utf-8", check=False
    )
    assert result.stdout == "检查了 300 个故障：没有发现问题\n"


def test_tickets_are_varied(corpus: tuple[Path, dict[str, str]]) -> None:
    """Headers have 40 to 60 lines and many lengths; every status, severity and type is there; bodies are like real ones."""
    texts = corpus[1].values()
    headers = [text.split("---\n")[1].splitlines() for text in texts]
    lengths = Counter(map(len, headers))
    assert min(lengths) >= 40
    assert max(lengths) <= 60
    assert len(lengths) >= 15
    for field, number in {"status": 5, "severity": 4, "type": 5, "channel": 5}.items():
        assert len({line for header in headers for line in header if line.startswith(f"{field}: ")}) == number
    numbers = {sum("event: " in line for line in header) for header in headers}
    assert min(numbers) < 12
    assert max(numbers) > 30
    bodies = [len(re.split(r"^---$", text, maxsplit=2, flags=re.MULTILINE)[2]) for text in texts]
    assert 600 < sum(bodies) / len(bodies) < 900


def test_question_has_answers(root: Path, corpus: tuple[Path, dict[str, str]]) -> None:
    """`fault similar` has something to compare and to show for the question that is measured."""
    command = [sys.executable, "-c", "import bench; print(bench.QUESTION)"]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    asked = subprocess.run(command, cwd=HERE, env=environment, capture_output=True, encoding="utf-8", check=True)
    result = subprocess.run(
        [root / "tools" / "fault", "similar", asked.stdout.strip(), "--format", "json"],
        cwd=corpus[0],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    found = json.loads(result.stdout)["similar"]
    assert len(found) == 5
    assert all("重启" in one["title"] for one in found)


def test_tickets_are_the_same_on_every_run(corpus: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    """Two runs write the same bytes, so that two measurements compare."""
    assert write(tmp_path / "again", 300) == corpus[1]

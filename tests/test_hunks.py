"""Hunks: which lines of a file a patch shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from faultkb import hunks
from tests.workflows import patches

if TYPE_CHECKING:
    from pathlib import Path

TWO = """\
@@ -1,4 +1,5 @@ def 标题
 一
-二
+贰
+贰
 三
 四
@@ -20,2 +21,2 @@
 二十
-二十一
+廿一
\\ No newline at end of file"""


@pytest.mark.parametrize(
    ("patch", "shown"),
    [
        (TWO, [range(1, 6), range(21, 23)]),
        ("@@ -0,0 +1 @@\n+新", [range(1, 2)]),
        ("@@ -1,2 +0,0 @@\n-一\n-二", []),
        ("@@ -3 +3 @@\n-一\n+@@ -9,9 +9,9 @@", [range(3, 4)]),
        ("@@ -1,999 +5,999 @@\n 一", [range(5, 6)]),
        ("", []),
        ("没有头\n+一\n", []),
    ],
    ids=["two", "new file", "deleted", "text like a head", "a head that lies", "none", "no head"],
)
def test_lines_that_a_patch_shows(patch: str, shown: list[range]) -> None:
    """Context and added lines count, removed ones do not; what is not there is not shown, whatever a head says."""
    assert hunks.shown(patch) == shown


def test_a_comment_cannot_reach_over_two_hunks() -> None:
    """Both ends must stand in the same hunk."""
    lines = hunks.shown(TWO)
    assert [hunks.has(lines, *span) for span in ((1, 5), (5, 6), (2, 21), (21, 22), (0, 1))] == [
        True,
        False,
        False,
        True,
        False,
    ]


def test_as_git_writes_it(tmp_path: Path) -> None:
    """The lines that a real patch shows are those of the new file: each is there with its own text."""
    old = [f"{number}\n" for number in range(1, 61)]
    new = [*old[:9], "十\n", *old[10:40], "加\n", *old[40:58], "末"]
    patches.git(tmp_path, "init", "-q")
    (tmp_path / "a").write_text("".join(old), encoding="utf-8")
    patches.git(tmp_path, "add", ".")
    (tmp_path / "a").write_text("".join(new), encoding="utf-8")
    patch = patches.git(tmp_path, "diff", "--no-color").partition("\n@@")[2]
    right = [line[1:] for line in f"@@{patch}".split("\n") if line[:1] in {" ", "+"}]
    shown = [number for lines in hunks.shown(f"@@{patch}") for number in lines]
    assert [new[number - 1].rstrip("\n") for number in shown] == right
    assert shown == [*range(7, 14), *range(38, 45), *range(57, 61)]

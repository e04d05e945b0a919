"""Both sides of a ticket come together, or it is said that they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from faultkb import merging

if TYPE_CHECKING:
    from pathlib import Path

LINES = b"one\ntwo\nthree\nfour\nfive\n"
FIRST, LAST = LINES.replace(b"one", b"1"), LINES.replace(b"five", b"5")


@pytest.mark.parametrize(
    ("base", "theirs", "ours", "expected"),
    [
        ({"a.md": LINES}, {"a.md": FIRST}, {"a.md": LAST}, {"a.md": b"1\ntwo\nthree\nfour\n5\n"}),
        ({"a.md": LINES}, {"a.md": FIRST}, {"a.md": LINES}, {"a.md": FIRST}),
        ({"a.md": LINES}, {"a.md": LINES}, {"a.md": LAST}, {"a.md": LAST}),
        ({"a.md": LINES}, {"a.md": LAST}, {"a.md": LAST}, {"a.md": LAST}),
        ({"a.md": LINES}, {"a.md": FIRST}, {"a.md": LINES.replace(b"one", b"I")}, None),
        ({"a.md": LINES}, {"a.md": FIRST}, {}, None),
        ({"a.md": LINES}, {}, {"a.md": LINES}, {}),
        ({"a.png": b"0"}, {"a.png": b"1"}, {"a.png": b"2"}, None),
        ({}, {"theirs.png": b"1"}, {"ours.png": b"2"}, {"ours.png": b"2", "theirs.png": b"1"}),
        ({"old.png": b"1"}, {"old.png": b"1"}, {}, {}),
    ],
)
def test_both_sides(
    tmp_path: Path,
    base: dict[str, bytes],
    theirs: dict[str, bytes],
    ours: dict[str, bytes],
    expected: dict[str, bytes] | None,
) -> None:
    """What one side alone has changed counts; lines far apart come together; the same line, changed twice, does not."""
    assert merging.merged(tmp_path, base, theirs, ours) == expected

"""The patch of one file as GitHub gives it: which lines of the new file it shows, for only there a comment can stand."""

from __future__ import annotations

import re

_HEAD = re.compile(r"@@ -[0-9]+(?:,[0-9]+)? \+([0-9]+)(?:,[0-9]+)? @@")


def shown(patch: str) -> list[range]:
    """Return the lines of the new file, from 1, that each hunk shows, changed or not; counted, not taken from its head.

    GitHub's patch begins with the first hunk, and has no names of files. A very large one is left out: it shows nothing.
    """
    found: list[range] = []
    start = number = 0
    for line in patch.split("\n"):
        head = _HEAD.match(line)
        if head:
            found += [range(start, number)] if start < number else []
            start = number = int(head[1])
        elif line[:1] in {" ", "+"} and start:
            number += 1
    return found + ([range(start, number)] if start < number else [])


def has(lines: list[range], first: int, last: int) -> bool:
    """Say whether lines stand in one hunk: a comment cannot reach over two."""
    return any(first in one and last in one for one in lines)

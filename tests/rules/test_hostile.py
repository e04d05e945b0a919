"""No ticket makes a check slow: the largest that is read, of texts that keep some pattern busy, in its text and in its header."""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from faultkb import check, document

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faultkb.vocabulary import Vocabulary

AS_OF = datetime.fromisoformat("2026-11-05 12:00")
PATH = "tickets/2026/11/SW-20261102-001.md"
SECONDS = 1.0
"""Of the processor, beyond what a harmless text of the same length takes, which is less than a tenth of it."""
HARMLESS = "网关在夜间重启一次，日志没有错误，现场断电后恢复正常运行。\n"
HOSTILE = (
    "\t",
    "  \n",
    "<!--",
    "[ ](",
    "1. ",
    "待补充；",
    "密码：",
    "\u200b1",
    "## 现象\n",
    "预计明天。",
    "![a](SW-20261102-001/",
)


def in_text(text: str, piece: str) -> str:
    """Return a ticket with as much of a piece in its text as is read."""
    head, heading, tail = text.partition("## 原因分析")
    number = (document.MAX_BYTES - len(text.encode()) - 9) // len(piece.encode())
    return f"{head}{piece * number}\n\n{heading}{tail}"


def in_note(text: str, piece: str) -> str:
    """Return a ticket with as much of a piece in the note of an event as is read."""
    head, end, tail = text.partition("\n---\n")
    number = (document.MAX_HEADER - len(text) - 99) // len(json.dumps(piece, ensure_ascii=False))
    note = json.dumps(piece * number, ensure_ascii=False)
    return f"{head}\n  - {{at: 2026-11-02 11:00, event: 进展, by: RD017, note: {note}}}{end}{tail}"


@pytest.mark.parametrize("place", [in_text, in_note])
def test_no_text_makes_a_check_slow(
    repository: Path,
    words: Vocabulary,
    write_text: Callable[..., str],
    place: Callable[[str, str], str],
    patience: float,
) -> None:
    """All rules together are done with each of them within a second more than with words that mean no harm."""
    path = repository / PATH
    path.parent.mkdir(parents=True)

    def taken(piece: str) -> float:
        path.write_text(place(write_text("登记"), piece), encoding="utf-8", newline="")
        began = time.process_time()
        found = check.check(repository, words, AS_OF).findings
        assert not {"unreadable-file", "yaml-syntax"} & {one.rule for one in found}
        return time.process_time() - began

    usual = min(taken(HARMLESS) for _ in range(2))
    slow = {piece: seconds for piece in HOSTILE if (seconds := taken(piece) - usual) > SECONDS * patience}
    assert not {piece for piece in slow if taken(piece) - usual > SECONDS * patience}, slow

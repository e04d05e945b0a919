"""Suggestions: what `fault check --fix` would write, as replacements of lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies

from faultkb import mend, suggestions
from faultkb.suggestions import Fix
from tests.cli.test_check_fix import AFTER, BEFORE

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.corpus import Loaded
    from faultkb.vocabulary import Vocabulary

PATH = "tickets/2026/11/SW-20261102-001.md"
GOOD = Fix(PATH, 5, 6, "title: 网关重启\nseverity: 中\n", "遮盖")


def applied(text: str, fixes: list[Fix]) -> str:
    """Return a text after somebody has taken all suggestions."""
    lines = text.split("\n")
    for one in sorted(fixes, reverse=True):
        lines[one.line - 1 : one.end_line] = one.text.split("\n")[:-1]
    return "\n".join(lines)


def test_all_of_them_make_what_fix_makes(load_text: Callable[[str], Loaded], words: Vocabulary) -> None:
    """Whoever takes every suggestion has the file of ``check --fix``; fields that change places are one suggestion."""
    fixes = suggestions.of(load_text(BEFORE), words, Path())
    assert applied(BEFORE, fixes) == AFTER
    # The header ends in line 18: the first change of it is that of line 5, the last that of line 17.
    assert [(one.line, one.end_line) for one in fixes] == [(5, 17), (25, 26)]
    assert "13812345512" not in repr(fixes)


def test_lines_apart_are_suggestions_apart(load_text: Callable[[str], Loaded], words: Vocabulary) -> None:
    """Where no field moves each run of lines stands alone, with what is done there; each alone harms nothing."""
    ordered = BEFORE.replace("severity: 中\ntype: 软件Bug\n", "type: 软件Bug\nseverity: 中\n").replace(
        "status：", "status: "
    )
    fixes = suggestions.of(load_text(ordered), words, Path())
    assert [(one.line, one.end_line, one.what) for one in fixes] == [
        (5, 5, "手机号码遮盖为 138****5512"),
        (10, 10, "reported_at 写成 2026-11-02 09:00"),
        (12, 13, "姓名遮盖为 张*；id 遮盖为 U****3821；device 遮盖为 GW2-****-0917；手机号码遮盖为 138****5513"),
        (15, 15, "删去行末的空格"),
        (17, 17, "at 写成 2026-11-02 09:00"),
        (25, 26, "手机号码遮盖为 137****2468；删去行末的空格"),
    ]
    assert applied(ordered, fixes) == AFTER


def test_a_line_in_which_something_private_stays(load_text: Callable[[str], Loaded], words: Vocabulary) -> None:
    """A name that may be none is for people to mask: its line is not repeated, though something else in it is mended."""
    text = BEFORE.replace("等 \n一分钟，回电 137 0000 2468。", "一会，客户王小明来电，回电 137 0000 2468。").replace(
        "tail \n", "tail\n"
    )
    mended = mend.plan(load_text(text), words, Path())
    assert mended is not None
    assert any("王*" in one.what for one in mended.left)
    fixes = suggestions.of(load_text(text), words, Path())
    assert [(one.line, one.end_line) for one in fixes] == [(5, 17)]


def test_lines_with_other_ends_are_left_alone(load_text: Callable[[str], Loaded], words: Vocabulary) -> None:
    """GitHub's suggestions end in a line feed: a file that has other ends would be left with both."""
    assert suggestions.of(load_text(BEFORE.replace("\n", "\r\n")), words, Path()) == []
    assert suggestions.of(load_text(BEFORE.rstrip("\n") + " "), words, Path()) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"path": "tickets/../.github/workflows/check.md"},
        {"path": "tickets/2026/.hidden.md"},
        {"path": "/tickets/a.md"},
        {"path": "tickets/a.md\n"},
        {"path": "tickets\\a.md"},
        {"path": "README.md"},
        {"path": "tickets/13812345512.md"},
        {"path": "tickets/\u202ea.md"},
        {"what": "电话 13812345512"},
        {"path": "tickets/a.yaml"},
        {"line": 0},
        {"line": 7},
        {"end_line": 46},
        {"text": "没有换行"},
        {"text": "两行\r\n"},
        {"text": "颠倒\u202e\n"},
        {"text": "零宽\u200b\n"},
        {"text": "看不见\u3164\n"},
        {"text": "看不见\U000e0101\n"},
        {"text": "终端\x1b[2J\n"},
        {"text": "半个\ud800\n"},
        {"text": "一\u2028二\n"},
        {"text": "电话 13812345512\n"},
        {"text": "x\n" * 41},
        {"text": "长" * 4000 + "\n"},
    ],
    ids=repr,
)
def test_what_is_never_offered(words: Vocabulary, changes: dict[str, str | int]) -> None:
    """No other file, no line that is none, nothing unseen, nothing private, nothing too long to read."""
    assert suggestions.is_harmless(GOOD, words.lists)
    assert suggestions.is_harmless(GOOD._replace(text=""), words.lists)
    assert suggestions.is_harmless(GOOD._replace(text="　全角空格 → 可以\n"), words.lists)
    assert not suggestions.is_harmless(GOOD._replace(**changes), words.lists)


LINES = strategies.lists(strategies.sampled_from(["a", "b", "", " ", "c: 1"]), max_size=12)


@given(LINES, LINES)
def test_any_two_texts(before: list[str], after: list[str]) -> None:
    """Whatever became of a text, its lines replaced by those that differ are the other text; each has a line to stand at."""
    old, new = ("".join(f"{line}\n" for line in ["---", *lines]) for lines in (before, after))
    spans = list(suggestions.spans(old, new))
    assert all(spans)
    assert all(len(lines) > 0 for lines, _ in spans)
    fixes = [
        Fix(PATH, lines[0], lines[-1], "".join(f"{new.split(chr(10))[number - 1]}\n" for number in others), "")
        for lines, others in spans
    ]
    assert applied(old, fixes) == new

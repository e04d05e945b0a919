"""The comment under a pull request: fine or not in the first line, then what to mend, then what the change does."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from faultkb import moment
from faultkb.finding import ERROR
from faultkb.render.diff import NOTHING, code, details, fitting, plain, remarks
from faultkb.render.findings import summary as told
from faultkb.summary import ATTENTION, BLOCKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from faultkb.suggestions import Fix
    from faultkb.summary import Item, Line, Summary

_TITLES = {
    "success": "✅ 检查通过",
    "failure": "❌ 检查没有通过",
    "timed_out": "⌛ 检查超时，没有做完",
    "cancelled": "⏹️ 检查被取消了，没有做完",
    "action_required": "⏸️ 检查在等管理员批准",
}
_UNKNOWN = "❔ 检查没有做完"
_NO_TICK = "⚠️ 由这次改动自己的程序检查，结果要管理员看过才算"
_MISSING = (
    "这次检查没有留下改动的概括：请点上面的“检查的经过”，看停在哪一步。"
    "`schema/` 里写错了也会这样：看 Files changed 里的标记。"
)
_UNREADABLE = "这次检查留下的概括读不出来，所以没有写在这里：请点上面的“检查的经过”。"
_FOREIGN = (
    "> ⚠️ 这次改动也改了 `tickets/` 以外的文件，这份概括由这次改动里的程序算出，可能不对："
    "请管理员看改动本身（Files changed），不要只看这里。\n"
)
_IN_HISTORY = "[private-in-history]"
_SQUASH = (
    "> ⚠️ 文件已经遮盖，较早的提交里却还有个人信息：**合并时选 Squash and merge**，普通的合并会把它永远留在历史里。\n"
)
_ERRORS_ROOM, _REMARKS_ROOM, _ITEMS_ROOM, _FIXES_ROOM = 16_000, 8_000, 30_000, 6_000
"""Bytes; all together stay below what GitHub accepts."""
_FEW = 12
"""Lines of a change that are shown at once, if nothing blocks it; of others only the title, until somebody opens it."""
_RULE = re.compile(r"错误\[[^\]]*\] ")


class Page(NamedTuple):
    """What the comment is made of: how the run ended and where to see it, the summary, and the mends.

    ``is_foreign``: the change brings along the program that made the summary. ``offered`` is the number of suggestions on
    lines, ``others`` are the mends of lines that the change does not show.
    """

    conclusion: str
    address: str
    summary: Summary | None
    is_missing: bool = False
    is_foreign: bool = False
    offered: int = 0
    others: Sequence[Fix] = ()


def markdown(page: Page) -> str:
    """Return the comment; whatever comes from the change is text."""
    return "\n".join(_parts(page)).rstrip("\n")


def _parts(page: Page) -> Iterator[str]:
    one = page.summary
    errors = one.outcome.count(ERROR) if one else 0
    number = f"：{errors} 处错误要改" if errors and page.conclusion != "success" else ""
    # What a change that brings its own program says of itself is not worth a tick.
    title = _TITLES.get(page.conclusion, _UNKNOWN)
    yield f"## {_NO_TICK if page.is_foreign and page.conclusion == 'success' else title}{number}\n"
    yield f"{_outcome(page, one, errors)}　[检查的经过]({page.address})\n"
    if page.is_foreign:
        yield _FOREIGN
    if one is None:
        yield f"{_MISSING if page.is_missing else _UNREADABLE}\n"
        return
    yield from _errors(one)
    if any(_IN_HISTORY in text for text in (*one.remarks, *(line.text for item in one.items for line in item.lines))):
        yield _SQUASH
    if one.remarks:
        yield remarks(one, _REMARKS_ROOM)
    yield from _mends(page)
    if one.items:
        yield from _changes(one)


def _outcome(page: Page, one: Summary | None, errors: int) -> str:
    if one is None:
        return ""
    if page.conclusion == "failure" and errors:
        return "改好下面几处并提交，这里会自己更新。"
    said = f"{told(one.outcome)}。" if one.tickets else f"{NOTHING}。"
    return f"{said}没有通过的是别的步骤，请看：" if page.conclusion == "failure" else said


def _errors(one: Summary) -> Iterator[str]:
    """List what blocks, under each ticket."""
    blocked = [(item, [line for line in item.lines if _blocks(line)]) for item in one.items]
    parts = [_error(item, lines) for item, lines in blocked if lines]
    shown = fitting(parts, _ERRORS_ROOM)
    if shown:
        yield "".join(shown)
    if len(parts) > len(shown):
        yield f"还有 {len(parts) - len(shown)} 个故障里有错误，请看“检查的经过”。\n"


def _blocks(line: Line) -> bool:
    return line.heading == ATTENTION and line.text.startswith(BLOCKING)


def _error(item: Item, lines: Sequence[Line]) -> str:
    said = "".join(f"  - {plain(_RULE.sub('', line.text, count=1))}\n" for line in lines)
    return f"- **{plain(item.id)}** {plain(item.title)}\n{said}"


def _mends(page: Page) -> Iterator[str]:
    """Say which mends can be taken with a click, and name those that cannot."""
    if page.offered:
        yield (
            f"💡 **{page.offered} 处可以点一下就改好**：打开上方的 Files changed，在建议下面点 Commit suggestion；"
            "几处一起，就逐处点 Add suggestion to batch，最后提交一次。\n"
            "遮盖了个人信息的，合并时选 Squash and merge：原来的写法还在较早的提交里。\n"
        )
    if page.others:
        yield "🔧 下面几处要自己改，或在电脑上运行 `tools/check --fix`：\n"
        shown = fitting((_other(one) for one in page.others), _FIXES_ROOM)
        rest = len(page.others) - len(shown)
        yield "".join([*shown, *([f"- 还有 {rest} 处\n"] if rest else [])])


def _other(one: Fix) -> str:
    lines = f"{one.line}" if one.line == one.end_line else f"{one.line}–{one.end_line}"
    return f"- {code(one.path)} 第 {lines} 行：{plain(one.what)}\n"


def _changes(one: Summary) -> Iterator[str]:
    """Tell what the change does; what blocks is told above."""
    rest = [replace(item, lines=tuple(line for line in item.lines if not _blocks(line))) for item in one.items]
    number = sum(len(item.lines) for item in rest)
    is_open = number <= _FEW and not one.outcome.count(ERROR)
    yield f"<details{' open' if is_open else ''}><summary>这次改了什么：{one.tickets} 个故障</summary>\n"
    yield f"{details(replace(one, items=tuple(rest)), _ITEMS_ROOM)}\n</details>\n"
    yield f"<sub>截至 {moment.show(one.as_of)}，提交 {one.head[:7]}</sub>\n"

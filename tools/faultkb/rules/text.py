"""Rules about a ticket file as text: can it be read at all, is its header YAML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from faultkb.rules import Hit, rule
from faultkb.violation import clip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.yamltext import Problem

_UNREADABLE = {
    "symlink": ("这是一个符号链接，不是文件", "把故障文件本身放进 tickets/，不要放链接"),
    "not a file": ("名字以 .md 结尾，却不是文件", "改名，或移出 tickets/"),
    "too large": ("文件太大：故障文件不应超过 1 MB", "把日志、截图放进同名文件夹作为附件"),
    "unreadable": ("没有权限读这个文件", "检查文件权限后重试"),
    "binary": ("这不是文本文件", "故障文件要用 UTF-8 编码的 Markdown 文本；其他文件请放进同名文件夹作为附件"),
    "encoding": ("这个文件不是 UTF-8 编码（可能是 GBK 或 ANSI）", "用编辑器“另存为”，编码选 UTF-8"),
}
_FRONT_MATTER = {
    "byte order mark": ("文件开头有一个看不见的标记（BOM）", "用编辑器“另存为”，编码选 UTF-8（不带 BOM）"),
    "empty file": ("文件是空的", "用 tools/new 登记一个故障，或删去这个文件"),
    "missing": ("第一行应当是 ---，文件头从这里开始", "在最前面写一行 ---，接着写各字段，再写一行 ---，然后是正文"),
    "unterminated": ("文件头没有结束", "在最后一个字段之后单独写一行 ---"),
    "empty header": ("两行 --- 之间没有任何字段", "补上字段；可以用 tools/new 登记一个故障作样子"),
}
_SYNTAX = (
    ("control character", "有看不见的控制字符", "删去这个字符，重新输入这一行"),
    ("too deep", "括号或缩进套得太深", "检查这一行是不是少了右括号"),
    ("too many values", "文件头太大", "文件头只写字段与事件；长的内容写进正文或附件"),
    ("not a mapping", "文件头应当是一行一个“字段: 值”", "每行写成“字段: 值”，冒号用半角，后面空一格"),
    ("key is not text", "字段名不能是列表或一组值", "字段名写成英文单词，例如 status"),
    ("while scanning an alias", "以 * 开头的值要加引号", '写成 "*明" 这样；YAML 里 * 开头另有含义'),
    ("while scanning an anchor", "以 & 开头的值要加引号", '在整个值的两边加上半角双引号 "…"'),
    ("while scanning a tag", "以 ! 开头的值要加引号", '在整个值的两边加上半角双引号 "…"'),
    ("while parsing a tag", "以 ! 开头的值要加引号", '在整个值的两边加上半角双引号 "…"'),
    ("while scanning a block scalar", "以 > 或 | 开头的值要加引号", '在整个值的两边加上半角双引号 "…"'),
    ("found unknown escape character", "双引号里的反斜杠 \\ 另有含义", "把 \\ 写成 \\\\，或把两边的双引号改成单引号"),
    (
        "did not find expected node content",
        "这里缺一个值，或值以逗号开头",
        "补上值；以逗号开头的值两边加上半角双引号（引号）",
    ),
    ("block sequence entries are not allowed", "以“- ”开头的值要加引号", '在整个值的两边加上半角双引号 "…"'),
    ("found a tab character", "用了制表符（Tab）缩进", "缩进改用空格，与上下各行对齐"),
    ("found undefined alias", "以 * 开头的值要加引号", '写成 "*明" 这样；YAML 里 * 开头另有含义'),
    ("found duplicate anchor", "以 & 开头的值要加引号", '在整个值的两边加上半角双引号 "…"'),
    (
        "mapping values are not allowed",
        "值里面有“冒号加空格”，读不出这一行",
        "把值里的冒号改成全角（：），或给整个值加上双引号；字段名前面不要有多余的缩进",
    ),
    (
        "found character that cannot start any token",
        "这里有不能用在值的开头的字符，或用了制表符（Tab）缩进",
        "缩进用空格；以 @ ` % 开头的值两边加双引号",
    ),
    ("found unexpected end of stream", "引号只有一半", "补上另一半引号"),
    (
        "did not find expected ',' or '}'",
        "花括号里的写法有误：缺逗号、缺右括号 }，或值里有冒号、括号",
        "各字段之间用半角逗号；说明文字里的逗号、冒号用全角，或给整个说明加双引号",
    ),
    ("did not find expected ',' or ']'", "方括号里的写法有误：缺逗号或缺右括号 ]", "各项之间用半角逗号，最后写 ]"),
    ("could not find expected ':'", "这一行没有“字段: 值”里的冒号", "写成“字段: 值”，冒号用半角，后面空一格"),
    (
        "did not find expected key",
        "这一行的缩进、引号或括号不对",
        "与上下各行对齐；带引号的值后面不要再写别的字；多余的右括号删去",
    ),
    ("did not find expected '-' indicator", "列表里混进了不是列表项的行", "列表的每一项以“- ”开头，缩进相同"),
    ("but found another document", "文件头里多了一行 ---", "文件头只在开头和结尾各写一行 ---"),
)


def _worded(table: dict[str, tuple[str, str]], problem: Problem) -> Iterator[Hit]:
    yield Hit((), *table[problem.detail])


@rule("unreadable-file", scope="text")
def unreadable_file(problem: Problem) -> Iterator[Hit]:
    """文件读不出来，或不是 UTF-8 文本。

    tickets/ 里的 .md 文件都是故障。读不出来的故障等于丢了，所以是错误：符号链接、文件夹、二进制文件、
    超过 1 MB 的文件、GBK 编码的文件都在此列。
    改法：用编辑器另存为 UTF-8 文本；日志与截图放进与故障同名的文件夹。
    """
    yield from _worded(_UNREADABLE, problem)


@rule("front-matter", scope="text")
def front_matter(problem: Problem) -> Iterator[Hit]:
    """文件头缺失、没有结束，或是空的。

    故障文件以一行 --- 开头，之后是各字段，再一行 --- 结束，然后是正文。没有文件头就不知道这是哪个故障。
    改法：补上开头或结尾的 ---；文件开头的 BOM 用“UTF-8（不带 BOM）”另存即可去掉。
    """
    yield from _worded(_FRONT_MATTER, problem)


@rule("yaml-syntax", scope="text")
def yaml_syntax(problem: Problem) -> Iterator[Hit]:
    """文件头的写法有误，读不出字段。

    文件头是 YAML：一行一个“字段: 值”，冒号半角且后面空一格；事件写在花括号里，一行一个。
    常见的原因：说明里有半角冒号或逗号、用 Tab 缩进、以 * 开头的值没有加引号、括号或引号只有一半。
    改法：按提示改那一行；拿不准时给整个值加上半角双引号。
    """
    for token, message, advice in _SYNTAX:
        if token in problem.detail:
            yield Hit((), message, advice)
            return
    yield Hit((), "这一行的写法有误，读不出字段", "检查引号、括号、缩进和半角冒号；拿不准时给整个值加上双引号")


@rule("merge-conflict", scope="text")
def merge_conflict(problem: Problem) -> Iterator[Hit]:
    """合并冲突还没有处理：文件里留着 git 的冲突标记。

    两个人在各自的分支上改了同一处，git 不知道该听谁的，把两边都放进了文件，用 <<<<<<<、=======、>>>>>>> 隔开。
    改法：两边新增的事件都留下，按时间排列，每个事件只留一行；文件头的状态等由事件推出，删去标记之后再检查一次，
    提示会说应当是什么；正文由了解情况的人合成一份。
    """
    ours, _, theirs = problem.detail.partition("\0")
    if not ours and not theirs:
        yield Hit((), "留着半个 git 的冲突标记", "看看前后的内容有没有重复或缺少，然后删去这一行")
        return
    sides = [_sides(text) for text in (ours, theirs)]
    message = f"合并冲突还没有处理。上半边（======= 之前）：{sides[0]}；下半边：{sides[1]}"
    if all(re.search(r"^title:|event: *登记", text, re.MULTILINE) for text in (ours, theirs)):
        advice = (
            "如果上下是两个不同的故障取到了同一个编号：先 git merge --abort，再运行 fault renumber 编号，给自己的换一个；"
            "如果是同一个故障，每个字段只留一行，删去三种标记"
        )
    elif _EVENT_LINE.search(ours) or _EVENT_LINE.search(theirs):
        advice = "两边的事件都留下，按时间排列，一样的只留一行；删去三种标记；文件头的状态等照下一次检查的提示改"
    elif _FIELD_LINE.search(ours) or _FIELD_LINE.search(theirs):
        advice = "每个字段只留一行（由事件推出的，照下一次检查的提示改），删去三种标记"
    else:
        advice = "把两边的文字合成一份，删去三种标记"
    yield Hit((), message, advice)


_EVENT_LINE = re.compile(
    r"^ *- *\{at: *[\"']?(\d{4}-\d\d-\d\d \d\d:\d\d)[\"']?, *event: *([\u4e00-\u9fff]{2,6})", re.MULTILINE
)
_FIELD_LINE = re.compile(r"^([a-z_]{2,20}):", re.MULTILINE)


def _sides(text: str) -> str:
    """Say what one side of a conflict holds, without its content: events by time and name, fields by name."""
    events = [f"{at} {name}" for at, name in _EVENT_LINE.findall(text)]
    parts = [f"事件 {'、'.join(events)}"] if events else []
    fields = list(dict.fromkeys(_FIELD_LINE.findall(text)))
    parts += [f"字段 {'、'.join(fields)}"] if fields else []
    lines = sum(bool(line.strip()) for line in text.splitlines()) - len(events) - len(fields)
    parts += [f"{lines} 行文字"] if lines > 0 else []
    return "、".join(parts) or "没有内容"


@rule("duplicate-key", scope="text")
def duplicate_key(problem: Problem) -> Iterator[Hit]:
    """同一个字段写了两次。

    两处内容不同时，没有人知道哪个算数；合并分支后最容易出现。
    改法：留下正确的一处，删去另一处。
    """
    yield Hit((), f"字段“{clip(problem.detail)}”写了两次", "留下正确的一处，删去另一处")


@rule("fullwidth-colon", scope="text", fixable=True)
def fullwidth_colon(problem: Problem) -> Iterator[Hit]:
    """字段名后面用了全角冒号（：）。

    YAML 只认半角冒号加空格，全角冒号会让这一行变成别的意思。
    改法：改成半角冒号，后面空一格，例如“status: 处理中”。
    """
    yield Hit(
        (), f"字段名 {clip(problem.detail)} 后面是全角冒号“：”", f"改成半角冒号加空格：“{clip(problem.detail)}: …”"
    )

"""What is wrong or to be known about a filled-in form, in a clerk's words: the check speaks of a file, which nobody sees here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from faultkb import exposed, issue_form, registration
from faultkb.render import visible
from faultkb.render.tables import escape
from faultkb.rules import exposure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from faultkb.registration import Objection
    from faultkb.vocabulary import Vocabulary

MOST = 20
"""Lines of one list; the rest is counted."""
_KEY = re.compile(r"^[^（：]{1,20}（[a-z_.]+）(?:的|：|里(?=有))?")
"""How the check's messages begin: a field by its name in the file."""
_FOR_FILES = {
    "attachment": ("有图片或文件没有上传到这里，不会收进登记", "拖进来上传；别处的图片先存下来再上传"),
    "unsafe-html": (
        "有 HTML 标签（尖括号 < > 里的字），会当作普通文字",
        "用不着的删掉；是代码、日志的，前后各写一行 ```",
    ),
    "malformed-heading": ("有一行只写了章节的名字", "在这一行再写几个字，或删掉这一行"),
    "event-in-future": ("这个时间还没有到", "看看年份、月份、上午下午有没有写错"),
    "two-names": ("", "核对工号与姓名"),
    **dict.fromkeys(exposure.NAMES, ("", "删掉，或把一部分换成 *")),
}
"""What is said here of some rules, and what to do; without words of its own what the check says."""
_ADVICE = (
    ("文件夹", "日志、聊天记录拖进来作为附件，这里只写结论"),
    ("放到正文里", "写得短一些，细节写在“现象”里"),
)
"""Advice of several rules, by words in it that mean a file, and what to do in a form."""


def shown(one: Objection, words: Vocabulary, absent: frozenset[str] = frozenset()) -> str:
    """Say what is wrong with an answer and what to write; of one that is ``absent`` how to bring its heading back."""
    label = exposed.title_of(words, one.about)
    if one.missing and one.about in absent & registration.BY_NAME.keys() and one.about != "title":
        line = f"在正文最前面单独写一行 `### {label}`，空一行，再写"
        return f"**{cell(label)}**：没有填，这一栏也没有了。{line}。{cell(what_to_write(words, one.about))}"
    message, advice = _FOR_FILES.get(one.rule, ("", ""))
    place = f"第 {one.line + 1} 行，" if one.line and one.line > 0 else ""
    said = "没有填" if one.missing else message or _KEY.sub("", one.message)
    text = cell("。".join(filter(None, (f"{place}{said}", advice or _advice(one, words)))))
    return f"**{cell(label)}**：{text}" if label else text


def _advice(one: Objection, words: Vocabulary) -> str:
    """Return the check's advice, or another where that is about a file: what is missing, what is a list there."""
    if one.missing or "方括号" in one.help:
        return what_to_write(words, one.about)
    return next((said for word, said in _ADVICE if word in one.help), one.help)


def what_to_write(words: Vocabulary, about: str) -> str:
    """Return what belongs into a field of the form: its choices, or what the schema says of it."""
    if about in words.choices and about in registration.BY_NAME:
        return f"只能是：{'、'.join(words.choices[about])}"
    several = about in registration.BY_NAME and registration.kind(words, about) == "array"
    about = registration.explanation(words, about) if about in registration.titles(words) else ""
    return f"{about}{'有几个的，用顿号隔开' if several else ''}"


def unused(labels: Sequence[str], words: Vocabulary) -> str:
    """Name the headings that are no field, and the fields that there are; empty where there are none."""
    if not labels:
        return ""
    known = "、".join(title for name, title in registration.titles(words).items() if name not in issue_form.LEFT_OUT)
    named = "、".join(f"“{cell(one)}”" for one in labels[:MOST])
    return f"没有这些栏目，下面的内容没有登记：{named}。请挪到别的栏目里；栏目只有：{known}"


def rest(number: int) -> list[str]:
    """Say how many of a list are not shown."""
    return [f"- 还有 {number - MOST} 处"] if number > MOST else []


def cell(value: object) -> str:
    """Return a text of one line that means nothing in Markdown."""
    return escape(visible(" ".join(str(value).split())))

"""The body of an issue form → answers. GitHub writes ``### label``, a blank line and the value, for each field."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from faultkb import issue_form, prose, registration, spelling
from faultkb.document import MAX_BYTES, Document
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from faultkb.vocabulary import Vocabulary

_LEVEL = 3
"""The level of a form's own headings; any other heading is text of the field in which it stands."""
_NOTHING = "_No response_"
_NOT_CHOSEN = "None"
"""What GitHub writes for an optional drop-down list that was left alone."""
_NO_ANSWER = frozenset({"无", "没有", "暂无", "不适用", "-", "--", "—", "——", "/", "n/a", "na", "none", "nil"})
"""What people write into a field that they would rather leave empty; 未知 is an answer."""
_BACK = "把缺的栏目补回去（“### 栏目名”单独一行，下面可以空着；备注放在最后面，别的放在最前面），或者"
_YES_NO = {"是": True, "否": False, _NOT_CHOSEN: False}
_HEADINGS = re.compile(r"^### +(.+)$", re.MULTILINE)
_CHECKBOX = re.compile(r"[-*] +\[([ xX])\] +(.*)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of a form: its label, what stands below it, and the lines on which the two begin."""

    label: str
    text: str
    line: int
    text_line: int


@dataclass(frozen=True, slots=True)
class Form:
    """What a form says: the answers, the entry that each comes from, what is wrong with its headings, and what nobody asked for."""

    answers: dict[str, Any]
    entries: dict[str, Entry]
    wrong: tuple[str, ...]
    unused: tuple[Entry, ...]


def decode(data: bytes) -> str:
    """Return the text of a form. Raise FaultError if it is none, or too long."""
    if len(data) > MAX_BYTES:
        raise FaultError("表单太大：不应超过 1 MB，日志请作为附件", code=1)
    try:
        return prose.lines(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise FaultError("表单不是 UTF-8 编码的文本（可能是 GBK 或 UTF-16）：请另存为 UTF-8", code=1) from None


def parse(text: str) -> list[Entry]:
    """Return the entries of a form, in order. Raise FaultError where it cannot be told what belongs to which."""
    source = Document(text, {}, text)
    if prose.is_open(text):
        begun = f"第 {source.open_fence} 行开始的代码块（```）" if source.open_fence else "注释（<!--）"
        raise FaultError(f"表单里{begun}没有结束，看不出后面的栏目：补上结束的一行", code=1)
    labels = [one for one in source.headings if one.level == _LEVEL]
    ends = [*(one.at for one in labels[1:]), len(text)][: len(labels)]
    if not labels or text[: labels[0].at].strip():
        raise FaultError("表单要从“### 栏目名”开始，例如“### 故障类型”，空一行，再写内容；前面不要有别的字", code=1)
    entries = []
    line, counted = 1, 0
    for one, end in zip(labels, ends, strict=True):
        start = one.start + prose.blank(text[one.start : end])
        line, counted = line + text.count("\n", counted, one.at), one.at
        said = text[start:end].rstrip()
        said = "" if said.strip() == _NOTHING else said
        entries.append(Entry(one.name.rstrip("：: "), said, line, line + text.count("\n", one.at, start)))
    return entries


def roughly(text: str) -> list[Entry]:
    """Return what may be the entries of a text that is no form, the words before the first among them."""
    said = _HEADINGS.split(text)
    return [
        Entry(label.rstrip("：: \t"), one.strip(), 0, 0)
        for label, one in zip(["", *said[1::2]], said[::2], strict=True)
    ]


def read(words: Vocabulary, entries: Iterable[Entry]) -> Form:
    """Match the entries of a form with what a registration may say, by their Chinese titles.

    A heading that somebody writes into a free text looks like any other. So that no text can pass for a field, no
    heading may come twice. Behind a free text only those may come that the form has there: parts, and behind the last of
    them the later short answers and the remark, where all are there: GitHub writes every heading of its form.
    A heading that is no field's belongs to the part in which it stands; elsewhere it is left out, with what stands below
    it; a list of checkboxes there is no loss.
    """
    names = {title: name for name, title in registration.titles(words).items()}
    found: dict[str, Entry] = {}
    wrong: list[str] = []
    unused: list[Entry] = []
    below: dict[str, list[Entry]] = {}
    free: Entry | None = None
    part = ""
    for one in entries:
        name = names.get(one.label)
        if name is None and part and one.label != issue_form.PROMISE:
            below.setdefault(part, []).append(one)
        elif name is None:
            unused += [one] if one.text and _ticked(one.text) is None else []
            part = ""
        elif complaint := _complaint(one, name, names, found, free):
            wrong.append(f"表单第 {one.line} 行：{complaint}")
            part = ""
        else:
            found[name] = one
            free = one if registration.is_free(name) else free
            part = "" if name in registration.BY_NAME else name
    found |= {name: _whole(found[name], some) for name, some in below.items()}
    wrong += _loose(words, found)
    answers = {name: _answer(words, name, one.text) for name, one in found.items()}
    return Form({name: said for name, said in answers.items() if said}, found, tuple(wrong), tuple(unused))


def _whole(part: Entry, below: list[Entry]) -> Entry:
    """Return a part with its author's own headings and what stands below them; the lines stay where they are."""
    start = part.text_line if part.text else below[0].line
    pieces, line = [part.text], start + part.text.count("\n")
    for one in below:
        heading = f"{'#' * (_LEVEL + 1)} {one.label}"
        pieces += ["\n" * (one.line - line), heading, "\n" * (one.text_line - one.line), one.text]
        line = one.text_line + one.text.count("\n")
    return replace(part, text="".join(pieces).rstrip(), text_line=start)


def _complaint(one: Entry, name: str, names: dict[str, str], found: dict[str, Entry], free: Entry | None) -> str:
    """Say what is wrong with a heading, empty if nothing is."""
    deeper = "；如果它是内容里的小标题，请写成四个 #"
    if name in found:
        return f"第 {found[name].line} 行已经有“{one.label}”{deeper}"
    if free and not (registration.is_free(name) or (name in issue_form.BEHIND and names[free.label] != "remark")):
        return f"“{one.label}”要写在第 {free.line} 行的“{free.label}”之前{deeper}"
    return ""


def _loose(words: Vocabulary, found: dict[str, Entry]) -> Iterator[str]:
    """Complain, once, of what stands behind the description and may be part of its text, since the form is not whole."""
    places = [*found]
    parts = [name for name in places if name not in registration.BY_NAME]
    behind = [one for one in places[places.index(parts[0]) :] if one in registration.BY_NAME] if parts else []
    if not behind:
        return
    titles = registration.titles(words)
    gone = [one for one in titles if one in {*issue_form.BEHIND, "remark"} - {*found}]
    if gone or places.index(parts[-1]) > places.index(behind[0]):
        first, part = found[behind[0]], found[parts[0]]
        why = f"表单里又缺少{'、'.join(f'“{titles[one]}”' for one in gone)}" if gone else "后面又有描述的栏目"
        yield (
            f"表单第 {first.line} 行：“{first.label}”写在第 {part.line} 行的“{part.label}”之后，{why}，看不出它是不是内容里的字："
            f"{_BACK if gone else ''}把它挪到“{part.label}”之前"
        )


def _answer(words: Vocabulary, name: str, text: str) -> Any:
    """Return the answer in the text of an entry, something empty where there is none."""
    if name not in registration.BY_NAME:
        return text
    if text.strip(" 。.").casefold() in _NO_ANSWER and not issue_form.is_required(words, name):
        return ""
    boxes = _ticked(text)
    if registration.kind(words, name) == "boolean":
        return _YES_NO.get(text, text) if boxes is None else bool(boxes)
    text = text if boxes is None else "\n".join(boxes)
    said = "" if text == _NOT_CHOSEN else registration.value(words, name, text)
    return spelling.put_right(words, name, said) if isinstance(said, str) else said


def _ticked(text: str) -> list[str] | None:
    """Return the ticked labels of a list of checkboxes; None if a text is no such list."""
    boxes = [_CHECKBOX.fullmatch(line.strip()) for line in text.split("\n") if line.strip()]
    if not boxes or None in boxes:
        return None
    return [box[2] for box in boxes if box and box[1] != " "]

"""What options, form and defaults say of a new fault, and everything that is wrong with it, named at once."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from faultkb import form, registration
from faultkb.cli import say
from faultkb.cli.workspace import Workspace, staff_default
from faultkb.finding import FaultError, reason
from faultkb.violation import clip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from faultkb.form import Entry
    from faultkb.registration import Objection

_MOST = 20
"""Mistakes that are listed; the rest is counted."""
_UNDECODED = re.compile("[\ud800-\udfff]")
"""What Python makes of the bytes of an argument that are no text in the locale."""


def said(
    here: Workspace, form_file: str | None, sections: tuple[str, ...], given: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Entry], list[str]]:
    """Return what form, options and defaults say, the form's entry of an answer, and what cannot be read."""
    filled = form.read(here.words, form.parse(form.decode(_read(form_file)))) if form_file else None
    answers = dict(filled.answers) if filled else {}
    entries = dict(filled.entries) if filled else {}
    wrong = list(filled.wrong) if filled else []
    for one in filled.unused if filled else ():
        say(
            f"表单第 {one.line} 行“{clip(one.label)}”没有用到：没有这个栏目，下面的内容不会写进故障"
            f"（可以写：{'、'.join(registration.titles(here.words).values())}）；如果它是内容里的小标题，请写成四个 #"
        )
    for name, text in [*_options(given, wrong), *_sections(here, sections, wrong)]:
        answers[name] = text
        entries.pop(name, None)
    staff, staff_name = staff_default(here.root)
    if staff:
        answers.setdefault("reporter", staff)
    if staff_name and staff in {"", answers.get("reporter")}:
        # It is the name of that person, and of nobody else whom an option or the form names.
        answers.setdefault("reporter_name", staff_name)
    return answers, entries, wrong


def _read(form_file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if form_file == "-" else Path(form_file).read_bytes()
    except FileNotFoundError:
        raise FaultError(f"没有这个文件：{form_file}") from None
    except PermissionError:
        raise FaultError(f"没有权限读 {form_file}") from None
    except OSError as error:
        raise FaultError(f"读不了 {form_file}：{reason(error)}") from None


def _options(given: Mapping[str, Any], wrong: list[str]) -> Iterator[tuple[str, Any]]:
    """Return what the options say; one that is left empty says nothing. ``wrong`` learns what cannot be read."""
    for name, value in given.items():
        read: Any = value
        if isinstance(value, tuple):
            read = [text for one in value if (text := _readable(one, flag(name), wrong).strip())]
        elif isinstance(value, str):
            read = _readable(value, flag(name), wrong).strip()
        if read:
            yield name, read


def _sections(here: Workspace, sections: tuple[str, ...], wrong: list[str]) -> Iterator[tuple[str, str]]:
    """Return the parts of the description that options give; ``wrong`` learns what cannot be meant."""
    known = [one.name for one in registration.parts(here.words)]
    seen: set[str] = set()
    for one in sections:
        name, sign, text = _readable(one, "--section", wrong).partition("=")
        name = name.strip()
        if not sign:
            wrong.append(f"--section：“{clip(one)}”要写成“小节=内容”")
        elif name not in known:
            wrong.append(f"--section：故障描述里没有“{clip(name)}”一节，可以写：{'、'.join(known)}")
        elif name in seen:
            wrong.append(f"--section：“{name}”写了两次，合成一个")
        else:
            seen.add(name)
            yield name, text


def _readable(text: str, where: str, wrong: list[str]) -> str:
    """Return an argument as the UTF-8 that it is, whatever the locale took it for; ``wrong`` learns that it is none."""
    if not _UNDECODED.search(text):
        return text
    try:
        return os.fsencode(text).decode("utf-8")
    except UnicodeError:
        wrong.append(f"{where}：这里的文字读不出来，应为 UTF-8")
        return _UNDECODED.sub("�", text)


def worded(one: Objection, entries: Mapping[str, Entry]) -> str:
    """Say what is wrong, and where it stands: on a line of the form, or in an option."""
    entry = entries.get(one.about)
    if entry:
        line = entry.line if one.line is None else entry.text_line + one.line
        return f"表单第 {line} 行“{entry.label}”：{one}"
    if one.about in registration.BY_NAME:
        return f"{flag(one.about)}：{one}"
    return f"--section {one.about}：{one}" if one.about else str(one)


def flag(name: str) -> str:
    """Return the option of an item."""
    return f"--{name.replace('_', '-')}"


def refuse(here: Workspace, wrong: list[str], missing: list[str]) -> None:
    """Raise FaultError if there is anything wrong or missing, and name all of it at once."""
    titles = registration.titles(here.words)
    lines = wrong[:_MOST] + ([f"还有 {len(wrong) - _MOST} 处"] if len(wrong) > _MOST else [])
    if missing:
        lines.append(f"缺少选项：{'、'.join(f'{flag(name)}（{titles[name]}）' for name in missing)}")
    if lines:
        listed = lines[0] if len(lines) == 1 else "".join(f"\n  {line}" for line in lines)
        raise FaultError(f"没有登记：{listed}", code=2 if missing else 1)

"""Findings as text for people, as GitHub annotations, as JSON; for other programs see `exchange`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TextIO

from faultkb import program
from faultkb.finding import ERROR, NOTE, WARNING
from faultkb.render import SCHEMA_VERSION, STYLES, console, exchange, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from rich.text import Text

    from faultkb.check import Outcome
    from faultkb.finding import Finding
    from faultkb.summary import Tally

LEVELS = {ERROR: "错误", WARNING: "提醒", NOTE: "说明"}
_EXCERPT = 100
"""Characters of a source line to show around the place."""


def text(outcome: Outcome, root: Path, stream: TextIO) -> None:
    """Write findings in the manner of a compiler: place, rule, source line with a caret, what to write instead."""
    from rich.text import Text

    out = console(stream)
    private = {(one.path, one.line) for one in outcome.findings if one.private}
    lines: dict[str, list[str]] = {}
    for one in outcome.findings:
        if one.path not in lines:
            lines = {one.path: _lines(root, one.path)}
        out.print(_title(one))
        if (one.path, one.line) not in private:
            for row in _excerpt(one, lines[one.path]):
                out.print(row)
        if one.help:
            out.print(Text("      = 改法：", style="cyan") + Text(program.called(visible(one.help))))
    out.print(summary(outcome), style=_summary_style(outcome))


def _title(one: Finding) -> Text:
    from rich.text import Text

    place = Text(f"{visible(one.path)}:{one.line}:{one.column}: ", style="bold")
    return (
        place
        + Text(LEVELS[one.level], style=STYLES[one.level])
        + Text(f"[{one.rule}] ", style="dim")
        + Text(visible(one.message))
    )


def _lines(root: Path, path: str) -> list[str]:
    from faultkb import corpus

    return corpus.read(root, path).text.replace("\r\n", "\n").split("\n") if path.lower().endswith(".md") else []


def _excerpt(one: Finding, lines: list[str]) -> list[Text]:
    from rich.cells import cell_len
    from rich.text import Text

    if one.line > len(lines) or not lines[one.line - 1].strip():
        return []
    start = max(0, one.column - 1 - _EXCERPT // 2)
    source = visible(lines[one.line - 1])
    shown = ("…" if start else "") + source[start : start + _EXCERPT] + ("…" if len(source) > start + _EXCERPT else "")
    offset = cell_len(("…" if start else "") + source[start : one.column - 1])
    gutter = Text(f"{one.line:>5} | ", style="dim")
    return [gutter + Text(shown), Text("      | ", style="dim") + Text(" " * offset + "^", style=STYLES[one.level])]


def summary(outcome: Outcome | Tally) -> str:
    """Return the last line: how many files, errors and warnings, and what was left alone."""
    errors, warnings = outcome.count(ERROR), outcome.count(WARNING)
    counted = f"检查了 {outcome.checked} 个{'' if outcome.unchanged is None else '有改动的'}故障"
    if not errors and not warnings:
        line = f"{counted}：没有发现问题"
    else:
        line = f"{counted}：{errors} 个错误，{warnings} 个提醒" + ("；提醒不影响合并" if not errors else "")
    if outcome.elsewhere is not None:
        return f"{line}。schema/ 有改动，其余 {outcome.unchanged} 个故障也检查了：{outcome.elsewhere} 个错误，不影响这次合并"
    return f"{line}。其余 {outcome.unchanged} 个与基线相同" if outcome.unchanged else line


def _summary_style(outcome: Outcome) -> str:
    return "bold red" if outcome.count(ERROR) else "bold green"


def github(outcome: Outcome, _root: Path, stream: TextIO) -> None:
    """Write GitHub's workflow commands, which put each finding beside its line in the pull request."""
    marks(outcome.findings, stream)
    stream.write(f"{summary(outcome)}\n")


def marks(findings: Iterable[Finding], stream: TextIO) -> None:
    """Write the workflow commands alone."""
    for one in findings:
        kind = {ERROR: "error", WARNING: "warning", NOTE: "notice"}[one.level]
        message = f"{one.message}。{one.help}" if one.help else one.message
        place = f"file={_property(one.path)},line={one.line},col={one.column},title={_property(one.rule)}"
        stream.write(f"::{kind} {place}::{_data(message)}\n")


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(visible(value)).replace(":", "%3A").replace(",", "%2C")


def as_json(outcome: Outcome, _root: Path, stream: TextIO) -> None:
    """Write the public JSON document."""
    keys = ("rule", "level", "path", "line", "column", "message", "help", "fixable")
    findings = [{key: getattr(one, key) for key in keys} for one in outcome.findings]
    rest = {} if outcome.unchanged is None else {"unchanged": outcome.unchanged}
    json.dump(
        {"schema_version": SCHEMA_VERSION, "findings": findings, "checked": outcome.checked, **rest},
        stream,
        ensure_ascii=False,
        indent=2,
    )
    stream.write("\n")


FORMATS: dict[str, Callable[[Outcome, Path, TextIO], None]] = {
    "text": text,
    "github": github,
    "json": as_json,
    "sarif": exchange.sarif,
    "junit": exchange.junit,
    "gitlab": exchange.gitlab,
}
